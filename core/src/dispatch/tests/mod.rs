//! How requests become answers, without a socket.

mod chains;
mod decisions;
mod shadows;
mod waiting;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    Ack, Arrival, Dispatcher, Fallback, Handler, HandlerOptions, Inbox, Registry, WakeQueue,
};
use tokio::task::spawn_local;

use crate::{
    call::{Answer, Call, Failure, MessagePatch, ReplyError, Verdict},
    config::Config,
    deadline::{DeadlineTimer, served},
    hook::{Hook, Request, TopicFilters},
    metrics::Metrics,
    package::Package,
    proto,
    sync::lock,
};

const AUTHENTICATE: Hook = Hook::ClientAuthenticate;
const PUBLISH: Hook = Hook::MessagePublish;
const CONNECTED: Hook = Hook::ClientConnected;

fn authenticate(clientid: &str) -> Request {
    Request::ClientAuthenticate(proto::ClientAuthenticateRequest {
        clientinfo: Some(clientinfo(clientid)),
        ..proto::ClientAuthenticateRequest::default()
    })
}

fn connected(clientid: &str) -> Request {
    Request::ClientConnected(proto::ClientConnectedRequest {
        clientinfo: Some(clientinfo(clientid)),
        meta: None,
    })
}

fn clientinfo(clientid: &str) -> proto::ClientInfo {
    proto::ClientInfo {
        clientid: clientid.to_owned(),
        ..proto::ClientInfo::default()
    }
}

fn publish(topic: &str, payload: &'static str) -> Request {
    Request::MessagePublish(proto::MessagePublishRequest {
        message: Some(proto::Message {
            topic: topic.to_owned(),
            payload: payload.into(),
            ..proto::Message::default()
        }),
        ..proto::MessagePublishRequest::default()
    })
}

/// Handlers under test, and the dispatcher made of them.
#[derive(Default)]
struct Setup {
    registry: Option<Registry>,
    config: Config,
}

impl Setup {
    fn on(self, hook: Hook, handler: impl Handler) -> Self {
        self.with(hook, HandlerOptions::default(), handler)
    }

    fn with(mut self, hook: Hook, options: HandlerOptions, handler: impl Handler) -> Self {
        self.registry
            .get_or_insert_with(Registry::new)
            .register(hook, options, Arc::new(handler))
            .expect("valid options");
        self
    }

    fn build(self) -> Arc<Dispatcher> {
        Arc::new(self.dispatcher())
    }

    fn dispatcher(self) -> Dispatcher {
        let chains = self.registry.unwrap_or_default().into_chains();
        Dispatcher::new(chains, &self.config, Metrics::new())
    }
}

/// A handler that answers the same always.
fn says(verdict: Verdict) -> impl Handler {
    move |call: Call| {
        let _ = call.reply(verdict.clone());
    }
}

/// A handler that hands calls over to a test.
fn keeps(calls: &Arc<Mutex<Vec<Call>>>) -> impl Handler + use<> {
    let calls = Arc::clone(calls);
    move |call: Call| lock(&calls).push(call)
}

async fn ask(dispatcher: &Dispatcher, request: Request) -> Answer {
    ask_within(dispatcher, request, None).await
}

async fn ask_within(
    dispatcher: &Dispatcher,
    request: Request,
    grpc_timeout: Option<Duration>,
) -> Answer {
    served(DeadlineTimer::default(), async |deadlines| {
        let arrival = Arrival {
            package: Package::V3,
            hook: request.hook(),
            arrived: tokio::time::Instant::now().into_std(),
            grpc_timeout,
            wakes: Arc::new(WakeQueue::default()),
        };
        match dispatcher.begin(arrival, Arc::new(request)) {
            Ok(answer) => answer,
            Err(undecided) => dispatcher.finish(undecided, &deadlines).await,
        }
    })
    .await
}

/// The answer in a form that can be compared.
fn told(answer: &Answer) -> String {
    match answer {
        Answer::Empty => "empty".to_owned(),
        Answer::Ignore => "ignore".to_owned(),
        Answer::Bool { stop: true, value } => format!("stop {value}"),
        Answer::Bool { stop: false, value } => format!("continue {value}"),
        Answer::Message { request, patch } => {
            let mut message = request.message().expect("a publish").clone();
            patch.apply_to(&mut message);
            let payload = String::from_utf8_lossy(&message.payload).into_owned();
            let blocked = message.headers.contains_key("allow_publish");
            format!(
                "{} {payload}{}",
                message.topic,
                if blocked { " blocked" } else { "" }
            )
        }
        Answer::Loaded(_) => "loaded".to_owned(),
    }
}

fn failures(dispatcher: &Dispatcher, hook: Hook, failure: Failure) -> u64 {
    let snapshot = dispatcher.metrics().snapshot(0, 0);
    let metrics = snapshot.hooks.iter().find(|metrics| metrics.hook == hook);
    metrics.map_or(0, |metrics| metrics.failures[failure as usize].1)
}
