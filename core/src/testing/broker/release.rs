//! [`Release`]: a release of EMQX, and the habits that tell it from others.

use std::{fmt, str::FromStr, time::Duration};

use crate::{
    error::{Error, ErrorCode},
    package::{BrokerVersion, Package},
    testing::{BrokerKind, ConnectionHabits},
};

/// The releases whose traffic was recorded, or that differ from those before them, oldest first.
const KNOWN: [(u32, u32, u32); 8] = [
    (4, 3, 22),
    (4, 4, 19),
    (5, 0, 26),
    (5, 3, 2),
    (5, 8, 9),
    (5, 9, 2),
    (6, 2, 2),
    (6, 3, 0),
];

const PING_INTERVAL: Duration = Duration::from_secs(60);
const GUN_2_WINDOW: u32 = 8_000_000;
const GUN_1_WINDOW: u32 = 65_535;

/// A release of EMQX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    version: BrokerVersion,
}

/// What a broker does about a lost connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recovery {
    /// Connects five seconds later, and then sends all calls that came meanwhile, those included
    /// that nobody waits for any more.
    Queue,
    /// Connects at the next call.
    NextCall,
    /// The same, and looks at all connections every five seconds: when one is lost, the provider is
    /// loaded again after `auto_reconnect`, and is not asked until then.
    HealthCheck,
}

impl Release {
    /// The releases that differ in what they make of a provider, oldest first.
    pub fn known() -> impl Iterator<Item = Self> {
        KNOWN.into_iter().map(Self::of)
    }

    /// The last release that speaks `package` and was known when this was written.
    pub fn of_package(package: Package) -> Self {
        Self::of(match package {
            Package::V1 => (4, 4, 19),
            Package::V2 => (5, 8, 9),
            Package::V3 => (6, 2, 2),
        })
    }

    /// The release of a version, any one.
    pub const fn of_version(version: BrokerVersion) -> Self {
        Self { version }
    }

    const fn of((major, minor, patch): (u32, u32, u32)) -> Self {
        Self {
            version: BrokerVersion {
                major,
                minor,
                patch,
            },
        }
    }

    /// Its version.
    pub const fn version(self) -> BrokerVersion {
        self.version
    }

    /// The package it speaks.
    pub const fn package(self) -> Package {
        match (self.version.major, self.version.minor) {
            (..5, _) => Package::V1,
            (5, ..9) => Package::V2,
            _ => Package::V3,
        }
    }

    /// How its answers are read.
    pub const fn kind(self) -> BrokerKind {
        BrokerKind {
            package: self.package(),
            version: Some(self.version),
        }
    }

    /// As people call it: `EMQX 5.8.9 (package v2)`.
    pub fn title(self) -> String {
        format!("EMQX {self} (package {})", self.package())
    }

    /// Whether it is one of 4.3 and 4.4.
    pub(super) const fn is_4(self) -> bool {
        self.version.major < 5
    }

    /// Whether it is this version or a later one.
    pub(super) fn is_at_least(self, major: u32, minor: u32, patch: u32) -> bool {
        let version = self.version;
        (version.major, version.minor, version.patch) >= (major, minor, patch)
    }

    /// Whether requests carry `meta`: not before 4.3.14 and 4.4.3.
    pub(super) fn sends_meta(self) -> bool {
        match (self.version.major, self.version.minor) {
            (4, 3) => self.version.patch >= 14,
            (4, _) => self.version.patch >= 3,
            _ => true,
        }
    }

    /// Whether messages have headers: 4.3 has none.
    pub(super) fn sends_headers(self) -> bool {
        self.is_at_least(4, 4, 0)
    }

    /// Whether ports of clients are sent, filters have options, and the group of a shared
    /// subscription stands in its filter: since 5.4.
    pub(super) fn sends_subscription_options(self) -> bool {
        self.is_at_least(5, 4, 0)
    }

    /// Whether a call about MQTT 5 user properties crashes before it is sent: 4.x.
    pub(super) const fn crashes_on_user_properties(self) -> bool {
        self.is_4()
    }

    /// Whether a client whose authentication is ignored by everybody is refused: 5.0 to 5.8.
    pub(super) fn refuses_ignored_authentication(self) -> bool {
        self.version.rejects_ignored_authentication()
    }

    /// What `result` of an authentication is before anybody was asked.
    pub(super) fn first_authentication(self) -> bool {
        self.is_4() || self.is_at_least(5, 9, 0)
    }

    /// Whether the first server that has not registered a valued hook ends the chain, and takes
    /// the changes of those before it with it: since 4.3.19 and 4.4.8.
    pub(super) fn forgets_at_unregistered(self) -> bool {
        match (self.version.major, self.version.minor) {
            (4, 3) => self.version.patch >= 19,
            (4, _) => self.version.patch >= 8,
            _ => false,
        }
    }

    /// Whether `failed_action` exists: before 4.3.8, calls that failed were skipped.
    pub(super) fn has_failed_action(self) -> bool {
        self.is_at_least(4, 3, 8)
    }

