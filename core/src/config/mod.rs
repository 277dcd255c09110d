//! The options of a server, and where their values come from.

mod file;
mod layers;
#[cfg(test)]
mod layers_tests;
mod options;
mod settings;
mod table;
mod validate;
mod value;

pub use layers::{ConfigLayers, DEFAULT_BIND};
pub use options::{Config, DEFAULT_THREADS};
pub use settings::{ConfigSource, Setting, Settings};
pub use table::ProgramOption;
pub use value::ConfigValue;
