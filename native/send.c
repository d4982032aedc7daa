/* Sending. What the network refuses is no exception but an answer: it is ordinary, and a failover waits. */
#include "edge.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FRAMES_A_CALL = 256, MAC_BYTES = 6, ETHERTYPE_AT = 2 * MAC_BYTES };

union address {
  struct sockaddr any;
  struct sockaddr_in four;
  struct sockaddr_in6 six;
  struct sockaddr_nl kernel;
};

/* Ports stay 0: the kernel wants it so for raw sockets, and is itself port 0 of netlink. 0 when the bytes are of another family. */
static socklen_t fill_address(union address *to, int family, const struct bytes *bytes, int interface_index) {
  memset(to, 0, sizeof *to);
  if (family == AF_INET && bytes->length == sizeof to->four.sin_addr) {
    to->four.sin_family = AF_INET;
    memcpy(&to->four.sin_addr, bytes->data, bytes->length);
    return sizeof to->four;
  }
  if (family == AF_INET6 && bytes->length == sizeof to->six.sin6_addr) {
    to->six.sin6_family = AF_INET6;
    to->six.sin6_scope_id = (uint32_t)interface_index;
    memcpy(&to->six.sin6_addr, bytes->data, bytes->length);
    return sizeof to->six;
  }
  if (family == AF_NETLINK && bytes->length == 0) {
    to->kernel.nl_family = AF_NETLINK;
    return sizeof to->kernel;
  }
  return 0;
}

/* send(bytes, destination, interfaceIndex, dontRoute): undefined, or the name of the error */
napi_value socket_send(napi_env env, napi_callback_info info) {
  struct call call;
  struct bytes packet, destination;
  int interface_index;
  bool dont_route;
  union address to;
  if (!read_call(env, info, &call)) return NULL;
  struct edge_socket *s = socket_of(env, call.self, "sendto");
  if (s == NULL || !read_bytes(env, call.arg[0], &packet) || !read_bytes(env, call.arg[1], &destination) ||
      !read_int(env, call.arg[2], &interface_index) || !read_bool(env, call.arg[3], &dont_route)) {
    return NULL;
  }
  const socklen_t size = fill_address(&to, s->family, &destination, interface_index);
  if (size == 0) {
    throw_argument(env, "the address is not of the socket's family");
    return NULL;
  }
  const int flags = dont_route ? MSG_DONTROUTE : 0;
  const ssize_t sent = sendto(s->handle.fd, packet.data, packet.length, flags, &to.any, size);
  return sent < 0 ? error_name(env, errno) : NULL;
}

/* One call's worth of frames, each with the address that the kernel asks for beside the frame's own. */
struct burst {
  struct mmsghdr message[FRAMES_A_CALL];
  struct iovec part[FRAMES_A_CALL];
  struct sockaddr_ll to[FRAMES_A_CALL];
};

static void put_frame(struct burst *burst, uint32_t at, const struct bytes *frame, int interface_index) {
  struct sockaddr_ll *to = &burst->to[at];
  *to = (struct sockaddr_ll){.sll_family = AF_PACKET, .sll_ifindex = interface_index, .sll_halen = MAC_BYTES};
  /* Old kernels do not read the type out of the frame themselves, and classifiers go by it. */
  if (frame->length >= ETHERTYPE_AT + 2) {
    memcpy(to->sll_addr, frame->data, MAC_BYTES);
    memcpy(&to->sll_protocol, frame->data + ETHERTYPE_AT, 2);
  }
  burst->part[at] = (struct iovec){.iov_base = frame->data, .iov_len = frame->length};
  burst->message[at].msg_hdr = (struct msghdr){
      .msg_name = to, .msg_namelen = sizeof *to, .msg_iov = &burst->part[at], .msg_iovlen = 1};
}

static bool put_frames(napi_env env, struct burst *burst, napi_value frames, uint32_t from, uint32_t count,
                       int interface_index) {
  napi_value element;
  struct bytes frame;
  for (uint32_t i = 0; i < count; i++) {
    if (!passed(env, napi_get_element(env, frames, from + i, &element)) || !read_bytes(env, element, &frame)) {
      return false;
    }
    put_frame(burst, i, &frame, interface_index);
  }
  return true;
}

static napi_value make_outcome(napi_env env, uint32_t sent, int error) {
  napi_value outcome;
  if (!passed(env, napi_create_object(env, &outcome)) || !set_number(env, outcome, "sent", sent)) return NULL;
  if (error == 0) return outcome;
  napi_value name = error_name(env, error);
  if (name == NULL || !passed(env, napi_set_named_property(env, outcome, "error", name))) return NULL;
  return outcome;
}

/* sendAll(frames): how many left, and the name of the error that stopped the rest */
napi_value socket_send_all(napi_env env, napi_callback_info info) {
  struct call call;
  uint32_t count = 0;
  if (!read_call(env, info, &call)) return NULL;
  struct edge_socket *s = socket_of(env, call.self, "sendmmsg");
  if (s == NULL || !passed(env, napi_get_array_length(env, call.arg[0], &count))) return NULL;
  if (s->family != AF_PACKET) {
    throw_argument(env, "only packet sockets send frames");
    return NULL;
  }
  struct burst burst;
  uint32_t sent = 0;
  int error = 0;
  while (sent < count && error == 0) {
    const uint32_t some = count - sent < FRAMES_A_CALL ? count - sent : FRAMES_A_CALL;
    if (!put_frames(env, &burst, call.arg[0], sent, some, s->interface_index)) return NULL;
    /* It stops at the first frame that fails and tells only the count; the next call then tells why. */
    const int left = sendmmsg(s->handle.fd, burst.message, some, 0);
    if (left < 0) error = errno;
    else sent += (uint32_t)left;
  }
  return make_outcome(env, sent, error);
}

/* The length of the address, or 0 when the path does not fit. A leading @ stands for the abstract NUL. */
static socklen_t fill_path(struct sockaddr_un *to, const char *path) {
  const size_t length = strlen(path);
  memset(to, 0, sizeof *to);
  to->sun_family = AF_UNIX;
  if (length == 0 || length >= sizeof to->sun_path) return 0;
  memcpy(to->sun_path, path, length);
  if (path[0] == '@') to->sun_path[0] = '\0';
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

/* sendUnixDatagram(path, bytes) */
napi_value send_unix_datagram(napi_env env, napi_callback_info info) {
  struct call call;
  struct bytes message;
  struct sockaddr_un to;
  char path[sizeof to.sun_path];
  if (!read_call(env, info, &call) || !read_text(env, call.arg[0], path, sizeof path) ||
      !read_bytes(env, call.arg[1], &message)) {
    return NULL;
  }
  const socklen_t size = fill_path(&to, path);
  if (size == 0) return throw_system(env, EINVAL, "sendto", path);
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return throw_system(env, errno, "socket", NULL);
  const ssize_t sent =
      sendto(fd, message.data, message.length, MSG_NOSIGNAL, (const struct sockaddr *)&to, size);
  const int error = sent < 0 ? errno : 0;
  close(fd);
  return error == 0 ? NULL : throw_system(env, error, "sendto", path);
}
