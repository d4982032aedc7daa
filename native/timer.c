/* A timer on the monotonic clock with absolute deadlines; libuv's own has steps of 1 ms and can be early. */
#include "edge.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* 126 years: past any deadline, and far below where the kernel's nanoseconds end. */
static const double most_micros = 4e15;

static void timer_ready(struct handle *handle) {
  uint64_t expirations;
  /* Setting a timer anew or calling it off takes an unread expiry back, so what can be read is still meant. */
  if (read(handle->fd, &expirations, sizeof expirations) != sizeof expirations) return;
  handle_set_busy(handle, false);
  handle_ring(handle, NULL);
}

static napi_value timer_construct(napi_env env, napi_callback_info info) {
  struct call call;
  if (!read_call(env, info, &call) || !handle_set_callback(env, call.self, call.arg[0])) return NULL;
  struct handle *timer = calloc(1, sizeof *timer);
  if (timer == NULL) return throw_system(env, ENOMEM, "calloc", NULL);
  timer->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (timer->fd < 0) {
    const int error = errno;
    free(timer);
    return throw_system(env, error, "timerfd_create", NULL);
  }
  if (!handle_adopt(env, call.self, timer, &timer_tag)) return NULL;
  if (handle_watch(timer, timer_ready)) return call.self;
  handle_close(timer);
  return NULL;
}

/* The zero time would call the timer off; a deadline in the past is one nanosecond after boot instead. */
static struct itimerspec deadline(double micros) {
  struct itimerspec spec = {0};
  const int64_t whole = micros <= 0 ? 0 : (int64_t)ceil(fmin(micros, most_micros));
  spec.it_value.tv_sec = whole / 1000000;
  spec.it_value.tv_nsec = whole == 0 ? 1 : whole % 1000000 * 1000;
  return spec;
}

static napi_value timer_set(napi_env env, napi_callback_info info) {
  struct call call;
  double micros;
  if (!read_call(env, info, &call)) return NULL;
  struct handle *timer = handle_open(env, call.self, &timer_tag, "timerfd_settime");
  if (timer == NULL || !read_double(env, call.arg[0], &micros)) return NULL;
  const struct itimerspec spec = deadline(micros);
  if (timerfd_settime(timer->fd, TFD_TIMER_ABSTIME, &spec, NULL) < 0) {
    return throw_system(env, errno, "timerfd_settime", NULL);
  }
  handle_set_busy(timer, true);
  return NULL;
}

static napi_value timer_off(napi_env env, napi_callback_info info) {
  struct call call;
  if (!read_call(env, info, &call)) return NULL;
  struct handle *timer = handle_of(env, call.self, &timer_tag);
  if (timer == NULL || timer->fd < 0) return NULL;
  const struct itimerspec never = {0};
  if (timerfd_settime(timer->fd, 0, &never, NULL) < 0) return throw_system(env, errno, "timerfd_settime", NULL);
  handle_set_busy(timer, false);
  return NULL;
}

static const napi_property_descriptor methods[] = {
    {"set", NULL, timer_set, NULL, NULL, NULL, napi_default_method, NULL},
    {"off", NULL, timer_off, NULL, NULL, NULL, napi_default_method, NULL},
    {"ref", NULL, handle_js_ref, NULL, NULL, NULL, napi_default_method, NULL},
    {"unref", NULL, handle_js_unref, NULL, NULL, NULL, napi_default_method, NULL},
    {"close", NULL, handle_js_close, NULL, NULL, NULL, napi_default_method, NULL},
};

bool define_timer(napi_env env, napi_value exports) {
  napi_value class;
  return passed(env, napi_define_class(env, "Timer", NAPI_AUTO_LENGTH, timer_construct, NULL,
                                       sizeof methods / sizeof *methods, methods, &class)) &&
         passed(env, napi_set_named_property(env, exports, "Timer", class));
}
