//! The listening socket, and the loop that accepts connections and deals them out.

#[cfg(unix)]
use std::os::unix::net::{UnixListener, UnixStream};
use std::{
    io,
    net::{IpAddr, TcpListener},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::sync::mpsc::UnboundedSender;
use tracing::warn;

#[cfg(unix)]
use super::dealt::{Dealer, Dealt, DealtConnections};
use super::{
    Phase,
    bind::{Bind, BoundAddress},
    context::ConnectionContext,
    limits::ConnectionPermit,
};
use crate::{
    config::Config,
    error::{Error, ErrorCode},
    log::Seldom,
    metrics::Refusal,
};

/// Connections that may wait to be accepted.
const BACKLOG: i32 = 1024;
/// How long accepting pauses when the system has no more file descriptors.
pub(super) const PAUSE: Duration = Duration::from_millis(50);

/// A bound socket, not yet part of a runtime.
pub(crate) enum Listener {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixListener),
    #[cfg(unix)]
    Dealt(Dealt),
}

/// A connection on its way to the I/O thread that will serve it.
pub(crate) enum Accepted {
    Tcp(std::net::TcpStream, IpAddr),
    #[cfg(unix)]
    Unix(UnixStream),
}

/// A connection that may be served, with the leave for it.
pub(crate) type Admitted = (Accepted, ConnectionPermit);

impl Listener {
    /// Binds the address; nothing is accepted yet.
    pub(crate) fn bind(bind: &Bind, config: &Config) -> Result<(Self, BoundAddress), Error> {
        match bind {
            Bind::Tcp(address) => {
                let listener =
                    bind_tcp(*address).map_err(|error| bind_error(&address.to_string(), error))?;
                let bound = listener
                    .local_addr()
                    .map_err(|error| Error::io("cannot read the bound address", error))?;
                Ok((Listener::Tcp(listener), BoundAddress::Tcp(bound)))
            }
            #[cfg(unix)]
            Bind::Unix(path) => {
                let name = format!("unix:{}", path.display());
                // A file that nobody listens on was left by a process that was killed.
                if path.exists() && UnixStream::connect(path).is_err() {
                    let _ = std::fs::remove_file(path);
                }
                let listener =
                    UnixListener::bind(path).map_err(|error| bind_error(&name, error))?;
                listener
                    .set_nonblocking(true)
                    .map_err(|error| bind_error(&name, error))?;
                Ok((Listener::Unix(listener), BoundAddress::Unix(path.clone())))
            }
            #[cfg(unix)]
            Bind::Dealt { dealer, address } => {
                let (dealt, bound) = Dealt::meet(dealer, *address, config.max_connections)?;
                Ok((Listener::Dealt(dealt), BoundAddress::Tcp(bound)))
            }
            #[cfg(not(unix))]
            Bind::Unix(path) | Bind::Dealt { dealer: path, .. } => Err(Error::new(
                ErrorCode::InvalidAddress,
                format!(
                    "cannot listen on unix:{}: this system has no Unix sockets; give host:port",
                    path.display()
                ),
            )),
        }
    }

    /// Who deals out the connections, where another process accepts them.
    #[cfg(unix)]
    pub(crate) fn dealer(&self) -> Option<Dealer> {
        match self {
            Listener::Dealt(dealt) => Some(dealt.dealer.clone()),
            Listener::Tcp(_) | Listener::Unix(_) => None,
        }
    }

    pub(crate) fn into_acceptor(
        self,
        incoming: Vec<UnboundedSender<Admitted>>,
        context: Arc<ConnectionContext>,
    ) -> Acceptor {
        Acceptor {
            listener: self,
            incoming,
            context,
        }
    }
}

pub(super) fn bind_tcp(address: std::net::SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    // A restarted server must not wait for the connections of the one before. (On Windows the
    // option would let two servers share the port.)
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

pub(super) fn bind_error(address: &str, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::AddrInUse => Error::new(
            ErrorCode::AddressInUse,
            format!(
                "cannot listen on {address}: another process does already; stop it or choose \
                 another port"
            ),
        ),
        io::ErrorKind::PermissionDenied => Error::io(
            format!("cannot listen on {address} (ports below 1024 need privileges)"),
            error,
        ),
        io::ErrorKind::AddrNotAvailable => Error::io(
            format!("cannot listen on {address} (this machine has no such address)"),
            error,
        ),
        _ => Error::io(format!("cannot listen on {address}"), error),
    }
}

