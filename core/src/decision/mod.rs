//! What brokers were told, and why: one [`Decision`] for each answered call, for whoever observes.

mod entry;
mod log;
mod record;

pub(crate) use log::DecisionLog;
pub(crate) use record::{Cause, Decision, Observer};
