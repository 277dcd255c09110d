//! What there is of traces in a build without the feature `otlp`: nothing that could exist.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::TraceOptions;
use crate::{
    call::{Answered, Failure, HandlerId},
    config::Config,
    error::Error,
    hook::Request,
    metrics::Metrics,
    package::Package,
};

pub(crate) enum Tracer {}

impl Tracer {
    pub(crate) fn start(config: &Config, _: &Arc<Metrics>) -> Result<Option<Arc<Self>>, Error> {
        TraceOptions::of(config).map(|_| None)
    }

    pub(crate) fn sample(
        self: &Arc<Self>,
        _: Package,
        _: &Arc<Request>,
        _: Instant,
    ) -> Option<ServerSpan> {
        match **self {}
    }

    pub(crate) fn close(&self, _: Duration) {
        match *self {}
    }
}

pub(crate) enum ServerSpan {}

impl ServerSpan {
    pub(crate) fn trace(&self) -> &Arc<CallTrace> {
        match *self {}
    }

    pub(crate) fn answered(self, _: &Answered, _: Duration) {
        match self {}
    }
}

pub(crate) enum CallTrace {}

impl CallTrace {
    pub(crate) fn begin(&self) {
        match *self {}
    }

    pub(crate) fn wait(&self) {
        match *self {}
    }

    pub(crate) fn start(&self) {
        match *self {}
    }

    pub(crate) fn end(&self, _: HandlerId, _: Option<Failure>) {
        match *self {}
    }

    pub(crate) fn traceparent(&self) -> String {
        match *self {}
    }
}
