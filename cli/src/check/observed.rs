//! [`Observed`]: what a provider answered, before anybody judges it.

use std::time::Duration;

use bytes::Bytes;
use exhook::{
    Hook,
    proto::{HookSpec, LoadedResponse, ValuedResponse},
    testing::{CallOutcome, Release, Understood},
};
use prost::Message as _;

/// Everything that was seen of a provider.
#[derive(Debug)]
pub(crate) struct Observed {
    /// The broker that was played.
    pub(crate) broker: Release,
    /// How long it waits for an answer.
    pub(crate) timeout: Duration,
    /// How many calls the provider allows at once on a connection.
    pub(crate) max_concurrent_streams: usize,
    /// `OnProviderLoaded`, as the broker that was played calls it.
    pub(crate) load: Answer,
    /// The same of the other versions, oldest first.
    pub(crate) other_loads: Vec<Answer>,
    /// One call of each hook that the provider wants.
    pub(crate) calls: Vec<Answer>,
    /// `OnProviderUnloaded`.
    pub(crate) unload: Answer,
}

impl Observed {
    /// The hooks that the provider wants, whatever the broker makes of them.
    pub(crate) fn specs(&self) -> Vec<HookSpec> {
        self.load.specs()
    }

    /// Whether the provider wants `hook`.
    pub(crate) fn wants(&self, hook: Hook) -> bool {
        let name = hook.name_in(self.broker.package());
        self.specs().iter().any(|spec| spec.name == name)
    }

    /// The answer to `hook`, if it was called.
    pub(crate) fn call(&self, hook: Hook) -> Option<&Answer> {
        self.calls.iter().find(|call| call.hook == hook)
    }

    /// The longest time that a hook took.
    pub(crate) fn slowest(&self) -> Option<&Answer> {
        self.calls
            .iter()
            .max_by_key(|answer| answer.outcome.elapsed)
    }

    /// The load, the calls and the unload.
    pub(crate) fn answers(&self) -> impl Iterator<Item = &Answer> {
        let load = std::iter::once(&self.load);
        load.chain(&self.calls).chain([&self.unload])
    }
}

/// One call and its answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The broker that called.
    pub(crate) broker: Release,
    pub(crate) hook: Hook,
    /// The topic of the message, where there is one.
    pub(crate) topic: String,
    pub(crate) outcome: CallOutcome,
    /// What the broker that called makes of it.
    pub(crate) understood: Understood,
}

impl Answer {
    /// The message, of answers that came as they should.
    fn message(&self) -> Option<Bytes> {
        let outcome = &self.outcome;
        let came = !outcome.timed_out && outcome.reset.is_none() && !outcome.compressed;
        outcome.message.clone().filter(|_| came)
    }

    /// The hooks in the answer to a load.
    pub(crate) fn specs(&self) -> Vec<HookSpec> {
        self.message()
            .filter(|_| self.hook == Hook::ProviderLoaded)
            .and_then(|message| LoadedResponse::decode(message).ok())
            .map(|loaded| loaded.hooks)
            .unwrap_or_default()
    }

    /// The verdict, of hooks that have one, with the numbers of its type as newer brokers have
    /// them.
    pub(crate) fn verdict(&self) -> Option<ValuedResponse> {
        let message = self.message().filter(|_| self.hook.is_valued())?;
        let mut verdict = ValuedResponse::decode(message).ok()?;
        if self.broker.version().swaps_verdict_numbers() {
            verdict.r#type = match verdict.r#type {
                0 => 1,
                1 => 0,
                other => other,
            };
        }
        Some(verdict)
    }

    /// Why the answer cannot be used, if so.
    pub(crate) fn problem(&self) -> Option<&str> {
        match &self.understood {
            Understood::Illegal(problem) => Some(problem),
            _ => None,
        }
    }
}
