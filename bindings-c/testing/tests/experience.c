/* What clients of a simulated broker experience. */

#include <string.h>

#include "kit.h"
#include "sync.h"

static void allow_alice(exhook_call *call, void *user) {
  (void)user;
  exhook_reply_bool(call,
                    exhook_str_eq(exhook_call_clientinfo_username(call), EXHOOK_STR("alice")));
}

static void ignore(exhook_call *call, void *user) {
  (void)user;
  exhook_reply_ignore(call);
}

static void deny(exhook_call *call, void *user) {
  (void)user;
  exhook_reply_deny(call);
}

static void block(exhook_call *call, void *user) {
  (void)user;
  exhook_reply_block(call);
}

static void change(exhook_call *call, void *user) {
  exhook_message *message = exhook_message_new();
  (void)user;
  CHECK_OK(exhook_message_set_topic(message, EXHOOK_STR("cold/1")));
  CHECK_OK(exhook_message_set_payload(message, EXHOOK_BYTES("a\0b")));
  CHECK_OK(exhook_reply_message(call, message));
  exhook_message_free(message);
}

static void a_login_is_accepted_or_refused_as_the_hook_decides(void) {
  kit kit = kit_start(kit_server(EXHOOK_HOOK_CLIENT_AUTHENTICATE, allow_alice, NULL), "5.8");
  exhook_test_client *alice = kit_client(&kit, "c1");
  CHECK_OK(exhook_test_client_set_username(alice, EXHOOK_STR("alice")));
  CHECK(!exhook_test_client_is_connected(alice));
  const exhook_test_outcome *outcome = exhook_test_client_connect(alice);
  CHECK(exhook_test_outcome_accepted(outcome));
  CHECK_STR(exhook_test_outcome_reason(outcome), "success");
  CHECK_NUMBER(exhook_test_outcome_reason_code(outcome), 0);
  CHECK(!exhook_test_outcome_session_present(outcome));
  CHECK(exhook_test_client_is_connected(alice));

  exhook_test_client *mallory = kit_client(&kit, "c2");
  CHECK_OK(exhook_test_client_set_username(mallory, EXHOOK_STR("mallory")));
  outcome = exhook_test_client_connect(mallory);
  CHECK(!exhook_test_outcome_accepted(outcome));
  CHECK_STR(exhook_test_outcome_reason(outcome), "not_authorized");
  CHECK_NUMBER(exhook_test_outcome_reason_code(outcome), 135);
  CHECK(!exhook_test_client_is_connected(mallory));
  exhook_test_client_free(mallory);
  exhook_test_client_free(alice);
  kit_end(&kit);
}

static void the_calls_for_a_client_are_told_with_what_came_of_them(void) {
  kit kit = kit_start(kit_server(EXHOOK_HOOK_CLIENT_AUTHENTICATE, deny, NULL), NULL);
  exhook_test_client *client = kit_client(&kit, "c1");
  const exhook_test_outcome *outcome = exhook_test_client_connect(client);
  CHECK_NUMBER(exhook_test_outcome_calls_count(outcome), 1);
  const exhook_test_call *call = exhook_test_outcome_calls_at(outcome, 0);
  CHECK_NUMBER(exhook_test_call_hook(call), EXHOOK_HOOK_CLIENT_AUTHENTICATE);
  CHECK_STR(exhook_test_call_clientid(call), "c1");
  CHECK_STR(exhook_test_call_topic(call), "");
  CHECK_STR(exhook_test_call_server(call), "default");
  CHECK(exhook_test_call_node(call).len > 0);
  CHECK_STR(exhook_test_call_verdict(call), "deny");
  CHECK_STR(exhook_test_call_reason(call), "");
  CHECK(exhook_test_call_elapsed_ms(call) > 0);
  CHECK(exhook_test_outcome_calls_at(outcome, 1) == NULL);
  exhook_test_client_free(client);
  kit_end(&kit);
}

