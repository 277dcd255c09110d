/* What programs do wrong, and what breaks around them: what brokers are told then, what the log
 * says, and what is counted. docs/operations.md has the table. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kept.h"
#include "serve.h"
#include "sync.h"
#include "test.h"

#define AUTHENTICATE EXHOOK_HOOK_CLIENT_AUTHENTICATE
#define PUBLISH EXHOOK_HOOK_MESSAGE_PUBLISH
#define CONNECTED EXHOOK_HOOK_CLIENT_CONNECTED

/* How long brokers wait by default. */
#define BROKER_MS 5000

/* What the log has said. */
typedef struct records {
  counter taken;
  pthread_mutex_t mutex;
  char text[16384];
} records;

static records said = {COUNTER, PTHREAD_MUTEX_INITIALIZER, {0}};

static void take_record(const exhook_log_record *record, void *user) {
  (void)user;
  exhook_str message = exhook_log_record_message(record);
  pthread_mutex_lock(&said.mutex);
  size_t len = strlen(said.text);
  snprintf(said.text + len, sizeof(said.text) - len, "%s " EXHOOK_STR_FORMAT "\n",
           exhook_log_level_name(exhook_log_record_level(record)), EXHOOK_STR_ARG(message));
  pthread_mutex_unlock(&said.mutex);
}

static void begin_log(void) {
  said.text[0] = 0;
  CHECK_NO_ERROR(exhook_log_to(EXHOOK_LOG_WARN, take_record, NULL, NULL));
}

static bool is_said(void *part) {
  pthread_mutex_lock(&said.mutex);
  bool holds = strstr(said.text, part) != NULL;
  pthread_mutex_unlock(&said.mutex);
  return holds;
}

/* Waits until the log has said something with this part, and gives records back. */
static void end_log(const char *part) {
  if (!wait_until(is_said, (void *)(uintptr_t)part)) CHECK_CONTAINS(said.text, part);
  CHECK_NO_ERROR(exhook_log_to_stderr(EXHOOK_LOG_WARN));
}

/* The same where nothing is said. */
static void end_silent_log(void) {
  CHECK_NO_ERROR(exhook_log_to_stderr(EXHOOK_LOG_WARN));
  CHECK_TEXT(said.text, "");
}

/* Counters of a hook that are waited for. */
typedef struct expected {
  const exhook_server *server;
  exhook_hook hook;
  const char *failure;
  uint64_t failures;
  uint64_t late;
  uint64_t dropped;
} expected;

static bool is_counted(void *user) {
  const expected *expected = user;
  bool holds = false;
  exhook_metrics *metrics = exhook_server_metrics(expected->server);
  size_t count = exhook_metrics_hooks_count(metrics);
  for (size_t index = 0; index < count; index++) {
    if (exhook_metrics_hook_at(metrics, index) != expected->hook) continue;
    holds = exhook_metrics_failures_at(metrics, index, exhook_str_of(expected->failure)) ==
                expected->failures &&
            exhook_metrics_late_at(metrics, index) == expected->late &&
            exhook_metrics_dropped_at(metrics, index) == expected->dropped;
  }
  holds = holds && exhook_metrics_inflight(metrics) == 0;
  exhook_metrics_free(metrics);
  return holds;
}

/* Waits until so much is counted, and nothing is under way any more. */
static void check_counted(expected expected) { CHECK(wait_until(is_counted, &expected)); }

static broker_pending *begin_call(const broker *broker, const char *hook, const char *clientid) {
  broker_request request = {0};
  request.hook = hook;
  request.clientid = clientid;
  request.topic = "room/1";
  request.timeout_ms = (uint32_t)test_ms(BROKER_MS);
  return broker_start(broker, &request);
}

static void check_call(const broker *broker, const char *hook, const char *clientid,
                       const char *text) {
  broker_answer answer = broker_finish(begin_call(broker, hook, clientid));
  CHECK_TEXT(answer.text, text);
  CHECK(answer.elapsed_ms < test_ms(BROKER_MS));
}

/* A callback that holds the clients "held…" until it is let go, and allows everybody. */
typedef struct gate {
  counter inside;
  counter open;
  counter other;
} gate;

#define GATE {COUNTER, COUNTER, COUNTER}

static void hold_some(exhook_call *call, void *user) {
  gate *gate = user;
  exhook_str clientid = exhook_call_clientid(call);
  if (clientid.len >= 4 && memcmp(clientid.data, "held", 4) == 0) {
    counter_add(&gate->inside);
    counter_wait(&gate->open, 1);
  } else {
    counter_add(&gate->other);
  }
  exhook_reply_allow(call);
}

