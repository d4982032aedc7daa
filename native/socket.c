/* Raw IP, packet and netlink sockets: opening them and setting them up. */
#include "edge.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { NOT_THERE = -1 };

/* What can be set by a number: the option for IPv4 and its sibling for IPv6. */
static const struct option {
  const char *name;
  int level4, option4, level6, option6;
} options[] = {
    {"priority", SOL_SOCKET, SO_PRIORITY, SOL_SOCKET, SO_PRIORITY},
    {"receiveBuffer", SOL_SOCKET, SO_RCVBUF, SOL_SOCKET, SO_RCVBUF},
    {"receiveBufferForce", SOL_SOCKET, SO_RCVBUFFORCE, SOL_SOCKET, SO_RCVBUFFORCE},
    {"sendBuffer", SOL_SOCKET, SO_SNDBUF, SOL_SOCKET, SO_SNDBUF},
    {"sendBufferForce", SOL_SOCKET, SO_SNDBUFFORCE, SOL_SOCKET, SO_SNDBUFFORCE},
    {"headerIncluded", IPPROTO_IP, IP_HDRINCL, IPPROTO_IPV6, IPV6_HDRINCL},
    {"freebind", IPPROTO_IP, IP_FREEBIND, IPPROTO_IPV6, IPV6_FREEBIND},
    {"ttl", IPPROTO_IP, IP_TTL, IPPROTO_IPV6, IPV6_UNICAST_HOPS},
    {"trafficClass", IPPROTO_IP, IP_TOS, IPPROTO_IPV6, IPV6_TCLASS},
    {"multicastTtl", IPPROTO_IP, IP_MULTICAST_TTL, IPPROTO_IPV6, IPV6_MULTICAST_HOPS},
    {"multicastLoop", IPPROTO_IP, IP_MULTICAST_LOOP, IPPROTO_IPV6, IPV6_MULTICAST_LOOP},
    {"multicastAll", IPPROTO_IP, IP_MULTICAST_ALL, IPPROTO_IPV6, IPV6_MULTICAST_ALL},
    {"multicastInterface", IPPROTO_IP, IP_MULTICAST_IF, IPPROTO_IPV6, IPV6_MULTICAST_IF},
    {"checksumOffset", NOT_THERE, NOT_THERE, IPPROTO_IPV6, IPV6_CHECKSUM},
};

struct edge_socket *socket_of(napi_env env, napi_value object, const char *syscall) {
  return (struct edge_socket *)handle_open(env, object, &socket_tag, syscall);
}

static bool read_family(napi_env env, napi_value value, int *family) {
  char name[8];
  if (!read_text(env, value, name, sizeof name)) return false;
  if (strcmp(name, "ipv4") == 0) *family = AF_INET;
  else if (strcmp(name, "ipv6") == 0) *family = AF_INET6;
  else if (strcmp(name, "packet") == 0) *family = AF_PACKET;
  else if (strcmp(name, "netlink") == 0) *family = AF_NETLINK;
  else {
    throw_argument(env, "the family is ipv4, ipv6, packet or netlink");
    return false;
  }
  return true;
}

/*
 * new Socket(family, protocol, interfaceIndex): deaf, and with no options set. For netlink the third argument is
 * the bit mask of the groups to hear.
 */
static napi_value socket_construct(napi_env env, napi_callback_info info) {
  struct call call;
  int family, protocol, interface_index;
  if (!read_call(env, info, &call) || !read_family(env, call.arg[0], &family) ||
      !read_int(env, call.arg[1], &protocol) || !read_int(env, call.arg[2], &interface_index)) {
    return NULL;
  }
  struct edge_socket *s = calloc(1, sizeof *s);
  if (s == NULL) return throw_system(env, ENOMEM, "calloc", NULL);
  s->family = family;
  s->protocol = protocol;
  if (family == AF_NETLINK) s->groups = (uint32_t)interface_index;
  else s->interface_index = interface_index;
  /* A packet socket of protocol 0 hears nothing; start() gives it the one it was opened for. */
  s->handle.fd = socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, family == AF_PACKET ? 0 : protocol);
  if (s->handle.fd < 0) {
    const int error = errno;
    free(s);
    return throw_system(env, error, "socket", NULL);
  }
  if (!handle_adopt(env, call.self, &s->handle, &socket_tag)) return NULL;
  if (socket_deafen(env, s->handle.fd)) return call.self;
  handle_close(&s->handle);
  return NULL;
}

static const struct option *find_option(const char *name) {
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    if (strcmp(options[i].name, name) == 0) return &options[i];
  }
  return NULL;
}

/* set(option, number) */
static napi_value socket_set(napi_env env, napi_callback_info info) {
  struct call call;
  char name[32];
  int value;
  if (!read_call(env, info, &call)) return NULL;
  struct edge_socket *s = socket_of(env, call.self, "setsockopt");
  if (s == NULL || !read_text(env, call.arg[0], name, sizeof name) || !read_int(env, call.arg[1], &value)) {
    return NULL;
  }
  const struct option *option = find_option(name);
  if (option == NULL) {
    throw_argument(env, "no such option");
    return NULL;
  }
  const bool six = s->family == AF_INET6;
  const int level = six ? option->level6 : option->level4;
  const int number = six ? option->option6 : option->option4;
  /* IPv4 alone takes the interface of outgoing multicast in a struct; a bare number would be an address. */
  const struct ip_mreqn on_interface = {.imr_ifindex = value};
  const bool whole = level == IPPROTO_IP && number == IP_MULTICAST_IF;
  const void *argument = whole ? (const void *)&on_interface : &value;
  const socklen_t size = whole ? sizeof on_interface : sizeof value;
  if (setsockopt(s->handle.fd, level, number, argument, size) < 0) {
    return throw_system(env, errno, "setsockopt", name);
  }
  return NULL;
}

