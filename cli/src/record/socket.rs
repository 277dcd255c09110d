//! Sockets of either kind.

use std::{io, path::PathBuf};

use exhook::{Bind, testing::Endpoint};
#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
};

/// A connection.
pub(super) trait Socket: AsyncRead + AsyncWrite + Send + Sync + Unpin {
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

/// Connects to the provider.
pub(super) async fn connect(endpoint: &Endpoint) -> io::Result<Box<dyn Socket>> {
    match endpoint {
        Endpoint::Tcp { authority } => {
            let stream = TcpStream::connect(authority.as_str()).await?;
            stream.set_nodelay(true)?;
            Ok(Box::new(stream))
        }
        #[cfg(unix)]
        Endpoint::Unix(path) => Ok(Box::new(UnixStream::connect(path).await?)),
        #[cfg(not(unix))]
        Endpoint::Unix(_) => Err(unsupported()),
    }
}

#[cfg(not(unix))]
fn unsupported() -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        "this system has no Unix sockets",
    )
}

/// Accepts the broker's connections.
pub(super) enum Listener {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixListener, SocketFile),
}

/// Removed when nobody listens on it any more.
pub(super) struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Somebody may have removed it already.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Listener {
    /// Listens on an address. Runs on the tokio runtime of the caller.
    pub(super) async fn bind(address: &Bind) -> io::Result<Self> {
        match address {
            Bind::Tcp(address) => Ok(Self::Tcp(TcpListener::bind(address).await?)),
            #[cfg(unix)]
            Bind::Unix(path) => {
                let listener = UnixListener::bind(path)?;
                Ok(Self::Unix(listener, SocketFile(path.clone())))
            }
            #[cfg(not(unix))]
            Bind::Unix(_) => Err(unsupported()),
        }
    }

    /// Where it listens, with the real port.
    pub(super) fn address(&self) -> io::Result<String> {
        match self {
            Self::Tcp(listener) => Ok(listener.local_addr()?.to_string()),
            #[cfg(unix)]
            Self::Unix(_, SocketFile(path)) => Ok(format!("unix:{}", path.display())),
        }
    }

    /// A connection, and who calls, as recordings name it.
    pub(super) async fn accept(&self) -> io::Result<(Box<dyn Socket>, String)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                stream.set_nodelay(true)?;
                let family = if peer.is_ipv4() { "ipv4" } else { "ipv6" };
                Ok((Box::new(stream), format!("{family}:{peer}")))
            }
            #[cfg(unix)]
            Self::Unix(listener, _) => {
                let (stream, _) = listener.accept().await?;
                Ok((Box::new(stream), "unix:".to_owned()))
            }
        }
    }
}
