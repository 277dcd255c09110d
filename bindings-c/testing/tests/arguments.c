/* Every function with NULL for every pointer, and for where a text or bytes are.
 *
 * Each function of the library that takes such an argument is a test here, by its name;
 * tools/test_c.py compares them with what the library exports. */

#include <string.h>

#include "kit.h"

#define HOOK EXHOOK_HOOK_CLIENT_CONNECT
#define TEXT_1 EXHOOK_STR("1")
#define BYTES_1 EXHOOK_BYTES("1")

static const exhook_str NOWHERE = {NULL, 3};
static const exhook_bytes NO_BYTES = {NULL, 3};

#define CHECK_NULL(error) CHECK_REFUSED(error, EXHOOK_ERR_NULL, "is NULL")

/* Uses a broker that was not started. What is wrong is told by the start. */
static void with_draft(exhook_code (*use)(exhook_test_broker *broker)) {
  exhook_test_broker *broker = exhook_test_broker_new();
  CHECK_CODE(use(broker), EXHOOK_ERR_NULL);
  CHECK_NULL(exhook_test_broker_start(broker));
  exhook_test_broker_free(broker);
}

static exhook_code broker_set_nowhere(exhook_test_broker *broker) {
  CHECK_CODE(exhook_test_broker_set(broker, NOWHERE, TEXT_1), EXHOOK_ERR_NULL);
  return exhook_test_broker_set(broker, EXHOOK_STR("nodes"), NOWHERE);
}

static exhook_code set_version_nowhere(exhook_test_broker *broker) {
  return exhook_test_broker_set_version(broker, NOWHERE);
}

static exhook_code add_server_nowhere(exhook_test_broker *broker) {
  CHECK_CODE(exhook_test_broker_add_server(broker, TEXT_1, NOWHERE), EXHOOK_ERR_NULL);
  return exhook_test_broker_add_server(broker, NOWHERE, EXHOOK_STR("127.0.0.1:1"));
}

/* Uses a broker that runs. */
static void with_broker(void (*use)(exhook_test_broker *broker)) {
  exhook_test_broker *broker = exhook_test_broker_new();
  CHECK_DONE(exhook_test_broker_start(broker));
  use(broker);
  exhook_test_broker_free(broker);
}

static void connect_nowhere(exhook_test_broker *broker) {
  exhook_test_broker *draft = exhook_test_broker_new();
  CHECK_NULL(exhook_test_broker_connect(draft, NOWHERE));
  exhook_test_broker_free(draft);
  CHECK_NULL(exhook_test_broker_connect(broker, NOWHERE));
}

static void enable_nowhere(exhook_test_broker *broker) {
  CHECK_NULL(exhook_test_broker_enable(broker, NOWHERE));
}

static void disable_nowhere(exhook_test_broker *broker) {
  CHECK_NULL(exhook_test_broker_disable(broker, NOWHERE));
}

static void call_nowhere(exhook_test_broker *broker) {
  CHECK(exhook_test_broker_call(broker, HOOK, NOWHERE, 0) == NULL);
  CHECK(exhook_test_broker_call(broker, (exhook_hook)99, TEXT_1, 0) == NULL);
}

static void called_nowhere(exhook_test_broker *broker) {
  CHECK_NUMBER(exhook_test_broker_called(broker, HOOK, NOWHERE), 0);
}

static void wait_nowhere(exhook_test_broker *broker) {
  CHECK(!exhook_test_broker_wait_until_called(broker, HOOK, NOWHERE, 0, 0));
}

static void rest_publish_nowhere(exhook_test_broker *broker) {
  CHECK(exhook_test_broker_publish(broker, NOWHERE, BYTES_1, 0) == NULL);
  CHECK(exhook_test_broker_publish(broker, TEXT_1, NO_BYTES, 0) == NULL);
}

static void new_nowhere(void) {
  exhook_test_broker *broker = exhook_test_broker_new();
  CHECK(exhook_test_client_new(broker, NOWHERE) == NULL);
  exhook_test_broker_free(broker);
}

