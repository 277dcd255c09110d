//! [`Versions`]: a range of releases of EMQX.

use std::fmt;

use exhook::BrokerVersion;

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

    /// From a patch on.
    pub(crate) const fn since_patch(first: (u32, u32, u32)) -> Self {
        Self {
            first,
            last: Self::ALL.last,
        }
    }

    /// Up to a patch, with it.
    pub(crate) const fn until(last: (u32, u32, u32)) -> Self {
        Self {
            first: (0, 0, 0),
            last,
        }
    }

    pub(crate) fn contain(self, version: BrokerVersion) -> bool {
        let version = (version.major, version.minor, version.patch);
        (self.first..=self.last).contains(&version)
    }
}

impl fmt::Display for Versions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = text(self.first, 0);
        let last = text(self.last, u32::MAX);
        match (self.first.0, self.last.0) {
            (0, u32::MAX) => formatter.write_str("every version"),
            (_, u32::MAX) => write!(formatter, "{first} and later"),
            (0, _) => write!(formatter, "up to {last}"),
            _ => write!(formatter, "{first} to {last}"),
        }
    }
}

/// A version, without its patch where that is the one which goes without saying.
fn text((major, minor, patch): (u32, u32, u32), unsaid: u32) -> String {
    if patch == unsaid {
        format!("{major}.{minor}")
    } else {
        format!("{major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_contain_all_patches_of_their_ends() {
        let range = Versions::between((5, 0), (5, 8));
        let version = |text| BrokerVersion::parse(text).expect(text);
        assert!(range.contain(version("5.0.0")) && range.contain(version("5.8.11")));
        assert!(!range.contain(version("5.9.0")) && !range.contain(version("4.4.19")));
        assert_eq!(range.to_string(), "5.0 to 5.8");
        assert_eq!(Versions::until((5, 8, 8)).to_string(), "up to 5.8.8");
        assert_eq!(Versions::since((6, 3)).to_string(), "6.3 and later");
    }
}
