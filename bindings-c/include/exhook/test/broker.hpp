/// @file
/// exhook::test::Broker: a simulated EMQX.
#ifndef EXHOOK_TEST_BROKER_HPP
#define EXHOOK_TEST_BROKER_HPP

#include <exhook_test.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "../error.hpp"
#include "../list.hpp"
#include "../text.hpp"
#include "call.hpp"
#include "client.hpp"
#include "outcome.hpp"

namespace exhook {
namespace detail {

/// How List reads the calls of a broker.
struct BrokerCalls {
  using Owner = exhook_test_broker;
  static std::size_t size(const Owner *broker) noexcept {
    return exhook_test_broker_calls_count(broker);
  }
  static test::Call at(const Owner *broker, std::size_t index) noexcept {
    return test::Call(exhook_test_broker_calls_at(broker, index));
  }
};

struct FreeTestError {
  void operator()(exhook_test_error *error) const noexcept { exhook_test_error_free(error); }
};

/// Throws `error` unless there is none, and frees it.
inline void check(exhook_test_error *error) {
  const std::unique_ptr<exhook_test_error, FreeTestError> owned(error);
  if (owned) throw Error(exhook_test_error_code(error), exhook_test_error_text(error));
}

} // namespace detail

namespace test {

/// A simulated EMQX: options and servers first, then it is started, and its clients make it call
/// the hooks of the servers as the real one does.
///
/// @code
/// exhook::test::Broker broker;
/// broker.version("5.8").set("failed_action", "ignore").connect(app.address());
/// @endcode
///
/// What is wrong with an option or an address is thrown by the function that starts it. Any thread
/// may use it. What it returns is valid as long as the Broker.
class Broker {
public:
  /// A broker with the options of EMQX, which behaves like the newest known.
  Broker() : broker_(exhook_test_broker_new()) {}

  /// Sets an option by its name: those of `exhook_test_broker_set`.
  Broker &set(std::string_view name, std::string_view value) noexcept {
    exhook_test_broker_set(broker(), detail::c_text(name), detail::c_text(value));
    return *this;
  }
  /// Sets which EMQX it behaves like, for example `5.8`.
  Broker &version(std::string_view version) noexcept { return set("version", version); }
  /// Sets how many nodes it has.
  Broker &nodes(std::uint64_t nodes) noexcept {
    exhook_test_broker_set_nodes(broker(), nodes);
    return *this;
  }
  /// Sets how long it waits for an answer: for the servers that are added afterwards, or for all
  /// while it runs, where 0 gives each the time back that it was added with.
  Broker &request_timeout_ms(std::uint64_t timeout_ms) noexcept {
    exhook_test_broker_set_request_timeout_ms(broker(), timeout_ms);
    return *this;
  }
  /// Adds a server to those that it asks, in this order.
  Broker &add_server(std::string_view name, std::string_view url) noexcept {
    exhook_test_broker_add_server(broker(), detail::c_text(name), detail::c_text(url));
    return *this;
  }

  /// Starts it, or starts it again after stop(). That a server cannot be loaded is no error.
  ///
  /// @throws Error where an option has no meaning
  void start() { detail::check(exhook_test_broker_start(broker())); }
  /// Adds the server at `url` by the name `default`, and starts.
  ///
  /// @throws Error where an option has no meaning, or a server cannot be loaded
  void connect(std::string_view url) {
    detail::check(exhook_test_broker_connect(broker(), detail::c_text(url)));
  }
  /// Unloads the servers, and asks nobody any more.
  ///
  /// @throws Error where it was not started
  void stop() { detail::check(exhook_test_broker_stop(broker())); }
  /// Restarts every node, with an unload where `orderly`, else as if it were killed.
  ///
  /// @throws Error where it was not started
  void restart(bool orderly) { detail::check(exhook_test_broker_restart(broker(), orderly)); }
  /// Cuts every connection to the servers, as a network does that fails.
  ///
  /// @throws Error where it was not started
  void cut_connections() { detail::check(exhook_test_broker_cut_connections(broker())); }
  /// Makes every call take so many milliseconds longer.
  ///
  /// @throws Error where it was not started
  void delay_calls(std::uint64_t delay_ms) {
    detail::check(exhook_test_broker_delay_calls(broker(), delay_ms));
  }
  /// Loads a server, as enabling it in EMQX does.
  ///
  /// @throws Error where no server has this name
  void enable(std::string_view name) {
    detail::check(exhook_test_broker_enable(broker(), detail::c_text(name)));
  }
  /// Unloads a server, as disabling it in EMQX does.
  ///
  /// @throws Error where no server has this name
  void disable(std::string_view name) {
    detail::check(exhook_test_broker_disable(broker(), detail::c_text(name)));
  }

