//! How requests become answers, without a socket.

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
        let chains = self.registry.unwrap_or_default().into_chains();
        Arc::new(Dispatcher::new(chains, &self.config, Metrics::new()))
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
    served(DeadlineTimer::default(), |deadlines| {
        let arrival = Arrival {
            package: Package::V3,
            hook: request.hook(),
            arrived: tokio::time::Instant::now().into_std(),
            grpc_timeout,
            wakes: Arc::new(WakeQueue::default()),
            deadlines,
        };
        dispatcher.answer(arrival, Arc::new(request))
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

#[tokio::test]
async fn each_verdict_is_told_as_the_table_says() {
    for (verdict, expected) in [
        (Verdict::Allow, "stop true"),
        (Verdict::Deny, "stop false"),
        (Verdict::KeepGoing(true), "continue true"),
        (Verdict::KeepGoing(false), "continue false"),
        (Verdict::Ignore, "ignore"),
    ] {
        let dispatcher = Setup::default().on(AUTHENTICATE, says(verdict)).build();
        assert_eq!(told(&ask(&dispatcher, authenticate("c")).await), expected);
    }
    let patch = MessagePatch::new().topic("b");
    for (verdict, expected) in [
        (Verdict::Replace(patch), "b x"),
        (Verdict::Block, "a x blocked"),
        (Verdict::Ignore, "ignore"),
    ] {
        let dispatcher = Setup::default().on(PUBLISH, says(verdict)).build();
        assert_eq!(told(&ask(&dispatcher, publish("a", "x")).await), expected);
    }
}

#[tokio::test]
async fn without_a_handler_nobody_has_an_opinion() {
    let dispatcher = Setup::default().build();
    assert_eq!(told(&ask(&dispatcher, authenticate("c")).await), "ignore");
    assert_eq!(told(&ask(&dispatcher, connected("c")).await), "empty");
}

#[tokio::test]
async fn a_verdict_that_does_not_suit_the_hook_becomes_the_fallback() {
    let errors = Arc::new(Mutex::new(Vec::new()));
    let wrong = |verdict: Verdict| {
        let errors = Arc::clone(&errors);
        move |call: Call| lock(&errors).push(call.reply(verdict.clone()).expect_err("wrong"))
    };
    let dispatcher = Setup::default()
        .on(AUTHENTICATE, wrong(Verdict::Block))
        .on(
            PUBLISH,
            wrong(Verdict::Replace(MessagePatch::new().topic("a/#"))),
        )
        .build();
    assert_eq!(
        told(&ask(&dispatcher, authenticate("c")).await),
        "stop false"
    );
    assert_eq!(told(&ask(&dispatcher, publish("a", "x")).await), "ignore");
    let errors = lock(&errors);
    assert!(matches!(
        errors[0],
        ReplyError::WrongVerdict {
            hook: AUTHENTICATE,
            ..
        }
    ));
    assert!(matches!(errors[1], ReplyError::BadMessage(_)));
    assert_eq!(failures(&dispatcher, AUTHENTICATE, Failure::BadAnswer), 1);
    assert_eq!(failures(&dispatcher, PUBLISH, Failure::BadAnswer), 1);
}

#[tokio::test]
async fn the_first_decisive_verdict_ends_the_chain() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let dispatcher = Setup::default()
        .on(AUTHENTICATE, says(Verdict::Ignore))
        .on(AUTHENTICATE, says(Verdict::KeepGoing(false)))
        .on(AUTHENTICATE, says(Verdict::Allow))
        .on(AUTHENTICATE, move |call: Call| {
            counter.fetch_add(1, Ordering::Relaxed);
            drop(call);
        })
        .build();
    assert_eq!(
        told(&ask(&dispatcher, authenticate("c")).await),
        "stop true"
    );
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn an_undecided_chain_tells_the_last_keep_going() {
    let seen = Arc::new(Mutex::new(None));
    let saw = Arc::clone(&seen);
    let dispatcher = Setup::default()
        .on(AUTHENTICATE, says(Verdict::KeepGoing(true)))
        .on(AUTHENTICATE, move |call: Call| {
            if let Request::ClientAuthenticate(request) = &**call.request() {
                *lock(&saw) = Some(request.result);
            }
            let _ = call.reply(Verdict::Ignore);
        })
        .build();
    assert_eq!(
        told(&ask(&dispatcher, authenticate("c")).await),
        "continue true"
    );
    assert_eq!(
        *lock(&seen),
        Some(true),
        "the second sees what the first said"
    );
}

#[tokio::test]
async fn each_publish_handler_sees_what_the_one_before_made_of_the_message() {
    let append = |text: &'static str| {
        move |call: Call| {
            let message = call.request().message().expect("a publish");
            let payload = [&message.payload[..], text.as_bytes()].concat();
            let _ = call.reply(Verdict::Replace(MessagePatch::new().payload(payload)));
        }
    };
    let dispatcher = Setup::default()
        .on(PUBLISH, append("1"))
        .on(PUBLISH, says(Verdict::Ignore))
        .on(PUBLISH, append("2"))
        .build();
    assert_eq!(told(&ask(&dispatcher, publish("a", "x")).await), "a x12");
}

#[tokio::test]
async fn a_failing_handler_keeps_what_those_before_it_changed() {
    let dispatcher = Setup::default()
        .on(
            PUBLISH,
            says(Verdict::Replace(
                MessagePatch::new().payload("secret removed"),
            )),
        )
        .on(PUBLISH, |call: Call| call.fail(Failure::Exception))
        .build();
    assert_eq!(
        told(&ask(&dispatcher, publish("a", "secret")).await),
        "a secret removed"
    );
}

#[tokio::test]
async fn a_message_is_blocked_where_that_is_the_fallback() {
    let options = HandlerOptions {
        fallback: Some(Fallback::Block),
        ..HandlerOptions::default()
    };
    let dispatcher = Setup::default()
        .with(PUBLISH, options, |call: Call| call.fail(Failure::Exception))
        .build();
    let answer = ask(&dispatcher, publish("a", "x")).await;
    assert_eq!(told(&answer), "a x blocked");
    let unread = dispatcher.answer_failed(Package::V3, PUBLISH, Instant::now(), Failure::TooLarge);
    assert!(matches!(unread, Answer::Message { patch, .. } if patch.block));
}

#[tokio::test]
async fn handlers_see_only_the_topics_they_asked_for() {
    let options = HandlerOptions {
        topics: TopicFilters::new(["sensors/#"]).expect("a valid filter"),
        ..HandlerOptions::default()
    };
    let dispatcher = Setup::default()
        .with(PUBLISH, options, says(Verdict::Block))
        .build();
    assert_eq!(
        told(&ask(&dispatcher, publish("sensors/1", "x")).await),
        "sensors/1 x blocked"
    );
    assert_eq!(
        told(&ask(&dispatcher, publish("alerts/1", "x")).await),
        "ignore"
    );
}

#[tokio::test(start_paused = true)]
async fn at_the_deadline_the_fallback_is_answered_and_a_late_reply_is_counted() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let options = HandlerOptions {
        timeout_ms: Some(50),
        fallback: Some(Fallback::Allow),
        ..HandlerOptions::default()
    };
    let dispatcher = Setup::default()
        .with(AUTHENTICATE, options, keeps(&calls))
        .build();
    assert_eq!(
        told(&ask(&dispatcher, authenticate("c")).await),
        "stop true"
    );
    let call = lock(&calls).pop().expect("the handler has it");
    assert!(!call.is_wanted());
    assert_eq!(call.reply(Verdict::Deny), Err(ReplyError::TooLate));
    assert_eq!(failures(&dispatcher, AUTHENTICATE, Failure::Deadline), 1);
    assert_eq!(dispatcher.metrics().snapshot(0, 0).hooks[0].late, 1);
}

