/* Receiving: whole batches from the kernel, one call to JavaScript for each. */
#include "edge.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
  BATCH = 32,
  SLOT_BYTES = 65536, /* no IP packet is larger; a frame of a large-MTU interface can be, and is then cut */
  /* A flood must not keep the loop from its timers: the rest waits for the next turn. */
  BATCHES_A_TURN = 8,
  /* More small packets than a receive buffer of 1 MB holds, so everything that came before the call is read. */
  BATCHES_A_DRAIN = 64,
};

/* Where the kernel puts a batch. One is enough: nothing stays here once the JavaScript copies are made. */
struct slots {
  struct mmsghdr message[BATCH];
  struct iovec part[BATCH];
  struct sockaddr_storage from[BATCH];
  _Alignas(struct cmsghdr) unsigned char control[BATCH][256];
  unsigned char bytes[BATCH][SLOT_BYTES];
};

/* What the kernel tells beside the bytes. */
struct arrival {
  struct timespec stamp; /* zero when there is none */
  int interface_index;
  int ttl;
  const void *destination; /* NULL when not told */
  int packet_type;
};

static void free_slots(napi_env env, void *slots, void *hint) {
  (void)env;
  (void)hint;
  free(slots);
}

/* 2 MB of address space for each environment that receives; only pages that were written to take memory. */
static struct slots *slots_of(napi_env env) {
  void *slots = NULL;
  if (!passed(env, napi_get_instance_data(env, &slots)) || slots != NULL) return slots;
  slots = calloc(1, sizeof(struct slots));
  if (slots == NULL) {
    throw_system(env, ENOMEM, "calloc", NULL);
  } else if (!passed(env, napi_set_instance_data(env, slots, free_slots, NULL))) {
    free(slots);
    slots = NULL;
  }
  return slots;
}

static void prepare(struct slots *slots) {
  for (size_t i = 0; i < BATCH; i++) {
    slots->part[i] = (struct iovec){.iov_base = slots->bytes[i], .iov_len = SLOT_BYTES};
    slots->message[i].msg_hdr = (struct msghdr){
        .msg_name = &slots->from[i],
        .msg_namelen = sizeof slots->from[i],
        .msg_iov = &slots->part[i],
        .msg_iovlen = 1,
        .msg_control = slots->control[i],
        .msg_controllen = sizeof slots->control[i],
    };
  }
}

static void read_control(const struct cmsghdr *c, struct arrival *arrival) {
  if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
    memcpy(&arrival->stamp, CMSG_DATA(c), sizeof arrival->stamp);
  } else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
    const struct in_pktinfo *told = (const void *)CMSG_DATA(c);
    arrival->interface_index = told->ipi_ifindex;
    arrival->destination = &told->ipi_addr;
  } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
    const struct in6_pktinfo *told = (const void *)CMSG_DATA(c);
    arrival->interface_index = (int)told->ipi6_ifindex;
    arrival->destination = &told->ipi6_addr;
  } else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) ||
             (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT)) {
    memcpy(&arrival->ttl, CMSG_DATA(c), sizeof arrival->ttl);
  }
}

static struct arrival read_arrival(struct msghdr *header) {
  struct arrival arrival = {0};
  for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL; c = CMSG_NXTHDR(header, c)) {
    read_control(c, &arrival);
  }
  const struct sockaddr_storage *from = header->msg_name;
  if (from->ss_family == AF_PACKET) {
    const struct sockaddr_ll *link = (const void *)from;
    arrival.interface_index = link->sll_ifindex;
    arrival.packet_type = link->sll_pkttype;
  }
  return arrival;
}

/*
 * The stamp is in wall-clock time; its age is what carries over to the monotonic clock. When the wall clock was
 * set meanwhile the age is nonsense, so it is kept within what is known: the packet did not come after now, nor
 * before the queue was last seen empty. Else one step of the clock would be a down timer run out.
 */
static double monotonic_arrival(const struct edge_socket *s, struct timespec stamp, double monotonic,
                                double wall) {
  if (stamp.tv_sec == 0) return monotonic;
  const double at = monotonic - (wall - ((double)stamp.tv_sec * 1e3 + (double)stamp.tv_nsec / 1e6));
  if (at > monotonic) return monotonic;
  return at < s->emptied ? s->emptied : at;
}

static bool set_bytes(napi_env env, napi_value object, const char *name, const void *bytes, size_t length) {
  napi_value buffer;
  return passed(env, napi_create_buffer_copy(env, length, bytes, NULL, &buffer)) &&
         passed(env, napi_set_named_property(env, object, name, buffer));
}

