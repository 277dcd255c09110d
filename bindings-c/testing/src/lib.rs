//! The C library `exhook_test`: what `include/exhook_test.h` declares.
//!
//! A simulated EMQX and MQTT clients for tests of programs that are made with `libexhook`, or with
//! anything else. It exports functions that begin with `exhook_test_` only, and needs none of
//! `libexhook`, so that it goes with its shared and its static form. What both libraries pass by
//! value is declared once, in the files that are shared with it here.
#![expect(
    unreachable_pub,
    reason = "what is public here is public to C, by its name"
)]
#![expect(
    non_camel_case_types,
    reason = "types are named as C programs know them"
)]

mod action;
mod argument;
mod broker;
mod call;
mod calls;
mod client;
#[cfg_attr(not(test), expect(dead_code, reason = "libexhook uses all of it"))]
#[path = "../../src/code.rs"]
mod code;
mod error;
#[path = "../../src/guard.rs"]
mod guard;
mod handoff;
mod hook;
#[path = "../../src/hooks.rs"]
mod hooks;
mod kept;
mod message;
mod outcome;
mod packet;
mod runtime;
mod settings;
mod signals;
mod simulation;
#[path = "../../src/view.rs"]
mod view;
