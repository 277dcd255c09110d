//! [`Lanes`]: the event loops among which the clients of a server are spread.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Arc, PoisonError, RwLock},
    thread::ThreadId,
};

use exhook::{Call, Failure, Handler};

use crate::queue::Queue;

/// One lane for each thread of JavaScript that serves. A client always has the same lane, as long
/// as no thread joins or leaves.
#[derive(Default)]
pub(crate) struct Lanes {
    lanes: RwLock<Vec<(ThreadId, Arc<Queue>)>>,
}

impl Lanes {
    /// Adds the queue of a thread.
    pub(crate) fn join(&self, thread: ThreadId, queue: Arc<Queue>) {
        let mut lanes = self.lanes.write().unwrap_or_else(PoisonError::into_inner);
        lanes.push((thread, queue));
    }

    /// Removes a queue: no call goes there any more.
    pub(crate) fn leave(&self, queue: &Arc<Queue>) {
        let mut lanes = self.lanes.write().unwrap_or_else(PoisonError::into_inner);
        lanes.retain(|(_, other)| !Arc::ptr_eq(other, queue));
    }

    /// Whether a queue of this thread is among them.
    pub(crate) fn include(&self, thread: ThreadId) -> bool {
        let lanes = self.lanes.read().unwrap_or_else(PoisonError::into_inner);
        lanes.iter().any(|(other, _)| *other == thread)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        let lanes = self.lanes.read().unwrap_or_else(PoisonError::into_inner);
        lanes.len()
    }

    fn lane_of(&self, clientid: &str) -> Option<Arc<Queue>> {
        let lanes = self.lanes.read().unwrap_or_else(PoisonError::into_inner);
        let place = match lanes.len() {
            0 => return None,
            1 => 0,
            count => {
                let mut hasher = DefaultHasher::new();
                clientid.hash(&mut hasher);
                // The remainder is smaller than a length.
                usize::try_from(hasher.finish() % count as u64).unwrap_or_default()
            }
        };
        Some(Arc::clone(&lanes[place].1))
    }
}

impl Handler for Lanes {
    fn handle(&self, call: Call) {
        match self.lane_of(call.clientid()) {
            Some(queue) => queue.handle(call),
            None => call.fail(Failure::Unanswered),
        }
    }
}
