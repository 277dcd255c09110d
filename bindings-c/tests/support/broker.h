/* A fake EMQX: calls the hooks of a server and says what a broker makes of the answers. The crate
 * in tests/broker is behind it. Any thread may call these functions. */

#ifndef EXHOOK_TESTS_BROKER_H
#define EXHOOK_TESTS_BROKER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A broker node. */
typedef struct broker broker;

/* A call that was started. */
typedef struct broker_pending broker_pending;

/* A request; what is NULL or 0 is not set. */
typedef struct broker_request {
  const char *hook; /* such as "message.publish" */
  const char *clientid;
  const char *username;
  const char *password;
  const char *topic;
  const void *payload;
  size_t payload_len;
  uint32_t qos;
  uint32_t timeout_ms; /* how long the broker waits; a minute where it is 0 */
} broker_request;

/* What became of a call. */
typedef struct broker_answer {
  /* What a broker understands: "allow", "deny", "ignore", "continue true", "continue false",
   * "replace TOPIC QOS PAYLOAD", "block", "done", "loaded HOOK HOOK[FILTER,FILTER]";
   * or "illegal: WHY", "grpc STATUS: WHY", "timed out", "lost: WHY". Ends with a NUL. */
  char text[1024];
  uint64_t elapsed_ms;
  int32_t grpc_status; /* -1 where none came */
} broker_answer;

/* Connects as a broker that speaks package 1, 2 or 3, with so many connections. NULL, and the
 * reason on standard error, where nobody listens. */
broker *broker_connect(const char *address, uint32_t package, uint32_t connections);

/* Starts a call. Calls of one client are made one after another, in the order of their start, as
 * a broker does; calls without a client are independent of others. */
broker_pending *broker_start(const broker *broker, const broker_request *request);

/* Starts a call with the sample request of a hook, see sample.h. Package 3 only. */
broker_pending *broker_start_sample(const broker *broker, const char *hook);

/* Starts a call of a hook with any bytes as request. */
broker_pending *broker_start_raw(const broker *broker, const char *hook, const void *body,
                                 size_t len);

/* Starts a call of any path, such as "/emqx.exhook.v9.HookProvider/OnClientConnect". */
broker_pending *broker_start_path(const broker *broker, const char *path);

/* Starts the call by which a broker of this version, such as "5.8.9", loads a server. */
broker_pending *broker_start_load(const broker *broker, const char *version);

/* Waits for the end of a call, and frees it: exactly once for each. */
broker_answer broker_finish(broker_pending *pending);

/* Closes the connections, whatever is under way on them. */
void broker_disconnect(const broker *broker);

/* Closes the connections and frees the broker. NULL is fine. */
void broker_close(broker *broker);

/* Calls and waits. */
static inline broker_answer broker_call(const broker *broker, const broker_request *request) {
  return broker_finish(broker_start(broker, request));
}

#ifdef __cplusplus
}
#endif

#endif
