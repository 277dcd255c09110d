//! [`Streams`]: the requests of one connection that are being answered.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::stream::{FuturesUnordered, Stream};
use h2::{RecvStream, server::SendResponse};
use http::Request;

use super::service::{Peer, respond};

type Answering = Pin<Box<dyn Future<Output = ()>>>;

/// Requests are polled together with their connection, without a task for each.
pub(crate) struct Streams {
    peer: Arc<Peer>,
    accepted: Vec<Answering>,
    waiting: FuturesUnordered<Answering>,
}

impl Streams {
    pub(crate) fn new(peer: Arc<Peer>) -> Self {
        Self {
            peer,
            accepted: Vec::new(),
            waiting: FuturesUnordered::new(),
        }
    }

    /// Takes a request that has just been accepted.
    pub(crate) fn push(&mut self, request: Request<RecvStream>, response: SendResponse<Bytes>) {
        self.accepted
            .push(Box::pin(respond(&self.peer, request, response)));
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
        while let Poll::Ready(Some(())) = Pin::new(&mut self.waiting).poll_next(context) {
            answered = true;
        }
        answered
    }
}
