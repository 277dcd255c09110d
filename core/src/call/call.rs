//! [`Call`]: one hook request in the hands of user code.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use tracing::error;

use super::{Answer, Answered, Failure, MessagePatch, ReplyError, Slot, Verdict};
use crate::{
    decision::Cause,
    dispatch::{Chain, ChainedHandler, Fallback, Finish, WakeQueue},
    hook::{AnswerKind, Hook, Request},
    metrics::HookMetrics,
    package::Package,
    sync::{Mutex, lock},
    trace::CallTrace,
};

/// Which registration a call is for; handed out by [`Registry::register`](crate::Registry::register).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HandlerId(pub u32);

/// One hook request waiting for user code.
///
/// Whoever holds a call answers it once, from any thread: by [`reply`](Call::reply) or
/// [`fail`](Call::fail). A call that is dropped is answered with the fallback of its hook, so
/// that no broker waits for nothing.
pub struct Call {
    shared: Arc<CallShared>,
    request: Arc<Request>,
    position: usize,
    keep_going: Option<bool>,
    settled: bool,
}

/// What the holder of a call and whoever waits for its answer have in common.
pub(crate) struct CallShared {
    pub(crate) origin: CallOrigin,
    pub(crate) slot: Slot<Answered>,
    progress: Mutex<Progress>,
    started: AtomicBool,
}

/// Where a call comes from, and where it goes.
pub(crate) struct CallOrigin {
    pub(crate) package: Package,
    pub(crate) hook: Hook,
    pub(crate) arrived: Instant,
    /// When the broker is answered at the latest; none where it has been answered already.
    pub(crate) deadline: Option<Instant>,
    pub(crate) wakes: Arc<WakeQueue>,
    pub(crate) metrics: Arc<HookMetrics>,
    pub(crate) chain: Arc<Chain>,
    pub(crate) finish: Finish,
    /// Of a call that is traced.
    pub(crate) trace: Option<Arc<CallTrace>>,
}

/// What is answered if the handler whose turn it is fails.
struct Progress {
    fallback: Fallback,
    handler: HandlerId,
    request: Arc<Request>,
    is_changed: bool,
}

impl CallShared {
    /// What the broker is told when user code does not answer: the fallback of the handler whose
    /// turn it is, keeping what handlers before it have changed.
    pub(crate) fn fallback_answer(&self, failure: Failure) -> Answered {
        let progress = lock(&self.progress);
        let answer = if progress.is_changed {
            progress.fallback.answer_changed(&progress.request)
        } else {
            progress.fallback.answer(&progress.request)
        };
        answer.because(Cause::Fallback(failure), Some(progress.handler))
    }

    fn fill(&self, answer: Answered) -> Result<(), ReplyError> {
        match self.slot.fill(answer) {
            Ok(waker) => {
                if let Some(waker) = waker {
                    self.origin.wakes.push(waker);
                }
                Ok(())
            }
            Err(_) => {
                self.origin.metrics.late();
                Err(ReplyError::TooLate)
            }
        }
    }
}

impl Call {
    /// A call for the handler at `position` of its chain.
    pub(crate) fn new(
        origin: CallOrigin,
        position: usize,
        request: Arc<Request>,
    ) -> (Self, Arc<CallShared>) {
        let ChainedHandler { id, fallback, .. } = origin.chain.handlers[position];
        let shared = Arc::new(CallShared {
            origin,
            slot: Slot::new(),
            progress: Mutex::new(Progress {
                fallback,
                handler: id,
                request: Arc::clone(&request),
                is_changed: false,
            }),
            started: AtomicBool::new(false),
        });
        let call = Self {
            shared: Arc::clone(&shared),
            request,
            position,
            keep_going: None,
            settled: false,
        };
        (call, shared)
    }

    /// Hands the call to the handler whose turn it is; a panic there goes no further.
    pub(crate) fn hand_over(self) {
        if let Some(trace) = &self.shared.origin.trace {
            trace.begin();
        }
        let chain = Arc::clone(&self.shared.origin.chain);
        let target = &chain.handlers[self.position].target;
        // The call is let go while the panic unwinds, which answers it with the fallback.
        let _ = catch_unwind(AssertUnwindSafe(|| target.handle(self)));
    }

