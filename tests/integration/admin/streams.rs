//! What those who watch are told.

use std::io::{BufRead as _, BufReader};

use serde_json::{Value, json};

use super::*;
use crate::provider::{authenticate, load, publish};

/// A stream of server-sent events.
struct Watcher {
    reader: BufReader<TcpStream>,
}

impl Watcher {
    fn new(address: SocketAddr, path: &str) -> Self {
        let mut stream = connect(address);
        write!(stream, "GET {path} HTTP/1.0\r\nhost: localhost\r\n\r\n").expect("a connection");
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            reader.read_line(&mut head).expect("a head");
        }
        assert!(head.contains(" 200 "), "{head}");
        Self { reader }
    }

    /// The data of the next event of this name; none at the end of the stream.
    fn next(&mut self, event: &str) -> Option<Value> {
        let mut name = String::new();
        loop {
            let mut line = String::new();
            if self.reader.read_line(&mut line).unwrap_or_default() == 0 {
                return None;
            }
            if let Some(event) = line.strip_prefix("event: ") {
                event.trim_end().clone_into(&mut name);
            } else if let Some(data) = line.strip_prefix("data: ")
                && name == event
            {
                return Some(serde_json::from_str(data).expect("JSON"));
            }
        }
    }

    /// The data of the first event that is like this.
    fn until(&mut self, event: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let data = self.next(event).expect("the stream goes on");
            if is_it(&data) {
                return data;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn watchers_are_told_each_second_what_has_changed() {
    let provider = Provider::start(config("0"), |app| {
        app.on_client_authenticate(|_| true);
    })
    .await;
    let mut watcher = Watcher::new(admin_address(&provider.server), "/events");
    let first = watcher.next("status").expect("at once");
    assert_eq!(first["phase"], "serving");
    assert_eq!(first["address"], provider.server.address().to_string());
    assert_eq!(first["announced"][0]["hook"], "client.authenticate");
    assert_eq!(first["hooks"], json!([]));
    assert_eq!(first["brokers"], json!([]));

    provider
        .call(Package::V3, Hook::ProviderLoaded, &load("5.9.2"))
        .await;
    let hook = |status: &Value| {
        let hooks = status["hooks"].as_array().expect("an array").clone();
        hooks
            .into_iter()
            .find(|hook| hook["hook"] == "client.authenticate")
    };
    let mut calls = 0;
    // What was called while the machine stood still is in no window.
    let (status, hook) = loop {
        provider
            .call(Package::V3, Hook::ClientAuthenticate, &authenticate("one"))
            .await;
        calls += 1;
        let has_all =
            |status: &Value| hook(status).is_some_and(|hook| hook["answers"]["allow"] == calls);
        let status = watcher.until("status", has_all);
        let hook = hook(&status).expect("seen");
        if hook["verdicts"] != json!({}) {
            break (status, hook);
        }
    };
    assert_eq!(hook["package"], "v3");
    assert_eq!(hook["calls"], calls);
    let verdicts = hook["verdicts"].as_object().expect("an object");
    assert!(verdicts.keys().eq(["allow"]), "{verdicts:?}");
    assert_eq!(hook["failures"], json!({}));
    assert!(hook["rate"].as_f64().expect("a rate") > 0.0);
    assert!(hook["latency"]["p50"].as_u64() <= hook["latency"]["p999"].as_u64());
    let broker = &status["brokers"][0];
    assert_eq!(broker["version"], "5.9.2");
    assert_eq!(broker["package"], "v3");
    assert_eq!(broker["address"], "127.0.0.1");
    assert_eq!(broker["connections"], 1);
    assert!(broker["loaded"].as_u64() >= first["started"].as_u64());
}

#[test]
fn a_stream_outlasts_the_limit_of_other_requests_and_ends_with_the_server() {
    let server = start("0");
    let address = admin_address(&server);
    let mut watcher = Watcher::new(address, "/events");
    let begun = std::time::Instant::now();
    watcher.until("status", |_| begun.elapsed().as_secs() >= 12);
    server.stop().expect("the first stop");
    while watcher.next("status").is_some() {}
}

#[test]
fn however_many_watch_there_is_room_for_health_and_metrics() {
    let server = start("0");
    let address = admin_address(&server);
    let watchers: Vec<_> = (0..48).map(|_| Watcher::new(address, "/events")).collect();
    let (head, body) = ask(address, "GET /events");
    assert!(head.starts_with("http/1.1 503 "), "{head}");
    assert!(body.contains("48 watch already"), "{body}");
    for path in ["/livez", "/metrics"] {
        let (head, _) = ask(address, &format!("GET {path}"));
        assert!(head.starts_with("http/1.1 200 "), "{head}");
    }
    drop(watchers);
    // Their places are free as soon as the next message cannot be sent.
    let begun = std::time::Instant::now();
    while !ask(address, "HEAD /events").0.contains(" 200 ") {
        assert!(begun.elapsed() < TIMEOUT);
    }
}

/// A provider that denies one client and lets all others do what they like.
async fn serve(options: Config) -> Provider {
    Provider::start(options, |app| {
        app.on_client_authenticate(|req| req.clientinfo().clientid != "refused");
        app.on_message_publish(|_| exhook::ignore());
    })
    .await
}

async fn call_some(provider: &Provider) {
    for clientid in ["one", "refused", "two"] {
        let request = authenticate(clientid);
        provider
            .call(Package::V3, Hook::ClientAuthenticate, &request)
            .await;
    }
    for topic in ["sensors/1/temperature", "doors/1"] {
        let request = publish(topic, "a secret payload");
        provider
            .call(Package::V3, Hook::MessagePublish, &request)
            .await;
    }
}

/// What the next calls are about.
fn topics_and_clients(seen: &Value) -> Vec<String> {
    let calls = seen["calls"].as_array().expect("an array").iter();
    calls
        .map(|call| call["topic"].as_str().or(call["clientid"].as_str()))
        .map(|about| about.expect("a text").to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn watchers_see_the_calls_that_they_ask_for_and_neither_payloads_nor_passwords() {
    let provider = serve(config("0")).await;
    let address = admin_address(&provider.server);
    let mut watchers = [
        (
            "",
            vec!["one", "refused", "two", "sensors/1/temperature", "doors/1"],
        ),
        ("&clientid=fuse", vec!["refused"]),
        (
            "&topic=sensors%2F%2B%2Ftemperature",
            vec!["sensors/1/temperature"],
        ),
        ("&topic=%23", vec!["sensors/1/temperature", "doors/1"]),
        (
            "&hook=message.publish",
            vec!["sensors/1/temperature", "doors/1"],
        ),
        ("&verdict=deny", vec!["refused"]),
        ("&verdict=allow&clientid=two", vec!["two"]),
    ]
    .map(|(filter, expected)| {
        let watcher = Watcher::new(address, &format!("/events?calls=on{filter}"));
        (filter, expected, watcher)
    });
    call_some(&provider).await;
    for (filter, expected, watcher) in &mut watchers {
        let mut seen = Vec::new();
        while seen.len() < expected.len() {
            let calls = watcher.next("calls").expect("the stream goes on");
            let text = calls.to_string();
            assert!(
                !text.contains("secret payload") && !text.contains("battery"),
                "{text}"
            );
            seen.extend(topics_and_clients(&calls));
            for call in calls["calls"].as_array().expect("an array") {
                assert_eq!(call["package"], "v3");
                assert_eq!(call["cause"], "handler");
                assert!(call["payload"].is_null());
            }
        }
        assert_eq!(seen, *expected, "{filter}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn payloads_are_told_where_that_is_asked_for_and_only_their_beginning() {
    let provider = serve(Config {
        admin_payloads: true,
        ..config("0")
    })
    .await;
    let address = admin_address(&provider.server);
    let mut watcher = Watcher::new(address, "/events?calls=on");
    for payload in [
        b"text".to_vec(),
        vec![0xff; 300],
        "ä".repeat(300).into_bytes(),
    ] {
        let request = publish("t", payload);
        provider
            .call(Package::V3, Hook::MessagePublish, &request)
            .await;
    }
    let mut told = Vec::new();
    while told.len() < 3 {
        let seen = watcher.next("calls").expect("the stream goes on");
        for call in seen["calls"].as_array().expect("an array") {
            told.push((call["payload"].clone(), call["payload_bytes"].clone()));
        }
    }
    assert_eq!(told[0], ("text".into(), 4.into()));
    assert_eq!(told[1], (["ff"; 128].join(" ").into(), 300.into()));
    assert_eq!(told[2], ("ä".repeat(128).into(), 600.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_calls_than_can_be_read_are_counted_instead() {
    let provider = serve(config("0")).await;
    let mut watcher = Watcher::new(admin_address(&provider.server), "/events?calls=on");
    let request = authenticate("one");
    let (mut shown, mut left_out, mut made) = (0, 0, 0);
    while left_out == 0 {
        for _ in 0..1_000 {
            provider
                .call(Package::V3, Hook::ClientAuthenticate, &request)
                .await;
        }
        made += 1_000;
        while shown + left_out < made {
            let seen = watcher.next("calls").expect("the stream goes on");
            let calls = seen["calls"].as_array().expect("an array").len() as u64;
            assert!(calls <= 200, "{calls}");
            shown += calls;
            left_out += seen["left_out"].as_u64().expect("a number");
        }
    }
    assert_eq!(shown + left_out, made);
}

#[test]
fn a_filter_that_means_nothing_is_refused_with_the_nearest_that_does() {
    let server = start("0");
    let address = admin_address(&server);
    for (query, nearest) in [
        ("hook=message.publis", "message.publish"),
        ("verdict=alow", "allow"),
        ("client=one", "clientid"),
    ] {
        let (head, body) = ask(address, &format!("GET /events?{query}"));
        assert!(head.starts_with("http/1.1 400 "), "{query}: {head}");
        assert!(body.contains(&format!("did you mean {nearest}?")), "{body}");
    }
}
