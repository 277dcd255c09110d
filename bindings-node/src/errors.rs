//! Errors on their way to JavaScript, where `lib/errors.js` makes its classes of them.

use exhook::ErrorCode;

/// The error that JavaScript gets: the code's name, a colon and the message.
pub(crate) fn thrown(error: &exhook::Error) -> napi::Error {
    napi::Error::from_reason(format!("{}: {error}", error.code().name()))
}

/// An error about an option.
pub(crate) fn invalid_option(message: impl Into<String>) -> napi::Error {
    thrown(&exhook::Error::new(ErrorCode::InvalidOption, message))
}
