//! [`Caller`]: makes the calls of one connection.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::poll_fn,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Instant,
};

use bytes::Bytes;
use exhook::testing::{Answered, CallOutcome, Pipeline, Understood};

use super::{
    measured::{Measured, Verdict},
    plan::{Phase, Plan},
};

/// Calls that have become due, for one connection.
#[derive(Debug, Default)]
pub(super) struct DueCalls {
    calls: RefCell<VecDeque<(usize, Instant)>>,
    finished: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl DueCalls {
    /// `client` counts among those of the connection.
    pub(super) fn push(&self, client: usize, due: Instant) {
        self.calls.borrow_mut().push_back((client, due));
        self.wake();
    }

    /// No further calls come.
    pub(super) fn finish(&self) {
        self.finished.set(true);
        self.wake();
    }

    fn wake(&self) {
        if let Some(waker) = self.waker.borrow_mut().take() {
            waker.wake();
        }
    }
}

/// Where the calls of a connection come from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// Each answer makes room for the next call.
    Closed { phase: Arc<Phase>, streams: usize },
    /// The clock.
    Open(Rc<DueCalls>),
}

enum Next {
    Call { client: usize, due: Instant },
    NotNow,
    Never,
}

enum End {
    Over,
    Lost,
}

/// One connection and its clients.
pub(super) struct Caller {
    plan: Arc<Plan>,
    pipeline: Pipeline,
    requests: Vec<Bytes>,
    /// The last answer to each client that a broker can use, and the name of its verdict.
    known: Vec<Option<(CallOutcome, &'static str)>>,
    /// The clients of a closed loop without a call under way.
    free: VecDeque<usize>,
}

impl Caller {
    pub(super) async fn open(plan: Arc<Plan>, number: usize) -> Result<Self, String> {
        let requests = plan.connections[number].clone();
        Ok(Self {
            pipeline: open(&plan).await?,
            known: vec![None; requests.len()],
            free: (0..requests.len()).collect(),
            requests,
            plan,
        })
    }

    /// Makes the calls until there are no more, and waits for their ends. The error says why no
    /// more can be made.
    pub(super) async fn run(
        &mut self,
        source: &Source,
        measured: &RefCell<Measured>,
    ) -> Result<(), String> {
        loop {
            match poll_fn(|context| self.poll_run(context, source, measured)).await {
                End::Over => return Ok(()),
                End::Lost => {
                    self.pipeline = open(&self.plan).await?;
                    measured.borrow_mut().reconnects += 1;
                }
            }
        }
    }

    fn poll_run(
        &mut self,
        context: &mut Context<'_>,
        source: &Source,
        measured: &RefCell<Measured>,
    ) -> Poll<End> {
        let mut measured = measured.borrow_mut();
        loop {
            let over = self.push_calls(context, source, &mut measured);
            if self.pipeline.unanswered() == 0 {
                if over {
                    return Poll::Ready(End::Over);
                }
                if !self.pipeline.is_open() {
                    return Poll::Ready(End::Lost);
                }
            }
            match self.pipeline.poll_answered(context) {
                Poll::Ready(Some(answered)) => self.record(answered, &mut measured),
                Poll::Ready(None) => {}
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// Pushes what may be pushed now; whether that was all for ever.
    fn push_calls(
        &mut self,
        context: &mut Context<'_>,
        source: &Source,
        measured: &mut Measured,
    ) -> bool {
        while self.pipeline.is_open() {
            match self.next(context, source) {
                Next::Call { client, due } => {
                    let now = match source {
                        Source::Closed { .. } => due,
                        Source::Open(_) => {
                            let now = Instant::now();
                            measured.lateness.record(now.saturating_duration_since(due));
                            now
                        }
                    };
                    measured.begin();
                    let request = self.requests[client].clone();
                    self.pipeline.push(client, request, due, now);
                }
                Next::NotNow => return false,
                Next::Never => return true,
            }
        }
        false
    }

    fn next(&mut self, context: &mut Context<'_>, source: &Source) -> Next {
        match source {
            Source::Closed { phase, streams } => {
                if self.pipeline.unanswered() >= *streams {
                    return Next::NotNow;
                }
                let due = Instant::now();
                if !phase.take(due) {
                    return Next::Never;
                }
                let client = self.free.pop_front().expect("more clients than streams");
                Next::Call { client, due }
            }
            Source::Open(calls) => {
                if let Some((client, due)) = calls.calls.borrow_mut().pop_front() {
                    Next::Call { client, due }
                } else if calls.finished.get() {
                    Next::Never
                } else {
                    *calls.waker.borrow_mut() = Some(context.waker().clone());
                    Next::NotNow
                }
            }
        }
    }

    fn record(&mut self, answered: Answered, measured: &mut Measured) {
        if self.plan.is_closed() {
            self.free.push_back(answered.token);
        }
        let mut outcome = answered.outcome;
        let latency = std::mem::take(&mut outcome.elapsed);
        let verdict = self.understand(answered.token, outcome);
        measured.end(verdict, latency, answered.due + latency);
    }

    /// What a broker makes of an answer. The calls of a client are all alike, and mostly the
    /// answers are: what is the same as before is not read again.
    fn understand(&mut self, client: usize, outcome: CallOutcome) -> Verdict {
        let known = &mut self.known[client];
        if let Some((before, name)) = known
            && *before == outcome
        {
            return Ok(name);
        }
        let name = match self.plan.broker.understand(self.plan.shape.hook, &outcome) {
            Understood::Illegal(reason) => return Err(reason),
            legal => legal.name(),
        };
        *known = Some((outcome, name));
        Ok(name)
    }
}

async fn open(plan: &Plan) -> Result<Pipeline, String> {
    let shape = &plan.shape;
    Pipeline::open(&plan.to, shape.package, shape.hook, plan.timeout)
        .await
        .map_err(|error| plan.to.cannot_connect(&error))
}
