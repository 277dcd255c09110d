//! [`TraceOptions`]: what the options beginning with `otlp_` ask for.

use crate::{
    config::Config,
    error::{Error, ErrorCode},
};

/// Where a collector takes traces, below the address that it is known by.
const PATH: &str = "/v1/traces";

/// What the options ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TraceOptions {
    /// Where batches of spans are posted to.
    pub(super) url: String,
    pub(super) sample_percent: u64,
}

impl TraceOptions {
    /// `None` where traces are off.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidOption`] where a value has no meaning, or this build has no traces.
    pub(crate) fn of(config: &Config) -> Result<Option<Self>, Error> {
        let sample_percent = config.otlp_sample_percent;
        if sample_percent > 100 {
            return Err(invalid(format!(
                "otlp_sample_percent is {sample_percent}; of a hundred calls at most 100 are traced"
            )));
        }
        let endpoint = config.otlp_endpoint.trim();
        if endpoint.is_empty() {
            return Ok(None);
        }
        let url = url(endpoint)?;
        if cfg!(not(feature = "otlp")) {
            return Err(invalid(
                "otlp_endpoint is given, and this program was built without traces; build it with \
                 the feature `otlp` of the crate exhook, or leave the option out"
                    .to_owned(),
            ));
        }
        Ok(Some(Self {
            url,
            sample_percent,
        }))
    }
}

/// The address is not repeated in errors: it may hold a password.
fn url(endpoint: &str) -> Result<String, Error> {
    let wrong = |problem: &str| {
        invalid(format!(
            "otlp_endpoint {problem}; give the address where a collector takes OTLP over HTTP, as \
             in http://127.0.0.1:4318"
        ))
    };
    let rest = match endpoint.split_once("://") {
        Some(("http" | "https", rest)) => rest,
        Some((scheme, _)) => {
            let problem = format!("begins with {scheme}://, and not with http:// or https://");
            return Err(wrong(&problem));
        }
        None => return Err(wrong("does not begin with http:// or https://")),
    };
    if endpoint.contains(|letter: char| letter.is_whitespace() || letter.is_control()) {
        return Err(wrong("has a space in it"));
    }
    if endpoint.contains(['?', '#']) {
        return Err(wrong("has a query or a fragment"));
    }
    let authority = rest.split('/').next().unwrap_or_default();
    let place = authority
        .rsplit_once('@')
        .map_or(authority, |(_, place)| place);
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (place, None),
    };
    if host.is_empty() {
        return Err(wrong("names no host"));
    }
    match port.map(str::parse::<u16>) {
        None | Some(Ok(1..)) => {}
        Some(Ok(0)) => return Err(wrong("has port 0")),
        Some(Err(_)) => return Err(wrong("has a port that is no number up to 65535")),
    }
    if port == Some("4317") {
        return Err(wrong(
            "has port 4317, where collectors take OTLP over gRPC, and not over HTTP (4318)",
        ));
    }
    let base = endpoint.trim_end_matches('/');
    Ok(match base.strip_suffix(PATH) {
        Some(_) => base.to_owned(),
        None => format!("{base}{PATH}"),
    })
}

fn invalid(message: String) -> Error {
    Error::new(ErrorCode::InvalidOption, message)
}

#[cfg(all(test, feature = "otlp", not(exhook_loom)))]
mod tests {
    use super::*;

    fn of(endpoint: &str) -> Result<Option<String>, String> {
        let config = Config {
            otlp_endpoint: endpoint.to_owned(),
            ..Config::default()
        };
        TraceOptions::of(&config)
            .map(|options| options.map(|options| options.url))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn an_endpoint_is_the_address_of_a_collector_or_where_it_takes_traces() {
        assert_eq!(of("  "), Ok(None));
        for (endpoint, url) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            ("https://collector/", "https://collector/v1/traces"),
            ("http://a:b@[::1]:4318", "http://a:b@[::1]:4318/v1/traces"),
            ("http://[::1]", "http://[::1]/v1/traces"),
            ("http://c/in/v1/traces", "http://c/in/v1/traces"),
        ] {
            assert_eq!(of(endpoint), Ok(Some(url.to_owned())), "{endpoint}");
        }
    }

    #[test]
    fn what_is_no_endpoint_is_refused_without_its_password() {
        for (endpoint, problem) in [
            ("collector:4318", "does not begin with http://"),
            ("grpc://a:secret@collector", "begins with grpc://"),
            ("http://a:secret@", "names no host"),
            ("http://a:secret@:4318", "names no host"),
            ("http://a:secret@c:0", "port 0"),
            ("http://a:secret@c:99999", "no number"),
            ("http://a:secret@c:4317", "4318"),
            ("http://a:secret@c d", "space"),
            ("http://a:secret@c/?d", "query"),
        ] {
            let error = of(endpoint).expect_err(endpoint);
            assert!(error.contains(problem), "{endpoint}: {error}");
            assert!(error.contains("otlp_endpoint"), "{endpoint}: {error}");
            assert!(!error.contains("secret"), "{endpoint}: {error}");
        }
        let config = Config {
            otlp_sample_percent: 101,
            ..Config::default()
        };
        let error = TraceOptions::of(&config).expect_err("too many");
        assert!(error.to_string().contains("otlp_sample_percent is 101"));
    }
}
