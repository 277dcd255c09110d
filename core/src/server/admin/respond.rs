//! Responses, with the headers that all of them have.

use std::convert::Infallible;

use bytes::Bytes;
use http::{
    HeaderName, Method, Response, StatusCode,
    header::{
        ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY,
        X_CONTENT_TYPE_OPTIONS,
    },
};
use http_body_util::{BodyExt as _, Full, combinators::UnsyncBoxBody};
use serde::Serialize;

/// The body of a response: all at once, or bit by bit.
pub(super) type Body = UnsyncBoxBody<Bytes, Infallible>;

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD");
/// What is true of every response; the page has a policy of its own.
const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

pub(super) fn text(status: StatusCode, text: impl Into<Bytes>) -> Response<Body> {
    content(status, "text/plain; charset=utf-8", text)
}

/// `value` as JSON, laid out for people to read.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    let mut text = serde_json::to_string_pretty(value).expect("keys are texts");
    text.push('\n');
    content(status, "application/json", text)
}

pub(super) fn content(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Body> {
    response(status, content_type, Full::new(body.into()).boxed_unsync())
}

pub(super) fn response(
    status: StatusCode,
    content_type: &'static str,
    body: Body,
) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().extend(HEADERS);
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// What a path is not for.
pub(super) fn wrong_method(method: &Method, path: &str) -> Response<Body> {
    let message = format!("{method} is not for {path}; GET it\n");
    let mut refused = text(StatusCode::METHOD_NOT_ALLOWED, message);
    refused.headers_mut().insert(ALLOW, METHODS);
    refused
}
