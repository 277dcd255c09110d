//! Logging: the crate logs through `tracing`, with targets below `exhook`.

mod queue;
mod record;
mod seldom;
mod subscriber;

pub use queue::{LogHold, LogQueue};
pub use record::{LogLevel, LogRecord};
pub(crate) use seldom::Seldom;
