/* Hooks that only inform: their order, and when the broker is answered. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kept.h"
#include "serve.h"
#include "sync.h"
#include "test.h"

#define SUBSCRIBED EXHOOK_HOOK_SESSION_SUBSCRIBED
#define CLIENTS 8
#define EVENTS 100

/* What the handler has seen of each client. */
typedef struct seen {
  counter handled;
  pthread_mutex_t mutex;
  bool is_inside[CLIENTS];
  long last[CLIENTS];
} seen;

static void see_event(exhook_call *call, void *user) {
  seen *seen = user;
  struct timespec pause = {0, 500000};
  char topic[32] = {0};
  exhook_str view = exhook_call_topic(call);
  memcpy(topic, view.data, view.len < 31 ? view.len : 31);
  exhook_str clientid = exhook_call_clientid(call);
  size_t client = (size_t)(clientid.data[clientid.len - 1] - '0');
  long number = strtol(topic, NULL, 10);
  pthread_mutex_lock(&seen->mutex);
  CHECK(!seen->is_inside[client]);
  seen->is_inside[client] = true;
  CHECK_NUMBER(number, seen->last[client] + 1);
  seen->last[client] = number;
  pthread_mutex_unlock(&seen->mutex);
  /* Handlers that take their time bring more threads into play. */
  nanosleep(&pause, NULL);
  pthread_mutex_lock(&seen->mutex);
  seen->is_inside[client] = false;
  pthread_mutex_unlock(&seen->mutex);
  counter_add(&seen->handled);
}

static void the_events_of_one_client_are_handled_in_order(void) {
  static broker_pending *pending[CLIENTS * EVENTS];
  seen seen = {COUNTER, PTHREAD_MUTEX_INITIALIZER, {false}, {0}};
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_server_set_threads(server, 8));
  serve_on(server, SUBSCRIBED, see_event, &seen);
  served served = serve_start(server, 2);
  for (size_t index = 0; index < CLIENTS * EVENTS; index++) {
    char clientid[32], topic[32];
    snprintf(clientid, sizeof(clientid), "client-%zu", index % CLIENTS);
    snprintf(topic, sizeof(topic), "%zu", index / CLIENTS + 1);
    broker_request request = {0};
    request.hook = "session.subscribed";
    request.clientid = clientid;
    request.topic = topic;
    pending[index] = broker_start(served.broker, &request);
  }
  for (size_t index = 0; index < CLIENTS * EVENTS; index++) {
    CHECK_ANSWER(broker_finish(pending[index]), "done");
  }
  counter_wait(&seen.handled, CLIENTS * EVENTS);
  serve_end(&served);
  for (size_t client = 0; client < CLIENTS; client++) CHECK_NUMBER(seen.last[client], EVENTS);
}

/* A handler that waits until it is let go. */
typedef struct gate {
  counter inside;
  counter open;
  counter left;
} gate;

static void wait_at_gate(exhook_call *call, void *user) {
  gate *gate = user;
  (void)call;
  counter_add(&gate->inside);
  counter_wait(&gate->open, 1);
  counter_add(&gate->left);
}

static void the_broker_is_answered_before_the_handler_is_done(void) {
  gate gate = {COUNTER, COUNTER, COUNTER};
  exhook_server *server = serve_new();
  serve_on(server, SUBSCRIBED, wait_at_gate, &gate);
  served served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "session.subscribed", "one"), "done");
  counter_wait(&gate.inside, 1);
  CHECK_NUMBER(counter_get(&gate.left), 0);
  counter_add(&gate.open);
  serve_end(&served);
  CHECK_NUMBER(counter_get(&gate.left), 1);
}

static exhook_options *acked_late(uint64_t timeout_ms) {
  exhook_options *options = exhook_options_new();
  CHECK_OK(exhook_options_set_ack(options, EXHOOK_ACK_LATE));
  CHECK_OK(exhook_options_set_timeout_ms(options, timeout_ms));
  return options;
}

static void a_late_ack_comes_when_the_handler_is_done(void) {
  gate gate = {COUNTER, COUNTER, COUNTER};
  exhook_server *server = serve_new();
  serve_on_with(server, SUBSCRIBED, acked_late(test_ms(50000)), wait_at_gate, &gate);
  served served = serve_start(server, 3);
  broker_pending *pending = serve_begin(served.broker, "session.subscribed", "one");
  counter_wait(&gate.inside, 1);
  exhook_metrics *metrics = exhook_server_metrics(server);
  CHECK_NUMBER(exhook_metrics_inflight(metrics), 1);
  exhook_metrics_free(metrics);
  counter_add(&gate.open);
  CHECK_ANSWER(broker_finish(pending), "done");
  CHECK_NUMBER(counter_get(&gate.left), 1);
  serve_end(&served);
}

static void a_late_ack_comes_at_the_deadline_at_the_latest(void) {
  gate gate = {COUNTER, COUNTER, COUNTER};
  exhook_server *server = serve_new();
  serve_on_with(server, SUBSCRIBED, acked_late(20), wait_at_gate, &gate);
  served served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "session.subscribed", "one"), "done");
  CHECK_NUMBER(counter_get(&gate.left), 0);
  counter_add(&gate.open);
  serve_end(&served);
}

