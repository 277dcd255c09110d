//! [`Keepalive`]: notices peers that vanished without closing their connection.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use h2::{Ping, PingPong};
use tokio::time::{Instant, Sleep, sleep};

/// Sends a PING at every interval, and gives up on a peer that has not answered it when the next
/// one is due.
pub(crate) struct Keepalive {
    probing: Option<Probing>,
}

struct Probing {
    interval: Duration,
    ping_pong: PingPong,
    timer: Pin<Box<Sleep>>,
    unanswered: bool,
}

impl Keepalive {
    /// Never sends anything without an interval.
    pub(crate) fn new(interval: Option<Duration>, ping_pong: Option<PingPong>) -> Self {
        let probing = interval
            .zip(ping_pong)
            .map(|(interval, ping_pong)| Probing {
                interval,
                ping_pong,
                timer: Box::pin(sleep(interval)),
                unanswered: false,
            });
        Self { probing }
    }

    /// Ready when the peer is lost.
    pub(crate) fn poll_lost(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(probing) = &mut self.probing else {
            return Poll::Pending;
        };
        loop {
            if probing.unanswered
                && let Poll::Ready(answer) = probing.ping_pong.poll_pong(context)
            {
                if answer.is_err() {
                    return Poll::Ready(());
                }
                probing.unanswered = false;
            }
            ready!(probing.timer.as_mut().poll(context));
            if probing.unanswered || probing.ping_pong.send_ping(Ping::opaque()).is_err() {
                return Poll::Ready(());
            }
            probing.unanswered = true;
            let next = Instant::now() + probing.interval;
            probing.timer.as_mut().reset(next);
        }
    }
}
