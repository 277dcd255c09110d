/* What a published message is changed to. */

#include <stdlib.h>
#include <string.h>

#include "serve.h"
#include "sync.h"
#include "test.h"

/* What a handler sets, and what it is told. */
typedef struct change {
  const char *topic;
  const char *payload;
  bool sets_qos;
  uint32_t qos;
  exhook_code code;
} change;

static void reply_change(exhook_call *call, void *user) {
  const change *change = user;
  exhook_message *message = exhook_message_new();
  if (change->topic) CHECK_OK(exhook_message_set_topic(message, exhook_str_of(change->topic)));
  if (change->sets_qos) CHECK_OK(exhook_message_set_qos(message, change->qos));
  if (change->payload) {
    exhook_bytes payload = exhook_bytes_of(change->payload, strlen(change->payload));
    CHECK_OK(exhook_message_set_payload(message, payload));
  }
  CHECK_CODE(exhook_reply_message(call, message), change->code);
  exhook_message_free(message);
}

static broker_answer publish_with(change *change, uint32_t package) {
  exhook_server *server = serve_new();
  serve_on(server, EXHOOK_HOOK_MESSAGE_PUBLISH, reply_change, change);
  served served = serve_start(server, package);
  broker_request request = {0};
  request.hook = "message.publish";
  request.clientid = "sensor";
  request.topic = "room/1";
  request.payload = "21";
  request.payload_len = 2;
  request.qos = 1;
  broker_answer answer = broker_call(served.broker, &request);
  serve_end(&served);
  return answer;
}

static void each_part_is_replaced_alone_and_the_rest_stays(void) {
  change topic = {"other/1", NULL, false, 0, EXHOOK_OK};
  change qos = {NULL, NULL, true, 2, EXHOOK_OK};
  change payload = {NULL, "hot", false, 0, EXHOOK_OK};
  change nothing = {NULL, NULL, false, 0, EXHOOK_OK};
  for (uint32_t package = 1; package <= 3; package++) {
    CHECK_ANSWER(publish_with(&topic, package), "replace other/1 1 21");
    CHECK_ANSWER(publish_with(&qos, package), "replace room/1 2 21");
    CHECK_ANSWER(publish_with(&payload, package), "replace room/1 1 hot");
    CHECK_ANSWER(publish_with(&nothing, package), "replace room/1 1 21");
  }
}

static void all_parts_are_replaced_together(void) {
  change all = {"other/1", "", true, 0, EXHOOK_OK};
  for (uint32_t package = 1; package <= 3; package++) {
    CHECK_ANSWER(publish_with(&all, package), "replace other/1 0 ");
  }
}

static void a_message_that_cannot_be_published_becomes_the_fallback(void) {
  char *longest = malloc(65537);
  REQUIRE(longest != NULL);
  memset(longest, 'a', 65536);
  longest[65536] = 0;
  change changes[] = {
      {"", NULL, false, 0, EXHOOK_ERR_BAD_MESSAGE},
      {"room/#", NULL, false, 0, EXHOOK_ERR_BAD_MESSAGE},
      {"room/+/x", NULL, false, 0, EXHOOK_ERR_BAD_MESSAGE},
      {longest, NULL, false, 0, EXHOOK_ERR_BAD_MESSAGE},
      {NULL, NULL, true, 3, EXHOOK_ERR_BAD_MESSAGE},
      {NULL, NULL, true, UINT32_MAX, EXHOOK_ERR_BAD_MESSAGE},
  };
  for (size_t index = 0; index < sizeof(changes) / sizeof(*changes); index++) {
    CHECK_ANSWER(publish_with(&changes[index], 3), "ignore");
  }
  free(longest);
}

static void the_longest_topic_can_be_published(void) {
  char *longest = malloc(65536);
  REQUIRE(longest != NULL);
  memset(longest, 'a', 65535);
  longest[65535] = 0;
  change change = {longest, NULL, false, 0, EXHOOK_OK};
  CHECK_CONTAINS(publish_with(&change, 3).text, "replace aaaa");
  free(longest);
}

static void reply_topic_with_nul(exhook_call *call, void *user) {
  exhook_message *message = exhook_message_new();
  CHECK_OK(exhook_message_set_topic(message, EXHOOK_STR("a\0b")));
  CHECK_CODE(exhook_reply_message(call, message), EXHOOK_ERR_BAD_MESSAGE);
  CHECK_CODE(exhook_reply_message(call, message), EXHOOK_ERR_ANSWERED);
  exhook_message_free(message);
  counter_add(user);
}

static void a_topic_with_a_nul_cannot_be_published(void) {
  counter calls = COUNTER;
  exhook_server *server = serve_new();
  serve_on(server, EXHOOK_HOOK_MESSAGE_PUBLISH, reply_topic_with_nul, &calls);
  served served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "message.publish", "sensor"), "ignore");
  serve_end(&served);
  CHECK_NUMBER(counter_get(&calls), 1);
}

/* One message for all calls: it is empty after each reply. */
static void fill_again(exhook_call *call, void *user) {
  exhook_message *message = user;
  if (exhook_str_eq(exhook_call_clientid(call), EXHOOK_STR("fills"))) {
    CHECK_OK(exhook_message_set_topic(message, EXHOOK_STR("other")));
    CHECK_OK(exhook_message_set_payload(message, EXHOOK_BYTES("x\0y")));
  }
  CHECK_OK(exhook_reply_message(call, message));
}

