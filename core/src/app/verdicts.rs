//! What handlers return, and the words for it.

use crate::call::{MessagePatch, Verdict};

/// Yes, and nobody else is asked.
pub fn allow() -> Verdict {
    Verdict::Allow
}

/// No, and nobody else is asked.
pub fn deny() -> Verdict {
    Verdict::Deny
}

/// No opinion: the next one decides.
pub fn ignore() -> Verdict {
    Verdict::Ignore
}

/// Yes or no so far; those that follow may change it.
pub fn keep_going(value: bool) -> Verdict {
    Verdict::KeepGoing(value)
}

/// The message does not reach its subscribers.
pub fn block() -> Verdict {
    Verdict::Block
}

/// The message is published with the changes that follow:
/// `replace().topic("a/b").payload("text")`.
pub fn replace() -> MessagePatch {
    MessagePatch::new()
}

/// What a handler may return.
pub trait IntoVerdict {
    /// The verdict that is meant.
    fn into_verdict(self) -> Verdict;
}

impl IntoVerdict for Verdict {
    fn into_verdict(self) -> Verdict {
        self
    }
}

/// No opinion; for notifications, done.
impl IntoVerdict for () {
    fn into_verdict(self) -> Verdict {
        Verdict::Ignore
    }
}

/// True allows, false denies.
impl IntoVerdict for bool {
    fn into_verdict(self) -> Verdict {
        if self { Verdict::Allow } else { Verdict::Deny }
    }
}

/// The message is published with these changes.
impl IntoVerdict for MessagePatch {
    fn into_verdict(self) -> Verdict {
        Verdict::Replace(self)
    }
}

/// `None` is no opinion.
impl<V: IntoVerdict> IntoVerdict for Option<V> {
    fn into_verdict(self) -> Verdict {
        self.map_or(Verdict::Ignore, V::into_verdict)
    }
}