  /// A client that is not connected. Both may end first.
  ///
  /// @throws Error where the client id is not UTF-8
  [[nodiscard]] Client client(std::string_view clientid) {
    exhook_test_client *client = exhook_test_client_new(broker(), detail::c_text(clientid));
    if (!client) throw Error(EXHOOK_ERR_NOT_UTF8, "the client id is not UTF-8");
    return Client(client);
  }
  /// Publishes as the REST API does: no client, no authorization.
  ///
  /// @throws Error where it was not started, the topic is not UTF-8, or `qos` is above 2
  Outcome publish(std::string_view topic, std::string_view payload, std::uint32_t qos = 0) {
    return detail::outcome(
        exhook_test_broker_publish(broker(), detail::c_text(topic), detail::c_bytes(payload), qos),
        "the broker cannot publish");
  }

  /// Waits until every node has loaded every server; whether they have.
  [[nodiscard]] bool wait_until_loaded(std::uint64_t patience_ms) const noexcept {
    return exhook_test_broker_wait_until_loaded(broker(), patience_ms);
  }
  /// How it stands with its servers, a line for each of them on each node.
  [[nodiscard]] std::string status() const {
    return std::string(detail::text(exhook_test_broker_status(broker())));
  }

  /// The calls that it has made, in the order in which they ended.
  [[nodiscard]] List<Call, detail::BrokerCalls> calls() const & noexcept {
    return List<Call, detail::BrokerCalls>(broker());
  }
  List<Call, detail::BrokerCalls> calls() const && = delete;
  /// How often it has called a hook for a client, or for anybody.
  [[nodiscard]] std::size_t called(exhook_hook hook,
                                   std::string_view clientid = "") const noexcept {
    return exhook_test_broker_called(broker(), hook, detail::c_text(clientid));
  }
  /// The call of a hook for a client, or for anybody; the first for 0. Nothing where there is none.
  [[nodiscard]] std::optional<Call> call(exhook_hook hook, std::string_view clientid = "",
                                         std::size_t index = 0) const noexcept {
    const exhook_test_call *call =
        exhook_test_broker_call(broker(), hook, detail::c_text(clientid), index);
    return call ? std::optional<Call>(call) : std::nullopt;
  }
  /// Waits until it has called a hook so often for a client, or for anybody where that is empty;
  /// whether it has.
  [[nodiscard]] bool wait_until_called(exhook_hook hook, std::string_view clientid,
                                       std::size_t count,
                                       std::uint64_t patience_ms) const noexcept {
    return exhook_test_broker_wait_until_called(broker(), hook, detail::c_text(clientid), count,
                                                patience_ms);
  }
  /// Forgets the calls so far.
  void forget_calls() noexcept { exhook_test_broker_forget_calls(broker()); }

  /// The broker, for functions of the C interface. It stays the Broker's.
  [[nodiscard]] exhook_test_broker *broker() const noexcept { return broker_.get(); }

private:
  struct Free {
    void operator()(exhook_test_broker *broker) const noexcept { exhook_test_broker_free(broker); }
  };

  std::unique_ptr<exhook_test_broker, Free> broker_;
};

} // namespace test
} // namespace exhook

#endif
