//! The core from outside: real sockets, real traffic.

mod broker_checklist;
mod captured_logs;
mod fuzz_corpus;
mod protocol_fields;
mod provider;
mod raw_tcp_replay;
mod recordings;