static void a_message_reaches_its_subscribers_as_the_hook_changed_it(void) {
  kit kit = kit_start(kit_server(EXHOOK_HOOK_MESSAGE_PUBLISH, change, NULL), NULL);
  exhook_test_client *sensor = kit_connected(&kit, "sensor");
  exhook_test_client *reader = kit_connected(&kit, "reader");
  const exhook_test_outcome *outcome =
      exhook_test_client_subscribe(reader, EXHOOK_STR("cold/#"), 1);
  CHECK(exhook_test_outcome_accepted(outcome));
  CHECK_NUMBER(exhook_test_outcome_reason_code(outcome), 1);

  outcome = exhook_test_client_publish(sensor, EXHOOK_STR("hot/1"), EXHOOK_BYTES("21"), 1);
  CHECK(exhook_test_outcome_authorized(outcome));
  CHECK(!exhook_test_outcome_blocked(outcome));
  CHECK_NUMBER(exhook_test_outcome_reason_code(outcome), 0);
  CHECK_NUMBER(exhook_test_outcome_delivered_to_count(outcome), 1);
  CHECK_STR(exhook_test_outcome_delivered_to_at(outcome, 0), "reader");
  CHECK_STR(exhook_test_outcome_delivered_to_at(outcome, 1), "");
  const exhook_test_message *message = exhook_test_outcome_delivered_as(outcome);
  CHECK_STR(exhook_test_message_topic(message), "cold/1");
  CHECK_PAYLOAD(message, "a\0b");

  CHECK_NUMBER(exhook_test_client_received_count(reader), 1);
  message = exhook_test_client_received_at(reader, 0);
  CHECK_STR(exhook_test_message_topic(message), "cold/1");
  CHECK_PAYLOAD(message, "a\0b");
  CHECK_NUMBER(exhook_test_message_qos(message), 1);
  CHECK(!exhook_test_message_retain(message));
  CHECK_STR(exhook_test_message_from(message), "sensor");
  CHECK(exhook_test_client_received_at(reader, 1) == NULL);

  CHECK(exhook_test_client_unsubscribe(reader, EXHOOK_STR("cold/#")) != NULL);
  outcome = exhook_test_client_publish(sensor, EXHOOK_STR("hot/1"), EXHOOK_BYTES("22"), 1);
  CHECK_NUMBER(exhook_test_outcome_delivered_to_count(outcome), 0);
  CHECK_NUMBER(exhook_test_outcome_reason_code(outcome), 16);
  CHECK(exhook_test_client_received_at(reader, 0) == message);
  exhook_test_client_free(reader);
  exhook_test_client_free(sensor);
  kit_end(&kit);
}

static void a_blocked_message_reaches_nobody(void) {
  kit kit = kit_start(kit_server(EXHOOK_HOOK_MESSAGE_PUBLISH, block, NULL), NULL);
  exhook_test_client *client = kit_connected(&kit, "c1");
  CHECK(exhook_test_outcome_accepted(exhook_test_client_subscribe(client, EXHOOK_STR("#"), 0)));
  const exhook_test_outcome *outcome =
      exhook_test_client_publish(client, EXHOOK_STR("a"), EXHOOK_BYTES("1"), 0);
  CHECK(exhook_test_outcome_authorized(outcome));
  CHECK(exhook_test_outcome_blocked(outcome));
  CHECK(exhook_test_outcome_delivered_as(outcome) == NULL);
  CHECK_NUMBER(exhook_test_client_received_count(client), 0);
  CHECK_STR(exhook_test_call_verdict(exhook_test_outcome_calls_at(outcome, 0)), "block");
  exhook_test_client_free(client);
  kit_end(&kit);
}

static void topics_are_refused_that_the_hook_does_not_allow(void) {
  kit kit = kit_start(kit_server(EXHOOK_HOOK_CLIENT_AUTHORIZE, deny, NULL), NULL);
  exhook_test_client *client = kit_connected(&kit, "c1");
  const exhook_test_outcome *outcome = exhook_test_client_subscribe(client, EXHOOK_STR("a/#"), 2);
  CHECK(!exhook_test_outcome_accepted(outcome));
  CHECK_NUMBER(exhook_test_outcome_reason_code(outcome), 135);
  outcome = exhook_test_client_publish(client, EXHOOK_STR("a/b"), EXHOOK_BYTES("1"), 1);
  CHECK(!exhook_test_outcome_authorized(outcome));
  CHECK_NUMBER(exhook_test_outcome_reason_code(outcome), 135);
  CHECK_STR(exhook_test_call_topic(exhook_test_outcome_calls_at(outcome, 0)), "a/b");
  exhook_test_client_free(client);
  kit_end(&kit);
}

