use super::*;
use crate::{App, Server, Verdict};

fn serve() -> Server {
    let mut app = App::new();
    app.on_message_publish(|_| Verdict::Block);
    app.on_client_connected(|_| {});
    app.start("127.0.0.1:0").expect("a free port")
}

async fn operator(server: &Server) -> Operator {
    let settings = json!({
        "version": "5.8",
        "providers": [{ "url": server.address().to_string(), "pool_size": 1 }],
    });
    Operator::start_json(&settings.to_string())
        .await
        .expect("valid settings")
}

async fn perform(operator: &Operator, command: Value) -> Value {
    let outcome = operator.perform_json(&command.to_string()).await;
    serde_json::from_str(&outcome.expect("a valid command")).expect("JSON")
}

async fn refusal(operator: &Operator, command: Value) -> String {
    let refused = operator.perform_json(&command.to_string()).await;
    refused.expect_err("an unusable command").to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_lives_its_life_in_json() {
    let server = serve();
    let operator = operator(&server).await;
    let settings = json!({ "clientid": "c1", "username": "alice" });
    perform(
        &operator,
        json!({ "do": "client", "client": "a", "settings": settings }),
    )
    .await;
    let connected = perform(&operator, json!({ "do": "connect", "client": "a" })).await;
    assert_eq!(connected["accepted"], true);
    assert_eq!(connected["calls"][0]["hook"], "client.connected");
    assert_eq!(connected["calls"][0]["verdict"], "done");
    let message = json!({ "topic": "t", "payload": { "base64": "/wA=" }, "retain": true });
    let publish = json!({ "do": "publish", "client": "a", "message": message });
    assert_eq!(perform(&operator, publish).await["blocked"], true);
    let subscriptions = json!([{ "filter": "t", "qos": 1 }]);
    let subscribe = json!({ "do": "subscribe", "client": "a", "subscriptions": subscriptions });
    assert_eq!(
        perform(&operator, subscribe).await["filters"][0]["reason_code"],
        1
    );
    let received = perform(&operator, json!({ "do": "received", "client": "a" })).await;
    assert_eq!(received["connected"], true);
    assert_eq!(received["messages"][0]["payload_base64"], "/wA=");
    assert_eq!(received["messages"][0]["retain"], true);
    perform(&operator, json!({ "do": "disconnect", "client": "a" })).await;
    let received = perform(&operator, json!({ "do": "received", "client": "a" })).await;
    assert_eq!(received["connected"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_found_by_hook_and_client() {
    let server = serve();
    let operator = operator(&server).await;
    for name in ["a", "b"] {
        let settings = json!({ "clientid": name });
        perform(
            &operator,
            json!({ "do": "client", "client": name, "settings": settings }),
        )
        .await;
        perform(&operator, json!({ "do": "connect", "client": name })).await;
    }
    let all = perform(&operator, json!({ "do": "calls" })).await;
    assert_eq!(
        all.as_array().map(Vec::len),
        Some(3),
        "the load and two clients"
    );
    let wanted = json!({ "do": "calls", "hook": "client.connected", "clientid": "b" });
    let some = perform(&operator, wanted).await;
    assert_eq!(some.as_array().map(Vec::len), Some(1));
    assert!(some[0].get("request_base64").is_none());
    let wanted = json!({ "do": "calls", "clientid": "b", "with_requests": true });
    assert!(perform(&operator, wanted).await[0]["request_base64"].is_string());
    perform(&operator, json!({ "do": "forget_calls" })).await;
    assert_eq!(
        perform(&operator, json!({ "do": "calls" })).await,
        json!([])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_is_named_with_the_nearest_right_word() {
    let server = serve();
    let operator = operator(&server).await;
    let settings = json!({ "clientid": "c1" });
    perform(
        &operator,
        json!({ "do": "client", "client": "phone", "settings": settings }),
    )
    .await;
    for (command, expected) in [
        (
            json!({ "do": "connect", "client": "fone" }),
            "did you mean phone?",
        ),
        (
            json!({ "do": "calls", "hook": "client.conected" }),
            "did you mean client.connected?",
        ),
        (
            json!({ "do": "disable", "provider": "defalt" }),
            "did you mean default?",
        ),
        (json!({ "do": "fly" }), "unknown variant `fly`"),
        (json!({ "do": "connect" }), "missing field `client`"),
        (
            json!({ "do": "connect", "client": "phone", "x": 1 }),
            "unknown field `x`",
        ),
    ] {
        let refused = refusal(&operator, command).await;
        assert!(refused.contains(expected), "{refused}");
    }
    for (settings, expected) in [
        (json!({ "version": "3.1" }), "4.3 or newer"),
        (json!({ "nodes": 0 }), "at least 1"),
        (json!({ "pace": 0 }), "above 0"),
        (json!({ "providers": [{ "url": "nowhere" }] }), "no port"),
    ] {
        let refused = Operator::start_json(&settings.to_string()).await;
        let refused = refused.expect_err("unusable settings").to_string();
        assert!(refused.contains(expected), "{refused}");
    }
}