    /// The hook that the broker called.
    pub fn hook(&self) -> Hook {
        self.shared.origin.hook
    }

    /// The package that the broker speaks.
    pub fn package(&self) -> Package {
        self.shared.origin.package
    }

    /// The registration this call is for.
    pub fn handler(&self) -> HandlerId {
        self.shared.origin.chain.handlers[self.position].id
    }

    /// The request, with what earlier handlers of the same hook have changed.
    pub fn request(&self) -> &Arc<Request> {
        &self.request
    }

    /// The client id that orders this call among others; empty when there is none.
    pub fn clientid(&self) -> &str {
        self.request.clientid()
    }

    /// When the broker is answered at the latest; `None` where it has been answered already.
    pub fn deadline(&self) -> Option<Instant> {
        self.shared.origin.deadline
    }

    /// How long user code may still take; `None` where the broker does not wait.
    pub fn remaining(&self) -> Option<Duration> {
        self.deadline()
            .map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// When the call reached the server.
    pub fn arrived(&self) -> Instant {
        self.shared.origin.arrived
    }

    /// Whether an answer would still reach the broker. Calls whose broker does not wait for the
    /// handler are always wanted.
    pub fn is_wanted(&self) -> bool {
        self.shared.origin.deadline.is_none() || self.shared.slot.is_open()
    }

    /// Whether what is said to this call is only compared with the answer.
    pub(crate) fn is_shadow(&self) -> bool {
        matches!(self.shared.origin.finish, Finish::Shadow(_))
    }

    /// Notes that user code begins now; the time waited until then goes into the metrics once.
    /// Where user code runs as soon as the call is handed over, there is nothing to note.
    pub fn start(&self) {
        if !self.is_shadow() && !self.shared.started.swap(true, Ordering::Relaxed) {
            self.shared
                .origin
                .metrics
                .waited(self.shared.origin.arrived.elapsed());
        }
        if let Some(trace) = &self.shared.origin.trace {
            trace.start();
        }
    }

    /// Notes that user code does not begin as soon as the call is handed over, but is
    /// [started](Self::start) later.
    pub(crate) fn wait(&self) {
        if let Some(trace) = &self.shared.origin.trace {
            trace.wait();
        }
    }

    /// The span of user code as W3C's header `traceparent`, for spans that user code begins and for
    /// requests that it sends. `None` where the call is not traced.
    pub fn traceparent(&self) -> Option<String> {
        let trace = self.shared.origin.trace.as_ref()?;
        Some(trace.traceparent())
    }

    /// Ends the span of user code.
    fn end_span(&self, failure: Option<Failure>) {
        if let Some(trace) = &self.shared.origin.trace {
            trace.end(self.handler(), failure);
        }
    }

    /// Answers the call, or hands it to the next handler when the verdict leaves it open.
    ///
    /// # Errors
    ///
    /// [`ReplyError::TooLate`] when the broker has been answered already. Otherwise the verdict
    /// was none that the broker could use: its fallback was answered instead, and counted.
    pub fn reply(mut self, verdict: Verdict) -> Result<(), ReplyError> {
        let hook = self.hook();
        if !verdict.suits(hook) {
            let error = ReplyError::WrongVerdict {
                hook,
                verdict: verdict.name(),
            };
            self.settle_by_fallback(Failure::BadAnswer);
            return Err(error);
        }
        match verdict {
            Verdict::Allow => self.settle(Answer::Bool {
                stop: true,
                value: true,
            }),
            Verdict::Deny => self.settle(Answer::Bool {
                stop: true,
                value: false,
            }),
            Verdict::Block => {
                let patch = MessagePatch {
                    block: true,
                    ..MessagePatch::default()
                };
                self.settle_with_message(patch)
            }
            Verdict::KeepGoing(value) => self.keep_going(value),
            Verdict::Ignore => self.pass_on(),
            Verdict::Replace(patch) => {
                if let Err(problem) = patch.validate() {
                    self.settle_by_fallback(Failure::BadAnswer);
                    return Err(ReplyError::BadMessage(problem));
                }
                self.replace(patch)
            }
        }
    }

    /// Says that user code has no verdict, and why; the fallback of the hook is answered.
    pub fn fail(mut self, failure: Failure) {
        self.settle_by_fallback(failure);
    }

    fn keep_going(mut self, value: bool) -> Result<(), ReplyError> {
        self.keep_going = Some(value);
        if self.next_position().is_some() {
            match Arc::make_mut(&mut self.request) {
                Request::ClientAuthenticate(request) => request.result = value,
                Request::ClientAuthorize(request) => request.result = value,
                _ => {}
            }
        }
        self.pass_on()
    }

    fn replace(mut self, patch: MessagePatch) -> Result<(), ReplyError> {
        if patch.block || self.next_position().is_none() {
            return self.settle_with_message(patch);
        }
        if let Request::MessagePublish(request) = Arc::make_mut(&mut self.request) {
            patch.apply_to(request.message.get_or_insert_default());
        }
        let mut progress = lock(&self.shared.progress);
        progress.request = Arc::clone(&self.request);
        progress.is_changed = true;
        drop(progress);
        self.pass_on()
    }

    /// The next handler of the chain that wants this request.
    fn next_position(&self) -> Option<usize> {
        self.shared
            .origin
            .chain
            .next(self.position + 1, &self.request)
    }

    fn pass_on(mut self) -> Result<(), ReplyError> {
        let Some(position) = self.next_position() else {
            return self.settle_undecided();
        };
        self.end_span(None);
        if !self.is_wanted() {
            self.settled = true;
            self.shared.origin.metrics.late();
            self.shared.origin.finish.run();
            return Err(ReplyError::TooLate);
        }
        self.position = position;
        let next = &self.shared.origin.chain.handlers[position];
        let mut progress = lock(&self.shared.progress);
        (progress.fallback, progress.handler) = (next.fallback, next.id);
        drop(progress);
        self.hand_over();
        Ok(())
    }

    fn settle_undecided(mut self) -> Result<(), ReplyError> {
        let is_changed = lock(&self.shared.progress).is_changed;
        match (self.hook().answer_kind(), self.keep_going) {
            (AnswerKind::Message, _) if is_changed => {
                self.settle_with_message(MessagePatch::default())
            }
            (AnswerKind::Bool, Some(value)) => self.settle(Answer::Bool { stop: false, value }),
            _ => self.settle(Answer::neutral(self.hook())),
        }
    }

    fn settle_with_message(&mut self, patch: MessagePatch) -> Result<(), ReplyError> {
        let request = Arc::clone(&self.request);
        self.settle(Answer::Message { request, patch })
    }

    fn settle(&mut self, answer: Answer) -> Result<(), ReplyError> {
        self.settled = true;
        if let Finish::Shadow(turn) = &self.shared.origin.finish {
            turn.end(Ok(answer));
            return Ok(());
        }
        self.end_span(None);
        let filled = if self.shared.origin.deadline.is_some() {
            let handler = Some(self.handler());
            self.shared.fill(answer.because(Cause::Handler, handler))
        } else {
            Ok(())
        };
        self.shared.origin.finish.run();
        filled
    }

    fn settle_by_fallback(&mut self, failure: Failure) {
        self.settled = true;
        if let Finish::Shadow(turn) = &self.shared.origin.finish {
            turn.end(Err(failure));
            return;
        }
        self.end_span(Some(failure));
        let waits = self.shared.origin.deadline.is_some();
        if !waits
            || self
                .shared
                .fill(self.shared.fallback_answer(failure))
                .is_ok()
        {
            self.shared.origin.metrics.fell_back(failure);
        }
        self.shared.origin.finish.run();
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        if !std::thread::panicking() {
            self.settle_by_fallback(Failure::Unanswered);
            return;
        }
        if let Some(due) = self.shared.origin.chain.panics.due() {
            error!(
                repeated = due.repeated,
                hook = self.hook().name(),
                clientid = self.clientid(),
                "a handler panicked; the fallback is answered"
            );
        }
        self.settle_by_fallback(Failure::Exception);
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Call")
            .field("hook", &self.hook())
            .field("package", &self.package())
            .field("clientid", &self.clientid())
            .field("handler", &self.handler())
            .finish_non_exhaustive()
    }
}
