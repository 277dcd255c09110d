//! The admin listener: what operators ask a running server over HTTP/1.1.
//!
//! It has a thread and a runtime of its own, so that nothing that is asked here delays a call.

mod address;
mod routes;

use std::{
    convert::Infallible,
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

pub(crate) use address::AdminAddress;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
pub(super) use routes::Routes;
use tokio::{net::TcpStream, sync::watch, task::JoinSet, time::timeout};
use tracing::{debug, warn};

use super::{
    Bind, Phase, io_thread,
    listen::{PAUSE, bind_error, bind_tcp},
};
use crate::{
    config::Config,
    error::{Error, ErrorCode},
    log::Seldom,
};

/// How many peers are served at once; more wait to be accepted.
const MAX_CONNECTIONS: usize = 64;
/// How long a peer may take for the head of its request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a peer may take for everything: each connection is for one request.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(10);
/// How many bytes the head of a request may have, about.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// The bound socket of an admin listener that does not serve yet.
pub(super) struct AdminListener {
    listener: TcpListener,
    address: SocketAddr,
}

impl AdminListener {
    /// Binds what the option `admin` says, beside a server that is to listen on `bind`; `None` where
    /// the option is off.
    pub(super) fn bind(config: &Config, bind: &Bind) -> Result<Option<Self>, Error> {
        let Some(wanted) = AdminAddress::of(config)? else {
            return Ok(None);
        };
        let address = wanted.resolve()?;
        if address.port() != 0 && *bind == Bind::Tcp(address) {
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
        Ok(Some(Self { listener, address }))
    }

    /// Where it listens; the port is the real one where 0 was asked for.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves `routes` on a thread of its own until the server closes.
    pub(super) fn serve(
        self,
        routes: Routes,
        phases: watch::Receiver<Phase>,
    ) -> Result<JoinHandle<()>, Error> {
        let runtime = io_thread::build_runtime()?;
        thread::Builder::new()
            .name("exhook-admin".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    if let Err(error) = accept_all(self.listener, Arc::new(routes), phases).await {
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
    loop {
        tokio::select! {
            _ = phases.wait_for(|phase| *phase >= Phase::Closing) => return Ok(()),
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => {
                match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(exchange(stream, Arc::clone(&routes)));
                    }
                    Err(error) => {
                        if refused.is_due() {
                            warn!(%error, "connections to the address of the option admin cannot \
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
    let service = service_fn(|request| {
        let answer = routes.answer(&request);
        async { Ok::<_, Infallible>(answer) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD_BYTES)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    match timeout(EXCHANGE_TIMEOUT, connection).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => debug!(%error, "a request to the admin listener failed"),
        Err(_) => debug!("a peer of the admin listener was too slow"),
    }
}
