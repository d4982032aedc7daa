/* Real-time scheduling and memory that is never paged out. */
#include "edge.h"

#include <errno.h>
#include <sched.h>
#include <sys/mman.h>

/* Threads and children start as ordinary ones: only the loop is urgent, and a runaway child must not be. */
static napi_value schedule(napi_env env, int policy, int priority) {
  const struct sched_param param = {.sched_priority = priority};
  if (sched_setscheduler(0, policy | SCHED_RESET_ON_FORK, &param) < 0) {
    return throw_system(env, errno, "sched_setscheduler", NULL);
  }
  return NULL;
}

napi_value set_round_robin(napi_env env, napi_callback_info info) {
  struct call call;
  int priority;
  if (!read_call(env, info, &call) || !read_int(env, call.arg[0], &priority)) return NULL;
  return schedule(env, SCHED_RR, priority);
}

napi_value set_normal(napi_env env, napi_callback_info info) {
  (void)info;
  return schedule(env, SCHED_OTHER, 0);
}

/* ONFAULT keeps what was touched; without it the whole of node's binary and heap reserve is made resident. */
napi_value lock_memory(napi_env env, napi_callback_info info) {
  (void)info;
  if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) < 0) return throw_system(env, errno, "mlockall", NULL);
  return NULL;
}

napi_value unlock_memory(napi_env env, napi_callback_info info) {
  (void)info;
  if (munlockall() < 0) return throw_system(env, errno, "munlockall", NULL);
  return NULL;
}
