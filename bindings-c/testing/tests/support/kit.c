#include "kit.h"

#include <stdio.h>

exhook_test_broker *kit_broker(const char *version) {
  exhook_test_broker *broker = exhook_test_broker_new();
  REQUIRE(broker != NULL);
  if (version) CHECK_OK(exhook_test_broker_set_version(broker, exhook_str_of(version)));
  CHECK_OK(exhook_test_broker_set_request_timeout_ms(broker, test_ms(60000)));
  return broker;
}

exhook_server *kit_server(exhook_hook hook, exhook_callback callback, void *user) {
  exhook_server *server = exhook_server_new();
  REQUIRE(server != NULL);
  CHECK_NO_ERROR(exhook_server_set_timeout_ms(server, test_ms(50000)));
  CHECK_NO_ERROR(exhook_server_on(server, hook, callback, user, NULL));
  return server;
}

kit kit_start(exhook_server *server, const char *version) {
  kit kit = {server, kit_broker(version)};
  REQUIRE(CHECK_NO_ERROR(exhook_server_start(server, EXHOOK_STR("127.0.0.1:0"))));
  REQUIRE(CHECK_DONE(exhook_test_broker_connect(kit.broker, exhook_server_address(server))));
  return kit;
}

void kit_end(kit *kit) {
  exhook_test_broker_free(kit->broker);
  CHECK_OK(exhook_server_free(kit->server));
}

exhook_test_client *kit_client(const kit *kit, const char *clientid) {
  exhook_test_client *client = exhook_test_client_new(kit->broker, exhook_str_of(clientid));
  REQUIRE(client != NULL);
  return client;
}

exhook_test_client *kit_connected(const kit *kit, const char *clientid) {
  exhook_test_client *client = kit_client(kit, clientid);
  CHECK(exhook_test_outcome_accepted(exhook_test_client_connect(client)));
  return client;
}

bool kit_check_error(exhook_test_error *error, exhook_code expected, const char *part,
                     const char *file, int line, const char *what) {
  bool holds = test_check_code(exhook_test_error_code(error), expected, file, line, what);
  holds &= test_check_contains(exhook_test_error_text(error), part, file, line, what);
  exhook_test_error_free(error);
  return holds;
}
