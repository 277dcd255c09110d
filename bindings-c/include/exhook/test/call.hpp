/// @file
/// exhook::test::Call: a call of a hook, as the broker made it.
#ifndef EXHOOK_TEST_CALL_HPP
#define EXHOOK_TEST_CALL_HPP

#include <exhook_test.h>

#include <string_view>

#include "../text.hpp"

namespace exhook::test {

/// A call of a hook that a broker made, and what came of it: a view, valid as long as the Client or
/// Broker that it is of.
class Call {
public:
  /// A call of the C interface.
  explicit Call(const exhook_test_call *call) noexcept : call_(call) {}

  /// The hook, for example `EXHOOK_HOOK_MESSAGE_PUBLISH`.
  [[nodiscard]] exhook_hook hook() const noexcept { return exhook_test_call_hook(call_); }
  /// The MQTT client that it was about; empty where there was none.
  [[nodiscard]] std::string_view clientid() const noexcept {
    return detail::text(exhook_test_call_clientid(call_));
  }
  /// The topic that it was about; empty where there was none.
  [[nodiscard]] std::string_view topic() const noexcept {
    return detail::text(exhook_test_call_topic(call_));
  }
  /// The node that called.
  [[nodiscard]] std::string_view node() const noexcept {
    return detail::text(exhook_test_call_node(call_));
  }
  /// The server that was called, by its name.
  [[nodiscard]] std::string_view server() const noexcept {
    return detail::text(exhook_test_call_server(call_));
  }
  /// What was answered, as the broker understood it: `allow`, `deny`, `continue true`,
  /// `continue false`, `ignore`, `replace`, `block`, `done` or `loaded`. Empty where the call
  /// failed, or the broker took the answer for none.
  [[nodiscard]] std::string_view verdict() const noexcept {
    return detail::text(exhook_test_call_verdict(call_));
  }
  /// Why it failed, or why the broker took the answer for none. Empty where it has a verdict.
  [[nodiscard]] std::string_view reason() const noexcept {
    return detail::text(exhook_test_call_reason(call_));
  }
  /// How long the client waited for it, in milliseconds.
  [[nodiscard]] double elapsed_ms() const noexcept { return exhook_test_call_elapsed_ms(call_); }

private:
  const exhook_test_call *call_;
};

} // namespace exhook::test

#endif
