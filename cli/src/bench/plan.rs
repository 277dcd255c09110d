//! [`Plan`]: the load that is wanted, checked and prepared; [`Phase`]: a stretch of it.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use bytes::Bytes;
use exhook::{
    BrokerVersion,
    testing::{BrokerKind, Endpoint, Pipeline},
};

use super::{
    arrivals::Spacing,
    requests::{Client, Shape},
};

/// All requests are made beforehand; more than this does not fit well into memory.
const MOST_PREPARED_BYTES: u64 = 1 << 30;

/// What precedes a message in gRPC.
const GRPC_PREFIX_BYTES: usize = 5;

/// What decides when a call is made.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pace {
    /// The answers: each makes room for the next call.
    Closed { streams: usize },
    /// The clock: so many calls a second, whatever is answered.
    Open { rate: f64, spacing: Spacing },
}

/// When a phase is over.
#[derive(Clone, Copy, Debug)]
pub(super) enum Limit {
    After(Duration),
    Calls(u64),
}

impl Limit {
    /// How many calls an open loop makes of it, and within which time.
    pub(super) fn at_rate(self, rate: f64) -> (u64, Duration) {
        match self {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a product of positive numbers; what does not fit is the most that does"
            )]
            Limit::After(time) => ((rate * time.as_secs_f64()).round() as u64, time),
            #[expect(
                clippy::cast_precision_loss,
                reason = "a duration is not that exact anyway"
            )]
            Limit::Calls(calls) => (
                calls,
                Duration::try_from_secs_f64(calls as f64 / rate).unwrap_or(Duration::MAX),
            ),
        }
    }
}

/// The load that is wanted.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) to: Endpoint,
    pub(super) shape: Shape,
    pub(super) broker: BrokerKind,
    pub(super) pace: Pace,
    pub(super) timeout: Duration,
    pub(super) threads: usize,
    /// The framed requests of the clients of each connection.
    pub(super) connections: Vec<Vec<Bytes>>,
    pub(super) clients: u32,
    /// Whether to report every second.
    pub(super) live: bool,
}

impl Plan {
    /// The requests of all clients, by connection. The error says what to change.
    pub(super) fn connections(
        shape: &Shape,
        clients: u32,
        connections: usize,
        pace: Pace,
    ) -> Result<Vec<Vec<Bytes>>, String> {
        let bytes = u64::from(clients) * shape.payload_bytes as u64;
        if bytes > MOST_PREPARED_BYTES {
            return Err(format!(
                "{clients} clients with payloads of {} bytes are more than 1 GiB of requests; \
                 give fewer --clients or --payload-bytes",
                shape.payload_bytes
            ));
        }
        let mut prepared = vec![Vec::new(); connections];
        for number in 0..clients {
            let client = Client::new(shape, number, connections)
                .map_err(|error| format!("cannot make a request: {error}"))?;
            prepared[client.connection].push(Pipeline::framed(&client.request));
        }
        if let Pace::Closed { streams } = pace
            && let Some(fewest) = prepared.iter().map(Vec::len).min()
            && fewest < streams
        {
            return Err(format!(
                "a client of a broker has one call under way at a time, and one of the \
                 {connections} connections has {fewest} of the {clients} clients: too few for \
                 {streams} streams; give more --clients, such as {}",
                suggested_clients(connections, streams)
            ));
        }
        Ok(prepared)
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self.pace, Pace::Closed { .. })
    }

    /// How large the first client's request is; those of others may differ by a few digits.
    pub(super) fn request_bytes(&self) -> usize {
        let first = self.connections.iter().flatten().next();
        first.map_or(0, |framed| framed.len() - GRPC_PREFIX_BYTES)
    }

    pub(super) fn broker_version(shape: &Shape) -> Option<BrokerVersion> {
        BrokerVersion::parse(shape.version())
    }
}

/// As many clients as give every connection enough for its streams.
pub(super) fn suggested_clients(connections: usize, streams: usize) -> u32 {
    u32::try_from(connections * (2 * streams + 64)).unwrap_or(u32::MAX)
}

/// A stretch of the load, which all threads work on at the same time.
#[derive(Debug)]
pub(super) struct Phase {
    pub(super) began: Instant,
    pub(super) limit: Limit,
    /// How many calls have been given out; of a closed loop only.
    given: AtomicU64,
}

impl Phase {
    pub(super) fn new(limit: Limit) -> Self {
        Self {
            began: Instant::now(),
            limit,
            given: AtomicU64::new(0),
        }
    }

    /// Whether a closed loop may make one more call at this moment.
    pub(super) fn take(&self, now: Instant) -> bool {
        match self.limit {
            Limit::After(time) => now.saturating_duration_since(self.began) < time,
            Limit::Calls(calls) => self.given.fetch_add(1, Ordering::Relaxed) < calls,
        }
    }
}
