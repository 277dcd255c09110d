//! A recorder between real brokers' calls and real programs.

#[path = "../support/mod.rs"]
mod support;

#[cfg(unix)]
mod files;
#[cfg(unix)]
mod recorder;
#[cfg(unix)]
mod round_trip;
#[cfg(unix)]
mod transparency;
