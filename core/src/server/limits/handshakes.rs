//! [`Handshakes`]: connections at their beginning, which is bounded in number and time.

use std::{collections::BTreeMap, future::Future, sync::Arc, time::Duration};

use tokio::{
    sync::oneshot,
    time::{Instant, sleep_until},
};

use crate::{
    metrics::Refusal,
    sync::{Mutex, lock},
};

/// How long a beginning may take however many there are: all brokers connect at once when a server
/// comes back, and their beginnings take a moment each.
const GRACE: Duration = Duration::from_secs(1);

/// Connections that have not finished TLS and the preface of HTTP/2.
pub(crate) struct Handshakes {
    most: usize,
    timeout: Duration,
    running: Arc<Mutex<Running>>,
}

#[derive(Default)]
struct Running {
    next: u64,
    // The first is the oldest.
    displace: BTreeMap<u64, oneshot::Sender<()>>,
}

/// The beginning of one connection, which is over when this is dropped.
pub(crate) struct Beginning {
    number: u64,
    began: Instant,
    deadline: Instant,
    displaced: oneshot::Receiver<()>,
    is_displaced: bool,
    running: Arc<Mutex<Running>>,
}

impl Handshakes {
    pub(crate) fn new(most: usize, timeout: Duration) -> Self {
        Self {
            most,
            timeout,
            running: Arc::default(),
        }
    }

    /// The beginning of a connection that was accepted just now; the oldest of all gives way where
    /// there are too many, as soon as it has had a second.
    pub(crate) fn begin(&self) -> Beginning {
        let (displace, displaced) = oneshot::channel();
        let mut running = lock(&self.running);
        let number = running.next;
        running.next += 1;
        running.displace.insert(number, displace);
        if running.displace.len() > self.most
            && let Some((_, oldest)) = running.displace.pop_first()
        {
            // Fails where it has just ended by itself.
            let _ = oldest.send(());
        }
        let began = Instant::now();
        Beginning {
            number,
            began,
            deadline: began + self.timeout,
            displaced,
            is_displaced: false,
            running: Arc::clone(&self.running),
        }
    }
}

impl Beginning {
    /// What a part of the beginning becomes.
    ///
    /// # Errors
    ///
    /// Why the connection is to be closed instead.
    pub(crate) async fn within<F: Future>(&mut self, part: F) -> Result<F::Output, Refusal> {
        let deadline = self.deadline;
        let displaced = async {
            if !self.is_displaced {
                let _ = (&mut self.displaced).await;
                self.is_displaced = true;
            }
            sleep_until(self.began + GRACE).await;
        };
        tokio::select! {
            // What has come counts, however late the server gets to it.
            biased;
            output = part => Ok(output),
            () = displaced => Err(Refusal::Handshakes),
            () = sleep_until(deadline) => Err(Refusal::HandshakeTimeout),
        }
    }
}

impl Drop for Beginning {
    fn drop(&mut self) {
        lock(&self.running).displace.remove(&self.number);
    }
}

#[cfg(all(test, not(exhook_loom)))]
mod tests {
    use std::future::{pending, ready};

    use tokio::time::sleep;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_oldest_gives_way_and_none_lasts_longer_than_the_timeout() {
        let handshakes = Handshakes::new(2, Duration::from_secs(10));
        let mut beginnings: Vec<Beginning> = (0..3).map(|_| handshakes.begin()).collect();
        let begun = Instant::now();
        // One of many that begin at once is not cut off, whatever part of its beginning it is at.
        for quick in [100, 200] {
            let part = sleep(Duration::from_millis(quick));
            assert_eq!(beginnings[0].within(part).await, Ok(()));
        }
        let oldest = beginnings[0].within(pending::<()>()).await;
        assert_eq!(oldest, Err(Refusal::Handshakes));
        assert_eq!(begun.elapsed().as_secs(), 1);
        assert_eq!(beginnings[0].within(ready(7)).await, Ok(7));
        assert_eq!(beginnings[1].within(ready(7)).await, Ok(7));
        let last = beginnings[2].within(pending::<()>()).await;
        assert_eq!(last, Err(Refusal::HandshakeTimeout));
        assert_eq!(begun.elapsed().as_secs(), 10);
        beginnings.clear();
        assert!(lock(&handshakes.running).displace.is_empty());
    }
}
