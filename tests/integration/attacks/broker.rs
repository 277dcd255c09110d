//! A broker that behaves, and wants its answers all the while.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use exhook::{
    Hook, Package,
    testing::{Connection, Understood},
};
use prost::Message as _;
use tokio::task::JoinHandle;

use super::victim::Victim;
use crate::provider::{TIMEOUT, authenticate, eventually, understand};

/// How many calls have to be answered while an attack lasts, or right after it.
const FEWEST_CALLS: u64 = 20;

/// A broker that asks about one client after the other.
pub(super) struct Broker {
    calls: Arc<AtomicU64>,
    ends: Arc<AtomicBool>,
    calling: JoinHandle<()>,
}

impl Broker {
    /// Connects, and calls from now on.
    pub(super) async fn start(victim: &Victim) -> Self {
        let endpoint = victim.address.to_string().parse().expect("an endpoint");
        let connection = Connection::open(&endpoint).await.expect("a listener");
        let (calls, ends) = (Arc::<AtomicU64>::default(), Arc::<AtomicBool>::default());
        let calling = {
            let (calls, ends) = (Arc::clone(&calls), Arc::clone(&ends));
            tokio::spawn(async move {
                while !ends.load(Ordering::Relaxed) {
                    for username in ["alice", "mallory"] {
                        ask(&connection, username).await;
                        calls.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        };
        let broker = Self {
            calls,
            ends,
            calling,
        };
        broker.goes_on().await;
        broker
    }

    /// Waits until more calls have been answered.
    pub(super) async fn goes_on(&self) {
        let before = self.calls.load(Ordering::Relaxed);
        eventually("the broker's calls are answered", || {
            self.calling.is_finished()
                || self.calls.load(Ordering::Relaxed) >= before + FEWEST_CALLS
        })
        .await;
    }

    /// Ends; fails where any call was not answered rightly and in time.
    pub(super) async fn finish(self) {
        self.goes_on().await;
        self.ends.store(true, Ordering::Relaxed);
        self.calling.await.expect("every call was answered rightly");
    }
}

async fn ask(connection: &Connection, username: &str) {
    let mut request = authenticate("c");
    let client = request.clientinfo.as_mut().expect("a client");
    username.clone_into(&mut client.username);
    let hook = Hook::ClientAuthenticate;
    let message = request.encode_to_vec();
    let outcome = connection.call(Package::V3, hook, &message, TIMEOUT).await;
    let expected = match username {
        "alice" => Understood::Allowed,
        _ => Understood::Denied,
    };
    let understood = understand(Package::V3, None, hook, &outcome);
    assert_eq!(understood, expected, "{outcome:?}");
}
