//! What user code says, and what the broker is told.

use std::{fmt, sync::Arc};

use super::{
    HandlerId,
    message::{MessagePatch, MessageProblem},
};
use crate::{
    decision::Cause,
    hook::{AnswerKind, Hook, Request},
    proto,
};

/// What user code decides about a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Yes, and nobody else is asked.
    Allow,
    /// No, and nobody else is asked.
    Deny,
    /// Yes or no so far; handlers, exhook servers and broker plugins that follow may change it.
    KeepGoing(bool),
    /// No opinion: the next one decides. The only answer to a notification, where it means done.
    Ignore,
    /// The message is published with these changes.
    Replace(MessagePatch),
    /// The message does not reach its subscribers.
    Block,
}

impl Verdict {
    /// The verdict's name, as in metrics and logs.
    pub const fn name(&self) -> &'static str {
        match self {
            Verdict::Allow => "allow",
            Verdict::Deny => "deny",
            Verdict::KeepGoing(_) => "keep_going",
            Verdict::Ignore => "ignore",
            Verdict::Replace(_) => "replace",
            Verdict::Block => "block",
        }
    }

    /// Whether the broker could do anything with this verdict as answer to `hook`.
    pub const fn suits(&self, hook: Hook) -> bool {
        match self {
            Verdict::Ignore => true,
            Verdict::Allow | Verdict::Deny => matches!(hook.answer_kind(), AnswerKind::Bool),
            // To message.ingress only a final answer counts.
            Verdict::KeepGoing(_) => {
                matches!(hook.answer_kind(), AnswerKind::Bool)
                    && !matches!(hook, Hook::MessageIngress)
            }
            Verdict::Replace(_) | Verdict::Block => {
                matches!(hook.answer_kind(), AnswerKind::Message)
            }
        }
    }
}

/// Why user code gave no verdict; the policy of the hook answers in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Failure {
    /// Nothing was answered before the deadline.
    Deadline,
    /// The handler raised, threw or panicked.
    Exception,
    /// More calls were running than `max_inflight` allows.
    Overload,
    /// The handler answered something that does not suit the hook.
    BadAnswer,
    /// The call was let go without an answer.
    Unanswered,
    /// The request could not be decoded, or was compressed.
    Undecodable,
    /// The request was larger than `max_message_bytes`.
    TooLarge,
}

impl Failure {
    /// Every failure, in the order of their numbers.
    pub const ALL: [Failure; 7] = [
        Failure::Deadline,
        Failure::Exception,
        Failure::Overload,
        Failure::BadAnswer,
        Failure::Unanswered,
        Failure::Undecodable,
        Failure::TooLarge,
    ];

    /// The failure's name, as in metrics and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Failure::Deadline => "deadline",
            Failure::Exception => "exception",
            Failure::Overload => "overload",
            Failure::BadAnswer => "bad_answer",
            Failure::Unanswered => "unanswered",
            Failure::Undecodable => "undecodable",
            Failure::TooLarge => "too_large",
        }
    }
}

/// Why a reply did not become the answer. Where the call was still open, its fallback did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyError {
    /// The broker has been answered already: the deadline had passed, or it went away.
    TooLate,
    /// The verdict does not suit the hook.
    WrongVerdict {
        /// The hook that was answered.
        hook: Hook,
        /// The name of the verdict that was given.
        verdict: &'static str,
    },
    /// The broker could not publish the replaced message.
    BadMessage(MessageProblem),
}

impl fmt::Display for ReplyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReplyError::TooLate => formatter.write_str(
                "the broker has been answered already; answer sooner, or raise timeout_ms",
            ),
            ReplyError::WrongVerdict { hook, verdict } => write!(
                formatter,
                "{hook} cannot be answered with {verdict}; expected {}",
                expected(*hook)
            ),
            ReplyError::BadMessage(problem) => {
                write!(formatter, "the message cannot be published: {problem}")
            }
        }
    }
}

impl std::error::Error for ReplyError {}

/// The verdicts that suit `hook`, for error messages.
fn expected(hook: Hook) -> &'static str {
    match hook.answer_kind() {
        AnswerKind::Bool if matches!(hook, Hook::MessageIngress) => "allow, deny or ignore",
        AnswerKind::Bool => "allow, deny, keep_going or ignore",
        AnswerKind::Message => "replace, block or ignore",
        AnswerKind::Notification | AnswerKind::Provider => "nothing: it only informs",
    }
}

/// What the broker is told; the server encodes it for the package that asked.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// `EmptySuccess`.
    Empty,
    /// `IGNORE`.
    Ignore,
    /// `STOP_AND_RETURN` or `CONTINUE` with a bool.
    Bool { stop: bool, value: bool },
    /// `STOP_AND_RETURN` with the message of this request, changed.
    Message {
        request: Arc<Request>,
        patch: MessagePatch,
    },
    /// The hooks wanted from the broker.
    Loaded(proto::LoadedResponse),
}

impl Answer {
    /// What a hook is answered that nobody has an opinion on.
    pub(crate) const fn neutral(hook: Hook) -> Self {
        if hook.is_valued() {
            Answer::Ignore
        } else {
            Answer::Empty
        }
    }

    /// The place of the verdict among those of [`VERDICTS`](crate::metrics::VERDICTS).
    pub(crate) const fn verdict(&self) -> usize {
        match self {
            Answer::Bool { value: true, stop } if *stop => 0,
            Answer::Bool { value: false, stop } if *stop => 1,
            Answer::Bool { .. } => 2,
            Answer::Ignore => 3,
            Answer::Message { patch, .. } if patch.block => 5,
            Answer::Message { .. } => 4,
            Answer::Empty | Answer::Loaded(_) => 6,
        }
    }

    /// Whether a broker that is told one does what it would do told the other.
    pub(crate) fn agrees_with(&self, other: &Answer) -> bool {
        match (self, other) {
            (Answer::Bool { stop, value }, Answer::Bool { stop: s, value: v }) => {
                (stop, value) == (s, v)
            }
            (Answer::Message { .. }, Answer::Message { .. }) => {
                self.verdict() == other.verdict() && self.published() == other.published()
            }
            _ => self.verdict() == other.verdict(),
        }
    }

    /// What an answer can change of a message, as it would be published.
    fn published(&self) -> Option<(&str, u32, &[u8])> {
        let Answer::Message { request, patch } = self else {
            return None;
        };
        let message = request.message();
        Some((
            patch
                .topic
                .as_deref()
                .or(message.map(|message| message.topic.as_str()))
                .unwrap_or_default(),
            patch
                .qos
                .or(message.map(|message| message.qos))
                .unwrap_or_default(),
            patch
                .payload
                .as_deref()
                .or(message.map(|message| &*message.payload))
                .unwrap_or_default(),
        ))
    }

    /// The answer with where it came from.
    pub(crate) const fn because(self, cause: Cause, handler: Option<HandlerId>) -> Answered {
        Answered {
            answer: self,
            cause,
            handler,
        }
    }
}

/// An answer, and where it came from.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    pub(crate) answer: Answer,
    pub(crate) cause: Cause,
    /// The handler that gave it, or whose fallback it is.
    pub(crate) handler: Option<HandlerId>,
}
