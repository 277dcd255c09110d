//! The broker's side of TLS, as EMQX sets it up: what is trusted, what is shown, what went wrong.

mod client;
mod inspection;
mod problem;
mod settings;
mod socket;
mod verifier;

pub use client::TlsClient;
pub use inspection::TlsInspection;
pub use problem::TlsProblem;
pub use settings::{TlsSettings, Verify};

pub(super) use socket::PlainSocket;

#[cfg(test)]
mod tests;
