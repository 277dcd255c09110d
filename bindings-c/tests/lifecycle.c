/* Starting, stopping, waiting, and the options of a server. */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve.h"
#include "sync.h"
#include "test.h"

static void allow(exhook_call *call, void *user) {
  (void)user;
  CHECK_OK(exhook_reply_allow(call));
}

static void port_0_is_a_free_port_that_the_address_tells(void) {
  exhook_server *server = serve_new();
  CHECK_STR(exhook_server_address(server), "");
  CHECK_NO_ERROR(exhook_server_start(server, EXHOOK_STR("127.0.0.1:0")));
  exhook_str address = exhook_server_address(server);
  CHECK(address.len > strlen("127.0.0.1:") && memcmp(address.data, "127.0.0.1:", 10) == 0);
  CHECK(address.data[10] != '0');
  CHECK_NO_ERROR(exhook_server_stop(server));
  CHECK_STR(exhook_server_address(server), "");
  CHECK_OK(exhook_server_free(server));
}

static void stopping_twice_and_before_a_start_is_fine(void) {
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_server_stop(server));
  CHECK_NO_ERROR(exhook_server_start(server, EXHOOK_STR("127.0.0.1:0")));
  CHECK_NO_ERROR(exhook_server_stop(server));
  CHECK_NO_ERROR(exhook_server_stop(server));
  CHECK_OK(exhook_server_free(server));
}

static void a_server_starts_again_after_a_stop(void) {
  exhook_server *server = serve_new();
  serve_on(server, EXHOOK_HOOK_CLIENT_AUTHENTICATE, allow, NULL);
  for (int round = 0; round < 3; round++) {
    served served = serve_start(server, 3);
    CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "one"), "allow");
    broker_close(served.broker);
    CHECK_NO_ERROR(exhook_server_stop(server));
  }
  CHECK_OK(exhook_server_free(server));
}

static void a_second_start_is_refused_while_the_server_runs(void) {
  served served = serve_start(serve_new(), 3);
  CHECK_ERROR(exhook_server_start(served.server, EXHOOK_STR("127.0.0.1:0")), EXHOOK_ERR_WRONG_STATE,
              "running");
  CHECK_ERROR(exhook_server_listen(served.server, EXHOOK_STR("127.0.0.1:0")),
              EXHOOK_ERR_WRONG_STATE, "running");
  CHECK_ANSWER(serve_call(served.broker, "client.connect", "one"), "done");
  serve_end(&served);
}

static void a_port_in_use_is_named_and_another_start_works(void) {
  served first = serve_start(serve_new(), 3);
  exhook_server *second = serve_new();
  serve_on(second, EXHOOK_HOOK_CLIENT_AUTHENTICATE, allow, NULL);
  char address[64];
  exhook_str view = exhook_server_address(first.server);
  snprintf(address, sizeof(address), EXHOOK_STR_FORMAT, EXHOOK_STR_ARG(view));
  CHECK_ERROR(exhook_server_start(second, exhook_str_of(address)), EXHOOK_ERR_ADDRESS_IN_USE,
              address);
  CHECK_STR(exhook_server_address(second), "");
  served served = serve_start(second, 3);
  CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "one"), "allow");
  serve_end(&served);
  serve_end(&first);
}

static void bad_addresses_are_refused(void) {
  static const char *const addresses[] = {"",           "nowhere",        "127.0.0.1",
                                          "127.0.0.1:", "127.0.0.1:x",    "127.0.0.1:65536",
                                          "unix:",      "http://[::1]:0x"};
  exhook_server *server = serve_new();
  for (size_t index = 0; index < sizeof(addresses) / sizeof(*addresses); index++) {
    CHECK_ERROR(exhook_server_start(server, exhook_str_of(addresses[index])),
                EXHOOK_ERR_INVALID_ADDRESS, addresses[index]);
  }
  CHECK_ERROR(exhook_server_start(server, EXHOOK_STR("\xff\xfe:0")), EXHOOK_ERR_NOT_UTF8,
              "address");
  exhook_str nowhere = {NULL, 4};
  CHECK_ERROR(exhook_server_start(server, nowhere), EXHOOK_ERR_NULL, "address");
  CHECK_OK(exhook_server_free(server));
}

