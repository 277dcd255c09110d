//! [`Dispatcher`]: one hook request in, one answer out, whatever user code does.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::SemaphorePermit;
use tracing::warn;

use super::{
    Ack, Chain, Fallback, Finish, WakeQueue,
    lanes::Lanes,
    outgoing::{Outgoing, Running, Waiting},
    shadow::{Comparison, Shadows},
};
use crate::{
    call::{Answer, Answered, CallOrigin, Failure},
    config::Config,
    deadline::{Deadlines, usable},
    decision::{Cause, Decision, Observer},
    error::Error,
    hook::{AnswerKind, Hook, Request, hook_specs},
    log::Seldom,
    metrics::{HookMetrics, Metrics, VERDICTS},
    package::{BrokerVersion, Package},
    proto::LoadedResponse,
    trace::{CallTrace, ServerSpan, Tracer},
};

/// Routes requests to the handlers that were registered, and answers by policy where they do not.
pub(crate) struct Dispatcher {
    chains: Vec<Arc<Chain>>,
    lanes: Arc<Lanes>,
    running: Arc<AtomicUsize>,
    max_inflight: usize,
    timeout: Duration,
    companion: bool,
    metrics: Arc<Metrics>,
    observers: Vec<Arc<dyn Observer>>,
    shadows: Option<Arc<Shadows>>,
    tracer: Option<Arc<Tracer>>,
    overload: Seldom,
    dropped: Seldom,
    ignored_authentication: Seldom,
}

/// What the server knows of a request besides its content.
pub(crate) struct Arrival {
    pub(crate) package: Package,
    pub(crate) hook: Hook,
    pub(crate) arrived: Instant,
    /// How long the broker waits for the answer, if it said so.
    pub(crate) grpc_timeout: Option<Duration>,
    pub(crate) wakes: Arc<WakeQueue>,
}

/// A request that is in the hands of user code, or waits for that.
pub(crate) struct Undecided {
    followed: Followed,
    waits_for: WaitsFor,
}

enum WaitsFor {
    Answer(Waiting),
    /// Among the notifications that are answered already.
    Room(Box<Outgoing>),
}

/// Who wants to know of the answer to a request.
struct Followed {
    package: Package,
    hook: Hook,
    arrived: Instant,
    compared: Option<Arc<Comparison>>,
    span: Option<ServerSpan>,
    /// For observers.
    observed: Option<Arc<Request>>,
}

impl Dispatcher {
    pub(crate) fn new(chains: Vec<Arc<Chain>>, config: &Config, metrics: Arc<Metrics>) -> Self {
        Self {
            chains,
            lanes: Lanes::new(config.inbox_capacity),
            running: Arc::default(),
            max_inflight: config.max_inflight,
            timeout: Duration::from_millis(config.timeout_ms),
            companion: config.companion,
            metrics,
            observers: Vec::new(),
            shadows: None,
            tracer: None,
            overload: Seldom::new(),
            dropped: Seldom::new(),
            ignored_authentication: Seldom::new(),
        }
    }

    /// Also tells `observer` of every decision.
    pub(crate) fn observe(&mut self, observer: Arc<dyn Observer>) {
        self.observers.push(observer);
    }

    /// Lets `tracer` choose calls to trace.
    pub(crate) fn trace(&mut self, tracer: Arc<Tracer>) {
        self.tracer = Some(tracer);
    }

    /// Lets shadow handlers be asked, if there are any, once all observers are known.
    pub(crate) fn start_shadows(&mut self) -> Result<(), Error> {
        if self.chains.iter().any(|chain| !chain.shadows.is_empty()) {
            let metrics = Arc::clone(&self.metrics);
            self.shadows = Some(Shadows::start(metrics, self.observers.clone())?);
        }
        Ok(())
    }

    /// Asks shadow handlers no more.
    pub(crate) fn stop_shadows(&self) {
        if let Some(shadows) = &self.shadows {
            shadows.close(&self.chains);
        }
    }

    /// The metrics that this dispatcher counts into.
    pub(crate) fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// How many calls brokers wait for now.
    pub(crate) fn running(&self) -> usize {
        self.running.load(Ordering::Relaxed)
    }

    /// How many notifications are answered, but not yet handled.
    pub(crate) fn queued(&self) -> usize {
        self.lanes.used()
    }

