/* What must not be done, and what happens then. */

#include <string.h>

#include "kept.h"
#include "serve.h"
#include "sync.h"
#include "test.h"

#define AUTHENTICATE EXHOOK_HOOK_CLIENT_AUTHENTICATE

/* Serves one hook inline or on lanes, has a broker call it once, and waits for the callback. */
static broker_answer call_once(exhook_hook hook, const char *name, bool is_inline,
                               exhook_callback callback) {
  counter calls = COUNTER;
  exhook_server *server = serve_new();
  exhook_options *options = exhook_options_new();
  CHECK_OK(exhook_options_set_inline(options, is_inline));
  serve_on_with(server, hook, options, callback, &calls);
  served served = serve_start(server, 3);
  broker_answer answer = serve_call(served.broker, name, "one");
  counter_wait(&calls, 1);
  serve_end(&served);
  return answer;
}

static void reply_twice(exhook_call *call, void *user) {
  CHECK_OK(exhook_reply_allow(call));
  CHECK_CODE(exhook_reply_allow(call), EXHOOK_ERR_ANSWERED);
  CHECK_CODE(exhook_reply_deny(call), EXHOOK_ERR_ANSWERED);
  CHECK_CODE(exhook_reply_ignore(call), EXHOOK_ERR_ANSWERED);
  CHECK_CODE(exhook_reply_bool(call, false), EXHOOK_ERR_ANSWERED);
  CHECK_CODE(exhook_reply_keep_going(call, false), EXHOOK_ERR_ANSWERED);
  CHECK_CODE(exhook_reply_block(call), EXHOOK_ERR_ANSWERED);
  CHECK_CODE(exhook_reply_error(call), EXHOOK_ERR_ANSWERED);
  counter_add(user);
}

static void the_first_of_several_replies_counts(void) {
  CHECK_ANSWER(call_once(AUTHENTICATE, "client.authenticate", false, reply_twice), "allow");
  CHECK_ANSWER(call_once(AUTHENTICATE, "client.authenticate", true, reply_twice), "allow");
}

static void free_what_is_lent(exhook_call *call, void *user) {
  CHECK_CODE(exhook_call_free(call), EXHOOK_ERR_NOT_DEFERRED);
  CHECK_STR(exhook_call_clientid(call), "one");
  CHECK_OK(exhook_reply_allow(call));
  CHECK_CODE(exhook_call_free(call), EXHOOK_ERR_NOT_DEFERRED);
  CHECK(exhook_call_defer(call) == NULL);
  counter_add(user);
}

static void a_call_that_is_only_lent_is_not_freed(void) {
  CHECK_ANSWER(call_once(AUTHENTICATE, "client.authenticate", false, free_what_is_lent), "allow");
  CHECK_ANSWER(call_once(AUTHENTICATE, "client.authenticate", true, free_what_is_lent), "allow");
}

static void defer_and_free_twice(exhook_call *call, void *user) {
  CHECK(exhook_call_defer(call) == call);
  CHECK(exhook_call_defer(call) == NULL);
  CHECK_OK(exhook_call_free(call));
  CHECK_CODE(exhook_call_free(call), EXHOOK_ERR_NOT_DEFERRED);
  CHECK(exhook_call_defer(call) == NULL);
  CHECK_CODE(exhook_reply_allow(call), EXHOOK_ERR_ANSWERED);
  counter_add(user);
}

static void a_call_is_deferred_once_and_freed_once(void) {
  CHECK_ANSWER(call_once(AUTHENTICATE, "client.authenticate", false, defer_and_free_twice), "deny");
  CHECK_ANSWER(call_once(AUTHENTICATE, "client.authenticate", true, defer_and_free_twice), "deny");
}

/* A handler that uses its own server. */
typedef struct own {
  exhook_server *server;
  counter calls;
  counter freed;
} own;

static void use_own_server(exhook_server *server) {
  CHECK_ERROR(exhook_server_stop(server), EXHOOK_ERR_WRONG_STATE, "callback");
  CHECK_ERROR(exhook_server_wait(server), EXHOOK_ERR_WRONG_STATE, "callback");
  CHECK_ERROR(exhook_server_listen(server, EXHOOK_STR("127.0.0.1:0")), EXHOOK_ERR_WRONG_STATE,
              "callback");
  CHECK_ERROR(exhook_server_start(server, EXHOOK_STR("127.0.0.1:0")), EXHOOK_ERR_WRONG_STATE, "");
  CHECK_CODE(exhook_server_free(server), EXHOOK_ERR_WRONG_STATE);
  CHECK(exhook_server_address(server).len > 0);
  exhook_metrics_free(exhook_server_metrics(server));
}

static void stop_own_server(exhook_call *call, void *user) {
  own *own = user;
  use_own_server(own->server);
  CHECK_OK(exhook_reply_allow(call));
  counter_add(&own->calls);
}

static void free_own(void *user) {
  own *own = user;
  counter_add(&own->freed);
}

static void a_callback_cannot_stop_wait_for_or_free_its_server(void) {
  for (int is_inline = 0; is_inline < 2; is_inline++) {
    own own = {serve_new(), COUNTER, COUNTER};
    exhook_options *options = exhook_options_new();
    CHECK_OK(exhook_options_set_inline(options, is_inline));
    CHECK_NO_ERROR(
        exhook_server_on_with(own.server, AUTHENTICATE, options, stop_own_server, &own, free_own));
    exhook_options_free(options);
    served served = serve_start(own.server, 3);
    CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "one"), "allow");
    counter_wait(&own.calls, 1);
    CHECK_NUMBER(counter_get(&own.freed), 0);
    serve_end(&served);
    CHECK_NUMBER(counter_get(&own.freed), 1);
  }
}

