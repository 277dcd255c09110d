//! What a simulated broker is set up with, in EMQX's words.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Release;
use crate::{
    error::{Error, ErrorCode},
    testing::{Endpoint, TlsSettings, Verify},
};

/// What a broker does where a provider has no answer: the `failed_action` of a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailedAction {
    /// Refuses the client or the topic. Messages are published all the same.
    #[default]
    Deny,
    /// Asks the next server.
    Ignore,
}

/// A yes or no of the broker's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Permission {
    /// Yes.
    Allow,
    /// No.
    Deny,
}

impl Permission {
    pub(super) const fn allows(self) -> bool {
        matches!(self, Permission::Allow)
    }
}

/// One of the broker's `exhook.servers`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSettings {
    /// What the broker calls it.
    #[serde(default = "default_name")]
    pub name: String,
    /// Where it listens.
    #[serde(deserialize_with = "endpoint", serialize_with = "display")]
    pub url: Endpoint,
    /// How long the broker waits for an answer, in milliseconds.
    #[serde(default = "five_seconds")]
    pub request_timeout_ms: u64,
    /// What it does where none comes.
    #[serde(default)]
    pub failed_action: FailedAction,
    /// How long it waits before it tries again to load; 0 for never.
    #[serde(default = "one_minute")]
    pub auto_reconnect_ms: u64,
    /// How many connections each node opens.
    #[serde(default = "eight")]
    pub pool_size: usize,
    /// How TLS is spoken with it, where its URL begins with `https://`.
    #[serde(default, skip_serializing_if = "TlsSettings::is_empty")]
    pub ssl: TlsSettings,
}

impl ProviderSettings {
    /// A server with EMQX's defaults.
    pub fn new(url: Endpoint) -> Self {
        Self {
            name: default_name(),
            url,
            request_timeout_ms: five_seconds(),
            failed_action: FailedAction::default(),
            auto_reconnect_ms: one_minute(),
            pool_size: eight(),
            ssl: TlsSettings::default(),
        }
    }

    /// How a broker of `release` calls it, which may be one that verifies no certificate whatever
    /// it is told. Reads the files of `ssl`.
    pub(super) fn endpoint(&self, release: Release) -> Result<Endpoint, Error> {
        if self.ssl.is_empty() {
            return Ok(self.url.clone());
        }
        let mut ssl = self.ssl.clone();
        if ssl.verifies() && !release.verifies_certificates() {
            ssl.verify = Some(Verify::None);
        }
        self.url.clone().with_tls(&ssl)
    }
}

/// A cluster of brokers, and what it asks beside its providers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BrokerSettings {
    /// Which EMQX it behaves like.
    #[serde(deserialize_with = "release", serialize_with = "display")]
    pub version: Release,
    /// How many nodes it has. Each has connections of its own, and loads every provider.
    pub nodes: usize,
    /// Its `exhook.servers`, in the order in which they are asked.
    pub providers: Vec<ProviderSettings>,
    /// What the broker's own authenticators say, where there are any: the hook is asked only when
    /// there are none.
    pub authentication: Option<Permission>,
    /// What the broker's own authorization sources say, where one matches. EMQX 5 and later ask
    /// the hook only when none does; EMQX 4 asks it first.
    pub authorization: Option<Permission>,
    /// What holds where neither a source nor a hook has an opinion: `authorization.no_match`.
    pub no_match: Permission,
    /// Whether answers to authorizations are kept: `authorization.cache`.
    pub authorization_cache: bool,
    /// How many times faster the broker's own waits pass, those between attempts to connect or
    /// to load. What it waits for an answer is `request_timeout_ms`.
    pub pace: f64,
    /// Whether the calls are kept for [`Broker::calls`](super::Broker::calls).
    pub keep_calls: bool,
}

impl Default for BrokerSettings {
    fn default() -> Self {
        Self {
            version: Release::of_package(crate::package::Package::V3),
            nodes: 1,
            providers: Vec::new(),
            authentication: None,
            authorization: None,
            no_match: Permission::Allow,
            authorization_cache: true,
            pace: 1.0,
            keep_calls: true,
        }
    }
}

impl BrokerSettings {
    /// Checks that every value has a meaning.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidOption`], naming the setting and what it takes.
    pub fn validate(&self) -> Result<(), Error> {
        let invalid = |problem: String| Err(Error::new(ErrorCode::InvalidOption, problem));
        if self.nodes == 0 {
            return invalid("nodes is 0; a broker has at least 1".to_owned());
        }
        if !(self.pace.is_finite() && self.pace > 0.0) {
            return invalid(format!(
                "pace is {}; it is a number above 0, 1 for real time",
                self.pace
            ));
        }
        for (place, provider) in self.providers.iter().enumerate() {
            let name = &provider.name;
            if provider.request_timeout_ms == 0 || provider.pool_size == 0 {
                return invalid(format!(
                    "request_timeout_ms and pool_size of provider {name} must be at least 1"
                ));
            }
            if let Err(error) = provider.endpoint(self.version) {
                return invalid(format!("provider {name}: {error}"));
            }
            if self.providers[..place]
                .iter()
                .any(|other| other.name == *name)
            {
                return invalid(format!(
                    "two providers are called {name}; give each its own name"
                ));
            }
        }
        Ok(())
    }

    /// A wait of the broker's own, as it passes here.
    pub(super) fn paced(&self, wait: Duration) -> Duration {
        wait.div_f64(self.pace)
    }
}

fn default_name() -> String {
    "default".to_owned()
}

const fn five_seconds() -> u64 {
    5_000
}

const fn one_minute() -> u64 {
    60_000
}

const fn eight() -> usize {
    8
}

fn endpoint<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Endpoint, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(de::Error::custom)
}

fn release<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Release, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(de::Error::custom)
}

fn display<T: std::fmt::Display, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}
