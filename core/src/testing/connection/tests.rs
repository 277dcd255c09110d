use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::{Call, Config, HandlerOptions, Registry, Server, Verdict};

const TIMEOUT: Duration = Duration::from_secs(60);

#[test]
fn timeouts_are_written_as_the_broker_writes_them() {
    for (milliseconds, text) in [
        (300, "300m"),
        (1_000, "1000m"),
        (1_500, "1S"),
        (5_000, "5S"),
    ] {
        assert_eq!(grpc_timeout(Duration::from_millis(milliseconds)), text);
    }
}

fn start(registry: Registry, address: &str) -> (Server, Endpoint) {
    let server = Server::start(&Config::default(), registry, address).expect("a free port");
    let endpoint = server.address().to_string().parse().expect("an endpoint");
    (server, endpoint)
}

fn allow_all() -> Registry {
    let mut registry = Registry::new();
    let target = Arc::new(|call: Call| call.reply(Verdict::Allow).expect("in time"));
    registry
        .register(Hook::ClientAuthenticate, HandlerOptions::default(), target)
        .expect("valid options");
    registry
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_answers_in_every_package() {
    let (_server, endpoint) = start(allow_all(), "127.0.0.1:0");
    let connection = Connection::open(&endpoint).await.expect("a listener");
    for package in Package::ALL {
        let outcome = connection
            .call(package, Hook::ClientAuthenticate, &[], TIMEOUT)
            .await;
        assert_eq!(outcome.http_status, Some(200), "{outcome:?}");
        assert_eq!(outcome.grpc_status, Some(0), "{outcome:?}");
        assert_eq!(outcome.message.as_deref(), Some(&[8, 2, 24, 1][..]));
        assert!(!outcome.trailers_only && !outcome.timed_out && !outcome.compressed);
        assert!(!outcome.elapsed.is_zero());
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_server_on_a_unix_socket_is_reached() {
    let path = std::env::temp_dir().join(format!("exhook-testing-{}.sock", std::process::id()));
    let (server, endpoint) = start(allow_all(), &format!("unix:{}", path.display()));
    let connection = Connection::open(&endpoint).await.expect("a listener");
    let outcome = connection
        .call(Package::V3, Hook::ClientConnect, &[], TIMEOUT)
        .await;
    assert_eq!(outcome.grpc_status, Some(0), "{outcome:?}");
    drop(connection);
    server.stop().expect("not stopped before");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_method_is_unimplemented() {
    let (_server, endpoint) = start(Registry::new(), "127.0.0.1:0");
    let connection = Connection::open(&endpoint).await.expect("a listener");
    let outcome = connection
        .call_path(
            "/emqx.exhook.v9.HookProvider/OnX",
            "emqx.exhook.v9.X",
            &[],
            TIMEOUT,
        )
        .await;
    assert_eq!(outcome.grpc_status, Some(12), "{outcome:?}");
    assert_eq!(outcome.message, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listening_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    drop(listener);
    let error = Connection::open(&address.parse().expect("an endpoint"))
        .await
        .expect_err("nobody listens");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
}

/// Accepts one connection and hands its requests, in order, to `serve`.
async fn serve_by_hand<F, R>(serve: F) -> (Connection, tokio::task::JoinHandle<()>)
where
    F: FnOnce(h2::server::Connection<TcpStream, Bytes>) -> R + Send + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        serve(h2::server::handshake(stream).await.expect("HTTP/2")).await;
    });
    let connection = Connection::open(&address.parse().expect("an endpoint"))
        .await
        .expect("a listener");
    (connection, task)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_headers_are_those_of_the_broker_in_its_order() {
    let (connection, task) = serve_by_hand(|mut server| async move {
        let (request, mut respond) = server
            .accept()
            .await
            .expect("a request")
            .expect("a request");
        assert_eq!(
            request.uri().path(),
            "/emqx.exhook.v1.HookProvider/OnClientCheckAcl"
        );
        let headers: Vec<_> = request
            .headers()
            .iter()
            .map(|(name, value)| format!("{name}={}", value.to_str().expect("text")))
            .collect();
        assert_eq!(
            headers,
            [
                "content-type=application/grpc+proto",
                "user-agent=grpc-erlang/0.1.0",
                "grpc-encoding=identity",
                "grpc-message-type=emqx.exhook.v1.ClientCheckAclRequest",
                "te=trailers",
                "grpc-timeout=60S",
            ]
        );
        respond.send_reset(h2::Reason::REFUSED_STREAM);
        while server.accept().await.is_some() {}
    })
    .await;
    let outcome = connection
        .call(Package::V1, Hook::ClientAuthorize, &[], TIMEOUT)
        .await;
    assert!(
        outcome
            .reset
            .is_some_and(|reason| reason.contains("reset the stream"))
    );
    drop(connection);
    task.await.expect("the server's assertions hold");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timeout_leaves_the_stream_open() {
    let (connection, task) = serve_by_hand(|mut server| async move {
        let (_first, mut first_respond) = server
            .accept()
            .await
            .expect("a request")
            .expect("a request");
        let (_second, mut second_respond) = server
            .accept()
            .await
            .expect("a request")
            .expect("a request");
        let reset = poll_fn(|context| Poll::Ready(first_respond.poll_reset(context).is_ready()));
        assert!(!reset.await, "the first stream is still open");
        let trailers = http::Response::builder()
            .header("grpc-status", "7")
            .body(());
        second_respond
            .send_response(trailers.expect("a response"), true)
            .expect("an open stream");
        while server.accept().await.is_some() {}
    })
    .await;
    let brief = Duration::from_millis(20);
    let first = connection
        .call(Package::V3, Hook::ClientConnect, &[], brief)
        .await;
    assert!(first.timed_out && first.elapsed >= brief, "{first:?}");
    let second = connection
        .call(Package::V3, Hook::ClientConnect, &[], TIMEOUT)
        .await;
    assert_eq!(second.grpc_status, Some(7), "{second:?}");
    assert!(second.trailers_only);
    drop(connection);
    task.await.expect("the server's assertions hold");
}
