//! Servers to replay against, and the command itself.

use std::{ffi::OsString, path::PathBuf, process::Command, sync::Arc};

use exhook::{
    Call, Config, HandlerOptions, Hook, MessagePatch, Registry, Request, Server, Verdict,
};

pub(crate) fn recording(version: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.join(format!(
        "../tests/data/recordings/emqx-{version}.calls.jsonl"
    ))
}

/// A hook program with handlers for every hook: odd lengths of user names are refused, published
/// payloads replaced.
pub(crate) fn start_server() -> Server {
    let mut registry = Registry::new();
    for hook in Hook::ALL {
        let handler = |call: Call| {
            let verdict = match call.request().as_ref() {
                Request::ClientAuthenticate(request) => {
                    match request.clientinfo().username.len() % 2 {
                        0 => Verdict::Allow,
                        _ => Verdict::Deny,
                    }
                }
                Request::ClientAuthorize(_) => Verdict::KeepGoing(true),
                Request::MessagePublish(_) => Verdict::Replace(MessagePatch::new().payload("new")),
                _ => Verdict::Ignore,
            };
            call.reply(verdict).expect("in time");
        };
        registry
            .register(*hook, HandlerOptions::default(), Arc::new(handler))
            .expect("valid options");
    }
    Server::start(&Config::default(), registry, "127.0.0.1:0").expect("a free port")
}

/// What a run of the binary left.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the binary.
pub(crate) fn exhook<I>(arguments: I) -> Finished
where
    I: IntoIterator,
    I::Item: Into<OsString>,
{
    let output = Command::new(env!("CARGO_BIN_EXE_exhook"))
        .args(arguments.into_iter().map(Into::into))
        // What listens on loopback is not behind anybody's proxy.
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .expect("the binary runs");
    Finished {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}
