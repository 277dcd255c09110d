//! [`Config`]: every option of a server, and the only place where defaults live.

use std::fmt;

use super::value::ConfigValue;
use crate::{
    error::{Error, ErrorCode},
    words::did_you_mean,
};

/// How many threads run handlers at most, in languages where a handler keeps its thread.
pub const DEFAULT_THREADS: usize = 32;

macro_rules! define_config {
    ($($(#[doc = $line:literal])* $name:ident: $type:ty = $kind:ident($default:expr);)*) => {
        /// The options of a server. Times are milliseconds, sizes are bytes.
        #[derive(Clone, PartialEq, Eq)]
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
    /// How much memory may be taken by requests that are arriving, and by answers that are not taken.
    /// Requests that come while it is used up are answered with the fallback, unread.
    max_buffered_bytes: usize = Number(256 * 1024 * 1024);
    /// How many bytes of headers a request may have; those of a broker have some 400.
    max_header_bytes: usize = Number(16 * 1024);
    /// How many calls of one connection may be running at once; more are answered with the fallback
    /// at once.
    max_inflight_per_connection: usize = Number(5_000);
    /// How many connections are served at once; more wait to be accepted until one ends. A quarter of
    /// the files that the process may open is left to the program.
    max_connections: usize = Number(4_096);
    /// How many connections one address may have; more are closed as soon as they are accepted. A
    /// broker opens `pool_size` of them, 8 unless told otherwise, but a proxy stands for many brokers.
    max_connections_per_peer: usize = Number(1_024);
    /// How many connections may be at their beginning, TLS and the HTTP/2 preface, at once; more are
    /// closed, oldest first, once they have had a second.
    max_handshakes: usize = Number(256);
    /// How long a connection may take for its beginning: TLS and the HTTP/2 preface.
    handshake_timeout_ms: u64 = Number(10_000);
    /// How long a request may take to arrive whole; less where its broker waits less.
    receive_timeout_ms: u64 = Number(10_000);
    /// How long stopping waits for running calls and queued notifications.
    drain_timeout_ms: u64 = Number(5_000);
    /// How long a server that is told to stop goes on as before, except that it says it is not ready,
    /// so that load balancers can turn away from it first.
    drain_delay_ms: u64 = Number(0);
    /// How often a connection is probed with a PING, so that brokers that vanished are noticed: one
    /// that has not answered when the next is due is let go. 0 turns probing off.
    keepalive_interval_ms: u64 = Number(30_000);
    /// The server's certificate and those that lead to its authority, in PEM: the path of a file, or
    /// the text itself. With `tls_key` it turns TLS on.
    tls_cert: String = Text(String::new());
    /// The private key of `tls_cert`, in PEM: the path of a file, or the text itself.
    tls_key: String = Text(String::new());
    /// The authorities whose certificates brokers have to show, in PEM: the path of a file, or the
    /// text itself. Without it brokers need no certificate.
    tls_client_ca: String = Text(String::new());
    /// Which brokers are served: names (DNS, IP address or URI) of which their certificate has to
    /// have one, parted by commas. Empty serves all that `tls_client_ca` vouches for.
    tls_client_names: String = Text(String::new());
    /// Which brokers are served: SHA-256 fingerprints of which their certificate has to have one, in
    /// hexadecimal, parted by commas. Empty serves all that `tls_client_ca` vouches for; where names
    /// are given too, both have to hold.
    tls_client_fingerprints: String = Text(String::new());
    /// The oldest version of TLS that is spoken: 1.2 or 1.3.
    tls_min_version: String = Text("1.2".to_owned());
    /// How often the files of `tls_cert`, `tls_key` and `tls_client_ca` are looked at for changes,
    /// which new connections get. 0 turns it off.
    tls_reload_interval_ms: u64 = Number(10_000);
    /// Also announce the valued hooks that have no handler, and answer them with ignore. For
    /// brokers of 5.9 and later with several exhook servers, whose chain otherwise ends at a
    /// server that did not announce the hook.
    companion: bool = Switch(false);
    /// Where operators find this server over HTTP/1.1, with metrics, health and a live page:
    /// `host:port`, or a port alone for this machine only. Empty turns it off. There is neither TLS
    /// nor a password: whoever reaches the address can read it.
    admin: String = Text(String::new());
    /// Whether the live page of `admin` shows the payloads of messages.
    admin_payloads: bool = Switch(false);
    /// Whether gRPC clients may ask which services and methods there are (reflection).
    reflection: bool = Switch(true);
    /// Where log lines go as text or JSON: `text` or `json` for standard error, or one of them with
    /// the path of a file, as in `json:/var/log/exhook.log`. Empty leaves them to the language's
    /// logger.
    log: String = Text(String::new());
    /// Where each valued decision is logged: the path of a file of JSON lines, or `log` for where
    /// other log lines go. Empty turns it off.
    decision_log: String = Text(String::new());
    /// The size from which on the file of `decision_log` is put aside and a new one begun.
    decision_log_max_bytes: u64 = Number(100 * 1024 * 1024);
    /// How many files of `decision_log` are kept beside the newest.
    decision_log_files: usize = Number(5);
    /// Where traces go by OTLP over HTTP, as in `http://127.0.0.1:4318`. Empty turns them off.
    otlp_endpoint: String = Text(String::new());
    /// How many of a hundred calls are traced.
    otlp_sample_percent: u64 = Number(100);
}

impl fmt::Debug for Config {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.options()).finish()
    }
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
