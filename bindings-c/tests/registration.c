/* Which handlers can be registered, and what becomes of their user data. */

#include "serve.h"
#include "sync.h"
#include "test.h"

static void ignore(exhook_call *call, void *user) {
  (void)user;
  CHECK_OK(exhook_reply_ignore(call));
}

/* Registers a handler that counts its freeing; returns the error. */
static exhook_error *register_freed(exhook_server *server, exhook_hook hook,
                                    const exhook_options *options, counter *freed) {
  return exhook_server_on_with(server, hook, options, ignore, freed, counter_add_user);
}

static exhook_options *with_topic(const char *filter) {
  exhook_options *options = exhook_options_new();
  CHECK_OK(exhook_options_add_topic(options, exhook_str_of(filter)));
  return options;
}

static void topics_are_announced_to_the_broker(void) {
  exhook_server *server = serve_new();
  exhook_options *options = with_topic("sensors/#");
  CHECK_OK(exhook_options_add_topic(options, EXHOOK_STR("a/+/b")));
  serve_on_with(server, EXHOOK_HOOK_MESSAGE_PUBLISH, options, ignore, NULL);
  serve_on(server, EXHOOK_HOOK_CLIENT_AUTHORIZE, ignore, NULL);
  serve_on(server, EXHOOK_HOOK_MESSAGE_INGRESS, ignore, NULL);
  served served = serve_start(server, 3);
  CHECK_ANSWER(broker_finish(broker_start_load(served.broker, "5.9.0")),
               "loaded client.authorize message.publish[sensors/#,a/+/b]");
  CHECK_ANSWER(broker_finish(broker_start_load(served.broker, "6.3.0")),
               "loaded client.authorize message.publish[sensors/#,a/+/b] message.ingress");
  broker *old = serve_connect(server, 1);
  CHECK_ANSWER(broker_finish(broker_start_load(old, "4.4.19")),
               "loaded client.check_acl message.publish[sensors/#,a/+/b]");
  broker_close(old);
  serve_end(&served);
}

static void count_call(exhook_call *call, void *user) {
  counter_add(user);
  CHECK_OK(exhook_reply_ignore(call));
}

static broker_answer publish(const broker *broker, const char *topic) {
  broker_request request = {0};
  request.hook = "message.publish";
  request.topic = topic;
  return broker_call(broker, &request);
}

static void a_handler_is_called_for_its_topics_only(void) {
  counter sensors = COUNTER, all = COUNTER;
  exhook_server *server = serve_new();
  serve_on_with(server, EXHOOK_HOOK_MESSAGE_PUBLISH, with_topic("sensors/#"), count_call, &sensors);
  serve_on(server, EXHOOK_HOOK_MESSAGE_PUBLISH, count_call, &all);
  served served = serve_start(server, 3);
  CHECK_ANSWER(publish(served.broker, "sensors/1"), "ignore");
  CHECK_ANSWER(publish(served.broker, "lamps/1"), "ignore");
  serve_end(&served);
  CHECK_NUMBER(counter_get(&sensors), 1);
  CHECK_NUMBER(counter_get(&all), 2);
}

/* Registers with options that do not suit; frees them. */
static void check_refused(exhook_hook hook, exhook_options *options, const char *part) {
  counter freed = COUNTER;
  exhook_server *server = serve_new();
  CHECK_ERROR(register_freed(server, hook, options, &freed), EXHOOK_ERR_INVALID_OPTION, part);
  CHECK_NUMBER(counter_get(&freed), 1);
  exhook_options_free(options);
  CHECK_OK(exhook_server_free(server));
  CHECK_NUMBER(counter_get(&freed), 1);
}

static void bad_filters_are_refused(void) {
  check_refused(EXHOOK_HOOK_MESSAGE_PUBLISH, with_topic(""), "");
  check_refused(EXHOOK_HOOK_MESSAGE_PUBLISH, with_topic("a/#/b"), "a/#/b");
  check_refused(EXHOOK_HOOK_MESSAGE_PUBLISH, with_topic("a+/b"), "a+/b");
  check_refused(EXHOOK_HOOK_CLIENT_AUTHORIZE, with_topic("a/#"), "client.authorize");
}

static void options_that_do_not_suit_the_hook_are_refused(void) {
  exhook_options *options = exhook_options_new();
  CHECK_OK(exhook_options_set_timeout_ms(options, 0));
  check_refused(EXHOOK_HOOK_MESSAGE_PUBLISH, options, "timeout_ms");
  options = exhook_options_new();
  CHECK_OK(exhook_options_set_fallback(options, EXHOOK_FALLBACK_BLOCK));
  check_refused(EXHOOK_HOOK_CLIENT_AUTHENTICATE, options, "client.authenticate");
  options = exhook_options_new();
  CHECK_OK(exhook_options_set_fallback(options, EXHOOK_FALLBACK_ALLOW));
  check_refused(EXHOOK_HOOK_MESSAGE_PUBLISH, options, "message.publish");
  options = exhook_options_new();
  CHECK_OK(exhook_options_set_fallback(options, EXHOOK_FALLBACK_IGNORE));
  check_refused(EXHOOK_HOOK_CLIENT_CONNECT, options, "client.connect");
  options = exhook_options_new();
  CHECK_OK(exhook_options_set_ack(options, EXHOOK_ACK_LATE));
  check_refused(EXHOOK_HOOK_MESSAGE_PUBLISH, options, "message.publish");
}

