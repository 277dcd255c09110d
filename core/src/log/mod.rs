//! Logging: the crate logs through `tracing`, with targets below `exhook`.

mod queue;
mod record;
mod seldom;
mod subscriber;

pub use queue::LogQueue;
pub use record::{LogLevel, LogRecord};
pub(crate) use seldom::Seldom;