static void a_unix_socket_is_served_and_removed(void) {
  char folder[] = "/tmp/exhook-test-XXXXXX";
  char address[64];
  struct stat status;
  REQUIRE(mkdtemp(folder) != NULL);
  snprintf(address, sizeof(address), "unix:%s/socket", folder);
  const char *path = address + strlen("unix:");
  exhook_server *server = serve_new();
  serve_on(server, EXHOOK_HOOK_CLIENT_AUTHENTICATE, allow, NULL);
  CHECK_NO_ERROR(exhook_server_start(server, exhook_str_of(address)));
  CHECK_STR(exhook_server_address(server), address);
  broker *broker = broker_connect(address, 2, 1);
  REQUIRE(broker != NULL);
  CHECK_ANSWER(serve_call(broker, "client.authenticate", "one"), "allow");
  broker_close(broker);
  CHECK_NO_ERROR(exhook_server_stop(server));
  CHECK(stat(path, &status) != 0);
  CHECK_OK(exhook_server_free(server));
  CHECK(rmdir(folder) == 0);
}

/* A thread that waits for a server. */
typedef struct waiter {
  exhook_server *server;
  counter begun;
  counter ended;
} waiter;

static void *wait_for_server(void *user) {
  waiter *waiter = user;
  counter_add(&waiter->begun);
  CHECK_NO_ERROR(exhook_server_wait(waiter->server));
  counter_add(&waiter->ended);
  return NULL;
}

static void waiting_ends_when_another_thread_stops_the_server(void) {
  served served = serve_start(serve_new(), 3);
  waiter waiter = {served.server, COUNTER, COUNTER};
  pthread_t threads[2];
  for (int index = 0; index < 2; index++) {
    REQUIRE(pthread_create(&threads[index], NULL, wait_for_server, &waiter) == 0);
  }
  counter_wait(&waiter.begun, 2);
  CHECK_NUMBER(counter_get(&waiter.ended), 0);
  CHECK_NO_ERROR(exhook_server_stop(served.server));
  for (int index = 0; index < 2; index++) pthread_join(threads[index], NULL);
  CHECK_NUMBER(counter_get(&waiter.ended), 2);
  CHECK_NO_ERROR(exhook_server_wait(served.server));
  serve_end(&served);
}

static void waiting_for_a_server_that_was_never_started_is_an_error(void) {
  exhook_server *server = serve_new();
  CHECK_ERROR(exhook_server_wait(server), EXHOOK_ERR_WRONG_STATE, "started");
  CHECK_OK(exhook_server_free(server));
}

static void *stop_server(void *user) {
  CHECK_NO_ERROR(exhook_server_stop(*(exhook_server **)user));
  return NULL;
}

static void many_threads_may_stop_a_server(void) {
  served served = serve_start(serve_new(), 3);
  exhook_server *servers[8];
  for (int index = 0; index < 8; index++) servers[index] = served.server;
  run_threads(8, stop_server, servers, sizeof(*servers));
  CHECK_STR(exhook_server_address(served.server), "");
  serve_end(&served);
}

static void many_servers_run_side_by_side(void) {
  served servers[4];
  for (uint32_t index = 0; index < 4; index++) {
    exhook_server *server = serve_new();
    serve_on(server, EXHOOK_HOOK_CLIENT_AUTHENTICATE, allow, NULL);
    servers[index] = serve_start(server, index % 3 + 1);
  }
  for (uint32_t index = 0; index < 4; index++) {
    CHECK_ANSWER(serve_call(servers[index].broker, "client.authenticate", "one"), "allow");
  }
  for (uint32_t index = 0; index < 4; index++) serve_end(&servers[index]);
}

typedef exhook_error *(*setter)(exhook_server *server, uint64_t value);

static exhook_error *set_companion(exhook_server *server, uint64_t value) {
  return exhook_server_set_companion(server, value != 0);
}

static const struct {
  setter set;
  const char *name;
  bool takes_zero;
} setters[] = {{exhook_server_set_timeout_ms, "timeout_ms", false},
               {exhook_server_set_max_inflight, "max_inflight", false},
               {exhook_server_set_inbox_capacity, "inbox_capacity", false},
               {exhook_server_set_io_threads, "io_threads", false},
               {exhook_server_set_max_message_bytes, "max_message_bytes", false},
               {exhook_server_set_drain_timeout_ms, "drain_timeout_ms", false},
               {exhook_server_set_keepalive_interval_ms, "keepalive_interval_ms", true},
               {exhook_server_set_threads, "threads", false},
               {set_companion, "companion", true}};

static void options_are_checked_when_they_are_set(void) {
  exhook_server *server = exhook_server_new();
  for (size_t index = 0; index < sizeof(setters) / sizeof(*setters); index++) {
    CHECK_NO_ERROR(setters[index].set(server, 1));
    if (setters[index].takes_zero) {
      CHECK_NO_ERROR(setters[index].set(server, 0));
    } else {
      CHECK_ERROR(setters[index].set(server, 0), EXHOOK_ERR_INVALID_OPTION, setters[index].name);
    }
  }
  CHECK_ERROR(exhook_server_set_io_threads(server, 257), EXHOOK_ERR_INVALID_OPTION, "io_threads");
  CHECK_ERROR(exhook_server_set_max_message_bytes(server, UINT64_C(1) << 32),
              EXHOOK_ERR_INVALID_OPTION, "max_message_bytes");
  CHECK_NO_ERROR(exhook_server_start(server, EXHOOK_STR("127.0.0.1:0")));
  CHECK_OK(exhook_server_free(server));
}

