/* Tests of quickstart.c: a simulated EMQX calls its callbacks as the real one would. */

#define main quickstart_main
#include "quickstart.c"
#undef main

#include <exhook_test.h>

/* Ends the program where something is not so. */
#define CHECK(holds)                                                                               \
  do {                                                                                             \
    if (holds) break;                                                                              \
    fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #holds);                            \
    exit(EXIT_FAILURE);                                                                            \
  } while (0)

static exhook_server *server;
static exhook_test_broker *broker;

static void set_up(const char *version) {
  exhook_test_error *problem;
  exhook_error *error;
  server = exhook_server_new();
  error = exhook_server_on(server, EXHOOK_HOOK_CLIENT_AUTHENTICATE, authenticate, NULL, NULL);
  if (!error) error = exhook_server_on(server, EXHOOK_HOOK_CLIENT_AUTHORIZE, authorize, NULL, NULL);
  if (!error) error = exhook_server_on(server, EXHOOK_HOOK_MESSAGE_PUBLISH, add_time, NULL, NULL);
  if (!error) error = exhook_server_on(server, EXHOOK_HOOK_CLIENT_CONNECTED, presence, NULL, NULL);
  if (!error)
    error = exhook_server_on(server, EXHOOK_HOOK_CLIENT_DISCONNECTED, presence, NULL, NULL);
  if (!error) error = exhook_server_start(server, EXHOOK_STR("127.0.0.1:0"));
  if (error) fprintf(stderr, "%s\n", exhook_error_text(error));
  CHECK(!error);
  broker = exhook_test_broker_new();
  exhook_test_broker_set_version(broker, exhook_str_of(version));
  problem = exhook_test_broker_connect(broker, exhook_server_address(server));
  if (problem) fprintf(stderr, "%s\n", exhook_test_error_text(problem));
  CHECK(!problem);
}

static void tear_down(void) {
  exhook_test_broker_free(broker);
  exhook_server_free(server); /* waits for the callbacks of events */
  CHECK(online_count == 0);
}

static exhook_test_client *new_client(const char *username, const char *password) {
  exhook_test_client *client = exhook_test_client_new(broker, exhook_str_of(username));
  exhook_test_client_set_username(client, exhook_str_of(username));
  exhook_test_client_set_password(client, exhook_str_of(password));
  return client;
}

static void test_logins(void) {
  exhook_test_client *alice = new_client("alice", "pw"), *mallory = new_client("mallory", "pw");
  CHECK(exhook_test_outcome_accepted(exhook_test_client_connect(alice)));
  CHECK(!exhook_test_outcome_accepted(exhook_test_client_connect(mallory)));
  CHECK(exhook_test_broker_called(broker, EXHOOK_HOOK_CLIENT_CONNECTED, EXHOOK_STR("alice")) == 1);
  CHECK(exhook_test_broker_called(broker, EXHOOK_HOOK_CLIENT_CONNECTED, EXHOOK_STR("")) == 1);
  exhook_test_client_disconnect(alice);
  exhook_test_client_free(mallory);
  exhook_test_client_free(alice);
}

static void test_topics_and_readings(void) {
  exhook_test_client *sensor = new_client("worker", "x"),
                     *dashboard = new_client("dashboard", "s3cret");
  const exhook_test_outcome *published;
  const exhook_test_message *reading;
  exhook_bytes payload;
  exhook_test_client_connect(sensor);
  exhook_test_client_connect(dashboard);
  CHECK(exhook_test_outcome_accepted(exhook_test_client_subscribe(dashboard, EXHOOK_STR("#"), 1)));
  CHECK(!exhook_test_outcome_accepted(exhook_test_client_subscribe(sensor, EXHOOK_STR("#"), 1)));

  published = exhook_test_client_publish(sensor, EXHOOK_STR("jobs/1"), EXHOOK_BYTES("21"), 1);
  CHECK(!exhook_test_outcome_authorized(published));
  published = exhook_test_client_publish(sensor, EXHOOK_STR("sensors/1"), EXHOOK_BYTES("21"), 1);
  CHECK(exhook_test_outcome_delivered_to_count(published) == 1);
  reading = exhook_test_client_received_at(dashboard, 0);
  payload = exhook_test_message_payload(reading);
  CHECK(payload.len > 3 && memcmp(payload.data + payload.len - 3, " 21", 3) == 0);

  exhook_test_client_disconnect(sensor);
  exhook_test_client_disconnect(dashboard);
  exhook_test_client_free(dashboard);
  exhook_test_client_free(sensor);
}

int main(void) {
  static const char *const versions[] = {"4.4", "5.8", "6.2"};
  for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
    set_up(versions[i]);
    test_logins();
    test_topics_and_readings();
    tear_down();
  }
  puts("all is well");
  return EXIT_SUCCESS;
}
