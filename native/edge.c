/* The table of what the addon exports, and the clock. */
#include "edge.h"

static napi_value now(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value result;
  return passed(env, napi_create_double(env, clock_ms(CLOCK_MONOTONIC), &result)) ? result : NULL;
}

static const napi_property_descriptor functions[] = {
    {"now", NULL, now, NULL, NULL, NULL, napi_enumerable, NULL},
    {"sendUnixDatagram", NULL, send_unix_datagram, NULL, NULL, NULL, napi_enumerable, NULL},
    {"setRoundRobin", NULL, set_round_robin, NULL, NULL, NULL, napi_enumerable, NULL},
    {"setNormal", NULL, set_normal, NULL, NULL, NULL, napi_enumerable, NULL},
    {"peerCredentials", NULL, peer_credentials, NULL, NULL, NULL, napi_enumerable, NULL},
    {"lockProgram", NULL, lock_program, NULL, NULL, NULL, napi_enumerable, NULL},
};

/* Context-aware, so that worker threads can load it too. */
NAPI_MODULE_INIT() {
  const size_t count = sizeof functions / sizeof *functions;
  const bool done = passed(env, napi_define_properties(env, exports, count, functions)) &&
                    define_socket(env, exports) && define_timer(env, exports);
  return done ? exports : NULL;
}
