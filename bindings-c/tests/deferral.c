/* Calls that are answered after their callback has returned. */

#include <string.h>

#include "kept.h"
#include "serve.h"
#include "sync.h"
#include "test.h"

#define AUTHENTICATE EXHOOK_HOOK_CLIENT_AUTHENTICATE

static exhook_options *with_timeout(uint64_t ms) {
  exhook_options *options = exhook_options_new();
  CHECK_OK(exhook_options_set_timeout_ms(options, ms));
  return options;
}

static void a_call_is_answered_from_another_thread(void) {
  kept kept = KEPT;
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, keep_call, &kept);
  for (uint32_t package = 1; package <= 3; package++) {
    served served = serve_start(server, package);
    broker_pending *pending = serve_begin(served.broker, "client.authenticate", "one");
    exhook_call *call = kept_wait(&kept, package);
    CHECK(exhook_call_is_wanted(call));
    CHECK(exhook_call_remaining_ms(call) > 0);
    CHECK_OK(exhook_reply_allow(call));
    CHECK(!exhook_call_is_wanted(call));
    CHECK_NUMBER(exhook_call_remaining_ms(call), 0);
    CHECK_CODE(exhook_reply_deny(call), EXHOOK_ERR_ANSWERED);
    CHECK_OK(exhook_call_free(call));
    CHECK_ANSWER(broker_finish(pending), "allow");
    broker_close(served.broker);
    CHECK_NO_ERROR(exhook_server_stop(server));
  }
  CHECK_OK(exhook_server_free(server));
}

static void check_views(exhook_call *call) {
  CHECK_STR(exhook_call_clientid(call), "sensor");
  CHECK_STR(exhook_call_message_from(call), "sensor");
  CHECK_STR(exhook_call_topic(call), "room/1");
  CHECK_NUMBER(exhook_call_message_payload(call).len, 2);
}

static void views_stay_valid_until_the_call_is_freed(void) {
  kept kept = KEPT;
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_server_set_drain_timeout_ms(server, 1));
  serve_on(server, EXHOOK_HOOK_MESSAGE_PUBLISH, keep_call, &kept);
  served served = serve_start(server, 3);
  broker_pending *pending = serve_begin(served.broker, "message.publish", "sensor");
  exhook_call *call = kept_wait(&kept, 1);
  exhook_str topic = exhook_call_message_topic(call);
  exhook_bytes payload = exhook_call_message_payload(call);
  CHECK_OK(exhook_reply_ignore(call));
  CHECK_ANSWER(broker_finish(pending), "ignore");
  check_views(call);
  serve_end(&served);
  check_views(call);
  CHECK_STR(topic, "room/1");
  CHECK(memcmp(payload.data, "21", 2) == 0);
  CHECK(exhook_call_message_payload(call).data == payload.data);
  CHECK_OK(exhook_call_free(call));
}

static void freeing_an_open_call_answers_the_fallback_at_once(void) {
  kept kept = KEPT;
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, keep_call, &kept);
  serve_on(server, EXHOOK_HOOK_MESSAGE_PUBLISH, keep_call, &kept);
  served served = serve_start(server, 3);
  broker_pending *pending = serve_begin(served.broker, "client.authenticate", "one");
  CHECK_OK(exhook_call_free(kept_wait(&kept, 1)));
  broker_answer answer = broker_finish(pending);
  CHECK_TEXT(answer.text, "deny");
  CHECK(answer.elapsed_ms < test_ms(40000));
  pending = serve_begin(served.broker, "message.publish", "one");
  CHECK_OK(exhook_call_free(kept_wait(&kept, 2)));
  CHECK_ANSWER(broker_finish(pending), "ignore");
  serve_end(&served);
}

static void a_reply_after_the_deadline_is_too_late(void) {
  kept kept = KEPT;
  exhook_server *server = serve_new();
  serve_on_with(server, AUTHENTICATE, with_timeout(test_ms(500)), keep_call, &kept);
  served served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "one"), "deny");
  exhook_call *call = kept_wait(&kept, 1);
  CHECK(!exhook_call_is_wanted(call));
  CHECK_NUMBER(exhook_call_remaining_ms(call), 0);
  CHECK_CODE(exhook_reply_allow(call), EXHOOK_ERR_TOO_LATE);
  CHECK_CODE(exhook_reply_allow(call), EXHOOK_ERR_ANSWERED);
  CHECK_STR(exhook_call_clientid(call), "one");
  CHECK_OK(exhook_call_free(call));
  serve_end(&served);
}

