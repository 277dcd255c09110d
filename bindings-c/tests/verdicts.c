/* Every reply to every hook that takes an answer, in every package. */

#include <string.h>

#include "serve.h"
#include "sync.h"
#include "test.h"

typedef exhook_code (*replier)(exhook_call *call);

static exhook_code reply_true(exhook_call *call) { return exhook_reply_bool(call, true); }
static exhook_code reply_false(exhook_call *call) { return exhook_reply_bool(call, false); }
static exhook_code keep_true(exhook_call *call) { return exhook_reply_keep_going(call, true); }
static exhook_code keep_false(exhook_call *call) { return exhook_reply_keep_going(call, false); }

static exhook_code reply_message(exhook_call *call) {
  exhook_message *message = exhook_message_new();
  CHECK_OK(exhook_message_set_topic(message, EXHOOK_STR("other")));
  exhook_code code = exhook_reply_message(call, message);
  exhook_message_free(message);
  return code;
}

static exhook_code reply_nothing(exhook_call *call) {
  (void)call;
  return EXHOOK_OK;
}

typedef struct expectation {
  exhook_code code;
  const char *answer;
} expectation;

typedef struct row {
  const char *name;
  replier reply;
  expectation access; /* client.authenticate, client.authorize */
  expectation ingress;
  expectation publish;
} row;

#define WRONG EXHOOK_ERR_WRONG_VERDICT

static const row rows[] = {
    {"allow", exhook_reply_allow, {0, "allow"}, {0, "allow"}, {WRONG, "ignore"}},
    {"deny", exhook_reply_deny, {0, "deny"}, {0, "deny"}, {WRONG, "ignore"}},
    {"true", reply_true, {0, "allow"}, {0, "allow"}, {WRONG, "ignore"}},
    {"false", reply_false, {0, "deny"}, {0, "deny"}, {WRONG, "ignore"}},
    {"ignore", exhook_reply_ignore, {0, "ignore"}, {0, "ignore"}, {0, "ignore"}},
    {"keep true", keep_true, {0, "continue true"}, {WRONG, "ignore"}, {WRONG, "ignore"}},
    {"keep false", keep_false, {0, "continue false"}, {WRONG, "ignore"}, {WRONG, "ignore"}},
    {"block", exhook_reply_block, {WRONG, "deny"}, {WRONG, "ignore"}, {0, "block"}},
    {"message", reply_message, {WRONG, "deny"}, {WRONG, "ignore"}, {0, "replace other 0 21"}},
    {"error", exhook_reply_error, {0, "deny"}, {0, "ignore"}, {0, "ignore"}},
    {"nothing", reply_nothing, {0, "deny"}, {0, "ignore"}, {0, "ignore"}},
};

/* The client's id names the reply that it gets. */
static void reply_by_clientid(exhook_call *call, void *user) {
  (void)user;
  for (size_t index = 0; index < sizeof(rows) / sizeof(*rows); index++) {
    const row *row = &rows[index];
    if (!exhook_str_eq(exhook_call_clientid(call), exhook_str_of(row->name))) continue;
    exhook_hook hook = exhook_call_hook(call);
    exhook_code expected = hook == EXHOOK_HOOK_MESSAGE_PUBLISH   ? row->publish.code
                           : hook == EXHOOK_HOOK_MESSAGE_INGRESS ? row->ingress.code
                                                                 : row->access.code;
    CHECK_CODE(row->reply(call), expected);
    return;
  }
  CHECK(!"the client is none of the table's");
}

static void check_rows(exhook_hook hook, const char *name, bool is_inline) {
  uint32_t oldest = hook == EXHOOK_HOOK_MESSAGE_INGRESS ? 3 : 1;
  exhook_server *server = serve_new();
  exhook_options *options = exhook_options_new();
  CHECK_OK(exhook_options_set_inline(options, is_inline));
  serve_on_with(server, hook, options, reply_by_clientid, NULL);
  served served = serve_start(server, 3);
  for (uint32_t package = oldest; package <= 3; package++) {
    broker *broker = serve_connect(server, package);
    for (size_t index = 0; index < sizeof(rows) / sizeof(*rows); index++) {
      const row *row = &rows[index];
      const expectation *expected = hook == EXHOOK_HOOK_MESSAGE_PUBLISH   ? &row->publish
                                    : hook == EXHOOK_HOOK_MESSAGE_INGRESS ? &row->ingress
                                                                          : &row->access;
      CHECK_ANSWER(serve_call(broker, name, row->name), expected->answer);
    }
    broker_close(broker);
  }
  serve_end(&served);
}

static void replies_to_client_authenticate_reach_every_broker(void) {
  check_rows(EXHOOK_HOOK_CLIENT_AUTHENTICATE, "client.authenticate", false);
}

static void replies_to_client_authorize_reach_every_broker(void) {
  check_rows(EXHOOK_HOOK_CLIENT_AUTHORIZE, "client.authorize", false);
}

static void replies_to_message_ingress_reach_new_brokers(void) {
  check_rows(EXHOOK_HOOK_MESSAGE_INGRESS, "message.ingress", false);
}

static void replies_to_message_publish_reach_every_broker(void) {
  check_rows(EXHOOK_HOOK_MESSAGE_PUBLISH, "message.publish", false);
}

