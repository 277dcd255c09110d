//! [`Tap`]: the calls of one connection, out of copies of what both sides send.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use exhook::testing::CallOutcome;

use super::frames::{Event, FrameReader, Headers};
use crate::recording::parse_method;

/// Headers of a request that a recording keeps.
const METADATA: [&str; 2] = ["user-agent", "grpc-message-type"];

/// Who sent bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Broker,
    Provider,
}

/// A call, and what became of it.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) began: Instant,
    pub(super) path: String,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) timeout: Option<Duration>,
    /// The content of the request, in its gRPC frame.
    pub(super) request: Bytes,
    pub(super) outcome: CallOutcome,
}

/// A call under way.
struct Open {
    exchange: Exchange,
    /// Contents of other methods, which may stream for ever, are not kept.
    is_hook: bool,
    request: BytesMut,
    answer: BytesMut,
    requested: bool,
    answered: bool,
}

/// Follows one connection.
pub(super) struct Tap {
    broker: FrameReader,
    provider: FrameReader,
    open: BTreeMap<u32, Open>,
    /// The newest stream; their numbers only rise.
    newest: u32,
    ended: Vec<Exchange>,
}

impl Tap {
    pub(super) fn new() -> Self {
        Self {
            broker: FrameReader::of_client(),
            provider: FrameReader::of_server(),
            open: BTreeMap::new(),
            newest: 0,
            ended: Vec::new(),
        }
    }

    /// Reads what one side has sent; the calls that ended with it are in [`take_ended`].
    ///
    /// After an error the connection cannot be followed any more.
    ///
    /// [`take_ended`]: Self::take_ended
    pub(super) fn read(&mut self, from: Side, at: Instant, bytes: &[u8]) -> Result<(), String> {
        let reader = match from {
            Side::Broker => &mut self.broker,
            Side::Provider => &mut self.provider,
        };
        reader.push(bytes);
        while let Some((stream, event)) = match from {
            Side::Broker => self.broker.next()?,
            Side::Provider => self.provider.next()?,
        } {
            match from {
                Side::Broker => self.requested(stream, event, at),
                Side::Provider => self.answered(stream, event, at),
            }
        }
        Ok(())
    }

    /// The calls that have ended since they were last taken.
    pub(super) fn take_ended(&mut self) -> Vec<Exchange> {
        std::mem::take(&mut self.ended)
    }

    /// How many calls are under way.
    pub(super) fn open(&self) -> usize {
        self.open.len()
    }

    /// Ends the calls that the broker waits for no longer, though their streams stay open.
    pub(super) fn end_overdue(&mut self, now: Instant) {
        let overdue = |open: &Open| {
            let timeout = open.exchange.timeout?;
            Some(open.requested && now.duration_since(open.exchange.began) > timeout)
        };
        let streams: Vec<u32> = self
            .open
            .iter()
            .filter(|(_, open)| overdue(open) == Some(true))
            .map(|(stream, _)| *stream)
            .collect();
        for stream in streams {
            self.end(stream, now, |outcome| outcome.timed_out = true);
        }
    }

    /// Ends all calls that are under way.
    pub(super) fn end_all(&mut self, now: Instant, reason: &str) {
        let streams: Vec<u32> = self.open.keys().copied().collect();
        for stream in streams {
            self.end(stream, now, |outcome| {
                outcome.reset = Some(reason.to_owned());
            });
        }
    }

    fn end(&mut self, stream: u32, at: Instant, note: impl FnOnce(&mut CallOutcome)) {
        let Some(open) = self.open.remove(&stream) else {
            return;
        };
        let mut exchange = open.exchange;
        exchange.request = open.request.freeze();
        exchange.outcome.elapsed = at.duration_since(exchange.began);
        exchange.outcome.take_message(open.answer.freeze());
        note(&mut exchange.outcome);
        self.ended.push(exchange);
    }

    fn requested(&mut self, stream: u32, event: Event, at: Instant) {
        match event {
            Event::Headers { headers, ends } => {
                if stream > self.newest {
                    self.newest = stream;
                    self.open.insert(stream, begin(headers, at));
                }
                // Trailers of a request say nothing but that it ends.
                if let Some(open) = self.open.get_mut(&stream) {
                    open.requested |= ends;
                }
            }
            Event::Data { content, ends } => {
                if let Some(open) = self.open.get_mut(&stream) {
                    if open.is_hook {
                        open.request.extend_from_slice(&content);
                    }
                    open.requested |= ends;
                }
            }
            Event::Reset { code } => {
                self.end(stream, at, |outcome| {
                    outcome.reset = Some(format!("the broker reset the stream (code {code})"));
                });
            }
        }
        self.end_if_complete(stream, at);
    }

    fn answered(&mut self, stream: u32, event: Event, at: Instant) {
        let Some(open) = self.open.get_mut(&stream) else {
            return;
        };
        match event {
            Event::Headers { headers, ends } => {
                let outcome = &mut open.exchange.outcome;
                let is_first = outcome.http_status.is_none();
                take_headers(outcome, &headers);
                // Status 1xx announces an answer.
                if outcome.http_status.is_some_and(|status| status < 200) {
                    outcome.http_status = None;
                }
                outcome.trailers_only = is_first && ends;
                open.answered |= ends;
            }
            Event::Data { content, ends } => {
                if open.is_hook {
                    open.answer.extend_from_slice(&content);
                }
                open.answered |= ends;
            }
            Event::Reset { code } => {
                // An answer may end before its request does, whose rest is then refused.
                let is_whole = open.answered;
                self.end(stream, at, |outcome| {
                    if !is_whole {
                        outcome.reset = Some(format!("the server reset the stream (code {code})"));
                    }
                });
            }
        }
        self.end_if_complete(stream, at);
    }

    fn end_if_complete(&mut self, stream: u32, at: Instant) {
        let open = self.open.get(&stream);
        if open.is_some_and(|open| open.requested && open.answered) {
            self.end(stream, at, |_| {});
        }
    }
}

fn begin(headers: Headers, at: Instant) -> Open {
    let mut exchange = Exchange {
        began: at,
        path: String::new(),
        metadata: BTreeMap::new(),
        timeout: None,
        request: Bytes::new(),
        outcome: CallOutcome::default(),
    };
    for (name, value) in headers {
        let value = String::from_utf8_lossy(&value).into_owned();
        match &name[..] {
            b":path" => exchange.path = value,
            b"grpc-timeout" => exchange.timeout = parse_timeout(&value),
            name => {
                if let Some(name) = METADATA.into_iter().find(|kept| kept.as_bytes() == name) {
                    exchange.metadata.insert(name.to_owned(), value);
                }
            }
        }
    }
    Open {
        is_hook: parse_method(&exchange.path).is_some(),
        exchange,
        request: BytesMut::new(),
        answer: BytesMut::new(),
        requested: false,
        answered: false,
    }
}

fn take_headers(outcome: &mut CallOutcome, headers: &Headers) {
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value);
        match &name[..] {
            b":status" => outcome.http_status = value.parse().ok(),
            b"grpc-status" => outcome.grpc_status = value.parse().ok(),
            b"grpc-message" => outcome.grpc_message = value.into_owned(),
            _ => {}
        }
    }
}

/// Reads `5S` or `300m`.
fn parse_timeout(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: u64 = number.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number.checked_mul(3_600)?)),
        "M" => Some(Duration::from_secs(number.checked_mul(60)?)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
