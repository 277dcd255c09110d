//! [`Kept`]: what a program gets views of, for as long as the one lives who has it.

use std::sync::{Arc, Mutex, PoisonError};

/// Objects that stay where they are until all of them go.
pub(crate) struct Kept<T>(Mutex<Vec<Arc<T>>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Kept<T> {
    /// Keeps one more; the pointer is good as long as `self`.
    pub(crate) fn keep(&self, object: T) -> *const T {
        let object = Arc::new(object);
        let pointer = Arc::as_ptr(&object);
        self.with(|objects| objects.push(object));
        pointer
    }

    /// The object in this place, after those that are new were added.
    pub(crate) fn at(&self, place: usize, all: impl Iterator<Item = T>) -> Option<*const T> {
        self.with(|objects| {
            let known = objects.len();
            objects.extend(all.skip(known).map(Arc::new));
            objects.get(place).map(Arc::as_ptr)
        })
    }

    /// The first object that fits, or else a new one.
    pub(crate) fn find(&self, fits: impl Fn(&T) -> bool, make: impl FnOnce() -> T) -> *const T {
        self.with(|objects| {
            if let Some(found) = objects.iter().find(|object| fits(object)) {
                return Arc::as_ptr(found);
            }
            let object = Arc::new(make());
            let pointer = Arc::as_ptr(&object);
            objects.push(object);
            pointer
        })
    }

    fn with<R>(&self, act: impl FnOnce(&mut Vec<Arc<T>>) -> R) -> R {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
