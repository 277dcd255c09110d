//! The one service: path, decode, dispatch, encode, for every hook of every package.

use std::{
    net::IpAddr,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request as HttpRequest, Response, StatusCode, header};
use http_body::Body;
use tonic::Status;
use tracing::{info, warn};

use super::{
    body::GrpcBody,
    connection::ConnectionContext,
    encode::encode_answer,
    request::{grpc_timeout, is_grpc, parse_path, read_message},
};
use crate::{
    call::{Answer, Failure},
    dispatch::{Arrival, WakeQueue},
    hook::{Hook, Request},
    package::{self, BrokerVersion, Package},
};

const GRPC: HeaderValue = HeaderValue::from_static("application/grpc");
/// How long a request may take to arrive when its broker does not say how long it waits.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// What requests of one connection have in common.
pub(crate) struct Peer {
    pub(crate) context: Arc<ConnectionContext>,
    pub(crate) wakes: Arc<WakeQueue>,
    pub(crate) address: Option<IpAddr>,
}

/// Answers one HTTP request; whatever it is, there is an answer.
pub(crate) async fn respond<B>(peer: &Peer, request: HttpRequest<B>) -> Response<GrpcBody>
where
    B: Body<Data = Bytes> + Unpin,
{
    let arrived = Instant::now();
    let (head, body) = request.into_parts();
    let hook = parse_path(head.uri.path());
    if head.method != Method::POST || !is_grpc(&head.headers) {
        return not_grpc(peer, &head);
    }
    let Some((package, hook)) = hook else {
        return unknown_method(peer, &head);
    };
    let grpc_timeout = grpc_timeout(&head.headers);
    let request = read_request(peer, package, hook, grpc_timeout, body).await;
    let answer = match request {
        Ok(request) => {
            let arrival = Arrival {
                package,
                hook,
                arrived,
                grpc_timeout,
                wakes: Arc::clone(&peer.wakes),
            };
            answer(peer, arrival, request).await
        }
        Err(failure) => peer
            .context
            .dispatcher
            .answer_failed(package, hook, arrived, failure),
    };
    let numbers = peer.context.brokers.verdict_numbers(peer.address, package);
    let mut response = Response::new(GrpcBody::message(encode_answer(&answer, numbers)));
    response.headers_mut().insert(header::CONTENT_TYPE, GRPC);
    response
}

async fn read_request<B>(
    peer: &Peer,
    package: Package,
    hook: Hook,
    grpc_timeout: Option<Duration>,
    body: B,
) -> Result<Request, Failure>
where
    B: Body<Data = Bytes> + Unpin,
{
    let context = &peer.context;
    let limit = grpc_timeout.map_or(READ_TIMEOUT, |timeout| timeout - timeout / 10);
    let message = tokio::time::timeout(limit, read_message(body, context.max_message_bytes))
        .await
        .unwrap_or(Err(Failure::Undecodable));
    let request = message.and_then(|message| {
        package::decode(package, hook, message).map_err(|_| Failure::Undecodable)
    });
    if let Err(failure) = request
        && context.bad_request[failure as usize].is_due()
    {
        warn!(
            hook = hook.name(),
            package = package.short_name(),
            reason = failure.name(),
            max_message_bytes = context.max_message_bytes,
            "a request could not be read; its fallback is answered"
        );
    }
    request
}

async fn answer(peer: &Peer, arrival: Arrival, request: Request) -> Answer {
    let package = arrival.package;
    let loaded = match &request {
        Request::ProviderLoaded(loaded) => {
            let text = match (&loaded.broker, &loaded.meta) {
                (Some(broker), _) => broker.version.as_str(),
                (None, Some(meta)) => meta.version.as_str(),
                (None, None) => "",
            };
            let version = BrokerVersion::parse(text);
            peer.context.brokers.loaded(peer.address, version);
            let answer = peer.context.dispatcher.loaded_response(package, version);
            if let Answer::Loaded(response) = &answer {
                info!(
                    version = text,
                    package = package.short_name(),
                    node = request.node(),
                    hooks = response.hooks.len(),
                    "a broker has loaded this provider"
                );
            }
            Some(answer)
        }
        _ => None,
    };
    let answer = peer.context.dispatcher.answer(arrival, request).await;
    loaded.unwrap_or(answer)
}

/// A method of no exhook package: UNIMPLEMENTED, as headers and then trailers.
fn unknown_method(peer: &Peer, head: &http::request::Parts) -> Response<GrpcBody> {
    let context = &peer.context;
    context
        .metrics()
        .unknown_methods
        .fetch_add(1, Ordering::Relaxed);
    if context.unknown_method.is_due() {
        warn!(
            path = head.uri.path(),
            "a method was called that is no hook of emqx.exhook.v1, v2 or v3; UNIMPLEMENTED is \
             answered"
        );
    }
    let status = Status::unimplemented(format!(
        "{} is no method of emqx.exhook.v1, v2 or v3",
        head.uri.path()
    ));
    let mut response = Response::new(GrpcBody::status(&status));
    response.headers_mut().insert(header::CONTENT_TYPE, GRPC);
    response
}

/// A request that is not gRPC gets the HTTP status that gRPC prescribes.
fn not_grpc(peer: &Peer, head: &http::request::Parts) -> Response<GrpcBody> {
    let context = &peer.context;
    context
        .metrics()
        .bad_requests
        .fetch_add(1, Ordering::Relaxed);
    if context.not_grpc.is_due() {
        warn!(
            method = %head.method,
            path = head.uri.path(),
            "a request is not gRPC (POST with content-type application/grpc); it is refused"
        );
    }
    let mut response = Response::new(GrpcBody::empty());
    *response.status_mut() = if head.method == Method::POST {
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    } else {
        StatusCode::METHOD_NOT_ALLOWED
    };
    response
}
