//! Listening on sockets of either kind.

use std::{io, path::PathBuf};

use exhook::{Bind, testing::Socket};
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;

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
            Bind::Dealt { .. } => Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "connections are not dealt out to a recorder; give host:port",
            )),
            #[cfg(not(unix))]
            Bind::Unix(_) => Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "this system has no Unix sockets",
            )),
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
