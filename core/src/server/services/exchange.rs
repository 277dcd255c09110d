//! One request to a service of tonic's, on a stream of h2's.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    rc::Rc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_util::FutureExt;
use h2::{Reason, RecvStream, SendStream, server::SendResponse};
use http::{HeaderMap, Response};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Frame};
use tokio::sync::watch;
use tonic::{Status, body::Body};

use crate::server::{
    Phase,
    limits::{Message, Unsent},
};

/// What a peer sends, as tonic reads it.
pub(super) struct RequestBody(pub(super) RecvStream);

impl hyper::body::Body for RequestBody {
    type Data = Bytes;
    type Error = h2::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, h2::Error>>> {
        let Some(data) = ready!(self.0.poll_data(context)) else {
            return Poll::Ready(None);
        };
        let data = data?;
        // Fails only when more is released than was received.
        let _ = self.0.flow_control().release_capacity(data.len());
        Poll::Ready(Some(Ok(Frame::data(data))))
    }
}

/// Sends what `answering` answers, as far as the server goes on and the peer wants it.
pub(super) async fn answer(
    answering: impl Future<Output = Response<Body>> + Unpin,
    mut stream: SendResponse<Message>,
    unsent: &Rc<Unsent>,
    mut phases: watch::Receiver<Phase>,
) -> Result<(), h2::Error> {
    let mut draining = pin!(phases.wait_for(|phase| *phase >= Phase::Draining));
    let response = tokio::select! {
        biased;
        response = answering => response,
        _ = draining.as_mut() => unavailable().into_http(),
        _ = poll_fn(|context| stream.poll_reset(context)) => return Ok(()),
    };
    let (head, mut body) = response.into_parts();
    let is_all = body.is_end_stream();
    let mut stream = stream.send_response(Response::from_parts(head, ()), is_all)?;
    if is_all {
        return Ok(());
    }
    let mut drains = false;
    loop {
        let frame = if drains {
            // What the body has to say about the end is still said.
            let Some(frame) = body.frame().now_or_never() else {
                return stream.send_trailers(trailers(&unavailable()));
            };
            frame
        } else {
            tokio::select! {
                biased;
                frame = body.frame() => frame,
                _ = draining.as_mut() => {
                    drains = true;
                    continue;
                }
                _ = poll_fn(|context| stream.poll_reset(context)) => return Ok(()),
            }
        };
        match frame.map(|frame| frame.map(Frame::into_data)) {
            Some(Ok(Ok(data))) => send(&mut stream, data, unsent).await?,
            Some(Ok(Err(frame))) => {
                let trailers = frame.into_trailers().unwrap_or_default();
                return stream.send_trailers(trailers);
            }
            Some(Err(status)) => return stream.send_trailers(trailers(&status)),
            None => return stream.send_data(unsent.message(Bytes::new()), true),
        }
    }
}

/// Sends data as fast as the peer takes it.
async fn send(
    stream: &mut SendStream<Message>,
    mut data: Bytes,
    unsent: &Rc<Unsent>,
) -> Result<(), h2::Error> {
    while !data.is_empty() {
        stream.reserve_capacity(data.len());
        while stream.capacity() == 0 {
            let Some(capacity) = poll_fn(|context| stream.poll_capacity(context)).await else {
                return Err(Reason::CANCEL.into());
            };
            capacity?;
        }
        let piece = data.split_to(stream.capacity().min(data.len()));
        stream.send_data(unsent.message(piece), false)?;
    }
    Ok(())
}

fn unavailable() -> Status {
    Status::unavailable("the server is stopping")
}

fn trailers(status: &Status) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    // Fails only for metadata that is no header, and these have none.
    let _ = status.add_header(&mut trailers);
    trailers
}
