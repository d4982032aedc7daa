/* The life of a descriptor that a JavaScript object owns: watched by the loop, closed once, never leaked. */
#include "edge.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* Random, and never to change while two versions could be loaded in one process. */
const napi_type_tag socket_tag = {0x8d2b1c94a7e64f03, 0xb6e0917c55d24a18};
const napi_type_tag timer_tag = {0x3f6a70d2c91b4e85, 0x91c4e2a86d0f4b37};

static const char callback_name[] = "callback";

/* The last step of closing. Removing the hook may end the environment and collect the object on the way. */
static void finish(struct handle *handle) {
  napi_async_cleanup_hook_handle hook = handle->hook;
  handle->closed = true;
  if (handle->collected) free(handle);
  if (hook != NULL) napi_remove_async_cleanup_hook(hook);
}

static void poll_closed(uv_handle_t *poll) { finish(poll->data); }

void handle_close(struct handle *handle) {
  if (handle->fd < 0) return;
  const int fd = handle->fd;
  handle_set_busy(handle, false);
  handle->fd = -1;
  if (handle->polled) {
    /* Takes the descriptor out of the poll set now, and calls back in a later turn of the loop. */
    uv_close((uv_handle_t *)&handle->poll, poll_closed);
    close(fd);
  } else {
    close(fd);
    finish(handle);
  }
}

static void collected(napi_env env, void *data, void *hint) {
  (void)hint;
  struct handle *handle = data;
  handle->collected = true;
  napi_delete_reference(env, handle->self);
  handle->self = NULL;
  if (handle->closed) {
    free(handle);
  } else {
    handle_close(handle);
  }
}

/* The environment goes: it waits until finish() has removed the hook. */
static void environment_ends(napi_async_cleanup_hook_handle hook, void *data) {
  (void)hook;
  handle_close(data);
}

bool handle_adopt(napi_env env, napi_value object, struct handle *handle, const napi_type_tag *tag) {
  handle->env = env;
  if (!passed(env, napi_wrap(env, object, handle, collected, NULL, &handle->self))) {
    close(handle->fd);
    free(handle);
    return false;
  }
  if (passed(env, napi_type_tag_object(env, object, tag)) &&
      passed(env, napi_add_async_cleanup_hook(env, environment_ends, handle, &handle->hook))) {
    return true;
  }
  handle_close(handle);
  return false;
}

struct handle *handle_of(napi_env env, napi_value object, const napi_type_tag *tag) {
  bool ours = false;
  void *handle = NULL;
  /* Without the tag a method borrowed by another object would take foreign memory for a handle. */
  if (napi_check_object_type_tag(env, object, tag, &ours) != napi_ok || !ours) {
    throw_argument(env, "the receiver is of another kind");
    return NULL;
  }
  return passed(env, napi_unwrap(env, object, &handle)) ? handle : NULL;
}

struct handle *handle_open(napi_env env, napi_value object, const napi_type_tag *tag, const char *syscall) {
  struct handle *handle = handle_of(env, object, tag);
  if (handle == NULL || handle->fd >= 0) return handle;
  throw_system(env, EBADF, syscall, NULL);
  return NULL;
}

static void apply_ref(struct handle *handle) {
  if (!handle->polled) return;
  if (handle->busy && !handle->unwanted) {
    uv_ref((uv_handle_t *)&handle->poll);
  } else {
    uv_unref((uv_handle_t *)&handle->poll);
  }
}

void handle_set_busy(struct handle *handle, bool busy) {
  if (handle->busy == busy || handle->fd < 0) return;
  handle->busy = busy;
  if (busy) {
    napi_reference_ref(handle->env, handle->self, NULL);
  } else {
    napi_reference_unref(handle->env, handle->self, NULL);
  }
  apply_ref(handle);
}

static void polled(uv_poll_t *poll, int status, int events) {
  (void)events;
  struct handle *handle = poll->data;
  napi_handle_scope scope;
  if (napi_open_handle_scope(handle->env, &scope) != napi_ok) return;
  /* libuv stops watching a socket that has an error to tell, such as that its interface went down. Reading
   * takes the error off; the socket works on when the interface is back, so the watch goes on too. */
  if (status < 0) uv_poll_start(poll, UV_READABLE, polled);
  handle->ready(handle);
  napi_close_handle_scope(handle->env, scope);
}

bool handle_watch(struct handle *handle, void (*ready)(struct handle *)) {
  uv_loop_t *loop = NULL;
  if (!passed(handle->env, napi_get_uv_event_loop(handle->env, &loop))) return false;
  int status = uv_poll_init(loop, &handle->poll, handle->fd);
  if (status == 0) {
    handle->polled = true;
    handle->poll.data = handle;
    handle->ready = ready;
    apply_ref(handle);
    status = uv_poll_start(&handle->poll, UV_READABLE, polled);
  }
  if (status == 0) return true;
  throw_system(handle->env, -status, "epoll_ctl", NULL);
  return false;
}

bool handle_set_callback(napi_env env, napi_value object, napi_value function) {
  napi_valuetype type;
  if (napi_typeof(env, function, &type) != napi_ok || type != napi_function) {
    throw_argument(env, "a function is needed");
    return false;
  }
  const napi_property_descriptor property = {
      callback_name, NULL, NULL, NULL, NULL, function, napi_default, NULL};
  return passed(env, napi_define_properties(env, object, 1, &property));
}

void handle_ring(struct handle *handle, napi_value argument) {
  napi_env env = handle->env;
  napi_value self;
  napi_value function;
  napi_value thrown;
  bool pending = false;
  if (napi_get_reference_value(env, handle->self, &self) == napi_ok && self != NULL &&
      napi_get_named_property(env, self, callback_name, &function) == napi_ok) {
    /* Without an async context: no async hooks are used here. */
    napi_make_callback(env, NULL, self, function, argument == NULL ? 0 : 1, &argument, NULL);
  }
  if (napi_is_exception_pending(env, &pending) == napi_ok && pending &&
      napi_get_and_clear_last_exception(env, &thrown) == napi_ok) {
    napi_fatal_exception(env, thrown);
  }
}

bool handle_call(napi_env env, napi_value object, napi_value argument) {
  napi_value function;
  return passed(env, napi_get_named_property(env, object, callback_name, &function)) &&
         passed(env, napi_call_function(env, object, function, 1, &argument, NULL));
}

/* The methods every kind has go by the wrapped pointer, so both tags are tried. */
static struct handle *any_handle(napi_env env, napi_callback_info info) {
  struct call call;
  bool timer = false;
  if (!read_call(env, info, &call)) return NULL;
  if (napi_check_object_type_tag(env, call.self, &timer_tag, &timer) != napi_ok) timer = false;
  return handle_of(env, call.self, timer ? &timer_tag : &socket_tag);
}

napi_value handle_js_close(napi_env env, napi_callback_info info) {
  struct handle *handle = any_handle(env, info);
  if (handle != NULL) handle_close(handle);
  return NULL;
}

static napi_value set_wanted(napi_env env, napi_callback_info info, bool wanted) {
  struct handle *handle = any_handle(env, info);
  if (handle == NULL || handle->fd < 0) return NULL;
  handle->unwanted = !wanted;
  apply_ref(handle);
  return NULL;
}

napi_value handle_js_ref(napi_env env, napi_callback_info info) { return set_wanted(env, info, true); }

napi_value handle_js_unref(napi_env env, napi_callback_info info) { return set_wanted(env, info, false); }