static void the_brokers_own_timeout_counts_where_it_is_shorter(void) {
  kept kept = KEPT;
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, keep_call, &kept);
  served served = serve_start(server, 3);
  broker_request request = {0};
  request.hook = "client.authenticate";
  request.timeout_ms = (uint32_t)test_ms(2000);
  broker_answer answer = {"", 0, -1};
  /* A tenth of its time is left for the answer to arrive, which a busy machine may let pass. */
  for (uint32_t calls = 1; calls <= 5 && strcmp(answer.text, "deny") != 0; calls++) {
    answer = broker_call(served.broker, &request);
    exhook_call *call = kept_wait(&kept, calls);
    if (strcmp(answer.text, "deny") == 0) {
      CHECK_CODE(exhook_reply_allow(call), EXHOOK_ERR_TOO_LATE);
    }
    CHECK_OK(exhook_call_free(call));
  }
  CHECK_ANSWER(answer, "deny");
  serve_end(&served);
}

static void a_reply_after_the_server_has_stopped_is_too_late(void) {
  kept kept = KEPT;
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_server_set_drain_timeout_ms(server, 1));
  serve_on(server, AUTHENTICATE, keep_call, &kept);
  served served = serve_start(server, 3);
  broker_pending *pending = serve_begin(served.broker, "client.authenticate", "one");
  exhook_call *call = kept_wait(&kept, 1);
  CHECK_NO_ERROR(exhook_server_stop(server));
  CHECK(!exhook_call_is_wanted(call));
  CHECK_CODE(exhook_reply_allow(call), EXHOOK_ERR_TOO_LATE);
  CHECK_OK(exhook_call_free(call));
  CHECK(strcmp(broker_finish(pending).text, "allow") != 0);
  serve_end(&served);
}

static void *stop_server(void *user) {
  CHECK_NO_ERROR(exhook_server_stop(user));
  return NULL;
}

static void stopping_waits_for_deferred_calls(void) {
  kept kept = KEPT;
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, keep_call, &kept);
  served served = serve_start(server, 3);
  broker_pending *pending = serve_begin(served.broker, "client.authenticate", "one");
  exhook_call *call = kept_wait(&kept, 1);
  pthread_t stopper;
  REQUIRE(pthread_create(&stopper, NULL, stop_server, server) == 0);
  CHECK_OK(exhook_reply_allow(call));
  CHECK_ANSWER(broker_finish(pending), "allow");
  pthread_join(stopper, NULL);
  CHECK_OK(exhook_call_free(call));
  serve_end(&served);
}

static bool is_unwanted(void *user) { return !exhook_call_is_wanted(user); }

static void a_reply_after_the_broker_has_vanished_is_too_late(void) {
  kept kept = KEPT;
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, keep_call, &kept);
  served served = serve_start(server, 3);
  broker_pending *pending = serve_begin(served.broker, "client.authenticate", "one");
  exhook_call *call = kept_wait(&kept, 1);
  broker_disconnect(served.broker);
  CHECK_CONTAINS(broker_finish(pending).text, "lost");
  wait_until(is_unwanted, call);
  CHECK_CODE(exhook_reply_allow(call), EXHOOK_ERR_TOO_LATE);
  CHECK_OK(exhook_call_free(call));
  serve_end(&served);
}

static void deferred_calls_outlive_their_server(void) {
  enum { CALLS = 4 };
  kept kept = KEPT;
  broker_pending *pending[CALLS];
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_server_set_drain_timeout_ms(server, 1));
  serve_on(server, AUTHENTICATE, keep_call, &kept);
  served served = serve_start(server, 3);
  for (size_t index = 0; index < CALLS; index++) {
    pending[index] = serve_begin(served.broker, "client.authenticate", NULL);
  }
  kept_wait(&kept, CALLS);
  CHECK_OK(exhook_server_free(server));
  for (size_t index = 0; index < CALLS; index++) {
    CHECK(strcmp(broker_finish(pending[index]).text, "allow") != 0);
    CHECK_NUMBER(exhook_call_hook(kept.calls[index]), AUTHENTICATE);
    CHECK_STR(exhook_call_clientid(kept.calls[index]), "");
    CHECK(!exhook_call_is_wanted(kept.calls[index]));
    if (index % 2 == 0) CHECK_CODE(exhook_reply_allow(kept.calls[index]), EXHOOK_ERR_TOO_LATE);
    CHECK_OK(exhook_call_free(kept.calls[index]));
  }
  broker_close(served.broker);
}

