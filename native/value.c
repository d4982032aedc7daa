/* JavaScript values in and out, and errors in the form of Node's own. */
#include "edge.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool passed(napi_env env, napi_status status) {
  if (status == napi_ok) return true;
  const napi_extended_error_info *last = NULL;
  bool pending = false;
  /* The text of the last error is gone after the next call, so it is fetched first. */
  napi_get_last_error_info(env, &last);
  const char *text = last != NULL && last->error_message != NULL ? last->error_message : "N-API call failed";
  if (napi_is_exception_pending(env, &pending) == napi_ok && !pending) napi_throw_error(env, NULL, text);
  return false;
}

void throw_argument(napi_env env, const char *message) {
  napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", message);
}

bool read_call(napi_env env, napi_callback_info info, struct call *call) {
  size_t count = MOST_ARGUMENTS;
  return passed(env, napi_get_cb_info(env, info, &count, call->arg, &call->self, NULL));
}

bool read_double(napi_env env, napi_value value, double *into) {
  if (napi_get_value_double(env, value, into) == napi_ok && !isnan(*into)) return true;
  throw_argument(env, "a number is needed");
  return false;
}

bool read_int(napi_env env, napi_value value, int *into) {
  double number;
  if (!read_double(env, value, &number)) return false;
  /* napi_get_value_int32() would wrap a large number round to another interface or option. */
  if (number < INT32_MIN || number > INT32_MAX || number != floor(number)) {
    throw_argument(env, "a whole number of 32 bits is needed");
    return false;
  }
  *into = (int)number;
  return true;
}

bool read_bool(napi_env env, napi_value value, bool *into) {
  if (napi_get_value_bool(env, value, into) == napi_ok) return true;
  throw_argument(env, "a boolean is needed");
  return false;
}

bool read_bytes(napi_env env, napi_value value, struct bytes *into) {
  bool buffer = false;
  /* napi_get_buffer_info() ends the process when it is given anything else, so ask before. */
  if (!passed(env, napi_is_buffer(env, value, &buffer))) return false;
  if (!buffer) {
    throw_argument(env, "a Buffer or Uint8Array is needed");
    return false;
  }
  void *data = NULL;
  if (!passed(env, napi_get_buffer_info(env, value, &data, &into->length))) return false;
  into->data = data;
  return true;
}

bool read_text(napi_env env, napi_value value, char *into, size_t size) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok) {
    throw_argument(env, "a string is needed");
    return false;
  }
  if (length >= size) {
    throw_argument(env, "the string is too long");
    return false;
  }
  if (!passed(env, napi_get_value_string_utf8(env, value, into, size, &length))) return false;
  if (strlen(into) != length) {
    throw_argument(env, "the string has a NUL in it");
    return false;
  }
  return true;
}

bool is_undefined(napi_env env, napi_value value) {
  napi_valuetype type;
  return napi_typeof(env, value, &type) == napi_ok && type == napi_undefined;
}

napi_value error_name(napi_env env, int error) {
  char name[64];
  napi_value text;
  uv_err_name_r(-error, name, sizeof name);
  return passed(env, napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &text)) ? text : NULL;
}

bool set_number(napi_env env, napi_value object, const char *name, double number) {
  napi_value value;
  return passed(env, napi_create_double(env, number, &value)) &&
         passed(env, napi_set_named_property(env, object, name, value));
}

napi_value throw_system(napi_env env, int error, const char *syscall, const char *detail) {
  char name[64];
  char text[128];
  char message[320];
  uv_err_name_r(-error, name, sizeof name);
  uv_strerror_r(-error, text, sizeof text);
  /* The form of Node's own: "EACCES: permission denied, open 'path'". */
  if (detail == NULL) {
    snprintf(message, sizeof message, "%s: %s, %s", name, text, syscall);
  } else {
    snprintf(message, sizeof message, "%s: %s, %s '%s'", name, text, syscall, detail);
  }
  napi_value code = error_name(env, error);
  napi_value words;
  napi_value call;
  napi_value thrown;
  if (code != NULL && passed(env, napi_create_string_utf8(env, message, NAPI_AUTO_LENGTH, &words)) &&
      passed(env, napi_create_error(env, code, words, &thrown)) && set_number(env, thrown, "errno", -error) &&
      passed(env, napi_create_string_utf8(env, syscall, NAPI_AUTO_LENGTH, &call)) &&
      passed(env, napi_set_named_property(env, thrown, "syscall", call))) {
    passed(env, napi_throw(env, thrown));
  }
  return NULL;
}
