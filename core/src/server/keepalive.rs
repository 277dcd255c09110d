//! [`Keepalive`]: notices peers that vanished without closing their connection.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep};

use super::http2::Http2;

/// Which part of an interval a timer is late only where the process did not run.
const STANDSTILL_PART: u32 = 4;

/// Sends a PING at every interval, and gives up on a peer that has not answered it when the next
/// one is due. Where that is seen late, because the server stood still, the peer has one interval
/// more.
pub(crate) struct Keepalive {
    probing: Option<Probing>,
}

struct Probing {
    interval: Duration,
    timer: Pin<Box<Sleep>>,
    /// How many were answered when one was sent that is not.
    unanswered: Option<u64>,
}

impl Keepalive {
    /// Never sends anything without an interval.
    pub(crate) fn new(interval: Option<Duration>) -> Self {
        let probing = interval.map(|interval| Probing {
            interval,
            timer: Box::pin(sleep(interval)),
            unanswered: None,
        });
        Self { probing }
    }

    /// Ready when the peer is lost.
    pub(crate) fn poll_lost(&mut self, http2: &mut Http2, context: &mut Context<'_>) -> Poll<()> {
        let Some(probing) = &mut self.probing else {
            return Poll::Pending;
        };
        loop {
            ready!(probing.timer.as_mut().poll(context));
            let answered = http2.answered_pings();
            let now = Instant::now();
            let next = now + probing.interval;
            if probing.unanswered.is_some_and(|before| before == answered) {
                if now - probing.timer.deadline() < probing.interval / STANDSTILL_PART {
                    return Poll::Ready(());
                }
                // Machines of peers may have stood still as well.
                probing.timer.as_mut().reset(next);
                continue;
            }
            http2.ping();
            probing.unanswered = Some(answered);
            probing.timer.as_mut().reset(next);
        }
    }
}

#[cfg(all(test, not(exhook_loom)))]
mod tests {
    use std::future::poll_fn;

    use tokio::time::advance;

    use super::*;
    use crate::server::http2::tests::connection;

    const INTERVAL: Duration = Duration::from_secs(30);

    async fn is_lost(keepalive: &mut Keepalive, http2: &mut Http2) -> bool {
        poll_fn(|context| Poll::Ready(keepalive.poll_lost(http2, context).is_ready())).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_is_not_given_up_for_an_answer_that_a_standstill_has_delayed() {
        let mut keepalive = Keepalive::new(Some(INTERVAL));
        let mut http2 = connection(INTERVAL);
        assert!(!is_lost(&mut keepalive, &mut http2).await);
        advance(INTERVAL).await;
        assert!(!is_lost(&mut keepalive, &mut http2).await, "it is asked");
        advance(INTERVAL * 2).await;
        assert!(!is_lost(&mut keepalive, &mut http2).await, "nobody ran");
        advance(INTERVAL / 2).await;
        assert!(
            !is_lost(&mut keepalive, &mut http2).await,
            "it has time again"
        );
        advance(INTERVAL / 2).await;
        assert!(is_lost(&mut keepalive, &mut http2).await, "and no answer");
    }
}
