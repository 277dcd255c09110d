//! [`Reply`]: the response to one request, one message and the trailers, or the trailers alone.

use http::{HeaderMap, HeaderValue, StatusCode};
use tonic::Status;

use crate::{call::Answer, package::VerdictNumbers};

/// A response: headers, at most one message, then always trailers of their own.
///
/// Trailers never travel in the first HEADERS frame: brokers of 4.x and 5.0 do not understand
/// such an answer and wait out their timeout.
#[derive(Debug)]
pub(crate) enum Reply {
    /// A message, in the numbers that the broker reads, and status OK.
    Answer(Answer, VerdictNumbers),
    /// No message and these trailers of gRPC.
    Status(HeaderMap),
    /// This status of HTTP, and nothing else.
    Http(StatusCode),
}

impl Reply {
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
        Reply::Status(trailers)
    }
}
