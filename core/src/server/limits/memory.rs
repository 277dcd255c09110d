//! [`Memory`]: how much requests that are arriving, and answers that nobody takes, may keep.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// What all connections of a server may keep together.
#[derive(Clone)]
pub(crate) struct Memory {
    most: usize,
    used: Arc<AtomicUsize>,
}

/// A part of it, given back when it is dropped.
pub(crate) struct Reservation {
    memory: Memory,
    bytes: usize,
}

impl Memory {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            used: Arc::default(),
        }
    }

    /// How many bytes there are in all.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// Nothing yet.
    pub(crate) fn reserve(&self) -> Reservation {
        Reservation {
            memory: self.clone(),
            bytes: 0,
        }
    }
}

impl Reservation {
    /// Makes this a reservation of `bytes`, if there are as many; otherwise it stays as it is.
    pub(crate) fn resize(&mut self, bytes: usize) -> bool {
        let used = &self.memory.used;
        if let Some(more) = bytes.checked_sub(self.bytes) {
            let before = used.fetch_add(more, Ordering::Relaxed);
            if before.saturating_add(more) > self.memory.most {
                used.fetch_sub(more, Ordering::Relaxed);
                return false;
            }
        } else {
            used.fetch_sub(self.bytes - bytes, Ordering::Relaxed);
        }
        self.bytes = bytes;
        true
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.memory.used.fetch_sub(self.bytes, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_up_is_refused_and_comes_back() {
        let memory = Memory::new(100);
        let [mut one, mut other] = [memory.reserve(), memory.reserve()];
        assert!(one.resize(60));
        assert!(other.resize(40));
        assert!(!other.resize(41));
        assert!(one.resize(59));
        assert!(other.resize(41));
        drop((one, other));
        assert_eq!(memory.used.load(Ordering::Relaxed), 0);
    }
}