/// Accepts connections and deals them out to the I/O threads in turn.
pub(crate) struct Acceptor {
    listener: Listener,
    incoming: Vec<UnboundedSender<Admitted>>,
    context: Arc<ConnectionContext>,
}

impl Acceptor {
    /// Runs on an I/O thread until the server drains.
    pub(crate) async fn run(self) {
        let mut phases = self.context.phases();
        let drains = phases.wait_for(|phase| *phase >= Phase::Draining);
        tokio::select! {
            _ = drains => {}
            () = accept_all(self.listener, &self.incoming, &self.context) => {}
        }
    }
}

async fn accept_all(
    listener: Listener,
    incoming: &[UnboundedSender<Admitted>],
    context: &Arc<ConnectionContext>,
) {
    let mut listener = match AsyncListener::new(listener, context) {
        Ok(listener) => listener,
        Err(error) => {
            warn!(%error, "the listening socket cannot be used");
            return;
        }
    };
    let refused = Seldom::new();
    for thread in incoming.iter().cycle() {
        let admitted = loop {
            let permit = context.limits.connections.acquire().await;
            match listener.accept().await {
                Ok(accepted) => {
                    if let Some(admitted) = admit(accepted, permit, context) {
                        break admitted;
                    }
                }
                Err(error) => {
                    if let Some(due) = refused.due() {
                        warn!(
                            repeated = due.repeated,
                            %error,
                            "connections cannot be accepted; check the limit of open files"
                        );
                    }
                    tokio::time::sleep(PAUSE).await;
                }
            }
        };
        if thread.send(admitted).is_err() {
            return;
        }
    }
}

/// The connection with its leave; `None` where its address has as many as it may have, and it is
/// closed.
fn admit(
    accepted: Accepted,
    mut permit: ConnectionPermit,
    context: &ConnectionContext,
) -> Option<Admitted> {
    #[cfg(unix)]
    if let Some(dealer) = &context.dealer {
        permit.dealt_by(dealer);
    }
    let metrics = context.metrics();
    metrics.connections_accepted.fetch_add(1, Ordering::Relaxed);
    if let Accepted::Tcp(_, address) = accepted
        && !context.limits.connections.admit(&mut permit, address)
    {
        context.limits.refused(Some(address), Refusal::PerPeer);
        return None;
    }
    Some((accepted, permit))
}

/// The listener as part of the I/O thread's runtime.
enum AsyncListener {
    Tcp(tokio::net::TcpListener),
    #[cfg(unix)]
    Unix(tokio::net::UnixListener),
    #[cfg(unix)]
    Dealt(DealtConnections),
}

impl AsyncListener {
    #[cfg_attr(
        not(unix),
        expect(unused_variables, reason = "nobody deals out connections")
    )]
    fn new(listener: Listener, context: &Arc<ConnectionContext>) -> io::Result<Self> {
        Ok(match listener {
            Listener::Tcp(listener) => Self::Tcp(tokio::net::TcpListener::from_std(listener)?),
            #[cfg(unix)]
            Listener::Unix(listener) => Self::Unix(tokio::net::UnixListener::from_std(listener)?),
            #[cfg(unix)]
            Listener::Dealt(dealt) => Self::Dealt(dealt.begin(Arc::clone(context))?),
        })
    }

    // Connections leave the acceptor's runtime, so that each I/O thread polls its own.
    async fn accept(&mut self) -> io::Result<Accepted> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok(Accepted::Tcp(stream.into_std()?, peer.ip().to_canonical()))
            }
            #[cfg(unix)]
            Self::Unix(listener) => {
                let (stream, _) = listener.accept().await?;
                Ok(Accepted::Unix(stream.into_std()?))
            }
            #[cfg(unix)]
            Self::Dealt(connections) => {
                let (stream, peer) = connections.accept().await;
                Ok(Accepted::Tcp(stream, peer))
            }
        }
    }
}
