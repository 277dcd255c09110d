//! [`Endpoint`]: the address of a hook server, as the broker's side names it; [`Socket`]: a
//! connection to it.

use std::{fmt, io, path::PathBuf, str::FromStr};

#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

use crate::error::{Error, ErrorCode};

const HTTP_PREFIX: &str = "http://";
const UNIX_PREFIX: &str = "unix:";

/// Where a hook server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `http://host:port`, or `host:port` alone.
    Tcp {
        /// `host:port`.
        authority: String,
    },
    /// `unix:/path/to/socket`.
    Unix(PathBuf),
}

impl Endpoint {
    /// What stands in the header `:authority`.
    pub fn authority(&self) -> &str {
        match self {
            Endpoint::Tcp { authority } => authority,
            Endpoint::Unix(_) => "localhost",
        }
    }

    /// Connects, without delaying small writes. Runs on the tokio runtime of the caller.
    ///
    /// # Errors
    ///
    /// When nobody listens there, or this system has no such sockets.
    pub async fn connect(&self) -> io::Result<Box<dyn Socket>> {
        match self {
            Endpoint::Tcp { authority } => {
                let stream = TcpStream::connect(authority.as_str()).await?;
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
            #[cfg(unix)]
            Endpoint::Unix(path) => Ok(Box::new(UnixStream::connect(path).await?)),
            #[cfg(not(unix))]
            Endpoint::Unix(_) => Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "this system has no Unix sockets",
            )),
        }
    }
}

/// A socket of either kind.
pub trait Socket: AsyncRead + AsyncWrite + Send + Sync + Unpin {
    /// Makes the other side see a reset, rather than an orderly end, once this is dropped.
    fn reset_when_closed(&self);
}

impl Socket for TcpStream {
    fn reset_when_closed(&self) {
        // A socket that is closed already has no such option.
        let _ = self.set_zero_linger();
    }
}

#[cfg(unix)]
impl Socket for UnixStream {
    // Unix sockets know no resets.
    fn reset_when_closed(&self) {}
}

impl FromStr for Endpoint {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let invalid = |problem: &str| {
            Error::new(
                ErrorCode::InvalidAddress,
                format!(
                    "cannot call {text:?}: {problem}; give http://host:port, such as \
                     http://127.0.0.1:9000, or unix:/path/to/socket"
                ),
            )
        };
        if let Some(path) = text.strip_prefix(UNIX_PREFIX) {
            if path.is_empty() {
                return Err(invalid("the socket path is empty"));
            }
            return Ok(Endpoint::Unix(PathBuf::from(path)));
        }
        let authority = text.strip_prefix(HTTP_PREFIX).unwrap_or(text);
        let authority = authority.strip_suffix('/').unwrap_or(authority);
        if authority.contains("://") {
            return Err(invalid("only plain http is spoken"));
        }
        if authority.contains('/') {
            return Err(invalid("it has a path"));
        }
        let Some((host, port)) = authority.rsplit_once(':') else {
            return Err(invalid("it has no port"));
        };
        if !matches!(port.parse::<u16>(), Ok(1..)) {
            return Err(invalid("the port is no number from 1 to 65535"));
        }
        if host.is_empty() || authority.parse::<http::uri::Authority>().is_err() {
            return Err(invalid("it has no host"));
        }
        Ok(Endpoint::Tcp {
            authority: authority.to_owned(),
        })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Endpoint::Tcp { authority } => write!(formatter, "{HTTP_PREFIX}{authority}"),
            Endpoint::Unix(path) => write!(formatter, "{UNIX_PREFIX}{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_addresses_and_socket_paths_are_read() {
        for text in [
            "http://127.0.0.1:9000",
            "127.0.0.1:9000",
            "http://127.0.0.1:9000/",
        ] {
            let endpoint: Endpoint = text.parse().expect(text);
            assert_eq!(endpoint.to_string(), "http://127.0.0.1:9000");
            assert_eq!(endpoint.authority(), "127.0.0.1:9000");
        }
        let endpoint: Endpoint = "unix:/run/exhook.sock".parse().expect("a socket path");
        assert_eq!(endpoint, Endpoint::Unix("/run/exhook.sock".into()));
    }

    #[test]
    fn what_cannot_be_called_is_named_with_the_remedy() {
        for (text, problem) in [
            ("https://localhost:9000", "plain http"),
            ("http://localhost", "no port"),
            ("localhost:0", "no number from 1"),
            (":9000", "no host"),
            ("a b:9000", "no host"),
            ("localhost/x:9000", "a path"),
            ("unix:", "empty"),
        ] {
            let error = text.parse::<Endpoint>().expect_err(text);
            assert_eq!(error.code(), ErrorCode::InvalidAddress);
            assert!(error.to_string().contains(problem), "{error}");
            assert!(error.to_string().contains("http://host:port"), "{error}");
        }
    }
}
