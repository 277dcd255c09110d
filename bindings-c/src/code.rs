//! What can go wrong, as numbers.

use std::ffi::CStr;

use exhook_core::{ErrorCode, ReplyError};

use crate::guard::Neutral;

/// What became of a call of a function. The numbers never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum exhook_code {
    /// It did what it should.
    EXHOOK_OK = 0,
    /// An option or topic filter has no meaning.
    EXHOOK_ERR_INVALID_OPTION = 1,
    /// The address to listen on cannot be read.
    EXHOOK_ERR_INVALID_ADDRESS = 2,
    /// The address is used by another process.
    EXHOOK_ERR_ADDRESS_IN_USE = 3,
    /// The system refused a socket, a thread or a signal handler.
    EXHOOK_ERR_IO = 4,
    /// The server is running where it must not be, or the other way round; or the function must not
    /// be called inside a callback.
    EXHOOK_ERR_WRONG_STATE = 5,
    /// This process was forked from the one whose server it is.
    EXHOOK_ERR_FORKED = 6,
    /// An argument is NULL that must not be.
    EXHOOK_ERR_NULL = 100,
    /// A text is not UTF-8.
    EXHOOK_ERR_NOT_UTF8 = 101,
    /// The broker has been answered by policy, because the deadline had passed, or it went away.
    EXHOOK_ERR_TOO_LATE = 102,
    /// The verdict does not suit the hook; the fallback was answered.
    EXHOOK_ERR_WRONG_VERDICT = 103,
    /// The broker could not publish the message; the fallback was answered.
    EXHOOK_ERR_BAD_MESSAGE = 104,
    /// The program has answered this call before.
    EXHOOK_ERR_ANSWERED = 105,
    /// The call was not deferred, so it is not the program's to free.
    EXHOOK_ERR_NOT_DEFERRED = 106,
    /// A defect of the library, which was caught; the log says more.
    EXHOOK_ERR_PANIC = 107,
}

/// An [`exhook_code`] that comes from C, and so may be any number.
pub type CodeNumber = u32;

impl exhook_code {
    const ALL: [Self; 15] = [
        Self::EXHOOK_OK,
        Self::EXHOOK_ERR_INVALID_OPTION,
        Self::EXHOOK_ERR_INVALID_ADDRESS,
        Self::EXHOOK_ERR_ADDRESS_IN_USE,
        Self::EXHOOK_ERR_IO,
        Self::EXHOOK_ERR_WRONG_STATE,
        Self::EXHOOK_ERR_FORKED,
        Self::EXHOOK_ERR_NULL,
        Self::EXHOOK_ERR_NOT_UTF8,
        Self::EXHOOK_ERR_TOO_LATE,
        Self::EXHOOK_ERR_WRONG_VERDICT,
        Self::EXHOOK_ERR_BAD_MESSAGE,
        Self::EXHOOK_ERR_ANSWERED,
        Self::EXHOOK_ERR_NOT_DEFERRED,
        Self::EXHOOK_ERR_PANIC,
    ];

    pub(crate) fn of(number: CodeNumber) -> Option<Self> {
        Self::ALL.into_iter().find(|code| *code as u32 == number)
    }

    pub(crate) const fn text(self) -> &'static CStr {
        match self {
            Self::EXHOOK_OK => c"no error",
            Self::EXHOOK_ERR_INVALID_OPTION => c"an option or topic filter has no meaning",
            Self::EXHOOK_ERR_INVALID_ADDRESS => {
                c"the address cannot be read; give host:port or unix:/path"
            }
            Self::EXHOOK_ERR_ADDRESS_IN_USE => c"the address is used by another process",
            Self::EXHOOK_ERR_IO => c"the system refused a socket, a thread or a signal handler",
            Self::EXHOOK_ERR_WRONG_STATE => {
                c"the server's state, or being inside a callback, does not allow it"
            }
            Self::EXHOOK_ERR_FORKED => c"this process was forked from the one whose server it is",
            Self::EXHOOK_ERR_NULL => c"an argument is NULL that must not be",
            Self::EXHOOK_ERR_NOT_UTF8 => c"a text is not UTF-8",
            Self::EXHOOK_ERR_TOO_LATE => {
                c"the broker has been answered already; answer sooner, or raise timeout_ms"
            }
            Self::EXHOOK_ERR_WRONG_VERDICT => {
                c"the verdict does not suit the hook; the fallback was answered"
            }
            Self::EXHOOK_ERR_BAD_MESSAGE => {
                c"the broker could not publish the message; the fallback was answered"
            }
            Self::EXHOOK_ERR_ANSWERED => c"the program has answered this call before",
            Self::EXHOOK_ERR_NOT_DEFERRED => {
                c"the call was not deferred, so it is not the program's to free"
            }
            Self::EXHOOK_ERR_PANIC => {
                c"a defect of exhook was caught; please report what the log says"
            }
        }
    }
}

impl Neutral for exhook_code {
    fn neutral() -> Self {
        Self::EXHOOK_OK
    }

    fn after_panic() -> Self {
        Self::EXHOOK_ERR_PANIC
    }
}

impl From<ErrorCode> for exhook_code {
    fn from(code: ErrorCode) -> Self {
        match code {
            ErrorCode::InvalidOption => Self::EXHOOK_ERR_INVALID_OPTION,
            ErrorCode::InvalidAddress => Self::EXHOOK_ERR_INVALID_ADDRESS,
            ErrorCode::AddressInUse => Self::EXHOOK_ERR_ADDRESS_IN_USE,
            ErrorCode::Io => Self::EXHOOK_ERR_IO,
            ErrorCode::WrongState => Self::EXHOOK_ERR_WRONG_STATE,
            ErrorCode::Forked => Self::EXHOOK_ERR_FORKED,
        }
    }
}

impl From<&ReplyError> for exhook_code {
    fn from(error: &ReplyError) -> Self {
        match error {
            ReplyError::TooLate => Self::EXHOOK_ERR_TOO_LATE,
            ReplyError::WrongVerdict { .. } => Self::EXHOOK_ERR_WRONG_VERDICT,
            ReplyError::BadMessage(_) => Self::EXHOOK_ERR_BAD_MESSAGE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_the_numbers_of_the_core() {
        for code in [
            ErrorCode::InvalidOption,
            ErrorCode::InvalidAddress,
            ErrorCode::AddressInUse,
            ErrorCode::Io,
            ErrorCode::WrongState,
            ErrorCode::Forked,
        ] {
            let same = exhook_code::from(code);
            assert_eq!(same as i32, code as i32);
            assert_eq!(format!("{same:?}"), format!("EXHOOK_ERR_{}", code.name()));
        }
    }

    #[test]
    fn every_code_is_known_by_its_number() {
        for code in exhook_code::ALL {
            assert_eq!(exhook_code::of(code as u32), Some(code));
        }
        assert_eq!(exhook_code::of(99), None);
    }
}
