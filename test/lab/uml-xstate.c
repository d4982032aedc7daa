/*
 * Lets User-Mode Linux run on processors with AMX, whose register state is larger than it has room for.
 *
 * Debian's linux.uml (6.1) keeps 2,696 bytes of extended registers for each of its processes. Reading that much of a
 * larger state works, but the host takes back the whole state or none (xstateregs_set, arch/x86/kernel/fpu/regset.c),
 * and UML dies before its first process runs. Preloaded, this fills up what UML writes: the parts that it leaves out,
 * AMX's tiles, are marked as never used, which is what they are.
 */
#define _GNU_SOURCE
#include <cpuid.h>
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

#define FULL_MOST 65536

/* Bit n of this word says that component n was used (Intel SDM, volume 1, 13.4.2). */
#define USED_AT 512
/* AMX: TILECFG and TILEDATA. */
#define BEYOND (3ULL << 17)

/* What the host's state takes with everything that its kernel has turned on. */
static size_t full_size(void) {
  static size_t size;
  unsigned a, b = 0, c, d;
  if (size == 0 && __get_cpuid_count(0xd, 0, &a, &b, &c, &d)) size = b;
  return size;
}

long ptrace(enum __ptrace_request request, ...) {
  static long (*next)(enum __ptrace_request, pid_t, void *, void *);
  static _Alignas(64) char full[FULL_MOST];
  va_list arguments;
  va_start(arguments, request);
  pid_t pid = va_arg(arguments, pid_t);
  void *address = va_arg(arguments, void *);
  void *data = va_arg(arguments, void *);
  va_end(arguments);
  if (next == NULL) next = (long (*)(enum __ptrace_request, pid_t, void *, void *))dlsym(RTLD_NEXT, "ptrace");

  if (request != PTRACE_SETREGSET || (uintptr_t)address != NT_X86_XSTATE) return next(request, pid, address, data);
  struct iovec *given = data;
  size_t size = full_size();
  if (given->iov_len >= size || size > FULL_MOST) return next(request, pid, address, data);
  memcpy(full, given->iov_base, given->iov_len);
  uint64_t used;
  memcpy(&used, full + USED_AT, sizeof used);
  used &= ~BEYOND;
  memcpy(full + USED_AT, &used, sizeof used);
  struct iovec whole = {full, size};
  return next(request, pid, address, &whole);
}
