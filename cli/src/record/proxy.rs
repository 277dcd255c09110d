//! The way of the calls: bytes between brokers and the provider.
//!
//! Bytes are passed on as they come, and copies of them are read. Ending HTTP/2 here and beginning
//! it anew would hide what a recording is there to find: the order and timing of frames, settings,
//! PINGs, GOAWAYs and resets, nonsense that a library corrects, calls that never end.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::BytesMut;
use exhook::testing::{Endpoint, Socket, TlsProblem};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf, split},
    task::JoinSet,
};

use super::{broker_tls::BrokerTls, clerk::Notes, socket::Listener, tap::Side, voice::Voice};

const READ_BYTES: usize = 64 << 10;
const PAUSE: Duration = Duration::from_millis(100);

/// Passes connections on to the provider.
pub(super) struct Proxy {
    pub(super) to: Endpoint,
    /// How TLS is spoken with brokers, if it is.
    pub(super) broker_tls: Option<BrokerTls>,
    pub(super) notes: Notes,
    pub(super) voice: Voice,
    /// Connections that were closed because the provider could not be reached.
    pub(super) unreached: AtomicU64,
    /// Whether the last connection was one of them.
    pub(super) is_down: AtomicBool,
}

impl Proxy {
    /// Accepts connections for ever; those that are open end when this is dropped.
    pub(super) async fn serve(self: Arc<Self>, listener: Listener) {
        let mut connections = JoinSet::new();
        for number in 0.. {
            let (broker, peer) = loop {
                tokio::select! {
                    accepted = listener.accept() => match accepted {
                        Ok(accepted) => break accepted,
                        Err(error) => {
                            self.voice.say(&format!("cannot accept a connection: {error}"));
                            tokio::time::sleep(PAUSE).await;
                        }
                    },
                    Some(_) = connections.join_next() => {}
                }
            };
            connections.spawn(Arc::clone(&self).pass(number, broker, peer));
        }
    }

    async fn pass(self: Arc<Self>, connection: u64, mut broker: Box<dyn Socket>, peer: String) {
        if let Some(tls) = &self.broker_tls {
            broker = match tls.accept(broker).await {
                Ok(broker) => broker,
                Err(error) => {
                    return self.voice.say(&format!(
                        "no TLS with the broker at {peer}: {error}; it is to call https://, and to \
                         trust the CA of --tls-cert"
                    ));
                }
            };
        }
        let mut provider = match self.to.connect().await {
            Ok(provider) => provider,
            Err(error) => return self.turn_away(broker.as_ref(), &error),
        };
        if self.is_down.swap(false, Ordering::Relaxed) {
            self.voice.say(&format!("{} can be reached again", self.to));
        }
        self.notes.opened(connection, peer);
        let passed = {
            let (from_broker, to_broker) = split(&mut broker);
            let (from_provider, to_provider) = split(&mut provider);
            tokio::try_join!(
                self.copy(connection, Side::Broker, from_broker, to_provider),
                self.copy(connection, Side::Provider, from_provider, to_broker),
            )
        };
        if let Err(error) = passed {
            if let Some(problem) = TlsProblem::of(&error) {
                self.voice
                    .say(&format!("no TLS with {}: {problem}", self.to));
            }
            // A connection that broke on one side, breaks on the other.
            broker.reset_when_closed();
            provider.reset_when_closed();
        }
        self.notes.closed(connection, "the connection was lost");
    }

    /// What a client finds that calls nobody, is a connection that is refused; this is the nearest
    /// to it that somebody who listens can do. gRPC clients call both UNAVAILABLE.
    fn turn_away(&self, broker: &dyn Socket, error: &io::Error) {
        broker.reset_when_closed();
        self.unreached.fetch_add(1, Ordering::Relaxed);
        if !self.is_down.swap(true, Ordering::Relaxed) {
            self.voice.say(&format!(
                "cannot reach {}: {error}; brokers find it UNAVAILABLE until the hook program \
                 listens there",
                self.to
            ));
        }
    }

    async fn copy<'socket>(
        &self,
        connection: u64,
        from: Side,
        mut reader: ReadHalf<&'socket mut Box<dyn Socket>>,
        mut writer: WriteHalf<&'socket mut Box<dyn Socket>>,
    ) -> io::Result<()> {
        let mut buffer = BytesMut::new();
        loop {
            buffer.reserve(READ_BYTES);
            if reader.read_buf(&mut buffer).await? == 0 {
                return writer.shutdown().await;
            }
            let bytes = buffer.split().freeze();
            // Noted first, so that a call is known before its answer can be.
            self.notes.bytes(connection, from, bytes.clone());
            writer.write_all(&bytes).await?;
            writer.flush().await?;
        }
    }
}
