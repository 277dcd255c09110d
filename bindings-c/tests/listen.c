/* `exhook_server_listen`, and the signals that end it. */

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "serve.h"
#include "sync.h"
#include "test.h"

#define AUTHENTICATE EXHOOK_HOOK_CLIENT_AUTHENTICATE

/* What this program does when it is run with this as its first argument. */
#define AS_SERVER "--listen"
/* A client whose call goes on while the server drains. */
#define SLOW_CLIENT "slow"

static void tell(const char *line) {
  printf("%s\n", line);
  fflush(stdout);
}

/* Allows; for the slow client, says so and waits for the end of standard input. */
static void answer(exhook_call *call, void *user) {
  (void)user;
  if (exhook_str_eq(exhook_call_clientid(call), EXHOOK_STR(SLOW_CLIENT))) {
    tell("inside");
    while (getchar() != EOF) {
    }
  }
  exhook_reply_allow(call);
}

static void *tell_address(void *user) {
  exhook_server *server = user;
  const struct timespec pause = {0, 1000000};
  while (exhook_server_address(server).len == 0) nanosleep(&pause, NULL);
  exhook_str address = exhook_server_address(server);
  printf(EXHOOK_STR_FORMAT "\n", EXHOOK_STR_ARG(address));
  fflush(stdout);
  return NULL;
}

static bool is_default(int signal) {
  struct sigaction action;
  return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_DFL;
}

/* Listens until a signal comes; the exit code says whether all was as it should be. */
static int listen_in_child(void) {
  pthread_t teller;
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, answer, NULL);
  REQUIRE(pthread_create(&teller, NULL, tell_address, server) == 0);
  CHECK_NO_ERROR(exhook_server_listen(server, EXHOOK_STR("127.0.0.1:0")));
  pthread_join(teller, NULL);
  CHECK(is_default(SIGINT) && is_default(SIGTERM));
  CHECK_STR(exhook_server_address(server), "");
  CHECK_OK(exhook_server_free(server));
  return test_failures() == 0 ? 7 : 1;
}

/* A child that listens. */
typedef struct child {
  pid_t pid;
  FILE *output;
  int input;
  broker *broker;
} child;

static void read_line(child *child, char *line, size_t size) {
  REQUIRE(fgets(line, (int)size, child->output) != NULL);
  line[strcspn(line, "\n")] = 0;
}

static child child_start(void) {
  int output[2], input[2];
  child child;
  char address[256];
  fflush(NULL);
  REQUIRE(pipe(output) == 0 && pipe(input) == 0);
  child.pid = fork();
  REQUIRE(child.pid >= 0);
  if (child.pid == 0) {
    dup2(output[1], STDOUT_FILENO);
    dup2(input[0], STDIN_FILENO);
    for (int end = 0; end < 2; end++) {
      close(output[end]);
      close(input[end]);
    }
    execl(test_program(), test_program(), AS_SERVER, (char *)NULL);
    _exit(127);
  }
  close(output[1]);
  close(input[0]);
  child.input = input[1];
  child.output = fdopen(output[0], "r");
  REQUIRE(child.output != NULL);
  read_line(&child, address, sizeof(address));
  child.broker = broker_connect(address, 3, 2);
  REQUIRE(child.broker != NULL);
  return child;
}

static void check_exit(child *child, int code) {
  int status = 0;
  char rest[1024];
  while (fgets(rest, sizeof(rest), child->output)) printf("the child says: %s", rest);
  fclose(child->output);
  REQUIRE(waitpid(child->pid, &status, 0) == child->pid);
  CHECK(WIFEXITED(status));
  CHECK_NUMBER(WEXITSTATUS(status), code);
  broker_close(child->broker);
}

static void check_ended_by(int signal) {
  child child = child_start();
  CHECK_ANSWER(serve_call(child.broker, "client.authenticate", "one"), "allow");
  CHECK(kill(child.pid, signal) == 0);
  check_exit(&child, 7);
  close(child.input);
}

static void sigterm_ends_listening(void) { check_ended_by(SIGTERM); }

static void sigint_ends_listening(void) { check_ended_by(SIGINT); }

static void listening_ends_when_running_calls_are_answered(void) {
  char line[64];
  child child = child_start();
  broker_pending *pending = serve_begin(child.broker, "client.authenticate", SLOW_CLIENT);
  read_line(&child, line, sizeof(line));
  CHECK_TEXT(line, "inside");
  CHECK(kill(child.pid, SIGTERM) == 0);
  close(child.input);
  CHECK_ANSWER(broker_finish(pending), "allow");
  check_exit(&child, 7);
}

static void a_second_signal_ends_the_process(void) {
  char line[64];
  child child = child_start();
  broker_pending *pending = serve_begin(child.broker, "client.authenticate", SLOW_CLIENT);
  read_line(&child, line, sizeof(line));
  CHECK(kill(child.pid, SIGTERM) == 0);
  CHECK(kill(child.pid, SIGINT) == 0);
  int status = 0;
  REQUIRE(waitpid(child.pid, &status, 0) == child.pid);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 128 + SIGTERM || WEXITSTATUS(status) == 128 + SIGINT);
  CHECK_CONTAINS(broker_finish(pending).text, "lost");
  fclose(child.output);
  close(child.input);
  broker_close(child.broker);
}

