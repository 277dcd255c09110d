//! [`GrpcBody`]: the body of a response, one message and the trailers, or the trailers alone.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use http_body::{Body, Frame};
use tonic::Status;

/// At most one DATA frame, then always trailers of their own.
///
/// Trailers never travel in the first HEADERS frame: brokers of 4.x and 5.0 do not understand
/// such an answer and wait out their timeout.
pub(crate) struct GrpcBody {
    message: Option<Bytes>,
    trailers: Option<HeaderMap>,
}

impl GrpcBody {
    /// A message and status OK.
    pub(crate) fn message(message: Bytes) -> Self {
        let mut trailers = HeaderMap::with_capacity(1);
        trailers.insert(Status::GRPC_STATUS, HeaderValue::from_static("0"));
        Self {
            message: Some(message),
            trailers: Some(trailers),
        }
    }

    /// No message and this status.
    pub(crate) fn status(status: &Status) -> Self {
        let mut trailers = HeaderMap::new();
        // Fails only for metadata that is no header, and the status has none.
        let _ = status.add_header(&mut trailers);
        Self {
            message: None,
            trailers: Some(trailers),
        }
    }

    /// Nothing but the end of the stream.
    pub(crate) fn empty() -> Self {
        Self {
            message: None,
            trailers: Some(HeaderMap::new()),
        }
    }
}

impl Body for GrpcBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(message) = self.message.take() {
            return Poll::Ready(Some(Ok(Frame::data(message))));
        }
        Poll::Ready(self.trailers.take().map(|trailers| Ok(Frame::trailers(trailers))))
    }

    fn is_end_stream(&self) -> bool {
        self.message.is_none() && self.trailers.is_none()
    }
}
