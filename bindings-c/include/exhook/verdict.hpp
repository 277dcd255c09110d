/// @file
/// exhook::Verdict: what a handler decides.
#ifndef EXHOOK_VERDICT_HPP
#define EXHOOK_VERDICT_HPP

#include <exhook.h>

#include <type_traits>

namespace exhook {

/// What a handler decides about a call, made by allow(), deny(), ignore(), keep_going() and
/// block().
///
/// A small value, which any thread may copy and keep.
class Verdict {
public:
  /// allow() for true, deny() for false. Only a `bool` converts: no pointer, and no number.
  template <class Bool, class = std::enable_if_t<std::is_same_v<Bool, bool>>>
  constexpr Verdict(Bool is_allowed) noexcept : kind_(is_allowed ? Kind::allow : Kind::deny) {}

  /// Whether both decide the same.
  friend constexpr bool operator==(Verdict left, Verdict right) noexcept {
    return left.kind_ == right.kind_;
  }
  /// Whether the two decide differently.
  friend constexpr bool operator!=(Verdict left, Verdict right) noexcept {
    return !(left == right);
  }

  friend constexpr Verdict allow() noexcept;
  friend constexpr Verdict deny() noexcept;
  friend constexpr Verdict ignore() noexcept;
  friend constexpr Verdict keep_going(bool is_allowed) noexcept;
  friend constexpr Verdict block() noexcept;

  /// Answers a call of the C interface with this verdict, for programs that use both.
  ///
  /// @return what the function of the C interface returned
  exhook_code reply_to(exhook_call *call) const noexcept {
    switch (kind_) {
    case Kind::allow:
      return exhook_reply_allow(call);
    case Kind::deny:
      return exhook_reply_deny(call);
    case Kind::keep_allowing:
      return exhook_reply_keep_going(call, true);
    case Kind::keep_denying:
      return exhook_reply_keep_going(call, false);
    case Kind::block:
      return exhook_reply_block(call);
    case Kind::ignore:
      break;
    }
    return exhook_reply_ignore(call);
  }

private:
  enum class Kind : unsigned char { allow, deny, ignore, keep_allowing, keep_denying, block };

  constexpr explicit Verdict(Kind kind) noexcept : kind_(kind) {}

  Kind kind_;
};

/// Yes, and nobody else is asked. For client.authenticate, client.authorize and message.ingress.
[[nodiscard]] constexpr Verdict allow() noexcept { return Verdict(Verdict::Kind::allow); }

/// No, and nobody else is asked. For client.authenticate, client.authorize and message.ingress.
[[nodiscard]] constexpr Verdict deny() noexcept { return Verdict(Verdict::Kind::deny); }

/// No opinion: the next handler decides, then the next exhook server, then the broker. For all
/// hooks whose answer counts; a published message stays as it is.
[[nodiscard]] constexpr Verdict ignore() noexcept { return Verdict(Verdict::Kind::ignore); }

/// Yes or no so far: handlers, exhook servers and broker plugins that follow may change it. For
/// client.authenticate and client.authorize.
[[nodiscard]] constexpr Verdict keep_going(bool is_allowed) noexcept {
  return Verdict(is_allowed ? Verdict::Kind::keep_allowing : Verdict::Kind::keep_denying);
}

/// The message does not reach its subscribers. For message.publish.
[[nodiscard]] constexpr Verdict block() noexcept { return Verdict(Verdict::Kind::block); }

} // namespace exhook

#endif
