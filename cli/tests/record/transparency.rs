//! Neither side can tell that there is a recorder between them.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::Duration,
};

use bytes::Bytes;
use exhook::{
    Hook, Package,
    testing::{BrokerPool, CallOutcome, Connection},
};
use h2::{Reason, server::SendResponse};
use http::{HeaderMap, Response};
use tokio::task::JoinSet;

use crate::{
    recorder::{Recorder, absent, lines, wait_for_lines},
    support::start_server,
};

const TIMEOUT: Duration = Duration::from_secs(60);

/// Answers by the path of the request.
fn answer(path: &str, mut respond: SendResponse<Bytes>) -> Option<SendResponse<Bytes>> {
    let response = |status: u16| {
        Response::builder()
            .status(status)
            .header("content-type", "application/grpc")
    };
    match path.rsplit('/').next().expect("a path") {
        "OnClientConnect" => {
            let head = response(200).body(()).expect("a response");
            let mut stream = respond.send_response(head, false).expect("an open stream");
            // In pieces, and more than a message.
            for bytes in [&[0, 0][..], &[0, 0, 0], &[], &[9, 9]] {
                let bytes = Bytes::copy_from_slice(bytes);
                stream.send_data(bytes, false).expect("an open stream");
            }
            let mut trailers = HeaderMap::new();
            trailers.insert("grpc-status", "0".parse().expect("a number"));
            trailers.insert("grpc-message", "a%20b".parse().expect("text"));
            stream.send_trailers(trailers).expect("an open stream");
        }
        "OnClientConnack" => {
            let head = response(200)
                .header("grpc-status", "13")
                .header("grpc-message", "oops");
            let head = head.body(()).expect("a response");
            respond.send_response(head, true).expect("an open stream");
        }
        "OnClientConnected" => {
            let head = response(200).body(()).expect("a response");
            let mut stream = respond.send_response(head, false).expect("an open stream");
            let compressed = Bytes::from_static(&[1, 0, 0, 0, 1, 7]);
            stream.send_data(compressed, true).expect("an open stream");
        }
        "OnClientDisconnected" => respond.send_reset(Reason::INTERNAL_ERROR),
        "OnSessionCreated" => {
            let head = response(503).body(()).expect("a response");
            let mut stream = respond.send_response(head, false).expect("an open stream");
            let text = Bytes::from_static(b"no upstream");
            stream.send_data(text, true).expect("an open stream");
        }
        "OnSessionResumed" => return Some(respond),
        _ => {
            let head = response(200)
                .header("grpc-status", "12")
                .body(())
                .expect("a response");
            respond.send_response(head, true).expect("an open stream");
        }
    }
    None
}

async fn serve(listener: tokio::net::TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(async move {
            let mut connection = h2::server::handshake(stream).await.expect("HTTP/2");
            let mut silent = Vec::new();
            while let Some(Ok((request, respond))) = connection.accept().await {
                silent.extend(answer(request.uri().path(), respond));
            }
        });
    }
}

