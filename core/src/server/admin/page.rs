//! [`Page`]: the live page, put together from its HTML, style sheet and script.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{
    Response, StatusCode,
    header::{CONTENT_SECURITY_POLICY, HeaderValue},
};
use sha2::{Digest as _, Sha256};

use super::respond::{self, Body};

const HTML: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPTS: [&str; 4] = [
    include_str!("page/figures.js"),
    include_str!("page/tables.js"),
    include_str!("page/calls.js"),
    include_str!("page/page.js"),
];

/// The live page. It needs nothing but itself and `/events`, and is allowed nothing else.
pub(super) struct Page {
    html: Bytes,
    policy: HeaderValue,
}

impl Page {
    pub(super) fn new() -> Self {
        let script = SCRIPTS.concat();
        let html = HTML
            .replace("/*style*/", STYLE)
            .replace("/*script*/", &script);
        let policy = format!(
            "default-src 'none'; style-src {}; script-src {}; connect-src 'self'; img-src data:; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            source(STYLE),
            source(&script)
        );
        Self {
            html: html.into(),
            policy: policy.try_into().expect("base64 and plain words"),
        }
    }

    pub(super) fn answer(&self) -> Response<Body> {
        let mut response = respond::content(
            StatusCode::OK,
            "text/html; charset=utf-8",
            self.html.clone(),
        );
        let headers = response.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, self.policy.clone());
        response
    }
}

/// How a policy names what stands in the page itself.
fn source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}
