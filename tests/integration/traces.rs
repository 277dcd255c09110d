//! What a collector of traces is sent.

use std::{
    convert::Infallible,
    fmt::Write as _,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use exhook::{App, Config, Hook, Package, proto};
use http_body_util::{BodyExt as _, Empty};
use hyper::{Request, Response, body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::{Span, span::SpanKind, status::StatusCode},
};
use prost::Message as _;
use tokio::net::TcpListener;

use crate::provider::{Provider, authenticate, clientinfo, connected, eventually, publish};

/// Takes traces as collectors do.
#[derive(Clone, Default)]
struct Collector {
    batches: Arc<Mutex<Vec<ExportTraceServiceRequest>>>,
    /// The path and the credentials of each batch.
    heads: Arc<Mutex<Vec<(String, String)>>>,
}

impl Collector {
    async fn start() -> (Self, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let collector = Self::default();
        let takes = collector.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let takes = takes.clone();
                let service = service_fn(move |request| takes.clone().take(request));
                let builder = hyper::server::conn::http1::Builder::new();
                tokio::spawn(builder.serve_connection(TokioIo::new(stream), service));
            }
        });
        (collector, address)
    }

    async fn take(
        self,
        request: Request<Incoming>,
    ) -> Result<Response<Empty<bytes::Bytes>>, Infallible> {
        let headers = request.headers();
        assert_eq!(headers["content-type"], "application/x-protobuf");
        let credentials = headers
            .get("authorization")
            .map_or("", |value| value.to_str().expect("text"));
        let head = (request.uri().path().to_owned(), credentials.to_owned());
        self.heads.lock().expect("no panic").push(head);
        let body = request.into_body().collect().await.expect("a whole batch");
        let batch = ExportTraceServiceRequest::decode(body.to_bytes()).expect("OTLP");
        self.batches.lock().expect("no panic").push(batch);
        Ok(Response::new(Empty::new()))
    }

    fn spans(&self) -> Vec<Span> {
        let batches = self.batches.lock().expect("no panic");
        let scopes = batches
            .iter()
            .flat_map(|batch| &batch.resource_spans)
            .flat_map(|resource| &resource.scope_spans);
        scopes
            .flat_map(|scope| scope.spans.iter().cloned())
            .collect()
    }

    fn span(&self, name: &str) -> Span {
        let spans = self.spans();
        let found: Vec<_> = spans.iter().filter(|span| span.name == name).collect();
        assert_eq!(found.len(), 1, "{name} in {spans:?}");
        found[0].clone()
    }

    /// The spans below `parent`.
    fn below(&self, parent: &Span) -> Vec<Span> {
        let spans = self.spans().into_iter();
        spans
            .filter(|span| {
                span.trace_id == parent.trace_id && span.parent_span_id == parent.span_id
            })
            .collect()
    }
}

fn value(attributes: &[KeyValue], key: &str) -> Option<Value> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    found.value.clone()?.value
}

fn text(span: &Span, key: &str) -> String {
    match value(&span.attributes, key) {
        Some(Value::StringValue(text)) => text,
        other => panic!("{key} of {} is {other:?}", span.name),
    }
}