/* bindToDevice(name) */
static napi_value socket_bind_to_device(napi_env env, napi_callback_info info) {
  struct call call;
  char name[IFNAMSIZ];
  if (!read_call(env, info, &call)) return NULL;
  struct edge_socket *s = socket_of(env, call.self, "setsockopt");
  if (s == NULL || !read_text(env, call.arg[0], name, sizeof name)) return NULL;
  if (setsockopt(s->handle.fd, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name)) < 0) {
    return throw_system(env, errno, "setsockopt", name);
  }
  return NULL;
}

/* An address argument of the socket's own family; packet sockets have none. */
static bool read_address(napi_env env, napi_value value, const struct edge_socket *s, struct bytes *address) {
  if (!read_bytes(env, value, address)) return false;
  if ((s->family == AF_INET && address->length == 4) || (s->family == AF_INET6 && address->length == 16)) {
    return true;
  }
  throw_argument(env, "the address is not of the socket's family");
  return false;
}

/* bind(address, interfaceIndex): the index counts for link-local IPv6 alone. */
static napi_value socket_bind(napi_env env, napi_callback_info info) {
  struct call call;
  struct bytes address;
  int interface_index;
  if (!read_call(env, info, &call)) return NULL;
  struct edge_socket *s = socket_of(env, call.self, "bind");
  if (s == NULL || !read_address(env, call.arg[0], s, &address) ||
      !read_int(env, call.arg[1], &interface_index)) {
    return NULL;
  }
  struct sockaddr_in four = {.sin_family = AF_INET};
  struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_scope_id = (uint32_t)interface_index};
  memcpy(s->family == AF_INET ? (void *)&four.sin_addr : &six.sin6_addr, address.data, address.length);
  const int status = s->family == AF_INET ? bind(s->handle.fd, (const struct sockaddr *)&four, sizeof four)
                                          : bind(s->handle.fd, (const struct sockaddr *)&six, sizeof six);
  return status < 0 ? throw_system(env, errno, "bind", NULL) : NULL;
}

static int join_group(const struct edge_socket *s, const struct bytes *group, int interface_index) {
  if (s->family == AF_INET) {
    struct ip_mreqn request = {.imr_ifindex = interface_index};
    memcpy(&request.imr_multiaddr, group->data, group->length);
    return setsockopt(s->handle.fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request);
  }
  struct ipv6_mreq request = {.ipv6mr_interface = (unsigned int)interface_index};
  memcpy(&request.ipv6mr_multiaddr, group->data, group->length);
  return setsockopt(s->handle.fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof request);
}

/* join(group, interfaceIndex) */
static napi_value socket_join(napi_env env, napi_callback_info info) {
  struct call call;
  struct bytes group;
  int interface_index;
  if (!read_call(env, info, &call)) return NULL;
  struct edge_socket *s = socket_of(env, call.self, "setsockopt");
  if (s == NULL || !read_address(env, call.arg[0], s, &group) ||
      !read_int(env, call.arg[1], &interface_index)) {
    return NULL;
  }
  if (join_group(s, &group, interface_index) < 0) return throw_system(env, errno, "setsockopt", "join");
  return NULL;
}

static const napi_property_descriptor methods[] = {
    {"set", NULL, socket_set, NULL, NULL, NULL, napi_default_method, NULL},
    {"bindToDevice", NULL, socket_bind_to_device, NULL, NULL, NULL, napi_default_method, NULL},
    {"bind", NULL, socket_bind, NULL, NULL, NULL, napi_default_method, NULL},
    {"join", NULL, socket_join, NULL, NULL, NULL, napi_default_method, NULL},
    {"start", NULL, socket_start, NULL, NULL, NULL, napi_default_method, NULL},
    {"drain", NULL, socket_drain, NULL, NULL, NULL, napi_default_method, NULL},
    {"send", NULL, socket_send, NULL, NULL, NULL, napi_default_method, NULL},
    {"sendAll", NULL, socket_send_all, NULL, NULL, NULL, napi_default_method, NULL},
    {"ref", NULL, handle_js_ref, NULL, NULL, NULL, napi_default_method, NULL},
    {"unref", NULL, handle_js_unref, NULL, NULL, NULL, napi_default_method, NULL},
    {"close", NULL, handle_js_close, NULL, NULL, NULL, napi_default_method, NULL},
};

bool define_socket(napi_env env, napi_value exports) {
  napi_value class;
  return passed(env, napi_define_class(env, "Socket", NAPI_AUTO_LENGTH, socket_construct, NULL,
                                       sizeof methods / sizeof *methods, methods, &class)) &&
         passed(env, napi_set_named_property(env, exports, "Socket", class));
}
