//! [`Unsent`]: answers of one connection that its peer does not take.

use std::{
    cell::Cell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::{Buf, Bytes};
use tokio::time::{Instant, Sleep, sleep};

use super::memory::{Memory, Reservation};

/// What h2 keeps for a response that it has not written, beside the message.
const RESPONSE_BYTES: usize = 2 * 1024;
/// What is not worth watching: less than a socket's own buffers hold.
const UNWATCHED_BYTES: usize = 256 * 1024;

/// How much h2 holds for a peer: behind windows that the peer does not open, and behind a socket
/// that it does not read.
#[derive(Default)]
pub(crate) struct Unsent {
    messages: Cell<usize>,
    /// Of responses since the socket last took everything.
    responses: Cell<usize>,
    /// What has left since the beginning.
    left: Cell<u64>,
}

impl Unsent {
    /// A message that counts as unsent until h2 lets go of it.
    pub(crate) fn message(self: &Rc<Self>, message: Bytes) -> Message {
        let size = message.len() + RESPONSE_BYTES;
        self.messages.set(self.messages.get() + size);
        Message {
            rest: message,
            size,
            unsent: Rc::clone(self),
        }
    }

    /// Counts a response without a message.
    pub(crate) fn add_response(&self) {
        self.responses.set(self.responses.get() + RESPONSE_BYTES);
    }

    /// The socket has taken what it was given.
    pub(crate) fn socket_took_all(&self) {
        let responses = self.responses.take();
        self.left.set(self.left.get() + responses as u64);
    }

    fn bytes(&self) -> usize {
        self.messages.get() + self.responses.get()
    }
}

/// The message of a response, on its way through h2.
pub(crate) struct Message {
    rest: Bytes,
    size: usize,
    unsent: Rc<Unsent>,
}

impl Buf for Message {
    fn remaining(&self) -> usize {
        self.rest.len()
    }

    fn chunk(&self) -> &[u8] {
        &self.rest
    }

    fn advance(&mut self, count: usize) {
        self.rest.advance(count);
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        let unsent = &self.unsent;
        unsent.messages.set(unsent.messages.get() - self.size);
        unsent.left.set(unsent.left.get() + self.size as u64);
    }
}

/// Notices a peer that lets answers pile up.
pub(crate) struct UnsentWatch {
    unsent: Rc<Unsent>,
    reservation: Reservation,
    most: usize,
    patience: Duration,
    watching: Option<Watching>,
}

struct Watching {
    left_before: u64,
    timer: Pin<Box<Sleep>>,
}

impl UnsentWatch {
    /// A peer that takes next to nothing for as long as `patience` is given up, and so is one for
    /// whose answers there is not enough `memory`, or which would take more than half of it.
    pub(crate) fn new(unsent: Rc<Unsent>, memory: &Memory, patience: Duration) -> Self {
        Self {
            unsent,
            reservation: memory.reserve(),
            most: memory.most() / 2,
            patience,
            watching: None,
        }
    }

    /// Ready when the peer is to be given up.
    pub(crate) fn poll_given_up(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let bytes = self.unsent.bytes();
        if bytes <= UNWATCHED_BYTES {
            if self.watching.take().is_some() {
                self.reservation.resize(0);
            }
            return Poll::Pending;
        }
        if bytes > self.most || !self.reservation.resize(bytes) {
            return Poll::Ready(());
        }
        let left = self.unsent.left.get();
        let patience = self.patience;
        let watching = self.watching.get_or_insert_with(|| Watching {
            left_before: left,
            timer: Box::pin(sleep(patience)),
        });
        while watching.timer.as_mut().poll(context).is_ready() {
            if left - watching.left_before < UNWATCHED_BYTES as u64 {
                return Poll::Ready(());
            }
            watching.left_before = left;
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

    fn watched(memory: usize) -> (Rc<Unsent>, UnsentWatch) {
        let unsent = Rc::<Unsent>::default();
        let watch = UnsentWatch::new(Rc::clone(&unsent), &Memory::new(memory), PATIENCE);
        (unsent, watch)
    }

    async fn given_up(watch: &mut UnsentWatch, within: Duration) -> bool {
        let given_up = poll_fn(|context| watch.poll_given_up(context));
        timeout(within, given_up).await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_given_up_and_who_takes_something_is_not() {
        let (unsent, mut watch) = watched(1 << 30);
        let message = || unsent.message(Bytes::from(vec![0; UNWATCHED_BYTES]));
        let mut messages = vec![message()];
        for _ in 0..5 {
            messages.push(message());
            assert!(!given_up(&mut watch, PATIENCE * 2 / 3).await);
            messages.remove(0);
        }
        messages.push(message());
        assert!(given_up(&mut watch, PATIENCE * 2).await);
        messages.clear();
        assert_eq!(unsent.bytes(), 0);
        assert!(!given_up(&mut watch, PATIENCE * 2).await);
    }

    #[tokio::test(start_paused = true)]
    async fn responses_without_messages_count_while_the_socket_is_full() {
        let (unsent, mut watch) = watched(4 * UNWATCHED_BYTES);
        for _ in 0..2 * UNWATCHED_BYTES / RESPONSE_BYTES {
            unsent.add_response();
        }
        assert!(!given_up(&mut watch, PATIENCE / 2).await);
        unsent.add_response();
        assert!(given_up(&mut watch, PATIENCE / 2).await, "half of it all");
        unsent.socket_took_all();
        assert!(!given_up(&mut watch, PATIENCE / 2).await);
    }
}
