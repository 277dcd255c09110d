//! The quickstart in Rust: authentication, a topic ACL, enriching a publish, presence.
//!
//! `cargo run --example quickstart`, then point a broker at it, or replay recorded traffic:
//! `cargo run -p exhook-cli -- replay tests/data/recordings/*.calls.jsonl --to 127.0.0.1:9000`.

#![allow(clippy::print_stderr)]

use exhook::{App, replace};

fn main() -> Result<(), exhook::Error> {
    let mut app = App::new();

    app.on_client_authenticate(|req| {
        let client = req.clientinfo();
        client.username != "mallory" && !client.password.is_empty()
    });

    app.on_client_authorize(|req| !req.topic.starts_with("admin/"));

    app.on_message_publish(|req| {
        let payload = [b"enriched: ", &req.message().payload[..]].concat();
        replace().payload(payload)
    })
    .topics(["sensors/#"]);

    app.on_client_connected_async(async |req| {
        eprintln!("{} is here", req.clientinfo().clientid);
    });

    let bind = std::env::var("EXHOOK_BIND").unwrap_or_else(|_| "127.0.0.1:9000".to_owned());
    app.run(&bind)
}
