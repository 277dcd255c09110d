/* What a server counts. */

#include <math.h>
#include <string.h>

#include "kept.h"
#include "serve.h"
#include "sync.h"
#include "test.h"

#define AUTHENTICATE EXHOOK_HOOK_CLIENT_AUTHENTICATE
#define PUBLISH EXHOOK_HOOK_MESSAGE_PUBLISH

/* The place of a hook and package; past the end where it was not called. */
static size_t place_of(const exhook_metrics *metrics, exhook_hook hook, uint32_t package) {
  size_t count = exhook_metrics_hooks_count(metrics);
  for (size_t index = 0; index < count; index++) {
    if (exhook_metrics_hook_at(metrics, index) == hook &&
        exhook_metrics_package_at(metrics, index) == package) {
      return index;
    }
  }
  return count;
}

static void answer_by_clientid(exhook_call *call, void *user) {
  (void)user;
  exhook_str clientid = exhook_call_clientid(call);
  if (exhook_str_eq(clientid, EXHOOK_STR("allow"))) exhook_reply_allow(call);
  if (exhook_str_eq(clientid, EXHOOK_STR("deny"))) exhook_reply_deny(call);
  if (exhook_str_eq(clientid, EXHOOK_STR("keep_going"))) exhook_reply_keep_going(call, true);
  if (exhook_str_eq(clientid, EXHOOK_STR("ignore"))) exhook_reply_ignore(call);
  if (exhook_str_eq(clientid, EXHOOK_STR("block"))) exhook_reply_block(call);
  if (exhook_str_eq(clientid, EXHOOK_STR("error"))) exhook_reply_error(call);
  if (exhook_str_eq(clientid, EXHOOK_STR("replace"))) {
    exhook_message *message = exhook_message_new();
    exhook_message_set_qos(message, 1);
    exhook_reply_message(call, message);
    exhook_message_free(message);
  }
}

static void there_are_none_before_the_first_start(void) {
  exhook_server *server = serve_new();
  CHECK(exhook_server_metrics(server) == NULL);
  CHECK_OK(exhook_server_free(server));
}

static void calls_are_counted_by_hook_package_and_verdict(void) {
  static const char *const names[] = {"allow", "deny", "keep_going", "ignore"};
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, answer_by_clientid, NULL);
  serve_on(server, PUBLISH, answer_by_clientid, NULL);
  served served = serve_start(server, 2);
  broker *old = serve_connect(server, 1);
  for (size_t index = 0; index < 4; index++) {
    serve_call(served.broker, "client.authenticate", names[index]);
  }
  serve_call(old, "client.authenticate", "allow");
  serve_call(served.broker, "message.publish", "block");
  serve_call(served.broker, "message.publish", "replace");
  serve_call(served.broker, "client.connect", "one");
  broker_close(old);

  exhook_metrics *metrics = exhook_server_metrics(server);
  CHECK_NUMBER(exhook_metrics_hooks_count(metrics), 4);
  size_t place = place_of(metrics, AUTHENTICATE, 2);
  CHECK_NUMBER(exhook_metrics_calls_at(metrics, place), 4);
  for (size_t index = 0; index < 4; index++) {
    CHECK_NUMBER(exhook_metrics_verdicts_at(metrics, place, exhook_str_of(names[index])), 1);
  }
  CHECK_NUMBER(exhook_metrics_verdicts_at(metrics, place, EXHOOK_STR("no such verdict")), 0);
  CHECK_NUMBER(exhook_metrics_late_at(metrics, place), 0);
  CHECK_NUMBER(exhook_metrics_dropped_at(metrics, place), 0);
  place = place_of(metrics, AUTHENTICATE, 1);
  CHECK_NUMBER(exhook_metrics_calls_at(metrics, place), 1);
  place = place_of(metrics, PUBLISH, 2);
  CHECK_NUMBER(exhook_metrics_verdicts_at(metrics, place, EXHOOK_STR("block")), 1);
  CHECK_NUMBER(exhook_metrics_verdicts_at(metrics, place, EXHOOK_STR("replace")), 1);
  place = place_of(metrics, EXHOOK_HOOK_CLIENT_CONNECT, 2);
  CHECK_NUMBER(exhook_metrics_verdicts_at(metrics, place, EXHOOK_STR("done")), 1);
  exhook_metrics_free(metrics);
  serve_end(&served);
}

/* A number of failures that is waited for: they are counted when the broker has its answer. */
typedef struct failures {
  exhook_server *server;
  const char *name;
} failures;

static bool has_one(void *user) {
  failures *failures = user;
  exhook_metrics *metrics = exhook_server_metrics(failures->server);
  size_t place = place_of(metrics, AUTHENTICATE, 3);
  uint64_t count = exhook_metrics_failures_at(metrics, place, exhook_str_of(failures->name));
  CHECK_NUMBER(exhook_metrics_failures_at(metrics, place, EXHOOK_STR("no such failure")), 0);
  exhook_metrics_free(metrics);
  return count == 1;
}