/* A thread that listens. */
typedef struct listener {
  exhook_server *server;
  counter ended;
} listener;

static void *listen_in_thread(void *user) {
  listener *listener = user;
  CHECK_NO_ERROR(exhook_server_listen(listener->server, EXHOOK_STR("127.0.0.1:0")));
  counter_add(&listener->ended);
  return NULL;
}

static bool runs(void *user) { return exhook_server_address(user).len > 0; }

static volatile sig_atomic_t handled;

static void handle(int signal) { handled = signal; }

static void listening_ends_when_another_thread_stops_the_server(void) {
  for (int round = 0; round < 3; round++) {
    listener listener = {serve_new(), COUNTER};
    pthread_t thread;
    REQUIRE(is_default(SIGINT) && is_default(SIGTERM));
    REQUIRE(pthread_create(&thread, NULL, listen_in_thread, &listener) == 0);
    wait_until(runs, listener.server);
    CHECK(!is_default(SIGINT) && !is_default(SIGTERM));
    CHECK_NO_ERROR(exhook_server_stop(listener.server));
    pthread_join(thread, NULL);
    CHECK_NUMBER(counter_get(&listener.ended), 1);
    CHECK(is_default(SIGINT) && is_default(SIGTERM));
    CHECK_OK(exhook_server_free(listener.server));
  }
}

static void signals_that_the_program_handles_or_ignores_are_left_alone(void) {
  struct sigaction ours, ignored, before;
  memset(&ours, 0, sizeof(ours));
  memset(&ignored, 0, sizeof(ignored));
  ours.sa_handler = handle;
  ignored.sa_handler = SIG_IGN;
  REQUIRE(sigaction(SIGTERM, &ours, NULL) == 0 && sigaction(SIGINT, &ignored, NULL) == 0);
  listener listener = {serve_new(), COUNTER};
  pthread_t thread;
  REQUIRE(pthread_create(&thread, NULL, listen_in_thread, &listener) == 0);
  wait_until(runs, listener.server);
  CHECK(raise(SIGTERM) == 0 && raise(SIGINT) == 0);
  CHECK_NUMBER(handled, SIGTERM);
  CHECK_NUMBER(counter_get(&listener.ended), 0);
  CHECK_NO_ERROR(exhook_server_stop(listener.server));
  pthread_join(thread, NULL);
  CHECK(sigaction(SIGTERM, NULL, &before) == 0 && before.sa_handler == handle);
  CHECK(sigaction(SIGINT, NULL, &before) == 0 && before.sa_handler == SIG_IGN);
  CHECK_OK(exhook_server_free(listener.server));
  signal(SIGTERM, SIG_DFL);
  signal(SIGINT, SIG_DFL);
}

static void two_servers_listen_and_each_is_stopped_alone(void) {
  listener first = {serve_new(), COUNTER}, second = {serve_new(), COUNTER};
  pthread_t threads[2];
  REQUIRE(pthread_create(&threads[0], NULL, listen_in_thread, &first) == 0);
  REQUIRE(pthread_create(&threads[1], NULL, listen_in_thread, &second) == 0);
  wait_until(runs, first.server);
  wait_until(runs, second.server);
  CHECK_NO_ERROR(exhook_server_stop(first.server));
  pthread_join(threads[0], NULL);
  CHECK_NUMBER(counter_get(&second.ended), 0);
  CHECK(!is_default(SIGTERM));
  CHECK_NO_ERROR(exhook_server_stop(second.server));
  pthread_join(threads[1], NULL);
  CHECK(is_default(SIGTERM));
  CHECK_OK(exhook_server_free(first.server));
  CHECK_OK(exhook_server_free(second.server));
}

static void signals_are_given_back_where_listening_fails(void) {
  exhook_server *server = serve_new();
  CHECK_ERROR(exhook_server_listen(server, EXHOOK_STR("nowhere")), EXHOOK_ERR_INVALID_ADDRESS, "");
  CHECK(is_default(SIGINT) && is_default(SIGTERM));
  CHECK_OK(exhook_server_free(server));
}

int main(int argc, char **argv) {
  static const test tests[] = {
      TEST(sigterm_ends_listening),
      TEST(sigint_ends_listening),
      TEST(listening_ends_when_running_calls_are_answered),
      TEST(a_second_signal_ends_the_process),
      TEST(listening_ends_when_another_thread_stops_the_server),
      TEST(signals_that_the_program_handles_or_ignores_are_left_alone),
      TEST(two_servers_listen_and_each_is_stopped_alone),
      TEST(signals_are_given_back_where_listening_fails),
  };
  if (argc > 1 && strcmp(argv[1], AS_SERVER) == 0) return listen_in_child();
  return test_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
