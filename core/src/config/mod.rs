//! The options of a server.

mod options;
mod validate;
mod value;

pub use options::{Config, DEFAULT_THREADS};
pub use value::ConfigValue;
