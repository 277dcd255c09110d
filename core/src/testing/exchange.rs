//! [`Exchange`]: one answer on its way, read without a task of its own.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use h2::{RecvStream, client::ResponseFuture};

use super::CallOutcome;

/// Reads an answer to its end, and gives it with the number of its call.
pub(super) struct Exchange {
    number: u64,
    outcome: CallOutcome,
    content: Content,
    stage: Stage,
}

enum Stage {
    Head(ResponseFuture),
    Body { body: RecvStream, ended: bool },
}

/// The bytes of an answer, copied together only when they come in pieces.
enum Content {
    Whole(Bytes),
    Pieces(BytesMut),
}

impl Content {
    fn push(&mut self, data: Bytes) {
        match self {
            Content::Whole(whole) if whole.is_empty() => *whole = data,
            Content::Whole(whole) => {
                let mut pieces = BytesMut::from(&whole[..]);
                pieces.extend_from_slice(&data);
                *self = Content::Pieces(pieces);
            }
            Content::Pieces(pieces) => pieces.extend_from_slice(&data),
        }
    }

    fn take(&mut self) -> Bytes {
        match std::mem::replace(self, Content::Whole(Bytes::new())) {
            Content::Whole(whole) => whole,
            Content::Pieces(pieces) => pieces.freeze(),
        }
    }
}

impl Exchange {
    pub(super) fn new(number: u64, response: ResponseFuture) -> Self {
        Self {
            number,
            outcome: CallOutcome::default(),
            content: Content::Whole(Bytes::new()),
            stage: Stage::Head(response),
        }
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<Result<(), h2::Error>> {
        loop {
            match &mut self.stage {
                Stage::Head(response) => {
                    let (head, body) = ready!(Pin::new(response).poll(context))?.into_parts();
                    self.outcome.http_status = Some(head.status.as_u16());
                    self.outcome.trailers_only = body.is_end_stream();
                    self.outcome.take_status(&head.headers);
                    self.stage = Stage::Body { body, ended: false };
                }
                Stage::Body { body, ended } if !*ended => match ready!(body.poll_data(context)) {
                    Some(data) => {
                        let data = data?;
                        // The stream may be closed already, and then needs no window.
                        let _ = body.flow_control().release_capacity(data.len());
                        self.content.push(data);
                    }
                    None => *ended = true,
                },
                Stage::Body { body, .. } => {
                    if let Some(trailers) = ready!(body.poll_trailers(context))? {
                        self.outcome.take_status(&trailers);
                    }
                    let bytes = self.content.take();
                    self.outcome.take_message(bytes);
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }
}

impl Future for Exchange {
    type Output = (u64, CallOutcome);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let outcome = match ready!(self.poll_read(context)) {
            Ok(()) => std::mem::take(&mut self.outcome),
            Err(error) => CallOutcome::cut_off(&error),
        };
        Poll::Ready((self.number, outcome))
    }
}
