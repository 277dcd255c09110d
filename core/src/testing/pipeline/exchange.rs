//! [`Exchange`]: one answer on its way.

use bytes::{Bytes, BytesMut};

use super::{CallOutcome, answer_headers::Fields};

/// The frames of an answer, put together.
pub(super) struct Exchange {
    /// That of the call.
    pub(super) number: u64,
    /// How many bytes were taken without telling the server.
    pub(super) unreleased: usize,
    outcome: CallOutcome,
    content: Content,
    has_head: bool,
}

/// The bytes of an answer, copied together only when they come in pieces.
enum Content {
    Whole(Bytes),
    Pieces(BytesMut),
}

impl Exchange {
    pub(super) fn new(number: u64) -> Self {
        Self {
            number,
            unreleased: 0,
            outcome: CallOutcome::default(),
            content: Content::Whole(Bytes::new()),
            has_head: false,
        }
    }

    /// Takes headers or trailers; the error says why they cannot be where they are.
    pub(super) fn take_headers(&mut self, fields: &Fields, ends: bool) -> Result<(), &'static str> {
        let is_interim = fields.http_status.is_some_and(|status| status < 200);
        if !self.has_head && is_interim && !ends {
            return Ok(());
        }
        if self.has_head && !ends {
            return Err("it has headers in its middle");
        }
        if !self.has_head {
            self.has_head = true;
            self.outcome.http_status = fields.http_status;
            self.outcome.trailers_only = ends;
        }
        if fields.grpc_status.is_some() {
            self.outcome.grpc_status = fields.grpc_status;
        }
        if let Some(message) = &fields.grpc_message {
            self.outcome.grpc_message.clone_from(message);
        }
        Ok(())
    }

    /// Takes a piece of the answer; the error says why it cannot be where it is.
    pub(super) fn take_data(&mut self, data: &[u8]) -> Result<(), &'static str> {
        if !self.has_head {
            return Err("it begins without headers");
        }
        match &mut self.content {
            Content::Whole(whole) if whole.is_empty() => *whole = Bytes::copy_from_slice(data),
            Content::Whole(whole) => {
                let mut pieces = BytesMut::from(&whole[..]);
                pieces.extend_from_slice(data);
                self.content = Content::Pieces(pieces);
            }
            Content::Pieces(pieces) => pieces.extend_from_slice(data),
        }
        Ok(())
    }

    /// What became of the call, when the answer has come to its end.
    pub(super) fn outcome(self) -> CallOutcome {
        let mut outcome = self.outcome;
        outcome.take_message(match self.content {
            Content::Whole(whole) => whole,
            Content::Pieces(pieces) => pieces.freeze(),
        });
        outcome
    }
}
