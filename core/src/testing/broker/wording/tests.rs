use std::{fs, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use prost::Message as _;
use serde::Deserialize;

use super::*;
use crate::{
    Call, Config, HandlerOptions, Registry, Server, Verdict,
    hook::AnswerKind,
    package,
    testing::{Broker, BrokerSettings, ClientSettings, ProviderSettings, Publication},
};

const RECORDED: [&str; 5] = ["4.3.22", "4.4.19", "5.3.2", "5.8.9", "5.9.2"];

#[derive(Deserialize)]
struct Line {
    method: String,
    request_b64: String,
}

/// What the server made of the recorded requests of the client `willful-…`, a client of MQTT
/// 3.1.1 whose connection was lost.
fn recorded(version: &str) -> Vec<Request> {
    let path = format!(
        "{}/tests/data/recordings/emqx-{version}.calls.jsonl",
        env!("CARGO_MANIFEST_DIR")
    );
    let release: Release = version.parse().expect("a version");
    fs::read_to_string(path)
        .expect("a recording")
        .lines()
        .map(|line| {
            let line: Line = serde_json::from_str(line).expect("a recorded call");
            let (_, rpc) = line.method[1..].split_once('/').expect("a method");
            let hook = Hook::from_rpc(release.package(), rpc).expect("a hook");
            let body = STANDARD.decode(line.request_b64).expect("base64");
            package::decode(release.package(), hook, body.into()).expect("a request")
        })
        .filter(|request| request.clientid().starts_with("willful-"))
        .map(comparable)
        .collect()
}

/// The same without what differs from run to run.
fn comparable(mut request: Request) -> Request {
    let same = |text: &mut String| {
        if !text.is_empty() {
            "same".clone_into(text);
        }
    };
    let parts = parts_of(&mut request);
    if let Some(meta) = parts.meta {
        same(&mut meta.node);
        same(&mut meta.version);
        same(&mut meta.sysdescr);
    }
    if let Some(clientinfo) = parts.clientinfo {
        same(&mut clientinfo.node);
        same(&mut clientinfo.clientid);
        clientinfo.peerport = clientinfo.peerport.min(1);
        clientinfo.sockport = clientinfo.sockport.min(1);
    }
    if let Some(conninfo) = parts.conninfo {
        same(&mut conninfo.node);
        same(&mut conninfo.clientid);
        conninfo.peerport = conninfo.peerport.min(1);
        conninfo.sockport = conninfo.sockport.min(1);
    }
    if let Some(message) = parts.message {
        same(&mut message.node);
        same(&mut message.from);
        assert_eq!(message.id.len(), 32);
        same(&mut message.id);
        message.timestamp = message.timestamp.min(1);
    }
    request
}

fn serve_all_hooks() -> Server {
    let mut registry = Registry::new();
    for hook in Hook::ALL.iter().filter(|hook| hook.is_announced()) {
        let verdict = match hook.answer_kind() {
            AnswerKind::Bool => Verdict::Allow,
            _ => Verdict::Ignore,
        };
        let target = move |call: Call| call.reply(verdict.clone()).expect("in time");
        registry
            .register(*hook, HandlerOptions::default(), Arc::new(target))
            .expect("valid options");
    }
    Server::start(&Config::default(), registry, "127.0.0.1:0").expect("a free port")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_every_request_is_as_the_recorded_brokers_sent_it() {
    for version in RECORDED {
        let server = serve_all_hooks();
        let url = server.address().to_string();
        let release: Release = version.parse().expect("a version");
        let broker = Broker::start(BrokerSettings {
            version: release,
            providers: vec![ProviderSettings::new(url.parse().expect("an address"))],
            ..BrokerSettings::default()
        })
        .await
        .expect("valid settings");
        let settings = ClientSettings {
            protocol_version: 4,
            will: Some(Publication::new("status/willful", "gone").with_qos(1)),
            ..ClientSettings::new("willful-1")
        };
        let client = broker.client(settings.with_username("carol").with_password("c"));
        client.connect().await;
        client.lose_connection().await;
        let simulated: Vec<_> = broker
            .calls()
            .into_iter()
            .filter(|call| call.clientid == "willful-1")
            .map(|call| {
                let bytes = encode(release, &call.request).expect("it can be written");
                let read = package::decode(release.package(), call.hook, bytes);
                comparable(read.expect("it can be read"))
            })
            .collect();
        let recorded = recorded(version);
        assert!(recorded.len() >= 9, "{version}: {}", recorded.len());
        assert_eq!(simulated, recorded, "{version}");
    }
}

fn subscribe() -> Request {
    Request::ClientSubscribe(proto::ClientSubscribeRequest {
        user_props: vec![proto::Property {
            name: "team".to_owned(),
            value: "ops".to_owned(),
        }],
        topic_filters: vec![proto::TopicFilter {
            name: "a/#".to_owned(),
            subopts: Some(proto::SubOpts {
                qos: 2,
                ..proto::SubOpts::default()
            }),
        }],
        ..proto::ClientSubscribeRequest::default()
    })
}

#[test]
fn user_properties_are_a_printed_list_before_v3_and_crash_emqx_4() {
    let encode = |version: &str| encode(version.parse().expect("a version"), &subscribe());
    let printed = encode("5.8").expect("it can be written");
    let printed = proto::ClientSubscribeRequest::decode(printed).expect("a request");
    assert_eq!(printed.props[0].name, "User-Property");
    assert_eq!(printed.props[0].value, r#"[{<<"team">>,<<"ops">>}]"#);
    assert!(printed.user_props.is_empty());
    let newer = encode("5.9").expect("it can be written");
    let newer = proto::ClientSubscribeRequest::decode(newer).expect("a request");
    assert!(newer.props.is_empty() && newer.user_props.len() == 1);
    let crashed = encode("4.4").expect_err("it never arrives");
    assert!(crashed.contains("user properties"), "{crashed}");
}

#[test]
fn filters_carry_their_qos_themselves_before_5_4() {
    for (version, qos) in [("5.3", 2), ("5.4", 0)] {
        let bytes = encode(version.parse().expect("a version"), &subscribe()).expect("written");
        let read = proto::v2::ClientSubscribeRequest::decode(bytes).expect("a request");
        #[expect(deprecated, reason = "brokers before 5.4 send it")]
        let sent = read.topic_filters[0].qos;
        assert_eq!(sent, qos, "{version}");
    }
}
