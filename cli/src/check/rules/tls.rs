//! What the provider shows of itself, where it speaks TLS.

use std::time::{SystemTime, UNIX_EPOCH};

use exhook::testing::TlsInspection;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{Level, Rule, Seen};
use crate::check::{facts::Facts, versions::Versions};

const DAY_SECONDS: i64 = 24 * 60 * 60;
const SOON_DAYS: i64 = 30;

const REFUSED: &str = "EMQX 5.8.8, 5.9.2, 5.10.1 and all since 6.0 refuse it with verify = \
                       verify_peer; older ones whatever it is set to, if they run on Erlang 26";

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "tls-other-host",
        level: Level::Error,
        versions: VERIFYING,
        broker: REFUSED,
        remedy: "let the url have a name of the certificate, or make one with the url's host as \
                 exhook certs --name does",
        find: |facts| tls(facts, |tls| tls.other_host.clone()),
    },
    Rule {
        name: "tls-untrusted",
        level: Level::Error,
        versions: VERIFYING,
        broker: "EMQX 5.8.8, 5.9.2, 5.10.1 and all since 6.0 refuse it with verify = verify_peer \
                 and this CA as ssl.cacertfile; older ones whatever verify is, if they run on \
                 Erlang 26",
        remedy: "give the broker the file of the CA that signed the certificate, and this command \
                 the same with --cacert",
        find: |facts| tls(facts, |tls| tls.untrusted.clone()),
    },
    Rule {
        name: "tls-expired",
        level: Level::Error,
        versions: VERIFYING,
        broker: REFUSED,
        remedy: "renew the certificate, and look at the clock",
        find: |facts| days_left(facts, |days| (days < 0).then(|| "has expired".to_owned())),
    },
    Rule {
        name: "tls-expires-soon",
        level: Level::Warning,
        versions: VERIFYING,
        broker: "once it has expired, a broker that verifies it does not connect again",
        remedy: "renew the certificate, which the program takes up while it runs",
        find: |facts| {
            days_left(facts, |days| match days {
                0 => Some("expires today".to_owned()),
                1..SOON_DAYS => Some(format!("expires in {days} days")),
                _ => None,
            })
        },
    },
    Rule {
        name: "tls-no-http2",
        level: Level::Error,
        versions: Versions::until((5, 8, 8)),
        broker: "up to EMQX 5.8.8 it then speaks HTTP/1.1, and every call fails",
        remedy: "let the server, or the proxy in front of it, offer h2 by ALPN",
        find: |facts| {
            tls(facts, |tls| {
                (!tls.chose_http2).then(|| "does not choose h2 by ALPN".to_owned())
            })
        },
    },
    Rule {
        name: "tls-client-certificate",
        level: Level::Note,
        versions: Versions::ALL,
        broker: "it shows the certificate of ssl.certfile, and none where that is not set",
        remedy: "set certfile and keyfile in the ssl of the exhook server",
        find: |facts| {
            tls(facts, |tls| {
                tls.asks_for_certificate
                    .then(|| "asks brokers for a certificate".to_owned())
            })
        },
    },
];

/// Those that verify, but for some of the last patches of 5.9 and 5.10.
const VERIFYING: Versions = Versions::since_patch((5, 8, 8));

/// What `find` says of what the provider shows.
fn tls(facts: &Facts, find: impl Fn(&TlsInspection) -> Option<String>) -> Vec<Seen> {
    facts
        .tls
        .as_ref()
        .and_then(find)
        .map(|what| Seen::new("TLS", what))
        .into_iter()
        .collect()
}

/// What `find` says of the days that the certificate is still valid; negative once it is not.
fn days_left(facts: &Facts, find: impl Fn(i64) -> Option<String>) -> Vec<Seen> {
    tls(facts, |tls| {
        let (_, certificate) = X509Certificate::from_der(tls.certificates.first()?).ok()?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        let left =
            certificate.validity().not_after.timestamp() - i64::try_from(now.as_secs()).ok()?;
        let what = find(left.div_euclid(DAY_SECONDS))?;
        Some(format!("the certificate {what}"))
    })
}
