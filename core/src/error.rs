//! What can go wrong, with numbers that never change their meaning.

use std::fmt;

/// The kind of an [`Error`]. The numbers are part of the C interface: they are never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum ErrorCode {
    /// A configuration value or handler option has no meaning.
    InvalidOption = 1,
    /// The bind address cannot be read.
    InvalidAddress = 2,
    /// The address is used by another process.
    AddressInUse = 3,
    /// The system refused a socket or a thread.
    Io = 4,
    /// The server was started before, or has been stopped.
    WrongState = 5,
    /// This process was forked from the one that started the server.
    Forked = 6,
}

impl ErrorCode {
    /// The code's name, such as `ADDRESS_IN_USE`.
    pub const fn name(self) -> &'static str {
        match self {
            ErrorCode::InvalidOption => "INVALID_OPTION",
            ErrorCode::InvalidAddress => "INVALID_ADDRESS",
            ErrorCode::AddressInUse => "ADDRESS_IN_USE",
            ErrorCode::Io => "IO",
            ErrorCode::WrongState => "WRONG_STATE",
            ErrorCode::Forked => "FORKED",
        }
    }
}

/// An error of exhook: what happened, where, and what to do about it.
#[derive(thiserror::Error)]
pub struct Error {
    code: ErrorCode,
    message: String,
    source: Option<std::io::Error>,
}

impl Error {
    /// An error of this kind.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            source: None,
        }
    }

    /// An error of the operating system; `what` says what was being done.
    pub fn io(what: impl fmt::Display, source: std::io::Error) -> Self {
        Self {
            code: ErrorCode::Io,
            message: format!("{what}: {source}"),
            source: Some(source),
        }
    }

    /// What there is to say in a child of `process`, in which the server was started.
    pub fn forked(process: u32) -> Self {
        Self::new(
            ErrorCode::Forked,
            format!(
                "this process was forked from process {process}, whose server threads it does not \
                 have; start a server of its own after the fork"
            ),
        )
    }

    /// The kind of the error.
    pub const fn code(&self) -> ErrorCode {
        self.code
    }
}

// What Rust prints where `main` returns an error: words for people, as they are.
impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}
