/// @file
/// exhook::test::Outcome: what a client experienced that did something.
#ifndef EXHOOK_TEST_OUTCOME_HPP
#define EXHOOK_TEST_OUTCOME_HPP

#include <exhook_test.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "../list.hpp"
#include "../text.hpp"
#include "call.hpp"
#include "message.hpp"

namespace exhook {
namespace detail {

/// How List reads the calls of an outcome.
struct OutcomeCalls {
  using Owner = exhook_test_outcome;
  static std::size_t size(const Owner *outcome) noexcept {
    return exhook_test_outcome_calls_count(outcome);
  }
  static test::Call at(const Owner *outcome, std::size_t index) noexcept {
    return test::Call(exhook_test_outcome_calls_at(outcome, index));
  }
};

/// How List reads the clients that got a message.
struct OutcomeClients {
  using Owner = exhook_test_outcome;
  static std::size_t size(const Owner *outcome) noexcept {
    return exhook_test_outcome_delivered_to_count(outcome);
  }
  static std::string_view at(const Owner *outcome, std::size_t index) noexcept {
    return text(exhook_test_outcome_delivered_to_at(outcome, index));
  }
};

} // namespace detail

namespace test {

/// What a client experienced that connected, subscribed, published or left: a view, valid as long
/// as the Client or Broker that it is of. What does not suit what it did is empty.
class Outcome {
public:
  /// An outcome of the C interface.
  explicit Outcome(const exhook_test_outcome *outcome) noexcept : outcome_(outcome) {}

  /// Whether the broker let the client in, or granted its subscription.
  [[nodiscard]] bool accepted() const noexcept { return exhook_test_outcome_accepted(outcome_); }
  /// Whether the client was allowed to publish to the topic.
  [[nodiscard]] bool authorized() const noexcept {
    return exhook_test_outcome_authorized(outcome_);
  }
  /// The reason in the CONNACK: `success`, `not_authorized`.
  [[nodiscard]] std::string_view reason() const noexcept {
    return detail::text(exhook_test_outcome_reason(outcome_));
  }
  /// The reason code in the CONNACK, SUBACK or PUBACK of MQTT 5, such as 135 for not authorized.
  [[nodiscard]] std::uint32_t reason_code() const noexcept {
    return exhook_test_outcome_reason_code(outcome_);
  }
  /// Whether the broker had a session of the client that connected.
  [[nodiscard]] bool session_present() const noexcept {
    return exhook_test_outcome_session_present(outcome_);
  }
  /// Whether a hook blocked the message that was published.
  [[nodiscard]] bool blocked() const noexcept { return exhook_test_outcome_blocked(outcome_); }

  /// What subscribers get of what was published, with what hooks changed; nothing where it was not
  /// authorized, or blocked, or lost.
  [[nodiscard]] std::optional<Message> delivered_as() const noexcept {
    const exhook_test_message *message = exhook_test_outcome_delivered_as(outcome_);
    return message ? std::optional<Message>(message) : std::nullopt;
  }
  /// The ids of the clients that got what was published.
  [[nodiscard]] List<std::string_view, detail::OutcomeClients> delivered_to() const noexcept {
    return List<std::string_view, detail::OutcomeClients>(outcome_);
  }
  /// The calls that the broker made for it, in the order in which they ended.
  [[nodiscard]] List<Call, detail::OutcomeCalls> calls() const noexcept {
    return List<Call, detail::OutcomeCalls>(outcome_);
  }

private:
  const exhook_test_outcome *outcome_;
};

} // namespace test
} // namespace exhook

#endif
