#include "serve.h"

#include <stdio.h>

#define CONNECTIONS 2

exhook_server *serve_new(void) {
  exhook_server *server = exhook_server_new();
  REQUIRE(server != NULL);
  CHECK_NO_ERROR(exhook_server_set_timeout_ms(server, test_ms(50000)));
  CHECK_NO_ERROR(exhook_server_set_drain_timeout_ms(server, test_ms(50000)));
  return server;
}

void serve_on(exhook_server *server, exhook_hook hook, exhook_callback callback, void *user) {
  CHECK_NO_ERROR(exhook_server_on(server, hook, callback, user, NULL));
}

void serve_on_with(exhook_server *server, exhook_hook hook, exhook_options *options,
                   exhook_callback callback, void *user) {
  CHECK_NO_ERROR(exhook_server_on_with(server, hook, options, callback, user, NULL));
  exhook_options_free(options);
}

served serve_start(exhook_server *server, uint32_t package) {
  REQUIRE(CHECK_NO_ERROR(exhook_server_start(server, EXHOOK_STR("127.0.0.1:0"))));
  served served = {server, serve_connect(server, package)};
  return served;
}

broker *serve_connect(const exhook_server *server, uint32_t package) {
  char address[256];
  exhook_str view = exhook_server_address(server);
  snprintf(address, sizeof(address), EXHOOK_STR_FORMAT, EXHOOK_STR_ARG(view));
  broker *broker = broker_connect(address, package, CONNECTIONS);
  REQUIRE(broker != NULL);
  return broker;
}

void serve_end(served *served) {
  broker_close(served->broker);
  CHECK_OK(exhook_server_free(served->server));
}

broker_pending *serve_begin(const broker *broker, const char *hook, const char *clientid) {
  broker_request request = {0};
  request.hook = hook;
  request.clientid = clientid;
  request.topic = "room/1";
  request.payload = "21";
  request.payload_len = 2;
  request.timeout_ms = (uint32_t)test_ms(60000);
  return broker_start(broker, &request);
}

broker_answer serve_call(const broker *broker, const char *hook, const char *clientid) {
  return broker_finish(serve_begin(broker, hook, clientid));
}
