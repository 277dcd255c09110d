/// @file
/// exhook::Options and exhook::Topics: how a handler is registered.
#ifndef EXHOOK_OPTIONS_HPP
#define EXHOOK_OPTIONS_HPP

#include <exhook.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "error.hpp"
#include "text.hpp"

namespace exhook {

/// What is answered where a handler has no answer in time, fails, or is not asked at all.
enum class Fallback {
  /// Yes. For client.authenticate, client.authorize and message.ingress.
  allow = EXHOOK_FALLBACK_ALLOW,
  /// No. For client.authenticate, client.authorize and message.ingress, where it is the default.
  deny = EXHOOK_FALLBACK_DENY,
  /// No opinion; a published message stays as it is, which is its default.
  ignore = EXHOOK_FALLBACK_IGNORE,
  /// The message does not reach its subscribers. For message.publish.
  block = EXHOOK_FALLBACK_BLOCK,
};

/// When the broker is answered whose answer does not count.
enum class Ack {
  /// Before the handler runs, so that no client waits for it. The default.
  early = EXHOOK_ACK_EARLY,
  /// After the handler ran, so that a broker is slowed down that is too fast for it.
  late = EXHOOK_ACK_LATE,
};

/// Topic filters, which limit a handler of messages to some topics: one, or several in braces.
///
/// Whether a filter is one is checked where the handler is registered.
class Topics {
public:
  /// One filter, for example `"sensors/#"`.
  Topics(const char *filter) : filters_{filter} {}
  /// One filter.
  Topics(std::string_view filter) : filters_{std::string(filter)} {}
  /// One filter.
  Topics(std::string filter) { filters_.push_back(std::move(filter)); }
  /// Several filters, as in `{"sensors/#", "alarms/+"}`.
  Topics(std::initializer_list<std::string_view> filters)
      : filters_(filters.begin(), filters.end()) {}
  /// Several filters that were read from somewhere.
  Topics(std::vector<std::string> filters) noexcept : filters_(std::move(filters)) {}

  /// The filters, valid as long as this object.
  [[nodiscard]] const std::vector<std::string> &filters() const noexcept { return filters_; }

private:
  std::vector<std::string> filters_;
};

/// The options of one handler. What is not set is as the server has it.
///
/// @code
/// app.on_client_authenticate(exhook::Options().timeout_ms(500).fallback(exhook::Fallback::ignore),
///                            handler);
/// @endcode
///
/// A value that may be copied and used again. Whether the options suit the hook and its broker is
/// checked where the handler is registered.
class Options {
public:
  /// Adds topic filters to those that are there; without any, all messages come.
  Options &topics(const Topics &topics) {
    topics_.insert(topics_.end(), topics.filters().begin(), topics.filters().end());
    return *this;
  }

  /// How long the handler may take for an answer, in milliseconds. The broker's own
  /// `request_timeout`, less a tenth of it, counts where that is shorter.
  Options &timeout_ms(std::uint64_t milliseconds) noexcept {
    timeout_ms_ = milliseconds;
    return *this;
  }

  /// What is answered where the handler does not answer.
  Options &fallback(Fallback fallback) noexcept {
    fallback_ = fallback;
    return *this;
  }

  /// When the broker is answered whose answer does not count.
  Options &ack(Ack ack) noexcept {
    ack_ = ack;
    return *this;
  }

  /// Asks the handler beside the others: what it says is logged and counted, and the broker is
  /// answered without it.
  Options &shadow(bool is_shadow = true) noexcept {
    is_shadow_ = is_shadow;
    return *this;
  }

  /// Runs the handler on the threads that read and write, which saves the way to another thread.
  /// It must not block there: all brokers would wait, and no deadline would be kept.
  Options &run_inline(bool is_inline = true) noexcept {
    is_inline_ = is_inline;
    return *this;
  }

  /// Frees the options of the C interface.
  struct Free {
    /// Frees `options`.
    void operator()(exhook_options *options) const noexcept { exhook_options_free(options); }
  };

  /// The same options for the C interface, for programs that use both.
  ///
  /// @throws Error where a topic filter is no UTF-8 text
  [[nodiscard]] std::unique_ptr<exhook_options, Free> to_c() const {
    std::unique_ptr<exhook_options, Free> options(exhook_options_new());
    for (const std::string &filter : topics_) {
      const exhook_code code = exhook_options_add_topic(options.get(), detail::c_text(filter));
      detail::check(code, "topic filter " + filter);
    }
    if (timeout_ms_) {
      detail::check(exhook_options_set_timeout_ms(options.get(), *timeout_ms_), "timeout_ms");
    }
    if (fallback_) {
      const auto fallback = static_cast<exhook_fallback>(*fallback_);
      detail::check(exhook_options_set_fallback(options.get(), fallback), "fallback");
    }
    if (ack_) {
      detail::check(exhook_options_set_ack(options.get(), static_cast<exhook_ack>(*ack_)), "ack");
    }
    if (is_shadow_) {
      detail::check(exhook_options_set_shadow(options.get(), *is_shadow_), "shadow");
    }
    if (is_inline_) {
      detail::check(exhook_options_set_inline(options.get(), *is_inline_), "run_inline");
    }
    return options;
  }

private:
  std::vector<std::string> topics_;
  std::optional<std::uint64_t> timeout_ms_;
  std::optional<Fallback> fallback_;
  std::optional<Ack> ack_;
  std::optional<bool> is_shadow_;
  std::optional<bool> is_inline_;
};

} // namespace exhook

#endif
