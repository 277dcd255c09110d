//! The recorded calls of real brokers.

use std::{fs, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use exhook::{Hook, Package};
use serde::Deserialize;

/// The brokers whose traffic is recorded.
pub(crate) const BROKERS: [&str; 5] = ["4.3.22", "4.4.19", "5.3.2", "5.8.9", "5.9.2"];

/// One call that a broker made.
pub(crate) struct RecordedCall {
    pub(crate) package: Package,
    pub(crate) hook: Hook,
    pub(crate) body: Vec<u8>,
}

#[derive(Deserialize)]
struct Line {
    method: String,
    request_b64: String,
}

/// The path of a file of test data.
pub(crate) fn data(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data")).join(name)
}

/// All calls that were recorded of `broker`.
pub(crate) fn calls_of(broker: &str) -> Vec<RecordedCall> {
    let path = data(&format!("recordings/emqx-{broker}.calls.jsonl"));
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines()
        .map(|line| {
            let line: Line = serde_json::from_str(line).expect("a recorded call");
            let (service, rpc) = line.method[1..].split_once('/').expect("a method");
            let package = Package::ALL
                .into_iter()
                .find(|package| service == format!("{}.HookProvider", package.name()))
                .expect("a package of exhook");
            RecordedCall {
                package,
                hook: Hook::from_rpc(package, rpc).expect("a hook of that package"),
                body: STANDARD.decode(line.request_b64).expect("base64"),
            }
        })
        .collect()
}
