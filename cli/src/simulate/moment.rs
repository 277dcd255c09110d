//! [`Moment`]: something that happened to the broker or its providers, and [`Watch`], who sees it.

use std::{collections::BTreeMap, fmt, time::Duration};

use exhook::testing::{Broker, ProviderStatus};
use serde::Serialize;

/// Something that happened, and when.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Moment {
    /// In milliseconds since the beginning.
    pub(super) at_ms: u64,
    #[serde(flatten)]
    pub(super) event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Event {
    /// A step of the scenario.
    Step {
        /// What was done.
        what: String,
    },
    /// A provider has another status on a node.
    Provider {
        node: String,
        provider: String,
        status: ProviderStatus,
        reason: Option<String>,
        /// How many hooks it wants.
        hooks: usize,
        /// How often it was loaded.
        loads: u64,
    },
}

impl Moment {
    pub(super) fn new(at: Duration, event: Event) -> Self {
        Self {
            at_ms: u64::try_from(at.as_millis()).unwrap_or(u64::MAX),
            event,
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Step { what } => formatter.write_str(what),
            Event::Provider {
                node,
                provider,
                status,
                reason,
                hooks,
                loads,
            } => {
                write!(formatter, "provider {provider} on {node} is ")?;
                match status {
                    ProviderStatus::Connected if *loads > 1 => {
                        write!(formatter, "connected again: {hooks} hooks, load {loads}")
                    }
                    ProviderStatus::Connected => write!(formatter, "connected: {hooks} hooks"),
                    ProviderStatus::Connecting => formatter.write_str("connecting"),
                    ProviderStatus::Disconnected => formatter.write_str("disconnected"),
                    ProviderStatus::Disabled => formatter.write_str("disabled"),
                }?;
                reason
                    .iter()
                    .try_for_each(|reason| write!(formatter, ": {reason}"))
            }
        }
    }
}

/// Sees how the nodes stand with the providers.
#[derive(Debug, Default)]
pub(super) struct Watch {
    known: BTreeMap<(String, String), Event>,
}

/// What is new, and how often a provider was lost.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) events: Vec<Event>,
    pub(super) losses: u64,
}

impl Watch {
    /// Looks; everything is new that differs from the last look, or that was forgotten.
    pub(super) fn look(&mut self, broker: &Broker) -> Seen {
        let mut seen = Seen::default();
        for now in broker.status() {
            // About to be loaded: what comes of it is seen later.
            if now.status == ProviderStatus::Connecting && now.reason.is_none() {
                continue;
            }
            let key = (now.node.clone(), now.provider.clone());
            let event = Event::Provider {
                node: now.node,
                provider: now.provider,
                status: now.status,
                reason: now.reason,
                hooks: now.hooks.len(),
                loads: now.loads,
            };
            let before = self.known.get(&key);
            if before == Some(&event) {
                continue;
            }
            if is_lost(&event) && !before.is_some_and(is_lost) {
                seen.losses += 1;
            }
            self.known.insert(key, event.clone());
            seen.events.push(event);
        }
        seen
    }

    /// Forgets everything, so that it is told again.
    pub(super) fn forget(&mut self) {
        self.known.clear();
    }
}

/// Whether it tells of a provider that could not be loaded, or was lost: one that is about to be
/// loaded has no reason.
fn is_lost(event: &Event) -> bool {
    match event {
        Event::Provider { status, reason, .. } => {
            let is_away = matches!(
                status,
                ProviderStatus::Connecting | ProviderStatus::Disconnected
            );
            is_away && reason.is_some()
        }
        Event::Step { .. } => false,
    }
}
