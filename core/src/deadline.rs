//! Waiting no longer than until a deadline.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::Poll,
    time::Instant,
};

use tokio::time::{Sleep, sleep_until};

/// What `future` becomes, or `None` when the deadline comes first.
///
/// Most futures here are ready when they are polled first. For those no timer is made, and none
/// takes up room in the futures around.
pub(crate) async fn before<F: Future>(deadline: Instant, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut timer: Option<Pin<Box<Sleep>>> = None;
    poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        timer
            .get_or_insert_with(|| Box::pin(sleep_until(deadline.into())))
            .as_mut()
            .poll(context)
            .map(|()| None)
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::{
        future::{pending, ready},
        time::Duration,
    };

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_future_that_is_ready_wins_even_when_the_deadline_has_passed() {
        let past = Instant::now();
        assert_eq!(before(past, ready(1)).await, Some(1));
        assert_eq!(
            before(past + Duration::from_secs(1), pending::<()>()).await,
            None
        );
    }
}
