// What handlers return, and what the broker makes of it.

#include <memory>
#include <stdexcept>

#include "served.hpp"

namespace {

using exhook::ClientAuthenticateRequest;
using exhook::ClientAuthorizeRequest;
using exhook::MessageIngressRequest;
using exhook::MessagePublishRequest;

template <class Handler>
std::string authenticate(Handler handler) {
  exhook::App app;
  app.on_client_authenticate(std::move(handler));
  return Broker(app).call("client.authenticate");
}

template <class Handler>
std::string publish(Handler handler) {
  exhook::App app;
  app.on_message_publish(std::move(handler));
  return Broker(app).call("message.publish");
}

void a_decision_is_a_bool_a_verdict_an_optional_or_nothing() {
  using Request = ClientAuthenticateRequest;
  CHECK_EQUAL(authenticate([](const Request &) { return true; }), "allow");
  CHECK_EQUAL(authenticate([](const Request &) { return false; }), "deny");
  CHECK_EQUAL(authenticate([](const Request &) { return exhook::allow(); }), "allow");
  CHECK_EQUAL(authenticate([](const Request &) { return exhook::deny(); }), "deny");
  CHECK_EQUAL(authenticate([](const Request &) { return exhook::ignore(); }), "ignore");
  CHECK_EQUAL(authenticate([](const Request &) { return exhook::keep_going(true); }),
              "continue true");
  CHECK_EQUAL(authenticate([](const Request &) { return exhook::keep_going(false); }),
              "continue false");
  CHECK_EQUAL(authenticate([](const Request &) { return std::optional(true); }), "allow");
  CHECK_EQUAL(authenticate([](const Request &) { return std::optional<bool>(); }), "ignore");
  CHECK_EQUAL(authenticate([](const Request &) {}), "ignore");
}

void a_published_message_is_left_replaced_or_blocked() {
  using Request = MessagePublishRequest;
  CHECK_EQUAL(publish([](const Request &) {}), "ignore");
  CHECK_EQUAL(publish([](const Request &) { return exhook::block(); }), "block");
  CHECK_EQUAL(publish([](const Request &) { return exhook::replace().topic("t").qos(1); }),
              "replace t 1 21");
  CHECK_EQUAL(publish([](const Request &request) {
                std::string payload(request.message().payload());
                return exhook::replace().payload(std::move(payload.append("!")));
              }),
              "replace room/1 0 21!");
  CHECK_EQUAL(publish([](const Request &) {
                exhook::Replace changes = exhook::replace();
                changes.topic("a/b").qos(2).payload(std::string_view("viewed"));
                return changes;
              }),
              "replace a/b 2 viewed");
  CHECK_EQUAL(publish([](const Request &) { return exhook::replace().payload("text"); }),
              "replace room/1 0 text");
  CHECK_EQUAL(publish([](const Request &) { return exhook::replace().payload(""); }),
              "replace room/1 0 ");
  CHECK_EQUAL(publish([](const Request &) { return std::optional<exhook::Replace>(); }), "ignore");
  CHECK_EQUAL(publish([](const Request &) { return std::optional(exhook::replace().qos(2)); }),
              "replace room/1 2 21");
}

void a_publish_answer_is_a_verdict_or_changes() {
  exhook::App app;
  app.on_message_publish([](const MessagePublishRequest &request) -> exhook::PublishAnswer {
    if (request.clientid() == "mallory") return exhook::block();
    return exhook::replace().qos(2);
  });
  const Broker broker(app);
  CHECK_EQUAL(broker.call("message.publish", "mallory"), "block");
  CHECK_EQUAL(broker.call("message.publish", "alice"), "replace room/1 2 21");
}

void handlers_are_asked_in_order_until_one_decides() {
  exhook::App app;
  app.on_client_authorize([](const ClientAuthorizeRequest &) {})
      .on_client_authorize([](const ClientAuthorizeRequest &) { return true; })
      .on_client_authorize([](const ClientAuthorizeRequest &) { return false; });
  CHECK_EQUAL(Broker(app).call("client.authorize"), "allow");
}

void functions_move_only_callables_and_generic_lambdas_are_handlers() {
  exhook::App app;
  struct Rule {
    std::unique_ptr<bool> is_allowed;
    bool operator()(const ClientAuthenticateRequest &) const { return *is_allowed; }
  };
  app.on_client_authenticate(Rule{std::make_unique<bool>(true)});
  auto owned = std::make_unique<std::string>("room/1");
  app.on_client_authorize(
      [owned = std::move(owned)](const auto &request) { return request.topic() == *owned; });
  app.on_message_ingress(+[](const MessageIngressRequest &) { return exhook::deny(); });
  const Broker broker(app);
  CHECK_EQUAL(broker.call("client.authenticate"), "allow");
  CHECK_EQUAL(broker.call("client.authorize"), "allow");
  CHECK_EQUAL(broker.call("message.ingress"), "deny");
}

void an_answer_that_the_broker_cannot_use_is_the_fallback() {
  using Authenticate = ClientAuthenticateRequest;
  using Publish = MessagePublishRequest;
  CHECK_EQUAL(authenticate([](const Authenticate &) { return exhook::block(); }), "deny");
  CHECK_EQUAL(publish([](const Publish &) { return exhook::allow(); }), "ignore");
  CHECK_EQUAL(publish([](const Publish &) { return exhook::replace().topic("a/#"); }), "ignore");
  CHECK_EQUAL(publish([](const Publish &) { return exhook::replace().topic("\xff"); }), "ignore");
  CHECK_EQUAL(publish([](const Publish &) { return exhook::replace().qos(3); }), "ignore");
}

void what_a_handler_throws_is_the_fallback() {
  using Request = ClientAuthenticateRequest;
  CHECK_EQUAL(authenticate([](const Request &) -> bool { throw std::runtime_error("no"); }),
              "deny");
  CHECK_EQUAL(authenticate([](const Request &) -> bool { throw 1; }), "deny");
  exhook::App app;
  app.on_client_authenticate(exhook::Options().fallback(exhook::Fallback::allow),
                             [](const Request &) -> bool { throw std::runtime_error("no"); });
  CHECK_EQUAL(Broker(app).call("client.authenticate"), "allow");
  CHECK_NUMBER(app.metrics().inflight(), 0);
}

void verdicts_compare() {
  static_assert(exhook::Verdict(true) == exhook::allow());
  static_assert(exhook::Verdict(false) == exhook::deny());
  static_assert(exhook::keep_going(true) != exhook::keep_going(false));
  CHECK(exhook::block() != exhook::ignore());
}

} // namespace

TEST_MAIN(TEST(a_decision_is_a_bool_a_verdict_an_optional_or_nothing),
          TEST(a_published_message_is_left_replaced_or_blocked),
          TEST(a_publish_answer_is_a_verdict_or_changes),
          TEST(handlers_are_asked_in_order_until_one_decides),
          TEST(functions_move_only_callables_and_generic_lambdas_are_handlers),
          TEST(an_answer_that_the_broker_cannot_use_is_the_fallback),
          TEST(what_a_handler_throws_is_the_fallback), TEST(verdicts_compare))
