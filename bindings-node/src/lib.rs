//! The native module of the npm package exhook.
//!
//! The threads of the core never enter JavaScript: they ring, once for a burst of calls, and the
//! event loop comes, takes the calls and gives the answers. User code is called by JavaScript only.

#![deny(unsafe_code)]
#![allow(
    clippy::needless_pass_by_value,
    reason = "Node-API hands everything over by value"
)]

mod answers;
mod bell;
mod burst;
mod entry;
mod errors;
mod fields;
pub mod lane;
mod lanes;
pub mod logs;
pub mod metrics;
mod open_calls;
pub mod options;
mod queue;
pub mod registry;
mod service;
pub mod settings;
pub mod testing;

use napi_derive::napi;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The version of the package.
#[napi]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// Runs the command line with these arguments, without the program's name, and returns its exit
/// code. Blocks until it has ended. `run_flags` are those of the verb `run`, which is JavaScript's.
#[napi]
pub fn cli(arguments: Vec<String>, run_flags: Vec<String>) -> i32 {
    let verb = exhook_cli::RunVerb {
        target: "FILE".to_owned(),
        about: "Serve a JavaScript app; see exhook run --help".to_owned(),
        flags: run_flags,
    };
    exhook_cli::run_beside(
        &verb,
        std::iter::once("exhook".into()).chain(arguments.into_iter().map(Into::into)),
    )
}

/// Checks the topic and the quality of service of a changed message.
///
/// # Errors
///
/// When no message with them can be published; says why.
#[napi]
pub fn check_message(topic: Option<String>, qos: Option<u32>) -> napi::Result<()> {
    let patch = exhook::MessagePatch {
        topic,
        qos,
        ..exhook::MessagePatch::new()
    };
    let problem = patch.validate();
    problem.map_err(|problem| napi::Error::from_reason(problem.to_string()))
}

/// The end of a message about an unknown name: the known name that is spelled most like it.
#[napi]
pub fn did_you_mean(name: String, known: Vec<String>) -> String {
    exhook::did_you_mean(&name, known.iter().map(String::as_str))
}
