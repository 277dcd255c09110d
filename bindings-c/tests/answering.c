/* Many threads answer, and answers race with deadlines, brokers and the end of the server. */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "kept.h"
#include "serve.h"
#include "sync.h"
#include "test.h"

#define AUTHENTICATE EXHOOK_HOOK_CLIENT_AUTHENTICATE
#define THREADS 64

/* What each thread does with one call, and what it was told. */
typedef struct answerer {
  exhook_call *call;
  exhook_code code;
} answerer;

static void *answer_one(void *user) {
  answerer *answerer = user;
  answerer->code = exhook_reply_allow(answerer->call);
  return NULL;
}

static void of_64_threads_one_answers(void) {
  for (int round = 0; round < 10; round++) {
    kept kept = KEPT;
    answerer answerers[THREADS];
    exhook_server *server = serve_new();
    serve_on(server, AUTHENTICATE, keep_call, &kept);
    served served = serve_start(server, 3);
    broker_pending *pending = serve_begin(served.broker, "client.authenticate", "one");
    exhook_call *call = kept_wait(&kept, 1);
    for (size_t index = 0; index < THREADS; index++) {
      answerers[index] = (answerer){call, EXHOOK_ERR_PANIC};
    }
    run_threads(THREADS, answer_one, answerers, sizeof(*answerers));
    size_t winners = 0;
    for (size_t index = 0; index < THREADS; index++) {
      if (answerers[index].code == EXHOOK_OK) {
        winners++;
      } else {
        CHECK_CODE(answerers[index].code, EXHOOK_ERR_ANSWERED);
      }
    }
    CHECK_NUMBER(winners, 1);
    CHECK_OK(exhook_call_free(call));
    CHECK_ANSWER(broker_finish(pending), "allow");
    serve_end(&served);
  }
}

/* Threads that answer the calls of a test as they arrive, each taking the next. */
typedef struct workers {
  kept *kept;
  counter taken;
  size_t count;
  exhook_code codes[KEPT_MOST];
} workers;

/* The last character of the client's id says what the answer is. */
static bool is_allowed(const char *clientid, size_t len) { return clientid[len - 1] % 2 == 0; }

static void *answer_all(void *user) {
  workers *workers = *(struct workers **)user;
  for (;;) {
    size_t number = counter_add(&workers->taken);
    if (number >= workers->count) return NULL;
    exhook_call *call = kept_wait(workers->kept, number + 1);
    exhook_str clientid = exhook_call_clientid(call);
    bool allow = is_allowed(clientid.data, clientid.len);
    workers->codes[number] = exhook_reply_bool(call, allow);
    CHECK_OK(exhook_call_free(call));
  }
}

static void answer_with_threads(workers *workers) {
  struct workers *users[THREADS];
  for (size_t index = 0; index < THREADS; index++) users[index] = workers;
  run_threads(THREADS, answer_all, users, sizeof(*users));
}

static void thousands_of_deferred_calls_get_their_own_answers(void) {
  enum { CALLS = 3000 };
  static kept kept = KEPT;
  static workers workers = {&kept, COUNTER, CALLS, {0}};
  static broker_pending *pending[CALLS];
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, keep_call, &kept);
  served served = serve_start(server, 3);
  char clientid[32];
  for (int index = 0; index < CALLS; index++) {
    snprintf(clientid, sizeof(clientid), "client-%d", index);
    pending[index] = serve_begin(served.broker, "client.authenticate", clientid);
  }
  answer_with_threads(&workers);
  for (int index = 0; index < CALLS; index++) {
    snprintf(clientid, sizeof(clientid), "client-%d", index);
    CHECK_ANSWER(broker_finish(pending[index]),
                 is_allowed(clientid, strlen(clientid)) ? "allow" : "deny");
    CHECK_OK(workers.codes[index]);
  }
  serve_end(&served);
}

/* Waits until the deadline of a call is so near that an answer may or may not be in time. */
static void pause_until_due(exhook_call *call) {
  struct timespec pause = {0, 100000};
  while (exhook_call_remaining_ms(call) > 0) nanosleep(&pause, NULL);
}

static void an_answer_counts_if_and_only_if_it_was_in_time(void) {
  enum { CALLS = 20 };
  kept kept = KEPT;
  size_t in_time = 0;
  exhook_options *options = exhook_options_new();
  CHECK_OK(exhook_options_set_timeout_ms(options, test_ms(100)));
  exhook_server *server = serve_new();
  serve_on_with(server, AUTHENTICATE, options, keep_call, &kept);
  served served = serve_start(server, 3);
  for (size_t index = 0; index < CALLS; index++) {
    broker_pending *pending = serve_begin(served.broker, "client.authenticate", NULL);
    exhook_call *call = kept_wait(&kept, index + 1);
    pause_until_due(call);
    struct timespec moment = {0, (long)(index * 120000)};
    nanosleep(&moment, NULL);
    exhook_code code = exhook_reply_allow(call);
    CHECK_OK(exhook_call_free(call));
    CHECK(code == EXHOOK_OK || code == EXHOOK_ERR_TOO_LATE);
    CHECK_ANSWER(broker_finish(pending), code == EXHOOK_OK ? "allow" : "deny");
    in_time += code == EXHOOK_OK;
  }
  serve_end(&served);
  printf("%zu of %d answers were in time\n", in_time, CALLS);
}

static void *disconnect_broker(void *user) {
  broker_disconnect(user);
  return NULL;
}

static void *stop_server(void *user) {
  CHECK_NO_ERROR(exhook_server_stop(user));
  return NULL;
}

/* Answers calls with many threads while something ends. */
static void answer_while(bool is_stopped) {
  enum { CALLS = 200 };
  kept kept = KEPT;
  static workers workers;
  broker_pending *pending[CALLS];
  workers = (struct workers){&kept, COUNTER, CALLS, {0}};
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_server_set_drain_timeout_ms(server, 1));
  serve_on(server, AUTHENTICATE, keep_call, &kept);
  served served = serve_start(server, 2);
  for (int index = 0; index < CALLS; index++) {
    char clientid[32];
    snprintf(clientid, sizeof(clientid), "client-%d", 2 * index);
    pending[index] = serve_begin(served.broker, "client.authenticate", clientid);
  }
  kept_wait(&kept, CALLS);
  pthread_t ender;
  void *(*end)(void *) = is_stopped ? stop_server : disconnect_broker;
  void *user = is_stopped ? (void *)server : (void *)served.broker;
  REQUIRE(pthread_create(&ender, NULL, end, user) == 0);
  answer_with_threads(&workers);
  pthread_join(ender, NULL);
  for (int index = 0; index < CALLS; index++) {
    exhook_code code = workers.codes[index];
    CHECK(code == EXHOOK_OK || code == EXHOOK_ERR_TOO_LATE);
    broker_answer answer = broker_finish(pending[index]);
    if (strcmp(answer.text, "allow") != 0 && strcmp(answer.text, "deny") != 0) {
      CHECK_CONTAINS(answer.text, "lost");
    }
  }
  serve_end(&served);
}

static void answers_race_with_the_end_of_the_connection(void) {
  for (int round = 0; round < 5; round++) answer_while(false);
}

static void answers_race_with_the_end_of_the_server(void) {
  for (int round = 0; round < 5; round++) answer_while(true);
}

TEST_MAIN(TEST(of_64_threads_one_answers), TEST(thousands_of_deferred_calls_get_their_own_answers),
          TEST(an_answer_counts_if_and_only_if_it_was_in_time),
          TEST(answers_race_with_the_end_of_the_connection),
          TEST(answers_race_with_the_end_of_the_server))
