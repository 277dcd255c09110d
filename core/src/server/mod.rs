//! The gRPC server: sockets, HTTP/2, the three packages on the wire.
//!
//! Types of h2, http and tonic stay inside this folder.

mod admin;
mod bind;
mod brokers;
mod connection;
mod context;
#[cfg(unix)]
mod dealt;
mod departure;
mod encode;

mod heartbeat;
mod http2;
mod io_thread;
mod keepalive;
mod limits;
mod listen;
mod read_buffer;
mod reply;
mod request;
mod service;
mod services;
mod streams;
mod tls;

use std::{
    fmt,
    net::SocketAddr,
    process,
    sync::{Arc, atomic::Ordering},
    thread::JoinHandle,
    time::{Duration, Instant},
};

pub(crate) use admin::AdminAddress;
use admin::{AdminListener, Recent, Subject};
pub use bind::{Bind, BoundAddress};
use listen::Listener;
use tokio::sync::{mpsc, watch};
use tracing::{info, warn};

use crate::{
    config::Settings,
    decision::DecisionLog,
    dispatch::{Dispatcher, Registry},
    error::{Error, ErrorCode},
    hook::Hook,
    log::LogLines,
    metrics::{Metrics, MetricsSnapshot},
    sync::{Mutex, lock},
    trace::Tracer,
};
use context::ConnectionContext;
#[cfg(feature = "testing")]
pub(crate) use encode::encode_answer;
use heartbeat::Heartbeats;
#[cfg(feature = "testing")]
pub(crate) use http2::fuzz as fuzz_http2;
use io_thread::IoThread;
use tls::Tls;
pub(crate) use tls::TlsOptions;

/// How far a server has come on its way to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Connections are accepted and served.
    Serving,
    /// The same, but whoever asks is told that the server is not ready.
    Announced,
    /// No new connections; those that are open are served on, and end when no call is under way on
    /// them.
    Draining,
    /// All connections are told to go, whatever is under way, and end once their calls are answered.
    Closing,
    /// Whatever is left is dropped.
    Ended,
}

impl Phase {
    /// The phase's name, as operators are told.
    const fn name(self) -> &'static str {
        match self {
            Phase::Serving => "serving",
            Phase::Announced => "stopping",
            Phase::Draining => "draining",
            Phase::Closing => "closing",
            Phase::Ended => "ended",
        }
    }
}

/// How long connections may take to say goodbye once their calls are answered.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(500);

/// A running `HookProvider` server; stopping or dropping it ends its threads.
pub struct Server {
    address: BoundAddress,
    admin_address: Option<SocketAddr>,
    hooks: Vec<(Hook, Vec<String>)>,
    dispatcher: Arc<Dispatcher>,
    decision_log: Option<Arc<DecisionLog>>,
    tracer: Option<Arc<Tracer>>,
    phase: watch::Sender<Phase>,
    /// Those that serve brokers come first.
    threads: Mutex<Vec<JoinHandle<()>>>,
    io_threads: usize,
    drain_delay: Duration,
    drain_timeout: Duration,
    process: u32,
}

