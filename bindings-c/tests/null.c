/* Every function with NULL for every pointer, and for where a text or bytes are.
 *
 * Each function of the library that takes such an argument is a test here, by its name;
 * tools/test_c.py compares them with what the library exports. */

#include <string.h>

#include "test.h"

#define ADDRESS EXHOOK_STR("127.0.0.1:0")

static const exhook_str NOWHERE = {NULL, 3};
static const exhook_bytes NO_BYTES = {NULL, 3};
static size_t freed;

static void ignore(exhook_call *call, void *user) {
  (void)user;
  exhook_reply_ignore(call);
}

static void count_freed(void *user) {
  (void)user;
  freed++;
}

#define CHECK_NULL(error) CHECK_ERROR(error, EXHOOK_ERR_NULL, "is NULL")

static exhook_error *with_server(exhook_error *(*use)(exhook_server *server)) {
  exhook_server *server = exhook_server_new();
  exhook_error *error = use(server);
  CHECK_OK(exhook_server_free(server));
  return error;
}

static exhook_error *start_nowhere(exhook_server *server) {
  return exhook_server_start(server, NOWHERE);
}

static exhook_error *listen_nowhere(exhook_server *server) {
  return exhook_server_listen(server, NOWHERE);
}

static exhook_error *print_nowhere(exhook_server *server) {
  return exhook_server_print_config(server, NOWHERE);
}

static exhook_error *set_nowhere(exhook_error *(*set)(exhook_server *server, exhook_str value)) {
  exhook_server *server = exhook_server_new();
  exhook_error *error = set(server, NOWHERE);
  CHECK_OK(exhook_server_free(server));
  return error;
}

static exhook_error *on_without_callback(exhook_server *server) {
  return exhook_server_on(server, EXHOOK_HOOK_CLIENT_CONNECT, NULL, NULL, count_freed);
}

static exhook_error *on_with_without_callback(exhook_server *server) {
  return exhook_server_on_with(server, EXHOOK_HOOK_CLIENT_CONNECT, NULL, NULL, NULL, count_freed);
}

static exhook_error *on_with_nothing(exhook_server *server) {
  exhook_error *error =
      exhook_server_on(server, EXHOOK_HOOK_CLIENT_CONNECT, ignore, NULL, count_freed);
  return error
             ? error
             : exhook_server_on_with(server, EXHOOK_HOOK_CLIENT_CONNECT, NULL, ignore, NULL, NULL);
}

static void on_null(void) {
  freed = 0;
  CHECK_NULL(exhook_server_on(NULL, EXHOOK_HOOK_CLIENT_CONNECT, ignore, NULL, count_freed));
  CHECK_NULL(with_server(on_without_callback));
  CHECK_NO_ERROR(with_server(on_with_nothing));
  CHECK_NUMBER(freed, 3);
}

static void on_with_null(void) {
  freed = 0;
  exhook_options *options = exhook_options_new();
  CHECK_NULL(
      exhook_server_on_with(NULL, EXHOOK_HOOK_CLIENT_CONNECT, options, ignore, NULL, count_freed));
  exhook_options_free(options);
  CHECK_NULL(with_server(on_with_without_callback));
  CHECK_NO_ERROR(with_server(on_with_nothing));
  CHECK_NUMBER(freed, 3);
}

static void add_topic_null(void) {
  exhook_options *options = exhook_options_new();
  CHECK_CODE(exhook_options_add_topic(NULL, EXHOOK_STR("a")), EXHOOK_ERR_NULL);
  CHECK_CODE(exhook_options_add_topic(options, NOWHERE), EXHOOK_ERR_NULL);
  exhook_options_free(options);
}

static void reply_message_null(void) {
  exhook_message *message = exhook_message_new();
  CHECK_CODE(exhook_reply_message(NULL, message), EXHOOK_ERR_NULL);
  CHECK_CODE(exhook_reply_message(NULL, NULL), EXHOOK_ERR_NULL);
  exhook_message_free(message);
}

static void set_topic_null(void) {
  exhook_message *message = exhook_message_new();
  CHECK_CODE(exhook_message_set_topic(NULL, EXHOOK_STR("a")), EXHOOK_ERR_NULL);
  CHECK_CODE(exhook_message_set_topic(message, NOWHERE), EXHOOK_ERR_NULL);
  exhook_message_free(message);
}

