//! Calls that real brokers made, as handlers see them.

use std::sync::Arc;

use exhook::Config;

use crate::{
    provider::{Notes, Provider, TIMEOUT, understand},
    recordings::{BROKERS, calls_of},
};

#[tokio::test]
async fn item_1_recorded_calls_of_every_broker_arrive_in_one_shape() {
    for broker in BROKERS {
        let notes = Arc::new(Notes::default());
        let provider = Provider::start(Config::default(), |app| {
            let seen = Arc::clone(&notes);
            app.on_provider_loaded(move |req| {
                let broker = req.broker.clone().unwrap_or_default();
                seen.push(format!("loaded {}", broker.version));
                assert!(broker.uptime >= 0);
            });
            let seen = Arc::clone(&notes);
            app.on_client_connect(move |req| {
                for property in &req.user_props {
                    seen.push(format!("connect {}={}", property.name, property.value));
                }
                assert!(req.props.iter().all(|prop| prop.name != "User-Property"));
            });
            let seen = Arc::clone(&notes);
            app.on_client_subscribe(move |req| {
                for filter in &req.topic_filters {
                    let qos = filter.subopts.as_ref().map(|subopts| subopts.qos);
                    seen.push(format!("filter {} {qos:?}", filter.name));
                }
            });
            let seen = Arc::clone(&notes);
            app.on_session_subscribed(move |req| seen.push(format!("session {}", req.topic)));
            let seen = Arc::clone(&notes);
            app.on_client_authorize(move |req| seen.push(format!("authorize {}", req.topic)));
            let seen = Arc::clone(&notes);
            app.on_session_takenover(move |_| seen.push("takenover"));
        })
        .await;
        for call in calls_of(broker) {
            let outcome = provider
                .connection
                .call(call.package, call.hook, &call.body, TIMEOUT)
                .await;
            let understood = understand(call.package, Some(broker), call.hook, &outcome);
            assert!(
                understood.is_legal(),
                "{broker} {} {understood:?}",
                call.hook
            );
        }
        let notes = notes.all();
        let has = |note: &str| notes.iter().any(|other| other == note);
        assert_eq!(notes[0], format!("loaded {broker}"));
        assert!(has("takenover"), "{broker}");
        assert!(has("authorize sensors/room1/temp"), "{broker}");
        assert!(has("session $share/g1/jobs/#"), "{broker}: {notes:?}");
        assert!(has("filter cmd/# Some(1)"), "{broker}: {notes:?}");
        // EMQX 4 cannot make the call when the packet has user properties.
        let has_user_properties = !broker.starts_with('4');
        assert_eq!(has("connect fw=1.2.3"), has_user_properties, "{broker}");
    }
}
