//! The simulated EMQX against real servers: it has to do what the recorded brokers did.

mod order;
mod readme;
mod recovery;
mod verdicts;

use std::sync::Arc;

use exhook::{
    AnswerKind, App, Call, Config, HandlerOptions, Hook, Registry, Server, Verdict,
    testing::{Broker, BrokerSettings, Client, ClientSettings, HookCall, ProviderSettings},
};

/// A hook program.
pub(crate) fn serve(register: impl FnOnce(&mut App)) -> Server {
    serve_with(Config::default(), register)
}

pub(crate) fn serve_with(config: Config, register: impl FnOnce(&mut App)) -> Server {
    let mut app = App::with_config(config);
    register(&mut app);
    app.start("127.0.0.1:0").expect("a free port")
}

/// A hook program that wants to hear of everything, and allows everything.
pub(crate) fn serve_all_hooks() -> Server {
    let mut registry = Registry::new();
    for hook in Hook::ALL {
        if hook.is_announced() {
            let verdict = match hook.answer_kind() {
                AnswerKind::Bool => Verdict::Allow,
                _ => Verdict::Ignore,
            };
            let target = move |call: Call| {
                // A call that was answered at its deadline needs no answer.
                let _ = call.reply(verdict.clone());
            };
            registry
                .register(*hook, HandlerOptions::default(), Arc::new(target))
                .expect("valid options");
        }
    }
    Server::start(&Config::default(), registry, "127.0.0.1:0").expect("a free port")
}

/// What a broker calls `server` with.
pub(crate) fn provider(server: &Server) -> ProviderSettings {
    let url = server.address().to_string();
    ProviderSettings {
        // Only a failing test waits so long.
        request_timeout_ms: 20_000,
        pool_size: 2,
        ..ProviderSettings::new(url.parse().expect("an address"))
    }
}

/// The settings of a broker of `version` with these providers.
pub(crate) fn settings(version: &str, providers: Vec<ProviderSettings>) -> BrokerSettings {
    BrokerSettings {
        version: version.parse().expect("a version"),
        providers,
        ..BrokerSettings::default()
    }
}

/// A broker of `version` that has loaded `server`.
pub(crate) async fn broker(version: &str, server: &Server) -> Broker {
    let broker = Broker::start(settings(version, vec![provider(server)]))
        .await
        .expect("valid settings");
    let status = broker.status();
    assert_eq!(status[0].reason, None, "{version}");
    broker
}

/// A client that is connected.
pub(crate) async fn connected(broker: &Broker, clientid: &str) -> Client {
    let client = broker.client(ClientSettings::new(clientid));
    let connected = client.connect().await;
    assert!(connected.accepted, "{connected:?}");
    client
}

/// The hooks of these calls, by name.
pub(crate) fn hooks(calls: &[HookCall]) -> Vec<&'static str> {
    calls.iter().map(|call| call.hook.name()).collect()
}