impl Server {
    /// Binds `address` and serves on threads of its own, until [`stop`](Server::stop). The settings
    /// are a [`Config`], or the [`Settings`] that layers come to, which tell operators where each
    /// value is from.
    ///
    /// [`Config`]: crate::Config
    ///
    /// # Errors
    ///
    /// When an option has no meaning, a file of TLS does not hold what it has to, the address or that
    /// of the option `admin` cannot be read or is in use, or the system refuses sockets or threads.
    pub fn start(
        settings: impl Into<Settings>,
        registry: Registry,
        address: &str,
    ) -> Result<Self, Error> {
        let settings = settings.into();
        let config = settings.config();
        config.validate()?;
        LogLines::begin(&config.log)?;
        let bind: Bind = address.parse()?;
        let (tls, reloader) = Tls::load(config, &bind)?;
        let tls = Arc::new(tls);
        let metrics = Metrics::new();
        let decision_log = DecisionLog::start(config, &metrics)?;
        let tracer = Tracer::start(config, &metrics)?;
        // Before the address for brokers, whose socket file would be left behind.
        let admin = AdminListener::bind(config, &bind)?;
        let (listener, bound) = Listener::bind(&bind, config)?;
        let hooks = registry.hooks();
        let mut dispatcher = Dispatcher::new(registry.into_chains(), config, metrics);
        if let Some(log) = &decision_log {
            dispatcher.observe(Arc::clone(log) as _);
        }
        let recent = admin
            .is_some()
            .then(|| Arc::new(Recent::new(config.admin_payloads)));
        if let Some(recent) = &recent {
            dispatcher.observe(Arc::clone(recent) as _);
        }
        if let Some(tracer) = &tracer {
            dispatcher.trace(Arc::clone(tracer));
        }
        dispatcher.start_shadows()?;
        let dispatcher = Arc::new(dispatcher);
        let (phase, phases) = watch::channel(Phase::Serving);
        let context = Arc::new(ConnectionContext::new(
            config,
            Arc::clone(&dispatcher),
            Arc::clone(&tls),
            phases,
            &listener,
        ));

        let mut incoming = Vec::new();
        let mut pending = Vec::new();
        for _ in 0..config.io_threads {
            let (sender, receiver) = mpsc::unbounded_channel();
            incoming.push(sender);
            pending.push(receiver);
        }
        let server = Self {
            address: bound,
            admin_address: admin.as_ref().map(AdminListener::address),
            hooks,
            dispatcher,
            decision_log,
            tracer,
            phase,
            threads: Mutex::new(Vec::new()),
            io_threads: config.io_threads,
            drain_delay: Duration::from_millis(config.drain_delay_ms),
            drain_timeout: Duration::from_millis(config.drain_timeout_ms),
            process: process::id(),
        };
        let mut acceptor = Some(listener.into_acceptor(incoming, Arc::clone(&context)));
        let heartbeats = admin
            .is_some()
            .then(|| Arc::new(Heartbeats::new(config.io_threads)));
        for (number, receiver) in pending.into_iter().enumerate() {
            let thread = IoThread {
                number,
                context: Arc::clone(&context),
                incoming: receiver,
                acceptor: acceptor.take(),
                heartbeats: heartbeats.clone(),
            };
            lock(&server.threads).push(thread.start()?);
        }
        tls.count(server.dispatcher.metrics());
        if let Some(reloader) = reloader {
            let metrics = Arc::clone(server.dispatcher.metrics());
            let thread = reloader.start(tls, metrics, server.phase.subscribe())?;
            lock(&server.threads).push(thread);
        }
        if let (Some(admin), Some(heartbeats), Some(recent)) = (admin, heartbeats, recent) {
            let address = admin.address();
            let (address_of_brokers, hooks) = (&server.address, &server.hooks);
            let subject = Subject::new(
                settings,
                recent,
                address_of_brokers,
                hooks,
                context,
                heartbeats,
            );
            let thread = admin.serve(subject)?;
            lock(&server.threads).push(thread);
            info!("the live page is at http://{address}/, metrics at http://{address}/metrics");
        }
        info!(address = %server.address, "serving emqx.exhook.v1, v2 and v3");
        Ok(server)
    }

    /// Where the server listens; the port is the real one where 0 was asked for.
    pub fn address(&self) -> &BoundAddress {
        &self.address
    }