static void the_admin_address_is_a_text_that_is_checked_when_it_is_set(void) {
  exhook_server *server = exhook_server_new();
  CHECK_ERROR(exhook_server_set_admin(server, EXHOOK_STR("nowhere")), EXHOOK_ERR_INVALID_OPTION,
              "admin");
  CHECK_ERROR(exhook_server_set_admin(server, EXHOOK_STR("\xff")), EXHOOK_ERR_NOT_UTF8, "admin");
  CHECK_NO_ERROR(exhook_server_set_admin(server, EXHOOK_STR("")));
  CHECK_NO_ERROR(exhook_server_set_admin(server, EXHOOK_STR("127.0.0.1:0")));
  CHECK_NO_ERROR(exhook_server_start(server, EXHOOK_STR("127.0.0.1:0")));
  const exhook_str address = exhook_server_address(server);
  char taken[64] = {0};
  memcpy(taken, address.data, address.len);

  exhook_server *other = exhook_server_new();
  CHECK_NO_ERROR(exhook_server_set_admin(other, exhook_str_of(taken)));
  CHECK_ERROR(exhook_server_start(other, EXHOOK_STR("127.0.0.1:0")), EXHOOK_ERR_ADDRESS_IN_USE,
              "admin: ");
  CHECK_OK(exhook_server_free(other));
  CHECK_ERROR(exhook_server_set_admin(server, EXHOOK_STR("")), EXHOOK_ERR_WRONG_STATE, "admin");
  CHECK_OK(exhook_server_free(server));
}

static void options_cannot_be_set_while_the_server_runs(void) {
  served served = serve_start(serve_new(), 3);
  for (size_t index = 0; index < sizeof(setters) / sizeof(*setters); index++) {
    CHECK_ERROR(setters[index].set(served.server, 1), EXHOOK_ERR_WRONG_STATE, setters[index].name);
  }
  serve_end(&served);
}

static void the_largest_numbers_are_no_trap(void) {
  exhook_server *server = exhook_server_new();
  CHECK_NO_ERROR(exhook_server_set_timeout_ms(server, UINT64_MAX));
  CHECK_NO_ERROR(exhook_server_set_max_inflight(server, UINT64_MAX));
  CHECK_NO_ERROR(exhook_server_set_inbox_capacity(server, UINT64_MAX));
  CHECK_NO_ERROR(exhook_server_set_drain_timeout_ms(server, UINT64_MAX));
  CHECK_NO_ERROR(exhook_server_set_keepalive_interval_ms(server, UINT64_MAX));
  CHECK_NO_ERROR(exhook_server_set_threads(server, UINT64_MAX));
  serve_on(server, EXHOOK_HOOK_CLIENT_AUTHENTICATE, allow, NULL);
  served served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "client.authenticate", "one"), "allow");
  serve_end(&served);
}

static void a_companion_announces_the_hooks_that_take_an_answer(void) {
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_server_set_companion(server, true));
  served served = serve_start(server, 3);
  CHECK_ANSWER(broker_finish(broker_start_load(served.broker, "5.9.0")),
               "loaded client.authenticate client.authorize message.publish");
  serve_end(&served);
}

TEST_MAIN(TEST(port_0_is_a_free_port_that_the_address_tells),
          TEST(stopping_twice_and_before_a_start_is_fine), TEST(a_server_starts_again_after_a_stop),
          TEST(a_second_start_is_refused_while_the_server_runs),
          TEST(a_port_in_use_is_named_and_another_start_works), TEST(bad_addresses_are_refused),
          TEST(a_unix_socket_is_served_and_removed),
          TEST(waiting_ends_when_another_thread_stops_the_server),
          TEST(waiting_for_a_server_that_was_never_started_is_an_error),
          TEST(many_threads_may_stop_a_server), TEST(many_servers_run_side_by_side),
          TEST(options_are_checked_when_they_are_set),
          TEST(the_admin_address_is_a_text_that_is_checked_when_it_is_set),
          TEST(options_cannot_be_set_while_the_server_runs), TEST(the_largest_numbers_are_no_trap),
          TEST(a_companion_announces_the_hooks_that_take_an_answer))
