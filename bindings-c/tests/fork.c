/* What a forked child may do with what its parent has. */

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kept.h"
#include "serve.h"
#include "sync.h"
#include "test.h"

#define AUTHENTICATE EXHOOK_HOOK_CLIENT_AUTHENTICATE

/* Runs something in a forked child; its failed checks become one here. */
static void in_child(void (*run)(void *user), void *user) {
  int ends[2];
  char verdict = 0;
  fflush(NULL);
  REQUIRE(pipe(ends) == 0);
  pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    size_t before = test_failures();
    run(user);
    verdict = test_failures() == before ? 'y' : 'n';
    fflush(NULL);
    if (write(ends[1], &verdict, 1) != 1) _exit(1);
    /* Without the end that tools watch: of threads that are not there nothing can be freed. */
    raise(SIGKILL);
  }
  close(ends[1]);
  struct pollfd answered = {ends[0], POLLIN, 0};
  if (CHECK_NUMBER(poll(&answered, 1, (int)test_ms(20000)), 1)) {
    CHECK(read(ends[0], &verdict, 1) == 1);
    CHECK(verdict == 'y');
  } else {
    kill(child, SIGKILL);
  }
  close(ends[0]);
  waitpid(child, NULL, 0);
}

static void allow(exhook_call *call, void *user) {
  (void)user;
  CHECK_OK(exhook_reply_allow(call));
}

static void use_server_of_parent(void *user) {
  exhook_server *server = user;
  CHECK_ERROR(exhook_server_stop(server), EXHOOK_ERR_FORKED, "forked");
  CHECK_ERROR(exhook_server_wait(server), EXHOOK_ERR_FORKED, "forked");
  CHECK_CODE(exhook_server_free(server), EXHOOK_ERR_FORKED);
  CHECK_ERROR(exhook_server_start(server, EXHOOK_STR("127.0.0.1:0")), EXHOOK_ERR_FORKED, "forked");
  CHECK_ERROR(exhook_server_on(server, AUTHENTICATE, allow, NULL, NULL), EXHOOK_ERR_FORKED,
              "forked");
  exhook_metrics *metrics = exhook_server_metrics(server);
  CHECK(metrics != NULL);
  exhook_metrics_free(metrics);
}

static void a_forked_child_cannot_stop_or_free_the_server_of_its_parent(void) {
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, allow, NULL);
  served served = serve_start(server, 3);
  in_child(use_server_of_parent, server);
  CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "one"), "allow");
  serve_end(&served);
}

static void serve_in_child(void *user) {
  (void)user;
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, allow, NULL);
  served served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "one"), "allow");
  serve_end(&served);
}

static void a_forked_child_can_have_a_server_of_its_own(void) {
  served served = serve_start(serve_new(), 3);
  in_child(serve_in_child, NULL);
  CHECK_ANSWER(serve_call(served.broker, "client.connect", "one"), "done");
  serve_end(&served);
}

static void start_server_of_parent(void *user) {
  exhook_server *server = user;
  served served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "one"), "allow");
  serve_end(&served);
}

static void a_server_that_has_not_run_can_be_started_in_a_forked_child(void) {
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, allow, NULL);
  in_child(start_server_of_parent, server);
  served served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "one"), "allow");
  serve_end(&served);
}

static void a_server_that_was_stopped_can_be_started_in_a_forked_child(void) {
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, allow, NULL);
  served served = serve_start(server, 3);
  broker_close(served.broker);
  CHECK_NO_ERROR(exhook_server_stop(server));
  in_child(start_server_of_parent, server);
  CHECK_OK(exhook_server_free(server));
}

static void answer_call_of_parent(void *user) {
  exhook_call *call = user;
  CHECK_STR(exhook_call_clientid(call), "one");
  /* It is a copy, whose answer reaches nobody. */
  exhook_reply_deny(call);
  CHECK_OK(exhook_call_free(call));
}

static void what_a_forked_child_answers_does_not_reach_the_broker(void) {
  kept kept = KEPT;
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, keep_call, &kept);
  served served = serve_start(server, 3);
  broker_pending *pending = serve_begin(served.broker, "client.authenticate", "one");
  exhook_call *call = kept_wait(&kept, 1);
  in_child(answer_call_of_parent, call);
  CHECK_OK(exhook_reply_allow(call));
  CHECK_OK(exhook_call_free(call));
  CHECK_ANSWER(broker_finish(pending), "allow");
  serve_end(&served);
}

TEST_MAIN(TEST(a_forked_child_cannot_stop_or_free_the_server_of_its_parent),
          TEST(a_forked_child_can_have_a_server_of_its_own),
          TEST(a_server_that_has_not_run_can_be_started_in_a_forked_child),
          TEST(a_server_that_was_stopped_can_be_started_in_a_forked_child),
          TEST(what_a_forked_child_answers_does_not_reach_the_broker))
