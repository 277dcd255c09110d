//! TLS and mutual TLS of the server, met by clients over real sockets.

mod authority;
mod client;
mod handshakes;
mod mistakes;
mod mutual;
mod reload;

use exhook::{App, Config, Server};

use authority::Pair;

/// The options that turn TLS on with this pair.
fn options(pair: &Pair) -> Config {
    Config {
        tls_cert: pair.certificate.clone(),
        tls_key: pair.key.clone(),
        ..Config::default()
    }
}

/// A server that says yes to every client, and its address.
fn start(config: Config) -> (Server, String) {
    let mut app = App::with_config(config);
    app.on_client_authenticate(|_| true);
    let server = app.start("127.0.0.1:0").expect("a free port");
    let address = server.address().to_string();
    (server, address)
}

/// How many handshakes came to nothing for this reason.
fn failures(server: &Server, reason: &str) -> u64 {
    let failures = server.metrics().tls_handshake_failures;
    let failure = failures.iter().find(|(name, _)| *name == reason);
    failure.expect("a reason that is counted").1
}
