// Calls that are answered after their handler has returned.

#include <future>
#include <stdexcept>
#include <thread>
#include <utility>

#include "served.hpp"

namespace {

using exhook::ClientAuthenticateRequest;
using exhook::ClientConnectedRequest;
using exhook::MessagePublishRequest;
using Login = exhook::Deferred<ClientAuthenticateRequest>;

// An app whose logins are handed to the test.
class Logins {
public:
  explicit Logins(exhook::Options options = {}) {
    app.on_client_authenticate(options, [this](const ClientAuthenticateRequest &request) {
      deferred_.set_value(request.defer());
    });
  }

  Login next() {
    Login login = deferred_.get_future().get();
    deferred_ = {};
    return login;
  }

  exhook::App app;

private:
  std::promise<Login> deferred_;
};

void another_thread_answers_and_reads_the_request() {
  Logins logins;
  const Broker broker(logins.app);
  broker_pending *pending = broker.start("client.authenticate", "alice");
  std::thread answering([login = logins.next()]() mutable {
    CHECK_EQUAL(login->hook(), "client.authenticate");
    CHECK_EQUAL(login->clientinfo().clientid(), "alice");
    CHECK(login->is_wanted());
    CHECK(login.reply(login->clientid() == "alice"));
    CHECK_EQUAL((*login).clientid(), "alice");
    CHECK(!login->is_wanted());
  });
  CHECK_TEXT(broker_finish(pending).text, "allow");
  answering.join();
}

void a_dropped_call_is_the_fallback() {
  Logins logins;
  const Broker broker(logins.app);
  broker_pending *pending = broker.start("client.authenticate");
  {
    const Login dropped = logins.next();
  }
  CHECK_TEXT(broker_finish(pending).text, "deny");
  const exhook::Metrics metrics = logins.app.metrics();
  CHECK_NUMBER(metrics.hooks()[0].failures("unanswered"), 1);
}

void only_the_first_answer_counts() {
  Logins logins;
  const Broker broker(logins.app);
  broker_pending *pending = broker.start("client.authenticate");
  Login login = logins.next();
  CHECK(login.reply(exhook::allow()));
  CHECK(!login.reply(exhook::deny()));
  CHECK_TEXT(broker_finish(pending).text, "allow");
}

void a_late_answer_is_not_wanted() {
  Logins logins(exhook::Options().timeout_ms(test_ms(200)));
  const Broker broker(logins.app);
  broker_pending *pending = broker.start("client.authenticate");
  Login login = logins.next();
  CHECK_TEXT(broker_finish(pending).text, "deny");
  CHECK(!login->is_wanted());
  CHECK(!login.reply(true));
}

void a_moved_call_is_at_one_place() {
  Logins logins;
  const Broker broker(logins.app);
  broker_pending *first = broker.start("client.authenticate", "first");
  Login login = logins.next();
  Login moved = std::move(login);
  CHECK(static_cast<bool>(moved));
  CHECK(!login.reply(true));
  broker_pending *second = broker.start("client.authenticate", "second");
  moved = logins.next();
  CHECK_TEXT(broker_finish(first).text, "deny");
  CHECK_EQUAL(moved->clientid(), "second");
  CHECK(moved.reply(std::optional(true)));
  CHECK_TEXT(broker_finish(second).text, "allow");
}

void a_published_message_is_changed_later() {
  std::promise<exhook::Deferred<MessagePublishRequest>> deferred;
  exhook::App app;
  app.on_message_publish(
      "room/+", [&](const MessagePublishRequest &request) { deferred.set_value(request.defer()); });
  const Broker broker(app);
  broker_pending *pending = broker.start("message.publish");
  auto publish = deferred.get_future().get();
  CHECK(publish.reply(exhook::replace().payload("later")));
  CHECK_TEXT(broker_finish(pending).text, "replace room/1 0 later");
}

void a_change_that_cannot_be_published_is_the_fallback() {
  std::promise<exhook::Deferred<MessagePublishRequest>> deferred;
  exhook::App app;
  app.on_message_publish(
      [&](const MessagePublishRequest &request) { deferred.set_value(request.defer()); });
  const Broker broker(app);
  broker_pending *pending = broker.start("message.publish");
  auto publish = deferred.get_future().get();
  CHECK(!publish.reply(exhook::replace().topic("#")));
  CHECK_TEXT(broker_finish(pending).text, "ignore");
}

void what_the_handler_returns_or_throws_after_it_deferred_does_not_count() {
  std::promise<Login> first;
  std::promise<Login> second;
  exhook::App app;
  app.on_client_authenticate([&](const ClientAuthenticateRequest &request) {
    const bool is_first = request.clientid() == "first";
    (is_first ? first : second).set_value(request.defer());
    if (!is_first) throw std::runtime_error("on purpose");
    return std::optional<bool>();
  });
  const Broker broker(app);
  for (auto *deferred : {&first, &second}) {
    broker_pending *pending =
        broker.start("client.authenticate", deferred == &first ? "first" : "second");
    CHECK(deferred->get_future().get().reply(true));
    CHECK_TEXT(broker_finish(pending).text, "allow");
  }
}

void a_call_is_deferred_once_and_its_request_is_empty_then() {
  exhook::App app;
  app.on_client_authenticate([&](const ClientAuthenticateRequest &request) {
    Login login = request.defer();
    CHECK(request.call() == nullptr);
    CHECK_EQUAL(request.clientinfo().username(), "");
    exhook_code thrown = EXHOOK_OK;
    try {
      const Login again = request.defer();
    } catch (const exhook::Error &error) {
      thrown = error.code();
    }
    CHECK_CODE(thrown, EXHOOK_ERR_ANSWERED);
    login.reply(true);
  });
  CHECK_EQUAL(Broker(app).call("client.authenticate"), "allow");
}

void a_notification_is_done_when_its_call_is_let_go() {
  std::promise<exhook::Deferred<ClientConnectedRequest>> deferred;
  exhook::App app;
  app.on_client_connected(
      exhook::Options().ack(exhook::Ack::late),
      [&](const ClientConnectedRequest &request) { deferred.set_value(request.defer()); });
  const Broker broker(app);
  broker_pending *pending = broker.start("client.connected");
  {
    const auto connected = deferred.get_future().get();
  }
  CHECK_TEXT(broker_finish(pending).text, "done");
}

void a_call_may_outlive_its_app() {
  auto logins = std::make_unique<Logins>();
  logins->app.drain_timeout_ms(1);
  auto broker = std::make_unique<Broker>(logins->app);
  broker_pending *pending = broker->start("client.authenticate", "alice");
  Login login = logins->next();
  logins.reset();
  CHECK_EQUAL(login->clientid(), "alice");
  login.reply(true);
  broker_finish(pending);
}

} // namespace

TEST_MAIN(TEST(another_thread_answers_and_reads_the_request), TEST(a_dropped_call_is_the_fallback),
          TEST(only_the_first_answer_counts), TEST(a_late_answer_is_not_wanted),
          TEST(a_moved_call_is_at_one_place), TEST(a_published_message_is_changed_later),
          TEST(a_change_that_cannot_be_published_is_the_fallback),
          TEST(what_the_handler_returns_or_throws_after_it_deferred_does_not_count),
          TEST(a_call_is_deferred_once_and_its_request_is_empty_then),
          TEST(a_notification_is_done_when_its_call_is_let_go), TEST(a_call_may_outlive_its_app))
