//! [`Station`]: one server with its brokers, from its start to what must hold at its end.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use exhook::testing::Endpoint;
use tokio::{
    sync::watch,
    time::{interval, sleep},
};

use crate::{
    ledger::{Findings, Ledger},
    program::{Metrics, Plan, Program},
    standstill::Standstills,
    traffic::{Load, Traffic},
    trend::Trend,
};

/// The hooks whose handlers fail on purpose.
const VALUED: [&str; 3] = ["client.authenticate", "client.authorize", "message.publish"];
/// How long a server is gone, beside what it takes to stop and to start.
const ABSENCE: Duration = Duration::from_millis(300);
const SETTLING_PATIENCE: Duration = Duration::from_secs(20);

/// What is done to a server.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// Its process.
    pub(crate) plan: Plan,
    /// What it is called with.
    pub(crate) load: Load,
    /// How often one of its brokers is disturbed.
    pub(crate) disturbance_interval: Duration,
    /// How often it is stopped and started again; `None` for never.
    pub(crate) restart_interval: Option<Duration>,
    /// How often it is looked at.
    pub(crate) sample_interval: Duration,
}

/// What others see of a server while it runs.
#[derive(Debug)]
pub(crate) struct Station {
    /// What is done to it.
    pub(crate) order: Order,
    /// What became of its calls.
    pub(crate) ledger: Arc<Ledger>,
    rss_kib: AtomicU64,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// What its process used; of the first process, where there were several.
    pub(crate) trend: Trend,
    /// How many processes there were.
    pub(crate) lives: u64,
    /// What must not be, beside what the ledger has.
    pub(crate) violations: Findings,
    /// Notifications that handlers have seen.
    pub(crate) seen: u64,
    /// Notifications that the server says it has dropped.
    pub(crate) dropped: u64,
    /// Failures of user code that the server has counted, as far as it was asked.
    pub(crate) failures: u64,
    /// Those among them at the deadline.
    pub(crate) deadlines: u64,
}

impl Station {
    /// A server that is not started so far.
    pub(crate) fn new(order: Order, standstills: &Arc<Standstills>) -> Arc<Self> {
        let standstills = Arc::clone(standstills);
        Arc::new(Self {
            ledger: Arc::new(Ledger::new(order.plan.timeout, standstills)),
            order,
            rss_kib: AtomicU64::new(0),
        })
    }

    /// The resident memory of its process, in MiB, when it was last looked at.
    #[expect(clippy::cast_precision_loss, reason = "memory has fewer than 2^52 KiB")]
    pub(crate) fn rss(&self) -> f64 {
        self.rss_kib.load(Ordering::Relaxed) as f64 / 1024.0
    }

    /// Runs until `end` says so.
    ///
    /// # Errors
    ///
    /// When the server cannot be started, or not be loaded.
    pub(crate) async fn run(&self, mut end: watch::Receiver<bool>) -> Result<Outcome, String> {
        let plan = &self.order.plan;
        let mut outcome = Outcome::default();
        let mut program = Program::start(plan).await?;
        let address: Endpoint = plan
            .address
            .to_string()
            .parse()
            .map_err(|error| format!("{}: {error}", plan.name))?;
        let mut traffic = Traffic::start(&address, self.order.load, &self.ledger)
            .await
            .map_err(|error| format!("{}: {error}", plan.name))?;
        let began = Instant::now();
        let mut sampling = interval(self.order.sample_interval);
        let mut disturbing = interval(self.order.disturbance_interval);
        let mut restarted = Instant::now();
        disturbing.tick().await;
        while !*end.borrow() {
            tokio::select! {
                _ = end.changed() => continue,
                _ = sampling.tick() => {
                    if !program.is_alive() {
                        break;
                    }
                    self.look(&program, began, &mut outcome);
                }
                _ = disturbing.tick() => traffic.disturb().await,
            }
            let is_due = |after: Duration| restarted.elapsed() >= after;
            if self.order.restart_interval.is_some_and(is_due) {
                traffic.server_is_gone(true);
                self.end_life(program, &mut outcome, false).await;
                sleep(ABSENCE).await;
                self.ledger.begin_life();
                program = Program::start(plan).await?;
                traffic.server_is_gone(false);
                restarted = Instant::now();
            }
        }
        self.look(&program, began, &mut outcome);
        traffic.stop().await;
        for violation in outcome.trend.violations(crate::MOST_GROWTH) {
            outcome.violations.add(violation);
        }
        self.end_life(program, &mut outcome, true).await;
        Ok(outcome)
    }

    fn look(&self, program: &Program, began: Instant, outcome: &mut Outcome) {
        if let Some(usage) = program.usage() {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it was a whole number"
            )]
            let kib = (usage.rss * 1024.0) as u64;
            self.rss_kib.store(kib, Ordering::Relaxed);
            if outcome.lives == 0 {
                outcome.trend.add(began.elapsed(), usage);
            }
        }
    }

    /// Ends a process, and compares what it has seen with what it was told. Where it `is_idle`, what
    /// it has counted must fit as well.
    async fn end_life(&self, program: Program, outcome: &mut Outcome, is_idle: bool) {
        let metrics = match self.metrics(is_idle).await {
            Ok(metrics) => metrics,
            Err(error) => {
                outcome
                    .violations
                    .add(format!("its counters cannot be read: {error}"));
                Metrics::default()
            }
        };
        let farewell = program.stop().await;
        let life = self.ledger.counts().life;
        let valued = |labels: &str| VALUED.iter().any(|hook| labels.contains(hook));
        let dropped = metrics.sum("exhook_dropped_notifications_total", |_| true);
        let failures = metrics.sum("exhook_failures_total", valued);
        let deadlines = metrics.sum("exhook_failures_total", |labels| {
            valued(labels) && labels.contains("cause=\"deadline\"")
        });
        outcome.lives += 1;
        outcome.dropped += dropped;
        outcome.failures += failures;
        outcome.deadlines += deadlines;
        let expected = life.failures + life.busy;
        if is_idle && !(expected..=expected + life.lost).contains(&failures) {
            outcome.violations.add(format!(
                "it counted {failures} failures of handlers; brokers saw {expected}, and {} calls \
                 were lost",
                life.lost
            ));
        }
        let farewell = match farewell {
            Ok(farewell) => farewell,
            Err(problem) => return outcome.violations.add(problem),
        };
        outcome.seen += farewell.seen;
        let least = life.told.saturating_sub(dropped);
        if !(least..=life.told + life.uncertain).contains(&farewell.seen) {
            outcome.violations.add(format!(
                "handlers saw {} notifications; {} were answered and {dropped} of them dropped, {} \
                 were lost",
                farewell.seen, life.told, life.uncertain
            ));
        }
        // A call that is lost with its connection may arrive after the next one.
        if farewell.disorders.len() as u64 > life.uncertain {
            for disorder in farewell.disorders {
                outcome.violations.add(format!("out of order: {disorder}"));
            }
        }
    }

    /// The counters; where the server `is_idle`, when nothing waits for a handler any more.
    async fn metrics(&self, is_idle: bool) -> std::io::Result<Metrics> {
        let end = Instant::now() + SETTLING_PATIENCE;
        loop {
            let metrics = Metrics::read(&self.order.plan).await?;
            let waiting = metrics.sum("exhook_inbox_depth", |_| true)
                + metrics.sum("exhook_inflight", |_| true);
            if !is_idle || waiting == 0 || Instant::now() > end {
                return Ok(metrics);
            }
            sleep(Duration::from_millis(100)).await;
        }
    }
}