#[tokio::test(start_paused = true)]
async fn the_brokers_timeout_less_a_margin_counts_where_it_is_shorter() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let dispatcher = Setup::default().on(AUTHENTICATE, keeps(&calls)).build();
    let begun = tokio::time::Instant::now();
    let timeout = Some(Duration::from_secs(1));
    ask_within(&dispatcher, authenticate("c"), timeout).await;
    let took = begun.elapsed();
    assert!(took <= Duration::from_millis(902), "{took:?}");
    assert!(took >= Duration::from_millis(850), "{took:?}");
}

#[tokio::test]
async fn a_call_that_is_let_go_is_answered_with_the_fallback() {
    let dispatcher = Setup::default().on(AUTHENTICATE, drop::<Call>).build();
    assert_eq!(
        told(&ask(&dispatcher, authenticate("c")).await),
        "stop false"
    );
    assert_eq!(failures(&dispatcher, AUTHENTICATE, Failure::Unanswered), 1);
}

#[tokio::test(flavor = "local")]
async fn beyond_max_inflight_the_fallback_is_answered_at_once() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let mut setup = Setup::default().on(AUTHENTICATE, keeps(&calls));
    setup.config.max_inflight = 1;
    let dispatcher = setup.build();
    let waiting = {
        let dispatcher = Arc::clone(&dispatcher);
        spawn_local(async move { told(&ask(&dispatcher, authenticate("first")).await) })
    };
    tokio::task::yield_now().await;
    assert_eq!(
        told(&ask(&dispatcher, authenticate("second")).await),
        "stop false"
    );
    assert_eq!(failures(&dispatcher, AUTHENTICATE, Failure::Overload), 1);
    let call = lock(&calls).pop().expect("the first runs");
    call.reply(Verdict::Allow).expect("in time");
    assert_eq!(waiting.await.expect("no panic"), "stop true");
    assert_eq!(dispatcher.running(), 0);
}

