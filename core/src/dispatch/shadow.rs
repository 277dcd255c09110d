//! [`Shadows`]: handlers that are asked beside the chain, and whose verdict is only compared.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::Instant,
};

use tracing::{info, warn};

use super::{Chain, Finish, WakeQueue, chain::ChainedHandler};
use crate::{
    call::{Answer, Call, CallOrigin, Failure, HandlerId},
    decision::{Cause, Decision, Observer},
    error::Error,
    hook::Request,
    log::SeldomPerHook,
    metrics::{Metrics, VERDICTS},
    package::Package,
    sync::{Mutex, lock},
};

/// How many calls wait for one shadow handler; it is not asked about more.
const WAITING: usize = 1_024;

/// What the log and observers call the verdict of a shadow handler that failed.
const NO_VERDICT: &str = "none";

/// A shadow handler, as the only one of a chain of its own, and the calls that it has.
pub(crate) struct ShadowHandler {
    pub(crate) chain: Arc<Chain>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// How many calls the handler has.
    running: usize,
    waiting: VecDeque<Call>,
}

impl ShadowHandler {
    pub(super) fn new(handler: ChainedHandler) -> Arc<Self> {
        Arc::new(Self {
            chain: Arc::new(Chain {
                handlers: vec![handler],
                ..Chain::default()
            }),
            state: Mutex::default(),
        })
    }

    fn handler(&self) -> &ChainedHandler {
        &self.chain.handlers[0]
    }
}

/// The shadow handlers of a server at work, on a thread that they may hold up.
pub(super) struct Shadows {
    metrics: Arc<Metrics>,
    observers: Vec<Arc<dyn Observer>>,
    calls: Mutex<Option<Sender<Call>>>,
    /// The wakes of a call that wakes nobody.
    wakes: Arc<WakeQueue>,
    differences: SeldomPerHook,
    failures: SeldomPerHook,
}

impl Shadows {
    /// Starts the thread that hands calls to shadow handlers.
    pub(super) fn start(
        metrics: Arc<Metrics>,
        observers: Vec<Arc<dyn Observer>>,
    ) -> Result<Arc<Self>, Error> {
        let (sender, receiver) = channel();
        thread::Builder::new()
            .name("exhook-shadow".to_owned())
            .spawn(move || hand_over(&receiver))
            .map_err(|error| Error::io("cannot start the thread of shadow handlers", error))?;
        Ok(Arc::new(Self {
            metrics,
            observers,
            calls: Mutex::new(Some(sender)),
            wakes: Arc::default(),
            differences: SeldomPerHook::new(),
            failures: SeldomPerHook::new(),
        }))
    }

    /// Asks those shadow handlers of `chain` that want `request`; `None` where there are none.
    pub(super) fn ask(
        self: &Arc<Self>,
        chain: &Chain,
        package: Package,
        request: &Arc<Request>,
        arrived: Instant,
    ) -> Option<Arc<Comparison>> {
        let mut asked = None;
        for shadow in &chain.shadows {
            if shadow.chain.next(0, request).is_none() {
                continue;
            }
            let comparison = asked.get_or_insert_with(|| {
                Arc::new(Comparison {
                    shadows: Arc::clone(self),
                    package,
                    arrived,
                    request: Arc::clone(request),
                    state: Mutex::default(),
                })
            });
            self.submit(shadow, comparison);
        }
        asked
    }

    fn submit(&self, shadow: &Arc<ShadowHandler>, comparison: &Arc<Comparison>) {
        let mut state = lock(&shadow.state);
        if state.waiting.len() >= WAITING {
            drop(state);
            comparison.conclude(shadow.handler().id, Err(Failure::Overload));
            return;
        }
        let call = self.call(shadow, comparison);
        if state.running < shadow.handler().target.most_shadows() {
            state.running += 1;
            drop(state);
            self.send(call);
        } else {
            state.waiting.push_back(call);
        }
    }

    fn call(&self, shadow: &Arc<ShadowHandler>, comparison: &Arc<Comparison>) -> Call {
        let (package, request) = (comparison.package, &comparison.request);
        let origin = CallOrigin {
            package,
            hook: request.hook(),
            arrived: comparison.arrived,
            deadline: None,
            wakes: Arc::clone(&self.wakes),
            metrics: Arc::clone(self.metrics.hook(package, request.hook())),
            chain: Arc::clone(&shadow.chain),
            finish: Finish::Shadow(Arc::new(Turn {
                comparison: Arc::clone(comparison),
                shadow: Arc::clone(shadow),
            })),
            trace: None,
        };
        Call::new(origin, 0, Arc::clone(request)).0
    }

