//! [`AdminAddress`]: what the option `admin` says.

use std::{
    fmt,
    net::{Ipv4Addr, SocketAddr, ToSocketAddrs},
    str::FromStr,
};

use crate::{
    config::Config,
    error::{Error, ErrorCode},
};

/// Where the admin listener is wanted. The host is not looked up before it is bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AdminAddress {
    host: String,
    port: u16,
}

impl AdminAddress {
    /// What the option says; `None` where it is off.
    pub(crate) fn of(config: &Config) -> Result<Option<Self>, Error> {
        match config.admin.trim() {
            "" => Ok(None),
            text => text.parse().map(Some),
        }
    }

    /// The host as it was given.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// The addresses that the host stands for, the first of which is to be bound.
    pub(super) fn resolve(&self) -> Result<SocketAddr, Error> {
        let mut addresses = (&*self.host, self.port)
            .to_socket_addrs()
            .map_err(|error| {
                invalid(&self.to_string(), &format!("the host is unknown ({error})"))
            })?;
        addresses
            .next()
            .ok_or_else(|| invalid(&self.to_string(), "the host has no address"))
    }
}

impl FromStr for AdminAddress {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.contains("://") {
            return Err(invalid(text, "it is a URL"));
        }
        if text.starts_with("unix:") {
            return Err(invalid(text, "it is the path of a socket"));
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, port),
            None if text.bytes().all(|letter| letter.is_ascii_digit()) => ("", text),
            None => return Err(invalid(text, "it has no port")),
        };
        let port = port
            .parse()
            .map_err(|_| invalid(text, "the port is no number from 0 to 65535"))?;
        let host = match host.strip_prefix('[').map(|host| host.strip_suffix(']')) {
            Some(Some(host)) => host.to_owned(),
            Some(None) => return Err(invalid(text, "a bracket is not closed")),
            None if host.contains(':') => {
                return Err(invalid(
                    text,
                    "an address of IPv6 stands in brackets, as in [::1]:9090",
                ));
            }
            // Counters tell much about a system: who wants to show them to others says so.
            None if host.is_empty() => Ipv4Addr::LOCALHOST.to_string(),
            None => host.to_owned(),
        };
        Ok(Self { host, port })
    }
}

impl fmt::Display for AdminAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(formatter, "[{}]:{}", self.host, self.port)
        } else {
            write!(formatter, "{}:{}", self.host, self.port)
        }
    }
}

fn invalid(text: &str, problem: &str) -> Error {
    Error::new(
        ErrorCode::InvalidOption,
        format!(
            "admin is {text:?}: {problem}; give host:port, such as 127.0.0.1:9090, or a port alone \
             for this machine only; empty turns it off"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(admin: &str) -> Config {
        Config {
            admin: admin.to_owned(),
            ..Config::default()
        }
    }

    #[test]
    fn a_port_alone_is_for_this_machine_only_and_nothing_is_off() {
        for (text, address) in [
            ("9090", "127.0.0.1:9090"),
            (":9090", "127.0.0.1:9090"),
            (" 127.0.0.2:0 ", "127.0.0.2:0"),
            ("0.0.0.0:9090", "0.0.0.0:9090"),
            ("[::1]:9090", "[::1]:9090"),
        ] {
            let read = AdminAddress::of(&config(text)).expect(text).expect(text);
            assert_eq!(read.to_string(), address);
            assert_eq!(read.resolve().expect(text).to_string(), address);
        }
        assert_eq!(AdminAddress::of(&config("")).ok(), Some(None));
        assert_eq!(AdminAddress::of(&config(" ")).ok(), Some(None));
    }

    #[test]
    fn what_cannot_be_read_names_the_option_and_the_remedy() {
        for (text, problem) in [
            ("localhost", "no port"),
            ("localhost:http", "no number"),
            ("70000", "no number"),
            ("http://localhost:9090", "URL"),
            ("unix:/run/admin.sock", "socket"),
            ("::1:9090", "brackets"),
            ("[::1:9090", "bracket"),
        ] {
            let error = config(text).validate().expect_err(text);
            assert_eq!(error.code(), ErrorCode::InvalidOption);
            let message = error.to_string();
            assert!(message.starts_with("admin is "), "{message}");
            assert!(message.contains(problem), "{message}");
            assert!(message.contains("127.0.0.1:9090"), "{message}");
        }
    }
}
