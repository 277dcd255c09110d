//! [`Lanes`]: notifications of one client run one after another, in the order they came.

use std::{
    cell::RefCell,
    collections::VecDeque,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use tokio::sync::Semaphore;

use super::Turn;
use crate::{
    call::Call,
    sync::{Mutex, lock},
};

/// Clients share a lane only by the accident of their hash, and then merely wait for each other.
const LANES: usize = 1024;

/// The ordered queues of notifications, and the room that is left in all of them together.
pub(crate) struct Lanes {
    queues: Vec<Mutex<Lane>>,
    pub(crate) room: Semaphore,
    capacity: usize,
}

#[derive(Default)]
struct Lane {
    busy: bool,
    waiting: VecDeque<Call>,
}

/// What happens once a call is settled.
#[derive(Clone)]
pub(crate) enum Finish {
    /// Nothing: valued calls have no lane.
    Nothing,
    /// The next notification of the lane runs.
    Lane {
        lanes: Arc<Lanes>,
        lane: usize,
        /// Whether the call took room that is given back.
        took_room: bool,
    },
    /// The verdict of a shadow handler is compared.
    Shadow(Arc<Turn>),
}

impl Finish {
    pub(crate) fn run(&self) {
        if let Finish::Lane {
            lanes,
            lane,
            took_room,
        } = self
        {
            if *took_room {
                lanes.room.add_permits(1);
            }
            if let Some(next) = lanes.release(*lane) {
                hand_over(next);
            }
        }
    }
}

impl Lanes {
    pub(crate) fn new(capacity: usize) -> Arc<Self> {
        let capacity = capacity.min(Semaphore::MAX_PERMITS);
        Arc::new(Self {
            queues: (0..LANES).map(|_| Mutex::new(Lane::default())).collect(),
            room: Semaphore::new(capacity),
            capacity,
        })
    }

    /// How many notifications have taken room that they have not given back.
    pub(crate) fn used(&self) -> usize {
        self.capacity - self.room.available_permits()
    }

    /// The lane of this client.
    pub(crate) fn of(clientid: &str) -> usize {
        let mut hasher = DefaultHasher::new();
        clientid.hash(&mut hasher);
        usize::try_from(hasher.finish() % LANES as u64).expect("smaller than LANES")
    }

    /// Runs `call` when its lane is free, else after those that came before it.
    pub(crate) fn submit(&self, lane: usize, call: Call) {
        {
            let mut lane = lock(&self.queues[lane]);
            if lane.busy {
                lane.waiting.push_back(call);
                return;
            }
            lane.busy = true;
        }
        hand_over(call);
    }

    fn release(&self, lane: usize) -> Option<Call> {
        let mut lane = lock(&self.queues[lane]);
        let next = lane.waiting.pop_front();
        lane.busy = next.is_some();
        next
    }
}

thread_local! {
    static HANDING_OVER: RefCell<Option<VecDeque<Call>>> = const { RefCell::new(None) };
}

/// Hands `call` over. Handlers that run at once settle their call inside, which frees the lane
/// for the next call; a loop instead of recursion keeps the stack flat.
fn hand_over(call: Call) {
    let mine = HANDING_OVER.with_borrow_mut(|queue| match queue {
        Some(queue) => {
            queue.push_back(call);
            None
        }
        None => {
            *queue = Some(VecDeque::new());
            Some(call)
        }
    });
    let Some(mut call) = mine else { return };
    loop {
        call.hand_over();
        let next = HANDING_OVER.with_borrow_mut(|queue| {
            let next = queue.as_mut().and_then(VecDeque::pop_front);
            if next.is_none() {
                *queue = None;
            }
            next
        });
        match next {
            Some(next) => call = next,
            None => return,
        }
    }
}
