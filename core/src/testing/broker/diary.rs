//! [`Diary`]: the calls that a broker made, for whoever asks for them.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::HookCall;
use crate::sync::{Mutex, lock};

/// Every call of a broker.
#[derive(Debug)]
pub(super) struct Diary {
    next: AtomicU64,
    /// `None` where they are not kept.
    kept: Option<Mutex<Vec<HookCall>>>,
    observer: Option<Observer>,
}

/// Whoever is told of each call.
#[derive(Clone)]
pub(super) struct Observer(Arc<dyn Fn(&HookCall) + Send + Sync>);

impl Observer {
    pub(super) fn new(tell: impl Fn(&HookCall) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Observer")
    }
}

/// The calls of one operation of a client, those for others included that follow from it.
#[derive(Clone, Debug, Default)]
pub(super) struct Trace {
    calls: Arc<Mutex<Vec<HookCall>>>,
}

impl Diary {
    pub(super) fn new(keeps: bool, observer: Option<Observer>) -> Self {
        Self {
            next: AtomicU64::new(0),
            kept: keeps.then(Mutex::default),
            observer,
        }
    }

    /// Writes down a call, which gets its number.
    pub(super) fn write(&self, trace: &Trace, mut call: HookCall) {
        call.number = self.next.fetch_add(1, Ordering::Relaxed);
        if let Some(Observer(tell)) = &self.observer {
            tell(&call);
        }
        if let Some(kept) = &self.kept {
            lock(kept).push(call.clone());
        }
        lock(&trace.calls).push(call);
    }

    /// All calls so far, in the order in which they ended.
    pub(super) fn calls(&self) -> Vec<HookCall> {
        let mut calls = self
            .kept
            .as_ref()
            .map(|kept| lock(kept).clone())
            .unwrap_or_default();
        calls.sort_by_key(|call| call.number);
        calls
    }

    /// Forgets what was written so far.
    pub(super) fn clear(&self) {
        if let Some(kept) = &self.kept {
            lock(kept).clear();
        }
    }
}

impl Trace {
    /// The calls so far.
    pub(super) fn take(&self) -> Vec<HookCall> {
        let mut calls = std::mem::take(&mut *lock(&self.calls));
        calls.sort_by_key(|call| call.number);
        calls
    }
}
