// The classes for tests of hooks in C++.

#include <exhook.hpp>
#include <exhook_test.hpp>
#include <string>
#include <utility>
#include <vector>

#include "test.h"

namespace {

using exhook::test::Broker;
using exhook::test::Call;
using exhook::test::Client;
using exhook::test::Message;
using exhook::test::Outcome;

// An app that runs, and leaves slow machines all the time they need.
exhook::App started(exhook::App app) {
  app.timeout_ms(test_ms(50000)).start("127.0.0.1:0");
  return app;
}

exhook::App program() {
  exhook::App app;
  app.on_client_authenticate([](const exhook::ClientAuthenticateRequest &request) {
    return request.clientinfo().username() == "alice";
  });
  app.on_client_connected([](const exhook::ClientConnectedRequest &) {});
  app.on_message_publish("hot/#", [](const exhook::MessagePublishRequest &request) {
    return exhook::replace().payload("seen: " + std::string(request.message().payload()));
  });
  return started(std::move(app));
}

Broker connected_to(const exhook::App &app) {
  Broker broker;
  broker.request_timeout_ms(test_ms(60000)).version("5.8").connect(app.address());
  return broker;
}

template <class Act>
void check_throws(Act act, exhook_code code, const char *part) {
  exhook_code thrown = EXHOOK_OK;
  std::string text;
  try {
    act();
  } catch (const exhook::Error &error) {
    thrown = error.code();
    text = error.what();
  }
  CHECK_CODE(thrown, code);
  CHECK_CONTAINS(text.c_str(), part);
}

void clients_tell_what_they_experienced() {
  const exhook::App app = program();
  Broker broker = connected_to(app);
  Client alice = broker.client("c1").username("alice").password("pw").set("keepalive", "30");
  const Outcome connected = alice.connect();
  CHECK(connected.accepted() && connected.reason() == "success" && !connected.session_present());
  CHECK(alice.is_connected());
  CHECK(alice.subscribe("#", 1).accepted());

  const Outcome published = alice.publish("hot/1", "21", 1);
  CHECK(published.authorized() && !published.blocked() && published.reason_code() == 0);
  CHECK(published.delivered_as()->payload() == "seen: 21");
  std::vector<std::string> clients;
  for (const std::string_view clientid : published.delivered_to()) clients.emplace_back(clientid);
  CHECK(clients == std::vector<std::string>{"c1"});
  CHECK(published.calls()[0].verdict() == "replace" && published.calls()[0].topic() == "hot/1");
  CHECK(alice.publish("cold/1", "21").calls().empty());

  CHECK_NUMBER(alice.received().size(), 2);
  for (const Message message : alice.received()) CHECK(message.from() == "c1" && !message.retain());
  CHECK(alice.received()[1].topic() == "cold/1" && alice.received()[1].qos() == 0);
  CHECK(!alice.disconnect().calls().empty() || !alice.is_connected());

  Client bob = broker.client("c2").username("bob");
  const Outcome refused = bob.connect();
  CHECK(!refused.accepted() && refused.reason() == "not_authorized");
  CHECK(!refused.delivered_as());
}

void a_broker_tells_its_calls() {
  const exhook::App app = program();
  Broker broker = connected_to(app);
  Client alice = broker.client("c1").username("alice");
  alice.connect();
  CHECK_NUMBER(broker.called(EXHOOK_HOOK_CLIENT_CONNECTED, "c1"), 1);
  CHECK(broker.wait_until_called(EXHOOK_HOOK_CLIENT_CONNECTED, "", 1, test_ms(20000)));
  const auto call = broker.call(EXHOOK_HOOK_CLIENT_AUTHENTICATE);
  CHECK(call && call->clientid() == "c1" && call->verdict() == "allow" && call->reason().empty());
  CHECK(call && call->server() == "default" && call->elapsed_ms() > 0 && !call->node().empty());
  CHECK(!broker.call(EXHOOK_HOOK_CLIENT_AUTHENTICATE, "c9"));
  std::vector<exhook_hook> hooks;
  for (const Call made : broker.calls()) hooks.push_back(made.hook());
  CHECK(hooks.front() == EXHOOK_HOOK_PROVIDER_LOADED);
  CHECK_CONTAINS(broker.status().c_str(), "message.publish (hot/#)");
  broker.forget_calls();
  CHECK(broker.calls().empty());
}

void what_happens_to_a_broker_happens() {
  const exhook::App app = program();
  Broker broker = connected_to(app);
  broker.restart(true);
  CHECK(broker.wait_until_loaded(test_ms(20000)));
  CHECK_NUMBER(broker.called(EXHOOK_HOOK_PROVIDER_LOADED), 2);
  broker.cut_connections();
  CHECK(!broker.client("c1").connect().accepted());
  broker.disable("default");
  CHECK(broker.client("c2").connect().accepted());
  broker.enable("default");
  broker.delay_calls(1);
  CHECK(!broker.client("c3").connect().accepted());
  broker.delay_calls(0);
  CHECK(broker.publish("hot/1", "22").delivered_as()->payload() == "seen: 22");
  broker.stop();
  broker.start();
  CHECK(!broker.client("c4").connect().accepted());
}

void sessions_wills_and_retained_messages_are_there() {
  const exhook::App app = started(exhook::App());
  Broker broker = connected_to(app);
  Client reader = broker.client("reader");
  reader.connect();
  reader.subscribe("gone");
  Client client = broker.client("c1").will("gone", "c1", 1).user_property("site", "north");
  client.connect();
  client.publish_retained("state", "on");
  client.lose_connection();
  CHECK_NUMBER(reader.received().size(), 1);
  CHECK(reader.received()[0].payload() == "c1");
  reader.unsubscribe("gone");
  reader.subscribe("state");
  CHECK(reader.received()[1].retain());
}

void mistakes_are_thrown() {
  Broker broker;
  Client client = broker.client("c1");
  check_throws([&] { client.connect(); }, EXHOOK_ERR_WRONG_STATE, "cannot connect");
  check_throws([&] { client.set("usernam", "x"); }, EXHOOK_ERR_INVALID_OPTION, "usernam");
  check_throws([&] { client.username("\xff"); }, EXHOOK_ERR_NOT_UTF8, "username");
  check_throws([&] { broker.stop(); }, EXHOOK_ERR_WRONG_STATE, "not started");
  check_throws([&] { static_cast<void>(broker.client("\xff")); }, EXHOOK_ERR_NOT_UTF8, "client id");
  broker.set("no_match", "maybe").nodes(2).add_server("hooks", "127.0.0.1:1");
  check_throws([&] { broker.start(); }, EXHOOK_ERR_INVALID_OPTION, "no_match");
  check_throws([] { Broker().connect("127.0.0.1:1"); }, EXHOOK_ERR_IO, "cannot load");
}

} // namespace

TEST_MAIN(TEST(clients_tell_what_they_experienced), TEST(a_broker_tells_its_calls),
          TEST(what_happens_to_a_broker_happens),
          TEST(sessions_wills_and_retained_messages_are_there), TEST(mistakes_are_thrown))