static void reply_to_event(exhook_call *call, void *user) {
  counter_add(user);
  CHECK_NUMBER(exhook_call_remaining_ms(call), -1);
  CHECK(exhook_call_is_wanted(call));
  if (exhook_str_eq(exhook_call_clientid(call), EXHOOK_STR("allow"))) {
    CHECK_CODE(exhook_reply_allow(call), EXHOOK_ERR_WRONG_VERDICT);
  } else if (exhook_str_eq(exhook_call_clientid(call), EXHOOK_STR("block"))) {
    CHECK_CODE(exhook_reply_block(call), EXHOOK_ERR_WRONG_VERDICT);
  } else if (exhook_str_eq(exhook_call_clientid(call), EXHOOK_STR("error"))) {
    CHECK_OK(exhook_reply_error(call));
  } else {
    CHECK_OK(exhook_reply_ignore(call));
  }
  CHECK_CODE(exhook_reply_ignore(call), EXHOOK_ERR_ANSWERED);
}

static void a_reply_is_not_needed_and_only_ignore_suits(void) {
  counter calls = COUNTER;
  exhook_server *server = serve_new();
  serve_on(server, SUBSCRIBED, reply_to_event, &calls);
  served served = serve_start(server, 1);
  CHECK_ANSWER(serve_call(served.broker, "session.subscribed", "ignore"), "done");
  CHECK_ANSWER(serve_call(served.broker, "session.subscribed", "allow"), "done");
  CHECK_ANSWER(serve_call(served.broker, "session.subscribed", "block"), "done");
  CHECK_ANSWER(serve_call(served.broker, "session.subscribed", "error"), "done");
  counter_wait(&calls, 4);
  serve_end(&served);
}

static void return_at_once(exhook_call *call, void *user) {
  (void)call;
  counter_add(user);
}

static void every_hook_that_informs_is_handled_in_every_package(void) {
  static const char *const names[] = {
      "provider.loaded",   "provider.unloaded",   "client.connect",       "client.connack",
      "client.connected",  "client.disconnected", "client.subscribe",     "client.unsubscribe",
      "session.created",   "session.subscribed",  "session.unsubscribed", "session.resumed",
      "session.discarded", "session.takenover",   "session.terminated",   "message.delivered",
      "message.dropped",   "message.acked"};
  size_t count = sizeof(names) / sizeof(*names);
  counter calls = COUNTER;
  exhook_server *server = serve_new();
  for (exhook_hook hook = EXHOOK_HOOK_PROVIDER_LOADED; hook <= EXHOOK_HOOK_MESSAGE_INGRESS;
       hook++) {
    serve_on(server, hook, return_at_once, &calls);
  }
  served served = serve_start(server, 3);
  for (uint32_t package = 1; package <= 3; package++) {
    broker *broker = serve_connect(server, package);
    for (size_t index = 0; index < count; index++) {
      broker_answer answer = serve_call(broker, names[index], "one");
      if (index == 0) {
        CHECK_CONTAINS(answer.text, "loaded client.connect");
      } else {
        CHECK_TEXT(answer.text, "done");
      }
      counter_wait(&calls, (package - 1) * count + index + 1);
    }
    broker_close(broker);
  }
  exhook_metrics *metrics = exhook_server_metrics(server);
  CHECK_NUMBER(exhook_metrics_hooks_count(metrics), 3 * count);
  for (size_t index = 0; index < exhook_metrics_hooks_count(metrics); index++) {
    CHECK_NUMBER(exhook_metrics_failures_at(metrics, index, EXHOOK_STR("unanswered")), 0);
  }
  exhook_metrics_free(metrics);
  serve_end(&served);
}

static void a_deferred_event_holds_the_next_of_its_client_back(void) {
  kept kept = KEPT;
  exhook_server *server = serve_new();
  serve_on(server, SUBSCRIBED, keep_call, &kept);
  served served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "session.subscribed", "one"), "done");
  CHECK_ANSWER(serve_call(served.broker, "session.subscribed", "one"), "done");
  /* Of another lane, so that it passes the second. */
  exhook_call *first = kept_wait(&kept, 1);
  CHECK_ANSWER(serve_call(served.broker, "session.subscribed", "two"), "done");
  exhook_call *other = kept_wait(&kept, 2);
  CHECK_STR(exhook_call_clientid(first), "one");
  CHECK_STR(exhook_call_clientid(other), "two");
  CHECK_OK(exhook_call_free(other));
  CHECK_NUMBER(counter_get(&kept.arrived), 2);
  CHECK_OK(exhook_reply_ignore(first));
  exhook_call *second = kept_wait(&kept, 3);
  CHECK_STR(exhook_call_clientid(second), "one");
  CHECK_OK(exhook_call_free(second));
  CHECK_OK(exhook_call_free(first));
  serve_end(&served);
}

TEST_MAIN(TEST(the_events_of_one_client_are_handled_in_order),
          TEST(the_broker_is_answered_before_the_handler_is_done),
          TEST(a_late_ack_comes_when_the_handler_is_done),
          TEST(a_late_ack_comes_at_the_deadline_at_the_latest),
          TEST(a_reply_is_not_needed_and_only_ignore_suits),
          TEST(every_hook_that_informs_is_handled_in_every_package),
          TEST(a_deferred_event_holds_the_next_of_its_client_back))
