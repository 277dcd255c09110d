//! [`Endpoint`]: the address of a hook server, as the broker's side names it; [`Socket`]: a
//! connection to it.

use std::{
    fmt, io,
    path::PathBuf,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use http::uri::Scheme;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

use super::tls::{PlainSocket, TlsClient, TlsInspection, TlsProblem, TlsSettings};
use crate::error::{Error, ErrorCode};

const HTTP_PREFIX: &str = "http://";
const HTTPS_PREFIX: &str = "https://";
const UNIX_PREFIX: &str = "unix:";

/// Where a hook server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `http://host:port`, or `host:port` alone.
    Tcp {
        /// `host:port`.
        authority: String,
    },
    /// `https://host:port`. Any certificate will do, until [`Endpoint::with_tls`] says more.
    Tls {
        /// `host:port`.
        authority: String,
        /// What is trusted and shown there.
        client: TlsClient,
    },
    /// `unix:/path/to/socket`.
    Unix(PathBuf),
}

impl Endpoint {
    /// The same server, called with these settings of TLS. Reads their files.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidOption`] when a file cannot be used, or when there are settings for a
    /// server that is called without TLS.
    pub fn with_tls(self, settings: &TlsSettings) -> Result<Self, Error> {
        let Endpoint::Tls { authority, .. } = self else {
            if settings.is_empty() || settings.enable == Some(false) {
                return Ok(self);
            }
            return Err(Error::new(
                ErrorCode::InvalidOption,
                format!(
                    "{self} is called without TLS, and settings for TLS are given; give https:// \
                     in its URL, or leave them out"
                ),
            ));
        };
        if settings.enable == Some(false) {
            return Err(Error::new(
                ErrorCode::InvalidOption,
                format!(
                    "{HTTPS_PREFIX}{authority} is called with TLS, and ssl.enable is false: EMQX \
                     would speak none; set it to true, or give http:// in the URL"
                ),
            ));
        }
        let client = TlsClient::new(host_of(&authority), settings)?;
        Ok(Endpoint::Tls { authority, client })
    }

    /// Whether it is called with TLS.
    pub const fn is_tls(&self) -> bool {
        matches!(self, Endpoint::Tls { .. })
    }

    /// What happened at an attempt to connect, and what to do about it.
    pub fn cannot_connect(&self, error: &io::Error) -> String {
        let remedy = match TlsProblem::of(error) {
            Some(_) => "",
            None => "; start the hook program there first, or give the address that it listens on",
        };
        format!("cannot connect to {self}: {error}{remedy}")
    }

    /// Makes a TLS handshake to see what the server shows, and leaves; `None` where no TLS is
    /// spoken. Runs on the tokio runtime of the caller.
    ///
    /// # Errors
    ///
    /// When nobody listens there, or no handshake comes about.
    pub async fn inspect_tls(&self) -> io::Result<Option<TlsInspection>> {
        match self {
            Endpoint::Tls { authority, client } => {
                let stream = TcpStream::connect(authority.as_str()).await?;
                client.inspect(stream).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// What stands in the header `:authority`.
    pub fn authority(&self) -> &str {
        match self {
            Endpoint::Tcp { authority } | Endpoint::Tls { authority, .. } => authority,
            Endpoint::Unix(_) => "localhost",
        }
    }

    pub(super) fn scheme(&self) -> Scheme {
        if self.is_tls() {
            Scheme::HTTPS
        } else {
            Scheme::HTTP
        }
    }

    /// Connects, without delaying small writes. Runs on the tokio runtime of the caller.
    ///
    /// # Errors
    ///
    /// When nobody listens there, when TLS does not come about (the error has a [`TlsProblem`]
    /// inside), or when this system has no such sockets.
    pub async fn connect(&self) -> io::Result<Box<dyn Socket>> {
        match self {
            Endpoint::Tcp { authority } => {
                let stream = TcpStream::connect(authority.as_str()).await?;
                stream.set_nodelay(true)?;
                Ok(Box::new(PlainSocket::new(stream)))
            }
            Endpoint::Tls { authority, client } => {
                let stream = TcpStream::connect(authority.as_str()).await?;
                stream.set_nodelay(true)?;
                Ok(Box::new(client.connect(stream).await?))
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

    /// Whether the server chose HTTP/2 by ALPN; without TLS it is not asked.
    fn chose_http2(&self) -> bool {
        true
    }

    /// Where the other side may yet refuse what it was shown, tells that it did not.
    fn heard(&self) -> Option<Heard> {
        None
    }
}

/// Whether the other side has said anything behind the TLS handshake. With TLS 1.3 a server
/// refuses a client's certificate only after the handshake has ended well for the client.
#[derive(Clone, Debug)]
pub struct Heard(pub(super) Arc<AtomicBool>);

impl Heard {
    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
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
                     http://127.0.0.1:9000, https://host:port, or unix:/path/to/socket"
                ),
            )
        };
        if let Some(path) = text.strip_prefix(UNIX_PREFIX) {
            if path.is_empty() {
                return Err(invalid("the socket path is empty"));
            }
            return Ok(Endpoint::Unix(PathBuf::from(path)));
        }
        let tls = text.strip_prefix(HTTPS_PREFIX);
        let authority = tls.or_else(|| text.strip_prefix(HTTP_PREFIX));
        let authority = authority.unwrap_or(text);
        let authority = authority.strip_suffix('/').unwrap_or(authority);
        if authority.contains("://") {
            return Err(invalid("only http and https are spoken"));
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
        let authority = authority.to_owned();
        if tls.is_some() {
            let client = TlsClient::new(host_of(&authority), &TlsSettings::default())?;
            return Ok(Endpoint::Tls { authority, client });
        }
        Ok(Endpoint::Tcp { authority })
    }
}

/// The host of `host:port`.
fn host_of(authority: &str) -> &str {
    authority
        .rsplit_once(':')
        .map_or(authority, |(host, _)| host)
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Endpoint::Tcp { authority } => write!(formatter, "{HTTP_PREFIX}{authority}"),
            Endpoint::Tls { authority, .. } => write!(formatter, "{HTTPS_PREFIX}{authority}"),
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
        let endpoint: Endpoint = "https://[::1]:9000/".parse().expect("an address");
        assert!(endpoint.is_tls());
        assert_eq!(endpoint.to_string(), "https://[::1]:9000");
        let endpoint: Endpoint = "unix:/run/exhook.sock".parse().expect("a socket path");
        assert_eq!(endpoint, Endpoint::Unix("/run/exhook.sock".into()));
    }

    #[test]
    fn what_cannot_be_called_is_named_with_the_remedy() {
        for (text, problem) in [
            ("ftp://localhost:9000", "http and https"),
            ("https://localhost", "no port"),
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
