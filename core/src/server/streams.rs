//! [`Streams`]: the requests of one connection that are being answered.

use std::{
    future::Future,
    mem,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    time::Instant,
};

use futures_util::stream::{FuturesUnordered, Stream};

use super::{
    http2::{Asked, Http2, Message, Outlet, Pieces, RequestHead},
    reply::Reply,
    service::{Peer, Responding, respond},
};
use crate::{call::Failure, deadline::DeadlineTimer};

/// How many requests may be unfinished beside those that run, however few of those there may be.
const UNFINISHED: usize = 1_000;

/// What becomes of a stream: a reply, if it has not written one itself.
type Answering = Pin<Box<dyn Future<Output = Option<(u32, Reply)>>>>;

/// Requests are polled together with their connection, without a task for each.
pub(crate) struct Streams {
    peer: Rc<Peer>,
    timer: DeadlineTimer,
    waiting: FuturesUnordered<Answering>,
}

impl Streams {
    /// `timer` serves the deadlines that `peer` hands out.
    pub(crate) fn new(peer: Rc<Peer>, timer: DeadlineTimer) -> Self {
        Self {
            peer,
            timer,
            waiting: FuturesUnordered::new(),
        }
    }

    /// Answers a request, or begins to.
    pub(crate) fn begin(
        &mut self,
        http2: &mut Http2,
        stream: u32,
        head: &RequestHead,
        message: Message,
        arrived: Instant,
    ) {
        match respond(&self.peer, head, message, arrived) {
            Responding::Now(reply) => http2.answer(stream, reply),
            Responding::Later(reply) => {
                http2.hold(stream);
                let answering = async move { Some((stream, reply.await)) };
                self.waiting.push(Box::pin(answering));
            }
        }
    }

    /// Begins to answer a request to a service beside the hooks.
    pub(crate) fn begin_service(&mut self, head: &RequestHead, body: Pieces, outlet: Outlet) {
        if let Asked::Other(head) = &head.asked {
            let (context, head) = (self.peer.context.clone(), head.as_ref().clone());
            self.waiting.push(Box::pin(async move {
                context.services.answer(head, body, outlet).await;
                None
            }));
        }
    }

    /// Whether so many requests have begun, and not ended, as no broker leaves that way: those that
    /// run are bounded, so the others do not end arriving.
    pub(crate) fn too_many(&self, http2: &Http2) -> bool {
        let running = self.peer.context.limits.max_running;
        let unfinished = self.waiting.len().max(http2.open_streams());
        unfinished > running.saturating_mul(2).saturating_add(UNFINISHED)
    }

    /// Whether no request is being answered.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Gets on with the requests; whether any was answered.
    pub(crate) fn poll_progress(&mut self, http2: &mut Http2, context: &mut Context<'_>) -> bool {
        let mut answered = poll_all(&mut self.waiting, http2, context);
        while self.poll_due(http2, context).is_ready() {
            for (stream, head) in http2.give_up_late() {
                let message = Err(Failure::Undecodable);
                self.begin(http2, stream, &head, message, Instant::now());
                answered = true;
            }
            // What is put in anew is polled, woken or not.
            let waiting = mem::take(&mut self.waiting);
            self.waiting.extend(waiting);
            let waiting = &mut self.waiting;
            answered |= self.timer.look(|| poll_all(waiting, http2, context));
        }
        answered
    }

    /// Ready when the first deadline has come, of what is waited for or of what has to arrive.
    fn poll_due(&mut self, http2: &Http2, context: &mut Context<'_>) -> Poll<()> {
        if let Some(receive_by) = http2.receive_by() {
            self.peer.deadlines.ask(receive_by);
        }
        self.timer.poll_due(context)
    }
}

/// Polls what was woken; whether any was answered.
fn poll_all(
    waiting: &mut FuturesUnordered<Answering>,
    http2: &mut Http2,
    context: &mut Context<'_>,
) -> bool {
    let mut answered = false;
    while let Poll::Ready(Some(reply)) = Pin::new(&mut *waiting).poll_next(context) {
        if let Some((stream, reply)) = reply {
            http2.answer(stream, reply);
        }
        answered = true;
    }
    http2.take_steps();
    answered
}
