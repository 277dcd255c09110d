//! What one peer, and all of them together, may take of the server.
//!
//! docs/operations.md names every limit, what a peer sees of it, and which attack it ends.

mod connection_permits;
mod handshakes;
mod memory;
mod open_files;
mod unsent;

use std::{net::IpAddr, sync::Arc, sync::atomic::Ordering, time::Duration};

use tracing::warn;

pub(crate) use connection_permits::{ConnectionPermit, ConnectionPermits};
pub(crate) use handshakes::{Beginning, Handshakes};
pub(crate) use memory::{Memory, Reservation};
pub(crate) use unsent::{Unsent, UnsentWatch};

use crate::{
    config::Config,
    log::Seldom,
    metrics::{Metrics, Refusal},
};

/// The limits of one server, and what is used of them.
pub(crate) struct Limits {
    pub(crate) connections: ConnectionPermits,
    pub(crate) handshakes: Handshakes,
    pub(crate) memory: Memory,
    /// How many calls of one connection may be running.
    pub(crate) max_running: usize,
    /// How long a request may take to arrive.
    pub(crate) receive_timeout: Duration,
    pub(crate) max_header_bytes: u32,
    metrics: Arc<Metrics>,
    refused: [Seldom; Refusal::ALL.len()],
}

impl Limits {
    pub(crate) fn new(config: &Config, metrics: Arc<Metrics>) -> Self {
        let connections = open_files::capped(config.max_connections);
        Self {
            connections: ConnectionPermits::new(connections, config.max_connections_per_peer),
            handshakes: Handshakes::new(
                config.max_handshakes,
                Duration::from_millis(config.handshake_timeout_ms),
            ),
            memory: Memory::new(config.max_buffered_bytes),
            max_running: config.max_inflight_per_connection,
            receive_timeout: Duration::from_millis(config.receive_timeout_ms),
            max_header_bytes: u32::try_from(config.max_header_bytes).unwrap_or(u32::MAX),
            metrics,
            refused: Default::default(),
        }
    }

    /// Counts a connection that is closed to protect the server, and says so every ten seconds at
    /// most for each reason.
    pub(crate) fn refused(&self, peer: Option<IpAddr>, refusal: Refusal) {
        self.metrics.connections_refused[refusal as usize].fetch_add(1, Ordering::Relaxed);
        if let Some(due) = self.refused[refusal as usize].due() {
            warn!(
                repeated = due.repeated,
                peer = peer.map(tracing::field::display),
                reason = refusal.name(),
                "a connection was closed: {}",
                refusal.remedy()
            );
        }
    }
}