#[tokio::test]
async fn notifications_are_answered_first_and_run_one_by_one_per_client() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let dispatcher = Setup::default().on(CONNECTED, keeps(&calls)).build();
    for _ in 0..3 {
        assert_eq!(told(&ask(&dispatcher, connected("one")).await), "empty");
    }
    assert_eq!(told(&ask(&dispatcher, connected("two")).await), "empty");
    assert_eq!(lock(&calls).len(), 2, "one call of each client is out");
    assert_eq!(dispatcher.queued(), 4);
    for left in (0..4).rev() {
        let call = lock(&calls).remove(0);
        assert!(call.deadline().is_none());
        call.reply(Verdict::Ignore).expect("nothing to be late for");
        assert_eq!(dispatcher.queued(), left);
    }
}

#[tokio::test]
async fn valued_calls_do_not_wait_behind_notifications_of_their_client() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let dispatcher = Setup::default()
        .on(CONNECTED, keeps(&calls))
        .on(AUTHENTICATE, says(Verdict::Allow))
        .build();
    ask(&dispatcher, connected("c")).await;
    assert_eq!(
        told(&ask(&dispatcher, authenticate("c")).await),
        "stop true"
    );
    assert_eq!(lock(&calls).len(), 1);
}

#[tokio::test(flavor = "local")]
async fn a_late_ack_answers_after_the_handler_and_keeps_the_order() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let options = HandlerOptions {
        ack: Ack::Late,
        ..HandlerOptions::default()
    };
    let dispatcher = Setup::default()
        .with(CONNECTED, options, keeps(&calls))
        .build();
    let asked = {
        let dispatcher = Arc::clone(&dispatcher);
        spawn_local(async move { told(&ask(&dispatcher, connected("c")).await) })
    };
    tokio::task::yield_now().await;
    assert!(!asked.is_finished());
    let call = lock(&calls).pop().expect("the handler has it");
    call.reply(Verdict::Ignore).expect("in time");
    assert_eq!(asked.await.expect("no panic"), "empty");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_full_inbox_slows_the_broker_down_before_it_drops_anything() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let mut setup = Setup::default().on(CONNECTED, keeps(&calls));
    setup.config.inbox_capacity = 1;
    setup.config.timeout_ms = 200;
    let dispatcher = setup.build();
    ask(&dispatcher, connected("one")).await;

    let held = {
        let dispatcher = Arc::clone(&dispatcher);
        spawn_local(async move { told(&ask(&dispatcher, connected("two")).await) })
    };
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!held.is_finished(), "held back while there is no room");
    let first = lock(&calls).pop().expect("the first runs");
    first
        .reply(Verdict::Ignore)
        .expect("nothing to be late for");
    assert_eq!(held.await.expect("no panic"), "empty");
    assert_eq!(lock(&calls).len(), 1, "the held one runs now");

    assert_eq!(told(&ask(&dispatcher, connected("three")).await), "empty");
    assert_eq!(lock(&calls).len(), 1, "given up at its deadline");
    assert_eq!(dispatcher.metrics().snapshot(0, 0).hooks[0].dropped, 1);
}