/* Uses a client that has not connected. */
static void with_client(void (*use)(exhook_test_client *client)) {
  exhook_test_broker *broker = exhook_test_broker_new();
  CHECK_DONE(exhook_test_broker_start(broker));
  exhook_test_client *client = exhook_test_client_new(broker, EXHOOK_STR("c1"));
  use(client);
  exhook_test_client_free(client);
  exhook_test_broker_free(broker);
}

static void set_nowhere(exhook_test_client *client) {
  CHECK_CODE(exhook_test_client_set(client, NOWHERE, TEXT_1), EXHOOK_ERR_NULL);
  CHECK_CODE(exhook_test_client_set(client, EXHOOK_STR("username"), NOWHERE), EXHOOK_ERR_NULL);
  CHECK(exhook_test_client_connect(client) == NULL);
}

static void set_username_nowhere(exhook_test_client *client) {
  CHECK_CODE(exhook_test_client_set_username(client, NOWHERE), EXHOOK_ERR_NULL);
}

static void set_password_nowhere(exhook_test_client *client) {
  CHECK_CODE(exhook_test_client_set_password(client, NOWHERE), EXHOOK_ERR_NULL);
}

static void set_will_nowhere(exhook_test_client *client) {
  CHECK_CODE(exhook_test_client_set_will(client, NOWHERE, BYTES_1, 0), EXHOOK_ERR_NULL);
  CHECK_CODE(exhook_test_client_set_will(client, TEXT_1, NO_BYTES, 0), EXHOOK_ERR_NULL);
}

static void add_user_property_nowhere(exhook_test_client *client) {
  CHECK_CODE(exhook_test_client_add_user_property(client, NOWHERE, TEXT_1), EXHOOK_ERR_NULL);
  CHECK_CODE(exhook_test_client_add_user_property(client, TEXT_1, NOWHERE), EXHOOK_ERR_NULL);
}

static void subscribe_nowhere(exhook_test_client *client) {
  CHECK(exhook_test_client_subscribe(client, NOWHERE, 0) == NULL);
}

static void unsubscribe_nowhere(exhook_test_client *client) {
  CHECK(exhook_test_client_unsubscribe(client, NOWHERE) == NULL);
}

static void publish_nowhere(exhook_test_client *client) {
  CHECK(exhook_test_client_publish(client, NOWHERE, BYTES_1, 0) == NULL);
  CHECK(exhook_test_client_publish(client, TEXT_1, NO_BYTES, 0) == NULL);
}

static void publish_retained_nowhere(exhook_test_client *client) {
  CHECK(exhook_test_client_publish_retained(client, NOWHERE, BYTES_1, 0) == NULL);
  CHECK(exhook_test_client_publish_retained(client, TEXT_1, NO_BYTES, 0) == NULL);
}

/* What functions of one kind do. */
#define TEXT(X, name) X(name, CHECK_STR(name(NULL), ""))
#define TEXT_AT(X, name) X(name, CHECK_STR(name(NULL, 0), ""))
#define NUMBER(X, name) X(name, CHECK_NUMBER(name(NULL), 0))
#define POINTER(X, name) X(name, CHECK(name(NULL) == NULL))
#define POINTER_AT(X, name) X(name, CHECK(name(NULL, 0) == NULL))

