//! [`Provider`]: one of the broker's exhook servers, as one node has it.

mod loading;

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    BrokerSettings, CallResult, FailedAction, HookCall, InstalledHook, NodeStatus,
    ProviderSettings, ProviderStatus,
    diary::{Diary, Trace},
    effect::{self, Effect, Received},
    node::NodeIdentity,
    release::Release,
    wording,
    worker::{Outgoing, Worker},
};
use crate::{
    hook::{Hook, Request, topic_matches},
    sync::{Mutex, lock},
    testing::BrokerPool,
};

/// A provider as a node has it.
#[derive(Debug)]
pub(super) struct Provider {
    settings: ProviderSettings,
    release: Release,
    pace: f64,
    node: Arc<NodeIdentity>,
    diary: Arc<Diary>,
    state: Mutex<State>,
    request_timeout_ms: AtomicU64,
    link_delay_ms: Arc<AtomicU64>,
    next_worker: AtomicU64,
}

#[derive(Debug)]
struct State {
    status: ProviderStatus,
    reason: Option<String>,
    hooks: HashMap<Hook, Vec<String>>,
    workers: Vec<Arc<Worker>>,
    loads: u64,
}

/// Whether a provider was asked, and what came of it.
#[derive(Debug)]
pub(super) enum Asked {
    /// It has not registered the hook, or not for this topic.
    NotWanted,
    /// It was.
    Answered(Effect),
}

