//! Extend the EMQX MQTT broker: callbacks for its exhook hooks, without gRPC code.
//!
//! EMQX calls a gRPC service, `HookProvider`, that the user hosts. This crate is that service: it
//! serves the packages `emqx.exhook.v1`, `v2` and `v3` on one port, hands each hook to the
//! handlers that were registered for it, and answers by policy where they do not.
//!
//! Rust programs use [`App`]. The Python, Node.js and C packages are built on what is below it:
//! a [`Registry`] of handlers, a [`Server`], and [`Call`]s that travel through an [`Inbox`] to
//! user code and are answered with a [`Verdict`].
#![forbid(unsafe_code)]

mod app;
mod call;
mod config;
mod deadline;
mod decision;
mod dispatch;
mod error;
mod frame;
mod hook;
mod log;
mod metrics;
mod package;
pub mod proto;
mod server;
mod sync;
#[cfg(feature = "testing")]
pub mod testing;
mod trace;
mod wire;
mod words;

pub use app::{
    App, HookRequest, IntoVerdict, Received, Registration, allow, block, deny, ignore, keep_going,
    replace,
};
pub use call::{Call, Failure, HandlerId, MessagePatch, MessageProblem, ReplyError, Verdict};
pub use config::{
    Config, ConfigLayers, ConfigSource, ConfigValue, DEFAULT_BIND, DEFAULT_THREADS, ProgramOption,
    Setting, Settings,
};
pub use dispatch::{
    Ack, Burst, Fallback, Handler, HandlerOptions, Inbox, Registry, Wake, WorkQueue,
};
pub use error::{Error, ErrorCode};
pub use hook::{AnswerKind, Hook, Request, TopicFilterError, TopicFilters, topic_matches};
pub use log::{LogHold, LogLevel, LogQueue, LogRecord};
pub use metrics::{HookSnapshot, LatencySnapshot, MetricsSnapshot, ShadowCount};
pub use package::{BrokerVersion, Package};
pub use server::{Bind, BoundAddress, Server};
pub use words::{camel_case, did_you_mean};
