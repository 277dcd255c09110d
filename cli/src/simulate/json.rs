//! What a run came to, for programs: one JSON object.

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;

use super::{
    hook_ledger::HookLedger,
    judgement::Difference,
    ledger::{ClientLedger, GroupLedger},
    moment::Moment,
    report::Report,
    scenario::Figures,
};

impl Report<'_> {
    /// One JSON object on one line.
    pub(super) fn to_json(&self) -> String {
        let broker = &self.plan.broker;
        let report = JsonReport {
            emqx: broker.version.to_string(),
            package: broker.version.package().short_name(),
            nodes: broker.nodes,
            providers: broker
                .providers
                .iter()
                .map(|provider| JsonProvider {
                    name: &provider.name,
                    url: provider.url.to_string(),
                    pool_size: provider.pool_size,
                })
                .collect(),
            seed: self.plan.seed,
            elapsed_ms: milliseconds(self.elapsed),
            interrupted: self.interrupted,
            ok: self.judgement.is_good(),
            clients: self.plan.client_count(),
            totals: self.ledger.figures(),
            groups: self.ledger.groups.iter().map(JsonGroup::of).collect(),
            rewritten: &self.ledger.rewrites,
            unsent: self.ledger.unsent,
            failed_calls: self.ledger.failed_calls(),
            unusable_answers: self.ledger.unusable_answers(),
            provider_losses: self.ledger.provider_losses,
            hooks: self
                .ledger
                .hooks
                .iter()
                .map(|(hook, ledger)| JsonHook::of(hook, ledger))
                .collect(),
            timeline: &self.ledger.moments,
            differences: &self.judgement.differences,
            faults: &self.judgement.faults,
        };
        let mut json = serde_json::to_string(&report).expect("numbers and texts are JSON");
        json.push('\n');
        json
    }
}

#[derive(Serialize)]
struct JsonReport<'run> {
    emqx: String,
    package: &'static str,
    nodes: usize,
    providers: Vec<JsonProvider<'run>>,
    seed: u64,
    elapsed_ms: f64,
    interrupted: bool,
    ok: bool,
    clients: usize,
    totals: Figures,
    groups: Vec<JsonGroup<'run>>,
    rewritten: &'run BTreeMap<String, u64>,
    unsent: u64,
    failed_calls: u64,
    unusable_answers: u64,
    provider_losses: u64,
    hooks: Vec<JsonHook<'run>>,
    timeline: &'run [Moment],
    differences: &'run [Difference],
    faults: &'run [String],
}

#[derive(Serialize)]
struct JsonProvider<'run> {
    name: &'run str,
    url: String,
    pool_size: usize,
}

#[derive(Serialize)]
struct JsonGroup<'run> {
    name: &'run str,
    totals: Figures,
    clients: Vec<JsonClient<'run>>,
}

impl<'run> JsonGroup<'run> {
    fn of(group: &'run GroupLedger) -> Self {
        Self {
            name: &group.name,
            totals: group.figures(),
            clients: group.clients.iter().map(JsonClient::of).collect(),
        }
    }
}

#[derive(Serialize)]
struct JsonClient<'run> {
    clientid: &'run str,
    #[serde(flatten)]
    figures: Figures,
    refusal: Option<&'run str>,
    denied_filters: &'run BTreeMap<String, u64>,
    takeovers: u64,
}

impl<'run> JsonClient<'run> {
    fn of(client: &'run ClientLedger) -> Self {
        Self {
            clientid: &client.clientid,
            figures: client.figures(),
            refusal: client.refusal.as_deref(),
            denied_filters: &client.denied_filters,
            takeovers: client.takeovers,
        }
    }
}

#[derive(Serialize)]
struct JsonHook<'run> {
    hook: &'run str,
    calls: u64,
    verdicts: &'run BTreeMap<String, u64>,
    failed: u64,
    failures: &'run BTreeMap<String, u64>,
    unusable: u64,
    unusable_answers: &'run BTreeMap<String, u64>,
    wait_ms: JsonWaits,
}

#[derive(Serialize)]
struct JsonWaits {
    p50: f64,
    p99: f64,
    max: f64,
}

impl<'run> JsonHook<'run> {
    fn of(hook: &'run str, ledger: &'run HookLedger) -> Self {
        Self {
            hook,
            calls: ledger.calls,
            verdicts: &ledger.verdicts,
            failed: ledger.failed(),
            failures: &ledger.failures,
            unusable: ledger.unusable(),
            unusable_answers: &ledger.unusable,
            wait_ms: JsonWaits {
                p50: milliseconds(ledger.wait(0.5)),
                p99: milliseconds(ledger.wait(0.99)),
                max: milliseconds(ledger.longest_wait()),
            },
        }
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
