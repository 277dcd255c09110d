//! The admin listener: what operators ask a running server over HTTP/1.1.
//!
//! It has a thread and a runtime of its own, so that nothing that is asked here delays a call.

mod address;
mod filter;
mod health;
mod host;
mod media;
mod page;
mod recent;
mod respond;
mod routes;
mod status;
mod streams;
mod subject;
mod window;

use std::{
    convert::Infallible,
    io,
    net::{SocketAddr, TcpListener},
    pin::pin,
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

pub(crate) use address::AdminAddress;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
pub(super) use recent::Recent;
use routes::Routes;
pub(super) use subject::Subject;
use tokio::{
    net::TcpStream,
    sync::{oneshot, watch},
    task::JoinSet,
    time::timeout,
};
use tracing::{debug, warn};

use super::{
    Bind, Phase, io_thread,
    listen::{PAUSE, bind_error, bind_tcp},
};
use crate::{
    config::Config,
    error::{Error, ErrorCode},
    log::Seldom,
    sync::{Mutex, lock},
};

/// How many peers are served at once; more wait to be accepted.
const MAX_CONNECTIONS: usize = 64;
/// How long a peer may take for the head of its request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a peer may take for everything, unless it watches: each connection is for one request.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long one who watched may take for what it has not read yet.
const LAST_READ_TIMEOUT: Duration = Duration::from_secs(1);
/// How many bytes the head of a request may have, about.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// The bound socket of an admin listener that does not serve yet.
pub(super) struct AdminListener {
    listener: TcpListener,
    address: SocketAddr,
    wanted: AdminAddress,
}

impl AdminListener {
    /// Binds what the option `admin` says, beside a server that is to listen on `bind`; `None` where
    /// the option is off.
    pub(super) fn bind(config: &Config, bind: &Bind) -> Result<Option<Self>, Error> {
        let Some(wanted) = AdminAddress::of(config)? else {
            return Ok(None);
        };
        let address = wanted.resolve()?;
        let serves_brokers = match bind {
            Bind::Tcp(brokers)
            | Bind::Dealt {
                address: brokers, ..
            } => *brokers == address,
            Bind::Unix(_) => false,
        };
        if address.port() != 0 && serves_brokers {
            return Err(Error::new(
                ErrorCode::InvalidOption,
                format!("admin is {address}, where brokers are served; give it a port of its own"),
            ));
        }
        let listener = bind_tcp(address).map_err(|error| {
            let error = bind_error(&address.to_string(), error);
            Error::new(error.code(), format!("admin: {error}"))
        })?;
        let address = listener
            .local_addr()
            .map_err(|error| Error::io("admin: cannot read the bound address", error))?;
        Ok(Some(Self {
            listener,
            address,
            wanted,
        }))
    }

    /// Where it listens; the port is the real one where 0 was asked for.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Tells about `subject` on a thread of its own until that closes.
    pub(super) fn serve(self, subject: Subject) -> Result<JoinHandle<()>, Error> {
        let phases = subject.context.phases();
        let routes = Arc::new(Routes::new(subject, self.address, &self.wanted));
        let runtime = io_thread::build_runtime()?;
        thread::Builder::new()
            .name("exhook-admin".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    if let Err(error) = accept_all(self.listener, routes, phases).await {
                        warn!(%error, "the socket of the option admin cannot be used");
                    }
                });
            })
            .map_err(|error| Error::io("cannot start the thread of the option admin", error))
    }
}

async fn accept_all(
    listener: TcpListener,
    routes: Arc<Routes>,
    mut phases: watch::Receiver<Phase>,
) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let refused = Seldom::new();
    let mut connections = JoinSet::new();
    let teller = Arc::clone(&routes);
    let mut telling = pin!(async move { teller.streams.run().await });
    loop {
        tokio::select! {
            _ = phases.wait_for(|phase| *phase >= Phase::Closing) => return Ok(()),
            () = &mut telling => {}
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => {
                match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(exchange(stream, Arc::clone(&routes)));
                    }
                    Err(error) => {
                        if let Some(due) = refused.due() {
                            warn!(repeated = due.repeated, %error, "connections to the address of the option admin cannot \
                                           be accepted; check the limit of open files");
                        }
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            }
        }
    }
}

/// Answers one request. A peer that is idle or slow is let go.
async fn exchange(stream: TcpStream, routes: Arc<Routes>) {
    let watched: Mutex<Option<oneshot::Receiver<()>>> = Mutex::new(None);
    let service = service_fn(|request| {
        let (response, ended) = routes.answer(&request);
        *lock(&watched) = ended;
        async { Ok::<_, Infallible>(response) }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(MAX_HEAD_BYTES)
            .keep_alive(false)
            .serve_connection(TokioIo::new(stream), service)
    );
    let mut done = timeout(EXCHANGE_TIMEOUT, connection.as_mut()).await.ok();
    let ended = lock(&watched).take();
    if let (None, Some(ended)) = (&done, ended) {
        done = tokio::select! {
            done = connection.as_mut() => Some(done),
            _ = ended => timeout(LAST_READ_TIMEOUT, connection).await.ok(),
        };
    }
    match done {
        Some(Ok(())) => {}
        Some(Err(error)) => debug!(%error, "a request to the admin listener failed"),
        None => debug!("a peer of the admin listener was too slow"),
    }
}
