//! How the answers of several providers become one: EMQX's `call_fold`.

use std::sync::Arc;

use super::{
    FailedAction,
    diary::Trace,
    effect::Effect,
    node::Node,
    provider::{Asked, Provider},
};
use crate::{
    hook::{AnswerKind, Hook, Request},
    proto::valued_response::Value,
};

/// What all providers together say.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Folded {
    /// No provider has registered the hook, so nobody was asked.
    NotInstalled,
    /// Nobody has stopped the chain; the value is the last that one gave, if any did.
    Passed(Option<Value>),
    /// The value holds.
    Stopped(Value),
    /// A provider had no answer, and its `failed_action` is deny, or none is loaded. The value is
    /// the last one given, if any was.
    Failed(Option<Value>),
}

impl Node {
    /// Asks the providers in their order. `request_of` makes the request from the value that the
    /// last one gave.
    pub(super) async fn ask(
        &self,
        trace: &Trace,
        hook: Hook,
        request_of: impl Fn(Option<&Value>) -> Request,
    ) -> Folded {
        if !self.has_installed(hook) {
            return Folded::NotInstalled;
        }
        let mut value = None;
        let mut asked_any = false;
        for provider in &self.providers {
            for _ in 0..provider.copies() {
                asked_any = true;
                match provider.ask(trace, request_of(value.as_ref())).await {
                    Asked::NotWanted if self.release.forgets_at_unregistered() => {
                        return Folded::Passed(None);
                    }
                    Asked::NotWanted if self.release.is_4() => {}
                    Asked::NotWanted | Asked::Answered(Effect::Failed) => {
                        if provider.failed_action() == FailedAction::Deny {
                            return Folded::Failed(value);
                        }
                    }
                    Asked::Answered(Effect::None) => {}
                    Asked::Answered(Effect::Continue(next)) => value = Some(next),
                    Asked::Answered(Effect::Stop(last)) => return Folded::Stopped(last),
                }
            }
        }
        if asked_any || self.lets_pass_without_providers() {
            Folded::Passed(value)
        } else {
            Folded::Failed(None)
        }
    }

    /// What holds while every provider is lost: until 6.3 that was always no.
    fn lets_pass_without_providers(&self) -> bool {
        let is_lenient =
            |provider: &Arc<Provider>| provider.failed_action() == FailedAction::Ignore;
        self.release.is_at_least(6, 3, 0) && self.providers.iter().all(is_lenient)
    }

    /// As [`Node::ask`], for a yes or no. `before` is what is asked first.
    pub(super) async fn ask_permission(
        &self,
        trace: &Trace,
        hook: Hook,
        before: bool,
        request_of: impl Fn(bool) -> Request,
    ) -> Decision {
        debug_assert_eq!(hook.answer_kind(), AnswerKind::Bool);
        let folded = self
            .ask(trace, hook, |value| {
                request_of(value.and_then(permission).unwrap_or(before))
            })
            .await;
        match folded {
            Folded::NotInstalled => Decision::NotAsked,
            Folded::Failed(_) => Decision::Failed,
            Folded::Stopped(value) => permission(&value).map_or(Decision::None, Decision::Final),
            Folded::Passed(value) => value
                .as_ref()
                .and_then(permission)
                .map_or(Decision::None, Decision::SoFar),
        }
    }
}

/// What providers say to a yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// None of them was asked.
    NotAsked,
    /// None has an opinion.
    None,
    /// This, and nobody else is asked.
    Final(bool),
    /// This, unless somebody after them says otherwise.
    SoFar(bool),
    /// One failed, so no.
    Failed,
}

fn permission(value: &Value) -> Option<bool> {
    match value {
        Value::BoolResult(value) => Some(*value),
        Value::Message(_) => None,
    }
}
