/// @file
/// exhook::Error, which every function throws that can fail.
#ifndef EXHOOK_ERROR_HPP
#define EXHOOK_ERROR_HPP

#include <exhook.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace exhook {

/// What is wrong with an address, an option, or the time at which something was asked for.
///
/// `what()` says what is wrong, where, and what to do; `code()` is for programs.
class Error : public std::runtime_error {
public:
  /// An error of this code with this text.
  Error(exhook_code code, const std::string &text) : std::runtime_error(text), code_(code) {}

  /// The code, for example `EXHOOK_ERR_ADDRESS_IN_USE`.
  [[nodiscard]] exhook_code code() const noexcept { return code_; }

private:
  exhook_code code_;
};

namespace detail {

struct FreeError {
  void operator()(exhook_error *error) const noexcept { exhook_error_free(error); }
};

/// Throws `error` unless there is none, and frees it.
inline void check(exhook_error *error) {
  const std::unique_ptr<exhook_error, FreeError> owned(error);
  if (owned) throw Error(exhook_error_code(error), exhook_error_text(error));
}

/// Throws `code` unless it is `EXHOOK_OK`; `what` says what it was for.
inline void check(exhook_code code, const std::string &what) {
  if (code != EXHOOK_OK) throw Error(code, what + ": " + exhook_code_text(code));
}

} // namespace detail
} // namespace exhook

#endif