static void numbers_without_meaning_are_refused(void) {
  exhook_options *options = exhook_options_new();
  CHECK_OK(exhook_options_set_fallback(options, (exhook_fallback)99));
  check_refused(EXHOOK_HOOK_MESSAGE_PUBLISH, options, "99");
  options = exhook_options_new();
  CHECK_OK(exhook_options_set_ack(options, (exhook_ack)99));
  check_refused(EXHOOK_HOOK_CLIENT_CONNECT, options, "99");
  check_refused((exhook_hook)(EXHOOK_HOOK_MESSAGE_INGRESS + 1), NULL, "22");
  check_refused((exhook_hook)UINT32_MAX, NULL, "4294967295");
}

static void user_data_is_freed_once_when_the_server_is_freed(void) {
  counter freed = COUNTER;
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(register_freed(server, EXHOOK_HOOK_CLIENT_AUTHENTICATE, NULL, &freed));
  CHECK_NO_ERROR(
      exhook_server_on(server, EXHOOK_HOOK_CLIENT_CONNECT, ignore, &freed, counter_add_user));
  served served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "one"), "ignore");
  CHECK_NO_ERROR(exhook_server_stop(server));
  CHECK_NUMBER(counter_get(&freed), 0);
  serve_end(&served);
  CHECK_NUMBER(counter_get(&freed), 2);
}

static void user_data_is_freed_once_where_the_server_never_runs(void) {
  counter freed = COUNTER;
  exhook_server *server = exhook_server_new();
  CHECK_NO_ERROR(register_freed(server, EXHOOK_HOOK_CLIENT_AUTHENTICATE, NULL, &freed));
  CHECK_ERROR(exhook_server_start(server, EXHOOK_STR("nowhere")), EXHOOK_ERR_INVALID_ADDRESS, "");
  CHECK_NUMBER(counter_get(&freed), 0);
  CHECK_OK(exhook_server_free(server));
  CHECK_NUMBER(counter_get(&freed), 1);
}

static void user_data_is_freed_once_where_an_argument_is_null(void) {
  counter freed = COUNTER;
  exhook_server *server = exhook_server_new();
  CHECK_ERROR(exhook_server_on(NULL, EXHOOK_HOOK_CLIENT_CONNECT, ignore, &freed, counter_add_user),
              EXHOOK_ERR_NULL, "server");
  CHECK_NUMBER(counter_get(&freed), 1);
  CHECK_ERROR(exhook_server_on(server, EXHOOK_HOOK_CLIENT_CONNECT, NULL, &freed, counter_add_user),
              EXHOOK_ERR_NULL, "callback");
  CHECK_NUMBER(counter_get(&freed), 2);
  CHECK_ERROR(register_freed(NULL, EXHOOK_HOOK_CLIENT_CONNECT, NULL, &freed), EXHOOK_ERR_NULL, "");
  CHECK_NUMBER(counter_get(&freed), 3);
  CHECK_OK(exhook_server_free(server));
  CHECK_NUMBER(counter_get(&freed), 3);
}

static void a_handler_cannot_be_added_while_the_server_runs(void) {
  counter freed = COUNTER;
  served served = serve_start(serve_new(), 3);
  CHECK_ERROR(register_freed(served.server, EXHOOK_HOOK_CLIENT_CONNECT, NULL, &freed),
              EXHOOK_ERR_WRONG_STATE, "client.connect");
  CHECK_NUMBER(counter_get(&freed), 1);
  serve_end(&served);
  CHECK_NUMBER(counter_get(&freed), 1);
}

static void handlers_stay_over_a_stop_and_more_can_be_added(void) {
  counter first = COUNTER, second = COUNTER;
  exhook_server *server = serve_new();
  serve_on(server, EXHOOK_HOOK_MESSAGE_PUBLISH, count_call, &first);
  served served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "message.publish", "one"), "ignore");
  broker_close(served.broker);
  CHECK_NO_ERROR(exhook_server_stop(server));
  serve_on(server, EXHOOK_HOOK_MESSAGE_PUBLISH, count_call, &second);
  served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "message.publish", "one"), "ignore");
  serve_end(&served);
  CHECK_NUMBER(counter_get(&first), 2);
  CHECK_NUMBER(counter_get(&second), 1);
}

static void the_options_can_be_freed_and_used_again_after_registering(void) {
  exhook_server *server = serve_new();
  exhook_options *options = with_topic("a/#");
  CHECK_NO_ERROR(
      exhook_server_on_with(server, EXHOOK_HOOK_MESSAGE_PUBLISH, options, ignore, NULL, NULL));
  CHECK_OK(exhook_options_add_topic(options, EXHOOK_STR("b/#")));
  CHECK_NO_ERROR(
      exhook_server_on_with(server, EXHOOK_HOOK_MESSAGE_ACKED, options, ignore, NULL, NULL));
  exhook_options_free(options);
  served served = serve_start(server, 2);
  CHECK_ANSWER(broker_finish(broker_start_load(served.broker, "5.8.0")),
               "loaded message.publish[a/#] message.acked[a/#,b/#]");
  serve_end(&served);
}

TEST_MAIN(TEST(topics_are_announced_to_the_broker), TEST(a_handler_is_called_for_its_topics_only),
          TEST(bad_filters_are_refused), TEST(options_that_do_not_suit_the_hook_are_refused),
          TEST(numbers_without_meaning_are_refused),
          TEST(user_data_is_freed_once_when_the_server_is_freed),
          TEST(user_data_is_freed_once_where_the_server_never_runs),
          TEST(user_data_is_freed_once_where_an_argument_is_null),
          TEST(a_handler_cannot_be_added_while_the_server_runs),
          TEST(handlers_stay_over_a_stop_and_more_can_be_added),
          TEST(the_options_can_be_freed_and_used_again_after_registering))
