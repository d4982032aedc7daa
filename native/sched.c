/* Real-time scheduling, and a program that is never paged out. */
#include "edge.h"

#include <errno.h>
#include <link.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

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

static int lock_segment(const ElfW(Addr) start, size_t length) {
  const ElfW(Addr) page = (ElfW(Addr))sysconf(_SC_PAGESIZE);
  const ElfW(Addr) from = start / page * page;
  /* On fault: without it the whole of node's 100 MB is read in, most of it never to be run. */
  return mlock2((const void *)from, start - from + length, MLOCK_ONFAULT) < 0 ? errno : 0;
}

/* Locks what is only read, of one file of the program. Ends the walk with the error, if there is one. */
static int lock_object(struct dl_phdr_info *object, size_t size, void *context) {
  (void)size;
  (void)context;
  for (size_t i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
    if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) != 0) continue;
    const int error = lock_segment(object->dlpi_addr + segment->p_vaddr, segment->p_memsz);
    if (error != 0) return error;
  }
  return 0;
}

/*
 * Code is what a machine short of memory drops first, even without swap, and every page of it costs a read from the
 * disk when it is run again. The heap must not be locked with it, as mlockall() would: V8 gives pages back with
 * madvise(), which the kernel refuses for locked ones, and V8 ends the process over that.
 */
napi_value lock_program(napi_env env, napi_callback_info info) {
  (void)info;
  const int error = dl_iterate_phdr(lock_object, NULL);
  return error == 0 ? NULL : throw_system(env, error, "mlock2", NULL);
}
