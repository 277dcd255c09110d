//! The core from outside: real sockets, real traffic.

mod admin;
mod attacks;
mod broker_checklist;
mod captured_logs;
mod decision_log;
mod drain;
mod faults;
mod frames;
mod fuzz_corpus;
mod http2;
mod protocol_fields;
mod provider;
mod raw_client;
mod raw_tcp_replay;
mod recordings;
mod refusals;
mod services;
mod simulated_broker;
mod tls;
mod traces;
