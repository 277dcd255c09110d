/* On which threads callbacks run, and what callbacks that block hold up. */

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "kept.h"
#include "serve.h"
#include "sync.h"
#include "test.h"

#define AUTHENTICATE EXHOOK_HOOK_CLIENT_AUTHENTICATE

/* A handler that blocks the client "blocks" until it is let go, and allows everybody. */
typedef struct gate {
  counter inside;
  counter open;
  pthread_mutex_t mutex;
  size_t now;
  size_t most;
  counter freed;
} gate;

#define GATE {COUNTER, COUNTER, PTHREAD_MUTEX_INITIALIZER, 0, 0, COUNTER}

static void block_some(exhook_call *call, void *user) {
  gate *gate = user;
  exhook_str clientid = exhook_call_clientid(call);
  if (clientid.len >= 6 && memcmp(clientid.data, "blocks", 6) == 0) {
    pthread_mutex_lock(&gate->mutex);
    gate->now++;
    if (gate->now > gate->most) gate->most = gate->now;
    pthread_mutex_unlock(&gate->mutex);
    counter_add(&gate->inside);
    counter_wait(&gate->open, 1);
    pthread_mutex_lock(&gate->mutex);
    gate->now--;
    pthread_mutex_unlock(&gate->mutex);
  }
  exhook_reply_allow(call);
}

static void free_gate(void *user) {
  gate *gate = user;
  counter_add(&gate->freed);
}

static void a_callback_that_blocks_does_not_stop_others(void) {
  gate gate = GATE;
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, block_some, &gate);
  served served = serve_start(server, 3);
  broker_pending *pending = serve_begin(served.broker, "client.authenticate", "blocks");
  counter_wait(&gate.inside, 1);
  for (int index = 0; index < 20; index++) {
    CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "other"), "allow");
  }
  counter_add(&gate.open);
  CHECK_ANSWER(broker_finish(pending), "allow");
  serve_end(&served);
}

static void there_are_as_many_threads_as_the_option_says(void) {
  enum { THREADS = 3, CALLS = 12 };
  gate gate = GATE;
  broker_pending *pending[CALLS];
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_server_set_threads(server, THREADS));
  serve_on(server, AUTHENTICATE, block_some, &gate);
  served served = serve_start(server, 3);
  for (int index = 0; index < CALLS; index++) {
    char clientid[] = "blocks-a";
    clientid[7] = (char)('a' + index);
    pending[index] = serve_begin(served.broker, "client.authenticate", clientid);
  }
  counter_wait(&gate.inside, THREADS);
  counter_add(&gate.open);
  for (int index = 0; index < CALLS; index++) {
    CHECK_ANSWER(broker_finish(pending[index]), "allow");
  }
  serve_end(&served);
  CHECK_NUMBER(gate.most, THREADS);
}

static void one_thread_runs_one_callback_at_a_time(void) {
  gate gate = GATE;
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_server_set_threads(server, 1));
  serve_on(server, AUTHENTICATE, block_some, &gate);
  served served = serve_start(server, 3);
  broker_pending *first = serve_begin(served.broker, "client.authenticate", "blocks-1");
  broker_pending *second = serve_begin(served.broker, "client.authenticate", "blocks-2");
  counter_wait(&gate.inside, 1);
  counter_add(&gate.open);
  CHECK_ANSWER(broker_finish(first), "allow");
  CHECK_ANSWER(broker_finish(second), "allow");
  serve_end(&served);
  CHECK_NUMBER(gate.most, 1);
}

static void allow_on_thread(exhook_call *call, void *user) {
  char name[17] = {0};
  prctl(PR_GET_NAME, name);
  CHECK_CONTAINS(name, user);
  CHECK_OK(exhook_reply_allow(call));
}

static void inline_callbacks_run_on_io_threads_and_others_on_lanes(void) {
  static char io[] = "exhook-io-", lane[] = "exhook-lane-";
  for (int is_inline = 0; is_inline < 2; is_inline++) {
    exhook_server *server = serve_new();
    CHECK_NO_ERROR(exhook_server_set_io_threads(server, 2));
    exhook_options *options = exhook_options_new();
    CHECK_OK(exhook_options_set_inline(options, is_inline));
    serve_on_with(server, AUTHENTICATE, options, allow_on_thread, is_inline ? io : lane);
    served served = serve_start(server, 3);
    for (int index = 0; index < 20; index++) {
      CHECK_ANSWER(serve_call(served.broker, "client.authenticate", NULL), "allow");
    }
    serve_end(&served);
  }
}

