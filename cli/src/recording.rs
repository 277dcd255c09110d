//! `*.calls.jsonl`: the calls that a broker made, one a line, each a JSON object.
//!
//! | field | what it is |
//! |---|---|
//! | `t` | when the call began, in seconds since the recording did |
//! | `method` | as in the HTTP header `:path`; a hook of EMQX, in any package |
//! | `request_b64` | the protobuf message of the request, in base64 |
//! | `metadata` | HTTP headers that tell who called (not read) |
//! | `peer` | the broker's address, such as `ipv4:127.0.0.1:53956` (not read) |
//! | `time_remaining` | how many seconds the broker would wait, or null (not read) |
//! | `answer` | what became of the call, below; absent where only calls were recorded |
//! | `redacted` | which secrets were blanked: `passwords`, `payloads`; absent where none were |
//!
//! An answer has `after`, the seconds that it took, and as far as they were there `http_status`,
//! `grpc_status`, `grpc_message`, `message_b64` (the protobuf message), `compressed`,
//! `trailers_only` (the headers ended the stream), `timed_out` and `reset` (why it was cut off).
//!
//! Lines are written as calls end, and so need not be in the order of `t`; they are read in it.
//! Further fields are passed over.

mod line;

use std::{fs, path::Path};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use exhook::{BrokerVersion, Hook, Package, Request, proto, testing::CallOutcome};
pub(crate) use line::{Answer, Line};
use prost::Message as _;

/// One recorded call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RecordedCall {
    /// The line in the file, counted from 1.
    pub(crate) line: usize,
    /// Seconds since the recording began.
    pub(crate) at: f64,
    pub(crate) package: Package,
    pub(crate) hook: Hook,
    /// The broker's version, where it introduces itself.
    pub(crate) version: Option<BrokerVersion>,
    /// Empty where there is none.
    pub(crate) clientid: String,
    /// The protobuf bytes of the request.
    pub(crate) request: Bytes,
    /// What became of it, where that was recorded.
    pub(crate) answer: Option<CallOutcome>,
    pub(crate) redacted: Vec<String>,
}

/// The calls of one file.
#[derive(Clone, Debug)]
pub(crate) struct Recording {
    /// The file, as it was named.
    pub(crate) file: String,
    pub(crate) calls: Vec<RecordedCall>,
    /// The version of the first broker that introduces itself.
    pub(crate) version: Option<BrokerVersion>,
    pub(crate) ends_with_line_break: bool,
}

impl Recording {
    /// Reads a file. The error says what is wrong, with the line where there is one.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let file = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|error| {
            format!("cannot read {file}: {error}; give a *.calls.jsonl file, one call a line")
        })?;
        Self::parse(file, &text)
    }

    fn parse(file: String, text: &str) -> Result<Self, String> {
        let mut calls: Vec<RecordedCall> = Vec::new();
        let mut version = None;
        for (line, text) in (1..).zip(text.lines()) {
            if text.trim().is_empty() {
                continue;
            }
            let call =
                parse_line(line, text).map_err(|problem| format!("{file}:{line}: {problem}"))?;
            version = version.or(call.version);
            calls.push(call);
        }
        if calls.is_empty() {
            return Err(format!("{file}: there are no calls in it"));
        }
        calls.sort_by(|one, other| one.at.total_cmp(&other.at));
        Ok(Self {
            file,
            calls,
            version,
            ends_with_line_break: text.ends_with('\n'),
        })
    }
}

fn parse_line(line: usize, text: &str) -> Result<RecordedCall, String> {
    let recorded: Line =
        serde_json::from_str(text).map_err(|error| format!("not a recorded call: {error}"))?;
    let (package, hook) = parse_method(&recorded.method)
        .ok_or_else(|| format!("{:?} is no hook of EMQX", recorded.method))?;
    if !recorded.t.is_finite() {
        return Err("t is no time".to_owned());
    }
    let request = BASE64_STANDARD
        .decode(&recorded.request_b64)
        .map_err(|error| format!("request_b64 is no base64: {error}"))?;
    let request = Bytes::from(request);
    let clientid = clientid(hook, request.clone())
        .map_err(|error| format!("request_b64 is no {}: {error}", hook.request_name()))?;
    let answer = recorded.answer.map(Answer::into_outcome).transpose()?;
    Ok(RecordedCall {
        line,
        at: recorded.t,
        package,
        hook,
        version: broker_version(package, hook, request.clone()),
        clientid,
        request,
        answer,
        redacted: recorded.redacted,
    })
}