static void a_lost_connection_publishes_the_will_and_a_disconnect_does_not(void) {
  kit kit = kit_start(kit_server(EXHOOK_HOOK_MESSAGE_PUBLISH, ignore, NULL), NULL);
  for (int is_lost = 0; is_lost <= 1; is_lost++) {
    exhook_test_client *reader = kit_connected(&kit, "reader");
    exhook_test_client_subscribe(reader, EXHOOK_STR("gone"), 0);
    exhook_test_client *client = kit_client(&kit, "c1");
    CHECK_OK(exhook_test_client_set_will(client, EXHOOK_STR("gone"), EXHOOK_BYTES("c1"), 1));
    CHECK(exhook_test_outcome_accepted(exhook_test_client_connect(client)));
    CHECK((is_lost ? exhook_test_client_lose_connection(client)
                   : exhook_test_client_disconnect(client)) != NULL);
    CHECK(!exhook_test_client_is_connected(client));
    CHECK_NUMBER(exhook_test_client_received_count(reader), is_lost);
    if (is_lost) CHECK_PAYLOAD(exhook_test_client_received_at(reader, 0), "c1");
    exhook_test_client_free(client);
    exhook_test_client_free(reader);
  }
  kit_end(&kit);
}

static exhook_test_client *with_session(const kit *kit) {
  exhook_test_client *client = kit_client(kit, "c1");
  CHECK_OK(exhook_test_client_set(client, EXHOOK_STR("clean_start"), EXHOOK_STR("false")));
  CHECK_OK(
      exhook_test_client_set(client, EXHOOK_STR("session_expiry_interval"), EXHOOK_STR("3600")));
  return client;
}

static void a_session_is_taken_up_again_and_has_what_came_meanwhile(void) {
  kit kit = kit_start(kit_server(EXHOOK_HOOK_SESSION_RESUMED, ignore, NULL), NULL);
  exhook_test_client *first = with_session(&kit);
  CHECK(!exhook_test_outcome_session_present(exhook_test_client_connect(first)));
  exhook_test_client_subscribe(first, EXHOOK_STR("news"), 1);
  exhook_test_client_disconnect(first);
  CHECK_STR(exhook_test_message_from(exhook_test_outcome_delivered_as(
                exhook_test_broker_publish(kit.broker, EXHOOK_STR("news"), EXHOOK_BYTES("1"), 1))),
            "");
  exhook_test_client *second = with_session(&kit);
  const exhook_test_outcome *outcome = exhook_test_client_connect(second);
  CHECK(exhook_test_outcome_session_present(outcome));
  CHECK_NUMBER(exhook_test_broker_called(kit.broker, EXHOOK_HOOK_SESSION_RESUMED, EXHOOK_STR("c1")),
               1);
  CHECK_NUMBER(exhook_test_client_received_count(second), 1);
  CHECK_PAYLOAD(exhook_test_client_received_at(second, 0), "1");
  exhook_test_client_free(second);
  exhook_test_client_free(first);
  kit_end(&kit);
}

static void a_retained_message_reaches_later_subscribers(void) {
  kit kit = kit_start(kit_server(EXHOOK_HOOK_MESSAGE_PUBLISH, ignore, NULL), NULL);
  exhook_test_client *client = kit_connected(&kit, "c1");
  CHECK(exhook_test_outcome_authorized(
      exhook_test_client_publish_retained(client, EXHOOK_STR("state"), EXHOOK_BYTES("on"), 1)));
  exhook_test_client_subscribe(client, EXHOOK_STR("state"), 1);
  CHECK_NUMBER(exhook_test_client_received_count(client), 1);
  const exhook_test_message *message = exhook_test_client_received_at(client, 0);
  CHECK(exhook_test_message_retain(message));
  CHECK_PAYLOAD(message, "on");
  exhook_test_client_free(client);
  kit_end(&kit);
}

static void see_connect(exhook_call *call, void *user) {
  CHECK_NUMBER(exhook_call_conninfo_keepalive(call), 7);
  CHECK_STR(exhook_call_conninfo_peerhost(call), "10.1.2.3");
  CHECK_STR(exhook_call_user_props_name_at(call, 0), "site");
  CHECK_STR(exhook_call_user_props_value_at(call, 0), "north");
  counter_add(user);
}

