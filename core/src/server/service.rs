//! The one service: path, decode, dispatch, encode, for every hook of every package.

use std::{
    cell::Cell,
    future::Future,
    net::IpAddr,
    pin::Pin,
    rc::Rc,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use http::{Method, StatusCode, request::Parts};
use tonic::Status;
use tracing::{info, warn};

use super::{
    context::ConnectionContext,
    http2::{Asked, Message, RequestHead},
    limits::Reservation,
    reply::Reply,
    request::is_grpc,
};
use crate::{
    call::{Answer, Failure},
    deadline::Deadlines,
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
    /// How many calls of this connection are running.
    pub(crate) running: Cell<usize>,
}

/// A hook that is called.
#[derive(Clone, Copy)]
struct AskedHook {
    package: Package,
    hook: Hook,
    arrived: Instant,
    grpc_timeout: Option<Duration>,
}

/// The reply to a request: there, or to come.
pub(crate) enum Responding {
    Now(Reply),
    Later(Pin<Box<dyn Future<Output = Reply>>>),
}

/// Answers one request that arrived at `arrived`; whatever it is, there is an answer.
pub(crate) fn respond(
    peer: &Rc<Peer>,
    head: &RequestHead,
    message: Message,
    arrived: Instant,
) -> Responding {
    match &head.asked {
        Asked::Hook {
            package,
            hook,
            grpc_timeout,
        } => {
            let asked = AskedHook {
                package: *package,
                hook: *hook,
                arrived,
                grpc_timeout: *grpc_timeout,
            };
            respond_to_hook(peer, asked, message)
        }
        Asked::Other(head) if head.method == Method::POST && is_grpc(content_type(head)) => {
            Responding::Now(unknown_method(peer, head))
        }
        Asked::Other(head) => Responding::Now(not_grpc(peer, head)),
        Asked::TooLarge => {
            Responding::Now(Reply::Http(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE))
        }
    }
}

fn content_type(head: &Parts) -> &[u8] {
    let value = head.headers.get(http::header::CONTENT_TYPE);
    value.map_or(&[], |value| value.as_bytes())
}

fn respond_to_hook(peer: &Rc<Peer>, asked: AskedHook, message: Message) -> Responding {
    match decode(&peer.context, asked, message) {
        #[cfg(unix)]
        Ok((request, reservation))
            if asked.hook == Hook::ProviderLoaded && peer.context.dealer.is_some() =>
        {
            let peer = Rc::clone(peer);
            Responding::Later(Box::pin(load(peer, asked, request, reservation)))
        }
        Ok((request, reservation)) => begin(peer, asked, request, reservation),
        Err(failure) => {
            let answer = fallback(peer, asked, failure);
            Responding::Now(reply(peer, asked.package, answer))
        }
    }
}

/// The gRPC message that answers a hook.
fn reply(peer: &Peer, package: Package, answer: Answer) -> Reply {
    let brokers = &peer.context.brokers;
    Reply::Answer(answer, brokers.verdict_numbers(peer.address, package))
}

fn fallback(peer: &Peer, asked: AskedHook, failure: Failure) -> Answer {
    let (package, hook) = (asked.package, asked.hook);
    let dispatcher = &peer.context.dispatcher;
    dispatcher.answer_failed(package, hook, asked.arrived, failure)
}

fn decode(
    context: &ConnectionContext,
    asked: AskedHook,
    message: Message,
) -> Result<(Arc<Request>, Option<Reservation>), Failure> {
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

/// Answers a broker that loads the provider, once all processes of this program know of it.
#[cfg(unix)]
async fn load(
    peer: Rc<Peer>,
    asked: AskedHook,
    request: Arc<Request>,
    reservation: Option<Reservation>,
) -> Reply {
    if let (Request::ProviderLoaded(loaded), Some(dealer)) = (&*request, &peer.context.dealer) {
        let (node, version) = (request.node(), version_in(loaded));
        let loading = dealer.share_load(peer.address, asked.package, node, version);
        loading.await;
    }
    match begin(&peer, asked, request, reservation) {
        Responding::Now(reply) => reply,
        Responding::Later(reply) => reply.await,
    }
}

/// Hands a request to user code.
fn begin(
    peer: &Rc<Peer>,
    asked: AskedHook,
    request: Arc<Request>,
    reservation: Option<Reservation>,
) -> Responding {
    let package = asked.package;
    let loaded = take_note(peer, package, &request);
    if peer.running.get() >= peer.context.limits.max_running {
        let answer = loaded.unwrap_or_else(|| overloaded(peer, asked));
        return Responding::Now(reply(peer, package, answer));
    }
    let arrival = Arrival {
        package,
        hook: asked.hook,
        arrived: asked.arrived,
        grpc_timeout: asked.grpc_timeout,
        wakes: Arc::clone(&peer.wakes),
    };
    let undecided = match peer.context.dispatcher.begin(arrival, request) {
        Ok(answer) => return Responding::Now(reply(peer, package, loaded.unwrap_or(answer))),
        Err(undecided) => undecided,
    };
    peer.running.set(peer.running.get() + 1);
    let peer = Rc::clone(peer);
    Responding::Later(Box::pin(async move {
        let dispatcher = &peer.context.dispatcher;
        let answer = dispatcher.finish(undecided, &peer.deadlines).await;
        peer.running.set(peer.running.get() - 1);
        // What was reserved for the request is given back with its answer.
        drop(reservation);
        reply(&peer, package, loaded.unwrap_or(answer))
    }))
}

/// Takes note of which broker calls; the answer to one that loads the provider.
fn take_note(peer: &Peer, package: Package, request: &Request) -> Option<Answer> {
    let brokers = &peer.context.brokers;
    match request {
        Request::ProviderLoaded(loaded) => {
            return Some(introduce(peer, package, loaded, request.node()));
        }
        Request::ProviderUnloaded(_) => {
            brokers.unloaded(peer.address, request.node());
            #[cfg(unix)]
            if let Some(dealer) = &peer.context.dealer {
                dealer.share_unload(peer.address, request.node());
            }
        }
        _ if !peer.is_known.replace(true) => {
            brokers.calls(peer.address, package, request.node());
        }
        _ => {}
    }
    None
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
    fallback(peer, asked, Failure::Overload)
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
    Reply::Http(if head.method == Method::POST {
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    } else {
        StatusCode::METHOD_NOT_ALLOWED
    })
}
