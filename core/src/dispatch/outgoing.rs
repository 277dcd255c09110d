//! [`Outgoing`]: a call on its way to user code, and [`Waiting`] for its answer.

use std::{
    future::poll_fn,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use super::{Finish, lanes::Lanes};
use crate::{
    call::{Answer, Answered, Call, CallOrigin, CallShared, Failure},
    deadline::Deadlines,
    decision::Cause,
    hook::Request,
};

/// Counts a running call for as long as it lives.
pub(super) struct Running(Arc<AtomicUsize>);

impl Running {
    /// Counts one more, unless there are `most` already.
    pub(super) fn enter(count: &Arc<AtomicUsize>, most: usize) -> Option<Self> {
        let running = Self(Arc::clone(count));
        (count.fetch_add(1, Ordering::Relaxed) < most).then_some(running)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A call that is about to be handed over.
pub(super) struct Outgoing {
    pub(super) running: Running,
    pub(super) origin: CallOrigin,
    pub(super) position: usize,
    pub(super) request: Arc<Request>,
    /// When the broker is answered at the latest, or the call is given up for want of room.
    pub(super) deadline: Instant,
}

impl Outgoing {
    /// Whether the call takes room among the notifications that are answered already.
    pub(super) fn takes_room(&self) -> bool {
        matches!(
            self.origin.finish,
            Finish::Lane {
                took_room: true,
                ..
            }
        )
    }

    /// Hands the call over; the answer, where it is there at once.
    pub(super) fn hand_over(self, lanes: &Lanes) -> Result<Answered, Waiting> {
        let waits = self.origin.deadline.is_some();
        let hook = self.origin.hook;
        let lane = match self.origin.finish {
            Finish::Nothing | Finish::Shadow(_) => None,
            Finish::Lane { lane, .. } => Some(lane),
        };
        let (call, shared) = Call::new(self.origin, self.position, self.request);
        match lane {
            Some(lane) => lanes.submit(lane, call),
            None => call.hand_over(),
        }
        if !waits {
            return Ok(Answer::neutral(hook).because(Cause::Early, None));
        }
        shared.slot.take().ok_or(Waiting {
            shared,
            deadline: self.deadline,
            _running: self.running,
        })
    }
}

/// Waits for the answer of a call; when dropped, nobody wants it any more.
pub(super) struct Waiting {
    shared: Arc<CallShared>,
    deadline: Instant,
    _running: Running,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.shared.slot.close();
    }
}

impl Waiting {
    /// The answer of user code, or at the deadline the fallback.
    pub(super) async fn answer(self, deadlines: &Deadlines) -> Answered {
        let slot = &self.shared.slot;
        let answer = poll_fn(|context| slot.poll_take(context));
        if let Some(answer) = deadlines.before(self.deadline, answer).await {
            return answer;
        }
        // It may have come at the last moment.
        if let Some(answer) = slot.close() {
            return answer;
        }
        self.shared.origin.metrics.fell_back(Failure::Deadline);
        self.shared.fallback_answer(Failure::Deadline)
    }
}