static void a_callback_that_hangs_and_answers_late_has_been_answered_for(void) {
  gate gate = GATE;
  begin_log();
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_server_set_timeout_ms(server, test_ms(1000)));
  serve_on(server, AUTHENTICATE, hold_some, &gate);
  served served = serve_start(server, 3);
  check_call(served.broker, "client.authenticate", "held", "deny");
  counter_wait(&gate.inside, 1);
  counter_add(&gate.open);
  check_counted((expected){server, AUTHENTICATE, "deadline", 1, 1, 0});
  check_call(served.broker, "client.authenticate", "other", "allow");
  serve_end(&served);
  end_silent_log();
}

static bool has_connections(void *user) {
  exhook_metrics *metrics = exhook_server_metrics(user);
  uint64_t connections = exhook_metrics_connections(metrics);
  exhook_metrics_free(metrics);
  return connections >= 4;
}

static void an_inline_callback_that_blocks_holds_up_one_io_thread_only(void) {
  gate gate = GATE;
  begin_log();
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_server_set_io_threads(server, 2));
  exhook_options *options = exhook_options_new();
  CHECK_OK(exhook_options_set_inline(options, true));
  serve_on_with(server, AUTHENTICATE, options, hold_some, &gate);
  /* Two connections each, dealt out in turn; clients keep theirs. */
  served served = serve_start(server, 3);
  broker *other = serve_connect(server, 3);
  wait_until(has_connections, server);
  broker_pending *held = begin_call(served.broker, "client.authenticate", "held");
  counter_wait(&gate.inside, 1);
  /* One of any two connections of a broker is on the thread that is free. */
  broker_pending *pending[16];
  for (int index = 0; index < 16; index++) {
    char clientid[16];
    snprintf(clientid, sizeof(clientid), "c%d", index);
    pending[index] = begin_call(other, "client.authenticate", clientid);
  }
  CHECK(counter_wait(&gate.other, 1));
  CHECK_NUMBER(counter_get(&gate.inside), 1);
  counter_add(&gate.open);
  for (int index = 0; index < 16; index++) CHECK_ANSWER(broker_finish(pending[index]), "allow");
  CHECK_ANSWER(broker_finish(held), "allow");
  check_counted((expected){server, AUTHENTICATE, "deadline", 0, 0, 0});
  broker_close(other);
  serve_end(&served);
  end_silent_log();
}

static void calls_that_are_kept_and_never_answered_are_answered_at_the_deadline(void) {
  enum { CALLS = 100 };
  kept kept = KEPT;
  broker_pending *pending[CALLS];
  begin_log();
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_server_set_timeout_ms(server, test_ms(1000)));
  serve_on(server, AUTHENTICATE, keep_call, &kept);
  served served = serve_start(server, 3);
  for (int index = 0; index < CALLS; index++) {
    pending[index] = begin_call(served.broker, "client.authenticate", NULL);
  }
  for (int index = 0; index < CALLS; index++) {
    broker_answer answer = broker_finish(pending[index]);
    CHECK_TEXT(answer.text, "deny");
    CHECK(answer.elapsed_ms < test_ms(BROKER_MS));
  }
  check_counted((expected){server, AUTHENTICATE, "deadline", CALLS, 0, 0});
  kept_wait(&kept, CALLS);
  serve_end(&served);
  end_silent_log();
  /* Sanitizers and valgrind would tell of one that stays. */
  for (int index = 0; index < CALLS; index++) CHECK_OK(exhook_call_free(kept.calls[index]));
}

/* Answers a message by its client with what no message can become. */
static void answer_rubbish(exhook_call *call, void *user) {
  static char giant[70000];
  exhook_str clientid = exhook_call_clientid(call);
  exhook_message *message = exhook_message_new();
  memset(giant, 't', sizeof(giant));
  exhook_str topic = EXHOOK_STR("a/#");
  if (exhook_str_eq(clientid, EXHOOK_STR("giant"))) topic = (exhook_str){giant, sizeof(giant)};
  if (exhook_str_eq(clientid, EXHOOK_STR("allow"))) {
    CHECK_CODE(exhook_reply_allow(call), EXHOOK_ERR_WRONG_VERDICT);
  } else if (exhook_str_eq(clientid, EXHOOK_STR("bytes"))) {
    /* It leaves without an answer. */
    CHECK_CODE(exhook_message_set_topic(message, EXHOOK_STR("\xff")), EXHOOK_ERR_NOT_UTF8);
  } else if (exhook_str_eq(clientid, EXHOOK_STR("qos"))) {
    exhook_message_set_qos(message, 3);
    CHECK(exhook_reply_message(call, message) != EXHOOK_OK);
  } else {
    exhook_message_set_topic(message, topic);
    CHECK(exhook_reply_message(call, message) != EXHOOK_OK);
  }
  exhook_message_free(message);
  counter_add(user);
}