static void check_failed_once(exhook_server *server, const char *name) {
  failures failures = {server, name};
  CHECK(wait_until(has_one, &failures));
}

static void failures_are_counted_by_their_name(void) {
  static const char garbage[] = "\x0a\xff";
  char password[2000];
  memset(password, 'p', sizeof(password));
  password[sizeof(password) - 1] = 0;
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_server_set_max_message_bytes(server, 1000));
  serve_on(server, AUTHENTICATE, answer_by_clientid, NULL);
  served served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "error"), "deny");
  check_failed_once(server, "exception");
  CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "nothing"), "deny");
  check_failed_once(server, "unanswered");
  CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "block"), "deny");
  check_failed_once(server, "bad_answer");
  CHECK_ANSWER(broker_finish(broker_start_raw(served.broker, "client.authenticate", garbage, 2)),
               "deny");
  check_failed_once(server, "undecodable");
  broker_request large = {0};
  large.hook = "client.authenticate";
  large.password = password;
  CHECK_ANSWER(broker_call(served.broker, &large), "deny");
  check_failed_once(server, "too_large");
  serve_end(&served);
}

static void what_comes_late_is_counted(void) {
  kept kept = KEPT;
  exhook_options *options = exhook_options_new();
  CHECK_OK(exhook_options_set_timeout_ms(options, test_ms(500)));
  exhook_server *server = serve_new();
  serve_on_with(server, AUTHENTICATE, options, keep_call, &kept);
  served served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "one"), "deny");
  check_failed_once(server, "deadline");
  CHECK_CODE(exhook_reply_allow(kept_wait(&kept, 1)), EXHOOK_ERR_TOO_LATE);
  CHECK_OK(exhook_call_free(kept.calls[0]));
  exhook_metrics *metrics = exhook_server_metrics(server);
  CHECK_NUMBER(exhook_metrics_late_at(metrics, place_of(metrics, AUTHENTICATE, 3)), 1);
  exhook_metrics_free(metrics);
  serve_end(&served);
}

static bool has_none_inflight(void *user) {
  exhook_metrics *metrics = exhook_server_metrics(user);
  uint64_t inflight = exhook_metrics_inflight(metrics);
  exhook_metrics_free(metrics);
  return inflight == 0;
}

static void what_is_under_way_and_refused_is_counted(void) {
  kept kept = KEPT;
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_server_set_max_inflight(server, 1));
  serve_on(server, AUTHENTICATE, keep_call, &kept);
  served served = serve_start(server, 3);
  broker_pending *pending = serve_begin(served.broker, "client.authenticate", NULL);
  exhook_call *call = kept_wait(&kept, 1);
  CHECK_ANSWER(serve_call(served.broker, "client.authenticate", NULL), "deny");
  exhook_metrics *before = exhook_server_metrics(server);
  CHECK_NUMBER(exhook_metrics_inflight(before), 1);
  CHECK_OK(exhook_reply_allow(call));
  CHECK_OK(exhook_call_free(call));
  CHECK_ANSWER(broker_finish(pending), "allow");
  check_failed_once(server, "overload");
  wait_until(has_none_inflight, server);
  CHECK_NUMBER(exhook_metrics_inflight(before), 1);
  exhook_metrics_free(before);
  serve_end(&served);
}

static bool has_no_depth(void *user) {
  exhook_metrics *metrics = exhook_server_metrics(user);
  uint64_t depth = exhook_metrics_inbox_depth(metrics);
  exhook_metrics_free(metrics);
  return depth == 0;
}

static void events_that_wait_and_are_dropped_are_counted(void) {
  kept kept = KEPT;
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_server_set_timeout_ms(server, 20));
  CHECK_NO_ERROR(exhook_server_set_inbox_capacity(server, 1));
  serve_on(server, EXHOOK_HOOK_CLIENT_CONNECTED, keep_call, &kept);
  served served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "client.connected", "one"), "done");
  exhook_call *call = kept_wait(&kept, 1);
  CHECK_ANSWER(serve_call(served.broker, "client.connected", "two"), "done");
  exhook_metrics *metrics = exhook_server_metrics(server);
  CHECK_NUMBER(exhook_metrics_inbox_depth(metrics), 1);
  size_t place = place_of(metrics, EXHOOK_HOOK_CLIENT_CONNECTED, 3);
  CHECK_NUMBER(exhook_metrics_dropped_at(metrics, place), 1);
  exhook_metrics_free(metrics);
  CHECK_OK(exhook_call_free(call));
  wait_until(has_no_depth, server);
  serve_end(&served);
}

