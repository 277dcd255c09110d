//! [`Tracer`]: chooses the calls that are traced, and takes their spans.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use tracing::warn;

use super::{
    CallTrace, TraceOptions, call_trace::ServerSpan, exporter::Exporter, queue::SpanQueue,
    span::Span,
};
use crate::{
    config::Config, error::Error, hook::Request, log::Seldom, metrics::Metrics, package::Package,
};

/// Traces calls of one server.
pub(crate) struct Tracer {
    sample_percent: u64,
    spans: SpanQueue,
    metrics: Arc<Metrics>,
    is_full: Seldom,
}

impl Tracer {
    /// Begins what `config` asks for; `None` where traces are off.
    ///
    /// # Errors
    ///
    /// When the option has no meaning, or the system refuses a thread.
    pub(crate) fn start(
        config: &Config,
        metrics: &Arc<Metrics>,
    ) -> Result<Option<Arc<Self>>, Error> {
        let Some(options) = TraceOptions::of(config)? else {
            return Ok(None);
        };
        if options.sample_percent == 0 {
            return Ok(None);
        }
        let exporter = Exporter::new(options.url, Arc::clone(metrics));
        Ok(Some(Arc::new(Self {
            sample_percent: options.sample_percent,
            spans: SpanQueue::start(exporter)?,
            metrics: Arc::clone(metrics),
            is_full: Seldom::new(),
        })))
    }

    /// Chooses by chance whether a call is traced.
    pub(crate) fn sample(
        self: &Arc<Self>,
        package: Package,
        request: &Arc<Request>,
        arrived: Instant,
    ) -> Option<ServerSpan> {
        (self.sample_percent >= 100 || fastrand::u64(..100) < self.sample_percent).then(|| {
            let trace = CallTrace::new(self, arrived);
            ServerSpan::new(trace, package, Arc::clone(request))
        })
    }

    pub(super) fn send(&self, span: Span) {
        if self.spans.push(span) {
            return;
        }
        self.metrics.spans_lost.fetch_add(1, Ordering::Relaxed);
        if let Some(due) = self.is_full.due() {
            warn!(
                repeated = due.repeated,
                "spans come faster than the collector of otlp_endpoint takes them; some are lost, \
                 and counted in exhook_spans_lost_total. Lower otlp_sample_percent"
            );
        }
    }

    /// Sends what there is, for at most `limit`, and ends the thread.
    pub(crate) fn close(&self, limit: Duration) {
        self.spans.close(limit);
    }
}
