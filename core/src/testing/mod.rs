//! A fake EMQX: the broker's side of the protocol, for tests and tools.
//!
//! [`Connection`] calls a hook server as the broker's gRPC client does, [`BrokerPool`] spreads the
//! calls of many MQTT clients over connections as the broker does, [`Pipeline`] makes load, and
//! [`BrokerKind`] says what a broker of a package and version makes of the answers.

mod connection;
mod endpoint;
mod exchange;
pub mod fuzz;
mod outcome;
mod pipeline;
mod pool;
mod verdict;

pub use connection::Connection;
pub use endpoint::Endpoint;
pub use outcome::CallOutcome;
pub use pipeline::{Answered, Pipeline};
pub use pool::BrokerPool;
pub use verdict::{BrokerKind, Understood};