#define FUNCTIONS(X)                                                                               \
  X(exhook_test_broker_add_server,                                                                 \
    CHECK_CODE(exhook_test_broker_add_server(NULL, TEXT_1, TEXT_1), EXHOOK_ERR_NULL);              \
    with_draft(add_server_nowhere))                                                                \
  X(exhook_test_broker_call, CHECK(exhook_test_broker_call(NULL, HOOK, TEXT_1, 0) == NULL);        \
    with_broker(call_nowhere))                                                                     \
  X(exhook_test_broker_called, CHECK_NUMBER(exhook_test_broker_called(NULL, HOOK, TEXT_1), 0);     \
    with_broker(called_nowhere))                                                                   \
  POINTER_AT(X, exhook_test_broker_calls_at)                                                       \
  NUMBER(X, exhook_test_broker_calls_count)                                                        \
  X(exhook_test_broker_connect, CHECK_NULL(exhook_test_broker_connect(NULL, TEXT_1));              \
    with_broker(connect_nowhere))                                                                  \
  X(exhook_test_broker_cut_connections, CHECK_NULL(exhook_test_broker_cut_connections(NULL)))      \
  X(exhook_test_broker_delay_calls, CHECK_NULL(exhook_test_broker_delay_calls(NULL, 1)))           \
  X(exhook_test_broker_disable, CHECK_NULL(exhook_test_broker_disable(NULL, TEXT_1));              \
    with_broker(disable_nowhere))                                                                  \
  X(exhook_test_broker_enable, CHECK_NULL(exhook_test_broker_enable(NULL, TEXT_1));                \
    with_broker(enable_nowhere))                                                                   \
  X(exhook_test_broker_forget_calls, exhook_test_broker_forget_calls(NULL);                        \
    CHECK_NUMBER(exhook_test_broker_calls_count(NULL), 0))                                         \
  X(exhook_test_broker_free, exhook_test_broker_free(NULL);                                        \
    CHECK_NULL(exhook_test_broker_start(NULL)))                                                    \
  X(exhook_test_broker_publish,                                                                    \
    CHECK(exhook_test_broker_publish(NULL, TEXT_1, BYTES_1, 0) == NULL);                           \
    with_broker(rest_publish_nowhere))                                                             \
  X(exhook_test_broker_restart, CHECK_NULL(exhook_test_broker_restart(NULL, true)))                \
  X(exhook_test_broker_set,                                                                        \
    CHECK_CODE(exhook_test_broker_set(NULL, TEXT_1, TEXT_1), EXHOOK_ERR_NULL);                     \
    with_draft(broker_set_nowhere))                                                                \
  X(exhook_test_broker_set_nodes,                                                                  \
    CHECK_CODE(exhook_test_broker_set_nodes(NULL, 1), EXHOOK_ERR_NULL))                            \
  X(exhook_test_broker_set_request_timeout_ms,                                                     \
    CHECK_CODE(exhook_test_broker_set_request_timeout_ms(NULL, 1), EXHOOK_ERR_NULL))               \
  X(exhook_test_broker_set_version,                                                                \
    CHECK_CODE(exhook_test_broker_set_version(NULL, TEXT_1), EXHOOK_ERR_NULL);                     \
    with_draft(set_version_nowhere))                                                               \
  X(exhook_test_broker_start, CHECK_NULL(exhook_test_broker_start(NULL)))                          \
  TEXT(X, exhook_test_broker_status)                                                               \
  X(exhook_test_broker_stop, CHECK_NULL(exhook_test_broker_stop(NULL)))                            \
  X(exhook_test_broker_wait_until_called,                                                          \
    CHECK(!exhook_test_broker_wait_until_called(NULL, HOOK, TEXT_1, 0, 0));                        \
    with_broker(wait_nowhere))                                                                     \
  X(exhook_test_broker_wait_until_loaded, CHECK(!exhook_test_broker_wait_until_loaded(NULL, 0)))   \
  X(exhook_test_bytes_eq, CHECK(!exhook_test_bytes_eq(NO_BYTES, BYTES_1));                         \
    CHECK(!exhook_test_bytes_eq(BYTES_1, NO_BYTES)))                                               \
  TEXT(X, exhook_test_call_clientid)                                                               \
  NUMBER(X, exhook_test_call_elapsed_ms)                                                           \
  NUMBER(X, exhook_test_call_hook)                                                                 \
  TEXT(X, exhook_test_call_node)                                                                   \
  TEXT(X, exhook_test_call_reason)                                                                 \
  TEXT(X, exhook_test_call_server)                                                                 \
  TEXT(X, exhook_test_call_topic)                                                                  \
  TEXT(X, exhook_test_call_verdict)                                                                \
  X(exhook_test_client_add_user_property,                                                          \
    CHECK_CODE(exhook_test_client_add_user_property(NULL, TEXT_1, TEXT_1), EXHOOK_ERR_NULL);       \
    with_client(add_user_property_nowhere))                                                        \
  POINTER(X, exhook_test_client_connect)                                                           \
  POINTER(X, exhook_test_client_disconnect)                                                        \
  X(exhook_test_client_free, exhook_test_client_free(NULL);                                        \
    CHECK(exhook_test_client_connect(NULL) == NULL))                                               \
  NUMBER(X, exhook_test_client_is_connected)                                                       \
  POINTER(X, exhook_test_client_lose_connection)                                                   \
  X(exhook_test_client_new, CHECK(exhook_test_client_new(NULL, EXHOOK_STR("c1")) == NULL);         \
    new_nowhere())                                                                                 \
  X(exhook_test_client_publish,                                                                    \
    CHECK(exhook_test_client_publish(NULL, TEXT_1, BYTES_1, 0) == NULL);                           \
    with_client(publish_nowhere))                                                                  \
  X(exhook_test_client_publish_retained,                                                           \
    CHECK(exhook_test_client_publish_retained(NULL, TEXT_1, BYTES_1, 0) == NULL);                  \
    with_client(publish_retained_nowhere))                                                         \
  POINTER_AT(X, exhook_test_client_received_at)                                                    \
  NUMBER(X, exhook_test_client_received_count)                                                     \
  X(exhook_test_client_set,                                                                        \
    CHECK_CODE(exhook_test_client_set(NULL, TEXT_1, TEXT_1), EXHOOK_ERR_NULL);                     \
    with_client(set_nowhere))                                                                      \
  X(exhook_test_client_set_password,                                                               \
    CHECK_CODE(exhook_test_client_set_password(NULL, TEXT_1), EXHOOK_ERR_NULL);                    \
    with_client(set_password_nowhere))                                                             \
  X(exhook_test_client_set_username,                                                               \
    CHECK_CODE(exhook_test_client_set_username(NULL, TEXT_1), EXHOOK_ERR_NULL);                    \
    with_client(set_username_nowhere))                                                             \
  X(exhook_test_client_set_will,                                                                   \
    CHECK_CODE(exhook_test_client_set_will(NULL, TEXT_1, BYTES_1, 0), EXHOOK_ERR_NULL);            \
    with_client(set_will_nowhere))                                                                 \
  X(exhook_test_client_subscribe, CHECK(exhook_test_client_subscribe(NULL, TEXT_1, 0) == NULL);    \
    with_client(subscribe_nowhere))                                                                \
  X(exhook_test_client_unsubscribe, CHECK(exhook_test_client_unsubscribe(NULL, TEXT_1) == NULL);   \
    with_client(unsubscribe_nowhere))                                                              \
  X(exhook_test_error_code, CHECK_OK(exhook_test_error_code(NULL)))                                \
  X(exhook_test_error_free, exhook_test_error_free(NULL); CHECK_OK(exhook_test_error_code(NULL)))  \
  X(exhook_test_error_text, CHECK(strlen(exhook_test_error_text(NULL)) > 0))                       \
  TEXT(X, exhook_test_message_from)                                                                \
  X(exhook_test_message_payload, CHECK_NUMBER(exhook_test_message_payload(NULL).len, 0);           \
    CHECK(exhook_test_message_payload(NULL).data != NULL))                                         \
  NUMBER(X, exhook_test_message_qos)                                                               \
  NUMBER(X, exhook_test_message_retain)                                                            \
  TEXT(X, exhook_test_message_topic)                                                               \
  NUMBER(X, exhook_test_outcome_accepted)                                                          \
  NUMBER(X, exhook_test_outcome_authorized)                                                        \
  NUMBER(X, exhook_test_outcome_blocked)                                                           \
  POINTER_AT(X, exhook_test_outcome_calls_at)                                                      \
  NUMBER(X, exhook_test_outcome_calls_count)                                                       \
  TEXT_AT(X, exhook_test_outcome_delivered_to_at)                                                  \
  NUMBER(X, exhook_test_outcome_delivered_to_count)                                                \
  POINTER(X, exhook_test_outcome_delivered_as)                                                     \
  TEXT(X, exhook_test_outcome_reason)                                                              \
  NUMBER(X, exhook_test_outcome_reason_code)                                                       \
  NUMBER(X, exhook_test_outcome_session_present)

#define DEFINE(name, checks)                                                                       \
  static void null_to_##name(void) { checks; }
#define LIST(name, checks) {#name, null_to_##name},

FUNCTIONS(DEFINE)

TEST_MAIN(FUNCTIONS(LIST))
