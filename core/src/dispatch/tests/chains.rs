//! Verdicts, chains of handlers and what stands in for them.

use super::*;

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
