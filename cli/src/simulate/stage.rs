//! [`Stage`]: what all who take part in a run share.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use exhook::testing::Broker;
use tokio::{
    sync::{Notify, watch},
    time::Instant,
};

use super::{
    ledger::SharedLedger,
    moment::{Event, Moment, Watch},
    voice::Voice,
};

/// What all share.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) broker: Broker,
    pub(super) ledger: SharedLedger,
    pub(super) voice: Voice,
    /// When the run began.
    pub(super) began: Instant,
    pub(super) seed: u64,
    pub(super) gate: Gate,
    pub(super) busy: Busy,
    /// Becomes true when all are to leave.
    pub(super) ending: watch::Receiver<bool>,
    pub(super) watch: Mutex<Watch>,
}

impl Stage {
    /// Writes down what is new about the providers.
    pub(super) fn look(&self) {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = watch.look(&self.broker);
        self.ledger.open().provider_losses += seen.losses;
        for event in seen.events {
            self.note(event);
        }
    }

    /// The same, with everything being new.
    pub(super) fn look_anew(&self) {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.forget();
        drop(watch);
        self.look();
    }

    /// Writes down and tells an event.
    pub(super) fn note(&self, event: Event) {
        self.voice.tell(|| event.to_string());
        let moment = Moment::new(self.began.elapsed(), event);
        self.ledger.open().note(moment);
    }
}

/// Opens when all have arrived who are waited for.
#[derive(Debug)]
pub(super) struct Gate {
    missing: AtomicUsize,
    is_open: watch::Sender<bool>,
}

impl Gate {
    pub(super) fn new(missing: usize) -> Self {
        Self {
            missing: AtomicUsize::new(missing),
            is_open: watch::Sender::new(missing == 0),
        }
    }

    /// Says that one of those has arrived who are waited for.
    pub(super) fn arrive(&self) {
        if self.missing.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.is_open.send_replace(true);
        }
    }

    pub(super) async fn opened(&self) {
        // It cannot be closed while somebody waits.
        let _ = self.is_open.subscribe().wait_for(|is_open| *is_open).await;
    }
}

/// How many have something left to do.
#[derive(Clone, Debug, Default)]
pub(super) struct Busy(Arc<(AtomicUsize, Notify)>);

/// Held by one who has something left to do.
#[derive(Debug)]
pub(super) struct BusyGuard(Busy);

impl Busy {
    pub(super) fn hold(&self) -> BusyGuard {
        self.0.0.fetch_add(1, Ordering::Relaxed);
        BusyGuard(self.clone())
    }

    /// Waits until nobody has anything left to do.
    pub(super) async fn ended(&self) {
        let (number, changed) = &*self.0;
        while number.load(Ordering::Relaxed) > 0 {
            changed.notified().await;
        }
    }
}

impl Drop for BusyGuard {
    fn drop(&mut self) {
        let (number, changed) = &*self.0.0;
        if number.fetch_sub(1, Ordering::Relaxed) == 1 {
            changed.notify_one();
        }
    }
}
