//! [`RequestHead`]: what the header block of a request asks for.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, request::Parts};

use super::hpack::{Field, Fields};
use crate::{
    hook::Hook,
    package::Package,
    server::request::{grpc_timeout, is_grpc, parse_path},
};

/// The head of a request, as far as it matters.
#[derive(Debug)]
pub(crate) struct RequestHead {
    pub(crate) asked: Asked,
    /// How long the body is, where the head says so.
    pub(super) content_length: Option<u64>,
}

/// What is asked for.
#[derive(Debug)]
pub(crate) enum Asked {
    /// A call of a hook.
    Hook {
        package: Package,
        hook: Hook,
        grpc_timeout: Option<Duration>,
    },
    /// Anything else.
    Other(Box<Parts>),
    /// Nobody knows: there are more header fields than may be.
    TooLarge,
}

/// A head that breaks the rules of HTTP (RFC 9113, section 8.1.1): its stream is reset.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// The fields that begin with a colon.
#[derive(Default)]
struct Pseudo<'fields> {
    method: Option<&'fields Bytes>,
    scheme: Option<&'fields Bytes>,
    authority: Option<&'fields Bytes>,
    path: Option<&'fields Bytes>,
}

impl RequestHead {
    pub(super) fn read(fields: &Fields) -> Result<Self, Malformed> {
        if fields.is_too_large {
            return Ok(Self {
                asked: Asked::TooLarge,
                content_length: None,
            });
        }
        let mut pseudo = Pseudo::default();
        let regular = pseudo.take(&fields.list)?;
        check_regular(regular)?;
        let content_length = content_length(regular)?;
        let (Some(method), Some(path), true) =
            (pseudo.method, pseudo.path, pseudo.scheme.is_some())
        else {
            return Err(Malformed);
        };
        if path.is_empty() {
            return Err(Malformed);
        }
        let value = |name: &str| {
            let field = regular.iter().find(|field| field.0 == name.as_bytes());
            field.map_or(&[][..], |(_, value)| value)
        };
        let called = std::str::from_utf8(path).ok().and_then(parse_path);
        let is_call = *method == Method::POST.as_str() && is_grpc(value("content-type"));
        let asked = match called {
            Some((package, hook)) if is_call => Asked::Hook {
                package,
                hook,
                grpc_timeout: grpc_timeout(value("grpc-timeout")),
            },
            _ => Asked::Other(Box::new(pseudo.into_parts(regular)?)),
        };
        Ok(Self {
            asked,
            content_length,
        })
    }
}

