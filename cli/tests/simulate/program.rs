//! The program that fleets meet.

use std::sync::{Arc, Mutex};

use exhook::{App, Hook, IntoVerdict as _, Server, block, replace};

/// What was published, as the program saw it: client id and payload.
pub(crate) type Payloads = Arc<Mutex<Vec<(String, String)>>>;

/// A program that does what those of the quickstarts do, and a little more: `mallory` is refused,
/// `admin/` is nobody's, messages below `sensors/` get another payload, those below `old/` go to
/// `new/`, those below `secret/` to nobody.
pub(crate) fn app() -> (App, Payloads) {
    let mut app = App::new();
    let payloads = Payloads::default();
    app.on_client_authenticate(|req| {
        let client = req.clientinfo();
        client.username != "mallory" && !client.password.is_empty()
    });
    app.on_client_authorize(|req| !req.topic.starts_with("admin/"));
    app.on_client_connected(|_| {});
    let seen = Arc::clone(&payloads);
    app.on_message_publish(move |req| {
        let message = req.message();
        let payload = String::from_utf8_lossy(&message.payload).into_owned();
        let mut seen = seen.lock().expect("no test panics with it");
        seen.push((message.from.clone(), payload));
        if message.topic.starts_with("secret/") {
            return block();
        }
        if let Some(rest) = message.topic.strip_prefix("old/") {
            return replace().topic(format!("new/{rest}")).into_verdict();
        }
        if message.topic.starts_with("sensors/") {
            let payload = [b"enriched: ", &message.payload[..]].concat();
            return replace().payload(payload).into_verdict();
        }
        exhook::ignore()
    });
    (app, payloads)
}

pub(crate) fn start() -> Server {
    app().0.start("127.0.0.1:0").expect("a free port")
}

/// How many calls of a hook the program saw.
pub(crate) fn seen(server: &Server, hook: Hook) -> u64 {
    let hooks = server.metrics().hooks;
    let calls = hooks.iter().filter(|counted| counted.hook == hook);
    calls.map(|counted| counted.calls).sum()
}