/// Reads `/emqx.exhook.v2.HookProvider/OnClientConnect`.
pub(crate) fn parse_method(method: &str) -> Option<(Package, Hook)> {
    let (service, rpc) = method.strip_prefix('/')?.split_once('/')?;
    let package = Package::ALL
        .into_iter()
        .find(|package| service.strip_suffix(".HookProvider") == Some(package.name()))?;
    Some((package, Hook::from_rpc(package, rpc)?))
}

pub(crate) fn clientid(hook: Hook, request: Bytes) -> Result<String, prost::DecodeError> {
    // The uptime of older brokers is no number; nobody's client id is in there anyway.
    if hook == Hook::ProviderLoaded {
        return Ok(String::new());
    }
    // Where the client id is has never changed, so the newest types read it in every package.
    Ok(Request::decode(hook, request)?.clientid().to_owned())
}

fn broker_version(package: Package, hook: Hook, request: Bytes) -> Option<BrokerVersion> {
    if hook != Hook::ProviderLoaded {
        return None;
    }
    let text = match package {
        Package::V1 => {
            proto::v1::ProviderLoadedRequest::decode(request)
                .ok()?
                .broker?
                .version
        }
        _ => {
            proto::ProviderLoadedRequest::decode(request)
                .ok()?
                .broker?
                .version
        }
    };
    BrokerVersion::parse(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(method: &str, request: &[u8]) -> String {
        let request = BASE64_STANDARD.encode(request);
        format!(r#"{{"t": 1.5, "method": "{method}", "peer": "x", "request_b64": "{request}"}}"#)
    }

    #[test]
    fn calls_are_read_with_their_line_and_client() {
        let request = proto::ClientConnectRequest {
            conninfo: Some(proto::ConnInfo {
                clientid: "c1".into(),
                ..proto::ConnInfo::default()
            }),
            ..proto::ClientConnectRequest::default()
        };
        let text = format!(
            "\n{}\n",
            line(
                "/emqx.exhook.v2.HookProvider/OnClientConnect",
                &request.encode_to_vec()
            )
        );
        let recording = Recording::parse("f".into(), &text).expect("a recording");
        let [call] = &recording.calls[..] else {
            panic!("one call: {recording:?}");
        };
        assert_eq!((call.line, call.clientid.as_str()), (2, "c1"));
        assert_eq!(
            (call.package, call.hook),
            (Package::V2, Hook::ClientConnect)
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let good = line("/emqx.exhook.v2.HookProvider/OnClientConnect", &[]);
        for (bad, problem) in [
            ("{".to_owned(), "not a recorded call"),
            ("{}".to_owned(), "missing field"),
            (
                line("/emqx.exhook.v2.HookProvider/OnNothing", &[]),
                "no hook of EMQX",
            ),
            (
                line("/emqx.exhook.v2.HookProvider/OnClientConnect", &[0xff]),
                "no ClientConnectRequest",
            ),
            (
                good.replace(r#""request_b64": ""#, r#""request_b64": "?"#),
                "no base64",
            ),
        ] {
            let error =
                Recording::parse("f.jsonl".into(), &format!("{good}\n{bad}\n")).expect_err(&bad);
            assert!(
                error.starts_with("f.jsonl:2: ") && error.contains(problem),
                "{error}"
            );
        }
        let error = Recording::parse("f.jsonl".into(), "\n").expect_err("nothing in it");
        assert!(error.contains("no calls"), "{error}");
    }

    #[test]
    fn calls_are_read_in_the_order_in_which_they_began() {
        let late = line("/emqx.exhook.v2.HookProvider/OnClientConnect", &[]);
        let early = late.replace("1.5", "0.5");
        let recording = Recording::parse("f".into(), &format!("{late}\n{early}\n"));
        let calls = recording.expect("a recording").calls;
        assert_eq!(
            calls.iter().map(|call| call.line).collect::<Vec<_>>(),
            [2, 1]
        );
    }

    #[test]
    fn the_broker_says_its_version_when_it_loads() {
        let request = proto::v1::ProviderLoadedRequest {
            broker: Some(proto::v1::BrokerInfo {
                version: "4.3.1".into(),
                uptime: "9 seconds".into(),
                ..proto::v1::BrokerInfo::default()
            }),
            ..proto::v1::ProviderLoadedRequest::default()
        };
        let text = line(
            "/emqx.exhook.v1.HookProvider/OnProviderLoaded",
            &request.encode_to_vec(),
        );
        let recording = Recording::parse("f".into(), &text).expect("a recording");
        assert_eq!(recording.version, BrokerVersion::parse("4.3.1"));
    }
}
