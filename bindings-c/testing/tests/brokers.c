/* Simulated brokers: their options, their servers, and what happens to them. */

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit.h"
#include "sync.h"

#define AUTHENTICATE EXHOOK_HOOK_CLIENT_AUTHENTICATE
#define LOADED EXHOOK_HOOK_PROVIDER_LOADED
#define NOBODY EXHOOK_STR("")

static void allow(exhook_call *call, void *user) {
  (void)user;
  exhook_reply_allow(call);
}

static void deny(exhook_call *call, void *user) {
  (void)user;
  exhook_reply_deny(call);
}

static void ignore(exhook_call *call, void *user) {
  (void)user;
  exhook_reply_ignore(call);
}

static void count_call(exhook_call *call, void *user) {
  (void)call;
  counter_add(user);
}

/* Connects a client, frees it, and tells whether it was accepted. */
static bool accepts(const kit *kit, const char *clientid) {
  exhook_test_client *client = kit_client(kit, clientid);
  bool accepted = exhook_test_outcome_accepted(exhook_test_client_connect(client));
  exhook_test_client_free(client);
  return accepted;
}

static bool status_has(const exhook_test_broker *broker, const char *part) {
  char text[1024];
  exhook_str status = exhook_test_broker_status(broker);
  snprintf(text, sizeof(text), EXHOOK_STR_FORMAT, EXHOOK_STR_ARG(status));
  return CHECK_CONTAINS(text, part);
}

static void a_broker_without_a_program_lets_everybody_in(void) {
  kit kit = {NULL, kit_broker(NULL)};
  CHECK_DONE(exhook_test_broker_start(kit.broker));
  CHECK(accepts(&kit, "c1"));
  CHECK_NUMBER(exhook_test_broker_calls_count(kit.broker), 0);
  exhook_test_broker_free(kit.broker);
}

static void a_program_that_is_not_there_is_named(void) {
  kit kit = {NULL, kit_broker(NULL)};
  CHECK_REFUSED(exhook_test_broker_connect(kit.broker, EXHOOK_STR("unix:/no/such/socket")),
                EXHOOK_ERR_IO, "cannot load the server default");
  CHECK(!exhook_test_broker_wait_until_loaded(kit.broker, 1));
  status_has(kit.broker, "default connecting: ");
  /* As with the real one, nobody is asked until it is loaded. */
  CHECK(accepts(&kit, "c1"));
  exhook_test_broker_free(kit.broker);
}

static void mistakes_are_told_in_words_by_the_start(void) {
  static const char *const wrong[][3] = {
      {"failed_action", "denny", "expected `deny` or `ignore`"},
      {"versoin", "5.8", "did you mean version"},
      {"version", "4.2", "4.3 or newer"},
      {"nodes", "two", "a whole number"},
      {"nodes", "0", "at least 1"},
      {"pace", "fast", "a number"},
      {"authorization_cache", "on", "true or false"},
      {"pool_size", "0", "at least 1"},
  };
  for (size_t index = 0; index < sizeof(wrong) / sizeof(*wrong); index++) {
    const char *const *mistake = wrong[index];
    exhook_test_broker *broker = exhook_test_broker_new();
    exhook_test_broker_set(broker, exhook_str_of(mistake[0]), exhook_str_of(mistake[1]));
    exhook_test_broker_add_server(broker, EXHOOK_STR("hooks"), EXHOOK_STR("127.0.0.1:1"));
    CHECK_REFUSED(exhook_test_broker_start(broker), EXHOOK_ERR_INVALID_OPTION, mistake[2]);
    exhook_test_broker_free(broker);
  }
  exhook_test_broker *broker = exhook_test_broker_new();
  CHECK_CODE(exhook_test_broker_add_server(broker, EXHOOK_STR("hooks"), EXHOOK_STR("ftp://x:1")),
             EXHOOK_ERR_INVALID_ADDRESS);
  CHECK_REFUSED(exhook_test_broker_start(broker), EXHOOK_ERR_INVALID_ADDRESS, "ftp://x:1");
  exhook_test_broker_free(broker);
}

