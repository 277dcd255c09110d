//! [`Config`]: every option of a server, and the only place where defaults live.

use std::fmt;

use crate::{
    error::{Error, ErrorCode},
    server::AdminAddress,
    words::did_you_mean,
};

/// The value of an option where options go by name: in files, in the environment, in other
/// languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigValue {
    /// A whole number from 0.
    Number(u64),
    /// On or off.
    Switch(bool),
    /// Words, such as an address.
    Text(String),
}

impl ConfigValue {
    /// What an option takes whose value is of this kind, for error messages.
    pub const fn expected(&self) -> &'static str {
        match self {
            ConfigValue::Number(_) => "a whole number from 0",
            ConfigValue::Switch(_) => "true or false",
            ConfigValue::Text(_) => "a text",
        }
    }
}

impl fmt::Display for ConfigValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigValue::Number(number) => number.fmt(formatter),
            ConfigValue::Switch(on) => on.fmt(formatter),
            ConfigValue::Text(text) => write!(formatter, "{text:?}"),
        }
    }
}

/// How many threads run handlers at most, in languages where a handler keeps its thread.
pub const DEFAULT_THREADS: usize = 32;

macro_rules! define_config {
    ($($(#[doc = $line:literal])* $name:ident: $type:ty = $kind:ident($default:expr);)*) => {
        /// The options of a server. Times are milliseconds, sizes are bytes.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Config {
            $($(#[doc = $line])* pub $name: $type,)*
        }

        impl Default for Config {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        impl Config {
            /// Every option by its name, with its value.
            pub fn options(&self) -> Vec<(&'static str, ConfigValue)> {
                vec![$((stringify!($name), define_config!(@read $kind self.$name))),*]
            }

            /// What the option of this name means; `None` where there is none.
            pub fn description(name: &str) -> Option<&'static str> {
                match name {
                    $(stringify!($name) => Some(concat!($($line),*).trim_ascii_start()),)*
                    _ => None,
                }
            }

            /// Sets the option of this name.
            ///
            /// # Errors
            ///
            /// [`ErrorCode::InvalidOption`] where there is no such option, naming the one that is
            /// spelled most like it, and where the value is not of its kind.
            pub fn set(&mut self, name: &str, value: ConfigValue) -> Result<(), Error> {
                match (name, value) {
                    $((stringify!($name), ConfigValue::$kind(value)) => {
                        define_config!(@write $kind self.$name, value);
                        Ok(())
                    })*
                    (_, value) => Err(self.refusal(name, &value)),
                }
            }
        }
    };
    (@read Number $place:expr) => { ConfigValue::Number($place as u64) };
    (@read Switch $place:expr) => { ConfigValue::Switch($place) };
    (@read Text $place:expr) => { ConfigValue::Text($place.clone()) };
    (@write Number $place:expr, $value:ident) => {
        $place = $value.try_into().unwrap_or(usize::MAX as _)
    };
    (@write Switch $place:expr, $value:ident) => { $place = $value };
    (@write Text $place:expr, $value:ident) => { $place = $value };
}

define_config! {
    /// How long user code may take for an answer unless its handler says otherwise. The broker's
    /// own `request_timeout`, less a tenth of it, counts where that is shorter.
    timeout_ms: u64 = Number(4_000);
    /// How many calls may be running at once, brokers waiting for them. More are answered with
    /// the fallback at once.
    max_inflight: usize = Number(10_000);
    /// How many notifications may be answered but not yet handled. More are held back, which
    /// slows the broker down, and are dropped at the deadline.
    inbox_capacity: usize = Number(10_000);
    /// How many threads read, decode and answer; one serves some 100,000 calls a second.
    io_threads: usize = Number(1);
    /// The largest request that is decoded; larger ones are answered with the fallback.
    max_message_bytes: usize = Number(16 * 1024 * 1024);
    /// How long stopping waits for running calls and queued notifications.
    drain_timeout_ms: u64 = Number(5_000);
    /// How often a connection is probed with a PING, so that brokers that vanished are noticed: one
    /// that has not answered when the next is due is let go. 0 turns probing off.
    keepalive_interval_ms: u64 = Number(30_000);
    /// Also announce the valued hooks that have no handler, and answer them with ignore. For
    /// brokers of 5.9 and later with several exhook servers, whose chain otherwise ends at a
    /// server that did not announce the hook.
    companion: bool = Switch(false);
    /// Where `GET /metrics` is answered over HTTP/1.1 in Prometheus' text format: `host:port`, or a
    /// port alone for this machine only. Empty turns it off. There is neither TLS nor a password:
    /// whoever reaches the address can read it.
    admin: String = Text(String::new());
}

impl Config {
    fn refusal(&self, name: &str, value: &ConfigValue) -> Error {
        let known = self.options();
        let message = match known.iter().find(|(option, _)| *option == name) {
            Some((_, kind)) => format!("{name} is {value}; it takes {}", kind.expected()),
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
        AdminAddress::of(self)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_set_and_described_by_name() {
        let mut config = Config::default();
        for (name, value) in Config::default().options() {
            let other = match value {
                ConfigValue::Number(number) => ConfigValue::Number(number + 1),
                ConfigValue::Switch(on) => ConfigValue::Switch(!on),
                ConfigValue::Text(text) => ConfigValue::Text(text + "9090"),
            };
            config
                .set(name, other.clone())
                .expect("the option's own kind");
            assert!(config.options().contains(&(name, other)));
            let description = Config::description(name).expect("every option has one");
            assert!(description.ends_with('.') && !description.contains("  "));
        }
    }

    #[test]
    fn an_unknown_option_is_refused_with_the_nearest_and_a_wrong_kind_with_the_right_one() {
        let mut config = Config::default();
        let error = |name, value| {
            let refused = Config::default().set(name, value);
            refused.expect_err("no such option").to_string()
        };
        let unknown = error("time_out_ms", ConfigValue::Number(1));
        assert_eq!(
            unknown,
            "there is no option time_out_ms; did you mean timeout_ms?"
        );
        let wrong = error("companion", ConfigValue::Number(1));
        assert_eq!(wrong, "companion is 1; it takes true or false");
        let wrong = error("admin", ConfigValue::Number(9090));
        assert_eq!(wrong, "admin is 9090; it takes a text");
        let wrong = error("timeout_ms", ConfigValue::Text("soon".to_owned()));
        assert_eq!(
            wrong,
            "timeout_ms is \"soon\"; it takes a whole number from 0"
        );
        config
            .set("io_threads", ConfigValue::Number(0))
            .expect("of its kind");
        assert!(config.validate().is_err());
    }
}