/// What a broker sees of a few answers at one address, and its connection.
async fn outcomes(address: &str) -> (Vec<CallOutcome>, Connection) {
    let endpoint = address.parse().expect("an endpoint");
    let connection = Connection::open(&endpoint).await.expect("a listener");
    let mut outcomes = Vec::new();
    for hook in [
        Hook::ClientConnect,
        Hook::ClientConnack,
        Hook::ClientConnected,
        Hook::ClientDisconnected,
        Hook::SessionCreated,
        Hook::SessionResumed,
        Hook::SessionTerminated,
    ] {
        let patience = match hook {
            Hook::SessionResumed => Duration::from_millis(300),
            _ => TIMEOUT,
        };
        outcomes.push(connection.call(Package::V2, hook, &[], patience).await);
    }
    let (path, kind) = (
        "/grpc.health.v1.Health/Check",
        "grpc.health.v1.HealthCheckRequest",
    );
    outcomes.push(connection.call_path(path, kind, &[], TIMEOUT).await);
    for outcome in &mut outcomes {
        outcome.elapsed = Duration::ZERO;
    }
    (outcomes, connection)
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_nonsense_and_silence_reach_the_broker_as_they_are() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let provider = listener.local_addr().expect("bound").to_string();
    tokio::spawn(serve(listener));
    let out = absent("errors");
    let recorder = Recorder::start(&provider, &out, &["--json"]);
    let (direct, _) = outcomes(&provider).await;
    let (passed, _connection) = outcomes(&recorder.address).await;
    assert_eq!(passed, direct);
    wait_for_lines(&out, 7);

    let ended = recorder.end();
    let report: serde_json::Value = serde_json::from_str(&ended.stdout).expect("JSON");
    assert_eq!(report["calls"], 7, "{report}");
    assert_eq!(
        report["passed_methods"]["/grpc.health.v1.Health/Check"], 1,
        "{report}"
    );
    assert_eq!(
        report["hooks"]["session.created"]["failures"], 1,
        "{report}"
    );
    let mut calls = lines(&out);
    calls.sort_by(|one, other| {
        one["t"]
            .as_f64()
            .partial_cmp(&other["t"].as_f64())
            .expect("numbers")
    });
    let answers: Vec<_> = calls.iter().map(|line| &line["answer"]).collect();
    assert_eq!(
        (&answers[0]["message_b64"], &answers[0]["grpc_message"]),
        (&"".into(), &"a%20b".into()),
        "{answers:?}"
    );
    assert_eq!(
        (&answers[1]["grpc_status"], &answers[1]["trailers_only"]),
        (&13.into(), &true.into())
    );
    assert_eq!(
        (&answers[2]["compressed"], &answers[2]["grpc_status"]),
        (&true.into(), &().into())
    );
    let reset = answers[3]["reset"].as_str();
    assert_eq!(reset, Some("the server reset the stream (code 2)"));
    assert_eq!(answers[4]["http_status"], 503);
    assert_eq!(
        (&answers[5]["timed_out"], &answers[5]["http_status"]),
        (&true.into(), &().into())
    );
    assert_eq!(answers[6]["grpc_status"], 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_of_connections_gets_the_same_answers_under_load() {
    const CLIENTS: u32 = 64;
    const CALLS: u32 = 40;

    let server = start_server();
    let out = absent("load");
    let provider = server.address().to_string();
    let recorder = Recorder::start(&provider, &out, &["--json"]);
    let mut answers = Vec::new();
    for address in [&provider, &recorder.address] {
        let endpoint = address.parse().expect("an endpoint");
        let pool = Arc::new(BrokerPool::open(&endpoint, 8).await.expect("a listener"));
        let mut clients = JoinSet::new();
        for client in 0..CLIENTS {
            let pool = Arc::clone(&pool);
            clients.spawn(async move {
                let clientid = format!("client-{client}");
                let mut outcomes = Vec::new();
                for number in 0..CALLS {
                    let package = Package::ALL[number as usize % 3];
                    let hook =
                        [Hook::ClientAuthenticate, Hook::MessagePublish][client as usize % 2];
                    let request = request(hook, &clientid, number);
                    let outcome = pool.call(&clientid, package, hook, &request, TIMEOUT).await;
                    outcomes.push(CallOutcome {
                        elapsed: Duration::ZERO,
                        ..outcome
                    });
                }
                (client, outcomes)
            });
        }
        let mut outcomes = clients.join_all().await;
        outcomes.sort_by_key(|(client, _)| *client);
        answers.push(outcomes);
    }
    assert!(answers[0] == answers[1], "the same answers");
    let ended = recorder.end();
    let report: serde_json::Value = serde_json::from_str(&ended.stdout).expect("JSON");
    assert_eq!(
        (&report["calls"], &report["connections"]),
        (&(CLIENTS * CALLS).into(), &8.into())
    );
    assert_eq!(lines(&out).len(), (CLIENTS * CALLS) as usize);
}

fn request(hook: Hook, clientid: &str, number: u32) -> Vec<u8> {
    use exhook::proto;
    use prost::Message as _;

    if hook == Hook::MessagePublish {
        let message = proto::Message {
            from: clientid.to_owned(),
            topic: format!("t/{number}"),
            // More than a frame, and more than a window.
            payload: vec![b'x'; 2_000 * number as usize].into(),
            ..proto::Message::default()
        };
        return proto::MessagePublishRequest {
            message: Some(message),
            ..proto::MessagePublishRequest::default()
        }
        .encode_to_vec();
    }
    let clientinfo = proto::ClientInfo {
        clientid: clientid.to_owned(),
        username: "u".repeat(number as usize),
        ..proto::ClientInfo::default()
    };
    proto::ClientAuthenticateRequest {
        clientinfo: Some(clientinfo),
        ..proto::ClientAuthenticateRequest::default()
    }
    .encode_to_vec()
}

#[test]
fn bytes_pass_as_they_are_whatever_they_are_and_so_does_their_end() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let provider = listener.local_addr().expect("bound").to_string();
    let mut recorder = Recorder::start(&provider, &absent("bytes"), &[]);
    let mut broker = TcpStream::connect(&recorder.address).expect("a listener");
    let (mut other_end, _) = listener.accept().expect("a connection");
    let bytes: Vec<u8> = (0..1_000_000_u32)
        .map(|number| (number % 251) as u8)
        .collect();
    let sent = bytes.clone();
    let sender = thread::spawn(move || {
        broker.write_all(&sent).expect("passed on");
        broker.shutdown(Shutdown::Write).expect("an open socket");
        let mut received = Vec::new();
        broker.read_to_end(&mut received).expect("passed on");
        received
    });
    let mut received = Vec::new();
    other_end.read_to_end(&mut received).expect("passed on");
    assert!(received == bytes, "to the provider");
    other_end.write_all(&bytes).expect("passed on");
    drop(other_end);
    assert!(sender.join().expect("no panic") == bytes, "to the broker");
    let said = recorder.says();
    assert!(
        said.contains("does not begin as HTTP/2 without TLS does"),
        "{said}"
    );
    assert_eq!(
        recorder.end().code,
        Some(2),
        "a connection could not be read"
    );
}
