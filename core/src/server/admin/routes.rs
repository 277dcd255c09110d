//! [`Routes`]: what is answered to each path.

use std::{sync::Arc, time::SystemTime};

use bytes::Bytes;
use http::{
    Method, Request, Response, StatusCode,
    header::{ALLOW, CONTENT_TYPE, HeaderValue},
};
use http_body_util::Full;

use super::super::counted;
use crate::{dispatch::Dispatcher, metrics};

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const EXPOSITION: HeaderValue =
    HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD");

/// Answers requests from what a server knows about itself.
pub(crate) struct Routes {
    dispatcher: Arc<Dispatcher>,
    started: SystemTime,
}

impl Routes {
    pub(crate) fn new(dispatcher: Arc<Dispatcher>) -> Self {
        Self {
            dispatcher,
            started: SystemTime::now(),
        }
    }

    pub(super) fn answer<B>(&self, request: &Request<B>) -> Response<Full<Bytes>> {
        match request.uri().path() {
            "/metrics" if is_reading(request.method()) => {
                response(StatusCode::OK, EXPOSITION, self.metrics())
            }
            path @ "/metrics" => {
                let text = format!("{} is not for {path}; GET it\n", request.method());
                let mut refused = response(StatusCode::METHOD_NOT_ALLOWED, TEXT, text);
                refused.headers_mut().insert(ALLOW, METHODS);
                refused
            }
            path => {
                let text = format!(
                    "This is exhook {}. There is nothing at {path}; GET /metrics answers the \
                     counters, in the text format of Prometheus.\n",
                    metrics::VERSION
                );
                response(StatusCode::NOT_FOUND, TEXT, text)
            }
        }
    }

    fn metrics(&self) -> String {
        metrics::exposition(&counted(&self.dispatcher), self.started)
    }
}

fn is_reading(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

fn response(
    status: StatusCode,
    content_type: HeaderValue,
    body: impl Into<Bytes>,
) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
