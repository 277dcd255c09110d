//! [`Config`]: every option of a server, and the only place where defaults live.

use crate::{
    error::{Error, ErrorCode},
    words::did_you_mean,
};

/// The options of a server. Times are milliseconds, sizes are bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How long user code may take for an answer unless its handler says otherwise. The broker's
    /// own `request_timeout`, less a tenth of it, counts where that is shorter.
    pub timeout_ms: u64,
    /// How many calls may be running at once, brokers waiting for them. More are answered with
    /// the fallback at once.
    pub max_inflight: usize,
    /// How many notifications may be answered but not yet handled. More are held back, which
    /// slows the broker down, and are dropped at the deadline.
    pub inbox_capacity: usize,
    /// How many threads read, decode and answer; one serves some 100,000 calls a second.
    pub io_threads: usize,
    /// The largest request that is decoded; larger ones are answered with the fallback.
    pub max_message_bytes: usize,
    /// How long `stop` waits for running calls and queued notifications.
    pub drain_timeout_ms: u64,
    /// How often a connection is probed with a PING, so that brokers that vanished are noticed: one
    /// that has not answered when the next is due is let go. 0 turns probing off.
    pub keepalive_interval_ms: u64,
    /// Also announce the valued hooks that have no handler, and answer them with ignore. For
    /// brokers of 5.9 and later with several exhook servers, whose chain otherwise ends at a
    /// server that did not announce the hook.
    pub companion: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            timeout_ms: 4_000,
            max_inflight: 10_000,
            inbox_capacity: 10_000,
            io_threads: 1,
            max_message_bytes: 16 * 1024 * 1024,
            drain_timeout_ms: 5_000,
            keepalive_interval_ms: 30_000,
            companion: false,
        }
    }
}

/// The value of an option where options go by name: in files, in the environment, in other
/// languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigValue {
    /// A whole number from 0.
    Number(u64),
    /// On or off.
    Switch(bool),
}

impl ConfigValue {
    /// What an option takes whose value is of this kind, for error messages.
    pub const fn expected(self) -> &'static str {
        match self {
            ConfigValue::Number(_) => "a whole number from 0",
            ConfigValue::Switch(_) => "true or false",
        }
    }
}

macro_rules! options {
    ($($name:ident: $kind:ident),* $(,)?) => {
        impl Config {
            /// Every option by its name, with its value.
            pub fn options(&self) -> Vec<(&'static str, ConfigValue)> {
                // Without `..`, so that no option is forgotten here.
                let Config { $($name),* } = self;
                vec![$((stringify!($name), options!(@read $kind $name))),*]
            }

            /// Sets the option of this name.
            ///
            /// # Errors
            ///
            /// [`ErrorCode::InvalidOption`] where there is no such option, naming the one that is
            /// spelled most like it, and where the value is not of its kind.
            pub fn set(&mut self, name: &str, value: ConfigValue) -> Result<(), Error> {
                match (name, value) {
                    $((stringify!($name), options!(@pattern $kind value)) => {
                        options!(@write $kind self.$name, value);
                        Ok(())
                    })*
                    _ => Err(self.refusal(name, value)),
                }
            }
        }
    };
    (@pattern Number $value:ident) => { ConfigValue::Number($value) };
    (@pattern Switch $value:ident) => { ConfigValue::Switch($value) };
    (@read Number $name:ident) => { ConfigValue::Number(*$name as u64) };
    (@read Switch $name:ident) => { ConfigValue::Switch(*$name) };
    (@write Number $place:expr, $value:ident) => { $place = $value.try_into().unwrap_or(usize::MAX as _) };
    (@write Switch $place:expr, $value:ident) => { $place = $value };
}

options! {
    timeout_ms: Number,
    max_inflight: Number,
    inbox_capacity: Number,
    io_threads: Number,
    max_message_bytes: Number,
    drain_timeout_ms: Number,
    keepalive_interval_ms: Number,
    companion: Switch,
}

impl Config {
    fn refusal(&self, name: &str, value: ConfigValue) -> Error {
        let known = self.options();
        let message = match known.iter().find(|(option, _)| *option == name) {
            Some((_, kind)) => format!("{name} is {value:?}; it takes {}", kind.expected()),
            None => format!(
                "there is no option {name}{}",
                did_you_mean(name, known.iter().map(|(option, _)| *option))
            ),
        };
        Error::new(ErrorCode::InvalidOption, message)
    }

    /// Checks that every value has a meaning.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidOption`], naming the option and what it takes.
    pub fn validate(&self) -> Result<(), Error> {
        for (name, value) in [
            ("timeout_ms", self.timeout_ms),
            ("max_inflight", self.max_inflight as u64),
            ("inbox_capacity", self.inbox_capacity as u64),
            ("io_threads", self.io_threads as u64),
            ("max_message_bytes", self.max_message_bytes as u64),
            ("drain_timeout_ms", self.drain_timeout_ms),
        ] {
            if value == 0 {
                return Err(Error::new(
                    ErrorCode::InvalidOption,
                    format!("{name} is 0; it must be at least 1"),
                ));
            }
        }
        if self.io_threads > 256 {
            return Err(Error::new(
                ErrorCode::InvalidOption,
                format!("io_threads is {}; at most 256 make sense", self.io_threads),
            ));
        }
        if self.max_message_bytes > u32::MAX as usize {
            return Err(Error::new(
                ErrorCode::InvalidOption,
                format!(
                    "max_message_bytes is {}; a gRPC message has at most {}",
                    self.max_message_bytes,
                    u32::MAX
                ),
            ));
        }
        Ok(())
    }
}