static void a_message_is_empty_after_a_reply_and_can_be_filled_again(void) {
  exhook_message *message = exhook_message_new();
  exhook_server *server = serve_new();
  serve_on(server, EXHOOK_HOOK_MESSAGE_PUBLISH, fill_again, message);
  served served = serve_start(server, 3);
  for (int round = 0; round < 2; round++) {
    CHECK_ANSWER(serve_call(served.broker, "message.publish", "fills"), "replace other 0 x\\x00y");
    CHECK_ANSWER(serve_call(served.broker, "message.publish", "other"), "replace room/1 0 21");
  }
  serve_end(&served);
  exhook_message_free(message);
}

/* A payload that is given away. */
typedef struct given {
  counter freed;
  uint8_t *data;
} given;

#define GIVEN_BYTES 200000

static void free_given(void *user) {
  given *given = user;
  free(given->data);
  given->data = NULL;
  counter_add(&given->freed);
}

static exhook_bytes fill_given(given *given) {
  given->data = malloc(GIVEN_BYTES);
  REQUIRE(given->data != NULL);
  memset(given->data, 'p', GIVEN_BYTES);
  return exhook_bytes_of(given->data, GIVEN_BYTES);
}

static void give_payload(exhook_call *call, void *user) {
  exhook_message *message = exhook_message_new();
  CHECK_OK(exhook_message_give_payload(message, fill_given(user), free_given, user));
  CHECK_OK(exhook_message_set_topic(message, EXHOOK_STR("t")));
  CHECK_OK(exhook_reply_message(call, message));
  exhook_message_free(message);
}

static void a_given_payload_is_sent_and_freed_once(void) {
  given given = {COUNTER, NULL};
  exhook_server *server = serve_new();
  serve_on(server, EXHOOK_HOOK_MESSAGE_PUBLISH, give_payload, &given);
  served served = serve_start(server, 3);
  CHECK_CONTAINS(serve_call(served.broker, "message.publish", "one").text, "replace t 0 pppp");
  counter_wait(&given.freed, 1);
  serve_end(&served);
  CHECK_NUMBER(counter_get(&given.freed), 1);
}

static void a_given_payload_is_freed_where_it_is_not_sent(void) {
  given given = {COUNTER, NULL};
  exhook_bytes nowhere = {NULL, 3};
  exhook_message *message = exhook_message_new();
  CHECK_OK(exhook_message_give_payload(message, fill_given(&given), free_given, &given));
  CHECK_NUMBER(counter_get(&given.freed), 0);
  CHECK_OK(exhook_message_set_payload(message, EXHOOK_BYTES("another")));
  CHECK_NUMBER(counter_get(&given.freed), 1);
  CHECK_OK(exhook_message_give_payload(message, fill_given(&given), free_given, &given));
  exhook_message_free(message);
  CHECK_NUMBER(counter_get(&given.freed), 2);
  exhook_bytes payload = fill_given(&given);
  CHECK_CODE(exhook_message_give_payload(NULL, payload, free_given, &given), EXHOOK_ERR_NULL);
  CHECK_NUMBER(counter_get(&given.freed), 3);
  message = exhook_message_new();
  CHECK_CODE(exhook_message_give_payload(message, nowhere, free_given, &given), EXHOOK_ERR_NULL);
  CHECK_NUMBER(counter_get(&given.freed), 4);
  CHECK_OK(exhook_message_give_payload(message, EXHOOK_BYTES("static"), NULL, NULL));
  exhook_message_free(message);
}

static void see_change(exhook_call *call, void *user) {
  counter_add(user);
  CHECK_STR(exhook_call_topic(call), "other/1");
  CHECK_STR(exhook_call_message_topic(call), "other/1");
  CHECK_OK(exhook_reply_ignore(call));
}

static void the_next_handler_sees_the_change_and_leaves_it(void) {
  counter seen = COUNTER;
  change topic = {"other/1", NULL, false, 0, EXHOOK_OK};
  exhook_server *server = serve_new();
  serve_on(server, EXHOOK_HOOK_MESSAGE_PUBLISH, reply_change, &topic);
  serve_on(server, EXHOOK_HOOK_MESSAGE_PUBLISH, see_change, &seen);
  served served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "message.publish", "one"), "replace other/1 0 21");
  serve_end(&served);
  CHECK_NUMBER(counter_get(&seen), 1);
}

TEST_MAIN(TEST(each_part_is_replaced_alone_and_the_rest_stays),
          TEST(all_parts_are_replaced_together),
          TEST(a_message_that_cannot_be_published_becomes_the_fallback),
          TEST(the_longest_topic_can_be_published), TEST(a_topic_with_a_nul_cannot_be_published),
          TEST(a_message_is_empty_after_a_reply_and_can_be_filled_again),
          TEST(a_given_payload_is_sent_and_freed_once),
          TEST(a_given_payload_is_freed_where_it_is_not_sent),
          TEST(the_next_handler_sees_the_change_and_leaves_it))
