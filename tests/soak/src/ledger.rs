//! [`Ledger`]: what became of the calls to one server, and what of it must not be.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use exhook::{
    AnswerKind, Hook,
    testing::{CallResult, HookCall},
};
use hdrhistogram::Histogram;

use crate::words::{Expected, Injected, expected};

/// How long after a disturbance calls may still be lost by it: a broker waits out its timeout,
/// and notices a lost connection at its next look.
const AFTERMATH: Duration = Duration::from_secs(20);
/// Findings beyond these are only counted.
const MOST_EXAMPLES: usize = 10;

/// Something that must not be, with examples.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    /// How often.
    pub(crate) count: u64,
    /// The first of them.
    pub(crate) examples: Vec<String>,
}

impl Findings {
    /// Adds one.
    pub(crate) fn add(&mut self, example: impl Into<String>) {
        self.count += 1;
        if self.examples.len() < MOST_EXAMPLES {
            self.examples.push(example.into());
        }
    }
}

/// What became of the calls.
#[derive(Debug)]
pub(crate) struct Counts {
    /// All calls, answered or not.
    pub(crate) calls: u64,
    /// Answers that are not what the program must say.
    pub(crate) wrong: Findings,
    /// Calls without an answer although nothing was disturbed.
    pub(crate) missing: Findings,
    /// Calls without an answer after a disturbance, by their reason.
    pub(crate) lost: BTreeMap<String, u64>,
    /// Failures on purpose that were answered with the fallback.
    pub(crate) injected: BTreeMap<Injected, u64>,
    /// Fallbacks at the deadline that nobody asked for.
    pub(crate) busy: u64,
    /// Microseconds from call to answer, of those that need no waiting.
    pub(crate) latency: Histogram<u64>,
    /// What belongs to the process that runs now.
    pub(crate) life: Life,
}

/// What became of the calls of one process.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Life {
    /// Notifications that were answered.
    pub(crate) told: u64,
    /// Notifications that were not, so that a handler may or may not have seen them.
    pub(crate) uncertain: u64,
    /// Failures on purpose, of valued hooks.
    pub(crate) failures: u64,
    /// Valued calls that were lost.
    pub(crate) lost: u64,
    /// Fallbacks at the deadline that nobody asked for.
    pub(crate) busy: u64,
}

/// Counts the calls of all brokers to one server.
#[derive(Debug)]
pub(crate) struct Ledger {
    /// From when on a fallback can be one at the deadline.
    deadline: Duration,
    counts: Mutex<Counts>,
}

/// What was last done to a broker, or to the server behind it.
#[derive(Debug, Default)]
pub(crate) struct Disturbance(Mutex<(bool, Option<Instant>)>);

impl Disturbance {
    /// Something is disturbed now, and is over at once.
    pub(crate) fn happens(&self) {
        self.lock().1 = Some(Instant::now());
    }

    /// Something is disturbed from now on, or is so no more.
    pub(crate) fn lasts(&self, on: bool) {
        *self.lock() = (on, Some(Instant::now()));
    }

    fn explains(&self, call: &HookCall) -> bool {
        let (lasts, last) = *self.lock();
        lasts || last.is_some_and(|last| last.elapsed() < call.elapsed + AFTERMATH)
    }

    fn lock(&self) -> MutexGuard<'_, (bool, Option<Instant>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger {
    /// One for a server whose deadline is `timeout`.
    pub(crate) fn new(timeout: Duration) -> Self {
        Self {
            deadline: timeout.mul_f64(0.9),
            counts: Mutex::new(Counts {
                calls: 0,
                wrong: Findings::default(),
                missing: Findings::default(),
                lost: BTreeMap::new(),
                injected: BTreeMap::new(),
                busy: 0,
                latency: Histogram::new(3).expect("three digits are possible"),
                life: Life::default(),
            }),
        }
    }

    /// The counts so far.
    pub(crate) fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new process begins. What was lost before may still reach it.
    pub(crate) fn begin_life(&self) {
        let mut counts = self.counts();
        counts.life = Life {
            uncertain: counts.life.uncertain,
            ..Life::default()
        };
    }

    /// Takes in a call that has ended.
    pub(crate) fn enter(&self, call: &HookCall, disturbance: &Disturbance) {
        let mut counts = self.counts();
        counts.calls += 1;
        let is_valued = matches!(
            call.hook.answer_kind(),
            AnswerKind::Bool | AnswerKind::Message
        );
        match &call.result {
            CallResult::Answered { verdict } if is_valued => match expected(&call.request) {
                Some(expected) => self.judge(&mut counts, call, verdict, expected),
                None => counts
                    .wrong
                    .add(described(call, "nothing of it was expected")),
            },
            CallResult::Answered { .. } => {
                if !is_about_provider(call.hook) {
                    counts.life.told += 1;
                    counts.record(call);
                }
            }
            CallResult::Unusable { reason } => counts.wrong.add(described(call, reason)),
            CallResult::Failed { reason } => {
                if disturbance.explains(call) {
                    let kind = reason.split([':', '(']).next().unwrap_or(reason).trim();
                    *counts.lost.entry(kind.to_owned()).or_default() += 1;
                } else {
                    counts.missing.add(described(call, reason));
                }
                if is_valued {
                    counts.life.lost += 1;
                } else if !is_about_provider(call.hook) {
                    counts.life.uncertain += 1;
                }
            }
        }
    }

    fn judge(&self, counts: &mut Counts, call: &HookCall, verdict: &str, expected: Expected) {
        if verdict == expected.verdict {
            match expected.failure {
                Some(failure) => {
                    *counts.injected.entry(failure).or_default() += 1;
                    counts.life.failures += 1;
                }
                None if expected.word == "slow" => {}
                None => counts.record(call),
            }
        } else if verdict == expected.fallback && call.elapsed >= self.deadline {
            counts.busy += 1;
            counts.life.busy += 1;
        } else {
            let problem = format!(
                "{verdict} instead of {} for {:?}",
                expected.verdict, expected.word
            );
            counts.wrong.add(described(call, &problem));
        }
    }
}

impl Counts {
    fn record(&mut self, call: &HookCall) {
        let micros = u64::try_from(call.elapsed.as_micros()).unwrap_or(u64::MAX);
        self.latency.saturating_record(micros);
    }
}

fn is_about_provider(hook: Hook) -> bool {
    matches!(hook, Hook::ProviderLoaded | Hook::ProviderUnloaded)
}

fn described(call: &HookCall, problem: &str) -> String {
    format!(
        "{} of {}{} after {:.0?}: {problem}",
        call.hook.name(),
        call.clientid,
        call.topic
            .as_ref()
            .map(|topic| format!(" on {topic}"))
            .unwrap_or_default(),
        call.elapsed,
    )
}