static void options_belong_before_the_start_and_actions_after_it(void) {
  exhook_test_broker *broker = exhook_test_broker_new();
  exhook_test_client *client = exhook_test_client_new(broker, EXHOOK_STR("c1"));
  CHECK_REFUSED(exhook_test_broker_restart(broker, true), EXHOOK_ERR_WRONG_STATE,
                "exhook_test_broker_connect");
  CHECK(exhook_test_client_connect(client) == NULL);
  CHECK(!exhook_test_client_is_connected(client));
  CHECK_DONE(exhook_test_broker_start(broker));
  CHECK(exhook_test_outcome_accepted(exhook_test_client_connect(client)));
  CHECK_CODE(exhook_test_broker_set_nodes(broker, 2), EXHOOK_ERR_WRONG_STATE);
  CHECK_CODE(exhook_test_broker_add_server(broker, EXHOOK_STR("late"), EXHOOK_STR("127.0.0.1:1")),
             EXHOOK_ERR_WRONG_STATE);
  CHECK_REFUSED(exhook_test_broker_connect(broker, EXHOOK_STR("127.0.0.1:1")),
                EXHOOK_ERR_WRONG_STATE, "while the broker runs");
  exhook_test_broker_free(broker);
  CHECK(exhook_test_client_disconnect(client) == NULL);
  exhook_test_client_free(client);
}

static void see_version(exhook_call *call, void *user) {
  char text[64];
  exhook_str version = exhook_call_broker_version(call);
  snprintf(text, sizeof(text), "%u " EXHOOK_STR_FORMAT, (unsigned)exhook_call_package(call),
           EXHOOK_STR_ARG(version));
  CHECK_TEXT(text, user);
}

static void the_program_sees_the_version_of_emqx(void) {
  static char *const versions[][2] = {
      {"4.4", "1 4.4.19"}, {"5.8", "2 5.8.9"}, {"5.9.1", "3 5.9.1"}, {"6.3", "3 6.3.0"}};
  for (size_t index = 0; index < sizeof(versions) / sizeof(*versions); index++) {
    kit kit = kit_start(kit_server(LOADED, see_version, versions[index][1]), versions[index][0]);
    CHECK_NUMBER(exhook_test_broker_called(kit.broker, LOADED, NOBODY), 1);
    kit_end(&kit);
  }
}

static void several_servers_are_asked_one_after_the_other(void) {
  exhook_server *servers[] = {kit_server(AUTHENTICATE, ignore, NULL),
                              kit_server(AUTHENTICATE, deny, NULL)};
  const char *const names[] = {"first", "second"};
  kit kit = {NULL, kit_broker(NULL)};
  for (size_t index = 0; index < 2; index++) {
    CHECK_NO_ERROR(exhook_server_start(servers[index], EXHOOK_STR("127.0.0.1:0")));
    CHECK_OK(exhook_test_broker_add_server(kit.broker, exhook_str_of(names[index]),
                                           exhook_server_address(servers[index])));
  }
  CHECK_DONE(exhook_test_broker_start(kit.broker));
  CHECK(exhook_test_broker_wait_until_loaded(kit.broker, test_ms(20000)));
  CHECK(!accepts(&kit, "c1"));
  CHECK_NUMBER(exhook_test_broker_called(kit.broker, AUTHENTICATE, EXHOOK_STR("c1")), 2);
  for (size_t index = 0; index < 2; index++) {
    const exhook_test_call *call =
        exhook_test_broker_call(kit.broker, AUTHENTICATE, EXHOOK_STR("c1"), index);
    CHECK_STR(exhook_test_call_server(call), names[index]);
    CHECK_STR(exhook_test_call_verdict(call), index == 0 ? "ignore" : "deny");
  }
  CHECK(exhook_test_broker_call(kit.broker, AUTHENTICATE, NOBODY, 2) == NULL);
  CHECK_DONE(exhook_test_broker_disable(kit.broker, EXHOOK_STR("second")));
  status_has(kit.broker, "second disabled");
  CHECK(accepts(&kit, "c2"));
  CHECK_DONE(exhook_test_broker_enable(kit.broker, EXHOOK_STR("second")));
  CHECK(!accepts(&kit, "c3"));
  CHECK_REFUSED(exhook_test_broker_enable(kit.broker, EXHOOK_STR("secnd")),
                EXHOOK_ERR_INVALID_OPTION, "did you mean second");
  exhook_test_broker_free(kit.broker);
  for (size_t index = 0; index < 2; index++) CHECK_OK(exhook_server_free(servers[index]));
}

