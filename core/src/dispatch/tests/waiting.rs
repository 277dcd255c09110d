//! Deadlines, limits, notifications and the order of calls.

use super::*;

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

#[tokio::test]
async fn a_handler_that_panics_does_not_hold_up_those_behind_it() {
    let seen = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&seen);
    let dispatcher = Setup::default()
        .on(CONNECTED, move |call: Call| {
            assert!(count.fetch_add(1, Ordering::Relaxed) > 0, "on purpose");
            call.reply(Verdict::Ignore).expect("nothing to be late for");
        })
        .on(AUTHENTICATE, |_: Call| panic!("on purpose"))
        .build();
    for _ in 0..3 {
        assert_eq!(told(&ask(&dispatcher, connected("c")).await), "empty");
    }
    assert_eq!(seen.load(Ordering::Relaxed), 3);
    assert_eq!(dispatcher.queued(), 0);
    assert_eq!(failures(&dispatcher, CONNECTED, Failure::Exception), 1);
    let refused = ask(&dispatcher, authenticate("c")).await;
    assert_eq!(told(&refused), "stop false");
    assert_eq!(failures(&dispatcher, AUTHENTICATE, Failure::Exception), 1);
}