static bool has_four_connections(void *user) {
  exhook_metrics *metrics = exhook_server_metrics(user);
  uint64_t connections = exhook_metrics_connections(metrics);
  exhook_metrics_free(metrics);
  return connections == 4;
}

static void connections_and_unknown_methods_are_counted(void) {
  served served = serve_start(serve_new(), 3);
  broker *other = serve_connect(served.server, 1);
  CHECK_ANSWER(serve_call(other, "client.connect", "one"), "done");
  CHECK_ANSWER(serve_call(served.broker, "client.connect", NULL), "done");
  CHECK_ANSWER(serve_call(served.broker, "client.connect", NULL), "done");
  CHECK_CONTAINS(broker_finish(broker_start_path(other, "/emqx.exhook.v9.HookProvider/OnX")).text,
                 "grpc 12");
  wait_until(has_four_connections, served.server);
  exhook_metrics *metrics = exhook_server_metrics(served.server);
  CHECK_NUMBER(exhook_metrics_connections_accepted(metrics), 4);
  CHECK_NUMBER(exhook_metrics_unknown_methods(metrics), 1);
  CHECK_NUMBER(exhook_metrics_bad_requests(metrics), 0);
  exhook_metrics_free(metrics);
  broker_close(other);
  serve_end(&served);
}

static void durations_are_quantiles_in_microseconds(void) {
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, answer_by_clientid, NULL);
  served served = serve_start(server, 3);
  for (int index = 0; index < 10; index++) {
    CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "allow"), "allow");
  }
  exhook_metrics *metrics = exhook_server_metrics(server);
  uint64_t half = exhook_metrics_latency_us_at(metrics, 0, 0.5);
  uint64_t all = exhook_metrics_latency_us_at(metrics, 0, 1.0);
  CHECK(half > 0 && half <= all && all < test_ms(50000) * 1000);
  CHECK(exhook_metrics_waited_us_at(metrics, 0, 0.5) <= exhook_metrics_waited_us_at(metrics, 0, 1));
  CHECK(exhook_metrics_waited_us_at(metrics, 0, 1.0) > 0);
  /* Quantiles that are none have no meaning, but do no harm. */
  CHECK(exhook_metrics_latency_us_at(metrics, 0, -1.0) <= half);
  CHECK(exhook_metrics_latency_us_at(metrics, 0, 2.0) <= all);
  CHECK(exhook_metrics_latency_us_at(metrics, 0, NAN) <= all);
  exhook_metrics_free(metrics);
  serve_end(&served);
}

static void an_index_out_of_range_gives_zeros(void) {
  served served = serve_start(serve_new(), 3);
  exhook_metrics *metrics = exhook_server_metrics(served.server);
  CHECK_NUMBER(exhook_metrics_hooks_count(metrics), 0);
  CHECK_NUMBER(exhook_metrics_hook_at(metrics, 0), 0);
  CHECK_NUMBER(exhook_metrics_package_at(metrics, SIZE_MAX), 0);
  CHECK_NUMBER(exhook_metrics_calls_at(metrics, 0), 0);
  CHECK_NUMBER(exhook_metrics_verdicts_at(metrics, 0, EXHOOK_STR("allow")), 0);
  CHECK_NUMBER(exhook_metrics_failures_at(metrics, 0, EXHOOK_STR("deadline")), 0);
  CHECK_NUMBER(exhook_metrics_latency_us_at(metrics, 0, 0.5), 0);
  CHECK_NUMBER(exhook_metrics_waited_us_at(metrics, 0, 0.5), 0);
  exhook_metrics_free(metrics);
  serve_end(&served);
}

static void counters_stay_after_a_stop_and_begin_anew_with_a_start(void) {
  exhook_server *server = serve_new();
  served served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "client.connect", "one"), "done");
  broker_close(served.broker);
  CHECK_NO_ERROR(exhook_server_stop(server));
  exhook_metrics *metrics = exhook_server_metrics(server);
  CHECK_NUMBER(exhook_metrics_calls_at(metrics, 0), 1);
  exhook_metrics_free(metrics);
  served = serve_start(server, 3);
  metrics = exhook_server_metrics(server);
  CHECK_NUMBER(exhook_metrics_hooks_count(metrics), 0);
  exhook_metrics_free(metrics);
  serve_end(&served);
}

TEST_MAIN(TEST(there_are_none_before_the_first_start),
          TEST(calls_are_counted_by_hook_package_and_verdict),
          TEST(failures_are_counted_by_their_name), TEST(what_comes_late_is_counted),
          TEST(what_is_under_way_and_refused_is_counted),
          TEST(events_that_wait_and_are_dropped_are_counted),
          TEST(connections_and_unknown_methods_are_counted),
          TEST(durations_are_quantiles_in_microseconds), TEST(an_index_out_of_range_gives_zeros),
          TEST(counters_stay_after_a_stop_and_begin_anew_with_a_start))