static void set_payload_null(void) {
  exhook_message *message = exhook_message_new();
  CHECK_CODE(exhook_message_set_payload(NULL, EXHOOK_BYTES("a")), EXHOOK_ERR_NULL);
  CHECK_CODE(exhook_message_set_payload(message, NO_BYTES), EXHOOK_ERR_NULL);
  exhook_message_free(message);
}

static void give_payload_null(void) {
  freed = 0;
  exhook_message *message = exhook_message_new();
  exhook_bytes bytes = EXHOOK_BYTES("a");
  CHECK_CODE(exhook_message_give_payload(NULL, bytes, count_freed, NULL), EXHOOK_ERR_NULL);
  CHECK_CODE(exhook_message_give_payload(message, NO_BYTES, count_freed, NULL), EXHOOK_ERR_NULL);
  CHECK_NUMBER(freed, 2);
  CHECK_OK(exhook_message_give_payload(message, bytes, NULL, NULL));
  exhook_message_free(message);
}

static exhook_metrics *some_metrics(void) {
  exhook_server *server = exhook_server_new();
  CHECK_NO_ERROR(exhook_server_start(server, ADDRESS));
  exhook_metrics *metrics = exhook_server_metrics(server);
  CHECK_OK(exhook_server_free(server));
  return metrics;
}

static void verdicts_nowhere(void) {
  exhook_metrics *metrics = some_metrics();
  CHECK_NUMBER(exhook_metrics_verdicts_at(metrics, 0, NOWHERE), 0);
  exhook_metrics_free(metrics);
}

static void failures_nowhere(void) {
  exhook_metrics *metrics = some_metrics();
  CHECK_NUMBER(exhook_metrics_failures_at(metrics, 0, NOWHERE), 0);
  exhook_metrics_free(metrics);
}

/* What functions of one kind do. */
#define TEXT(X, name) X(name, CHECK_STR(name(NULL), ""))
#define TEXT_AT(X, name) X(name, CHECK_STR(name(NULL, 0), ""))
#define NUMBER(X, name) X(name, CHECK_NUMBER(name(NULL), 0))
#define NUMBER_AT(X, name) X(name, CHECK_NUMBER(name(NULL, 0), 0))
#define QUANTILE(X, name) X(name, CHECK_NUMBER(name(NULL, 0, 0.5), 0))
#define CODE(X, name) X(name, CHECK_CODE(name(NULL), EXHOOK_ERR_NULL))
#define CODE_OF_2(X, name) X(name, CHECK_CODE(name(NULL, 1), EXHOOK_ERR_NULL))
#define SETTER(X, name) X(name, CHECK_NULL(name(NULL, 1)))
#define TEXT_SETTER(X, name)                                                                       \
  X(name, CHECK_NULL(name(NULL, EXHOOK_STR("9090"))); CHECK_NULL(set_nowhere(name)))

