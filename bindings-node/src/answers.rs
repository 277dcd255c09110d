//! The answers that JavaScript gives together, as `lib/answers.js` writes them: words of 32 bits
//! of the machine's own byte order.

use bytes::Bytes;
use exhook::{Failure, MessagePatch, Verdict};

const WORD: usize = 4;

// The second word of an answer.
const IGNORE: u32 = 0;
const ALLOW: u32 = 1;
const DENY: u32 = 2;
const KEEP_GOING_TRUE: u32 = 3;
const KEEP_GOING_FALSE: u32 = 4;
const BLOCK: u32 = 5;
const REPLACE: u32 = 6;
const THREW: u32 = 7;
const BAD_ANSWER: u32 = 8;

// What a replaced message changes.
const TOPIC: u32 = 1;
const QOS: u32 = 2;
const PAYLOAD: u32 = 4;
const BLOCKED: u32 = 8;

/// What a handler made of a call.
pub(crate) type Outcome = Result<Verdict, Failure>;

/// The answers in `memory`, each with the number of its call; ends early where they make no
/// sense.
pub(crate) struct Answers<'memory> {
    rest: &'memory [u8],
}

impl<'memory> Answers<'memory> {
    /// Reads `memory` from its beginning.
    pub(crate) const fn new(memory: &'memory [u8]) -> Self {
        Self { rest: memory }
    }

    fn word(&mut self) -> Option<u32> {
        let (word, rest) = self.rest.split_first_chunk::<WORD>()?;
        self.rest = rest;
        Some(u32::from_ne_bytes(*word))
    }

    fn bytes(&mut self, length: u32) -> Option<&'memory [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length as usize)?;
        self.rest = rest;
        Some(bytes)
    }

    fn answer(&mut self) -> Option<(u32, Outcome)> {
        let id = self.word()?;
        let outcome = match self.word()? {
            IGNORE => Ok(Verdict::Ignore),
            ALLOW => Ok(Verdict::Allow),
            DENY => Ok(Verdict::Deny),
            KEEP_GOING_TRUE => Ok(Verdict::KeepGoing(true)),
            KEEP_GOING_FALSE => Ok(Verdict::KeepGoing(false)),
            BLOCK => Ok(Verdict::Block),
            REPLACE => Ok(Verdict::Replace(self.patch()?)),
            THREW => Err(Failure::Exception),
            BAD_ANSWER => Err(Failure::BadAnswer),
            _ => return None,
        };
        Some((id, outcome))
    }

    /// Flags, quality of service, length of the topic, length of the payload, then both, padded to
    /// a whole word.
    fn patch(&mut self) -> Option<MessagePatch> {
        let flags = self.word()?;
        let qos = self.word()?;
        let topic_length = self.word()?;
        let payload_length = self.word()?;
        let topic = self.bytes(topic_length)?;
        let payload = self.bytes(payload_length)?;
        let padding = (topic.len() + payload.len()).wrapping_neg() % WORD;
        self.bytes(u32::try_from(padding).ok()?)?;
        let has = |flag| flags & flag != 0;
        Some(MessagePatch {
            topic: has(TOPIC).then(|| String::from_utf8_lossy(topic).into_owned()),
            qos: has(QOS).then_some(qos),
            payload: has(PAYLOAD).then(|| Bytes::copy_from_slice(payload)),
            block: has(BLOCKED),
        })
    }
}

impl Iterator for Answers<'_> {
    type Item = (u32, Outcome);

    fn next(&mut self) -> Option<Self::Item> {
        self.answer()
    }
}

#[cfg(test)]
#[path = "answers_tests.rs"]
mod tests;
