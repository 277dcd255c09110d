//! [`Ledger`]: what became of the calls to one server, and what of it must not be.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use exhook::{
    AnswerKind, Hook,
    testing::{CallResult, HookCall},
};
use hdrhistogram::Histogram;

use crate::{
    standstill::Standstills,
    words::{Expected, Injected, expected},
};

/// How long after a disturbance calls may still be lost by it: a broker waits out its timeout,
/// and notices a lost connection at its next look.
const AFTERMATH: Duration = Duration::from_secs(20);
const STOOD_STILL: &str = "the machine stood still meanwhile";
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
    /// Calls without an answer, or the right one, after a disturbance, by their reason.
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
    standstills: Arc<Standstills>,
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
    pub(crate) fn new(timeout: Duration, standstills: Arc<Standstills>) -> Self {
        Self {
            deadline: timeout.mul_f64(0.9),
            standstills,
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
                if self.standstills.were_within(call.elapsed) {
                    counts.lose(STOOD_STILL);
                } else if disturbance.explains(call) {
                    let kind = reason.split([':', '(']).next().unwrap_or(reason).trim();
                    counts.lose(kind);
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
        } else if self.standstills.were_within(call.elapsed) {
            // The deadline and the answer of a handler that is late had both come by then.
            counts.lose(STOOD_STILL);
            counts.life.lost += 1;
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
    fn lose(&mut self, reason: &str) {
        *self.lost.entry(reason.to_owned()).or_default() += 1;
    }

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

#[cfg(test)]
mod tests {
    use exhook::{Request, proto};

    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(3);

    fn authorize(word: &str, result: CallResult, elapsed: Duration) -> HookCall {
        let topic = format!("soak/{word}/c1/own");
        HookCall {
            number: 0,
            node: "emqx1@127.0.0.1".to_owned(),
            provider: "default".to_owned(),
            hook: Hook::ClientAuthorize,
            clientid: "c1".to_owned(),
            topic: Some(topic.clone()),
            result,
            elapsed,
            request: Request::ClientAuthorize(proto::ClientAuthorizeRequest {
                topic,
                ..proto::ClientAuthorizeRequest::default()
            }),
        }
    }

    fn answered(verdict: &str) -> CallResult {
        CallResult::Answered {
            verdict: verdict.to_owned(),
        }
    }

    fn failed() -> CallResult {
        CallResult::Failed {
            reason: "the connection was lost (broken pipe)".to_owned(),
        }
    }

    #[test]
    fn only_the_answer_of_the_word_is_right() {
        let ledger = Ledger::new(TIMEOUT, Arc::default());
        for (word, verdict) in [
            ("allow", "allow"),
            ("allow", "deny"),
            ("deny", "ignore"),
            ("raise", "deny"),
            ("rubbish", "allow"),
        ] {
            let call = authorize(word, answered(verdict), Duration::from_millis(1));
            ledger.enter(&call, &Disturbance::default());
        }
        let counts = ledger.counts();
        assert_eq!((counts.calls, counts.wrong.count), (5, 3));
        assert_eq!(counts.injected, BTreeMap::from([(Injected::Raise, 1)]));
    }

    #[test]
    fn a_fallback_at_the_deadline_is_not_wrong_but_any_other_answer_is() {
        let ledger = Ledger::new(TIMEOUT, Arc::default());
        for (word, verdict) in [("allow", "deny"), ("deny", "allow")] {
            ledger.enter(
                &authorize(word, answered(verdict), TIMEOUT),
                &Disturbance::default(),
            );
        }
        let counts = ledger.counts();
        assert_eq!((counts.busy, counts.wrong.count), (1, 1));
    }

    #[test]
    fn what_is_answered_after_a_standstill_says_nothing_about_the_server() {
        let standstills: Arc<Standstills> = Arc::default();
        let ledger = Ledger::new(TIMEOUT, Arc::clone(&standstills));
        let call = authorize("late", answered("allow"), Duration::from_secs(5));
        ledger.enter(&call, &Disturbance::default());
        let began = Instant::now();
        standstills.look(began);
        standstills.look(began + Duration::from_secs(2));
        ledger.enter(&call, &Disturbance::default());
        let counts = ledger.counts();
        assert_eq!((counts.wrong.count, counts.life.lost), (1, 1));
    }

    #[test]
    fn a_call_may_be_lost_only_by_a_disturbance() {
        let ledger = Ledger::new(TIMEOUT, Arc::default());
        let call = authorize("allow", failed(), Duration::from_millis(1));
        let disturbance = Disturbance::default();
        ledger.enter(&call, &disturbance);
        disturbance.happens();
        ledger.enter(&call, &disturbance);
        let counts = ledger.counts();
        assert_eq!(counts.missing.count, 1);
        let lost = BTreeMap::from([("the connection was lost".to_owned(), 1)]);
        assert_eq!(counts.lost, lost);
    }
}