#define CALLS(X)                                                                                   \
  TEXT(X, exhook_call_broker_datetime)                                                             \
  TEXT(X, exhook_call_broker_sysdescr)                                                             \
  NUMBER(X, exhook_call_broker_uptime)                                                             \
  TEXT(X, exhook_call_broker_version)                                                              \
  TEXT(X, exhook_call_clientid)                                                                    \
  NUMBER(X, exhook_call_clientinfo_anonymous)                                                      \
  TEXT(X, exhook_call_clientinfo_clientid)                                                         \
  TEXT(X, exhook_call_clientinfo_cn)                                                               \
  TEXT(X, exhook_call_clientinfo_dn)                                                               \
  NUMBER(X, exhook_call_clientinfo_is_superuser)                                                   \
  TEXT(X, exhook_call_clientinfo_mountpoint)                                                       \
  TEXT(X, exhook_call_clientinfo_node)                                                             \
  TEXT(X, exhook_call_clientinfo_password)                                                         \
  TEXT(X, exhook_call_clientinfo_peerhost)                                                         \
  NUMBER(X, exhook_call_clientinfo_peerport)                                                       \
  TEXT(X, exhook_call_clientinfo_protocol)                                                         \
  NUMBER(X, exhook_call_clientinfo_sockport)                                                       \
  TEXT(X, exhook_call_clientinfo_username)                                                         \
  TEXT(X, exhook_call_conninfo_clientid)                                                           \
  NUMBER(X, exhook_call_conninfo_keepalive)                                                        \
  TEXT(X, exhook_call_conninfo_node)                                                               \
  TEXT(X, exhook_call_conninfo_peerhost)                                                           \
  NUMBER(X, exhook_call_conninfo_peerport)                                                         \
  TEXT(X, exhook_call_conninfo_proto_name)                                                         \
  TEXT(X, exhook_call_conninfo_proto_ver)                                                          \
  NUMBER(X, exhook_call_conninfo_sockport)                                                         \
  TEXT(X, exhook_call_conninfo_username)                                                           \
  X(exhook_call_defer, CHECK(exhook_call_defer(NULL) == NULL))                                     \
  X(exhook_call_free, CHECK_OK(exhook_call_free(NULL)))                                            \
  NUMBER(X, exhook_call_has_meta)                                                                  \
  NUMBER(X, exhook_call_hook)                                                                      \
  NUMBER(X, exhook_call_is_wanted)                                                                 \
  TEXT(X, exhook_call_message_from)                                                                \
  NUMBER(X, exhook_call_message_headers_count)                                                     \
  X(exhook_call_message_headers_find,                                                              \
    CHECK_STR(exhook_call_message_headers_find(NULL, EXHOOK_STR("x")), "");                        \
    CHECK_STR(exhook_call_message_headers_find(NULL, NOWHERE), ""))                                \
  TEXT_AT(X, exhook_call_message_headers_name_at)                                                  \
  TEXT_AT(X, exhook_call_message_headers_value_at)                                                 \
  TEXT(X, exhook_call_message_id)                                                                  \
  TEXT(X, exhook_call_message_node)                                                                \
  X(exhook_call_message_payload, CHECK_NUMBER(exhook_call_message_payload(NULL).len, 0);           \
    CHECK(exhook_call_message_payload(NULL).data != NULL))                                         \
  NUMBER(X, exhook_call_message_qos)                                                               \
  NUMBER(X, exhook_call_message_timestamp)                                                         \
  TEXT(X, exhook_call_message_topic)                                                               \
  TEXT(X, exhook_call_meta_cluster_name)                                                           \
  TEXT(X, exhook_call_meta_node)                                                                   \
  TEXT(X, exhook_call_meta_sysdescr)                                                               \
  TEXT(X, exhook_call_meta_version)                                                                \
  TEXT(X, exhook_call_node)                                                                        \
  NUMBER(X, exhook_call_package)                                                                   \
  NUMBER(X, exhook_call_props_count)                                                               \
  TEXT_AT(X, exhook_call_props_name_at)                                                            \
  TEXT_AT(X, exhook_call_props_value_at)                                                           \
  TEXT(X, exhook_call_reason)                                                                      \
  NUMBER(X, exhook_call_remaining_ms)                                                              \
  NUMBER(X, exhook_call_result)                                                                    \
  TEXT(X, exhook_call_result_code)                                                                 \
  NUMBER(X, exhook_call_subopts_nl)                                                                \
  NUMBER(X, exhook_call_subopts_qos)                                                               \
  NUMBER(X, exhook_call_subopts_rap)                                                               \
  NUMBER(X, exhook_call_subopts_rh)                                                                \
  TEXT(X, exhook_call_topic)                                                                       \
  NUMBER(X, exhook_call_topic_filters_count)                                                       \
  TEXT_AT(X, exhook_call_topic_filters_name_at)                                                    \
  NUMBER_AT(X, exhook_call_topic_filters_subopts_nl_at)                                            \
  NUMBER_AT(X, exhook_call_topic_filters_subopts_qos_at)                                           \
  NUMBER_AT(X, exhook_call_topic_filters_subopts_rap_at)                                           \
  NUMBER_AT(X, exhook_call_topic_filters_subopts_rh_at)                                            \
  TEXT(X, exhook_call_traceparent)                                                                 \
  NUMBER(X, exhook_call_type)                                                                      \
  NUMBER(X, exhook_call_user_props_count)                                                          \
  TEXT_AT(X, exhook_call_user_props_name_at)                                                       \
  TEXT_AT(X, exhook_call_user_props_value_at)