static void the_program_sees_who_the_client_is(void) {
  counter seen = COUNTER;
  kit kit = kit_start(kit_server(EXHOOK_HOOK_CLIENT_CONNECT, see_connect, &seen), NULL);
  exhook_test_client *client = kit_client(&kit, "c1");
  CHECK_OK(exhook_test_client_set(client, EXHOOK_STR("keepalive"), EXHOOK_STR("7")));
  CHECK_OK(exhook_test_client_set(client, EXHOOK_STR("peerhost"), EXHOOK_STR("10.1.2.3")));
  CHECK_OK(exhook_test_client_set_password(client, EXHOOK_STR("secret")));
  CHECK_OK(exhook_test_client_add_user_property(client, EXHOOK_STR("site"), EXHOOK_STR("north")));
  CHECK(exhook_test_outcome_accepted(exhook_test_client_connect(client)));
  counter_wait(&seen, 1);
  exhook_test_client_free(client);
  kit_end(&kit);
}

static void what_does_not_suit_an_outcome_is_empty(void) {
  kit kit = kit_start(kit_server(EXHOOK_HOOK_MESSAGE_PUBLISH, ignore, NULL), NULL);
  exhook_test_client *client = kit_client(&kit, "c1");
  const exhook_test_outcome *connected = exhook_test_client_connect(client);
  CHECK(!exhook_test_outcome_authorized(connected));
  CHECK(exhook_test_outcome_delivered_as(connected) == NULL);
  CHECK_NUMBER(exhook_test_outcome_delivered_to_count(connected), 0);
  const exhook_test_outcome *published =
      exhook_test_client_publish(client, EXHOOK_STR("a"), EXHOOK_BYTES("1"), 0);
  CHECK(!exhook_test_outcome_accepted(published));
  CHECK_STR(exhook_test_outcome_reason(published), "");
  const exhook_test_outcome *left = exhook_test_client_disconnect(client);
  CHECK(!exhook_test_outcome_accepted(left));
  /* A client that is not connected is allowed nothing. */
  CHECK(!exhook_test_outcome_authorized(
      exhook_test_client_publish(client, EXHOOK_STR("a"), EXHOOK_BYTES("1"), 0)));
  CHECK(!exhook_test_outcome_accepted(exhook_test_client_subscribe(client, EXHOOK_STR("a"), 0)));
  exhook_test_client_free(client);
  kit_end(&kit);
}

static void a_client_with_a_mistake_does_nothing(void) {
  kit kit = kit_start(kit_server(EXHOOK_HOOK_MESSAGE_PUBLISH, ignore, NULL), NULL);
  static const char *const wrong[][2] = {{"protocol_version", "6"},
                                         {"clean_start", "perhaps"},
                                         {"usernam", "alice"},
                                         {"keepalive", "-1"}};
  for (size_t index = 0; index < sizeof(wrong) / sizeof(*wrong); index++) {
    exhook_test_client *client = kit_client(&kit, "c1");
    CHECK_CODE(exhook_test_client_set(client, exhook_str_of(wrong[index][0]),
                                      exhook_str_of(wrong[index][1])),
               EXHOOK_ERR_INVALID_OPTION);
    CHECK(exhook_test_client_connect(client) == NULL);
    exhook_test_client_free(client);
  }
  exhook_test_client *client = kit_connected(&kit, "c1");
  CHECK(exhook_test_client_publish(client, EXHOOK_STR("a"), EXHOOK_BYTES("1"), 3) == NULL);
  CHECK(exhook_test_client_subscribe(client, EXHOOK_STR("a"), 3) == NULL);
  CHECK_CODE(exhook_test_client_set_username(client, EXHOOK_STR("bob")), EXHOOK_ERR_WRONG_STATE);
  CHECK(exhook_test_client_is_connected(client));
  exhook_test_client_free(client);
  kit_end(&kit);
}

TEST_MAIN(TEST(a_login_is_accepted_or_refused_as_the_hook_decides),
          TEST(the_calls_for_a_client_are_told_with_what_came_of_them),
          TEST(a_message_reaches_its_subscribers_as_the_hook_changed_it),
          TEST(a_blocked_message_reaches_nobody),
          TEST(topics_are_refused_that_the_hook_does_not_allow),
          TEST(a_lost_connection_publishes_the_will_and_a_disconnect_does_not),
          TEST(a_session_is_taken_up_again_and_has_what_came_meanwhile),
          TEST(a_retained_message_reaches_later_subscribers),
          TEST(the_program_sees_who_the_client_is), TEST(what_does_not_suit_an_outcome_is_empty),
          TEST(a_client_with_a_mistake_does_nothing))