static void *stop_server(void *user) {
  CHECK_NO_ERROR(exhook_server_stop(user));
  return NULL;
}

static bool has_stopped_accepting(void *user) { return exhook_server_address(user).len == 0; }

static void stopping_waits_for_a_callback_that_runs(void) {
  gate gate = GATE;
  pthread_t stopper;
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, block_some, &gate);
  served served = serve_start(server, 3);
  broker_pending *pending = serve_begin(served.broker, "client.authenticate", "blocks");
  counter_wait(&gate.inside, 1);
  REQUIRE(pthread_create(&stopper, NULL, stop_server, server) == 0);
  wait_until(has_stopped_accepting, server);
  counter_add(&gate.open);
  CHECK_ANSWER(broker_finish(pending), "allow");
  pthread_join(stopper, NULL);
  serve_end(&served);
}

static void a_callback_that_does_not_return_keeps_its_user_data(void) {
  gate gate = GATE;
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_server_set_drain_timeout_ms(server, 1));
  CHECK_NO_ERROR(exhook_server_on(server, AUTHENTICATE, block_some, &gate, free_gate));
  served served = serve_start(server, 3);
  broker_pending *pending = serve_begin(served.broker, "client.authenticate", "blocks");
  counter_wait(&gate.inside, 1);
  CHECK_OK(exhook_server_free(server));
  CHECK_NUMBER(counter_get(&gate.freed), 0);
  broker_finish(pending);
  counter_add(&gate.open);
  counter_wait(&gate.freed, 1);
  broker_close(served.broker);
}

static void a_deadline_holds_although_the_callback_blocks(void) {
  gate gate = GATE;
  exhook_options *options = exhook_options_new();
  CHECK_OK(exhook_options_set_timeout_ms(options, 20));
  exhook_server *server = serve_new();
  serve_on_with(server, AUTHENTICATE, options, block_some, &gate);
  served served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "blocks"), "deny");
  counter_add(&gate.open);
  serve_end(&served);
}

static void what_is_above_max_inflight_gets_the_fallback_at_once(void) {
  kept kept = KEPT;
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_server_set_max_inflight(server, 2));
  serve_on(server, AUTHENTICATE, keep_call, &kept);
  served served = serve_start(server, 3);
  broker_pending *pending[2];
  for (size_t index = 0; index < 2; index++) {
    pending[index] = serve_begin(served.broker, "client.authenticate", NULL);
    kept_wait(&kept, index + 1);
  }
  broker_answer answer = serve_call(served.broker, "client.authenticate", NULL);
  CHECK_TEXT(answer.text, "deny");
  for (size_t index = 0; index < 2; index++) {
    CHECK_OK(exhook_reply_allow(kept.calls[index]));
    CHECK_OK(exhook_call_free(kept.calls[index]));
    CHECK_ANSWER(broker_finish(pending[index]), "allow");
  }
  serve_end(&served);
}

static void answer(exhook_call *call, void *user) {
  (void)user;
  exhook_reply_allow(call);
}

static volatile sig_atomic_t taken_by_another_thread;

static void note_signal(int signal) {
  (void)signal;
  taken_by_another_thread = 1;
}

static void signals_are_for_the_threads_of_the_program(void) {
  const struct timespec limit = {(time_t)test_ms(10000) / 1000, 0};
  struct sigaction ours = {0}, before;
  sigset_t signals, mask;
  ours.sa_handler = note_signal;
  sigaction(SIGUSR1, &ours, &before);
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, answer, NULL);
  served served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "c1"), "allow");
  /* Only now, so that no thread of the library has it blocked because this one had. */
  sigemptyset(&signals);
  sigaddset(&signals, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &signals, &mask);
  CHECK(kill(getpid(), SIGUSR1) == 0);
  CHECK_NUMBER(sigtimedwait(&signals, NULL, &limit), SIGUSR1);
  CHECK(!taken_by_another_thread);
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
  serve_end(&served);
  sigaction(SIGUSR1, &before, NULL);
}

TEST_MAIN(TEST(a_callback_that_blocks_does_not_stop_others),
          TEST(there_are_as_many_threads_as_the_option_says),
          TEST(one_thread_runs_one_callback_at_a_time),
          TEST(inline_callbacks_run_on_io_threads_and_others_on_lanes),
          TEST(stopping_waits_for_a_callback_that_runs),
          TEST(a_callback_that_does_not_return_keeps_its_user_data),
          TEST(a_deadline_holds_although_the_callback_blocks),
          TEST(what_is_above_max_inflight_gets_the_fallback_at_once),
          TEST(signals_are_for_the_threads_of_the_program))