    /// The hooks wanted from a broker of `package` and `version`.
    pub(crate) fn loaded_response(
        &self,
        package: Package,
        version: Option<BrokerVersion>,
    ) -> LoadedResponse {
        let authenticate = &self.chains[Hook::ClientAuthenticate as usize];
        if package == Package::V2 && authenticate.has_only_shadows() {
            warn!(
                hook = Hook::ClientAuthenticate.name(),
                handler = authenticate.shadows[0].chain.handlers[0].id.0,
                "a broker of package v2 has loaded this provider, which has only shadow handlers for \
                 client.authenticate and so answers ignore; EMQX 5.0 to 5.8 refuse such clients. \
                 Register a handler that answers allow() beside them"
            );
        }
        hook_specs(&self.chains, package, version, self.companion)
    }

    /// The answer to a request that never became one.
    pub(crate) fn answer_failed(
        &self,
        package: Package,
        hook: Hook,
        arrived: Instant,
        failure: Failure,
    ) -> Answer {
        let metrics = self.metrics.hook(package, hook);
        metrics.called();
        metrics.fell_back(failure);
        // A message that could not be read can be blocked all the same.
        let request = Arc::new(Request::empty(hook));
        let tracer = self.tracer.as_ref();
        let span = tracer.and_then(|tracer| tracer.sample(package, &request, arrived));
        let answered = self.fallback(&request, failure);
        let took = arrived.elapsed();
        metrics.answered(&answered.answer, took);
        if let Some(span) = span {
            span.answered(&answered, took);
        }
        self.tell(package, &request, &answered, took);
        answered.answer
    }

    fn fallback(&self, request: &Arc<Request>, failure: Failure) -> Answered {
        let hook = request.hook();
        let first = self.chains[hook as usize].handlers.first();
        first
            .map_or(Fallback::Ignore, |handler| handler.fallback)
            .answer(request)
            .because(Cause::Fallback(failure), first.map(|handler| handler.id))
    }

    fn is_observed(&self) -> bool {
        self.observers.iter().any(|observer| observer.wants())
    }

    fn tell(&self, package: Package, request: &Arc<Request>, answered: &Answered, took: Duration) {
        for observer in &self.observers {
            observer.decided(&Decision {
                package,
                hook: request.hook(),
                request,
                verdict: VERDICTS[answered.answer.verdict()],
                cause: answered.cause,
                handler: answered.handler,
                took,
                shadow: None,
            });
        }
    }

    /// Hands `request` to user code; the answer, where it is there at once, or what becomes of it in
    /// the end.
    pub(crate) fn begin(
        &self,
        arrival: Arrival,
        request: Arc<Request>,
    ) -> Result<Answer, Undecided> {
        let (package, hook, arrived) = (arrival.package, arrival.hook, arrival.arrived);
        let metrics = self.metrics.hook(package, hook);
        metrics.called();
        let compared = self.shadows.as_ref().and_then(|shadows| {
            let chain = &self.chains[hook as usize];
            shadows.ask(chain, package, &request, arrived)
        });
        let tracer = self.tracer.as_ref();
        let span = tracer.and_then(|tracer| tracer.sample(package, &request, arrived));
        let trace = span.as_ref().map(|span| Arc::clone(span.trace()));
        let followed = Followed {
            package,
            hook,
            arrived,
            compared,
            span,
            observed: self.is_observed().then(|| Arc::clone(&request)),
        };
        let waits_for = match self.prepare(arrival, request, metrics, trace) {
            Err(answered) => return Ok(self.conclude(followed, answered)),
            Ok(outgoing) if outgoing.takes_room() && !self.take_room() => {
                WaitsFor::Room(Box::new(outgoing))
            }
            Ok(outgoing) => match outgoing.hand_over(&self.lanes) {
                Ok(answered) => return Ok(self.conclude(followed, answered)),
                Err(waiting) => WaitsFor::Answer(waiting),
            },
        };
        Err(Undecided {
            followed,
            waits_for,
        })
    }

    /// The answer to a request that was [begun](Self::begin), at its deadline at the latest.
    pub(crate) async fn finish(&self, undecided: Undecided, deadlines: &Deadlines) -> Answer {
        let answered = match undecided.waits_for {
            WaitsFor::Answer(waiting) => waiting.answer(deadlines).await,
            WaitsFor::Room(outgoing) => self.hold_back(*outgoing, deadlines).await,
        };
        self.conclude(undecided.followed, answered)
    }

