//! Fleets of simulated clients that meet real programs.

#[allow(dead_code, reason = "each test needs a part of it")]
#[path = "../support/mod.rs"]
mod support;

#[allow(dead_code, reason = "each test needs a part of it")]
#[path = "../support/provider.rs"]
mod provider;

mod examples;
mod expectations;
#[cfg(unix)]
mod faults;
mod fleet;
mod formats;
mod mistakes;
mod program;
mod runner;