    fn send(&self, call: Call) {
        // A call that cannot be sent any more is let go outside the lock.
        let sender = lock(&self.calls).clone();
        if let Some(sender) = sender {
            let _ = sender.send(call);
        }
    }

    /// Ends the thread when its handlers let it; what waits is let go.
    pub(super) fn close(&self, chains: &[Arc<Chain>]) {
        let let_go = || {
            for shadow in chains.iter().flat_map(|chain| &chain.shadows) {
                let waiting = std::mem::take(&mut lock(&shadow.state).waiting);
                drop(waiting);
            }
        };
        // Before too, because each call that cannot be sent makes room for the next.
        let_go();
        lock(&self.calls).take();
        let_go();
    }
}

fn hand_over(calls: &Receiver<Call>) {
    for call in calls {
        call.hand_over();
    }
}

/// That a shadow handler has a call.
pub(crate) struct Turn {
    comparison: Arc<Comparison>,
    shadow: Arc<ShadowHandler>,
}

impl Turn {
    /// Takes the verdict of the shadow handler, or why there is none.
    pub(crate) fn end(&self, verdict: Result<Answer, Failure>) {
        self.comparison.conclude(self.shadow.handler().id, verdict);
        let next = {
            let mut state = lock(&self.shadow.state);
            let next = state.waiting.pop_front();
            if next.is_none() {
                state.running = state.running.saturating_sub(1);
            }
            next
        };
        if let Some(next) = next {
            self.comparison.shadows.send(next);
        }
    }
}

/// One call whose real answer is compared with the verdicts of shadow handlers, whichever is there
/// first.
pub(crate) struct Comparison {
    shadows: Arc<Shadows>,
    package: Package,
    arrived: Instant,
    request: Arc<Request>,
    state: Mutex<Verdicts>,
}

#[derive(Default)]
struct Verdicts {
    real: Option<Answer>,
    early: Vec<Shadowed>,
}

/// What a shadow handler said, and when.
struct Shadowed {
    handler: HandlerId,
    verdict: Result<Answer, Failure>,
    at: Instant,
}

impl Comparison {
    /// Takes what the broker is told.
    pub(super) fn answered(&self, answer: &Answer) {
        let early = {
            let mut state = lock(&self.state);
            state.real = Some(answer.clone());
            std::mem::take(&mut state.early)
        };
        for shadowed in early {
            self.compare(&shadowed, answer);
        }
    }

    fn conclude(&self, handler: HandlerId, verdict: Result<Answer, Failure>) {
        let shadowed = Shadowed {
            handler,
            verdict,
            at: Instant::now(),
        };
        let mut state = lock(&self.state);
        match state.real.clone() {
            Some(real) => {
                drop(state);
                self.compare(&shadowed, &real);
            }
            None => state.early.push(shadowed),
        }
    }

    fn compare(&self, shadowed: &Shadowed, real: &Answer) {
        let (hook, shadows) = (self.request.hook(), &self.shadows);
        let metrics = shadows.metrics.hook(self.package, hook);
        let agrees = shadowed
            .verdict
            .as_ref()
            .is_ok_and(|verdict| verdict.agrees_with(real));
        let (verdict, cause) = match &shadowed.verdict {
            Ok(answer) => (VERDICTS[answer.verdict()], Cause::Handler),
            Err(failure) => (NO_VERDICT, Cause::Fallback(*failure)),
        };
        metrics.shadowed(
            shadowed.verdict.as_ref().map_err(|failure| *failure),
            agrees,
        );
        for observer in &shadows.observers {
            observer.decided(&Decision {
                package: self.package,
                hook,
                request: &self.request,
                verdict,
                cause,
                handler: Some(shadowed.handler),
                took: shadowed.at.saturating_duration_since(self.arrived),
                shadow: Some(agrees),
            });
        }
        let told = VERDICTS[real.verdict()];
        let clientid = self.request.clientid();
        match shadowed.verdict {
            Ok(_) if agrees => {}
            Ok(_) => {
                if let Some(due) = shadows.differences.due(hook) {
                    info!(
                        repeated = due.repeated,
                        hook = hook.name(),
                        handler = shadowed.handler.0,
                        clientid,
                        verdict,
                        told,
                        "a shadow handler would have decided otherwise"
                    );
                }
            }
            Err(failure) => {
                if let Some(due) = shadows.failures.due(hook) {
                    warn!(
                        repeated = due.repeated,
                        hook = hook.name(),
                        handler = shadowed.handler.0,
                        clientid,
                        failure = failure.name(),
                        "a shadow handler gave no usable verdict; the broker was answered all the same"
                    );
                }
            }
        }
    }
}