static void inline_replies_are_the_same(void) {
  check_rows(EXHOOK_HOOK_CLIENT_AUTHENTICATE, "client.authenticate", true);
  check_rows(EXHOOK_HOOK_CLIENT_AUTHORIZE, "client.authorize", true);
  check_rows(EXHOOK_HOOK_MESSAGE_INGRESS, "message.ingress", true);
  check_rows(EXHOOK_HOOK_MESSAGE_PUBLISH, "message.publish", true);
}

static void answer_wrongly(exhook_call *call, void *user) {
  (void)user;
  if (exhook_call_hook(call) == EXHOOK_HOOK_MESSAGE_PUBLISH) {
    CHECK_CODE(exhook_reply_allow(call), EXHOOK_ERR_WRONG_VERDICT);
  } else {
    CHECK_CODE(exhook_reply_block(call), EXHOOK_ERR_WRONG_VERDICT);
  }
  CHECK_CODE(exhook_reply_ignore(call), EXHOOK_ERR_ANSWERED);
}

static void check_fallback(exhook_hook hook, const char *name, exhook_fallback fallback,
                           const char *expected) {
  static const exhook_callback callbacks[] = {answer_wrongly, reply_by_clientid};
  for (size_t index = 0; index < 2; index++) {
    exhook_server *server = serve_new();
    exhook_options *options = exhook_options_new();
    CHECK_OK(exhook_options_set_fallback(options, fallback));
    serve_on_with(server, hook, options, callbacks[index], NULL);
    served served = serve_start(server, 3);
    CHECK_ANSWER(serve_call(served.broker, name, "nothing"), expected);
    CHECK_ANSWER(serve_call(served.broker, name, "error"), expected);
    serve_end(&served);
  }
}

static void a_handlers_own_fallback_is_answered(void) {
  const char *name = "client.authenticate";
  check_fallback(EXHOOK_HOOK_CLIENT_AUTHENTICATE, name, EXHOOK_FALLBACK_ALLOW, "allow");
  check_fallback(EXHOOK_HOOK_CLIENT_AUTHENTICATE, name, EXHOOK_FALLBACK_DENY, "deny");
  check_fallback(EXHOOK_HOOK_CLIENT_AUTHENTICATE, name, EXHOOK_FALLBACK_IGNORE, "ignore");
  check_fallback(EXHOOK_HOOK_CLIENT_AUTHENTICATE, name, EXHOOK_FALLBACK_DEFAULT, "deny");
  name = "message.publish";
  check_fallback(EXHOOK_HOOK_MESSAGE_PUBLISH, name, EXHOOK_FALLBACK_BLOCK, "block");
  check_fallback(EXHOOK_HOOK_MESSAGE_PUBLISH, name, EXHOOK_FALLBACK_IGNORE, "ignore");
  check_fallback(EXHOOK_HOOK_MESSAGE_PUBLISH, name, EXHOOK_FALLBACK_DEFAULT, "ignore");
}

static void keep_denying(exhook_call *call, void *user) {
  counter_add((counter *)user);
  CHECK(!exhook_call_result(call));
  CHECK_OK(exhook_reply_keep_going(call, true));
}

static void see_result(exhook_call *call, void *user) {
  counter_add((counter *)user);
  CHECK(exhook_call_result(call));
  CHECK_OK(exhook_reply_ignore(call));
}

static void a_verdict_so_far_is_seen_by_the_next_handler_and_kept(void) {
  counter first = COUNTER, second = COUNTER;
  exhook_server *server = serve_new();
  serve_on(server, EXHOOK_HOOK_CLIENT_AUTHENTICATE, keep_denying, &first);
  serve_on(server, EXHOOK_HOOK_CLIENT_AUTHENTICATE, see_result, &second);
  served served = serve_start(server, 2);
  CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "one"), "continue true");
  serve_end(&served);
  CHECK_NUMBER(counter_get(&first), 1);
  CHECK_NUMBER(counter_get(&second), 1);
}

static void allow(exhook_call *call, void *user) {
  counter_add((counter *)user);
  CHECK_OK(exhook_reply_allow(call));
}

static void a_final_verdict_ends_the_chain(void) {
  counter first = COUNTER, second = COUNTER;
  exhook_server *server = serve_new();
  serve_on(server, EXHOOK_HOOK_CLIENT_AUTHORIZE, allow, &first);
  serve_on(server, EXHOOK_HOOK_CLIENT_AUTHORIZE, see_result, &second);
  served served = serve_start(server, 1);
  CHECK_ANSWER(serve_call(served.broker, "client.authorize", "one"), "allow");
  serve_end(&served);
  CHECK_NUMBER(counter_get(&first), 1);
  CHECK_NUMBER(counter_get(&second), 0);
}

static void a_hook_without_handler_is_ignored(void) {
  served served = serve_start(serve_new(), 3);
  CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "one"), "ignore");
  CHECK_ANSWER(serve_call(served.broker, "message.publish", "one"), "ignore");
  CHECK_ANSWER(serve_call(served.broker, "client.connect", "one"), "done");
  serve_end(&served);
}

TEST_MAIN(TEST(replies_to_client_authenticate_reach_every_broker),
          TEST(replies_to_client_authorize_reach_every_broker),
          TEST(replies_to_message_ingress_reach_new_brokers),
          TEST(replies_to_message_publish_reach_every_broker), TEST(inline_replies_are_the_same),
          TEST(a_handlers_own_fallback_is_answered),
          TEST(a_verdict_so_far_is_seen_by_the_next_handler_and_kept),
          TEST(a_final_verdict_ends_the_chain), TEST(a_hook_without_handler_is_ignored))
