//! What observers are told of answers.

use super::*;
use crate::decision::{Decision, Observer};

/// Notes decisions as text.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Observer for Notes {
    fn decided(&self, decision: &Decision<'_>) {
        let Decision { hook, request, .. } = decision;
        lock(&self.0).push(format!(
            "{hook} {} {} {} {:?}",
            request.clientid(),
            decision.verdict,
            decision.cause.name(),
            decision.handler.map(|id| id.0)
        ));
    }
}

#[tokio::test(start_paused = true)]
async fn observers_are_told_what_was_answered_by_whom_and_why() {
    let kept = Arc::default();
    let mut dispatcher = Setup::default()
        .on(AUTHENTICATE, |call: Call| {
            let verdict = match call.clientid() {
                "yes" => Verdict::Allow,
                "wrong" => Verdict::Block,
                _ => Verdict::KeepGoing(false),
            };
            let _ = call.reply(verdict);
        })
        .on(AUTHENTICATE, keeps(&kept))
        .on(CONNECTED, says(Verdict::Ignore))
        .dispatcher();
    let notes = Arc::new(Notes::default());
    dispatcher.observe(Arc::clone(&notes) as _);

    for clientid in ["yes", "wrong", "slow"] {
        ask(&dispatcher, authenticate(clientid)).await;
    }
    ask(&dispatcher, connected("c1")).await;
    ask(&dispatcher, publish("t", "payload")).await;
    dispatcher.answer_failed(
        Package::V2,
        AUTHENTICATE,
        Instant::now(),
        Failure::Undecodable,
    );

    assert_eq!(
        *lock(&notes.0),
        [
            "client.authenticate yes allow handler Some(0)",
            "client.authenticate wrong deny bad_answer Some(0)",
            "client.authenticate slow deny deadline Some(1)",
            "client.connected c1 done early None",
            "message.publish  ignore no_handler None",
            "client.authenticate  deny undecodable Some(0)",
        ]
    );
}
