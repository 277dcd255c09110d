//! The example of the README.

#![expect(clippy::unwrap_used, reason = "the example is short")]

use exhook::{
    App, Hook,
    testing::{Broker, ClientSettings, Publication, Subscription},
};

fn my_hooks() -> App {
    let mut app = App::new();
    app.on_client_authenticate(|request| request.clientinfo().username == "alice");
    app.on_message_publish(|request| {
        let payload = [b"enriched: ", &request.message().payload[..]].concat();
        exhook::replace().payload(payload)
    });
    app.on_client_connected(|_| {});
    app
}

#[tokio::test]
async fn alice_may_publish() {
    let server = my_hooks().start("127.0.0.1:0").unwrap();
    let broker = Broker::for_server("5.8", &server).await.unwrap();

    let client = broker.client(ClientSettings::new("c1").with_username("alice"));
    assert!(client.connect().await.accepted);
    client.subscribe(&[Subscription::new("sensors/#")]).await;

    let published = client.publish(&Publication::new("sensors/1", "21")).await;
    assert_eq!(published.delivered_as.unwrap().payload, "enriched: 21");
    assert_eq!(client.received().len(), 1);
    assert!(
        broker
            .calls()
            .iter()
            .any(|call| call.hook == Hook::ClientConnected)
    );
}

#[tokio::test]
async fn a_version_that_never_was_is_refused() {
    let server = my_hooks().start("127.0.0.1:0").unwrap();
    let refused = Broker::for_server("3.9", &server).await.unwrap_err();
    assert!(refused.to_string().contains("4.3 or newer"), "{refused}");
}
