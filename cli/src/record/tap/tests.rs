use std::{fs, path::PathBuf};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use exhook::testing::BrokerKind;
use serde::Deserialize;

use super::*;
use crate::recording::clientid;

#[test]
fn timeouts_are_read_in_every_unit() {
    for (text, seconds) in [
        ("5S", Some(5.0)),
        ("300m", Some(0.3)),
        ("2M", Some(120.0)),
        ("1H", Some(3_600.0)),
        ("7u", Some(0.000_007)),
        ("", None),
        ("S", None),
        ("5", None),
        ("5\u{b5}", None),
    ] {
        assert_eq!(
            parse_timeout(text),
            seconds.map(Duration::from_secs_f64),
            "{text}"
        );
    }
}

/// What one side sent, as it was captured.
#[derive(Deserialize)]
struct Chunk {
    conn: u64,
    dir: String,
    b64: String,
}

fn captured(version: &str) -> Vec<(u64, Side, Vec<u8>)> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join(format!("../tests/data/recordings/emqx-{version}.tcp.jsonl"));
    let text = fs::read_to_string(file).expect("a capture");
    let chunks = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Chunk>(line).ok());
    chunks
        .map(|chunk| {
            let from = match chunk.dir.as_str() {
                "broker->server" => Side::Broker,
                _ => Side::Provider,
            };
            (
                chunk.conn,
                from,
                BASE64_STANDARD.decode(chunk.b64).expect("base64"),
            )
        })
        .collect()
}

#[test]
fn the_calls_of_real_brokers_are_read_off_the_wire() {
    // As many as there are HEADERS frames of the broker.
    for (version, count) in [
        ("4.3.22", 226),
        ("4.4.19", 226),
        ("5.3.2", 240),
        ("5.8.9", 236),
        ("5.9.2", 240),
    ] {
        let mut taps: BTreeMap<u64, Tap> = BTreeMap::new();
        for (connection, from, bytes) in captured(version) {
            let tap = taps.entry(connection).or_insert_with(Tap::new);
            tap.read(from, Instant::now(), &bytes).expect("HTTP/2");
        }
        let calls: Vec<Exchange> = taps.values_mut().flat_map(Tap::take_ended).collect();
        assert_eq!(calls.len(), count, "{version}");
        // One request never came whole, so that its server gave up.
        let (failed, answered): (Vec<_>, Vec<_>) = calls
            .into_iter()
            .partition(|call| call.outcome.grpc_status != Some(0));
        assert_eq!(failed.len(), usize::from(version == "5.9.2"), "{failed:?}");
        for call in failed {
            assert_eq!(call.outcome.grpc_status, Some(4), "{call:?}");
            assert!(call.request.is_empty() && call.outcome.reset.is_none());
        }
        for call in answered {
            assert!(
                call.timeout.is_some() && call.metadata.len() == 2,
                "{call:?}"
            );
            let (package, hook) = parse_method(&call.path).expect("a hook");
            clientid(hook, call.request.slice(5..)).expect("a request");
            let broker = BrokerKind {
                package,
                version: None,
            };
            let understood = broker.understand(hook, &call.outcome);
            assert!(understood.is_legal(), "{hook}: {understood:?}");
        }
    }
}

#[test]
fn damaged_bytes_are_errors_or_other_calls_but_never_a_panic() {
    let chunks = captured("5.8.9");
    for step in [7, 31, 101, 499, 997] {
        for damage in [0x01, 0x80, 0xff] {
            let mut taps: BTreeMap<u64, Tap> = BTreeMap::new();
            let mut at = 0;
            for (connection, from, bytes) in &chunks {
                let mut bytes = bytes.clone();
                for byte in &mut bytes {
                    at += 1;
                    if at % step == 0 {
                        *byte ^= damage;
                    }
                }
                let tap = taps.entry(*connection).or_insert_with(Tap::new);
                let _ = tap.read(*from, Instant::now(), &bytes);
            }
            for tap in taps.values_mut() {
                tap.end_all(Instant::now(), "the end");
                tap.take_ended();
            }
        }
    }
}
