//! Logging: the crate logs through `tracing`, with targets below `exhook`.

mod queue;
mod seldom;

pub use queue::{LogLevel, LogQueue, LogRecord};
pub(crate) use seldom::Seldom;
