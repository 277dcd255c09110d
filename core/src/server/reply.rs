//! [`Reply`]: the response to one request, one message and the trailers, or the trailers alone.

use std::rc::Rc;

use bytes::Bytes;
use h2::server::SendResponse;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use tonic::Status;

use super::limits::{Message, Unsent};

const GRPC: HeaderValue = HeaderValue::from_static("application/grpc");
const OK: HeaderValue = HeaderValue::from_static("0");

/// A response: headers, at most one DATA frame, then always trailers of their own.
///
/// Trailers never travel in the first HEADERS frame: brokers of 4.x and 5.0 do not understand
/// such an answer and wait out their timeout.
pub(crate) struct Reply {
    status: StatusCode,
    message: Option<Bytes>,
    trailers: HeaderMap,
}

impl Reply {
    /// A message (with its gRPC prefix) and status OK.
    pub(crate) fn message(message: Bytes) -> Self {
        let mut trailers = HeaderMap::with_capacity(1);
        trailers.insert(Status::GRPC_STATUS, OK);
        Self {
            status: StatusCode::OK,
            message: Some(message),
            trailers,
        }
    }

    /// No message and this status of gRPC.
    pub(crate) fn status(status: &Status) -> Self {
        let mut trailers = HeaderMap::new();
        // Fails only for metadata that is no header, and the status has none.
        let _ = status.add_header(&mut trailers);
        // Brokers show the text as it was sent, and gRPC itself lets all but this stand in it.
        if let Ok(text) = HeaderValue::from_str(status.message())
            && !status.message().contains('%')
        {
            trailers.insert(Status::GRPC_MESSAGE, text);
        }
        Self {
            status: StatusCode::OK,
            message: None,
            trailers,
        }
    }

    /// This status of HTTP, and nothing else.
    pub(crate) fn http(status: StatusCode) -> Self {
        Self {
            status,
            message: None,
            trailers: HeaderMap::new(),
        }
    }

    /// Hands the frames to h2, which sends them as the peer's flow control allows.
    pub(crate) fn send(
        self,
        mut stream: SendResponse<Message>,
        unsent: &Rc<Unsent>,
    ) -> Result<(), h2::Error> {
        let mut response = Response::new(());
        *response.status_mut() = self.status;
        if self.status == StatusCode::OK {
            response.headers_mut().insert(header::CONTENT_TYPE, GRPC);
        }
        let mut stream = stream.send_response(response, false)?;
        match self.message {
            Some(message) => stream.send_data(unsent.message(message), false)?,
            None => unsent.add_response(),
        }
        stream.send_trailers(self.trailers)
    }
}