impl Provider {
    pub(super) fn new(
        settings: ProviderSettings,
        broker: &BrokerSettings,
        node: &Arc<NodeIdentity>,
        diary: &Arc<Diary>,
        link_delay_ms: &Arc<AtomicU64>,
    ) -> Arc<Self> {
        Arc::new(Self {
            request_timeout_ms: AtomicU64::new(settings.request_timeout_ms),
            settings,
            release: broker.version,
            pace: broker.pace,
            node: Arc::clone(node),
            diary: Arc::clone(diary),
            state: Mutex::new(State {
                status: ProviderStatus::Connecting,
                reason: None,
                hooks: HashMap::new(),
                workers: Vec::new(),
                loads: 0,
            }),
            link_delay_ms: Arc::clone(link_delay_ms),
            next_worker: AtomicU64::new(0),
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.settings.name
    }

    pub(super) fn failed_action(&self) -> FailedAction {
        if self.release.has_failed_action() {
            self.settings.failed_action
        } else {
            FailedAction::Ignore
        }
    }

    pub(super) fn set_request_timeout(&self, timeout: Duration) {
        let milliseconds = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        self.request_timeout_ms
            .store(milliseconds, Ordering::Relaxed);
    }

    pub(super) fn reset_request_timeout(&self) {
        self.request_timeout_ms
            .store(self.settings.request_timeout_ms, Ordering::Relaxed);
    }

    /// How long until it is loaded again after a failure; `None` for never.
    pub(super) fn auto_reconnect(&self) -> Option<Duration> {
        let milliseconds = self.settings.auto_reconnect_ms;
        (milliseconds > 0).then(|| Duration::from_millis(milliseconds).div_f64(self.pace))
    }

    /// Whether it is neither loaded nor to be left alone.
    pub(super) fn is_waiting_to_load(&self) -> bool {
        lock(&self.state).status == ProviderStatus::Connecting
    }

    /// How many times it stands in the list of those that are asked.
    pub(super) fn copies(&self) -> u64 {
        let state = lock(&self.state);
        match state.status {
            ProviderStatus::Connected if self.release.repeats_events_after_reload() => state.loads,
            ProviderStatus::Connected => 1,
            _ => 0,
        }
    }

    /// Whether it has ever registered `hook`: what is installed stays while it is lost.
    pub(super) fn has_registered(&self, hook: Hook) -> bool {
        lock(&self.state).hooks.contains_key(&hook)
    }

    pub(super) fn status(&self) -> NodeStatus {
        let state = lock(&self.state);
        let mut hooks: Vec<_> = state
            .hooks
            .iter()
            .map(|(hook, topics)| InstalledHook {
                hook: *hook,
                topics: topics.clone(),
            })
            .collect();
        hooks.sort_by_key(|installed| installed.hook as u8);
        NodeStatus {
            node: self.node.name().to_owned(),
            provider: self.settings.name.clone(),
            status: state.status,
            reason: state.reason.clone(),
            hooks,
            loads: state.loads,
        }
    }

    /// Cuts all connections, as a network does that fails.
    pub(super) async fn cut(&self) {
        let workers = lock(&self.state).workers.clone();
        for worker in workers {
            worker.cut().await;
        }
    }

    /// Asks the provider, where it wants to be asked.
    pub(super) async fn ask(&self, trace: &Trace, request: Request) -> Asked {
        let hook = request.hook();
        let Some(worker) = self.worker_for(&request) else {
            return Asked::NotWanted;
        };
        let (received, elapsed) = self.exchange(&worker, &request, self.timeout()).await;
        let (result, effect) = self.read(hook, received);
        self.write(trace, hook, request, result, elapsed);
        Asked::Answered(effect)
    }

    /// The worker of the request's client, if the hook and the topic are wanted.
    fn worker_for(&self, request: &Request) -> Option<Arc<Worker>> {
        let state = lock(&self.state);
        let hook = request.hook();
        let topics = state.hooks.get(&hook)?;
        if hook.has_topics() && !topics.is_empty() {
            let topic = request.topic().unwrap_or_default();
            if !topics.iter().any(|filter| topic_matches(filter, topic)) {
                return None;
            }
        }
        let size = state.workers.len();
        if size == 0 {
            return None;
        }
        let place = match request.clientid() {
            "" => {
                let next = self.next_worker.fetch_add(1, Ordering::Relaxed);
                usize::try_from(next % size as u64).unwrap_or_default()
            }
            clientid => BrokerPool::place_of(clientid, size),
        };
        state.workers.get(place).cloned()
    }

    fn read(&self, hook: Hook, received: Received) -> (CallResult, Effect) {
        match received {
            Received::Message(message) => effect::read(self.release, hook, message),
            Received::Fails(reason) | Received::Hangs(reason) | Received::Crashes(reason) => {
                (CallResult::Failed { reason }, Effect::Failed)
            }
        }
    }

    async fn exchange(
        &self,
        worker: &Arc<Worker>,
        request: &Request,
        timeout: Duration,
    ) -> (Received, Duration) {
        let began = Instant::now();
        let encoded = match wording::encode(self.release, request) {
            Ok(encoded) => encoded,
            Err(reason) => return (Received::Fails(reason), began.elapsed()),
        };
        let delay = Duration::from_millis(self.link_delay_ms.load(Ordering::Relaxed));
        let outgoing = Outgoing {
            hook: request.hook(),
            request: encoded,
            timeout: timeout.saturating_sub(delay),
        };
        if !delay.is_zero() {
            tokio::time::sleep(delay.min(timeout)).await;
        }
        if outgoing.timeout.is_zero() {
            // Nobody waits any more, but it gets there.
            let worker = Arc::clone(worker);
            tokio::spawn(async move {
                worker
                    .call(Outgoing {
                        timeout,
                        ..outgoing
                    })
                    .await
            });
            let late = Received::Hangs("the network was too slow".to_owned());
            return (late, began.elapsed());
        }
        let received = worker.call(outgoing).await;
        (received, began.elapsed())
    }

    fn timeout(&self) -> Duration {
        Duration::from_millis(self.request_timeout_ms.load(Ordering::Relaxed))
    }

    fn write(
        &self,
        trace: &Trace,
        hook: Hook,
        request: Request,
        result: CallResult,
        elapsed: Duration,
    ) {
        let call = HookCall {
            number: 0,
            node: self.node.name().to_owned(),
            provider: self.settings.name.clone(),
            hook,
            clientid: request.clientid().to_owned(),
            topic: request.topic().map(str::to_owned),
            result,
            elapsed,
            request,
        };
        self.diary.write(trace, call);
    }
}
