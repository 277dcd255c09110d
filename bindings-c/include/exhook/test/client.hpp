/// @file
/// exhook::test::Client: an MQTT client of a simulated broker.
#ifndef EXHOOK_TEST_CLIENT_HPP
#define EXHOOK_TEST_CLIENT_HPP

#include <exhook_test.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "../error.hpp"
#include "../list.hpp"
#include "../text.hpp"
#include "message.hpp"
#include "outcome.hpp"

namespace exhook {
namespace detail {

/// How List reads what a client has received.
struct ReceivedMessages {
  using Owner = exhook_test_client;
  static std::size_t size(const Owner *client) noexcept {
    return exhook_test_client_received_count(client);
  }
  static test::Message at(const Owner *client, std::size_t index) noexcept {
    return test::Message(exhook_test_client_received_at(client, index));
  }
};

/// What a function of the C interface returned, which has said on standard error why it is none.
inline test::Outcome outcome(const exhook_test_outcome *outcome, const char *what) {
  if (!outcome)
    throw Error(EXHOOK_ERR_WRONG_STATE, std::string(what) + "; standard error says why");
  return test::Outcome(outcome);
}

} // namespace detail

namespace test {

/// An MQTT client of a simulated broker: its options first, then it connects.
///
/// @code
/// exhook::test::Client alice = broker.client("c1").username("alice").set("protocol_version", "4");
/// const exhook::test::Outcome connected = alice.connect();
/// @endcode
///
/// What it does returns when the hooks were called and answered. Any thread may use it. What it
/// returns is valid as long as the Client.
class Client {
public:
  /// Owns a client of the C interface.
  explicit Client(exhook_test_client *client) noexcept : client_(client) {}

  /// Sets the user name.
  ///
  /// @throws Error where it is not UTF-8, or the client has connected
  Client &username(std::string_view username) & {
    detail::check(exhook_test_client_set_username(client(), detail::c_text(username)), "username");
    return *this;
  }
  /// The same for a temporary.
  Client username(std::string_view username) && { return std::move(this->username(username)); }

  /// Sets the password.
  ///
  /// @throws Error where it is not UTF-8, or the client has connected
  Client &password(std::string_view password) & {
    detail::check(exhook_test_client_set_password(client(), detail::c_text(password)), "password");
    return *this;
  }
  /// The same for a temporary.
  Client password(std::string_view password) && { return std::move(this->password(password)); }

  /// Sets what is published when the connection is lost.
  ///
  /// @throws Error where the topic is not UTF-8, `qos` is above 2, or the client has connected
  Client &will(std::string_view topic, std::string_view payload, std::uint32_t qos = 0) & {
    detail::check(
        exhook_test_client_set_will(client(), detail::c_text(topic), detail::c_bytes(payload), qos),
        "will");
    return *this;
  }
  /// The same for a temporary.
  Client will(std::string_view topic, std::string_view payload, std::uint32_t qos = 0) && {
    return std::move(this->will(topic, payload, qos));
  }

  /// Adds a user property of the CONNECT.
  ///
  /// @throws Error where a text is not UTF-8, or the client has connected
  Client &user_property(std::string_view name, std::string_view value) & {
    detail::check(
        exhook_test_client_add_user_property(client(), detail::c_text(name), detail::c_text(value)),
        "user_property");
    return *this;
  }
  /// The same for a temporary.
  Client user_property(std::string_view name, std::string_view value) && {
    return std::move(this->user_property(name, value));
  }

  /// Sets an option by its name: those of `exhook_test_client_set`.
  ///
  /// @throws Error where there is no such option, the value means nothing, or the client has
  ///     connected
  Client &set(std::string_view name, std::string_view value) & {
    detail::check(exhook_test_client_set(client(), detail::c_text(name), detail::c_text(value)),
                  std::string(name));
    return *this;
  }
  /// The same for a temporary.
  Client set(std::string_view name, std::string_view value) && {
    return std::move(this->set(name, value));
  }

  /// Connects. A client that is connected already takes its own session over.
  ///
  /// @throws Error where the broker does not run
  Outcome connect() {
    return detail::outcome(exhook_test_client_connect(client()), "the client cannot connect");
  }
  /// Subscribes to a topic filter. A client that is not connected is granted nothing.
  ///
  /// @throws Error where the broker does not run, the filter is not UTF-8, or `qos` is above 2
  Outcome subscribe(std::string_view filter, std::uint32_t qos = 0) {
    return detail::outcome(exhook_test_client_subscribe(client(), detail::c_text(filter), qos),
                           "the client cannot subscribe");
  }
  /// Gives up a subscription.
  ///
  /// @throws Error where the broker does not run, or the filter is not UTF-8
  Outcome unsubscribe(std::string_view filter) {
    return detail::outcome(exhook_test_client_unsubscribe(client(), detail::c_text(filter)),
                           "the client cannot unsubscribe");
  }
  /// Publishes a message, and returns when its subscribers have it.
  ///
  /// @throws Error where the broker does not run, the topic is not UTF-8, or `qos` is above 2
  Outcome publish(std::string_view topic, std::string_view payload, std::uint32_t qos = 0) {
    return detail::outcome(
        exhook_test_client_publish(client(), detail::c_text(topic), detail::c_bytes(payload), qos),
        "the client cannot publish");
  }
  /// Publishes a message that is retained.
  ///
  /// @throws Error as publish()
  Outcome publish_retained(std::string_view topic, std::string_view payload,
                           std::uint32_t qos = 0) {
    return detail::outcome(exhook_test_client_publish_retained(client(), detail::c_text(topic),
                                                               detail::c_bytes(payload), qos),
                           "the client cannot publish");
  }
  /// Leaves with a DISCONNECT: the will is not published.
  ///
  /// @throws Error where the broker does not run
  Outcome disconnect() {
    return detail::outcome(exhook_test_client_disconnect(client()), "the client cannot disconnect");
  }
  /// Loses the connection: the will is published.
  ///
  /// @throws Error where the broker does not run
  Outcome lose_connection() {
    return detail::outcome(exhook_test_client_lose_connection(client()),
                           "the client cannot lose its connection");
  }

  /// Whether it is connected, and no other has taken its client id.
  [[nodiscard]] bool is_connected() const noexcept {
    return exhook_test_client_is_connected(client());
  }
  /// The messages that it has received so far.
  [[nodiscard]] List<Message, detail::ReceivedMessages> received() const & noexcept {
    return List<Message, detail::ReceivedMessages>(client());
  }
  List<Message, detail::ReceivedMessages> received() const && = delete;

  /// The client, for functions of the C interface. It stays the Client's.
  [[nodiscard]] exhook_test_client *client() const noexcept { return client_.get(); }

private:
  struct Free {
    void operator()(exhook_test_client *client) const noexcept { exhook_test_client_free(client); }
  };

  std::unique_ptr<exhook_test_client, Free> client_;
};

} // namespace test
} // namespace exhook

#endif
