//! One hook request on its way to user code, and the answer on its way back.

#[expect(
    clippy::module_inception,
    reason = "the folder's main noun is the call itself"
)]
mod call;
mod message;
mod reply;
mod slot;

pub use call::{Call, HandlerId};
pub(crate) use call::{CallOrigin, CallShared};
pub(crate) use message::{ALLOW_PUBLISH, MAX_TOPIC_BYTES};
pub use message::{MessagePatch, MessageProblem};
pub(crate) use reply::{Answer, Answered};
pub use reply::{Failure, ReplyError, Verdict};
pub(crate) use slot::Slot;
