/// @file
/// What can be answered to which hook, and how.
#ifndef EXHOOK_ANSWER_HPP
#define EXHOOK_ANSWER_HPP

#include <exhook.h>

#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "replace.hpp"
#include "text.hpp"
#include "verdict.hpp"

namespace exhook::detail {

// What can be answered: yes or no, a message, or nothing at all.
struct Decision {};
struct Publication {};
struct Notification {};

template <class Type, class... Types>
inline constexpr bool is_one_of_v = (std::is_same_v<Type, Types> || ...);

template <class RequestType>
inline constexpr bool is_notification_v =
    std::is_same_v<typename RequestType::answer_kind, Notification>;

template <class RequestType>
inline constexpr bool is_decision_v = std::is_same_v<typename RequestType::answer_kind, Decision>;

template <class RequestType>
inline constexpr bool is_publication_v =
    std::is_same_v<typename RequestType::answer_kind, Publication>;

/// Whether the hook of `RequestType` can be answered with a value of this type.
template <class RequestType, class Answer>
inline constexpr bool is_answer_v =
    (is_decision_v<RequestType> && is_one_of_v<Answer, bool, Verdict, std::optional<bool>>) ||
    (is_publication_v<RequestType> &&
     is_one_of_v<Answer, Verdict, Replace, PublishAnswer, std::optional<Replace>>);

template <class RequestType, class Answer>
constexpr void check_answer() noexcept {
  constexpr bool is_fine = std::is_void_v<Answer> || is_answer_v<RequestType, Answer>;
  static_assert(is_fine || !is_decision_v<RequestType>,
                "exhook: client.authenticate, client.authorize and message.ingress are answered "
                "with bool, exhook::Verdict, std::optional<bool>, or void for no opinion");
  static_assert(is_fine || !is_publication_v<RequestType>,
                "exhook: message.publish is answered with exhook::replace(), exhook::block(), "
                "std::optional<exhook::Replace>, or void to leave the message as it is; a handler "
                "with several of these returns `-> exhook::PublishAnswer`");
  static_assert(is_fine || !is_notification_v<RequestType>,
                "exhook: this hook only informs, so that its handler returns void");
}

inline exhook_code send(exhook_call *call, bool answer) noexcept {
  return exhook_reply_bool(call, answer);
}

inline exhook_code send(exhook_call *call, std::optional<bool> answer) noexcept {
  return answer ? exhook_reply_bool(call, *answer) : exhook_reply_ignore(call);
}

inline exhook_code send(exhook_call *call, Verdict answer) noexcept {
  return answer.reply_to(call);
}

inline exhook_code send(exhook_call *call, Replace answer) { return answer.reply_to(call); }

inline exhook_code send(exhook_call *call, PublishAnswer answer) { return answer.reply_to(call); }

inline exhook_code send(exhook_call *call, std::optional<Replace> answer) {
  return answer ? answer->reply_to(call) : exhook_reply_ignore(call);
}

/// Answers with the fallback, and says in the log what happened. `call` is NULL where it was
/// deferred: its Deferred answers then.
template <class RequestType>
void fail(exhook_call *call, std::string_view happened, std::string_view what = {}) noexcept {
  try {
    std::string message = "a handler of ";
    message.append(text(exhook_hook_name(RequestType::hook_id))).append(happened).append(what);
    if (call == nullptr) {
      message += "; it had deferred the call";
    } else if (!is_notification_v<RequestType>) {
      message += "; the fallback is answered";
    }
    if (const std::string_view clientid = text(exhook_call_clientid(call)); !clientid.empty()) {
      message.append(" clientid=").append(clientid);
    }
    exhook_log(EXHOOK_LOG_ERROR, c_text(message));
  } catch (const std::exception &) {
    exhook_log(EXHOOK_LOG_ERROR, EXHOOK_STR("a handler failed, and there is no memory to say how"));
  }
  if (call != nullptr) exhook_reply_error(call);
}

/// Answers a call; true where the broker got the answer.
template <class RequestType, class Answer>
bool settle(exhook_call *call, Answer &&answer) noexcept {
  if (call == nullptr) return false;
  try {
    const exhook_code code = send(call, std::forward<Answer>(answer));
    // What else is wrong with an answer is logged by the library.
    if (code == EXHOOK_ERR_NOT_UTF8) {
      fail<RequestType>(call, " answered with a topic that is no UTF-8");
    }
    return code == EXHOOK_OK;
  } catch (const std::exception &error) {
    fail<RequestType>(call, " had an answer that cannot be given: ", error.what());
    return false;
  }
}

} // namespace exhook::detail

#endif
