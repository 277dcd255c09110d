//! [`Bind`]: the address a server is asked to listen on.

use std::{
    fmt,
    net::{SocketAddr, ToSocketAddrs},
    path::PathBuf,
    str::FromStr,
};

use crate::error::{Error, ErrorCode};

const UNIX_PREFIX: &str = "unix:";
const DEALER_PREFIX: &str = "dealer:";

/// An address to listen on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bind {
    /// `host:port`; port 0 lets the system choose.
    Tcp(SocketAddr),
    /// `unix:/path/to/socket`.
    Unix(PathBuf),
    /// `dealer:/path/to/socket,host:port`: another process accepts connections to `host:port`, and
    /// deals them out to several that meet it at the socket.
    Dealt {
        /// The socket where connections are dealt out.
        dealer: PathBuf,
        /// Where brokers find them all; port 0 lets the system choose.
        address: SocketAddr,
    },
}

/// The address a server listens on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BoundAddress {
    /// With the real port.
    Tcp(SocketAddr),
    /// The socket file, which is removed when the server stops.
    Unix(PathBuf),
}

impl FromStr for Bind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let invalid = |problem: &str| {
            Error::new(
                ErrorCode::InvalidAddress,
                format!(
                    "cannot listen on {text:?}: {problem}; give host:port, such as 0.0.0.0:9000, \
                     or unix:/path/to/socket"
                ),
            )
        };
        if let Some(path) = text.strip_prefix(UNIX_PREFIX) {
            if path.is_empty() {
                return Err(invalid("the socket path is empty"));
            }
            return Ok(Bind::Unix(PathBuf::from(path)));
        }
        if let Some(dealt) = text.strip_prefix(DEALER_PREFIX) {
            let Some((dealer, address)) = dealt.rsplit_once(',') else {
                return Err(invalid("it has no address after the dealer's socket"));
            };
            let Bind::Tcp(address) = address.parse()? else {
                return Err(invalid("a dealer listens on host:port"));
            };
            return Ok(Bind::Dealt {
                dealer: PathBuf::from(dealer),
                address,
            });
        }
        if text.contains("://") {
            return Err(invalid("it is a URL"));
        }
        let Some((host, port)) = text.rsplit_once(':') else {
            return Err(invalid("it has no port"));
        };
        let Ok(port) = port.parse::<u16>() else {
            return Err(invalid("the port is no number from 0 to 65535"));
        };
        let host = if host.is_empty() { "0.0.0.0" } else { host };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let address = (host, port)
            .to_socket_addrs()
            .map_err(|error| invalid(&format!("the host is unknown ({error})")))?
            .next()
            .ok_or_else(|| invalid("the host has no address"))?;
        Ok(Bind::Tcp(address))
    }
}

impl BoundAddress {
    /// The TCP port; `None` for a Unix socket.
    pub fn port(&self) -> Option<u16> {
        match self {
            BoundAddress::Tcp(address) => Some(address.port()),
            BoundAddress::Unix(_) => None,
        }
    }

    pub(crate) fn remove_socket_file(&self) {
        if let BoundAddress::Unix(path) = self {
            // Somebody else may have removed it, which is what we want.
            let _ = std::fs::remove_file(path);
        }
    }
}

impl fmt::Display for BoundAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BoundAddress::Tcp(address) => address.fmt(formatter),
            BoundAddress::Unix(path) => write!(formatter, "{UNIX_PREFIX}{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_ports_and_socket_paths_are_read() {
        let tcp = |text: &str| Bind::Tcp(text.parse().expect(text));
        assert_eq!(
            "127.0.0.1:9000".parse::<Bind>().ok(),
            Some(tcp("127.0.0.1:9000"))
        );
        assert_eq!(":9000".parse::<Bind>().ok(), Some(tcp("0.0.0.0:9000")));
        assert_eq!("[::1]:0".parse::<Bind>().ok(), Some(tcp("[::1]:0")));
        assert_eq!(
            "unix:/run/exhook.sock".parse::<Bind>().ok(),
            Some(Bind::Unix("/run/exhook.sock".into()))
        );
        assert_eq!(
            "dealer:/tmp/a,b/0,:9000".parse::<Bind>().ok(),
            Some(Bind::Dealt {
                dealer: "/tmp/a,b/0".into(),
                address: "0.0.0.0:9000".parse().expect("an address"),
            })
        );
    }

    #[test]
    fn what_cannot_be_read_is_named_with_the_remedy() {
        for (text, problem) in [
            ("9000", "no port"),
            ("localhost:http", "no number"),
            ("localhost:70000", "no number"),
            ("http://localhost:9000", "URL"),
            ("unix:", "empty"),
            ("dealer:/tmp/0", "no address"),
            ("dealer:/tmp/0,unix:/tmp/1", "host:port"),
            ("dealer:/tmp/0,9000", "no port"),
        ] {
            let error = text.parse::<Bind>().expect_err(text);
            assert_eq!(error.code(), ErrorCode::InvalidAddress);
            assert!(error.to_string().contains(problem), "{error}");
            assert!(error.to_string().contains("host:port"), "{error}");
        }
    }
}
