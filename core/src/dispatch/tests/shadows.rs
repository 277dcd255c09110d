//! Handlers whose verdict is only compared.

use super::*;
use crate::decision::{Decision, Observer};

fn shadow() -> HandlerOptions {
    HandlerOptions {
        shadow: true,
        ..HandlerOptions::default()
    }
}

/// Notes what shadow handlers said as text.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Observer for Notes {
    fn decided(&self, decision: &Decision<'_>) {
        if let Some(agrees) = decision.shadow {
            lock(&self.0).push(format!(
                "{} {} {} {agrees}",
                decision.request.clientid(),
                decision.verdict,
                decision.cause.name(),
            ));
        }
    }
}

/// Waits for what other threads do.
fn eventually(condition: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(Instant::now() < end, "not in a minute");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn start(setup: Setup) -> (Dispatcher, Arc<Notes>) {
    let mut dispatcher = setup.dispatcher();
    let notes = Arc::new(Notes::default());
    dispatcher.observe(Arc::clone(&notes) as _);
    dispatcher.start_shadows().expect("a thread");
    (dispatcher, notes)
}

#[tokio::test]
async fn the_answer_is_that_of_the_others_and_the_verdicts_are_compared() {
    let setup = Setup::default()
        .with(AUTHENTICATE, shadow(), |call: Call| {
            let verdict = match call.clientid() {
                "panics" => panic!("told to"),
                "wrong" => Verdict::Block,
                "same" => Verdict::Allow,
                _ => Verdict::Deny,
            };
            let _ = call.reply(verdict);
        })
        .on(AUTHENTICATE, says(Verdict::Allow));
    let (dispatcher, notes) = start(setup);
    for clientid in ["same", "other", "wrong", "panics"] {
        let answer = ask(&dispatcher, authenticate(clientid)).await;
        assert_eq!(told(&answer), "stop true");
    }
    eventually(|| lock(&notes.0).len() == 4);
    let mut notes = lock(&notes.0).clone();
    notes.sort();
    assert_eq!(
        notes,
        [
            "other deny handler false",
            "panics none exception false",
            "same allow handler true",
            "wrong none bad_answer false",
        ]
    );
    let snapshot = dispatcher.metrics().snapshot(0, 0);
    let hook = &snapshot.hooks[0];
    assert!(hook.failures.iter().all(|(_, count)| *count == 0));
    let counted = |verdict, agrees| {
        let mut counts = hook.shadow_verdicts.iter();
        counts.any(|shadowed| (shadowed.verdict, shadowed.agrees) == (verdict, agrees))
    };
    assert!(counted("allow", true) && counted("deny", false) && counted("exception", false));
}

#[tokio::test]
async fn a_hook_with_only_shadow_handlers_is_announced_and_answered_with_ignore() {
    let kept = Arc::default();
    let setup = Setup::default().with(PUBLISH, shadow(), keeps(&kept));
    let (dispatcher, notes) = start(setup);
    let loaded = dispatcher.loaded_response(Package::V3, None);
    assert_eq!(loaded.hooks[0].name, "message.publish");
    // Nobody waits for a shadow handler, however long it takes.
    let answer = ask(&dispatcher, publish("t", "payload")).await;
    assert_eq!(told(&answer), "ignore");
    eventually(|| !lock(&kept).is_empty());
    let call = lock(&kept).pop().expect("it is there");
    assert_eq!(call.deadline(), None);
    call.reply(Verdict::Block).expect("it is taken whenever");
    assert_eq!(*lock(&notes.0), [" block handler false"]);
}

#[tokio::test]
async fn messages_agree_where_the_same_would_be_published() {
    let replace = |payload: &'static str| Verdict::Replace(MessagePatch::new().payload(payload));
    let topic = Verdict::Replace(MessagePatch::new().topic("t"));
    let setup = Setup::default()
        .with(PUBLISH, shadow(), says(replace("new")))
        .with(PUBLISH, shadow(), says(replace("other")))
        .on(PUBLISH, says(topic))
        .on(PUBLISH, says(replace("new")));
    let (dispatcher, notes) = start(setup);
    ask(&dispatcher, publish("t", "payload")).await;
    eventually(|| lock(&notes.0).len() == 2);
    let mut notes = lock(&notes.0).clone();
    notes.sort();
    assert_eq!(notes, [" replace handler false", " replace handler true"]);
}

#[tokio::test]
async fn shadow_handlers_leave_threads_to_real_calls_and_miss_what_they_cannot_take() {
    let queue = crate::dispatch::WorkQueue::new();
    let setup = Setup::default()
        .with(AUTHENTICATE, shadow(), Shared(Arc::clone(queue.inbox())))
        .on(AUTHENTICATE, says(Verdict::Allow));
    let (dispatcher, notes) = start(setup);
    for _ in 0..1_100 {
        ask(&dispatcher, authenticate("c1")).await;
    }
    eventually(|| queue.inbox().len() == 4);
    let missed = lock(&notes.0).clone();
    assert_eq!(missed.len(), 1_100 - 1_024 - 4);
    assert_eq!(missed[0], "c1 none overload false");
    let call = queue.inbox().take().expect("one of four");
    call.reply(Verdict::Allow).expect("it is taken whenever");
    eventually(|| queue.inbox().len() == 4);
    dispatcher.stop_shadows();
}

/// An inbox as a handler of its own type.
struct Shared(Arc<Inbox>);

impl Handler for Shared {
    fn handle(&self, call: Call) {
        self.0.handle(call);
    }

    fn most_shadows(&self) -> usize {
        self.0.most_shadows()
    }
}

#[test]
fn hooks_without_a_verdict_have_no_shadow_handlers() {
    let error = shadow().validate(CONNECTED).expect_err("no verdict");
    assert_eq!(
        error.to_string(),
        "client.connected cannot have a shadow handler: it only informs, so there is no verdict to \
         compare"
    );
}
