//! [`Handler`]: where a call goes; the one trait between core and user code.

use crate::call::Call;

/// How many calls a shadow handler is handed unless it says otherwise.
pub(super) const MOST_SHADOWS: usize = 1_024;

/// Takes calls: an [`Inbox`](crate::Inbox) that a language drains, or a closure that runs at once.
///
/// `handle` runs on an I/O thread of the server, or on the thread that answered the handler
/// before it in a chain. It must return quickly and may keep the call to answer it later.
pub trait Handler: Send + Sync + 'static {
    /// Takes over `call`.
    fn handle(&self, call: Call);

    /// How many calls it is handed as a shadow handler before it has answered some, so that they do
    /// not use up what real calls need, such as threads.
    fn most_shadows(&self) -> usize {
        MOST_SHADOWS
    }
}

impl<F> Handler for F
where
    F: Fn(Call) + Send + Sync + 'static,
{
    fn handle(&self, call: Call) {
        self(call);
    }
}