/* Keeps a call that belongs to a handler whose `free_user` is counted. */
static void check_user_of_open_call(bool is_inline) {
  kept kept = KEPT;
  exhook_server *server = serve_new();
  exhook_options *options = exhook_options_new();
  CHECK_OK(exhook_options_set_inline(options, is_inline));
  CHECK_NO_ERROR(exhook_server_set_drain_timeout_ms(server, 1));
  CHECK_NO_ERROR(
      exhook_server_on_with(server, AUTHENTICATE, options, keep_call, &kept, counter_add_user));
  exhook_options_free(options);
  served served = serve_start(server, 3);
  broker_pending *pending = serve_begin(served.broker, "client.authenticate", "one");
  exhook_call *call = kept_wait(&kept, 1);
  CHECK_NUMBER(counter_get(&kept.arrived), 1);
  serve_end(&served);
  /* `kept` begins with its counter, which `free_user` adds to. */
  CHECK_NUMBER(counter_get(&kept.arrived), 2);
  CHECK_OK(exhook_call_free(call));
  CHECK_NUMBER(counter_get(&kept.arrived), 2);
  broker_finish(pending);
}

static void user_data_is_freed_with_the_server_although_calls_are_open(void) {
  check_user_of_open_call(false);
}

static void inline_user_data_is_freed_with_the_server_although_calls_are_open(void) {
  check_user_of_open_call(true);
}

static void answer_deferred(exhook_call *call, void *user) {
  counter_add(user);
  CHECK(exhook_call_defer(call) == call);
  CHECK(exhook_call_defer(call) == NULL);
  CHECK_OK(exhook_reply_allow(call));
  CHECK(exhook_call_defer(call) == NULL);
  CHECK_OK(exhook_call_free(call));
}

static void a_call_may_be_deferred_answered_and_freed_in_its_callback(void) {
  counter calls = COUNTER;
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, answer_deferred, &calls);
  served served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "one"), "allow");
  serve_end(&served);
  CHECK_NUMBER(counter_get(&calls), 1);
}

static void deny(exhook_call *call, void *user) {
  counter_add(user);
  CHECK_OK(exhook_reply_deny(call));
}

static void a_deferred_call_goes_on_to_the_next_handler(void) {
  kept kept = KEPT;
  counter second = COUNTER;
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, keep_call, &kept);
  serve_on(server, AUTHENTICATE, deny, &second);
  served served = serve_start(server, 3);
  broker_pending *pending = serve_begin(served.broker, "client.authenticate", "one");
  exhook_call *call = kept_wait(&kept, 1);
  CHECK_OK(exhook_reply_ignore(call));
  CHECK_ANSWER(broker_finish(pending), "deny");
  CHECK_CODE(exhook_reply_allow(call), EXHOOK_ERR_ANSWERED);
  CHECK_OK(exhook_call_free(call));
  serve_end(&served);
  CHECK_NUMBER(counter_get(&second), 1);
}

TEST_MAIN(TEST(a_call_is_answered_from_another_thread),
          TEST(views_stay_valid_until_the_call_is_freed),
          TEST(freeing_an_open_call_answers_the_fallback_at_once),
          TEST(a_reply_after_the_deadline_is_too_late),
          TEST(the_brokers_own_timeout_counts_where_it_is_shorter),
          TEST(a_reply_after_the_server_has_stopped_is_too_late),
          TEST(stopping_waits_for_deferred_calls),
          TEST(a_reply_after_the_broker_has_vanished_is_too_late),
          TEST(deferred_calls_outlive_their_server),
          TEST(user_data_is_freed_with_the_server_although_calls_are_open),
          TEST(inline_user_data_is_freed_with_the_server_although_calls_are_open),
          TEST(a_call_may_be_deferred_answered_and_freed_in_its_callback),
          TEST(a_deferred_call_goes_on_to_the_next_handler))