    /// Where the admin listener of the option `admin` listens; the port is the real one where 0 was
    /// asked for. `None` where the option is off.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin_address
    }

    /// The hooks announced to brokers, with the union of their topic filters.
    pub fn hooks(&self) -> &[(Hook, Vec<String>)] {
        &self.hooks
    }

    /// What has been counted until now.
    pub fn metrics(&self) -> MetricsSnapshot {
        counted(&self.dispatcher)
    }

    /// Says that the server is not ready, and serves on for `drain_delay_ms`; then stops accepting,
    /// waits for running calls and queued notifications up to `drain_timeout_ms`, lets each
    /// connection go when no call is under way on it, and ends the threads. Blocks until that is
    /// done; a second call has no effect.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::Forked`] in a child process: the threads live in the parent.
    /// [`ErrorCode::WrongState`] on an I/O thread of the server, which would wait for itself.
    pub fn stop(&self) -> Result<(), Error> {
        self.check_process()?;
        if io_thread::is_current() {
            return Err(Error::new(
                ErrorCode::WrongState,
                "stop() was called by a handler on the server's own thread, which would wait for \
                 itself; call it from another thread",
            ));
        }
        let threads = std::mem::take(&mut *lock(&self.threads));
        if threads.is_empty() {
            return Ok(());
        }
        if !self.drain_delay.is_zero() {
            info!(
                drain_delay_ms = self.drain_delay.as_millis(),
                "told to stop; the server says that it is not ready, and serves on"
            );
            self.advance(Phase::Announced);
            std::thread::sleep(self.drain_delay);
        }
        self.advance(Phase::Draining);
        let drained = Instant::now() + self.drain_timeout;
        self.drain(&threads[..self.io_threads.min(threads.len())]);
        self.advance(Phase::Closing);
        wait_until(CLOSE_TIMEOUT, || {
            threads.iter().all(JoinHandle::is_finished)
        });
        self.advance(Phase::Ended);
        for thread in threads {
            if thread.join().is_err() {
                warn!(
                    "a thread of the server had panicked; this is a defect of exhook, please report it"
                );
            }
        }
        self.address.remove_socket_file();
        self.dispatcher.stop_shadows();
        if let Some(log) = &self.decision_log {
            log.close();
        }
        if let Some(tracer) = &self.tracer {
            let left = drained.saturating_duration_since(Instant::now());
            tracer.close(left.max(CLOSE_TIMEOUT));
        }
        info!(address = %self.address, "stopped");
        LogLines::flush();
        Ok(())
    }

    /// Fails in a process that was forked from the one that started the server.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::Forked`].
    pub fn check_process(&self) -> Result<(), Error> {
        if process::id() == self.process {
            return Ok(());
        }
        Err(Error::forked(self.process))
    }

    fn advance(&self, phase: Phase) {
        self.phase.send_replace(phase);
    }

    /// Waits for calls, notifications and connections, which are served by `io_threads`.
    fn drain(&self, io_threads: &[JoinHandle<()>]) {
        let idle = wait_until(self.drain_timeout, || {
            self.dispatcher.running() == 0
                && self.dispatcher.queued() == 0
                && io_threads.iter().all(JoinHandle::is_finished)
        });
        if !idle {
            let connections = &self.dispatcher.metrics().connections;
            warn!(
                running = self.dispatcher.running(),
                queued = self.dispatcher.queued(),
                connections = connections.load(Ordering::Relaxed),
                "drain_timeout_ms is over; what is left is given up"
            );
        }
    }
}

/// What has been counted until now by the server of this dispatcher.
fn counted(dispatcher: &Dispatcher) -> MetricsSnapshot {
    let metrics = dispatcher.metrics();
    metrics.snapshot(dispatcher.running(), dispatcher.queued())
}

/// Whether `condition` became true within `limit`.
fn wait_until(limit: Duration, condition: impl Fn() -> bool) -> bool {
    let end = Instant::now() + limit;
    while !condition() {
        if Instant::now() >= end {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    true
}

impl Drop for Server {
    fn drop(&mut self) {
        // In a forked child and on an I/O thread there is nothing that could be waited for.
        if self.stop().is_err() && self.check_process().is_ok() {
            self.advance(Phase::Ended);
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Server")
            .field("address", &self.address)
            .field("hooks", &self.hooks)
            .finish_non_exhaustive()
    }
}
