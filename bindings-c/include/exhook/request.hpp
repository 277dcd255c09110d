/// @file
/// exhook::Request: what all requests have.
#ifndef EXHOOK_REQUEST_HPP
#define EXHOOK_REQUEST_HPP

#include <exhook.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "deferred.hpp"
#include "error.hpp"
#include "text.hpp"

namespace exhook {

/// What all requests have. Handlers get one of the classes that are derived from it; one that
/// serves several hooks can take a `const exhook::Request &`.
///
/// A request is a view: it and all that is read from it are valid until the handler returns, or
/// where it is deferred, until its Deferred is destroyed. Copy what is kept longer. It cannot be
/// copied itself. Any thread may read it, also several at once.
class Request {
public:
  Request(const Request &) = delete;
  Request &operator=(const Request &) = delete;

  /// The name of the hook, for example `message.publish`; valid always.
  [[nodiscard]] std::string_view hook() const noexcept {
    return detail::text(exhook_hook_name(exhook_call_hook(call_)));
  }
  /// The package that the broker speaks: 1 is `emqx.exhook.v1`, and so on to 3.
  [[nodiscard]] std::uint32_t package() const noexcept { return exhook_call_package(call_); }
  /// The client id, from wherever this hook has it; empty where there is none.
  [[nodiscard]] std::string_view clientid() const noexcept {
    return detail::text(exhook_call_clientid(call_));
  }
  /// The topic, from wherever this hook has it; empty where there is none.
  [[nodiscard]] std::string_view topic() const noexcept {
    return detail::text(exhook_call_topic(call_));
  }
  /// The name of the broker node that calls, for example `emqx@10.0.0.1`; empty where it does not
  /// say so.
  [[nodiscard]] std::string_view node() const noexcept {
    return detail::text(exhook_call_node(call_));
  }
  /// The span of this handler as W3C's header `traceparent`; empty where the call is not traced.
  [[nodiscard]] std::string_view traceparent() const noexcept {
    return detail::text(exhook_call_traceparent(call_));
  }
  /// How many milliseconds an answer may still take; none where no broker waits for it.
  [[nodiscard]] std::optional<std::int64_t> remaining_ms() const noexcept {
    const std::int64_t remaining = exhook_call_remaining_ms(call_);
    return remaining < 0 ? std::nullopt : std::optional(remaining);
  }
  /// Whether an answer would still reach the broker. Long work can be given up where it is false.
  [[nodiscard]] bool is_wanted() const noexcept { return exhook_call_is_wanted(call_); }

  /// The call, for functions of the C interface; NULL after it was deferred.
  [[nodiscard]] exhook_call *call() const noexcept { return call_; }

protected:
  /// A view of this call.
  explicit Request(exhook_call *call) noexcept : call_(call) {}
  ~Request() = default;

private:
  template <class Self, exhook_hook Hook, class AnswerKind>
  friend class RequestOf;
  template <class Deferrable>
  friend class Deferred;

  // Changes when the call is deferred, so that a handler that goes on to use its request reads
  // empty fields, and not what another thread has freed.
  mutable exhook_call *call_;
};

/// A request of the hook `Hook`, whose class is `Self`.
template <class Self, exhook_hook Hook, class AnswerKind>
class RequestOf : public Request {
public:
  /// The hook.
  static constexpr exhook_hook hook_id = Hook;
  /// What can be answered, which decides what its handlers may return.
  using answer_kind = AnswerKind;

  /// A view of a call of the C interface, for programs that use both.
  explicit RequestOf(exhook_call *call) noexcept : Request(call) {}

  /// Takes the call out of its handler, to answer it later and from any thread.
  ///
  /// From here on only the Deferred is used: this request is empty, views that were read from it
  /// are valid as long as the Deferred is, and what the handler returns does not count.
  ///
  /// @throws Error with `EXHOOK_ERR_ANSWERED` where it is answered or deferred already
  [[nodiscard]] Deferred<Self> defer() const {
    exhook_call *const deferred = exhook_call_defer(call_);
    if (deferred == nullptr) {
      throw Error(EXHOOK_ERR_ANSWERED, "this request is answered or deferred already");
    }
    call_ = nullptr;
    return Deferred<Self>(deferred);
  }

protected:
  ~RequestOf() = default;
};

} // namespace exhook

#endif
