//! What orchestrators and load balancers ask: `/livez` and `/readyz`.

use http::{Response, StatusCode};
use serde::Serialize;

use super::{
    super::Phase,
    respond::{self, Body},
    subject::Subject,
};

/// The answer to `/readyz`.
#[derive(Serialize)]
struct Readiness {
    ready: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    phase: &'static str,
    /// How many brokers have loaded the provider, or call it.
    brokers: usize,
}

/// Whether the process is worth keeping.
pub(super) fn live(subject: &Subject) -> Response<Body> {
    // A thread whose connections have gone ends early while the server drains.
    let stuck = match subject.phase() {
        Phase::Serving | Phase::Announced => subject.heartbeats.stuck(),
        Phase::Draining | Phase::Closing | Phase::Ended => None,
    };
    match stuck {
        None => respond::text(StatusCode::OK, "ok\n"),
        Some((number, silent)) => respond::text(
            StatusCode::SERVICE_UNAVAILABLE,
            format!(
                "I/O thread {number} has not turned for {} seconds: a handler blocks it, or the \
                 process gets no processor\n",
                silent.as_secs()
            ),
        ),
    }
}

/// Whether brokers should be sent here; with `loaded=true` in the query, whether one is here.
pub(super) fn ready(subject: &Subject, query: &str) -> Response<Body> {
    let needs_broker = query
        .split('&')
        .any(|pair| matches!(pair, "loaded" | "loaded=" | "loaded=1" | "loaded=true"));
    let phase = subject.phase();
    let brokers = subject.context.brokers.known().len();
    let reason = if phase > Phase::Serving {
        Some("the server is stopping")
    } else if needs_broker && brokers == 0 {
        Some("no broker has loaded this provider yet")
    } else {
        None
    };
    let status = match reason {
        None => StatusCode::OK,
        Some(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    let readiness = Readiness {
        ready: reason.is_none(),
        reason,
        phase: phase.name(),
        brokers,
    };
    respond::json(status, &readiness)
}
