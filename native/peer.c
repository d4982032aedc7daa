/* Who is at the other end of a UNIX socket. */
#include "edge.h"

#include <errno.h>
#include <sys/socket.h>

/* No user is in more groups than this (NGROUPS_MAX of Linux). */
enum { MOST_GROUPS = 65536 };

static bool set_groups(napi_env env, napi_value object, const gid_t *groups, size_t count) {
  napi_value list;
  if (!passed(env, napi_create_array_with_length(env, count, &list))) return false;
  for (size_t i = 0; i < count; i++) {
    napi_value group;
    if (!passed(env, napi_create_double(env, groups[i], &group)) ||
        !passed(env, napi_set_element(env, list, (uint32_t)i, group))) {
      return false;
    }
  }
  return passed(env, napi_set_named_property(env, object, "groups", list));
}

/* As it was when it connected: SO_PEERCRED and SO_PEERGROUPS, unix(7). */
napi_value peer_credentials(napi_env env, napi_callback_info info) {
  struct call call;
  int fd;
  if (!read_call(env, info, &call) || !read_int(env, call.arg[0], &fd)) return NULL;
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) {
    return throw_system(env, errno, "getsockopt", "SO_PEERCRED");
  }
  static gid_t groups[MOST_GROUPS]; /* the loop that calls is alone; on the stack it would be a quarter megabyte */
  length = sizeof groups;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &length) < 0) {
    return throw_system(env, errno, "getsockopt", "SO_PEERGROUPS");
  }
  napi_value result;
  const bool done = passed(env, napi_create_object(env, &result)) &&
                    set_number(env, result, "pid", peer.pid) && set_number(env, result, "uid", peer.uid) &&
                    set_number(env, result, "gid", peer.gid) &&
                    set_groups(env, result, groups, length / sizeof *groups);
  return done ? result : NULL;
}
