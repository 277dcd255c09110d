/* Faults that end a process or take what it needs: each test serves in a forked child. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "serve.h"
#include "sync.h"
#include "test.h"

#define AUTHENTICATE EXHOOK_HOOK_CLIENT_AUTHENTICATE

/* How long brokers wait by default. */
#define BROKER_MS 5000

/* A process that serves, until its input ends. */
typedef struct child {
  pid_t pid;
  int input;
  int output;
  FILE *log;
  char address[128];
} child;

static void limit(int resource, rlim_t most) {
  struct rlimit now;
  REQUIRE(getrlimit(resource, &now) == 0);
  now.rlim_cur = most;
  REQUIRE(setrlimit(resource, &now) == 0);
}

/* Writes what is counted for the first hook. */
static void tell_metrics(const exhook_server *server, int output) {
  char text[64] = {0};
  exhook_metrics *metrics = exhook_server_metrics(server);
  snprintf(text, sizeof(text), "%u calls, %u allowed, %u connections",
           (unsigned)exhook_metrics_calls_at(metrics, 0),
           (unsigned)exhook_metrics_verdicts_at(metrics, 0, EXHOOK_STR("allow")),
           (unsigned)exhook_metrics_connections(metrics));
  exhook_metrics_free(metrics);
  REQUIRE(write(output, text, sizeof(text)) == (ssize_t)sizeof(text));
}

static void serve(exhook_callback callback, rlim_t files, int input, int output) {
  char command, address[128] = {0};
  limit(RLIMIT_CORE, 0);
  if (files > 0) limit(RLIMIT_NOFILE, files);
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, callback, NULL);
  REQUIRE(CHECK_NO_ERROR(exhook_server_start(server, EXHOOK_STR("127.0.0.1:0"))));
  exhook_str view = exhook_server_address(server);
  snprintf(address, sizeof(address), EXHOOK_STR_FORMAT, EXHOOK_STR_ARG(view));
  REQUIRE(write(output, address, sizeof(address)) == (ssize_t)sizeof(address));
  while (read(input, &command, 1) == 1) tell_metrics(server, output);
}

static child child_start(exhook_callback callback, rlim_t files) {
  child child = {0};
  int input[2], output[2];
  child.log = tmpfile();
  REQUIRE(child.log != NULL && pipe(input) == 0 && pipe(output) == 0);
  fflush(NULL);
  child.pid = fork();
  REQUIRE(child.pid >= 0);
  if (child.pid == 0) {
    close(input[1]);
    close(output[0]);
    dup2(fileno(child.log), STDERR_FILENO);
    serve(callback, files, input[0], output[1]);
    fflush(NULL);
    /* Without the end that tools watch: threads of the parent are not there to free anything. */
    raise(SIGKILL);
  }
  close(input[0]);
  close(output[1]);
  child.input = input[1];
  child.output = output[0];
  REQUIRE(read(child.output, child.address, sizeof(child.address)) ==
          (ssize_t)sizeof(child.address));
  return child;
}

static broker *connect_to(const child *child) {
  broker *broker = broker_connect(child->address, 3, 1);
  REQUIRE(broker != NULL);
  return broker;
}

static broker_answer call(const broker *broker) {
  broker_request request = {0};
  request.hook = "client.authenticate";
  request.clientid = "one";
  request.timeout_ms = (uint32_t)test_ms(BROKER_MS);
  return broker_call(broker, &request);
}

/* Ends a child, and returns the signal that has ended it. */
static int child_end(child *child) {
  int status = 0;
  close(child->input);
  REQUIRE(waitpid(child->pid, &status, 0) == child->pid);
  close(child->output);
  fclose(child->log);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* What is read from a log that is waited for. */
typedef struct wanted {
  const child *child;
  const char *part;
} wanted;

static bool is_logged(void *user) {
  const wanted *wanted = user;
  char text[8192] = {0};
  ssize_t read = pread(fileno(wanted->child->log), text, sizeof(text) - 1, 0);
  return read > 0 && strstr(text, wanted->part) != NULL;
}

static void check_ends(exhook_callback callback, const char *last_words) {
  child child = child_start(callback, 0);
  broker *broker = connect_to(&child);
  broker_answer answer = call(broker);
  CHECK_CONTAINS(answer.text, "lost");
  CHECK(answer.elapsed_ms < test_ms(BROKER_MS));
  wanted wanted = {&child, last_words};
  if (last_words) CHECK(wait_until(is_logged, &wanted));
  CHECK_NUMBER(child_end(&child), SIGABRT);
  broker_close(broker);
}

static void abort_in_callback(exhook_call *call, void *user) {
  (void)call;
  (void)user;
  abort();
}

static void a_program_that_aborts_is_gone_for_brokers_at_once(void) {
  check_ends(abort_in_callback, NULL);
}

static void exit_in_callback(exhook_call *call, void *user) {
  (void)call;
  (void)user;
  pthread_exit(NULL);
}

static void a_callback_that_ends_its_thread_ends_the_program(void) {
  check_ends(exit_in_callback, NULL);
}

static void allow(exhook_call *call, void *user) {
  (void)user;
  exhook_reply_allow(call);
}

static int connect_idly(const child *child) {
  struct sockaddr_in address = {0};
  unsigned port = 0;
  REQUIRE(sscanf(child->address, "127.0.0.1:%u", &port) == 1);
  address.sin_family = AF_INET;
  address.sin_port = htons((uint16_t)port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  REQUIRE(descriptor >= 0);
  REQUIRE(connect(descriptor, (struct sockaddr *)&address, sizeof(address)) == 0);
  return descriptor;
}

static void without_file_descriptors_connections_wait_and_calls_go_on(void) {
  enum { FILES = 48, IDLE = 60 };
  int idle[IDLE];
  char counted[64] = {0};
  child child = child_start(allow, FILES);
  broker *first = connect_to(&child);
  CHECK_ANSWER(call(first), "allow");
  for (int index = 0; index < IDLE; index++) idle[index] = connect_idly(&child);
  wanted wanted = {&child, "connections cannot be accepted; check the limit of open files"};
  CHECK(wait_until(is_logged, &wanted));
  CHECK_ANSWER(call(first), "allow");
  for (int index = 0; index < IDLE; index++) close(idle[index]);
  broker *second = connect_to(&child);
  CHECK_ANSWER(call(second), "allow");
  REQUIRE(write(child.input, "m", 1) == 1);
  REQUIRE(read(child.output, counted, sizeof(counted)) == (ssize_t)sizeof(counted));
  CHECK_CONTAINS(counted, "3 calls, 3 allowed");
  broker_close(first);
  broker_close(second);
  CHECK_NUMBER(child_end(&child), SIGKILL);
}

TEST_MAIN(TEST(a_program_that_aborts_is_gone_for_brokers_at_once),
          TEST(a_callback_that_ends_its_thread_ends_the_program),
          TEST(without_file_descriptors_connections_wait_and_calls_go_on))
