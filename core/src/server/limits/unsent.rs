//! [`UnsentWatch`]: notices a peer that lets answers pile up.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep};

use super::memory::{Memory, Reservation};

/// What is not worth watching: less than a socket's own buffers hold.
const UNWATCHED_BYTES: usize = 256 * 1024;

/// How much is held for a peer: behind windows that it does not open, and behind a socket that it does
/// not read.
#[derive(Clone, Copy)]
pub(crate) struct Unsent {
    pub(crate) bytes: usize,
    /// What the peer has taken since the beginning.
    pub(crate) taken: u64,
}

/// Watches what is held for one peer.
pub(crate) struct UnsentWatch {
    reservation: Reservation,
    most: usize,
    patience: Duration,
    watching: Option<Watching>,
}

struct Watching {
    taken_before: u64,
    timer: Pin<Box<Sleep>>,
}

impl UnsentWatch {
    /// A peer that takes next to nothing for as long as `patience` is given up, and so is one for
    /// whose answers there is not enough `memory`, or which would take more than half of it.
    pub(crate) fn new(memory: &Memory, patience: Duration) -> Self {
        Self {
            reservation: memory.reserve(),
            most: memory.most() / 2,
            patience,
            watching: None,
        }
    }

    /// Ready when the peer is to be given up.
    pub(crate) fn poll_given_up(&mut self, unsent: Unsent, context: &mut Context<'_>) -> Poll<()> {
        if unsent.bytes <= UNWATCHED_BYTES {
            if self.watching.take().is_some() {
                self.reservation.resize(0);
            }
            return Poll::Pending;
        }
        if unsent.bytes > self.most || !self.reservation.resize(unsent.bytes) {
            return Poll::Ready(());
        }
        let patience = self.patience;
        let watching = self.watching.get_or_insert_with(|| Watching {
            taken_before: unsent.taken,
            timer: Box::pin(sleep(patience)),
        });
        while watching.timer.as_mut().poll(context).is_ready() {
            if unsent.taken - watching.taken_before < UNWATCHED_BYTES as u64 {
                return Poll::Ready(());
            }
            watching.taken_before = unsent.taken;
            watching.timer.as_mut().reset(Instant::now() + patience);
        }
        Poll::Pending
    }
}

#[cfg(all(test, not(exhook_loom)))]
mod tests {
    use std::future::poll_fn;

    use tokio::time::timeout;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);
    const SOME: usize = UNWATCHED_BYTES;

    async fn given_up(
        watch: &mut UnsentWatch,
        (bytes, taken): (usize, usize),
        within: Duration,
    ) -> bool {
        let taken = taken as u64;
        let given_up = poll_fn(|context| watch.poll_given_up(Unsent { bytes, taken }, context));
        timeout(within, given_up).await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_given_up_and_who_takes_something_is_not() {
        let mut watch = UnsentWatch::new(&Memory::new(1 << 30), PATIENCE);
        for step in 0..5 {
            assert!(!given_up(&mut watch, (2 * SOME, step * SOME), PATIENCE * 2 / 3).await);
        }
        assert!(given_up(&mut watch, (2 * SOME, 4 * SOME), PATIENCE * 2).await);
        assert!(!given_up(&mut watch, (0, 6 * SOME), PATIENCE * 2).await);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_gets_more_than_half_of_the_memory_or_what_others_have() {
        let memory = Memory::new(8 * SOME);
        let mut watch = UnsentWatch::new(&memory, PATIENCE);
        assert!(!given_up(&mut watch, (4 * SOME, 0), PATIENCE / 2).await);
        let mut other = memory.reserve();
        assert!(!other.resize(5 * SOME), "it is reserved");
        assert!(given_up(&mut watch, (4 * SOME + 1, 0), PATIENCE / 2).await);
        assert!(!given_up(&mut watch, (SOME, 0), PATIENCE / 2).await);
        assert!(other.resize(7 * SOME), "it has come back");
        assert!(given_up(&mut watch, (2 * SOME, 0), PATIENCE / 2).await);
    }
}