    /// Counts an answer, and tells all who want to know of it.
    fn conclude(&self, followed: Followed, answered: Answered) -> Answer {
        let (package, hook) = (followed.package, followed.hook);
        if matches!(answered.answer, Answer::Ignore) {
            self.warn_of_ignored_authentication(package, hook);
        }
        let took = followed.arrived.elapsed();
        let metrics = self.metrics.hook(package, hook);
        metrics.answered(&answered.answer, took);
        if let Some(compared) = followed.compared {
            compared.answered(&answered.answer);
        }
        if let Some(span) = followed.span {
            span.answered(&answered, took);
        }
        if let Some(request) = followed.observed {
            self.tell(package, &request, &answered, took);
        }
        answered.answer
    }

    /// The call that `request` becomes, or the answer where there is none.
    fn prepare(
        &self,
        arrival: Arrival,
        request: Arc<Request>,
        metrics: &Arc<HookMetrics>,
        trace: Option<Arc<CallTrace>>,
    ) -> Result<Outgoing, Answered> {
        let hook = arrival.hook;
        let chain = &self.chains[hook as usize];
        let Some(position) = chain.next(0, &request) else {
            return Err(Answer::neutral(hook).because(Cause::NoHandler, None));
        };
        let Some(running) = Running::enter(&self.running, self.max_inflight) else {
            return Err(self.overloaded(&request, metrics));
        };
        let deadline = arrival.arrived + self.time_to_answer(chain, arrival.grpc_timeout);
        let waits = hook.is_valued()
            || (hook.answer_kind() == AnswerKind::Notification && chain.ack == Ack::Late);
        let finish = if hook.is_valued() {
            Finish::Nothing
        } else {
            Finish::Lane {
                lanes: Arc::clone(&self.lanes),
                lane: Lanes::of(request.clientid()),
                took_room: !waits,
            }
        };
        Ok(Outgoing {
            running,
            origin: CallOrigin {
                package: arrival.package,
                hook,
                arrived: arrival.arrived,
                deadline: waits.then_some(deadline),
                wakes: arrival.wakes,
                metrics: Arc::clone(metrics),
                chain: Arc::clone(chain),
                finish,
                trace,
            },
            position,
            request,
            deadline,
        })
    }

    fn warn_of_ignored_authentication(&self, package: Package, hook: Hook) {
        if hook == Hook::ClientAuthenticate
            && package == Package::V2
            && let Some(due) = self.ignored_authentication.due()
        {
            warn!(
                repeated = due.repeated,
                hook = hook.name(),
                "answered ignore to client.authenticate of a broker of package v2; EMQX 5.0 to 5.8 \
                 refuse such clients, so answer allow() or deny() there"
            );
        }
    }

    fn overloaded(&self, request: &Arc<Request>, metrics: &HookMetrics) -> Answered {
        let hook = request.hook();
        metrics.fell_back(Failure::Overload);
        if !hook.is_valued() {
            metrics.dropped();
        }
        if let Some(due) = self.overload.due() {
            warn!(
                repeated = due.repeated,
                hook = hook.name(),
                max_inflight = self.max_inflight,
                "more calls are running than max_inflight allows; the fallback is answered. \
                 Make handlers faster or raise max_inflight"
            );
        }
        self.fallback(request, Failure::Overload)
    }

    /// The shorter of what the handlers may take and what the broker waits, less what the answer
    /// takes to arrive.
    fn time_to_answer(&self, chain: &Chain, grpc_timeout: Option<Duration>) -> Duration {
        let own = chain.timeout.unwrap_or(self.timeout);
        match grpc_timeout {
            Some(grpc_timeout) => own.min(usable(grpc_timeout)),
            None => own,
        }
    }

    /// Takes room for a notification that is answered before it is handled, if there is any.
    fn take_room(&self) -> bool {
        let permit = self.lanes.room.try_acquire();
        permit.map(SemaphorePermit::forget).is_ok()
    }

    /// Holds a notification back until there is room for it, which slows the broker down; at the
    /// deadline the event is dropped.
    async fn hold_back(&self, outgoing: Outgoing, deadlines: &Deadlines) -> Answered {
        let (hook, metrics) = (outgoing.origin.hook, &outgoing.origin.metrics);
        let room = self.lanes.room.acquire();
        if let Some(Ok(permit)) = deadlines.before(outgoing.deadline, room).await {
            permit.forget();
            return outgoing
                .hand_over(&self.lanes)
                .unwrap_or_else(|_| Answer::neutral(hook).because(Cause::Early, None));
        }
        metrics.dropped();
        if let Some(due) = self.dropped.due() {
            warn!(
                repeated = due.repeated,
                hook = hook.name(),
                "the inbox stayed full until the deadline; the event is dropped. Make handlers \
                 faster, give them more threads or raise inbox_capacity"
            );
        }
        Answer::neutral(hook).because(Cause::Dropped, None)
    }
}
