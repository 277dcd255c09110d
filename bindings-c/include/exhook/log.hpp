/// @file
/// Where the library's log goes.
#ifndef EXHOOK_LOG_HPP
#define EXHOOK_LOG_HPP

#include <exhook.h>

#include <exception>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include "error.hpp"
#include "handler.hpp"
#include "text.hpp"

namespace exhook {

/// How much a log record matters, and which are wanted: those of a level and of all before it.
enum class Level {
  /// None is wanted.
  off = EXHOOK_LOG_OFF,
  /// Something failed, for example a handler threw.
  error = EXHOOK_LOG_ERROR,
  /// Something is not as it should be.
  warn = EXHOOK_LOG_WARN,
  /// What happens to the server, for example that it listens.
  info = EXHOOK_LOG_INFO,
  /// What happens to connections.
  debug = EXHOOK_LOG_DEBUG,
  /// Everything.
  trace = EXHOOK_LOG_TRACE,
};

/// The name of a level, for example `warn`; valid always.
[[nodiscard]] inline std::string_view level_name(Level level) noexcept {
  return exhook_log_level_name(static_cast<exhook_log_level>(level));
}

/// One line of the log: a view, valid until the callable returns that got it.
class LogRecord {
public:
  /// A view of a record of the C interface.
  explicit LogRecord(const exhook_log_record *record) noexcept : record_(record) {}

  /// How much it matters.
  [[nodiscard]] Level level() const noexcept {
    return static_cast<Level>(exhook_log_record_level(record_));
  }
  /// The part of the library that it is from.
  [[nodiscard]] std::string_view target() const noexcept {
    return detail::text(exhook_log_record_target(record_));
  }
  /// What it says, on one line.
  [[nodiscard]] std::string_view message() const noexcept {
    return detail::text(exhook_log_record_message(record_));
  }

private:
  const exhook_log_record *record_;
};

namespace detail {

/// The callback of the C interface; `user` is the callable.
template <class Callable>
void log_back(const exhook_log_record *record, void *user) noexcept {
  try {
    (*static_cast<Callable *>(user))(LogRecord(record));
  } catch (...) {
    // A log that fails has nowhere to say so.
  }
}

} // namespace detail

/// Hands the log records of this level, and of more important ones, to `callable`, in place of
/// whatever got them before. Without this, warnings and errors go to standard error.
///
/// @param level which records are wanted
/// @param callable is called with a `const exhook::LogRecord &` on a thread of the library's, one
///     record at a time; what it throws is lost. It is destroyed when another one takes its place.
/// @throws Error where the log cannot be taken over
template <class Callable>
void log_to(Level level, Callable &&callable) {
  using Stored = std::decay_t<Callable>;
  static_assert(std::is_invocable_v<Stored &, const LogRecord &>,
                "exhook: log_to takes what can be called with a const exhook::LogRecord &");
  auto stored = std::make_unique<Stored>(std::forward<Callable>(callable));
  detail::check(exhook_log_to(static_cast<exhook_log_level>(level), &detail::log_back<Stored>,
                              stored.release(), &detail::destroy<Stored>));
}

/// Writes the log records of this level, and of more important ones, to standard error.
///
/// @throws Error where the log cannot be taken over
inline void log_to_stderr(Level level) {
  detail::check(exhook_log_to_stderr(static_cast<exhook_log_level>(level)));
}

} // namespace exhook

#endif
