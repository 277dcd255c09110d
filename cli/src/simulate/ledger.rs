//! [`Ledger`]: what clients experienced, counted as it comes, so that it takes room for each client
//! but not for each message.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use exhook::testing::{Client, Connected, Publication, Published, Subscribed};

use super::{
    hook_ledger::HookLedger,
    moment::Moment,
    scenario::{ClientGroup, Figures},
};

/// How many different texts of a kind are told apart.
pub(super) const MOST_KINDS: usize = 100;

/// Everything that was counted of a run.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) groups: Vec<GroupLedger>,
    pub(super) hooks: BTreeMap<&'static str, HookLedger>,
    /// What hooks made of messages, and how often.
    pub(super) rewrites: BTreeMap<String, u64>,
    pub(super) moments: Vec<Moment>,
    /// How often a node could not load a provider, or lost it.
    pub(super) provider_losses: u64,
    /// Messages that were due but not published before the end, because their clients waited.
    pub(super) unsent: u64,
}

/// The clients of a group.
#[derive(Debug)]
pub(super) struct GroupLedger {
    pub(super) name: String,
    pub(super) clients: Vec<ClientLedger>,
}

/// One client.
#[derive(Debug, Default)]
pub(super) struct ClientLedger {
    pub(super) clientid: String,
    figures: Figures,
    /// The reason of the last refusal.
    pub(super) refusal: Option<String>,
    pub(super) denied_filters: BTreeMap<String, u64>,
    pub(super) takeovers: u64,
    /// The client, and those that took its client id.
    handles: Vec<Client>,
}

/// A ledger that many write in.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedLedger(Arc<Mutex<Ledger>>);

impl SharedLedger {
    /// One with a page for each client.
    pub(super) fn new(groups: &[Arc<ClientGroup>]) -> Self {
        let groups = groups.iter().map(|group| {
            let mut clients = Vec::new();
            clients.resize_with(group.count as usize, ClientLedger::default);
            GroupLedger {
                name: group.name.clone(),
                clients,
            }
        });
        Self(Arc::new(Mutex::new(Ledger {
            groups: groups.collect(),
            ..Ledger::default()
        })))
    }

    pub(super) fn open(&self) -> MutexGuard<'_, Ledger> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger {
    pub(super) fn client(&mut self, group: usize, n: u32) -> &mut ClientLedger {
        &mut self.groups[group].clients[n as usize - 1]
    }

    /// Counts what a hook made of a message.
    pub(super) fn rewritten(&mut self, rewrite: String) {
        count(&mut self.rewrites, rewrite);
    }

    /// What all clients experienced together.
    pub(super) fn figures(&self) -> Figures {
        let mut sum = Figures::default();
        for group in &self.groups {
            sum.add(&group.figures());
        }
        sum
    }

    pub(super) fn failed_calls(&self) -> u64 {
        self.hooks.values().map(HookLedger::failed).sum()
    }

    pub(super) fn unusable_answers(&self) -> u64 {
        self.hooks.values().map(HookLedger::unusable).sum()
    }

    /// Writes down a moment of the run.
    pub(super) fn note(&mut self, moment: Moment) {
        self.moments.push(moment);
    }
}

impl GroupLedger {
    /// What its clients experienced together.
    pub(super) fn figures(&self) -> Figures {
        let mut sum = Figures::default();
        for client in &self.clients {
            sum.add(&client.figures());
        }
        sum
    }
}

impl ClientLedger {
    /// What it experienced so far.
    pub(super) fn figures(&self) -> Figures {
        Figures {
            received: self.handles.iter().map(Client::received_count).sum(),
            ..self.figures.clone()
        }
    }

    /// Knows a client, or one that takes its client id.
    pub(super) fn know(&mut self, client: &Client) {
        client.clientid().clone_into(&mut self.clientid);
        self.handles.push(client.clone());
    }

    pub(super) fn connected(&mut self, connected: &Connected) {
        if connected.accepted {
            self.figures.accepted += 1;
        } else {
            self.figures.refused += 1;
            self.refusal = Some(connected.reason.clone());
        }
    }

    pub(super) fn subscribed(&mut self, subscribed: &Subscribed) {
        for grant in &subscribed.filters {
            if grant.granted {
                self.figures.subscribed += 1;
            } else {
                self.figures.denied_subscriptions += 1;
                count(&mut self.denied_filters, grant.filter.clone());
            }
        }
    }

    /// Counts a message; returns what was made of it, where that is to be told.
    pub(super) fn published(&mut self, wanted: &Publication, published: &Published) -> Fate {
        self.figures.published += 1;
        if !published.authorized {
            self.figures.denied_publishes += 1;
            return Fate::Denied;
        }
        if published.blocked {
            self.figures.blocked += 1;
            return Fate::Blocked;
        }
        let Some(message) = &published.delivered_as else {
            self.figures.lost += 1;
            return Fate::Lost;
        };
        let changes = [
            ("another payload", message.payload != wanted.payload),
            ("another qos", message.qos != wanted.qos),
        ];
        let mut changes: Vec<&str> = changes
            .into_iter()
            .filter_map(|(what, is_changed)| is_changed.then_some(what))
            .collect();
        let topic = format!("{} → {}", wanted.topic, message.topic);
        if message.topic != wanted.topic {
            changes.insert(0, &topic);
        }
        if changes.is_empty() {
            return Fate::Unchanged;
        }
        self.figures.rewritten += 1;
        Fate::Rewritten(changes.join(", "))
    }
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Unchanged,
    Denied,
    Blocked,
    Lost,
    /// With what was changed.
    Rewritten(String),
}

/// Counts `kind`, or one of the others when there are too many kinds.
pub(super) fn count(counts: &mut BTreeMap<String, u64>, kind: String) {
    let kind = if counts.len() < MOST_KINDS || counts.contains_key(&kind) {
        kind
    } else {
        "others".to_owned()
    };
    *counts.entry(kind).or_default() += 1;
}

/// How long it is since the run began; nothing before.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock(Arc<std::sync::OnceLock<tokio::time::Instant>>);

impl Clock {
    /// Begins to count, once.
    pub(super) fn start(&self) -> tokio::time::Instant {
        *self.0.get_or_init(tokio::time::Instant::now)
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.0
            .get()
            .map_or(Duration::ZERO, tokio::time::Instant::elapsed)
    }
}
