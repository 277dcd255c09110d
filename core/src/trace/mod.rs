//! Traces of calls by OTLP, where the option `otlp_endpoint` asks for them: a span for each call, and
//! one below it for each handler that has its turn.

#[cfg(feature = "otlp")]
mod call_trace;
#[cfg(feature = "otlp")]
mod exporter;
#[cfg(not(feature = "otlp"))]
mod none;
mod options;
#[cfg(feature = "otlp")]
mod queue;
#[cfg(feature = "otlp")]
mod span;
#[cfg(feature = "otlp")]
mod tracer;

#[cfg(feature = "otlp")]
pub(crate) use call_trace::{CallTrace, ServerSpan};
#[cfg(not(feature = "otlp"))]
pub(crate) use none::{CallTrace, ServerSpan, Tracer};
pub(crate) use options::TraceOptions;
#[cfg(feature = "otlp")]
pub(crate) use tracer::Tracer;