static void every_node_loads_the_program(void) {
  exhook_server *server = kit_server(AUTHENTICATE, allow, NULL);
  exhook_test_broker *broker = kit_broker("5.8");
  CHECK_OK(exhook_test_broker_set_nodes(broker, 2));
  CHECK_NO_ERROR(exhook_server_start(server, EXHOOK_STR("127.0.0.1:0")));
  CHECK_DONE(exhook_test_broker_connect(broker, exhook_server_address(server)));
  CHECK_NUMBER(exhook_test_broker_calls_count(broker), 2);
  const exhook_test_call *first = exhook_test_broker_calls_at(broker, 0);
  const exhook_test_call *second = exhook_test_broker_calls_at(broker, 1);
  CHECK_NUMBER(exhook_test_call_hook(first), LOADED);
  CHECK_STR(exhook_test_call_verdict(second), "loaded");
  CHECK(!exhook_str_eq(exhook_test_call_node(first), exhook_test_call_node(second)));
  CHECK(exhook_test_broker_calls_at(broker, 2) == NULL);
  status_has(broker, "default connected: client.authenticate\n");
  exhook_test_broker_forget_calls(broker);
  CHECK_NUMBER(exhook_test_broker_calls_count(broker), 0);
  CHECK_STR(exhook_test_call_verdict(second), "loaded");
  exhook_test_broker_free(broker);
  CHECK_OK(exhook_server_free(server));
}

static void wait_for_end(exhook_call *call, void *user) {
  /* What the broker announces is less than what the server would wait by itself. */
  CHECK(counter_get(user) > 0 || exhook_call_remaining_ms(call) <= (int64_t)test_ms(500));
  counter_wait(user, 1);
  exhook_reply_allow(call);
}

static void a_slow_callback_is_not_waited_for_longer_than_the_broker_announces(void) {
  counter end = COUNTER;
  kit kit = kit_start(kit_server(AUTHENTICATE, wait_for_end, &end), NULL);
  CHECK_OK(exhook_test_broker_set_request_timeout_ms(kit.broker, test_ms(500)));
  CHECK(!accepts(&kit, "c1"));
  const exhook_test_call *call = exhook_test_broker_call(kit.broker, AUTHENTICATE, NOBODY, 0);
  CHECK(exhook_test_call_elapsed_ms(call) < (double)test_ms(30000));
  counter_add(&end);
  CHECK_OK(exhook_test_broker_set_request_timeout_ms(kit.broker, 0));
  CHECK(accepts(&kit, "c2"));
  kit_end(&kit);
}

static void what_fails_is_decided_by_failed_action(void) {
  for (int is_ignored = 0; is_ignored <= 1; is_ignored++) {
    exhook_server *server = kit_server(AUTHENTICATE, allow, NULL);
    kit kit = {server, kit_broker(NULL)};
    CHECK_OK(exhook_test_broker_set(kit.broker, EXHOOK_STR("failed_action"),
                                    is_ignored ? EXHOOK_STR("ignore") : EXHOOK_STR("deny")));
    CHECK_NO_ERROR(exhook_server_start(server, EXHOOK_STR("127.0.0.1:0")));
    CHECK_DONE(exhook_test_broker_connect(kit.broker, exhook_server_address(server)));
    CHECK_OK(exhook_test_broker_set_request_timeout_ms(kit.broker, 10));
    CHECK_DONE(exhook_test_broker_delay_calls(kit.broker, 20));
    CHECK_NUMBER(accepts(&kit, "c1"), is_ignored);
    const exhook_test_call *call = exhook_test_broker_call(kit.broker, AUTHENTICATE, NOBODY, 0);
    CHECK_STR(exhook_test_call_verdict(call), "");
    CHECK(exhook_test_call_reason(call).len > 0);
    kit_end(&kit);
  }
}

static void a_restarted_broker_loads_the_program_again(void) {
  counter unloads = COUNTER;
  kit kit = kit_start(kit_server(EXHOOK_HOOK_PROVIDER_UNLOADED, count_call, &unloads), NULL);
  CHECK_DONE(exhook_test_broker_restart(kit.broker, false));
  CHECK_NUMBER(exhook_test_broker_called(kit.broker, LOADED, NOBODY), 2);
  CHECK_NUMBER(counter_get(&unloads), 0);
  CHECK_DONE(exhook_test_broker_restart(kit.broker, true));
  CHECK_NUMBER(exhook_test_broker_called(kit.broker, LOADED, NOBODY), 3);
  counter_wait(&unloads, 1);
  CHECK_DONE(exhook_test_broker_stop(kit.broker));
  counter_wait(&unloads, 2);
  status_has(kit.broker, "default disabled");
  CHECK_DONE(exhook_test_broker_start(kit.broker));
  CHECK(exhook_test_broker_wait_until_loaded(kit.broker, test_ms(20000)));
  kit_end(&kit);
}

