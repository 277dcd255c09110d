//! [`Routes`]: what is answered to each path.

use std::{net::SocketAddr, sync::Arc};

use http::{Method, Request, Response, StatusCode};
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use super::{
    AdminAddress, health,
    host::Hosts,
    media,
    page::Page,
    respond::{self, Body},
    streams::Streams,
    subject::Subject,
};
use crate::{config::ConfigValue, metrics};

const EXPOSITION: &str = "text/plain; version=0.0.4; charset=utf-8";
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PATHS: &str = "\
/         the live page
/livez    whether the process is worth keeping
/readyz   whether brokers should be sent here; ?loaded=true: whether one is here
/metrics  the counters, as Prometheus or OpenMetrics read them
/config   the options, without secrets, and where each is from
/events   what the live page shows, once a second, as server-sent events; ?calls=on: with calls,
          of which clientid=, topic=, hook= and verdict= pick some
";

/// What is answered, and for a stream what tells when it has ended.
pub(super) type Answered = (Response<Body>, Option<oneshot::Receiver<()>>);

/// Answers requests from what a server knows about itself.
pub(super) struct Routes {
    subject: Arc<Subject>,
    hosts: Hosts,
    page: Page,
    pub(super) streams: Streams,
}

impl Routes {
    pub(super) fn new(subject: Subject, bound: SocketAddr, wanted: &AdminAddress) -> Self {
        let subject = Arc::new(subject);
        Self {
            hosts: Hosts::new(bound.ip(), wanted),
            page: Page::new(),
            streams: Streams::new(Arc::clone(&subject)),
            subject,
        }
    }

    pub(super) fn answer<B>(&self, request: &Request<B>) -> Answered {
        let (path, method) = (request.uri().path(), request.method());
        if !self.hosts.allow(request.headers()) {
            let message = "This listener is for this machine only, and not known by that name. Ask \
                           for localhost or an address, or name the host in the option admin.\n";
            return (
                respond::text(StatusCode::MISDIRECTED_REQUEST, message),
                None,
            );
        }
        let answer: fn(&Self, &Request<B>) -> Response<Body> = match path {
            "/" => |routes, _| routes.page.answer(),
            "/livez" => |routes, _| health::live(&routes.subject),
            "/readyz" => |routes, request| {
                health::ready(&routes.subject, request.uri().query().unwrap_or(""))
            },
            "/metrics" => |routes, request| routes.metrics(request),
            "/config" => |routes, _| routes.config(),
            "/events" if method == Method::GET => {
                return self.streams.open(request.uri().query().unwrap_or(""));
            }
            "/events" => |_, _| Streams::head(),
            path => {
                let message = format!(
                    "This is exhook {}. There is nothing at {path}; GET one of\n\n{PATHS}",
                    metrics::VERSION
                );
                return (respond::text(StatusCode::NOT_FOUND, message), None);
            }
        };
        let response = match *method {
            Method::GET | Method::HEAD => answer(self, request),
            _ => respond::wrong_method(method, path),
        };
        (response, None)
    }

    fn metrics<B>(&self, request: &Request<B>) -> Response<Body> {
        let (snapshot, started) = (self.subject.counted(), self.subject.started);
        if media::prefers_open_metrics(request.headers()) {
            let text = metrics::open_metrics(&snapshot, started);
            return respond::content(StatusCode::OK, OPEN_METRICS, text);
        }
        let text = metrics::exposition(&snapshot, started);
        respond::content(StatusCode::OK, EXPOSITION, text)
    }

    fn config(&self) -> Response<Body> {
        let mut options = Map::new();
        for setting in self.subject.settings.all() {
            let value = match setting.without_secrets() {
                ConfigValue::Number(number) => Value::from(number),
                ConfigValue::Switch(on) => Value::from(on),
                ConfigValue::Text(text) => Value::from(text),
            };
            let told = json!({ "value": value, "source": setting.source.to_string() });
            options.insert(setting.name.clone(), told);
        }
        let config = json!({ "version": metrics::VERSION, "options": options });
        respond::json(StatusCode::OK, &config)
    }
}
