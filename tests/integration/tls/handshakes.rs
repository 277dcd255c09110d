//! What handshakes agree on, and what is told of those that fail.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use bytes::Bytes;
use exhook::{App, Config, proto, replace};
use rustls::{
    ProtocolVersion,
    version::{TLS12, TLS13},
};

use super::{
    authority::Authority,
    client::{Client, Terms, try_call},
    failures, options, start,
};
use crate::{
    captured_logs,
    frames::PREFACE,
    provider::{TIMEOUT, eventually, publish},
};

/// Enough to fill the buffers of sockets and of TLS many times over.
const LARGE: usize = 300_000;
const CALLS: usize = 40;

#[tokio::test(flavor = "multi_thread")]
async fn h2_is_agreed_on_where_it_is_offered_and_spoken_where_nothing_is() {
    let authority = Authority::new();
    let (server, address) = start(options(&authority.server()));
    let client = try_call(&address, &Terms::new(&authority)).await;
    let client = client.expect("a broker is served");
    assert_eq!(client.version, ProtocolVersion::TLSv1_3);
    assert_eq!(client.alpn.as_deref(), Some(&b"h2"[..]));

    let old = Terms {
        versions: &[&TLS12],
        ..Terms::new(&authority)
    };
    let client = try_call(&address, &old).await.expect("TLS 1.2 is spoken");
    assert_eq!(client.version, ProtocolVersion::TLSv1_2);

    let silent = Terms {
        offers: &[],
        ..Terms::new(&authority)
    };
    let client = try_call(&address, &silent)
        .await
        .expect("gun 2.1 is served");
    assert_eq!(client.alpn, None);

    let browser = Terms {
        offers: &[b"http/1.1"],
        ..Terms::new(&authority)
    };
    assert!(try_call(&address, &browser).await.is_err());
    eventually("counted", || failures(&server, "alpn") == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_version_can_be_raised() {
    let authority = Authority::new();
    let (server, address) = start(Config {
        tls_min_version: "1.3".to_owned(),
        ..options(&authority.server())
    });
    let terms = |versions| Terms {
        versions,
        ..Terms::new(&authority)
    };
    let (old, new) = ([&TLS12], [&TLS13]);
    assert!(try_call(&address, &terms(&old)).await.is_err());
    eventually("counted", || failures(&server, "incompatible") == 1).await;
    assert!(try_call(&address, &terms(&new)).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_large_answers_arrives_whole() {
    let authority = Authority::new();
    let mut app = App::with_config(options(&authority.server()));
    app.on_message_publish(|request| {
        let mut payload = request.message().payload.to_vec();
        payload.reverse();
        replace().payload(payload)
    });
    let server = app.start("127.0.0.1:0").expect("a free port");
    let address = server.address().to_string();
    let client = Client::connect(&address, &Terms::new(&authority)).await;
    let client = client.expect("a broker is served");
    let calls = (0..CALLS).map(|number| {
        let client = &client;
        async move {
            let mut payload = vec![7; if number % 2 == 0 { LARGE } else { 10 }];
            payload[0] = u8::try_from(number).expect("few calls");
            let request = publish("a/b", Bytes::from(payload.clone()));
            let answer = client.call("OnMessagePublish", &request).await;
            let answer: proto::ValuedResponse = answer.expect("an answer");
            let Some(proto::valued_response::Value::Message(message)) = answer.value else {
                panic!("not replaced");
            };
            payload.reverse();
            assert!(message.payload == payload);
        }
    });
    futures_util::future::join_all(calls).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_speaks_the_wrong_one_of_plaintext_and_tls_is_told_apart() {
    captured_logs::capture();
    let authority = Authority::new();
    let (server, address) = start(options(&authority.server()));
    let mut plaintext = TcpStream::connect(&address).expect("a listener");
    plaintext.set_read_timeout(Some(TIMEOUT)).expect("a socket");
    plaintext.write_all(PREFACE).expect("an open connection");
    // The end of the stream, or a reset.
    assert_eq!(plaintext.read(&mut [0; 1]).unwrap_or_default(), 0);
    eventually("counted", || failures(&server, "plaintext") == 1).await;
    assert_eq!(captured_logs::count(&["\"plaintext\"", "https://"]), 1);

    let (server, address) = start(Config::default());
    assert!(
        Client::connect(&address, &Terms::new(&authority))
            .await
            .is_err()
    );
    eventually("counted", || failures(&server, "not_enabled") == 1).await;
    assert_eq!(captured_logs::count(&["\"not_enabled\"", "tls_cert"]), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_does_not_trust_the_certificate_is_told_of() {
    captured_logs::capture();
    let (authority, stranger) = (Authority::new(), Authority::new());
    let (server, address) = start(options(&authority.server()));
    assert!(try_call(&address, &Terms::new(&stranger)).await.is_err());
    eventually("counted", || failures(&server, "refused_by_peer") == 1).await;
    assert_eq!(captured_logs::count(&["UnknownCA", "ssl.cacertfile"]), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_does_not_end_is_ended() {
    let authority = Authority::new();
    let (server, address) = start(Config {
        handshake_timeout_ms: 50,
        ..options(&authority.server())
    });
    // Who only looks whether somebody listens is nothing to tell of.
    drop(TcpStream::connect(&address).expect("a listener"));
    let mut slow = TcpStream::connect(&address).expect("a listener");
    slow.set_read_timeout(Some(TIMEOUT)).expect("a socket");
    let half_a_hello = [22, 3, 1, 2, 0, 1, 0];
    slow.write_all(&half_a_hello).expect("an open connection");
    assert_eq!(slow.read(&mut [0; 1]).unwrap_or_default(), 0);
    let refused = || {
        let refused = server.metrics().connections_refused;
        refused.iter().map(|(_, count)| count).sum::<u64>()
    };
    eventually("counted", || refused() == 1).await;
    let metrics = server.metrics();
    let failed = metrics.tls_handshake_failures.iter();
    assert_eq!(
        failed.map(|(_, count)| count).sum::<u64>(),
        0,
        "{metrics:?}"
    );
}
