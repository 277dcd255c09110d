//! [`Streams`]: the requests of one connection that are being answered.

use std::{
    future::Future,
    mem,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use futures_util::stream::{FuturesUnordered, Stream};
use h2::{RecvStream, server::SendResponse};
use http::Request;

use super::{
    limits::Message,
    service::{Peer, respond},
};
use crate::deadline::DeadlineTimer;

/// How many requests may be unfinished beside those that run, however few of those there may be.
const UNFINISHED: usize = 1_000;

type Answering = Pin<Box<dyn Future<Output = ()>>>;

/// Requests are polled together with their connection, without a task for each.
pub(crate) struct Streams {
    peer: Rc<Peer>,
    timer: DeadlineTimer,
    accepted: Vec<Answering>,
    taken: u64,
    waiting: FuturesUnordered<Answering>,
}

impl Streams {
    /// `timer` serves the deadlines that `peer` hands out.
    pub(crate) fn new(peer: Rc<Peer>, timer: DeadlineTimer) -> Self {
        Self {
            peer,
            timer,
            accepted: Vec::new(),
            taken: 0,
            waiting: FuturesUnordered::new(),
        }
    }

    /// Takes a request that has just been accepted.
    pub(crate) fn push(&mut self, request: Request<RecvStream>, response: SendResponse<Message>) {
        self.taken += 1;
        self.accepted
            .push(Box::pin(respond(&self.peer, request, response)));
    }

    /// How many requests have been taken so far.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    /// Whether so many requests have begun, and not ended, as no broker leaves that way: those that
    /// run are bounded, so the others do not end arriving.
    pub(crate) fn too_many(&self) -> bool {
        let running = self.peer.context.limits.max_running;
        self.waiting.len() > running.saturating_mul(2).saturating_add(UNFINISHED)
    }

    /// Whether no request is being answered.
    pub(crate) fn is_empty(&self) -> bool {
        self.accepted.is_empty() && self.waiting.is_empty()
    }

    /// Gets on with the requests; whether any was answered.
    pub(crate) fn poll_progress(&mut self, context: &mut Context<'_>) -> bool {
        let mut answered = false;
        // By now the connection has read the whole burst, so most requests are complete, and most
        // of those are answered by one poll: only the others are kept.
        for mut answering in self.accepted.drain(..) {
            match answering.as_mut().poll(context) {
                Poll::Ready(()) => answered = true,
                Poll::Pending => self.waiting.push(answering),
            }
        }
        answered |= poll_all(&mut self.waiting, context);
        while self.timer.poll_due(context).is_ready() {
            // What is put in anew is polled, woken or not.
            let waiting = mem::take(&mut self.waiting);
            self.waiting.extend(waiting);
            answered |= self.timer.look(|| poll_all(&mut self.waiting, context));
        }
        answered
    }
}

/// Polls what was woken; whether any was answered.
fn poll_all(waiting: &mut FuturesUnordered<Answering>, context: &mut Context<'_>) -> bool {
    let mut answered = false;
    while let Poll::Ready(Some(())) = Pin::new(&mut *waiting).poll_next(context) {
        answered = true;
    }
    answered
}
