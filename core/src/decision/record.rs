//! [`Decision`]: what a broker was told, and the [`Cause`] of it.

use std::{sync::Arc, time::Duration};

use crate::{
    call::{Failure, HandlerId},
    hook::{Hook, Request},
    package::Package,
};

/// Why an answer is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A handler said so.
    Handler,
    /// No handler wanted the request.
    NoHandler,
    /// A notification is answered before its handlers run.
    Early,
    /// A notification found no room in time, so that no handler sees it.
    Dropped,
    /// User code gave no usable answer; the policy did in its place.
    Fallback(Failure),
}

impl Cause {
    /// The cause's name, as in logs; failures have the names that metrics give them.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Cause::Handler => "handler",
            Cause::NoHandler => "no_handler",
            Cause::Early => "early",
            Cause::Dropped => "dropped",
            Cause::Fallback(failure) => failure.name(),
        }
    }
}

/// One answered call, of any hook. It is lent to each [`Observer`], which copies what it keeps: a
/// request may be large, and holds passwords and payloads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decision<'call> {
    pub(crate) package: Package,
    pub(crate) hook: Hook,
    /// The request as it arrived; without content where it could not be read.
    pub(crate) request: &'call Arc<Request>,
    /// The name of the verdict, one of those that metrics have.
    pub(crate) verdict: &'static str,
    pub(crate) cause: Cause,
    /// The handler that answered, or whose fallback was answered, where one had its turn.
    pub(crate) handler: Option<HandlerId>,
    /// From the arrival of the request to the decision.
    pub(crate) took: Duration,
    /// Of a shadow handler, whose verdict the broker is not told: whether it is what the broker was
    /// told. `None` for what the broker was told.
    pub(crate) shadow: Option<bool>,
}

/// Is told of every decision. With none, a call costs a branch.
pub(crate) trait Observer: Send + Sync {
    /// Whether it is to be told now.
    fn wants(&self) -> bool {
        true
    }

    /// Called on an I/O thread before the answer is sent, on any thread for shadow handlers: it must
    /// not block.
    fn decided(&self, decision: &Decision<'_>);
}