static bool set_addresses(napi_env env, napi_value packet, const struct sockaddr_storage *from,
                          const struct arrival *arrival) {
  static const unsigned char nowhere[16];
  const bool six = from->ss_family == AF_INET6;
  const void *source = six ? (const void *)&((const struct sockaddr_in6 *)from)->sin6_addr
                           : &((const struct sockaddr_in *)from)->sin_addr;
  const size_t length = six ? 16 : 4;
  return set_bytes(env, packet, "source", source, length) &&
         set_bytes(env, packet, "destination", arrival->destination ? arrival->destination : nowhere, length) &&
         set_number(env, packet, "ttl", arrival->ttl);
}

/* Who sent a netlink message: 0 is the kernel, and nobody else can claim to be it. */
static bool set_port(napi_env env, napi_value packet, const struct sockaddr_storage *from) {
  return set_number(env, packet, "port", ((const struct sockaddr_nl *)(const void *)from)->nl_pid);
}

static bool set_sender(napi_env env, const struct edge_socket *s, napi_value packet,
                       const struct sockaddr_storage *from, const struct arrival *arrival) {
  if (s->family == AF_PACKET) return set_number(env, packet, "packetType", arrival->packet_type);
  if (s->family == AF_NETLINK) return set_port(env, packet, from);
  return set_addresses(env, packet, from, arrival);
}

static napi_value make_packet(napi_env env, const struct edge_socket *s, struct mmsghdr *message,
                              double monotonic, double wall) {
  struct msghdr *header = &message->msg_hdr;
  const struct arrival arrival = read_arrival(header);
  const bool cut = (header->msg_flags & MSG_TRUNC) != 0;
  napi_value packet;
  napi_value truncated;
  const bool made =
      passed(env, napi_create_object(env, &packet)) &&
      set_bytes(env, packet, "bytes", header->msg_iov->iov_base, message->msg_len) &&
      set_sender(env, s, packet, header->msg_name, &arrival) &&
      set_number(env, packet, "interfaceIndex", arrival.interface_index) &&
      set_number(env, packet, "receivedAt", monotonic_arrival(s, arrival.stamp, monotonic, wall)) &&
      passed(env, napi_get_boolean(env, cut, &truncated)) &&
      passed(env, napi_set_named_property(env, packet, "truncated", truncated));
  return made ? packet : NULL;
}

/* Reads one batch into a new array. False when there was nothing, or an exception is pending. */
static bool read_batch(napi_env env, struct edge_socket *s, struct slots *slots, napi_value *batch) {
  prepare(slots);
  const double before = clock_ms(CLOCK_MONOTONIC);
  const int count = recvmmsg(s->handle.fd, slots->message, BATCH, MSG_DONTWAIT, NULL);
  if (count <= 0) {
    if (count < 0 && errno == EAGAIN) s->emptied = before;
    /* The kernel had more news than room for it: an empty batch says so, and the next read goes on. */
    const bool overrun = count < 0 && errno == ENOBUFS && s->family == AF_NETLINK;
    return overrun && passed(env, napi_create_array(env, batch));
  }
  const double monotonic = clock_ms(CLOCK_MONOTONIC);
  const double wall = clock_ms(CLOCK_REALTIME);
  if (!passed(env, napi_create_array_with_length(env, (size_t)count, batch))) return false;
  for (int i = 0; i < count; i++) {
    napi_value packet = make_packet(env, s, &slots->message[i], monotonic, wall);
    if (packet == NULL || !passed(env, napi_set_element(env, *batch, (uint32_t)i, packet))) return false;
  }
  if (count < BATCH) s->emptied = before;
  return true;
}

static void socket_ready(struct handle *handle) {
  struct edge_socket *s = (struct edge_socket *)handle;
  napi_env env = handle->env;
  struct slots *slots = slots_of(env);
  napi_value batch;
  /* The callback may close the socket. */
  for (int i = 0; slots != NULL && i < BATCHES_A_TURN && handle->fd >= 0; i++) {
    if (!read_batch(env, s, slots, &batch)) break;
    handle_ring(handle, batch);
  }
}

napi_value socket_drain(napi_env env, napi_callback_info info) {
  struct call call;
  napi_value batch;
  if (!read_call(env, info, &call)) return NULL;
  struct edge_socket *s = socket_of(env, call.self, "recvmmsg");
  if (s == NULL || !s->handle.polled) return NULL;
  struct slots *slots = slots_of(env);
  for (int i = 0; slots != NULL && i < BATCHES_A_DRAIN && s->handle.fd >= 0; i++) {
    if (!read_batch(env, s, slots, &batch) || !handle_call(env, call.self, batch)) break;
  }
  return NULL;
}

