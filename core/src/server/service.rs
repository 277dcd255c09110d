//! The one service: path, decode, dispatch, encode, for every hook of every package.

use std::{
    cell::Cell,
    future::Future,
    net::IpAddr,
    rc::Rc,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use bytes::Bytes;
use h2::{RecvStream, server::SendResponse};
use http::{Method, Request as HttpRequest, StatusCode, request::Parts};
use tonic::Status;
use tracing::{info, warn};

use super::{
    context::ConnectionContext,
    encode::encode_answer,
    limits::{Message, Reservation, Unsent},
    reply::Reply,
    request::{grpc_timeout, is_grpc, parse_path, read_message},
};
use crate::{
    call::{Answer, Failure},
    deadline::{Deadlines, usable},
    dispatch::{Arrival, WakeQueue},
    hook::{Hook, Request},
    package::{self, BrokerVersion, Package},
    proto::ProviderLoadedRequest,
};

/// What requests of one connection have in common.
pub(crate) struct Peer {
    pub(crate) context: Arc<ConnectionContext>,
    pub(crate) wakes: Arc<WakeQueue>,
    pub(crate) deadlines: Deadlines,
    pub(crate) address: Option<IpAddr>,
    /// Whether it is known whose connection this is.
    pub(crate) is_known: Cell<bool>,
    /// Answers that the peer has not taken.
    pub(crate) unsent: Rc<Unsent>,
    /// How many calls of this connection are running.
    pub(crate) running: Cell<usize>,
}

/// What the head of a request asks for.
enum Asked {
    /// A hook.
    Hook(AskedHook),
    /// A method of a service beside exhook.
    Beside(Box<Parts>),
    /// Something else, and what it is answered.
    Other(Reply),
}

/// A hook that is called, before its request message has been read.
#[derive(Clone, Copy)]
struct AskedHook {
    package: Package,
    hook: Hook,
    arrived: Instant,
    grpc_timeout: Option<Duration>,
}

/// Answers one request; whatever it is, there is an answer.
pub(crate) fn respond(
    peer: &Rc<Peer>,
    request: HttpRequest<RecvStream>,
    response: SendResponse<Message>,
) -> impl Future<Output = ()> + use<> {
    // The head is read here, so that it is not kept, and moved, with the future.
    let (head, body) = request.into_parts();
    let asked = read_head(peer, &head);
    answer_stream(Rc::clone(peer), asked, body, response)
}

async fn answer_stream(
    peer: Rc<Peer>,
    asked: Asked,
    body: RecvStream,
    response: SendResponse<Message>,
) {
    let reply = match asked {
        Asked::Hook(asked) => Reply::message(answer_hook(&peer, asked, body).await),
        Asked::Beside(head) => {
            let request = HttpRequest::from_parts(*head, body);
            // Put aside, because the future of each call has room for it.
            return Box::pin(
                peer.context
                    .services
                    .answer(request, response, &peer.unsent),
            )
            .await;
        }
        Asked::Other(reply) => {
            // A request that is not read to its end would have to be reset.
            let limit = Instant::now() + peer.context.limits.receive_timeout;
            let read = read_message(body, 0, &peer.context.limits.memory);
            let _ = peer.deadlines.before(limit, read).await;
            reply
        }
    };
    // Fails only when the peer has gone.
    let _ = reply.send(response, &peer.unsent);
}

fn read_head(peer: &Peer, head: &Parts) -> Asked {
    if head.method != Method::POST || !is_grpc(&head.headers) {
        return Asked::Other(not_grpc(peer, head));
    }
    match parse_path(head.uri.path()) {
        Some((package, hook)) => Asked::Hook(AskedHook {
            package,
            hook,
            arrived: Instant::now(),
            grpc_timeout: grpc_timeout(&head.headers),
        }),
        None if peer.context.services.has(head.uri.path()) => Asked::Beside(Box::new(head.clone())),
        None => Asked::Other(unknown_method(peer, head)),
    }
}

/// The gRPC message that answers a hook.
async fn answer_hook(peer: &Peer, asked: AskedHook, body: RecvStream) -> Bytes {
    let (package, hook) = (asked.package, asked.hook);
    let context = &peer.context;
    let answer = match read_request(peer, asked, body).await {
        // What was reserved for the request is given back with its answer.
        Ok((request, _reservation)) => answer(peer, asked, request).await,
        Err(failure) => context
            .dispatcher
            .answer_failed(package, hook, asked.arrived, failure),
    };
    let numbers = context.brokers.verdict_numbers(peer.address, package);
    encode_answer(&answer, numbers)
}

async fn read_request(
    peer: &Peer,
    asked: AskedHook,
    body: RecvStream,
) -> Result<(Arc<Request>, Option<Reservation>), Failure> {
    let context = &peer.context;
    let receive_timeout = context.limits.receive_timeout;
    let limit = asked
        .grpc_timeout
        .map_or(receive_timeout, usable)
        .min(receive_timeout);
    let read = read_message(body, context.max_message_bytes, &context.limits.memory);
    let message = peer
        .deadlines
        .before(asked.arrived + limit, read)
        .await
        .unwrap_or(Err(Failure::Undecodable));
    let request = message.and_then(|(message, reservation)| {
        package::decode(asked.package, asked.hook, message)
            .map(|request| (Arc::new(request), reservation))
            .map_err(|_| Failure::Undecodable)
    });
    if let Err(failure) = request
        && let Some(due) = context.bad_request[failure as usize].due()
    {
        warn_unread(context, asked, failure, due.repeated);
    }
    request
}

fn warn_unread(
    context: &ConnectionContext,
    asked: AskedHook,
    failure: Failure,
    repeated: Option<u64>,
) {
    let (hook, package) = (asked.hook.name(), asked.package.short_name());
    if failure == Failure::Overload {
        warn!(
            repeated,
            hook,
            package,
            max_buffered_bytes = context.limits.memory.most(),
            "the requests that are arriving take as much memory as max_buffered_bytes allows; the \
             fallback is answered"
        );
        return;
    }
    warn!(
        repeated,
        hook,
        package,
        reason = failure.name(),
        max_message_bytes = context.max_message_bytes,
        "a request could not be read; its fallback is answered"
    );
}

async fn answer(peer: &Peer, asked: AskedHook, request: Arc<Request>) -> Answer {
    let package = asked.package;
    let brokers = &peer.context.brokers;
    let loaded = match &*request {
        Request::ProviderLoaded(loaded) => {
            let answer = introduce(peer, package, loaded, request.node());
            #[cfg(unix)]
            if let Some(dealer) = &peer.context.dealer {
                // Put aside, because the future of each call has room for it.
                let (node, version) = (request.node(), version_in(loaded));
                Box::pin(dealer.share_load(peer.address, package, node, version)).await;
            }
            Some(answer)
        }
        Request::ProviderUnloaded(_) => {
            brokers.unloaded(peer.address, request.node());
            #[cfg(unix)]
            if let Some(dealer) = &peer.context.dealer {
                dealer.share_unload(peer.address, request.node());
            }
            None
        }
        _ => {
            if !peer.is_known.replace(true) {
                brokers.calls(peer.address, package, request.node());
            }
            None
        }
    };
    let running = peer.running.get();
    if running >= peer.context.limits.max_running {
        return loaded.unwrap_or_else(|| overloaded(peer, asked));
    }
    let arrival = Arrival {
        package,
        hook: asked.hook,
        arrived: asked.arrived,
        grpc_timeout: asked.grpc_timeout,
        wakes: Arc::clone(&peer.wakes),
        deadlines: peer.deadlines.clone(),
    };
    peer.running.set(running + 1);
    let answer = peer.context.dispatcher.answer(arrival, request).await;
    peer.running.set(peer.running.get() - 1);
    loaded.unwrap_or(answer)
}

/// The answer to a call of a connection that has as many running as it may have.
fn overloaded(peer: &Peer, asked: AskedHook) -> Answer {
    let context = &peer.context;
    if let Some(due) = context.overloaded.due() {
        warn!(
            repeated = due.repeated,
            peer = peer.address.map(tracing::field::display),
            hook = asked.hook.name(),
            max_inflight_per_connection = context.limits.max_running,
            "more calls of one connection are running than max_inflight_per_connection allows; the \
             fallback is answered. Make handlers faster or raise it"
        );
    }
    let (package, hook) = (asked.package, asked.hook);
    context
        .dispatcher
        .answer_failed(package, hook, asked.arrived, Failure::Overload)
}

/// Takes note of the broker, and says which hooks are wanted from it.
fn introduce(peer: &Peer, package: Package, loaded: &ProviderLoadedRequest, node: &str) -> Answer {
    let version = version_in(loaded);
    let parsed = BrokerVersion::parse(version);
    peer.is_known.set(true);
    let brokers = &peer.context.brokers;
    brokers.loaded(peer.address, package, node, version);
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

/// The version of the broker that loads the provider, as it says it; may be empty.
fn version_in(loaded: &ProviderLoadedRequest) -> &str {
    match (&loaded.broker, &loaded.meta) {
        (Some(broker), _) => broker.version.as_str(),
        (None, Some(meta)) => meta.version.as_str(),
        (None, None) => "",
    }
}

/// A method of no exhook package.
fn unknown_method(peer: &Peer, head: &Parts) -> Reply {
    let context = &peer.context;
    context
        .metrics()
        .unknown_methods
        .fetch_add(1, Ordering::Relaxed);
    if let Some(due) = context.unknown_method.due() {
        warn!(
            repeated = due.repeated,
            path = head.uri.path(),
            "a method was called that is no hook of emqx.exhook.v1, v2 or v3; UNIMPLEMENTED is \
             answered"
        );
    }
    Reply::status(&Status::unimplemented(format!(
        "{} is no method of emqx.exhook.v1, v2 or v3",
        head.uri.path()
    )))
}

/// A request that is not gRPC gets the HTTP status that gRPC prescribes.
fn not_grpc(peer: &Peer, head: &Parts) -> Reply {
    let context = &peer.context;
    context
        .metrics()
        .bad_requests
        .fetch_add(1, Ordering::Relaxed);
    if let Some(due) = context.not_grpc.due() {
        warn!(
            repeated = due.repeated,
            method = %head.method,
            path = head.uri.path(),
            "a request is not gRPC (POST with content-type application/grpc); it is refused"
        );
    }
    Reply::http(if head.method == Method::POST {
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    } else {
        StatusCode::METHOD_NOT_ALLOWED
    })
}
