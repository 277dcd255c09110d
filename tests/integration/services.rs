//! What the port for brokers answers to load balancers and to people: health and reflection.

use std::{sync::Arc, thread};

use exhook::{Config, Hook, Package, Server};
use prost::Message as _;
use prost_types::FileDescriptorProto;
use tonic::{Code, Status, Streaming, transport::Channel};
use tonic_health::pb::{
    HealthCheckRequest, HealthCheckResponse, health_check_response::ServingStatus,
    health_client::HealthClient,
};
use tonic_reflection::pb::{v1, v1alpha};

use crate::provider::{Provider, authenticate, connect};

async fn channel(server: &Server) -> Channel {
    let url = format!("http://{}", server.address());
    let endpoint = Channel::from_shared(url).expect("a URL");
    endpoint.connect().await.expect("a listener")
}

fn asking(service: &str) -> HealthCheckRequest {
    HealthCheckRequest {
        service: service.to_owned(),
    }
}

async fn check(server: &Server, service: &str) -> Result<ServingStatus, Status> {
    let mut client = HealthClient::new(channel(server).await);
    let response = client.check(asking(service)).await?;
    Ok(response.into_inner().status())
}

async fn next(statuses: &mut Streaming<HealthCheckResponse>) -> Option<ServingStatus> {
    let response = statuses.message().await.expect("no error");
    response.map(|response| response.status())
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_told_of_the_server_and_of_each_package() {
    let provider = Provider::start(Config::default(), |_| {}).await;
    for service in [
        "",
        "emqx.exhook.v1.HookProvider",
        "emqx.exhook.v3.HookProvider",
    ] {
        let status = check(&provider.server, service).await.expect(service);
        assert_eq!(status, ServingStatus::Serving);
    }
    let unknown = check(&provider.server, "emqx.exhook.v4.HookProvider").await;
    assert_eq!(unknown.expect_err("unknown").code(), Code::NotFound);
    assert_eq!(provider.metrics().unknown_methods, 0);
    assert_eq!(provider.metrics().bad_requests, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_watches_hears_that_the_server_is_going_and_does_not_hold_it_up() {
    let config = Config {
        drain_timeout_ms: 600_000,
        ..Config::default()
    };
    let provider = Provider::start(config, |_| {}).await;
    let server = Arc::new(provider.server);
    let mut client = HealthClient::new(channel(&server).await);
    let mut known = client.watch(asking("")).await.expect("OK").into_inner();
    let mut unknown = client.watch(asking("me")).await.expect("OK").into_inner();
    assert_eq!(next(&mut known).await, Some(ServingStatus::Serving));
    assert_eq!(
        next(&mut unknown).await,
        Some(ServingStatus::ServiceUnknown)
    );
    let stopping = thread::spawn({
        let server = Arc::clone(&server);
        move || server.stop()
    });
    assert_eq!(next(&mut known).await, Some(ServingStatus::NotServing));
    let end = known.message().await.expect_err("the end of the server");
    assert_eq!(end.code(), Code::Unavailable);
    assert!(stopping.join().expect("no panic").is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn during_the_delay_the_server_is_not_ready_but_serves() {
    let config = Config {
        drain_delay_ms: 600_000,
        ..Config::default()
    };
    let provider = Provider::start(config, |app| {
        app.on_client_authenticate(|_| true);
    })
    .await;
    let server = Arc::new(provider.server);
    let mut client = HealthClient::new(channel(&server).await);
    let mut statuses = client.watch(asking("")).await.expect("OK").into_inner();
    assert_eq!(next(&mut statuses).await, Some(ServingStatus::Serving));
    // It is not waited for: the delay outlives the test.
    thread::spawn({
        let server = Arc::clone(&server);
        move || server.stop()
    });
    assert_eq!(next(&mut statuses).await, Some(ServingStatus::NotServing));
    let status = check(&server, "emqx.exhook.v2.HookProvider").await;
    assert_eq!(status.expect("an answer"), ServingStatus::NotServing);
    let late = connect(&server).await;
    let request = authenticate("c").encode_to_vec();
    let outcome = late
        .call(
            Package::V2,
            Hook::ClientAuthenticate,
            &request,
            crate::provider::TIMEOUT,
        )
        .await;
    assert_eq!(outcome.grpc_status, Some(0), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn reflection_lists_the_services_and_describes_them() {
    use v1::server_reflection_request::MessageRequest;
    use v1::server_reflection_response::MessageResponse;

    let provider = Provider::start(Config::default(), |_| {}).await;
    let channel = channel(&provider.server).await;
    let mut client = v1::server_reflection_client::ServerReflectionClient::new(channel);
    let asked = [
        MessageRequest::ListServices(String::new()),
        MessageRequest::FileContainingSymbol("emqx.exhook.v2.HookProvider".to_owned()),
        MessageRequest::FileContainingSymbol("emqx.exhook.v3.ValuedResponse".to_owned()),
    ];
    let requests = asked.map(|message_request| v1::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(message_request),
    });
    let requests = futures_util::stream::iter(requests);
    let response = client.server_reflection_info(requests).await.expect("OK");
    let mut answers = response.into_inner();
    let mut next = async || answers.message().await.expect("no error")?.message_response;

    let Some(MessageResponse::ListServicesResponse(list)) = next().await else {
        panic!("no list");
    };
    let names: Vec<_> = list.service.iter().map(|service| &*service.name).collect();
    for name in [
        "emqx.exhook.v1.HookProvider",
        "emqx.exhook.v2.HookProvider",
        "emqx.exhook.v3.HookProvider",
        "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection",
    ] {
        assert!(names.contains(&name), "{name} of {names:?}");
    }
    for package in ["emqx.exhook.v2", "emqx.exhook.v3"] {
        let Some(MessageResponse::FileDescriptorResponse(files)) = next().await else {
            panic!("no file");
        };
        let file = &files.file_descriptor_proto[0][..];
        let file = FileDescriptorProto::decode(file).expect("a descriptor");
        assert_eq!(file.package(), package);
        assert_eq!(file.service[0].name(), "HookProvider");
    }
    assert_eq!(next().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn reflection_serves_older_tools_and_can_be_turned_off() {
    use v1alpha::server_reflection_request::MessageRequest;

    for reflection in [true, false] {
        let config = Config {
            reflection,
            ..Config::default()
        };
        let provider = Provider::start(config, |_| {}).await;
        let channel = channel(&provider.server).await;
        let mut client = v1alpha::server_reflection_client::ServerReflectionClient::new(channel);
        let request = v1alpha::ServerReflectionRequest {
            host: String::new(),
            message_request: Some(MessageRequest::ListServices(String::new())),
        };
        let requests = futures_util::stream::iter([request]);
        let answer = async {
            let response = client.server_reflection_info(requests).await?;
            response.into_inner().message().await
        };
        match answer.await {
            Ok(answer) => assert!(reflection && answer.is_some()),
            Err(status) => {
                assert!(!reflection, "{status}");
                assert_eq!(status.code(), Code::Unimplemented);
            }
        }
        assert_eq!(provider.metrics().unknown_methods, u64::from(!reflection));
    }
}
