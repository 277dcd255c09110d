/// @file
/// exhook::Replace: what a published message is changed to.
#ifndef EXHOOK_REPLACE_HPP
#define EXHOOK_REPLACE_HPP

#include <exhook.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "text.hpp"
#include "verdict.hpp"

namespace exhook {

/// The changes to a published message, made by replace(): what is not set stays as it is.
///
/// @code
/// return exhook::replace().topic("archive/temperature").payload(std::move(payload));
/// @endcode
///
/// What MQTT does not know is refused when the call is answered: the fallback is answered then,
/// and a warning logged. Retain flags and MQTT 5 properties cannot be changed.
class Replace {
public:
  /// Publishes to this topic instead: UTF-8 without wildcards, 1 to 65,535 bytes.
  Replace &topic(std::string_view topic) & {
    topic_ = std::string(topic);
    return *this;
  }
  /// The same for a temporary.
  Replace topic(std::string_view topic) && { return std::move(this->topic(topic)); }

  /// Publishes with this quality of service instead: 0, 1 or 2.
  Replace &qos(unsigned qos) & noexcept {
    qos_ = qos;
    return *this;
  }
  /// The same for a temporary.
  Replace qos(unsigned qos) && { return std::move(this->qos(qos)); }

  /// Publishes these bytes instead. A string that is moved in is not copied.
  Replace &payload(std::string &&bytes) & {
    payload_ = std::move(bytes);
    return *this;
  }
  /// Publishes a copy of these bytes instead.
  Replace &payload(std::string_view bytes) & { return payload(std::string(bytes)); }
  /// Publishes a copy of this text instead, which ends at its NUL.
  Replace &payload(const char *text) & { return payload(std::string(text)); }
  /// The same for a temporary.
  Replace payload(std::string &&bytes) && { return std::move(this->payload(std::move(bytes))); }
  /// The same for a temporary.
  Replace payload(std::string_view bytes) && { return std::move(this->payload(bytes)); }
  /// The same for a temporary.
  Replace payload(const char *text) && { return std::move(this->payload(text)); }

  /// Answers a call of the C interface with these changes, for programs that use both. The payload
  /// is moved out.
  ///
  /// @return what the functions of the C interface returned; where it is not `EXHOOK_OK` the
  ///     fallback is answered
  /// @throws std::bad_alloc where there is no memory; the call is unanswered then
  exhook_code reply_to(exhook_call *call) {
    const std::unique_ptr<exhook_message, FreeMessage> message(exhook_message_new());
    exhook_code code = EXHOOK_OK;
    if (topic_) code = exhook_message_set_topic(message.get(), detail::c_text(*topic_));
    if (code == EXHOOK_OK && qos_) code = exhook_message_set_qos(message.get(), *qos_);
    if (code == EXHOOK_OK && payload_) code = give_payload(message.get());
    if (code == EXHOOK_OK) return exhook_reply_message(call, message.get());
    exhook_reply_error(call);
    return code;
  }

private:
  struct FreeMessage {
    void operator()(exhook_message *message) const noexcept { exhook_message_free(message); }
  };

  static void free_payload(void *user) noexcept {
    const std::unique_ptr<std::string> owned(static_cast<std::string *>(user));
  }

  exhook_code give_payload(exhook_message *message) {
    auto owned = std::make_unique<std::string>(*std::move(payload_));
    payload_.reset();
    const exhook_bytes bytes = detail::c_bytes(*owned);
    return exhook_message_give_payload(message, bytes, &free_payload, owned.release());
  }

  std::optional<std::string> topic_;
  std::optional<unsigned> qos_;
  std::optional<std::string> payload_;
};

/// The message is published, with the changes that are set on what is returned. For
/// message.publish.
[[nodiscard]] inline Replace replace() { return {}; }

/// What a handler of message.publish returns that sometimes changes the message and sometimes
/// decides: both convert to it.
///
/// @code
/// app.on_message_publish([](const auto &request) -> exhook::PublishAnswer {
///   if (request.message().payload().empty()) return exhook::block();
///   return exhook::replace().qos(1);
/// });
/// @endcode
class PublishAnswer {
public:
  /// Publishes with these changes.
  PublishAnswer(Replace changes) noexcept : answer_(std::move(changes)) {}
  /// block() or ignore(); others do not suit the hook, so that its fallback is answered.
  PublishAnswer(Verdict verdict) noexcept : answer_(verdict) {}

  /// Answers a call of the C interface; see Replace::reply_to and Verdict::reply_to.
  exhook_code reply_to(exhook_call *call) {
    return std::visit([call](auto &answer) { return answer.reply_to(call); }, answer_);
  }

private:
  std::variant<Verdict, Replace> answer_;
};

} // namespace exhook

#endif