static void use_server_in_log(const exhook_log_record *record, void *user) {
  own *own = user;
  (void)record;
  if (counter_add(&own->calls) == 0) use_own_server(own->server);
}

static void a_log_callback_cannot_stop_wait_for_or_free_a_server(void) {
  own own = {serve_new(), COUNTER, COUNTER};
  served served = serve_start(own.server, 3);
  CHECK_NO_ERROR(exhook_log_to(EXHOOK_LOG_WARN, use_server_in_log, &own, free_own));
  CHECK_OK(exhook_log(EXHOOK_LOG_WARN, EXHOOK_STR("look")));
  counter_wait(&own.calls, 1);
  CHECK_NO_ERROR(exhook_log_to_stderr(EXHOOK_LOG_WARN));
  CHECK_NUMBER(counter_get(&own.freed), 1);
  serve_end(&served);
}

static void read_other_fields(exhook_call *call, void *user) {
  CHECK_STR(exhook_call_conninfo_clientid(call), "");
  CHECK_STR(exhook_call_message_topic(call), "");
  CHECK_STR(exhook_call_reason(call), "");
  CHECK_NUMBER(exhook_call_message_payload(call).len, 0);
  CHECK(exhook_call_message_payload(call).data != NULL);
  CHECK_NUMBER(exhook_call_message_qos(call), 0);
  CHECK_NUMBER(exhook_call_message_timestamp(call), 0);
  CHECK_NUMBER(exhook_call_broker_uptime(call), 0);
  CHECK_NUMBER(exhook_call_type(call), 0);
  CHECK_NUMBER(exhook_call_props_count(call), 0);
  CHECK_STR(exhook_call_props_name_at(call, 0), "");
  CHECK_NUMBER(exhook_call_topic_filters_subopts_qos_at(call, 0), 0);
  CHECK_NUMBER(exhook_call_message_headers_count(call), 0);
  CHECK_STR(exhook_call_message_headers_find(call, EXHOOK_STR("username")), "");
  CHECK_STR(exhook_call_clientinfo_clientid(call), "one");
  CHECK_OK(exhook_reply_allow(call));
  counter_add(user);
}

static void fields_of_other_hooks_are_empty(void) {
  CHECK_ANSWER(call_once(AUTHENTICATE, "client.authenticate", false, read_other_fields), "allow");
}

static void read_out_of_range(exhook_call *call, void *user) {
  CHECK_NUMBER(exhook_call_topic_filters_count(call), 1);
  CHECK_STR(exhook_call_topic_filters_name_at(call, 0), "room/1");
  CHECK_STR(exhook_call_topic_filters_name_at(call, 1), "");
  CHECK_STR(exhook_call_topic_filters_name_at(call, SIZE_MAX), "");
  CHECK_NUMBER(exhook_call_topic_filters_subopts_nl_at(call, 1), 0);
  CHECK_STR(exhook_call_user_props_value_at(call, 0), "");
  counter_add(user);
}

static void an_index_out_of_range_gives_the_empty_value(void) {
  CHECK_ANSWER(
      call_once(EXHOOK_HOOK_CLIENT_SUBSCRIBE, "client.subscribe", false, read_out_of_range),
      "done");
}

static void use_bad_texts(exhook_call *call, void *user) {
  exhook_str nowhere = {NULL, 1};
  exhook_str bad = EXHOOK_STR("\xc3\x28");
  exhook_message *message = exhook_message_new();
  exhook_bytes no_bytes = {NULL, 1};
  CHECK_CODE(exhook_message_set_topic(message, bad), EXHOOK_ERR_NOT_UTF8);
  CHECK_CODE(exhook_message_set_topic(message, nowhere), EXHOOK_ERR_NULL);
  CHECK_CODE(exhook_message_set_payload(message, no_bytes), EXHOOK_ERR_NULL);
  CHECK_STR(exhook_call_message_headers_find(call, bad), "");
  CHECK_STR(exhook_call_message_headers_find(call, nowhere), "");
  CHECK_OK(exhook_message_set_payload(message, exhook_bytes_of(NULL, 0)));
  CHECK_OK(exhook_reply_message(call, message));
  exhook_message_free(message);
  counter_add(user);
}

static void texts_that_are_no_utf_8_are_refused(void) {
  exhook_options *options = exhook_options_new();
  CHECK_CODE(exhook_options_add_topic(options, EXHOOK_STR("\xff")), EXHOOK_ERR_NOT_UTF8);
  exhook_options_free(options);
  CHECK_ANSWER(call_once(EXHOOK_HOOK_MESSAGE_PUBLISH, "message.publish", false, use_bad_texts),
               "replace room/1 0 ");
}

static void keep_open(exhook_call *call, void *user) {
  CHECK_CODE(exhook_reply_message(call, NULL), EXHOOK_ERR_NULL);
  CHECK(exhook_call_is_wanted(call));
  CHECK_OK(exhook_reply_block(call));
  counter_add(user);
}

static void a_call_stays_open_where_the_message_is_null(void) {
  CHECK_ANSWER(call_once(EXHOOK_HOOK_MESSAGE_PUBLISH, "message.publish", false, keep_open),
               "block");
}

TEST_MAIN(TEST(the_first_of_several_replies_counts), TEST(a_call_that_is_only_lent_is_not_freed),
          TEST(a_call_is_deferred_once_and_freed_once),
          TEST(a_callback_cannot_stop_wait_for_or_free_its_server),
          TEST(a_log_callback_cannot_stop_wait_for_or_free_a_server),
          TEST(fields_of_other_hooks_are_empty), TEST(an_index_out_of_range_gives_the_empty_value),
          TEST(texts_that_are_no_utf_8_are_refused),
          TEST(a_call_stays_open_where_the_message_is_null))
