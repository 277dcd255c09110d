//! Connections that another process accepts and deals out to several, which serve one address.
//!
//! A broker opens a few connections and keeps them, so it matters that each process has its share:
//! a kernel deals them out by chance. The processes meet the dealer at a Unix socket, where lines
//! of JSON go both ways; an empty line from the dealer comes with a connection.

mod exchange;

use std::{
    collections::VecDeque,
    io::{self, Read, Write},
    net::{IpAddr, SocketAddr, TcpStream},
    os::unix::net::UnixStream,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};
use tokio::{
    sync::{
        mpsc::{self, UnboundedReceiver, UnboundedSender},
        oneshot,
    },
    task::{AbortHandle, spawn_local},
};
use tracing::warn;

use exchange::Exchange;

use super::{context::ConnectionContext, listen::bind_error};
use crate::{
    error::Error,
    package::Package,
    sync::{Mutex, lock},
};

/// How long the dealer may take to listen.
const MEETING_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the answer to a load waits until the other processes know of it.
const TELLING_TIMEOUT: Duration = Duration::from_millis(500);

/// What a process says when it meets the dealer.
#[derive(Serialize)]
struct Greeting {
    /// Where the dealer is to listen, unless it does.
    bind: SocketAddr,
    /// How many connections this process serves at once.
    most: usize,
}

/// What the dealer says to that.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Welcome {
    /// Where it listens.
    Address(SocketAddr),
    /// Why it cannot, as the system numbers errors.
    Errno(i32),
}

/// What a process and the dealer say to each other then.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    /// A connection that was dealt out has ended.
    Closed,
    /// A broker has loaded the provider: to the dealer, and from there to all others.
    Loaded {
        address: Option<IpAddr>,
        node: String,
        version: String,
        package: String,
        at: SystemTime,
    },
    /// A broker has let go of the provider; told as a load is.
    Unloaded {
        address: Option<IpAddr>,
        node: String,
    },
    /// The others have been told of a load.
    Told,
}

/// Who deals out connections, and passes on what each process learns of brokers.
#[derive(Clone)]
pub(crate) struct Dealer {
    words: UnboundedSender<Word>,
    /// Those who wait until the others know of a load, in the order of their words.
    waiting: Arc<Mutex<VecDeque<oneshot::Sender<()>>>>,
}

/// A process's place at the dealer's, not yet part of a runtime.
pub(crate) struct Dealt {
    stream: UnixStream,
    said: UnboundedReceiver<Word>,
    pub(super) dealer: Dealer,
}

/// Stands for a connection that was dealt out; tells the dealer when it is dropped.
pub(crate) struct DealtConnection(Dealer);

/// The connections that are dealt out to this process.
pub(super) struct DealtConnections {
    incoming: UnboundedReceiver<TcpStream>,
    dealer: Dealer,
    exchange: AbortHandle,
}

impl Dealt {
    /// Meets the dealer, who listens on `bind` unless it does; returns where it listens.
    pub(super) fn meet(
        dealer: &Path,
        bind: SocketAddr,
        most: usize,
    ) -> Result<(Self, SocketAddr), Error> {
        let met = |error| {
            let dealer = dealer.display();
            Error::io(
                format!("cannot meet who deals out connections at {dealer}"),
                error,
            )
        };
        let mut stream = UnixStream::connect(dealer).map_err(met)?;
        stream
            .set_read_timeout(Some(MEETING_TIMEOUT))
            .map_err(met)?;
        let mut greeting = line_of(&Greeting { bind, most });
        greeting.push(b'\n');
        stream.write_all(&greeting).map_err(met)?;
        let welcome = read_line(&mut stream).map_err(met)?;
        let address = match serde_json::from_slice(&welcome) {
            Ok(Welcome::Address(address)) => address,
            Ok(Welcome::Errno(number)) => {
                let error = io::Error::from_raw_os_error(number);
                return Err(bind_error(&bind.to_string(), error));
            }
            Err(error) => return Err(met(io::Error::new(io::ErrorKind::InvalidData, error))),
        };
        stream.set_nonblocking(true).map_err(met)?;
        let (words, said) = mpsc::unbounded_channel();
        let waiting = Arc::default();
        let dealer = Dealer { words, waiting };
        let dealt = Self {
            stream,
            said,
            dealer,
        };
        Ok((dealt, address))
    }

    /// Begins to take what is dealt out; called on the I/O thread that accepts.
    pub(super) fn begin(self, context: Arc<ConnectionContext>) -> io::Result<DealtConnections> {
        let stream = tokio::net::UnixStream::from_std(self.stream)?;
        let (sender, incoming) = mpsc::unbounded_channel();
        let dealer = self.dealer.clone();
        let exchange = Exchange {
            stream,
            said: self.said,
            heard: Vec::new(),
            incoming: sender,
            dealer: self.dealer,
            context,
        };
        let exchange = spawn_local(async move {
            let Err(error) = exchange.run().await;
            warn!(%error, "who deals out connections has gone; no new ones will come");
        });
        Ok(DealtConnections {
            incoming,
            dealer,
            exchange: exchange.abort_handle(),
        })
    }
}

impl Dealer {
    /// Notes that a connection was dealt out.
    pub(crate) fn connection(&self) -> DealtConnection {
        DealtConnection(self.clone())
    }

    /// Tells the other processes that a broker has loaded the provider; returns when they know, or
    /// soon after where that takes too long.
    pub(crate) async fn share_load(
        &self,
        address: Option<IpAddr>,
        package: Package,
        node: &str,
        version: &str,
    ) {
        let word = Word::Loaded {
            address,
            node: node.to_owned(),
            version: version.to_owned(),
            package: package.short_name().to_owned(),
            at: SystemTime::now(),
        };
        let (teller, told) = oneshot::channel();
        {
            let mut waiting = lock(&self.waiting);
            if self.words.send(word).is_err() {
                return;
            }
            waiting.push_back(teller);
        }
        let _ = tokio::time::timeout(TELLING_TIMEOUT, told).await;
    }

    /// Tells the other processes that a broker has let go of the provider.
    pub(crate) fn share_unload(&self, address: Option<IpAddr>, node: &str) {
        let node = node.to_owned();
        self.say(Word::Unloaded { address, node });
    }

    fn say(&self, word: Word) {
        // Fails when no more connections are taken, and then nobody counts them.
        let _ = self.words.send(word);
    }
}

impl Drop for DealtConnection {
    fn drop(&mut self) {
        self.0.say(Word::Closed);
    }
}

impl DealtConnections {
    /// The next connection, with its address.
    pub(super) async fn accept(&mut self) -> (TcpStream, IpAddr) {
        loop {
            let Some(stream) = self.incoming.recv().await else {
                return std::future::pending().await;
            };
            match prepare(&stream) {
                Ok(peer) => return (stream, peer),
                // It has ended on its way.
                Err(_) => self.dealer.say(Word::Closed),
            }
        }
    }
}

impl Drop for DealtConnections {
    fn drop(&mut self) {
        self.exchange.abort();
    }
}

fn prepare(stream: &TcpStream) -> io::Result<IpAddr> {
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    Ok(stream.peer_addr()?.ip().to_canonical())
}

fn line_of(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("words have no maps with other keys than texts")
}

/// Reads a line and not a byte more, because the next may come with a connection.
fn read_line(stream: &mut UnixStream) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        stream.read_exact(&mut byte)?;
        if byte[0] == b'\n' {
            return Ok(line);
        }
        line.push(byte[0]);
    }
}