#[tokio::test]
async fn a_long_queue_of_quick_handlers_does_not_deepen_the_stack() {
    let first = Arc::new(Mutex::new(None));
    let seen = Arc::new(AtomicUsize::new(0));
    let (keep, count) = (Arc::clone(&first), Arc::clone(&seen));
    let mut setup = Setup::default().on(CONNECTED, move |call: Call| {
        if count.fetch_add(1, Ordering::Relaxed) == 0 {
            *lock(&keep) = Some(call);
        }
    });
    setup.config.inbox_capacity = 20_001;
    let dispatcher = setup.build();
    for _ in 0..20_000 {
        ask(&dispatcher, connected("c")).await;
    }
    drop(lock(&first).take());
    assert_eq!(seen.load(Ordering::Relaxed), 20_000);
    assert_eq!(dispatcher.queued(), 0);
}

#[tokio::test]
async fn an_inbox_wakes_only_when_it_becomes_non_empty() {
    let rings = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&rings);
    let inbox = Inbox::new(move || {
        counter.fetch_add(1, Ordering::Relaxed);
    });
    let target: Arc<dyn Handler> = Arc::clone(&inbox) as _;
    let mut registry = Registry::new();
    registry
        .register(CONNECTED, HandlerOptions::default(), target)
        .expect("valid options");
    let chains = registry.into_chains();
    let dispatcher = Dispatcher::new(chains, &Config::default(), Metrics::new());
    for client in ["a", "b", "c"] {
        ask(&dispatcher, connected(client)).await;
    }
    assert_eq!(rings.load(Ordering::Relaxed), 1);
    assert_eq!(inbox.drain(2).len(), 2);
    assert!(inbox.take().is_some());
    assert!(inbox.take().is_none() && inbox.oldest_wait().is_none());
    ask(&dispatcher, connected("d")).await;
    assert_eq!(rings.load(Ordering::Relaxed), 2);
    let snapshot = dispatcher.metrics().snapshot(0, 0);
    assert_eq!(
        snapshot.hooks[0].waited.count, 3,
        "each call that was taken has waited"
    );
}

#[test]
fn options_without_a_meaning_are_refused_with_the_reason() {
    let topics = TopicFilters::new(["a"]).expect("a valid filter");
    for (hook, options, word) in [
        (
            CONNECTED,
            HandlerOptions {
                topics,
                ..HandlerOptions::default()
            },
            "topic filters",
        ),
        (
            PUBLISH,
            HandlerOptions {
                timeout_ms: Some(0),
                ..HandlerOptions::default()
            },
            "at least 1",
        ),
        (
            PUBLISH,
            HandlerOptions {
                fallback: Some(Fallback::Deny),
                ..HandlerOptions::default()
            },
            "fallback",
        ),
        (
            CONNECTED,
            HandlerOptions {
                fallback: Some(Fallback::Ignore),
                ..HandlerOptions::default()
            },
            "only informs",
        ),
        (
            AUTHENTICATE,
            HandlerOptions {
                ack: Ack::Late,
                ..HandlerOptions::default()
            },
            "ack",
        ),
    ] {
        let error = Registry::new()
            .register(hook, options, Arc::new(drop::<Call>))
            .expect_err("no meaning");
        assert!(error.to_string().contains(word), "{error}");
        assert!(error.to_string().contains(hook.name()), "{error}");
    }
}
