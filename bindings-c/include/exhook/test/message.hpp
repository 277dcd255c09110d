/// @file
/// exhook::test::Message: a message as MQTT clients see it.
#ifndef EXHOOK_TEST_MESSAGE_HPP
#define EXHOOK_TEST_MESSAGE_HPP

#include <exhook_test.h>

#include <cstdint>
#include <string_view>

#include "../text.hpp"

/// Tests of hooks.
namespace exhook::test {

/// A message as MQTT clients see it: a view, valid as long as the Client or Broker that it is of.
class Message {
public:
  /// A message of the C interface.
  explicit Message(const exhook_test_message *message) noexcept : message_(message) {}

  /// The topic.
  [[nodiscard]] std::string_view topic() const noexcept {
    return detail::text(exhook_test_message_topic(message_));
  }
  /// The payload, which need not be a text.
  [[nodiscard]] std::string_view payload() const noexcept {
    return detail::text(exhook_test_message_payload(message_));
  }
  /// The quality of service, 0 to 2.
  [[nodiscard]] std::uint32_t qos() const noexcept { return exhook_test_message_qos(message_); }
  /// Whether it is a retained one.
  [[nodiscard]] bool retain() const noexcept { return exhook_test_message_retain(message_); }
  /// The client that published it; empty where none did.
  [[nodiscard]] std::string_view from() const noexcept {
    return detail::text(exhook_test_message_from(message_));
  }

private:
  const exhook_test_message *message_;
};

} // namespace exhook::test

#endif
