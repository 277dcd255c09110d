//! [`Player`]: sends the calls of a recording in the order and at the pace of the broker.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use exhook::{
    Hook, Package,
    testing::{BrokerKind, BrokerPool, transcode},
};
use indicatif::ProgressBar;
use tokio::{task::JoinSet, time::Instant};

use crate::{
    choices::{PackageChoice, Speed},
    expectation::Expectation,
    recording::{RecordedCall, Recording},
    tally::{Place, Tally},
};

/// A recording, ready to be sent in the package that was chosen.
pub(crate) struct Script {
    file: String,
    pub(crate) calls: Vec<RecordedCall>,
    version: Option<exhook::BrokerVersion>,
    /// How many calls the chosen package has no hook for.
    pub(crate) skipped: u64,
}

impl Script {
    pub(crate) fn new(recording: Recording, choice: PackageChoice) -> Result<Self, String> {
        let mut script = Self {
            file: recording.file,
            calls: Vec::new(),
            version: recording.version,
            skipped: 0,
        };
        for mut call in recording.calls {
            if let PackageChoice::Always(package) = choice {
                if call.hook.since() > package {
                    script.skipped += 1;
                    continue;
                }
                call.request = transcode(call.package, package, call.hook, &call.request)
                    .map_err(|error| format!("{}:{}: {error}", script.file, call.line))?;
                call.package = package;
            }
            script.calls.push(call);
        }
        Ok(script)
    }

    /// The calls in pieces that follow one another: calls about the provider come alone, because
    /// the broker makes no other before it has loaded and after it has unloaded; of the rest, each
    /// client has its own.
    fn pieces(&self) -> Vec<Vec<Vec<usize>>> {
        let mut pieces = Vec::new();
        let mut clients: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (number, call) in self.calls.iter().enumerate() {
            if matches!(call.hook, Hook::ProviderLoaded | Hook::ProviderUnloaded) {
                pieces.push(std::mem::take(&mut clients).into_values().collect());
                pieces.push(vec![vec![number]]);
            } else {
                clients.entry(&call.clientid).or_default().push(number);
            }
        }
        pieces.push(clients.into_values().collect());
        pieces
    }
}

/// Everything that sending calls takes.
pub(crate) struct Player {
    pub(crate) pool: BrokerPool,
    pub(crate) speed: Speed,
    pub(crate) timeout: Duration,
    pub(crate) tally: Arc<Mutex<Tally>>,
    /// Where answers are compared with the recorded ones, if they are.
    pub(crate) expectation: Option<Arc<Mutex<Expectation>>>,
    pub(crate) progress: ProgressBar,
}

impl Player {
    /// Sends every call, and returns when all have been answered or given up.
    pub(crate) async fn play(self: &Arc<Self>, script: Arc<Script>) {
        let began = Instant::now();
        for piece in script.pieces() {
            let mut clients = JoinSet::new();
            for calls in piece {
                let player = Arc::clone(self);
                let script = Arc::clone(&script);
                clients.spawn(async move {
                    for number in calls {
                        player.send(&script, &script.calls[number], began).await;
                    }
                });
            }
            clients.join_all().await;
        }
    }

    async fn send(&self, script: &Script, call: &RecordedCall, began: Instant) {
        if let Speed::Times(times) = self.speed {
            let first = script.calls.first().map_or(0.0, |call| call.at);
            let due = ((call.at - first) / times).max(0.0);
            // A time that is no duration is beyond any patience; it is sent at once.
            if let Ok(due) = Duration::try_from_secs_f64(due)
                && let Some(due) = began.checked_add(due)
            {
                tokio::time::sleep_until(due).await;
            }
        }
        let outcome = self
            .pool
            .call(
                &call.clientid,
                call.package,
                call.hook,
                &call.request,
                self.timeout,
            )
            .await;
        let broker = BrokerKind {
            package: call.package,
            // Brokers of several versions may have been recorded together.
            version: call.version.or(script.version),
        };
        let understood = broker.understand(call.hook, &outcome);
        let place = || Place {
            file: script.file.clone(),
            line: call.line,
            clientid: call.clientid.clone(),
        };
        if let Some(expectation) = &self.expectation {
            let mut expectation = expectation.lock().unwrap_or_else(PoisonError::into_inner);
            expectation.compare(broker, call, (&outcome, &understood), place);
        }
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.add(call.hook, &understood, outcome.elapsed, place);
        if call.package == Package::V2 {
            tally.note_v2(call.hook, &understood);
        }
        self.progress.inc(1);
    }
}