static void what_is_no_answer_becomes_the_fallback(void) {
  static const char *const clients[] = {"wildcard", "bytes", "giant", "qos", "allow"};
  counter calls = COUNTER;
  begin_log();
  exhook_server *server = serve_new();
  serve_on(server, PUBLISH, answer_rubbish, &calls);
  served served = serve_start(server, 3);
  for (int index = 0; index < 5; index++) {
    check_call(served.broker, "message.publish", clients[index], "ignore");
  }
  check_counted((expected){server, PUBLISH, "bad_answer", 4, 0, 0});
  CHECK_NUMBER(counter_get(&calls), 5);
  serve_end(&served);
  end_log("message.publish cannot be answered with allow");
}

/* How long all threads are held; longest where the tests run only once. */
static uint64_t hold_ms(void) {
  const char *seconds = getenv("EXHOOK_TEST_HOLD_SECONDS");
  return (seconds ? strtoull(seconds, NULL, 10) : 3) * 1000;
}

static void while_all_threads_are_held_every_call_gets_its_fallback_in_time(void) {
  enum { THREADS = 2 };
  gate gate = GATE;
  broker_pending *held[THREADS];
  uint64_t waited = 0, calls = THREADS;
  begin_log();
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_server_set_timeout_ms(server, test_ms(1000)));
  CHECK_NO_ERROR(exhook_server_set_threads(server, THREADS));
  serve_on(server, AUTHENTICATE, hold_some, &gate);
  served served = serve_start(server, 3);
  for (int index = 0; index < THREADS; index++) {
    held[index] = begin_call(served.broker, "client.authenticate", index ? "held-2" : "held-1");
  }
  counter_wait(&gate.inside, THREADS);
  while (waited < hold_ms()) {
    broker_answer answer = broker_finish(begin_call(served.broker, "client.authenticate", "other"));
    CHECK_TEXT(answer.text, "deny");
    CHECK(answer.elapsed_ms < test_ms(BROKER_MS));
    waited += answer.elapsed_ms > 0 ? answer.elapsed_ms : 1;
    calls++;
  }
  counter_add(&gate.open);
  for (int index = 0; index < THREADS; index++) CHECK_ANSWER(broker_finish(held[index]), "deny");
  check_counted((expected){server, AUTHENTICATE, "deadline", calls, calls, 0});
  check_call(served.broker, "client.authenticate", "other", "allow");
  serve_end(&served);
  end_silent_log();
}

static void events_wait_for_a_full_inbox_and_are_dropped_at_the_deadline(void) {
  kept kept = KEPT;
  begin_log();
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_server_set_timeout_ms(server, test_ms(500)));
  CHECK_NO_ERROR(exhook_server_set_inbox_capacity(server, 1));
  serve_on(server, CONNECTED, keep_call, &kept);
  served served = serve_start(server, 3);
  check_call(served.broker, "client.connected", "one", "done");
  exhook_call *call = kept_wait(&kept, 1);
  check_call(served.broker, "client.connected", "two", "done");
  check_counted((expected){server, CONNECTED, "deadline", 0, 0, 1});
  CHECK_OK(exhook_call_free(call));
  check_call(served.broker, "client.connected", "three", "done");
  CHECK_OK(exhook_call_free(kept_wait(&kept, 2)));
  serve_end(&served);
  end_log("warn the inbox stayed full until the deadline");
}

static void a_full_disk_costs_decisions_and_no_answers(void) {
  gate gate = GATE;
  begin_log();
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_server_set_decision_log(server, EXHOOK_STR("/dev/full")));
  serve_on(server, AUTHENTICATE, hold_some, &gate);
  served served = serve_start(server, 3);
  for (int index = 0; index < 5; index++) {
    check_call(served.broker, "client.authenticate", "other", "allow");
  }
  check_counted((expected){server, AUTHENTICATE, "exception", 0, 0, 0});
  serve_end(&served);
  end_log("warn decision_log cannot be written");
}

TEST_MAIN(TEST(a_callback_that_hangs_and_answers_late_has_been_answered_for),
          TEST(an_inline_callback_that_blocks_holds_up_one_io_thread_only),
          TEST(calls_that_are_kept_and_never_answered_are_answered_at_the_deadline),
          TEST(what_is_no_answer_becomes_the_fallback),
          TEST(while_all_threads_are_held_every_call_gets_its_fallback_in_time),
          TEST(events_wait_for_a_full_inbox_and_are_dropped_at_the_deadline),
          TEST(a_full_disk_costs_decisions_and_no_answers))
