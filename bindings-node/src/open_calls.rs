//! [`OpenCalls`]: the calls that JavaScript has and will answer, by number.

use exhook::Call;

/// Calls in numbered places; a place is used again once its call has been taken.
#[derive(Default)]
pub(crate) struct OpenCalls {
    places: Vec<Option<Call>>,
    free: Vec<u32>,
}

impl OpenCalls {
    /// The number that the next call will have.
    pub(crate) fn next_id(&self) -> u32 {
        let new = u32::try_from(self.places.len()).expect("fewer calls are open than have room");
        self.free.last().copied().unwrap_or(new)
    }

    /// Puts a call into the place that `next_id` said.
    pub(crate) fn insert(&mut self, call: Call) {
        match self.free.pop() {
            Some(id) => self.places[id as usize] = Some(call),
            None => self.places.push(Some(call)),
        }
    }

    /// Takes the call with this number; `None` when it has been answered already.
    pub(crate) fn take(&mut self, id: u32) -> Option<Call> {
        let call = self.places.get_mut(id as usize)?.take()?;
        self.free.push(id);
        Some(call)
    }

    /// Whether every call has been answered.
    pub(crate) fn is_empty(&self) -> bool {
        self.places.len() == self.free.len()
    }
}
