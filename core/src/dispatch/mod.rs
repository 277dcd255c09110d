//! From a decoded request to user code, and what is answered when user code does not.

mod chain;
mod dispatcher;
mod handler;
mod inbox;
mod lanes;
mod outgoing;
mod policy;
mod pool;
mod registry;
mod shadow;
#[cfg(all(test, not(exhook_loom)))]
mod tests;
mod wake;
mod work_queue;

pub(crate) use chain::{Chain, ChainedHandler};
pub(crate) use dispatcher::{Arrival, Dispatcher};
pub use handler::Handler;
pub use inbox::Inbox;
pub(crate) use lanes::Finish;
pub use policy::{Ack, Fallback, HandlerOptions};
pub use registry::Registry;
pub(crate) use shadow::Turn;
pub(crate) use wake::WakeQueue;
pub use wake::{Burst, Wake};
pub use work_queue::WorkQueue;