static void a_broker_of_5_8_connects_again_at_the_next_call(void) {
  kit kit = kit_start(kit_server(AUTHENTICATE, deny, NULL), "5.8.9");
  CHECK_DONE(exhook_test_broker_cut_connections(kit.broker));
  CHECK(!accepts(&kit, "c1"));
  CHECK_STR(exhook_test_call_verdict(exhook_test_broker_call(kit.broker, AUTHENTICATE, NOBODY, 0)),
            "deny");
  kit_end(&kit);
}

static void *connect_client(void *user) {
  exhook_test_client **client = user;
  CHECK(exhook_test_outcome_accepted(exhook_test_client_connect(*client)));
  return NULL;
}

static void clients_may_act_on_any_thread(void) {
  exhook_test_client *clients[8];
  char name[8];
  kit kit = kit_start(kit_server(AUTHENTICATE, allow, NULL), NULL);
  for (size_t index = 0; index < 8; index++) {
    snprintf(name, sizeof(name), "c%u", (unsigned)index);
    clients[index] = kit_client(&kit, name);
  }
  run_threads(8, connect_client, clients, sizeof(*clients));
  CHECK(exhook_test_broker_wait_until_called(kit.broker, AUTHENTICATE, NOBODY, 8, test_ms(20000)));
  CHECK(!exhook_test_broker_wait_until_called(kit.broker, AUTHENTICATE, EXHOOK_STR("c9"), 1, 1));
  for (size_t index = 0; index < 8; index++) exhook_test_client_free(clients[index]);
  kit_end(&kit);
}

static void ask_broker(exhook_call *call, void *user) {
  exhook_test_broker **broker = user;
  /* The call that is under way is not among those that have ended. */
  CHECK_NUMBER(exhook_test_broker_called(*broker, AUTHENTICATE, NOBODY), 0);
  exhook_reply_allow(call);
}

static void a_callback_may_use_the_broker(void) {
  static exhook_test_broker *broker;
  kit kit = kit_start(kit_server(AUTHENTICATE, ask_broker, &broker), NULL);
  broker = kit.broker;
  CHECK(accepts(&kit, "c1"));
  kit_end(&kit);
}

static void a_forked_child_is_refused(void) {
  int ends[2];
  char verdict = 0;
  kit kit = kit_start(kit_server(AUTHENTICATE, allow, NULL), NULL);
  exhook_test_client *client = kit_connected(&kit, "c1");
  fflush(NULL);
  REQUIRE(pipe(ends) == 0);
  pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    size_t before = test_failures();
    CHECK_REFUSED(exhook_test_broker_restart(kit.broker, false), EXHOOK_ERR_FORKED, "forked");
    CHECK_CODE(exhook_test_broker_set_nodes(kit.broker, 2), EXHOOK_ERR_FORKED);
    CHECK(exhook_test_client_disconnect(client) == NULL);
    exhook_test_client_free(client);
    exhook_test_broker_free(kit.broker);
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
  CHECK(exhook_test_client_is_connected(client));
  exhook_test_client_free(client);
  kit_end(&kit);
}

TEST_MAIN(TEST(a_broker_without_a_program_lets_everybody_in),
          TEST(a_program_that_is_not_there_is_named), TEST(mistakes_are_told_in_words_by_the_start),
          TEST(options_belong_before_the_start_and_actions_after_it),
          TEST(the_program_sees_the_version_of_emqx),
          TEST(several_servers_are_asked_one_after_the_other), TEST(every_node_loads_the_program),
          TEST(a_slow_callback_is_not_waited_for_longer_than_the_broker_announces),
          TEST(what_fails_is_decided_by_failed_action),
          TEST(a_restarted_broker_loads_the_program_again),
          TEST(a_broker_of_5_8_connects_again_at_the_next_call),
          TEST(clients_may_act_on_any_thread), TEST(a_callback_may_use_the_broker),
          TEST(a_forked_child_is_refused))
