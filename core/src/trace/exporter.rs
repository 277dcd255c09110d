//! [`Exporter`]: posts spans to a collector by OTLP over HTTP, as protobuf.

use std::{
    env,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use opentelemetry_proto::tonic::{
    collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse},
    common::v1::InstrumentationScope,
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans},
};
use prost::Message as _;
use tracing::warn;
use ureq::Agent;

use super::span::{Span, text};
use crate::{
    log::Seldom,
    metrics::{Metrics, VERSION},
};

/// How long a collector may take for one batch.
const TIMEOUT: Duration = Duration::from_secs(5);
/// An answer says how many spans were refused, and why; it is not read to its end beyond this.
const MAX_ANSWER_BYTES: u64 = 64 * 1024;

/// Sends batches of spans, one at a time; each blocks its thread.
pub(super) struct Exporter {
    agent: Agent,
    url: String,
    resource: Resource,
    scope: InstrumentationScope,
    metrics: Arc<Metrics>,
    failed: Seldom,
}

impl Exporter {
    pub(super) fn new(url: String, metrics: Arc<Metrics>) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            // A collector is beside the programs that it collects from.
            .proxy(None)
            .user_agent(concat!("exhook/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        let service = env::var("OTEL_SERVICE_NAME").unwrap_or_default();
        let service = if service.is_empty() {
            "exhook"
        } else {
            &service
        };
        let resource = Resource {
            attributes: vec![
                text("service.name", service),
                text("exhook.version", VERSION),
            ],
            ..Resource::default()
        };
        let scope = InstrumentationScope {
            name: "exhook".to_owned(),
            version: VERSION.to_owned(),
            ..InstrumentationScope::default()
        };
        Self {
            agent,
            url,
            resource,
            scope,
            metrics,
            failed: Seldom::new(),
        }
    }

    /// Sends `spans`, by `until` where it is said; what the collector does not take is lost.
    pub(super) fn send(&self, spans: Vec<Span>, until: Option<Instant>) {
        let count = spans.len() as u64;
        let timeout = until.map_or(TIMEOUT, |until| {
            TIMEOUT.min(until.saturating_duration_since(Instant::now()))
        });
        let sent = if timeout.is_zero() {
            Err((count, "the server stops".to_owned()))
        } else {
            self.post(spans, timeout)
        };
        let Err((lost, problem)) = sent else {
            return;
        };
        self.metrics.spans_lost.fetch_add(lost, Ordering::Relaxed);
        if let Some(due) = self.failed.due() {
            warn!(
                repeated = due.repeated,
                lost,
                problem,
                "the collector of otlp_endpoint does not take spans; calls are answered as before, \
                 and what is lost is counted in exhook_spans_lost_total"
            );
        }
    }

    /// How many spans are lost, and why.
    fn post(&self, spans: Vec<Span>, timeout: Duration) -> Result<(), (u64, String)> {
        let count = spans.len() as u64;
        let body = self.request(spans).encode_to_vec();
        let all = |problem: String| (count, problem);
        let mut response = self
            .agent
            .post(&self.url)
            .config()
            .timeout_global(Some(timeout))
            .build()
            .content_type("application/x-protobuf")
            .send(&body)
            .map_err(|error| all(error.to_string()))?;
        let status = response.status();
        // Read in any case, so that the connection serves for the next batch.
        let body = response.body_mut().with_config().limit(MAX_ANSWER_BYTES);
        let body = body.read_to_vec().unwrap_or_default();
        if !status.is_success() {
            return Err(all(format!("HTTP status {status}")));
        }
        let answer = ExportTraceServiceResponse::decode(&*body).unwrap_or_default();
        let refused = answer.partial_success.unwrap_or_default();
        match u64::try_from(refused.rejected_spans) {
            Ok(rejected @ 1..) => Err((rejected.min(count), refused.error_message)),
            _ => Ok(()),
        }
    }

    fn request(&self, spans: Vec<Span>) -> ExportTraceServiceRequest {
        ExportTraceServiceRequest {
            resource_spans: vec![ResourceSpans {
                resource: Some(self.resource.clone()),
                scope_spans: vec![ScopeSpans {
                    scope: Some(self.scope.clone()),
                    spans: spans.into_iter().map(Span::into_proto).collect(),
                    ..ScopeSpans::default()
                }],
                ..ResourceSpans::default()
            }],
        }
    }
}
