// An app that runs, and a broker that calls it.
#ifndef EXHOOK_TESTS_SERVED_HPP
#define EXHOOK_TESTS_SERVED_HPP

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exhook.hpp>
#include <mutex>
#include <string>
#include <string_view>

#include "support/broker.h"
#include "support/test.h"

// A broker that is connected to an app, which it starts where it does not run.
class Broker {
public:
  explicit Broker(exhook::App &app, std::uint32_t package = 3) {
    if (app.address().empty()) app.start("127.0.0.1:0");
    broker_ = broker_connect(app.address().c_str(), package, 2);
    REQUIRE(broker_ != nullptr);
  }
  Broker(const Broker &) = delete;
  Broker &operator=(const Broker &) = delete;
  ~Broker() { broker_close(broker_); }

  broker_pending *start(const char *hook, const char *clientid = "c1") const {
    broker_request request = {};
    request.hook = hook;
    request.clientid = clientid;
    request.topic = "room/1";
    request.payload = "21";
    request.payload_len = 2;
    return broker_start(broker_, &request);
  }

  std::string call(const char *hook, const char *clientid = "c1") const {
    return broker_finish(start(hook, clientid)).text;
  }

  std::string call_sample(const char *hook) const {
    return broker_finish(broker_start_sample(broker_, hook)).text;
  }

private:
  broker *broker_ = nullptr;
};

// What threads of a test wait for: how often something has happened.
class Count {
public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }

  int get() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }

  void wait(int count) const {
    std::unique_lock lock(mutex_);
    const auto longest = std::chrono::milliseconds(test_ms(60000));
    CHECK(changed_.wait_for(lock, longest, [&] { return count_ >= count; }));
  }

private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  int count_ = 0;
};

inline bool check_equal(std::string_view actual, std::string_view expected, const char *file,
                        int line, const char *what) {
  return test_check_text(std::string(actual).c_str(), std::string(expected).c_str(), file, line,
                         what);
}

#define CHECK_EQUAL(actual, expected) check_equal((actual), (expected), __FILE__, __LINE__, #actual)

#endif
