//! [`Inbox`]: the queue between the core and one way of running user code.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{Handler, Wake, handler::MOST_SHADOWS, wake::ring_later};
use crate::{
    call::Call,
    sync::{Mutex, lock},
};

/// Calls that wait for a language to take them.
///
/// It wakes the language only when it becomes non-empty; whoever is woken takes until nothing is
/// left. How many calls can wait is bounded by `max_inflight` and `inbox_capacity` of the
/// configuration. Valued calls come before notifications and calls for shadow handlers, each kind in
/// the order of arrival; calls whose broker has given up waiting are let go.
pub struct Inbox {
    state: Mutex<State>,
    wake: Arc<dyn Wake>,
    most_shadows: usize,
}

#[derive(Default)]
struct State {
    valued: VecDeque<Call>,
    notifications: VecDeque<Call>,
    turn: u8,
}

/// After so many valued calls in a row one notification is handed out, so that a steady stream
/// of the former does not starve the latter.
const VALUED_IN_A_ROW: u8 = 15;

impl State {
    fn len(&self) -> usize {
        self.valued.len() + self.notifications.len()
    }

    fn next(&mut self) -> Option<Call> {
        let valued_turn = self.turn < VALUED_IN_A_ROW || self.notifications.is_empty();
        if valued_turn && let Some(call) = self.valued.pop_front() {
            self.turn = self.turn.saturating_add(1);
            return Some(call);
        }
        self.turn = 0;
        self.notifications.pop_front()
    }
}

impl Inbox {
    /// An empty inbox that calls `wake` whenever it becomes non-empty.
    pub fn new(wake: impl Wake) -> Arc<Self> {
        Self::with_shadows(wake, MOST_SHADOWS)
    }

    /// An inbox that shadow handlers have at most so many calls from at once.
    pub(super) fn with_shadows(wake: impl Wake, most_shadows: usize) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State::default()),
            wake: Arc::new(wake),
            most_shadows,
        })
    }

    /// Takes the next call.
    pub fn take(&self) -> Option<Call> {
        let mut unwanted = Vec::new();
        let taken = {
            let mut state = lock(&self.state);
            loop {
                match state.next() {
                    Some(call) if !call.is_wanted() => unwanted.push(call),
                    other => break other,
                }
            }
        };
        drop(unwanted);
        if let Some(call) = &taken {
            call.start();
        }
        taken
    }

    /// Takes at most `most` calls.
    pub fn drain(&self, most: usize) -> Vec<Call> {
        let drained: Vec<Call> = {
            let mut state = lock(&self.state);
            let count = state.len().min(most);
            (0..count).filter_map(|_| state.next()).collect()
        };
        let mut wanted = drained;
        wanted.retain(Call::is_wanted);
        for call in &wanted {
            call.start();
        }
        wanted
    }

    /// How many calls wait.
    pub fn len(&self) -> usize {
        lock(&self.state).len()
    }

    /// Whether no call waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How long the call that is handed out next has been here; `None` when the inbox is empty.
    pub fn oldest_wait(&self) -> Option<Duration> {
        let state = lock(&self.state);
        let arrived = |queue: &VecDeque<Call>| queue.front().map(Call::arrived);
        let oldest = match (arrived(&state.valued), arrived(&state.notifications)) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        oldest.map(|arrived| Instant::now().saturating_duration_since(arrived))
    }
}

impl Handler for Inbox {
    fn handle(&self, call: Call) {
        call.wait();
        let first = {
            let mut state = lock(&self.state);
            let queue = if call.hook().is_valued() && !call.is_shadow() {
                &mut state.valued
            } else {
                &mut state.notifications
            };
            queue.push_back(call);
            state.len() == 1
        };
        if first && !ring_later(&self.wake) {
            self.wake.wake();
        }
    }

    fn most_shadows(&self) -> usize {
        self.most_shadows
    }
}

#[cfg(all(test, exhook_loom))]
mod model {
    use loom::{
        sync::{Condvar, Mutex as LoomMutex},
        thread,
    };

    use super::*;
    use crate::{
        call::CallOrigin,
        dispatch::{Chain, Finish, HandlerOptions, Registry, WakeQueue},
        hook::{Hook, Request},
        metrics::Metrics,
        package::Package,
    };

    #[derive(Default)]
    struct Bell {
        rung: LoomMutex<bool>,
        changed: Condvar,
    }

    impl Bell {
        fn ring(&self) {
            *lock(&self.rung) = true;
            self.changed.notify_one();
        }

        fn wait(&self) {
            let mut rung = lock(&self.rung);
            while !*rung {
                rung = self.changed.wait(rung).expect("no thread panics");
            }
            *rung = false;
        }
    }

    fn call(hook: Hook, chain: &Arc<Chain>) -> Call {
        let origin = CallOrigin {
            package: Package::V3,
            hook,
            arrived: Instant::now(),
            deadline: None,
            wakes: Arc::new(WakeQueue::default()),
            metrics: Arc::clone(Metrics::new().hook(Package::V3, hook)),
            chain: Arc::clone(chain),
            finish: Finish::Nothing,
            trace: None,
        };
        Call::new(origin, 0, Arc::new(Request::empty(hook))).0
    }

    #[test]
    fn whoever_takes_until_nothing_is_left_after_each_ring_gets_every_call() {
        loom::model(|| {
            let bell = Arc::new(Bell::default());
            let inbox = {
                let bell = Arc::clone(&bell);
                Inbox::new(move || bell.ring())
            };
            let mut registry = Registry::new();
            let options = HandlerOptions::default();
            let hook = Hook::ClientAuthenticate;
            registry
                .register(hook, options, Arc::new(drop::<Call>))
                .expect("valid options");
            let chain = Arc::clone(&registry.into_chains()[hook as usize]);
            let pushers: Vec<_> = (0..2)
                .map(|_| {
                    let (inbox, chain) = (Arc::clone(&inbox), Arc::clone(&chain));
                    thread::spawn(move || inbox.handle(call(hook, &chain)))
                })
                .collect();
            let mut taken = 0;
            while taken < 2 {
                // Hangs, which loom reports, if a ring is missing.
                bell.wait();
                while let Some(call) = inbox.take() {
                    taken += 1;
                    let _ = call.reply(crate::Verdict::Allow);
                }
            }
            for pusher in pushers {
                pusher.join().expect("a pusher does not panic");
            }
        });
    }
}