static bool attach(napi_env env, int fd, const struct sock_fprog *program) {
  if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, sizeof *program) == 0) return true;
  throw_system(env, errno, "setsockopt", "filter");
  return false;
}

bool socket_deafen(napi_env env, int fd) {
  struct sock_filter nothing[] = {{.code = BPF_RET | BPF_K, .k = 0}};
  return attach(env, fd, &(struct sock_fprog){.len = 1, .filter = nothing});
}

bool socket_filter(napi_env env, int fd, const struct bytes *program) {
  if (program == NULL) {
    const int none = 0;
    if (setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof none) == 0) return true;
    throw_system(env, errno, "setsockopt", "filter");
    return false;
  }
  const size_t count = program->length / sizeof(struct sock_filter);
  if (count == 0 || count > BPF_MAXINSNS || program->length % sizeof(struct sock_filter) != 0) {
    throw_argument(env, "the filter is no array of struct sock_filter");
    return false;
  }
  /* JavaScript's bytes need not be aligned as the struct is. */
  struct sock_filter aligned[BPF_MAXINSNS];
  memcpy(aligned, program->data, program->length);
  return attach(env, fd, &(struct sock_fprog){.len = (unsigned short)count, .filter = aligned});
}

/* A raw socket is open to the whole machine from its first moment, before it is bound or filtered. */
static void discard_queue(int fd) {
  char byte;
  while (recv(fd, &byte, sizeof byte, MSG_DONTWAIT) >= 0) continue;
}

static bool switch_on(napi_env env, int fd, int level, int option) {
  const int on = 1;
  if (setsockopt(fd, level, option, &on, sizeof on) == 0) return true;
  throw_system(env, errno, "setsockopt", NULL);
  return false;
}

static bool ask_for_details(napi_env env, const struct edge_socket *s) {
  const int fd = s->handle.fd;
  if (!switch_on(env, fd, SOL_SOCKET, SO_TIMESTAMPNS)) return false;
  if (s->family == AF_INET) {
    return switch_on(env, fd, IPPROTO_IP, IP_PKTINFO) && switch_on(env, fd, IPPROTO_IP, IP_RECVTTL);
  }
  if (s->family == AF_INET6) {
    return switch_on(env, fd, IPPROTO_IPV6, IPV6_RECVPKTINFO) &&
           switch_on(env, fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT);
  }
  return true;
}

static bool bind_to(napi_env env, int fd, const struct sockaddr *address, socklen_t size) {
  if (bind(fd, address, size) == 0) return true;
  throw_system(env, errno, "bind", NULL);
  return false;
}

/* Gives a packet socket the ethertype and a netlink socket the groups that it was opened for; until now it was deaf. */
static bool begin_to_listen(napi_env env, const struct edge_socket *s) {
  if (s->family == AF_NETLINK) {
    const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK, .nl_groups = s->groups};
    return bind_to(env, s->handle.fd, (const struct sockaddr *)&kernel, sizeof kernel);
  }
  if (s->family != AF_PACKET) return true;
  const struct sockaddr_ll link = {.sll_family = AF_PACKET,
                                   .sll_protocol = htons((uint16_t)s->protocol),
                                   .sll_ifindex = s->interface_index};
  return bind_to(env, s->handle.fd, (const struct sockaddr *)&link, sizeof link);
}

/* start(onBatch, filter): `filter` may be undefined */
napi_value socket_start(napi_env env, napi_callback_info info) {
  struct call call;
  struct bytes program;
  if (!read_call(env, info, &call)) return NULL;
  struct edge_socket *s = socket_of(env, call.self, "start");
  if (s == NULL) return NULL;
  if (s->handle.polled) {
    throw_argument(env, "the socket was started before");
    return NULL;
  }
  const bool filtered = !is_undefined(env, call.arg[1]);
  if (!handle_set_callback(env, call.self, call.arg[0]) ||
      (filtered && !read_bytes(env, call.arg[1], &program)) || slots_of(env) == NULL ||
      !ask_for_details(env, s)) {
    return NULL;
  }
  discard_queue(s->handle.fd);
  s->emptied = clock_ms(CLOCK_MONOTONIC);
  if (socket_filter(env, s->handle.fd, filtered ? &program : NULL) && begin_to_listen(env, s) &&
      handle_watch(&s->handle, socket_ready)) {
    handle_set_busy(&s->handle, true);
  }
  return NULL;
}
