//! One request to a service of tonic's.

use std::{
    convert::Infallible,
    future::Future,
    pin::{Pin, pin},
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderMap, Response};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Frame};
use tokio::sync::watch;
use tonic::{Status, body::Body};

use crate::server::{
    Phase,
    http2::{Gone, Outlet, Pieces},
};

/// What a peer sends, as tonic reads it.
pub(super) struct RequestBody(pub(super) Pieces);

impl hyper::body::Body for RequestBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.0.poll_next(context);
        next.map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}

/// Sends what `answering` answers, as far as the server goes on and the peer wants it.
pub(super) async fn answer(
    answering: impl Future<Output = Response<Body>> + Unpin,
    outlet: Outlet,
    mut phases: watch::Receiver<Phase>,
) -> Result<(), Gone> {
    let mut draining = pin!(phases.wait_for(|phase| *phase >= Phase::Draining));
    let response = tokio::select! {
        biased;
        response = answering => response,
        _ = draining.as_mut() => unavailable().into_http(),
        () = outlet.gone() => return Err(Gone),
    };
    let (head, mut body) = response.into_parts();
    let is_all = body.is_end_stream();
    outlet.head(head.status, head.headers, is_all);
    if is_all {
        return Ok(());
    }
    let mut drains = false;
    loop {
        let frame = if drains {
            // What the body has to say about the end is still said.
            let Some(frame) = body.frame().now_or_never() else {
                outlet.trailers(trailers(&unavailable()));
                return Ok(());
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
                () = outlet.gone() => return Err(Gone),
            }
        };
        match frame.map(|frame| frame.map(Frame::into_data)) {
            Some(Ok(Ok(data))) => outlet.data(data).await?,
            Some(Ok(Err(frame))) => {
                outlet.trailers(frame.into_trailers().unwrap_or_default());
                return Ok(());
            }
            Some(Err(status)) => {
                outlet.trailers(trailers(&status));
                return Ok(());
            }
            None => {
                outlet.end();
                return Ok(());
            }
        }
    }
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
