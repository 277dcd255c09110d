// The life of an app: errors, moves, ends, destructors; its log and its metrics.

#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>

#include "served.hpp"

namespace {

using exhook::ClientAuthenticateRequest;
using exhook::ClientConnectedRequest;
using exhook::MessagePublishRequest;

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

void mistakes_are_thrown_with_their_code() {
  exhook::App app;
  const auto allow = [](const auto &) { return true; };
  const auto leave = [](const MessagePublishRequest &) {};
  check_throws([&] { app.start("nonsense"); }, EXHOOK_ERR_INVALID_ADDRESS, "nonsense");
  check_throws([&] { app.start("\xff"); }, EXHOOK_ERR_NOT_UTF8, "address");
  check_throws([&] { app.timeout_ms(0); }, EXHOOK_ERR_INVALID_OPTION, "timeout_ms");
  check_throws([&] { app.admin("nowhere"); }, EXHOOK_ERR_INVALID_OPTION, "admin");
  check_throws([&] { app.threads(0); }, EXHOOK_ERR_INVALID_OPTION, "threads");
  check_throws([&] { app.on_message_publish("a/#/b", leave); }, EXHOOK_ERR_INVALID_OPTION, "a/#/b");
  check_throws([&] { app.on_message_publish("\xff", leave); }, EXHOOK_ERR_NOT_UTF8, "filter");
  const auto block = exhook::Options().fallback(exhook::Fallback::block);
  check_throws([&] { app.on_client_authenticate(block, allow); }, EXHOOK_ERR_INVALID_OPTION,
               "client.authenticate");
  app.start("127.0.0.1:0");
  exhook::App other;
  check_throws([&] { other.start(app.address()); }, EXHOOK_ERR_ADDRESS_IN_USE, "127.0.0.1");
  check_throws([&] { app.on_client_authenticate(allow); }, EXHOOK_ERR_WRONG_STATE, "running");
  check_throws([&] { app.start("127.0.0.1:0"); }, EXHOOK_ERR_WRONG_STATE, "running");
}

void an_app_starts_stops_and_starts_again() {
  exhook::App app;
  app.on_client_authenticate([](const ClientAuthenticateRequest &) { return true; });
  CHECK_EQUAL(app.address(), "");
  for (int run = 0; run < 2; ++run) {
    CHECK_EQUAL(Broker(app).call("client.authenticate"), "allow");
    app.stop();
    CHECK_EQUAL(app.address(), "");
  }
  app.stop();
}

void waiting_ends_when_another_thread_stops() {
  exhook::App app;
  app.start("127.0.0.1:0");
  std::thread stopping([&] { app.stop(); });
  app.wait();
  stopping.join();
  CHECK_EQUAL(app.address(), "");
}

void options_and_filters_reach_the_broker() {
  exhook::App app;
  const auto leave = [](const MessagePublishRequest &) { return exhook::block(); };
  app.on_message_publish({"room/+", "hall/#"}, exhook::Options().timeout_ms(50000).run_inline(),
                         leave);
  app.threads(2).companion(false).max_inflight(10).timeout_ms(50000).admin("127.0.0.1:0");
  app.start("127.0.0.1:0");
  broker *const broker = broker_connect(app.address().c_str(), 3, 1);
  REQUIRE(broker != nullptr);
  CHECK_TEXT(broker_finish(broker_start_load(broker, "5.9.2")).text,
             "loaded message.publish[room/+,hall/#]");
  broker_request request = {};
  request.hook = "message.publish";
  request.topic = "hall/1";
  CHECK_TEXT(broker_call(broker, &request).text, "block");
  broker_close(broker);
}

void an_app_is_moved_while_its_handlers_run() {
  Count began;
  std::promise<void> go;
  const std::shared_future<void> gone = go.get_future().share();
  exhook::App first;
  first.on_client_authenticate([&began, gone](const ClientAuthenticateRequest &) {
    began.add();
    gone.wait();
    return true;
  });
  const Broker broker(first);
  broker_pending *pending = broker.start("client.authenticate");
  began.wait(1);
  exhook::App second = std::move(first);
  exhook::App third;
  third = std::move(second);
  CHECK(first.server() == nullptr);
  check_throws([&] { first.start("127.0.0.1:0"); }, EXHOOK_ERR_NULL, "server");
  go.set_value();
  CHECK_TEXT(broker_finish(pending).text, "allow");
  CHECK_EQUAL(broker.call("client.authenticate"), "allow");
}

void the_destructor_waits_for_running_handlers() {
  Count began;
  std::atomic<bool> has_ended = false;
  std::promise<void> go;
  auto app = std::make_unique<exhook::App>();
  app->on_client_authenticate([&](const ClientAuthenticateRequest &) {
    began.add();
    go.get_future().wait();
    has_ended = true;
    return true;
  });
  const Broker broker(*app);
  broker_pending *pending = broker.start("client.authenticate");
  began.wait(1);
  std::thread letting_go([&] { go.set_value(); });
  app.reset();
  CHECK(has_ended);
  letting_go.join();
  CHECK_TEXT(broker_finish(pending).text, "allow");
}

void a_handler_cannot_stop_its_app() {
  exhook::App app;
  app.on_client_authenticate([&](const ClientAuthenticateRequest &) {
    check_throws([&] { app.stop(); }, EXHOOK_ERR_WRONG_STATE, "");
    check_throws([&] { app.wait(); }, EXHOOK_ERR_WRONG_STATE, "");
    return true;
  });
  CHECK_EQUAL(Broker(app).call("client.authenticate"), "allow");
}

// Counts its destruction, but not where its content was moved away.
class Captured {
public:
  explicit Captured(Count &destroyed) : destroyed_(&destroyed) {}
  Captured(Captured &&other) noexcept : destroyed_(std::exchange(other.destroyed_, nullptr)) {}
  Captured(const Captured &) = delete;
  Captured &operator=(const Captured &) = delete;
  ~Captured() {
    if (destroyed_ != nullptr) destroyed_->add();
  }

private:
  Count *destroyed_;
};

void handlers_are_destroyed_once() {
  Count destroyed;
  {
    exhook::App app;
    app.on_client_authenticate(
        [captured = Captured(destroyed)](const ClientAuthenticateRequest &) { return true; });
    CHECK_EQUAL(Broker(app).call("client.authenticate"), "allow");
    app.stop();
    CHECK_NUMBER(destroyed.get(), 0);
    app.start("127.0.0.1:0");
    check_throws(
        [&] { app.on_client_connected([captured = Captured(destroyed)](const auto &) {}); },
        EXHOOK_ERR_WRONG_STATE, "running");
    CHECK_NUMBER(destroyed.get(), 1);
  }
  CHECK_NUMBER(destroyed.get(), 2);
  {
    exhook::App app;
    check_throws(
        [&] {
          app.on_message_publish(
              "\xff", [captured = Captured(destroyed)](const MessagePublishRequest &) {});
        },
        EXHOOK_ERR_NOT_UTF8, "filter");
  }
  CHECK_NUMBER(destroyed.get(), 3);
}

void the_log_is_taken_over_and_says_what_handlers_throw() {
  Count failures;
  Count destroyed;
  std::mutex mutex;
  std::string last;
  exhook::log_to(exhook::Level::error,
                 [&, captured = Captured(destroyed)](const exhook::LogRecord &record) {
                   const std::lock_guard lock(mutex);
                   CHECK(record.level() == exhook::Level::error);
                   CHECK(!record.target().empty());
                   last = record.message();
                   failures.add();
                   throw std::runtime_error("a log that fails");
                 });
  exhook::App app;
  app.on_client_authenticate(
      [](const ClientAuthenticateRequest &) -> bool { throw std::runtime_error("no database"); });
  app.on_client_connected([](const ClientConnectedRequest &) { throw 1; });
  const Broker broker(app);
  CHECK_EQUAL(broker.call("client.authenticate", "alice"), "deny");
  failures.wait(1);
  {
    const std::lock_guard lock(mutex);
    CHECK_EQUAL(last,
                "a handler of client.authenticate threw: no database; the fallback is answered "
                "clientid=alice");
  }
  CHECK_EQUAL(broker.call("client.connected", "bob"), "done");
  failures.wait(2);
  const std::string connected =
      "a handler of client.connected threw what is no std::exception clientid=bob";
  {
    const std::lock_guard lock(mutex);
    CHECK_EQUAL(last, connected);
  }
  exhook::log_to_stderr(exhook::Level::error);
  CHECK_NUMBER(destroyed.get(), 1);
  CHECK_EQUAL(exhook::level_name(exhook::Level::warn), "warn");
}

void metrics_count_by_hook() {
  exhook::App app;
  CHECK_NUMBER(app.metrics().connections(), 0);
  app.on_client_authenticate([](const ClientAuthenticateRequest &request) {
    if (request.clientid() == "mallory") throw std::runtime_error("on purpose");
    return true;
  });
  const Broker broker(app);
  broker.call("client.authenticate", "alice");
  broker.call("client.authenticate", "mallory");
  const exhook::Metrics metrics = app.metrics();
  CHECK_NUMBER(metrics.connections(), 2);
  CHECK_NUMBER(metrics.connections_accepted(), 2);
  CHECK_NUMBER(metrics.hooks().size(), 1);
  for (const exhook::HookMetrics hook : metrics.hooks()) {
    CHECK_EQUAL(hook.hook(), "client.authenticate");
    CHECK_NUMBER(hook.package(), 3);
    CHECK_NUMBER(hook.calls(), 2);
    CHECK_NUMBER(hook.verdicts("allow"), 1);
    CHECK_NUMBER(hook.failures("exception"), 1);
    CHECK_NUMBER(hook.failures("nonsense"), 0);
    CHECK(hook.latency_us(1.0) > 0);
  }
}

} // namespace

TEST_MAIN(TEST(mistakes_are_thrown_with_their_code), TEST(an_app_starts_stops_and_starts_again),
          TEST(waiting_ends_when_another_thread_stops), TEST(options_and_filters_reach_the_broker),
          TEST(an_app_is_moved_while_its_handlers_run),
          TEST(the_destructor_waits_for_running_handlers), TEST(a_handler_cannot_stop_its_app),
          TEST(handlers_are_destroyed_once),
          TEST(the_log_is_taken_over_and_says_what_handlers_throw), TEST(metrics_count_by_hook))
