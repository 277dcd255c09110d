//! Logging: the crate logs through `tracing`, with targets below `exhook`.

mod fields;
mod line_file;
mod line_queue;
mod lines;
mod queue;
mod record;
mod rotation;
mod seldom;
mod subscriber;

pub(crate) use line_file::{LineFile, LinesLost};
pub(crate) use line_queue::{LineQueue, LineWriter};
pub(crate) use lines::LogLines;
pub use queue::{LogHold, LogQueue};
pub use record::{LogLevel, LogRecord};
pub(crate) use rotation::Rotation;
pub(crate) use seldom::{Seldom, SeldomPerHook};
