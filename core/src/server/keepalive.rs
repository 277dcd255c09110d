//! [`Keepalive`]: notices peers that vanished without closing their connection.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep};

use super::http2::Http2;

/// Sends a PING at every interval, and gives up on a peer that has not answered it when the next
/// one is due.
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
            if probing.unanswered.is_some_and(|before| before == answered) {
                return Poll::Ready(());
            }
            http2.ping();
            probing.unanswered = Some(answered);
            let next = Instant::now() + probing.interval;
            probing.timer.as_mut().reset(next);
        }
    }
}
