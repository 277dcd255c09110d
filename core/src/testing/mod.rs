//! A fake EMQX: the broker's side of the protocol, for tests and tools.
//!
//! [`Connection`] calls a hook server as the broker's gRPC client does, [`BrokerPool`] spreads the
//! calls of many MQTT clients over connections as the broker does, [`Pipeline`] makes load, and
//! [`BrokerKind`] says what a broker of a package and version makes of the answers.

mod broker;
mod connection;
mod endpoint;
pub mod fuzz;
mod outcome;
mod pipeline;
mod pool;
mod tls;
mod transcode;
mod verdict;

pub use broker::{
    Broker, BrokerSettings, BrokerThread, CallResult, Client, ClientSettings, Command, Connected,
    Done, FailedAction, Grant, HookCall, InstalledHook, MqttMessage, NodeStatus, Operator,
    OperatorThread, Pending, Permission, ProviderSettings, ProviderStatus, Publication, Published,
    Release, Subscribed, Subscription, UserProperties,
};
pub use connection::{Connection, ConnectionHabits, Stage};
pub use endpoint::{Endpoint, Heard, Socket};
pub use outcome::CallOutcome;
pub use pipeline::{Answered, Pipeline};
pub use pool::BrokerPool;
pub use tls::{TlsClient, TlsInspection, TlsProblem, TlsSettings, Verify};
pub use transcode::transcode;
pub use verdict::{BrokerKind, Understood};