fn milliseconds(span: &Span, key: &str) -> f64 {
    match value(&span.attributes, key) {
        Some(Value::DoubleValue(number)) => number,
        other => panic!("{key} of {} is {other:?}", span.name),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn failed(span: &Span) -> bool {
    let status = span.status.clone().unwrap_or_default();
    status.code() == StatusCode::Error
}

#[tokio::test(flavor = "multi_thread")]
async fn each_call_is_a_span_with_its_handlers_below_it_and_without_secrets() {
    let (collector, address) = Collector::start().await;
    let config = Config {
        otlp_endpoint: format!("http://operator:sesame@{address}/"),
        ..Config::default()
    };
    let given = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&given);
    let provider = Provider::start(config, |app| {
        app.on_client_authenticate_async(move |request| {
            let traceparent = request.traceparent().map(str::to_owned);
            noted.lock().expect("no panic").push(traceparent);
            async { exhook::ignore() }
        });
        app.on_client_authenticate(|_| true);
        app.on_message_publish(|_| -> exhook::Verdict { panic!("told to") });
        app.on_client_connected_async(|_| async {
            tokio::time::sleep(Duration::from_millis(20)).await;
        });
    })
    .await;
    let call = proto::ClientAuthenticateRequest {
        meta: Some(proto::RequestMeta {
            node: "emqx@10.0.0.1".to_owned(),
            ..proto::RequestMeta::default()
        }),
        ..authenticate("c1")
    };
    provider
        .ask(Package::V3, Hook::ClientAuthenticate, &call)
        .await;
    let message = publish("a/b", "the payload");
    provider
        .ask(Package::V2, Hook::MessagePublish, &message)
        .await;
    provider
        .ask(Package::V3, Hook::ClientConnected, &connected("c2"))
        .await;
    let sent = collector.clone();
    eventually("spans come while the server runs", move || {
        sent.spans().len() == 7
    })
    .await;

    let span = collector.span("client.authenticate");
    assert_eq!(span.kind(), SpanKind::Server);
    assert!(span.parent_span_id.is_empty() && !failed(&span));
    for (key, is) in [
        ("exhook.hook", "client.authenticate"),
        ("exhook.package", "v3"),
        ("exhook.verdict", "allow"),
        ("exhook.cause", "handler"),
        ("exhook.node", "emqx@10.0.0.1"),
        ("messaging.client.id", "c1"),
    ] {
        assert_eq!(text(&span, key), is);
    }
    let whole = Duration::from_nanos(span.end_time_unix_nano - span.start_time_unix_nano);
    let whole = whole.as_secs_f64() * 1e3;
    let parts = milliseconds(&span, "exhook.wait_ms") + milliseconds(&span, "exhook.run_ms");
    assert!((whole - parts).abs() < 0.001, "{whole} and {parts}");
    let handlers = collector.below(&span);
    assert_eq!(handlers.len(), 2, "one for each handler of the chain");
    for handler in &handlers {
        assert_eq!(
            (&*handler.name, handler.kind()),
            ("handler", SpanKind::Internal)
        );
        assert!(handler.start_time_unix_nano >= span.start_time_unix_nano);
        assert!(handler.end_time_unix_nano <= span.end_time_unix_nano);
    }
    let first = hex(&handlers[0].span_id);
    let traceparent = format!("00-{}-{first}-01", hex(&span.trace_id));
    assert_eq!(*given.lock().expect("no panic"), [Some(traceparent)]);

    let span = collector.span("message.publish");
    assert_eq!(text(&span, "exhook.cause"), "exception");
    assert_eq!(text(&span, "messaging.destination.name"), "a/b");
    assert!(failed(&span) && failed(&collector.below(&span)[0]));

    let span = collector.span("client.connected");
    assert_eq!(text(&span, "exhook.cause"), "early");
    let handler = &collector.below(&span)[0];
    assert!(handler.end_time_unix_nano > span.end_time_unix_nano);

    let heads = collector.heads.lock().expect("no panic").clone();
    let head = ("/v1/traces", "Basic b3BlcmF0b3I6c2VzYW1l");
    assert!(
        heads
            .iter()
            .all(|(path, credentials)| (&**path, &**credentials) == head)
    );
    let batches = format!("{:?}", collector.batches.lock().expect("no panic"));
    assert!(batches.contains("service.name"));
    for secret in ["correct horse", "the payload", "alice", "sesame"] {
        assert!(!batches.contains(secret), "{secret} in {batches}");
    }
    assert_eq!(provider.metrics().spans_lost, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn deadlines_are_errors_and_what_waits_is_sent_at_the_stop() {
    let (collector, address) = Collector::start().await;
    let config = Config {
        otlp_endpoint: format!("http://{address}"),
        timeout_ms: 20,
        ..Config::default()
    };
    let provider = Provider::start(config, |app| {
        app.on_client_authenticate_async(|_| std::future::pending::<bool>());
    })
    .await;
    for _ in 0..50 {
        provider
            .ask(Package::V3, Hook::ClientAuthenticate, &authenticate("c"))
            .await;
    }
    tokio::task::block_in_place(|| provider.server.stop()).expect("the first stop");
    let spans = collector.spans();
    let calls = spans.iter().filter(|span| span.kind() == SpanKind::Server);
    let causes: Vec<_> = calls
        .map(|span| (text(span, "exhook.cause"), failed(span)))
        .collect();
    assert_eq!(causes, vec![("deadline".to_owned(), true); 50]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_down_or_silent_costs_spans_and_no_answers() {
    let down = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let nobody = down.local_addr().expect("it is bound");
    drop(down);
    // Connections are taken by the system, and answered by nobody.
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let silence = silent.local_addr().expect("it is bound");
    let mut stops = Vec::new();
    for address in [nobody, silence, silence, silence] {
        let config = Config {
            otlp_endpoint: format!("http://{address}"),
            drain_timeout_ms: 300,
            ..Config::default()
        };
        let provider = Provider::start(config, |app| {
            app.on_client_authenticate(|_| true);
        })
        .await;
        for _ in 0..20 {
            let hook = Hook::ClientAuthenticate;
            let answer = provider.ask(Package::V3, hook, &authenticate("c")).await;
            assert_eq!(answer, exhook::testing::Understood::Allowed);
        }
        if address == nobody {
            eventually("what is lost is counted", || {
                provider.metrics().spans_lost == 40
            })
            .await;
        }
        let begun = Instant::now();
        tokio::task::block_in_place(|| provider.server.stop()).expect("the first stop");
        stops.push(begun.elapsed());
    }
    // On a busy machine some of them.
    let shortest = stops[1..].iter().min();
    assert!(
        shortest < Some(&Duration::from_secs(4)),
        "less than a batch may take: {stops:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_wanted_share_of_calls_is_traced() {
    let (collector, address) = Collector::start().await;
    for percent in [0, 50] {
        let config = Config {
            otlp_endpoint: format!("http://{address}"),
            otlp_sample_percent: percent,
            ..Config::default()
        };
        let traced = Arc::new(Mutex::new(0));
        let counted = Arc::clone(&traced);
        let provider = Provider::start(config, |app: &mut App| {
            app.on_client_authenticate_async(move |request| {
                *counted.lock().expect("no panic") += usize::from(request.traceparent().is_some());
                async { true }
            });
        })
        .await;
        let call = proto::ClientAuthenticateRequest {
            clientinfo: Some(clientinfo("c")),
            ..proto::ClientAuthenticateRequest::default()
        };
        for _ in 0..200 {
            provider
                .ask(Package::V3, Hook::ClientAuthenticate, &call)
                .await;
        }
        tokio::task::block_in_place(|| provider.server.stop()).expect("the first stop");
        let traced = *traced.lock().expect("no panic");
        assert_eq!(collector.spans().len(), 2 * traced);
        match percent {
            0 => assert_eq!(traced, 0),
            _ => assert!((50..150).contains(&traced), "{traced} of 200"),
        }
    }
}
