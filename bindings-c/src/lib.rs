//! The C library `exhook`: what `include/exhook.h` declares.
//!
//! Every exported function catches panics, tolerates NULL, and says in its documentation who owns
//! what, on which threads it may be called and how long what it returns is valid. `make gen` writes
//! the header from these files, and refuses a function whose documentation does not say so.
#![expect(
    unreachable_pub,
    reason = "what is public here is public to C, by its name"
)]
#![expect(
    non_camel_case_types,
    reason = "types are named as C programs know them"
)]

mod abi;
mod call;
mod callback;
mod code;
mod config;
mod error;
mod field;
mod fork;
mod guard;
mod hook;
mod hooks;
mod lanes;
mod layers;
mod log;
mod logger;
mod message;
mod metrics;
mod options;
mod pointers;
mod reply;
mod requests;
mod running;
mod server;
mod service;
mod settings;
mod signals;
mod text;
mod user;
mod version;
mod view;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
