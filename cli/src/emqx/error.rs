//! [`EmqxError`]: why the management API did not do what was asked, and what to do.

use std::fmt;

/// What went wrong between us and the management API.
#[derive(Debug)]
pub(crate) enum EmqxError {
    /// No answer came.
    Unreachable {
        address: String,
        problem: String,
        remedy: &'static str,
    },
    /// The answer was an error.
    Refused {
        request: String,
        status: u16,
        code: String,
        message: String,
    },
    /// The answer was something else than the API gives.
    Unreadable { request: String, problem: String },
}

impl EmqxError {
    /// No answer came from `address`.
    pub(super) fn unreachable(address: &str, error: &ureq::Error) -> Self {
        let problem = error.to_string();
        let remedy = remedy_of(error, &problem);
        EmqxError::Unreachable {
            address: address.to_owned(),
            problem,
            remedy,
        }
    }

    /// Whether the answer had this HTTP status.
    pub(crate) fn has_status(&self, wanted: u16) -> bool {
        matches!(self, EmqxError::Refused { status, .. } if *status == wanted)
    }
}

fn remedy_of(error: &ureq::Error, problem: &str) -> &'static str {
    let problem = problem.to_ascii_lowercase();
    let says = |word: &str| problem.contains(word);
    if matches!(error, ureq::Error::Timeout(_)) {
        "look for a firewall between here and there, or give it more time with --emqx-timeout-ms"
    } else if matches!(error, ureq::Error::HostNotFound) {
        "check the host's name in --emqx"
    } else if says("notvalidforname") || says("not valid for name") {
        "the certificate is for another host: use the name that stands in it in --emqx, or give \
         the broker a certificate for this one"
    } else if says("unknownissuer") || says("issuer") {
        "the certificate comes from an authority that is not known here: name its certificate with \
         --emqx-ca"
    } else if says("certificate") {
        "the broker's certificate is no good; look at its dates and names"
    } else if says("corrupt message") || says("invalidcontenttype") {
        "no TLS is spoken there; give http:// in --emqx, or the port of the dashboard's https \
         listener, such as 18084"
    } else if says("refused") {
        "give the address of the dashboard's listener with --emqx, such as http://127.0.0.1:18083, \
         and see that EMQX runs"
    } else {
        "give the address of the dashboard's listener with --emqx, such as http://127.0.0.1:18083"
    }
}

fn remedy_for(status: u16, request: &str) -> Option<&'static str> {
    Some(match status {
        401 => {
            "make an API key in the dashboard (System, API Key), and give both its parts in \
             EXHOOK_EMQX_API_KEY and EXHOOK_EMQX_API_SECRET; name and password of a user do not do"
        }
        403 => "the API key has too small a role; use one of an administrator",
        404 if request.ends_with("/exhooks") => {
            "EMQX 4 has no API for exhook servers: put exhook.server.default.url = \
             http://host:port into etc/plugins/emqx_exhook.conf (and there \
             exhook.request_failed_action, exhook.request_timeout and exhook.auto_reconnect), then \
             run emqx_ctl plugins load emqx_exhook; if it is EMQX 5 or newer, --emqx is not the \
             address of its dashboard"
        }
        404 => "there is no such thing in this EMQX, or --emqx is not the address of its dashboard",
        503 | 504 => "the broker is starting or overloaded; try again",
        _ => return None,
    })
}

impl fmt::Display for EmqxError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EmqxError::Unreachable {
                address,
                problem,
                remedy,
            } => write!(
                formatter,
                "cannot reach EMQX's API at {address}: {problem}; {remedy}"
            ),
            EmqxError::Refused {
                request,
                status,
                code,
                message,
            } => {
                write!(formatter, "EMQX answered {request} with {status}")?;
                if !code.is_empty() || !message.is_empty() {
                    write!(formatter, " ({code}: {message})")?;
                }
                match remedy_for(*status, request) {
                    Some(remedy) => write!(formatter, "; {remedy}"),
                    None => Ok(()),
                }
            }
            EmqxError::Unreadable { request, problem } => write!(
                formatter,
                "cannot read the answer to {request}: {problem}; is --emqx the address of EMQX's \
                 dashboard?"
            ),
        }
    }
}

impl std::error::Error for EmqxError {}
