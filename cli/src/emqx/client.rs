//! [`EmqxClient`]: requests to EMQX's management API. The one place that knows the HTTP client.

use std::{fs, path::Path, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::{
    Agent,
    tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem},
};

use super::{EmqxError, secret::Secret};

/// The answers hold a few kilobytes a server; this is for the unexpected.
const MAX_ANSWER_BYTES: u64 = 64 * 1024 * 1024;

/// How something is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Delete,
}

impl Method {
    const fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
        }
    }
}

/// Speaks to one EMQX, one request at a time; each blocks its thread.
#[derive(Debug)]
pub(crate) struct EmqxClient {
    agent: Agent,
    address: String,
    authorization: Secret,
    secret: Secret,
}

impl EmqxClient {
    /// A client for the API at `address`, such as `http://127.0.0.1:18083`. Certificates of the
    /// public authorities are trusted, or those in the file `authority` alone.
    pub(super) fn new(
        address: &str,
        key: &Secret,
        secret: &Secret,
        authority: Option<&Path>,
        timeout: Duration,
    ) -> Result<Self, String> {
        let mut tls = TlsConfig::builder();
        if let Some(file) = authority {
            tls = tls.root_certs(RootCerts::new_with_certs(&certificates(file)?));
        }
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            // The key is for the broker that was named, and for no other.
            .max_redirects(0)
            .timeout_global(Some(timeout))
            .tls_config(tls.build())
            .build()
            .new_agent();
        let pair = format!("{}:{}", key.expose(), secret.expose());
        Ok(Self {
            agent,
            address: address.trim_end_matches('/').to_owned(),
            authorization: Secret::new(format!("Basic {}", STANDARD.encode(pair))),
            secret: secret.clone(),
        })
    }

    /// Where the API is.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// What stands at `path`, below `/api/v5`.
    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, EmqxError> {
        let answer = self.ask(Method::Get, path, None)?;
        serde_json::from_value(answer).map_err(|error| EmqxError::Unreadable {
            request: format!("GET {path}"),
            problem: error.to_string(),
        })
    }

    /// Asks for `path`, below `/api/v5`. An answer without JSON is `Null`.
    pub(crate) fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, EmqxError> {
        let request = format!("{} /api/v5{path}", method.name());
        let (status, text) = self
            .exchange(method, &format!("{}/api/v5{path}", self.address), body)
            .map_err(|error| EmqxError::unreachable(&self.address, &error))?;
        let answer = serde_json::from_str::<Value>(&text);
        if (200..300).contains(&status) {
            return match answer {
                Ok(answer) => Ok(answer),
                Err(_) if text.is_empty() => Ok(Value::Null),
                Err(error) => Err(EmqxError::Unreadable {
                    request,
                    problem: format!("it is no JSON ({error})"),
                }),
            };
        }
        let answer = answer.unwrap_or_default();
        let field = |name: &str| match &answer[name] {
            Value::Null => String::new(),
            Value::String(text) => self.secret.redact(text),
            other => self.secret.redact(&other.to_string()),
        };
        Err(EmqxError::Refused {
            request,
            status,
            code: field("code"),
            message: field("message"),
        })
    }

    fn exchange(
        &self,
        method: Method,
        url: &str,
        body: Option<&Value>,
    ) -> Result<(u16, String), ureq::Error> {
        let authorization = self.authorization.expose();
        let body = body.unwrap_or(&Value::Null).to_string();
        let send = |request: ureq::RequestBuilder<ureq::typestate::WithBody>| {
            request
                .header("authorization", authorization)
                .header("content-type", "application/json")
                .send(&body)
        };
        let call = |request: ureq::RequestBuilder<ureq::typestate::WithoutBody>| {
            request.header("authorization", authorization).call()
        };
        let mut response = match method {
            Method::Get => call(self.agent.get(url)),
            Method::Delete => call(self.agent.delete(url)),
            Method::Post => send(self.agent.post(url)),
            Method::Put => send(self.agent.put(url)),
        }?;
        let text = response
            .body_mut()
            .with_config()
            .limit(MAX_ANSWER_BYTES)
            .lossy_utf8(true)
            .read_to_string()?;
        Ok((response.status().as_u16(), text))
    }
}

fn certificates(file: &Path) -> Result<Vec<Certificate<'static>>, String> {
    let cannot = |problem: String| {
        format!(
            "cannot use {} as --emqx-ca: {problem}; give a file with certificates in PEM",
            file.display()
        )
    };
    let text = fs::read(file).map_err(|error| cannot(error.to_string()))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&text) {
        if let PemItem::Certificate(certificate) =
            item.map_err(|error| cannot(error.to_string()))?
        {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err(cannot("there is no certificate in it".to_owned()));
    }
    Ok(certificates)
}