impl<'fields> Pseudo<'fields> {
    /// Takes the fields that begin with a colon off the front; returns the others.
    fn take(&mut self, fields: &'fields [Field]) -> Result<&'fields [Field], Malformed> {
        let count = fields
            .iter()
            .position(|(name, _)| !name.starts_with(b":"))
            .unwrap_or(fields.len());
        let (pseudo, regular) = fields.split_at(count);
        for (name, value) in pseudo {
            let place = match &name[..] {
                b":method" => &mut self.method,
                b":scheme" => &mut self.scheme,
                b":authority" => &mut self.authority,
                b":path" => &mut self.path,
                _ => return Err(Malformed),
            };
            if place.replace(value).is_some() {
                return Err(Malformed);
            }
        }
        Ok(regular)
    }

    fn into_parts(self, regular: &[Field]) -> Result<Parts, Malformed> {
        let text = |field: Option<&Bytes>| field.cloned().unwrap_or_default();
        let mut uri = Uri::builder().path_and_query(&text(self.path)[..]);
        if let Some(authority) = self.authority.filter(|authority| !authority.is_empty()) {
            uri = uri.scheme(&text(self.scheme)[..]).authority(&authority[..]);
        }
        let mut headers = HeaderMap::new();
        for (name, value) in regular {
            let name = HeaderName::from_bytes(name).map_err(|_| Malformed)?;
            let value = HeaderValue::from_maybe_shared(value.clone()).map_err(|_| Malformed)?;
            headers.append(name, value);
        }
        let method = Method::from_bytes(&text(self.method)).map_err(|_| Malformed)?;
        let mut parts = Request::new(()).into_parts().0;
        parts.method = method;
        parts.uri = uri.build().map_err(|_| Malformed)?;
        parts.headers = headers;
        Ok(parts)
    }
}

/// The rules for the fields behind those that begin with a colon, in heads and in trailers.
pub(super) fn check_regular(fields: &[Field]) -> Result<(), Malformed> {
    for (name, value) in fields {
        let is_name = !name.is_empty() && name.iter().all(|byte| is_name_byte(*byte));
        let is_value = !value.iter().any(|byte| matches!(byte, 0 | b'\r' | b'\n'));
        let is_of_connection = matches!(
            &name[..],
            b"connection" | b"keep-alive" | b"proxy-connection" | b"transfer-encoding" | b"upgrade"
        );
        let is_other_te = name == "te" && value != "trailers";
        if !is_name || !is_value || is_of_connection || is_other_te {
            return Err(Malformed);
        }
    }
    Ok(())
}

/// Of a token, in lower case.
fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn content_length(fields: &[Field]) -> Result<Option<u64>, Malformed> {
    let mut length = None;
    for (name, value) in fields {
        if name == "content-length" {
            let digits = std::str::from_utf8(value).map_err(|_| Malformed)?;
            let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
            let number = digits.parse().map_err(|_| Malformed)?;
            if !is_number || length.is_some_and(|length| length != number) {
                return Err(Malformed);
            }
            length = Some(number);
        }
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[(&'static str, &'static str)]) -> Result<RequestHead, Malformed> {
        let text = |text: &'static str| Bytes::from_static(text.as_bytes());
        let list = fields.iter().map(|(name, value)| (text(name), text(value)));
        RequestHead::read(&Fields {
            list: list.collect(),
            ..Fields::default()
        })
    }

    const PATH: (&str, &str) = (":path", "/emqx.exhook.v2.HookProvider/OnMessagePublish");
    const CALL: [(&str, &str); 6] = [
        (":method", "POST"),
        (":scheme", "http"),
        (":authority", "localhost"),
        PATH,
        ("content-type", "application/grpc+proto"),
        ("grpc-timeout", "5S"),
    ];

    #[test]
    fn calls_of_hooks_are_recognised() {
        let head = read(&CALL).expect("a call");
        let Asked::Hook {
            package,
            hook,
            grpc_timeout,
        } = head.asked
        else {
            panic!("{head:?}");
        };
        assert_eq!((package, hook), (Package::V2, Hook::MessagePublish));
        assert_eq!(grpc_timeout, Some(Duration::from_secs(5)));
    }

    #[test]
    fn anything_else_is_kept_as_it_is() {
        let mut get = CALL;
        get[0].1 = "GET";
        let mut elsewhere = CALL;
        elsewhere[3].1 = "/grpc.health.v1.Health/Check?a=b";
        let mut json = CALL;
        json[4].1 = "application/json";
        for fields in [get, elsewhere, json] {
            let head = read(&fields).expect("a request");
            let Asked::Other(parts) = head.asked else {
                panic!("{head:?}");
            };
            assert_eq!(parts.method, fields[0].1);
            assert_eq!(parts.uri.path_and_query().expect("a path"), fields[3].1);
            assert_eq!(parts.headers["content-type"], fields[4].1);
        }
    }

    #[test]
    fn heads_that_break_the_rules_are_malformed() {
        let with = |field| [&CALL[..], &[field]].concat();
        for fields in [
            with((":path", "/")),
            with(("Upper", "case")),
            with(("", "nameless")),
            with(("connection", "close")),
            with(("te", "gzip")),
            with(("content-length", "many")),
            with(("content-length", "+1")),
            with(("x", "two\nlines")),
            CALL[1..].to_vec(),
            [&CALL[..1], &CALL[2..]].concat(),
            [&CALL[..3], &CALL[4..]].concat(),
            [&CALL[..], &[(":status", "200")]].concat(),
            [&[(":unknown", "")], &CALL[..]].concat(),
            [&[PATH], &CALL[..]].concat(),
            [&[(":path", "")], &CALL[..3], &CALL[4..]].concat(),
        ] {
            assert!(read(&fields).is_err(), "{fields:?}");
        }
        assert_eq!(
            read(&with(("content-length", "12"))).map(|head| head.content_length),
            Ok(Some(12))
        );
    }
}
