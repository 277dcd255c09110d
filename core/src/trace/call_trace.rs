//! [`CallTrace`]: a call that is traced.

use std::{
    mem,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use super::{
    span::{Part, ServerPart, Span},
    tracer::Tracer,
};
use crate::{
    call::{Answered, Failure, HandlerId},
    decision::Cause,
    hook::Request,
    metrics::VERDICTS,
    package::Package,
};

/// Of a request that nobody waited for until its answer: its connection or stream ended.
const CANCELLED: &str = "cancelled";

/// A call that was chosen to be traced: who it is, and how far its handlers have come. Times are
/// nanoseconds after the arrival, plus one; 0 is none.
pub(crate) struct CallTrace {
    tracer: Arc<Tracer>,
    trace: u128,
    server_span: u64,
    arrived: Instant,
    /// Nanoseconds since 1970.
    arrived_at: u64,
    /// The span of the handler whose turn it is.
    turn: AtomicU64,
    /// When that handler began.
    began: AtomicU64,
    /// When the first handler began.
    first_began: AtomicU64,
}

impl CallTrace {
    pub(super) fn new(tracer: &Arc<Tracer>, arrived: Instant) -> Arc<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let arrived_at = now.unwrap_or_default().saturating_sub(arrived.elapsed());
        Arc::new(Self {
            tracer: Arc::clone(tracer),
            trace: fastrand::u128(1..),
            server_span: fastrand::u64(1..),
            arrived,
            arrived_at: nanoseconds(arrived_at),
            turn: AtomicU64::new(0),
            began: AtomicU64::new(0),
            first_began: AtomicU64::new(0),
        })
    }

    /// The call is handed to the next handler, which begins at once unless it says that it waits.
    pub(crate) fn begin(&self) {
        self.turn.store(fastrand::u64(1..), Ordering::Relaxed);
        self.start();
    }

    /// The handler has not begun yet.
    pub(crate) fn wait(&self) {
        let began = self.began.swap(0, Ordering::Relaxed);
        let first = &self.first_began;
        let _ = first.compare_exchange(began, 0, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// The handler begins now.
    pub(crate) fn start(&self) {
        let now = nanoseconds(self.arrived.elapsed()) + 1;
        self.began.store(now, Ordering::Relaxed);
        let first = &self.first_began;
        let _ = first.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// The handler has answered, or failed.
    pub(crate) fn end(&self, handler: HandlerId, failure: Option<Failure>) {
        let began = self.began.swap(0, Ordering::Relaxed);
        if began == 0 {
            return;
        }
        let waited = began - 1;
        self.tracer.send(Span {
            trace: self.trace,
            id: self.turn.load(Ordering::Relaxed),
            began: self.arrived_at + waited,
            ended: self.arrived_at + nanoseconds(self.arrived.elapsed()),
            part: Part::Handler {
                parent: self.server_span,
                handler,
                waited: Duration::from_nanos(waited),
                failure,
            },
        });
    }

    /// The span of the handler whose turn it is.
    pub(crate) fn traceparent(&self) -> String {
        let turn = self.turn.load(Ordering::Relaxed);
        format!("00-{:032x}-{turn:016x}-01", self.trace)
    }
}

/// The span of a call that is not answered yet; one that is dropped was cancelled.
pub(crate) struct ServerSpan {
    trace: Arc<CallTrace>,
    package: Package,
    request: Arc<Request>,
    is_over: bool,
}

impl ServerSpan {
    pub(super) fn new(trace: Arc<CallTrace>, package: Package, request: Arc<Request>) -> Self {
        Self {
            trace,
            package,
            request,
            is_over: false,
        }
    }

    pub(crate) fn trace(&self) -> &Arc<CallTrace> {
        &self.trace
    }

    /// The broker is told so.
    pub(crate) fn answered(mut self, answered: &Answered, took: Duration) {
        let cause = answered.cause;
        let waits = !matches!(cause, Cause::Early | Cause::Dropped | Cause::NoHandler);
        let began = self.trace.first_began.load(Ordering::Relaxed);
        let waited_and_ran = (waits && began > 0).then(|| {
            let waited = Duration::from_nanos(began - 1);
            (waited, took.saturating_sub(waited))
        });
        self.end(took, |part| {
            part.verdict = Some(VERDICTS[answered.answer.verdict()]);
            part.cause = cause.name();
            part.handler = answered.handler;
            part.is_error = matches!(cause, Cause::Fallback(_) | Cause::Dropped);
            part.waited_and_ran = waited_and_ran;
        });
    }

    fn end(&mut self, took: Duration, tell: impl FnOnce(&mut ServerPart)) {
        if mem::replace(&mut self.is_over, true) {
            return;
        }
        let (trace, request) = (&self.trace, &self.request);
        let mut part = Box::new(ServerPart {
            package: self.package,
            hook: request.hook(),
            clientid: request.clientid().to_owned(),
            topic: request.topic().map(str::to_owned),
            node: request.node().to_owned(),
            verdict: None,
            cause: CANCELLED,
            handler: None,
            is_error: false,
            waited_and_ran: None,
        });
        tell(&mut part);
        trace.tracer.send(Span {
            trace: trace.trace,
            id: trace.server_span,
            began: trace.arrived_at,
            ended: trace.arrived_at + nanoseconds(took),
            part: Part::Server(part),
        });
    }
}

impl Drop for ServerSpan {
    fn drop(&mut self) {
        let took = self.trace.arrived.elapsed();
        self.end(took, |_| {});
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
