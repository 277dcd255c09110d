//! [`CallOutcome`]: everything that can be seen of an answer.

use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use h2::RecvStream;
use http::{HeaderMap, Response};

/// A gRPC message is preceded by a compression flag and its length.
const MESSAGE_PREFIX_BYTES: usize = 5;

/// What became of one call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallOutcome {
    /// The HTTP status; `None` when no headers came.
    pub http_status: Option<u16>,
    /// The number in `grpc-status`; `None` when none came.
    pub grpc_status: Option<u32>,
    /// The text in `grpc-message` as it was sent: brokers do not percent-decode it.
    pub grpc_message: String,
    /// The protobuf bytes of the first message; `None` when no whole message came.
    pub message: Option<Bytes>,
    /// Whether that message is flagged as compressed.
    pub compressed: bool,
    /// Whether the headers ended the stream, which brokers of 4.x and 5.0 do not understand.
    pub trailers_only: bool,
    /// From sending the request to the end of the answer, or to the timeout.
    pub elapsed: Duration,
    /// Whether the answer was not there in time.
    pub timed_out: bool,
    /// Why the stream or its connection was cut off, if it was.
    pub reset: Option<String>,
}

impl CallOutcome {
    /// Reads an answer to its end.
    pub(super) async fn read(response: Response<RecvStream>) -> Result<Self, h2::Error> {
        let (head, mut body) = response.into_parts();
        let mut outcome = Self {
            http_status: Some(head.status.as_u16()),
            trailers_only: body.is_end_stream(),
            ..Self::default()
        };
        outcome.take_status(&head.headers);
        let mut content = BytesMut::new();
        while let Some(data) = body.data().await {
            let data = data?;
            // The stream may be closed already, and then needs no window.
            let _ = body.flow_control().release_capacity(data.len());
            content.extend_from_slice(&data);
        }
        if let Some(trailers) = body.trailers().await? {
            outcome.take_status(&trailers);
        }
        outcome.take_message(content.freeze());
        Ok(outcome)
    }

    /// The outcome of a call whose stream or connection ended early.
    pub(super) fn cut_off(error: &h2::Error) -> Self {
        let reason = if error.is_reset() && error.is_remote() {
            format!("the server reset the stream ({error})")
        } else {
            format!("the connection was lost ({error})")
        };
        Self {
            reset: Some(reason),
            ..Self::default()
        }
    }

    /// Takes gRPC's status out of headers or trailers, if it is there.
    pub(super) fn take_status(&mut self, headers: &HeaderMap) {
        let text = |name| {
            headers
                .get(name)
                .map(|value| String::from_utf8_lossy(value.as_bytes()))
        };
        if let Some(status) = text("grpc-status") {
            self.grpc_status = status.parse().ok();
        }
        if let Some(message) = text("grpc-message") {
            self.grpc_message = message.into_owned();
        }
    }

    /// Takes the first message out of the `content` of an answer, as far as it is there.
    pub fn take_message(&mut self, mut content: Bytes) {
        if content.len() < MESSAGE_PREFIX_BYTES {
            return;
        }
        self.compressed = content.get_u8() != 0;
        let length = content.get_u32() as usize;
        if content.len() >= length {
            self.message = Some(content.split_to(length));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &'static [u8]) -> CallOutcome {
        let mut outcome = CallOutcome::default();
        outcome.take_message(Bytes::from_static(content));
        outcome
    }

    #[test]
    fn a_message_is_read_from_its_frame() {
        assert_eq!(read(&[0, 0, 0, 0, 0]).message.as_deref(), Some(&[][..]));
        assert_eq!(
            read(&[0, 0, 0, 0, 2, 8, 1]).message.as_deref(),
            Some(&[8, 1][..])
        );
        assert!(read(&[1, 0, 0, 0, 0]).compressed);
    }

    #[test]
    fn half_a_message_is_none() {
        for content in [&[][..], &[0, 0, 0], &[0, 0, 0, 0, 2, 8]] {
            assert_eq!(read(content).message, None, "{content:?}");
        }
    }
}