    /// Whether a gRPC error in headers that end the stream keeps the caller waiting for its whole
    /// timeout: 4.x and 5.0.
    pub(super) fn hangs_on_trailers_only(self) -> bool {
        !self.is_at_least(5, 1, 0)
    }

    /// Whether it connects when it loads a provider, rather than at the first call: since 5.4.
    pub(super) fn connects_at_load(self) -> bool {
        self.is_at_least(5, 4, 0)
    }

    pub(super) fn recovery(self) -> Recovery {
        if self.is_at_least(5, 9, 0) {
            Recovery::HealthCheck
        } else if self.is_at_least(5, 8, 9) {
            Recovery::NextCall
        } else {
            Recovery::Queue
        }
    }

    /// Whether every load after the first makes each event be delivered once more: 5.9.0 to
    /// 5.9.3, 5.10.0 to 5.10.4, 6.0.0 to 6.0.2 and 6.1.0 to 6.1.1.
    pub(super) fn repeats_events_after_reload(self) -> bool {
        let version = self.version;
        let last = match (version.major, version.minor) {
            (5, 9) => 3,
            (5, 10) => 4,
            (6, 0) => 2,
            (6, 1) => 1,
            _ => return false,
        };
        version.patch <= last
    }

    /// How long it waits for the answer to `OnProviderUnloaded`.
    pub(super) const fn unload_timeout(self) -> Duration {
        Duration::from_secs(if self.is_4() { 3 } else { 5 })
    }

    /// How its connections differ from those of others; its own waits pass `pace` times as fast.
    pub(super) fn connection_habits(self, pace: f64) -> ConnectionHabits {
        let gun_2 = self.recovery() != Recovery::Queue;
        let window = if gun_2 { GUN_2_WINDOW } else { GUN_1_WINDOW };
        ConnectionHabits {
            stream_window: window,
            connection_window: gun_2.then_some(window),
            ping_interval: Some(PING_INTERVAL.div_f64(pace)),
            closes_at_goaway: !gun_2,
            requires_alpn: !gun_2,
        }
    }

    /// Whether it looks at a server's certificate where its settings say so. Others do what their
    /// Erlang does by default, which is nothing up to Erlang 25.
    pub(super) fn verifies_certificates(self) -> bool {
        let BrokerVersion { major, minor, .. } = self.version;
        match (major, minor) {
            (5, 8) => self.is_at_least(5, 8, 8),
            (5, 9) => self.is_at_least(5, 9, 2),
            (5, 10) => self.is_at_least(5, 10, 1),
            _ => major > 5,
        }
    }
}

impl FromStr for Release {
    type Err = Error;

    /// Reads a version of two or three numbers. A missing patch is the last one known, because the
    /// first ones have faults of their own.
    fn from_str(text: &str) -> Result<Self, Error> {
        let invalid = |problem: &str| {
            Error::new(
                ErrorCode::InvalidOption,
                format!(
                    "{text:?} is no EMQX that can be played{problem}; expected a version of EMQX \
                     such as 5.8 or 5.8.9, 4.3 or newer"
                ),
            )
        };
        let release = BrokerVersion::parse(text)
            .map(Self::of_version)
            .or_else(|| {
                let first = Self::of_version(BrokerVersion::parse(&format!("{text}.0"))?);
                let minor = |release: Self| (release.version.major, release.version.minor);
                let known = Self::known().find(|known| minor(*known) == minor(first));
                Some(known.unwrap_or(first))
            })
            .ok_or_else(|| invalid(""))?;
        if !release.is_at_least(4, 3, 0) {
            return Err(invalid(": older ones have no exhook over gRPC"));
        }
        Ok(release)
    }
}

impl fmt::Display for Release {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BrokerVersion {
            major,
            minor,
            patch,
        } = self.version;
        write!(formatter, "{major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_tells_the_package_and_a_minor_one_means_its_last_patch() {
        for (text, version, package) in [
            ("4.3", "4.3.22", Package::V1),
            ("5.8", "5.8.9", Package::V2),
            ("e5.9.1", "5.9.1", Package::V3),
            ("6.1", "6.1.0", Package::V3),
        ] {
            let release: Release = text.parse().expect(text);
            assert_eq!(release.to_string(), version);
            assert_eq!(release.package(), package);
            assert_eq!(
                release.title(),
                format!("EMQX {version} (package {package})")
            );
        }
    }

    #[test]
    fn what_is_no_version_is_refused_with_an_example() {
        for text in ["", "5", "4.2", "new"] {
            let error = text.parse::<Release>().expect_err(text).to_string();
            assert!(error.contains("5.8.9"), "{error}");
        }
    }

    #[test]
    fn recovery_follows_the_http2_client_of_the_release() {
        let recovery = |text: &str| text.parse::<Release>().expect(text).recovery();
        assert_eq!(recovery("4.4"), Recovery::Queue);
        assert_eq!(recovery("5.3"), Recovery::Queue);
        assert_eq!(recovery("5.8.8"), Recovery::Queue);
        assert_eq!(recovery("5.8.9"), Recovery::NextCall);
        assert_eq!(recovery("5.9.0"), Recovery::HealthCheck);
    }
}
