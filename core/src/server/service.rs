//! The one service: path, decode, dispatch, encode, for every hook of every package.

use std::{
    convert::Infallible,
    net::IpAddr,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header, request::Parts};
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
    deadline::before,
    dispatch::{Arrival, WakeQueue},
    hook::{Hook, Request},
    package::{self, BrokerVersion, Package},
    proto::ProviderLoadedRequest,
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

/// What the head of a request asks for.
pub(crate) enum Asked {
    /// A hook.
    Hook(AskedHook),
    /// Something else, and what it is answered.
    Other(Box<Response<GrpcBody>>),
}

/// A hook that is called, before its request message has been read.
pub(crate) struct AskedHook {
    package: Package,
    hook: Hook,
    arrived: Instant,
    grpc_timeout: Option<Duration>,
}

/// Reads the head of a request. It is done before anything is awaited, so that the head is not
/// kept, and moved, with the future.
pub(crate) fn read_head(peer: &Peer, head: &Parts) -> Asked {
    let other = |response| Asked::Other(Box::new(response));
    if head.method != Method::POST || !is_grpc(&head.headers) {
        return other(not_grpc(peer, head));
    }
    let Some((package, hook)) = parse_path(head.uri.path()) else {
        return other(unknown_method(peer, head));
    };
    Asked::Hook(AskedHook {
        package,
        hook,
        arrived: Instant::now(),
        grpc_timeout: grpc_timeout(&head.headers),
    })
}

/// Answers one request; whatever it is, there is an answer.
pub(crate) async fn respond<B>(
    peer: Arc<Peer>,
    asked: Asked,
    body: B,
) -> Result<Response<GrpcBody>, Infallible>
where
    B: Body<Data = Bytes> + Unpin,
{
    let asked = match asked {
        Asked::Hook(asked) => asked,
        Asked::Other(response) => return Ok(*response),
    };
    let (package, hook) = (asked.package, asked.hook);
    let answer = match read_request(&peer, &asked, body).await {
        Ok(request) => answer(&peer, asked, request).await,
        Err(failure) => {
            let dispatcher = &peer.context.dispatcher;
            dispatcher.answer_failed(package, hook, asked.arrived, failure)
        }
    };
    let numbers = peer.context.brokers.verdict_numbers(peer.address, package);
    let mut response = Response::new(GrpcBody::message(encode_answer(&answer, numbers)));
    response.headers_mut().insert(header::CONTENT_TYPE, GRPC);
    Ok(response)
}

async fn read_request<B>(peer: &Peer, asked: &AskedHook, body: B) -> Result<Arc<Request>, Failure>
where
    B: Body<Data = Bytes> + Unpin,
{
    let context = &peer.context;
    let limit = asked
        .grpc_timeout
        .map_or(READ_TIMEOUT, |timeout| timeout - timeout / 10);
    let read = read_message(body, context.max_message_bytes);
    let message = before(asked.arrived + limit, read)
        .await
        .unwrap_or(Err(Failure::Undecodable));
    let request = message.and_then(|message| {
        package::decode(asked.package, asked.hook, message)
            .map(Arc::new)
            .map_err(|_| Failure::Undecodable)
    });
    if let Err(failure) = request
        && context.bad_request[failure as usize].is_due()
    {
        warn!(
            hook = asked.hook.name(),
            package = asked.package.short_name(),
            reason = failure.name(),
            max_message_bytes = context.max_message_bytes,
            "a request could not be read; its fallback is answered"
        );
    }
    request
}

async fn answer(peer: &Peer, asked: AskedHook, request: Arc<Request>) -> Answer {
    let package = asked.package;
    let loaded = match &*request {
        Request::ProviderLoaded(loaded) => Some(introduce(peer, package, loaded, request.node())),
        _ => None,
    };
    let arrival = Arrival {
        package,
        hook: asked.hook,
        arrived: asked.arrived,
        grpc_timeout: asked.grpc_timeout,
        wakes: Arc::clone(&peer.wakes),
    };
    let answer = peer.context.dispatcher.answer(arrival, request).await;
    loaded.unwrap_or(answer)
}

/// Takes note of the broker, and says which hooks are wanted from it.
fn introduce(
    peer: &Peer,
    package: Package,
    loaded: &ProviderLoadedRequest,
    node: &str,
) -> Answer {
    let version = match (&loaded.broker, &loaded.meta) {
        (Some(broker), _) => broker.version.as_str(),
        (None, Some(meta)) => meta.version.as_str(),
        (None, None) => "",
    };
    let parsed = BrokerVersion::parse(version);
    peer.context.brokers.loaded(peer.address, parsed);
    let response = peer.context.dispatcher.loaded_response(package, parsed);
    info!(
        version,
        package = package.short_name(),
        node,
        hooks = response.hooks.len(),
        "a broker has loaded this provider"
    );
    Answer::Loaded(response)
}

/// A method of no exhook package: UNIMPLEMENTED, as headers and then trailers.
fn unknown_method(peer: &Peer, head: &Parts) -> Response<GrpcBody> {
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
fn not_grpc(peer: &Peer, head: &Parts) -> Response<GrpcBody> {
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
