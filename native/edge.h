/*
 * What the files of the addon share. Every function that takes a napi_env and can fail leaves a JavaScript
 * exception pending when it does; its caller returns at once.
 */
#ifndef HOLDFAST_EDGE_H
#define HOLDFAST_EDGE_H

#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include <uv.h>

/* ---- value.c: JavaScript values in and out, and errors ---- */

enum { MOST_ARGUMENTS = 4 };

/* The arguments of one call; those that were left out are undefined. */
struct call {
  napi_value self;
  napi_value arg[MOST_ARGUMENTS];
};

/* The bytes of a Buffer or Uint8Array. They are JavaScript's: good until the call returns. */
struct bytes {
  unsigned char *data;
  size_t length;
};

bool read_call(napi_env env, napi_callback_info info, struct call *call);
bool read_int(napi_env env, napi_value value, int *into);
bool read_double(napi_env env, napi_value value, double *into);
bool read_bool(napi_env env, napi_value value, bool *into);
bool read_bytes(napi_env env, napi_value value, struct bytes *into);
/* Refuses what does not fit in `size` with its closing NUL, or has a NUL inside. */
bool read_text(napi_env env, napi_value value, char *into, size_t size);
bool is_undefined(napi_env env, napi_value value);

/* True for napi_ok. For anything else an exception is pending afterwards. */
bool passed(napi_env env, napi_status status);
/* Throws a TypeError with the code that Node gives to its own. */
void throw_argument(napi_env env, const char *message);
/* Throws what Node throws for a failed system call; `detail` may be NULL. Always NULL, to be returned. */
napi_value throw_system(napi_env env, int error, const char *syscall, const char *detail);
/* The name of a system error, such as 'ENETDOWN', as a JavaScript string. */
napi_value error_name(napi_env env, int error);
bool set_number(napi_env env, napi_value object, const char *name, double number);

/* ---- handle.c: the life of a descriptor that a JavaScript object owns ---- */

/*
 * The descriptor is closed by close(), by the collector when nobody holds the object, or with the environment,
 * whichever comes first. The memory goes when both the object and libuv's handle are gone.
 */
struct handle {
  napi_env env;
  napi_ref self; /* strong while busy: what may still call back must not be collected */
  napi_async_cleanup_hook_handle hook;
  uv_poll_t poll;
  void (*ready)(struct handle *);
  int fd;         /* -1 once closed */
  bool polled;    /* libuv knows the handle and must be told before the memory goes */
  bool busy;      /* can call back */
  bool unwanted;  /* unref(): does not keep the loop alive, busy or not */
  bool closed;    /* nothing of libuv's is left */
  bool collected; /* the JavaScript object is gone */
};

extern const napi_type_tag socket_tag;
extern const napi_type_tag timer_tag;

/* Ties the handle to `object` and owns it and its descriptor from here on, failure included. */
bool handle_adopt(napi_env env, napi_value object, struct handle *handle, const napi_type_tag *tag);
/* The handle of an object of that kind, or NULL with a TypeError. Its descriptor may be closed. */
struct handle *handle_of(napi_env env, napi_value object, const napi_type_tag *tag);
/* The same, but a closed one is EBADF. */
struct handle *handle_open(napi_env env, napi_value object, const napi_type_tag *tag, const char *syscall);
/* Calls `ready` from the loop whenever the descriptor is readable, until the handle closes. */
bool handle_watch(struct handle *handle, void (*ready)(struct handle *));
void handle_set_busy(struct handle *handle, bool busy);
/* Does nothing when it is closed already. */
void handle_close(struct handle *handle);

/* Remembers the function on the object itself, so that a closure over the object is no leak. */
bool handle_set_callback(napi_env env, napi_value object, napi_value function);
/* Calls it from the loop; what it throws becomes an uncaught exception. `argument` may be NULL. */
void handle_ring(struct handle *handle, napi_value argument);
/* Calls it from inside a call from JavaScript; what it throws stays pending for that caller. */
bool handle_call(napi_env env, napi_value object, napi_value argument);

napi_value handle_js_close(napi_env env, napi_callback_info info);
napi_value handle_js_ref(napi_env env, napi_callback_info info);
napi_value handle_js_unref(napi_env env, napi_callback_info info);

/* ---- socket.c, receive.c, send.c ---- */

/* A raw IP, packet or netlink socket. It hears nothing until it is started. */
struct edge_socket {
  struct handle handle; /* first, so that the one can be cast to the other */
  int family;           /* AF_INET, AF_INET6, AF_PACKET or AF_NETLINK */
  int protocol;         /* of IP, or an ethertype; in host order */
  int interface_index;  /* of a packet socket */
  uint32_t groups;      /* of a netlink socket, as a bit mask */
  double emptied;       /* when its queue was last seen empty, in monotonic milliseconds */
};

/* The socket behind the receiver of a call, open; or NULL with an exception. */
struct edge_socket *socket_of(napi_env env, napi_value object, const char *syscall);
bool define_socket(napi_env env, napi_value exports);

/* start(), drain() */
napi_value socket_start(napi_env env, napi_callback_info info);
napi_value socket_drain(napi_env env, napi_callback_info info);
/* Replaces whatever filter there is; no program at all hears everything. */
bool socket_filter(napi_env env, int fd, const struct bytes *program);
/* Makes the socket deaf. */
bool socket_deafen(napi_env env, int fd);

/* send(), sendAll(), sendUnixDatagram() */
napi_value socket_send(napi_env env, napi_callback_info info);
napi_value socket_send_all(napi_env env, napi_callback_info info);
napi_value send_unix_datagram(napi_env env, napi_callback_info info);

/* ---- timer.c, sched.c, peer.c ---- */

bool define_timer(napi_env env, napi_value exports);
napi_value set_round_robin(napi_env env, napi_callback_info info);
napi_value set_normal(napi_env env, napi_callback_info info);
napi_value lock_program(napi_env env, napi_callback_info info);
napi_value peer_credentials(napi_env env, napi_callback_info info);

/* A clock's time in milliseconds. clock_gettime() cannot fail for the clocks used here. */
static inline double clock_ms(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

#endif
