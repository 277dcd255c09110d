//! [`OpenCalls`]: the calls that JavaScript has and will answer, by number.

use exhook::Call;

struct OpenCall {
    call: Call,
    slab: u32,
}

/// Calls in numbered places; a place is used again once its call has been taken.
#[derive(Default)]
pub(crate) struct OpenCalls {
    places: Vec<Option<OpenCall>>,
    free: Vec<u32>,
}

impl OpenCalls {
    /// The number that the next call will have.
    pub(crate) fn next_id(&self) -> u32 {
        let new = u32::try_from(self.places.len()).expect("fewer calls are open than have room");
        self.free.last().copied().unwrap_or(new)
    }

    /// Puts a call that was written into this slab into the place that `next_id` said.
    pub(crate) fn insert(&mut self, call: Call, slab: u32) {
        let open = Some(OpenCall { call, slab });
        match self.free.pop() {
            Some(id) => self.places[id as usize] = open,
            None => self.places.push(open),
        }
    }

    /// Takes the call with this number; `None` when it has been answered already.
    pub(crate) fn take(&mut self, id: u32) -> Option<Call> {
        let OpenCall { call, .. } = self.places.get_mut(id as usize)?.take()?;
        self.free.push(id);
        Some(call)
    }

    /// Takes the calls that were written into this slab and have not been answered.
    pub(crate) fn take_slab(&mut self, slab: u32) -> Vec<Call> {
        let ids = (0..).zip(&self.places).filter_map(|(id, place)| {
            let is_there = place.as_ref().is_some_and(|open| open.slab == slab);
            is_there.then_some(id)
        });
        let ids: Vec<u32> = ids.collect();
        ids.into_iter().filter_map(|id| self.take(id)).collect()
    }

    /// Whether every call has been answered.
    pub(crate) fn is_empty(&self) -> bool {
        self.places.len() == self.free.len()
    }
}
