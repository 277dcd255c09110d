//! What is no hook call, and servers that cannot start.

use std::time::Duration;

use exhook::{App, BoundAddress, Config, ErrorCode, Hook, Package, testing::Connection};

use tokio::net::TcpStream;

use crate::{
    captured_logs,
    provider::{Provider, TIMEOUT, authenticate, connect},
};

#[tokio::test]
async fn an_unknown_method_is_unimplemented_by_trailers_of_their_own() {
    captured_logs::capture();
    let provider = Provider::start(Config::default(), |_| {}).await;
    for path in [
        "/emqx.exhook.v4.HookProvider/OnClientConnect",
        "/emqx.exhook.v2.HookProvider/OnMessageIngress",
        "/grpc.channelz.v1.Channelz/GetServers",
    ] {
        let outcome = provider
            .connection
            .call_path(path, "emqx.exhook.v4.X", b"", TIMEOUT)
            .await;
        assert_eq!(outcome.http_status, Some(200), "{outcome:?}");
        assert_eq!(outcome.grpc_status, Some(12), "{outcome:?}");
        assert!(!outcome.trailers_only, "brokers of 4.x would wait 5 s");
        assert!(
            outcome.reset.is_none() && outcome.message.is_none(),
            "{outcome:?}"
        );
    }
    assert_eq!(provider.metrics().unknown_methods, 3);
    let logged = captured_logs::count(&["WARN", "is no hook", "emqx.exhook.v4"]);
    assert_eq!(logged, 1, "once for the kind, not for each call");
}

#[tokio::test]
async fn what_is_not_grpc_gets_an_http_status_and_nothing_is_reset() {
    captured_logs::capture();
    let provider = Provider::start(Config::default(), |_| {}).await;
    let socket = TcpStream::connect(provider.address())
        .await
        .expect("a listener");
    let (mut requests, connection) = h2::client::handshake(socket).await.expect("HTTP/2");
    let driver = tokio::spawn(connection);
    for (method, content_type, status) in [
        ("POST", "application/json", 415),
        ("POST", "", 415),
        ("GET", "application/grpc", 405),
    ] {
        let head = http::Request::builder()
            .method(method)
            .uri("http://localhost/emqx.exhook.v2.HookProvider/OnClientConnected")
            .header("content-type", content_type)
            .body(())
            .expect("a request");
        let (response, mut body) = requests.send_request(head, false).expect("a stream");
        body.send_data("{}".into(), true).expect("a short body");
        let response = response.await.expect("a response");
        assert_eq!(response.status(), status);
        let mut content = response.into_body();
        while let Some(data) = content.data().await {
            let data = data.expect("the stream ends in order");
            assert!(data.is_empty(), "a body would confuse brokers");
        }
        content.trailers().await.expect("the stream ends in order");
    }
    assert_eq!(provider.metrics().bad_requests, 3);
    assert_eq!(captured_logs::count(&["WARN", "is not gRPC"]), 1);
    driver.abort();
}

#[tokio::test]
async fn a_port_in_use_is_named_with_the_remedy() {
    let provider = Provider::start(Config::default(), |_| {}).await;
    let error = App::new()
        .start(&provider.address().to_string())
        .expect_err("the port is taken");
    assert_eq!(error.code(), ErrorCode::AddressInUse);
    let text = error.to_string();
    assert!(text.contains(&provider.address().to_string()), "{text}");
    assert!(text.contains("choose another port"), "{text}");
}

#[tokio::test]
async fn a_stopped_server_frees_its_port_and_refuses_connections() {
    let provider = Provider::start(Config::default(), |_| {}).await;
    let address = provider.address();
    provider.server.stop().expect("the first stop");
    provider.server.stop().expect("a second changes nothing");
    let endpoint = address.to_string().parse().expect("an endpoint");
    assert!(Connection::open(&endpoint).await.is_err());
    let again = App::new()
        .start(&address.to_string())
        .expect("the port is free");
    again.stop().expect("stopped");
}

#[cfg(unix)]
#[tokio::test]
async fn a_unix_socket_serves_replaces_a_stale_file_and_leaves_none_behind() {
    let directory = std::env::temp_dir().join(format!("exhook-test-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a directory");
    let path = directory.join("hooks.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).expect("a socket"));
    assert!(path.exists(), "left behind as by a process that was killed");
    let address = format!("unix:{}", path.display());

    let mut app = App::new();
    app.on_client_authenticate(|_| true);
    let server = app.start(&address).expect("the stale file is replaced");
    assert_eq!(*server.address(), BoundAddress::Unix(path.clone()));
    let connection = connect(&server).await;
    let request = prost::Message::encode_to_vec(&authenticate("c"));
    let outcome = connection
        .call(
            Package::V3,
            Hook::ClientAuthenticate,
            &request,
            Duration::from_secs(5),
        )
        .await;
    assert_eq!(outcome.grpc_status, Some(0), "{outcome:?}");

    let error = App::new().start(&address).expect_err("somebody listens");
    assert_eq!(error.code(), ErrorCode::AddressInUse);
    server.stop().expect("stopped");
    assert!(!path.exists());
    std::fs::remove_dir_all(directory).expect("an empty directory");
}

#[test]
fn options_without_a_meaning_are_named_at_the_start() {
    let mut app = App::new();
    app.on_client_connected(|_| ()).topics(["a/#"]);
    let error = app.start("127.0.0.1:0").expect_err("no topics there");
    assert_eq!(error.code(), ErrorCode::InvalidOption);
    assert!(error.to_string().contains("client.connected"), "{error}");

    let mut app = App::new();
    app.on_message_publish(|_| ()).topics(["a/#/b"]);
    let error = app.start("127.0.0.1:0").expect_err("no such filter");
    assert!(error.to_string().contains("a/#/b"), "{error}");

    let config = Config {
        max_inflight: 0,
        ..Config::default()
    };
    let error = App::with_config(config)
        .start("127.0.0.1:0")
        .expect_err("nothing could run");
    assert!(error.to_string().contains("max_inflight"), "{error}");
}
