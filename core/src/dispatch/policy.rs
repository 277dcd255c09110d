//! What is answered when user code does not, and how a handler is registered.

use std::{str::FromStr, sync::Arc};

use crate::{
    call::{Answer, MessagePatch},
    error::{Error, ErrorCode},
    hook::{AnswerKind, Hook, Request, TopicFilters},
};

/// What the broker is told when user code gives no verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// Yes: authenticate, authorize, ingress.
    Allow,
    /// No: authenticate, authorize, ingress.
    Deny,
    /// No opinion; a published message goes on as it is.
    Ignore,
    /// A published message does not reach its subscribers.
    Block,
}

impl Fallback {
    /// What `hook` falls back to unless its registration says otherwise: authentication and
    /// authorization refuse, a published message passes unchanged.
    pub const fn default_for(hook: Hook) -> Self {
        match hook {
            Hook::ClientAuthenticate | Hook::ClientAuthorize => Fallback::Deny,
            _ => Fallback::Ignore,
        }
    }

    /// The fallbacks that `hook` can have, by name.
    pub const fn names_for(hook: Hook) -> &'static [&'static str] {
        match hook.answer_kind() {
            AnswerKind::Bool => &["allow", "deny", "ignore"],
            AnswerKind::Message => &["unchanged", "block"],
            AnswerKind::Notification | AnswerKind::Provider => &[],
        }
    }

    /// The fallback that `name` means for `hook`.
    ///
    /// # Errors
    ///
    /// When the hook cannot fall back to that, naming what it can.
    pub fn for_hook(hook: Hook, name: &str) -> Result<Self, Error> {
        let known = Self::names_for(hook);
        if !known.contains(&name) {
            let message = if known.is_empty() {
                format!("{hook} only informs, so it has no fallback; leave the option out")
            } else {
                format!(
                    "{hook} cannot fall back to {name:?}; it knows {}",
                    known.join(", ")
                )
            };
            return Err(Error::new(ErrorCode::InvalidOption, message));
        }
        name.parse()
    }

    fn suits(self, hook: Hook) -> bool {
        matches!(
            (self, hook.answer_kind()),
            (Fallback::Ignore, _)
                | (Fallback::Allow | Fallback::Deny, AnswerKind::Bool)
                | (Fallback::Block, AnswerKind::Message)
        )
    }

    /// The answer to a request that nobody has changed.
    pub(crate) fn answer(self, request: &Arc<Request>) -> Answer {
        let hook = request.hook();
        match (self, hook.answer_kind()) {
            (Fallback::Allow, AnswerKind::Bool) => Answer::Bool {
                stop: true,
                value: true,
            },
            (Fallback::Deny, AnswerKind::Bool) => Answer::Bool {
                stop: true,
                value: false,
            },
            (Fallback::Block, AnswerKind::Message) => self.answer_changed(request),
            _ => Answer::neutral(hook),
        }
    }

    /// The answer to a publish that earlier handlers of a chain have changed, which is kept.
    pub(crate) fn answer_changed(self, request: &Arc<Request>) -> Answer {
        Answer::Message {
            request: Arc::clone(request),
            patch: MessagePatch {
                block: self == Fallback::Block,
                ..MessagePatch::default()
            },
        }
    }
}

impl FromStr for Fallback {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "allow" => Ok(Fallback::Allow),
            "deny" => Ok(Fallback::Deny),
            "ignore" | "unchanged" => Ok(Fallback::Ignore),
            "block" => Ok(Fallback::Block),
            other => Err(Error::new(
                ErrorCode::InvalidOption,
                format!(
                    "{other:?} is no fallback; expected allow, deny, ignore, unchanged or block"
                ),
            )),
        }
    }
}

/// When the broker is answered to a notification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ack {
    /// At once; the handler runs after. The broker's client does not wait for user code.
    #[default]
    Early,
    /// After the handler, or at the deadline. The broker's client does nothing else meanwhile.
    Late,
}

impl FromStr for Ack {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "early" => Ok(Ack::Early),
            "late" => Ok(Ack::Late),
            other => Err(Error::new(
                ErrorCode::InvalidOption,
                format!("{other:?} is no ack; expected early or late"),
            )),
        }
    }
}

/// How a handler is registered; the default suits every hook.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandlerOptions {
    /// The topics wanted, on message hooks only; none means all.
    pub topics: TopicFilters,
    /// How long the handler may take, in milliseconds; `Config::timeout_ms` when `None`. Of
    /// several handlers of a hook the shortest counts for the whole chain.
    pub timeout_ms: Option<u64>,
    /// What is answered when the handler fails; [`Fallback::default_for`] the hook when `None`.
    pub fallback: Option<Fallback>,
    /// When a notification is answered; it has no meaning for other hooks.
    pub ack: Ack,
    /// Whether the handler is asked beside the others, and what it says only logged and counted:
    /// the broker is answered without it. Valued hooks only.
    pub shadow: bool,
}

impl HandlerOptions {
    /// Checks the options for `hook`.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidOption`] for an option that has no meaning for the hook.
    pub fn validate(&self, hook: Hook) -> Result<(), Error> {
        let problem = if !self.topics.as_slice().is_empty() && !hook.has_topics() {
            "takes no topic filters: the broker only filters message hooks"
        } else if self.timeout_ms == Some(0) {
            "has timeout_ms 0; give at least 1 millisecond"
        } else if self.fallback.is_some_and(|fallback| !fallback.suits(hook)) {
            "cannot have that fallback"
        } else if self.fallback.is_some() && !hook.is_valued() {
            "only informs, so it has no fallback; leave the option out"
        } else if self.ack == Ack::Late && hook.answer_kind() != AnswerKind::Notification {
            "has no ack: only notifications are answered before their handler runs"
        } else if self.shadow && !hook.is_valued() {
            "cannot have a shadow handler: it only informs, so there is no verdict to compare"
        } else {
            return Ok(());
        };
        Err(Error::new(
            ErrorCode::InvalidOption,
            format!("{hook} {problem}"),
        ))
    }
}
