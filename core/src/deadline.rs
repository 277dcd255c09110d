//! Waiting no longer than until a deadline, without a timer for each wait.

use std::{
    cell::Cell,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    rc::Rc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use tokio::time::{Sleep, sleep_until};

/// How much of a broker's timeout can be used: a tenth, but at most half a second, is left for the
/// answer to arrive.
pub(crate) fn usable(grpc_timeout: Duration) -> Duration {
    grpc_timeout.saturating_sub((grpc_timeout / 10).min(Duration::from_millis(500)))
}

/// The deadlines of everything that is waited for on one connection.
///
/// Calls come by the hundred thousand in a second, and nearly all are answered in time. So one
/// timer serves them all: it is set to the earliest deadline that was asked for, and when it goes
/// off everything that still waits looks at its own deadline and asks again.
#[derive(Clone, Default)]
pub(crate) struct Deadlines {
    shared: Rc<Shared>,
}

#[derive(Default)]
struct Shared {
    earliest: Cell<Option<Instant>>,
    /// The time, while everything that waits looks at its deadline.
    looking: Cell<Option<Instant>>,
}

impl Deadlines {
    /// What `future` becomes, or `None` when the deadline comes first.
    pub(crate) async fn before<F: Future>(
        &self,
        deadline: Instant,
        future: F,
    ) -> Option<F::Output> {
        let mut future = pin!(future);
        poll_fn(|context| {
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                return Poll::Ready(Some(output));
            }
            let looking = self.shared.looking.get();
            if looking.is_some_and(|now| now >= deadline) {
                return Poll::Ready(None);
            }
            self.ask(deadline);
            Poll::Pending
        })
        .await
    }

    /// Has everything that waits polled when this deadline comes, or before.
    pub(crate) fn ask(&self, deadline: Instant) {
        let earliest = &self.shared.earliest;
        if earliest.get().is_none_or(|earliest| deadline < earliest) {
            earliest.set(Some(deadline));
        }
    }
}

/// The timer of [`Deadlines`], for whoever polls what waits.
#[derive(Default)]
pub(crate) struct DeadlineTimer {
    deadlines: Deadlines,
    timer: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl DeadlineTimer {
    /// The deadlines that this timer serves.
    pub(crate) fn deadlines(&self) -> &Deadlines {
        &self.deadlines
    }

    /// Ready when the earliest deadline has come: everything that waits is to be polled, inside
    /// [`look`](Self::look). To be polled again after that.
    pub(crate) fn poll_due(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(earliest) = self.deadlines.shared.earliest.get() else {
            return Poll::Pending;
        };
        match &mut self.timer {
            Some((set_to, timer)) => {
                if earliest < *set_to {
                    *set_to = earliest;
                    timer.as_mut().reset(earliest.into());
                }
            }
            None => self.timer = Some((earliest, Box::pin(sleep_until(earliest.into())))),
        }
        let due = self
            .timer
            .as_mut()
            .map_or(Poll::Pending, |(_, timer)| timer.as_mut().poll(context));
        if due.is_ready() {
            self.timer = None;
            self.deadlines.shared.earliest.set(None);
        }
        due
    }

    /// While `poll` runs, what waits compares its deadline with the time.
    pub(crate) fn look<R>(&self, poll: impl FnOnce() -> R) -> R {
        // tokio's clock, because it is the one that set the timer.
        let now = tokio::time::Instant::now().into_std();
        self.deadlines.shared.looking.set(Some(now));
        let polled = poll();
        self.deadlines.shared.looking.set(None);
        polled
    }
}

/// `future` with the deadlines inside it served, as a connection serves those of its requests.
#[cfg(all(test, not(exhook_loom)))]
pub(crate) async fn served<F: Future>(
    mut timer: DeadlineTimer,
    future: impl FnOnce(Deadlines) -> F,
) -> F::Output {
    let mut future = pin!(future(timer.deadlines().clone()));
    poll_fn(|context| {
        let mut polled = future.as_mut().poll(context);
        while polled.is_pending() && timer.poll_due(context).is_ready() {
            polled = timer.look(|| future.as_mut().poll(context));
        }
        polled
    })
    .await
}

#[cfg(all(test, not(exhook_loom)))]
mod tests {
    use std::{
        future::{pending, ready},
        time::Duration,
    };

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_future_that_is_ready_wins_even_when_the_deadline_has_passed() {
        let past = Instant::now();
        let won = served(DeadlineTimer::default(), async |deadlines| {
            deadlines.before(past, ready(1)).await
        });
        assert_eq!(won.await, Some(1));
    }

    #[tokio::test(start_paused = true)]
    async fn each_wait_ends_at_its_own_deadline() {
        let begun = tokio::time::Instant::now();
        let after = |seconds| (begun + Duration::from_secs(seconds)).into_std();
        let ended = served(DeadlineTimer::default(), async |deadlines| {
            let mut ended = Vec::new();
            for seconds in [3, 5, 4] {
                let output = deadlines.before(after(seconds), pending::<()>()).await;
                assert_eq!(output, None);
                ended.push(begun.elapsed().as_secs());
            }
            ended
        });
        assert_eq!(ended.await, [3, 5, 5]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_earlier_deadline_that_comes_later_is_kept_too() {
        let begun = tokio::time::Instant::now();
        let after = |seconds| (begun + Duration::from_secs(seconds)).into_std();
        served(DeadlineTimer::default(), async |deadlines| {
            let long = deadlines.before(after(10), pending::<()>());
            let short = async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                deadlines.before(after(2), pending::<()>()).await
            };
            tokio::select! {
                _ = long => panic!("the shorter one ends first"),
                ended = short => assert_eq!(ended, None),
            }
        })
        .await;
        assert_eq!(begun.elapsed().as_secs(), 2);
    }
}