#define OTHERS(X)                                                                                  \
  X(exhook_bytes_of, CHECK_NUMBER(exhook_bytes_of(NULL, 0).len, 0))                                \
  X(exhook_error_code, CHECK_OK(exhook_error_code(NULL)))                                          \
  X(exhook_error_free, exhook_error_free(NULL); CHECK_OK(exhook_error_code(NULL)))                 \
  X(exhook_error_text, CHECK(strlen(exhook_error_text(NULL)) > 0))                                 \
  X(exhook_log, CHECK_CODE(exhook_log(EXHOOK_LOG_ERROR, NOWHERE), EXHOOK_ERR_NULL))                \
  NUMBER(X, exhook_log_record_level)                                                               \
  TEXT(X, exhook_log_record_message)                                                               \
  TEXT(X, exhook_log_record_target)                                                                \
  X(exhook_log_to, CHECK_NULL(exhook_log_to(EXHOOK_LOG_WARN, NULL, NULL, NULL)))                   \
  X(exhook_message_free, exhook_message_free(NULL);                                                \
    CHECK_CODE(exhook_message_set_qos(NULL, 0), EXHOOK_ERR_NULL))                                  \
  X(exhook_message_give_payload, give_payload_null())                                              \
  X(exhook_message_set_payload, set_payload_null())                                                \
  CODE_OF_2(X, exhook_message_set_qos)                                                             \
  X(exhook_message_set_topic, set_topic_null())                                                    \
  NUMBER(X, exhook_metrics_bad_requests)                                                           \
  NUMBER_AT(X, exhook_metrics_calls_at)                                                            \
  NUMBER(X, exhook_metrics_connections)                                                            \
  NUMBER(X, exhook_metrics_connections_accepted)                                                   \
  NUMBER_AT(X, exhook_metrics_dropped_at)                                                          \
  X(exhook_metrics_failures_at,                                                                    \
    CHECK_NUMBER(exhook_metrics_failures_at(NULL, 0, EXHOOK_STR("deadline")), 0);                  \
    failures_nowhere())                                                                            \
  X(exhook_metrics_free, exhook_metrics_free(NULL);                                                \
    CHECK_NUMBER(exhook_metrics_hooks_count(NULL), 0))                                             \
  NUMBER_AT(X, exhook_metrics_hook_at)                                                             \
  NUMBER(X, exhook_metrics_hooks_count)                                                            \
  NUMBER(X, exhook_metrics_inbox_depth)                                                            \
  NUMBER(X, exhook_metrics_inflight)                                                               \
  NUMBER_AT(X, exhook_metrics_late_at)                                                             \
  QUANTILE(X, exhook_metrics_latency_us_at)                                                        \
  NUMBER_AT(X, exhook_metrics_package_at)                                                          \
  NUMBER(X, exhook_metrics_unknown_methods)                                                        \
  X(exhook_metrics_verdicts_at,                                                                    \
    CHECK_NUMBER(exhook_metrics_verdicts_at(NULL, 0, EXHOOK_STR("allow")), 0);                     \
    verdicts_nowhere())                                                                            \
  QUANTILE(X, exhook_metrics_waited_us_at)                                                         \
  X(exhook_options_add_topic, add_topic_null())                                                    \
  X(exhook_options_free, exhook_options_free(NULL);                                                \
    CHECK_CODE(exhook_options_set_inline(NULL, false), EXHOOK_ERR_NULL))                           \
  CODE_OF_2(X, exhook_options_set_ack)                                                             \
  CODE_OF_2(X, exhook_options_set_fallback)                                                        \
  CODE_OF_2(X, exhook_options_set_inline)                                                          \
  CODE_OF_2(X, exhook_options_set_shadow)                                                          \
  CODE_OF_2(X, exhook_options_set_timeout_ms)                                                      \
  CODE(X, exhook_reply_allow)                                                                      \
  CODE(X, exhook_reply_block)                                                                      \
  CODE_OF_2(X, exhook_reply_bool)                                                                  \
  CODE(X, exhook_reply_deny)                                                                       \
  CODE(X, exhook_reply_error)                                                                      \
  CODE(X, exhook_reply_ignore)                                                                     \
  CODE_OF_2(X, exhook_reply_keep_going)                                                            \
  X(exhook_reply_message, reply_message_null())                                                    \
  X(exhook_server_address, CHECK_STR(exhook_server_address(NULL), ""))                             \
  X(exhook_server_free, CHECK_OK(exhook_server_free(NULL)))                                        \
  X(exhook_server_listen, CHECK_NULL(exhook_server_listen(NULL, ADDRESS));                         \
    CHECK_NULL(with_server(listen_nowhere)))                                                       \
  X(exhook_server_metrics, CHECK(exhook_server_metrics(NULL) == NULL))                             \
  X(exhook_server_on, on_null())                                                                   \
  X(exhook_server_on_with, on_with_null())                                                         \
  X(exhook_server_print_config, CHECK_NULL(exhook_server_print_config(NULL, ADDRESS));             \
    CHECK_NULL(with_server(print_nowhere)))                                                        \
  TEXT_SETTER(X, exhook_server_set_admin)                                                          \
  SETTER(X, exhook_server_set_admin_payloads)                                                      \
  SETTER(X, exhook_server_set_companion)                                                           \
  TEXT_SETTER(X, exhook_server_set_config_file)                                                    \
  TEXT_SETTER(X, exhook_server_set_decision_log)                                                   \
  SETTER(X, exhook_server_set_decision_log_files)                                                  \
  SETTER(X, exhook_server_set_decision_log_max_bytes)                                              \
  SETTER(X, exhook_server_set_drain_delay_ms)                                                      \
  SETTER(X, exhook_server_set_drain_timeout_ms)                                                    \
  SETTER(X, exhook_server_set_environment)                                                         \
  SETTER(X, exhook_server_set_handshake_timeout_ms)                                                \
  SETTER(X, exhook_server_set_inbox_capacity)                                                      \
  SETTER(X, exhook_server_set_io_threads)                                                          \
  SETTER(X, exhook_server_set_keepalive_interval_ms)                                               \
  TEXT_SETTER(X, exhook_server_set_log)                                                            \
  SETTER(X, exhook_server_set_max_buffered_bytes)                                                  \
  SETTER(X, exhook_server_set_max_connections)                                                     \
  SETTER(X, exhook_server_set_max_connections_per_peer)                                            \
  SETTER(X, exhook_server_set_max_handshakes)                                                      \
  SETTER(X, exhook_server_set_max_header_bytes)                                                    \
  SETTER(X, exhook_server_set_max_inflight)                                                        \
  SETTER(X, exhook_server_set_max_inflight_per_connection)                                         \
  SETTER(X, exhook_server_set_max_message_bytes)                                                   \
  TEXT_SETTER(X, exhook_server_set_otlp_endpoint)                                                  \
  SETTER(X, exhook_server_set_otlp_sample_percent)                                                 \
  SETTER(X, exhook_server_set_receive_timeout_ms)                                                  \
  SETTER(X, exhook_server_set_reflection)                                                          \
  SETTER(X, exhook_server_set_threads)                                                             \
  SETTER(X, exhook_server_set_timeout_ms)                                                          \
  TEXT_SETTER(X, exhook_server_set_tls_cert)                                                       \
  TEXT_SETTER(X, exhook_server_set_tls_client_ca)                                                  \
  TEXT_SETTER(X, exhook_server_set_tls_client_fingerprints)                                        \
  TEXT_SETTER(X, exhook_server_set_tls_client_names)                                               \
  TEXT_SETTER(X, exhook_server_set_tls_key)                                                        \
  TEXT_SETTER(X, exhook_server_set_tls_min_version)                                                \
  SETTER(X, exhook_server_set_tls_reload_interval_ms)                                              \
  X(exhook_server_start, CHECK_NULL(exhook_server_start(NULL, ADDRESS));                           \
    CHECK_NULL(with_server(start_nowhere)))                                                        \
  X(exhook_server_stop, CHECK_NULL(exhook_server_stop(NULL)))                                      \
  X(exhook_server_wait, CHECK_NULL(exhook_server_wait(NULL)))                                      \
  X(exhook_str_eq, CHECK(!exhook_str_eq(NOWHERE, EXHOOK_STR("x")));                                \
    CHECK(!exhook_str_eq(EXHOOK_STR("x"), NOWHERE)))                                               \
  X(exhook_str_of, CHECK_STR(exhook_str_of(NULL), ""))

#define DEFINE(name, checks)                                                                       \
  static void null_to_##name(void) { checks; }
#define LIST(name, checks) {#name, null_to_##name},

CALLS(DEFINE)
OTHERS(DEFINE)

TEST_MAIN(CALLS(LIST) OTHERS(LIST))
