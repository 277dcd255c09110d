//! Conformance: one table of cases, played against a hook program of any language as brokers would.
//!
//! A [`Suite`] is read from the files in `cases/`. A [`RunnerCommand`] starts the runner of a
//! language, which makes a hook program of the lines that it is sent. [`play`] plays the broker's
//! side and compares; [`Report`] says what came of it.

mod answer;
mod case;
mod expand;
mod expect;
#[path = "../../integration/frames.rs"]
mod frames;
mod play;
mod program;
mod report;
mod request;
mod reserved;
mod runner;
mod seen;
mod simulated;
mod stage;
mod step;
mod suite;
mod wire;

pub use play::{Choice, play};
pub use report::{Outcome, Report, Run};
pub use runner::{Capabilities, RunnerCommand};
pub use suite::{CaseError, Suite};

/// The folder of the cases that come with the crate.
pub const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cases");

/// A problem in words that name what, where and what to do.
pub(crate) type Problem = String;
