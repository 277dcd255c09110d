//! [`Broker`]: the version that is played, and the versions that are compared.

use std::fmt;

use exhook::{BrokerVersion, Package, testing::BrokerKind};

/// A release of EMQX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broker {
    pub(crate) version: BrokerVersion,
    pub(crate) package: Package,
}

/// The versions that differ in what they make of a provider, oldest first.
pub(crate) const COMPARED: [&str; 8] = [
    "4.3.22", "4.4.19", "5.0.26", "5.3.2", "5.8.9", "5.9.2", "6.2.2", "6.3.0",
];

impl Broker {
    /// A broker of `version`, which tells the package it speaks.
    pub(crate) fn of_version(version: BrokerVersion) -> Self {
        let package = match (version.major, version.minor) {
            (..5, _) => Package::V1,
            (5, ..9) => Package::V2,
            _ => Package::V3,
        };
        Self { version, package }
    }

    /// The broker that is played when only the package was chosen.
    pub(crate) fn of_package(package: Package) -> Self {
        let (major, minor, patch) = match package {
            Package::V1 => (4, 4, 19),
            Package::V2 => (5, 8, 9),
            Package::V3 => (6, 2, 2),
        };
        let version = BrokerVersion {
            major,
            minor,
            patch,
        };
        Self { version, package }
    }

    /// The brokers of [`COMPARED`].
    pub(crate) fn compared() -> impl Iterator<Item = Self> {
        COMPARED
            .into_iter()
            .filter_map(BrokerVersion::parse)
            .map(Self::of_version)
    }

    /// How its answers are to be read.
    pub(crate) fn kind(self) -> BrokerKind {
        BrokerKind {
            package: self.package,
            version: Some(self.version),
        }
    }

    /// `5.8.9`.
    pub(crate) fn version_text(self) -> String {
        let BrokerVersion {
            major,
            minor,
            patch,
        } = self.version;
        format!("{major}.{minor}.{patch}")
    }
}

impl fmt::Display for Broker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "EMQX {} (package {})",
            self.version_text(),
            self.package
        )
    }
}

/// Some versions of EMQX: from the first to the last, both included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Versions {
    first: (u32, u32, u32),
    last: (u32, u32, u32),
}

impl Versions {
    pub(crate) const ALL: Self = Self::between((0, 0), (u32::MAX, u32::MAX));

    /// From one minor version to another, with all their patches.
    pub(crate) const fn between(first: (u32, u32), last: (u32, u32)) -> Self {
        Self {
            first: (first.0, first.1, 0),
            last: (last.0, last.1, u32::MAX),
        }
    }

    /// From a minor version on.
    pub(crate) const fn since(first: (u32, u32)) -> Self {
        Self::between(first, (u32::MAX, u32::MAX))
    }

    pub(crate) fn contain(self, version: BrokerVersion) -> bool {
        let version = (version.major, version.minor, version.patch);
        (self.first..=self.last).contains(&version)
    }
}

impl fmt::Display for Versions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (self.first, self.last);
        match (first.0, last.0) {
            (0, u32::MAX) => formatter.write_str("every version"),
            (_, u32::MAX) => write!(formatter, "{}.{} and later", first.0, first.1),
            (0, _) => write!(formatter, "up to {}.{}", last.0, last.1),
            _ => write!(
                formatter,
                "{}.{} to {}.{}",
                first.0, first.1, last.0, last.1
            ),
        }
    }
}

/// Reads a version of two or three numbers. A missing patch is the last one known, because the
/// first ones have faults of their own.
pub(crate) fn parse_version(text: &str) -> Result<Broker, String> {
    const EXPECTED: &str = "expected a version of EMQX such as 5.8 or 5.8.9, 4.3 or newer";
    let version = BrokerVersion::parse(text)
        .or_else(|| {
            let minor = BrokerVersion::parse(&format!("{text}.0"))?;
            let known = Broker::compared()
                .map(|broker| broker.version)
                .find(|known| (known.major, known.minor) == (minor.major, minor.minor));
            Some(known.unwrap_or(minor))
        })
        .ok_or_else(|| EXPECTED.to_owned())?;
    if (version.major, version.minor) < (4, 3) {
        return Err(format!("{EXPECTED}; older ones have no exhook over gRPC"));
    }
    Ok(Broker::of_version(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_tells_the_package() {
        for (text, shown) in [
            ("4.3", "EMQX 4.3.22 (package v1)"),
            ("5.8", "EMQX 5.8.9 (package v2)"),
            ("e5.9.1", "EMQX 5.9.1 (package v3)"),
            ("6.1", "EMQX 6.1.0 (package v3)"),
        ] {
            assert_eq!(parse_version(text).expect(text).to_string(), shown);
        }
        for text in ["", "5", "4.2", "new"] {
            assert!(parse_version(text).is_err(), "{text}");
        }
    }

    #[test]
    fn ranges_contain_all_patches_of_their_ends() {
        let range = Versions::between((5, 0), (5, 8));
        let version = |text| BrokerVersion::parse(text).expect(text);
        assert!(range.contain(version("5.0.0")) && range.contain(version("5.8.11")));
        assert!(!range.contain(version("5.9.0")) && !range.contain(version("4.4.19")));
        assert_eq!(range.to_string(), "5.0 to 5.8");
        assert_eq!(Versions::since((6, 3)).to_string(), "6.3 and later");
    }
}
