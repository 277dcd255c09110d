//! [`BrokerVersion`]: what `BrokerInfo.version` says.

/// The first three numbers of a broker's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BrokerVersion {
    /// 5 in 5.8.9.
    pub major: u32,
    /// 8 in 5.8.9.
    pub minor: u32,
    /// 9 in 5.8.9.
    pub patch: u32,
}

impl BrokerVersion {
    /// Reads `5.8.9`, `e5.9.2`, `v4.3.0` or `6.3.0-beta.1`; `None` when there are no three numbers.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches(['e', 'v']);
        let end = text
            .find(|character: char| !character.is_ascii_digit() && character != '.')
            .unwrap_or(text.len());
        let mut numbers = text[..end].splitn(3, '.').map(str::parse::<u32>);
        Some(Self {
            major: numbers.next()?.ok()?,
            minor: numbers.next()?.ok()?,
            patch: numbers.next()?.ok()?,
        })
    }

    /// Whether the broker reads IGNORE as 0 and CONTINUE as 1: EMQX 4.3.0 to 4.3.2.
    pub fn swaps_verdict_numbers(self) -> bool {
        (self.major, self.minor) == (4, 3) && self.patch < 3
    }

    /// Whether the broker knows `message.ingress`; to others the name fails the whole load.
    pub fn has_message_ingress(self) -> bool {
        (self.major, self.minor) >= (6, 3)
    }

    /// Whether IGNORE to authenticate refuses the client: EMQX 5.0 to 5.8.
    pub fn rejects_ignored_authentication(self) -> bool {
        self.major == 5 && self.minor < 9
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_with_prefix_and_suffix() {
        let version = |major, minor, patch| {
            Some(BrokerVersion {
                major,
                minor,
                patch,
            })
        };
        assert_eq!(BrokerVersion::parse("5.8.9"), version(5, 8, 9));
        assert_eq!(BrokerVersion::parse("e5.9.2"), version(5, 9, 2));
        assert_eq!(BrokerVersion::parse("6.3.0-beta.1"), version(6, 3, 0));
        assert_eq!(BrokerVersion::parse("4.3"), None);
        assert_eq!(BrokerVersion::parse(""), None);
    }

    #[test]
    fn only_4_3_0_to_4_3_2_swap_the_verdict_numbers() {
        let swaps = |text| {
            BrokerVersion::parse(text)
                .expect(text)
                .swaps_verdict_numbers()
        };
        assert!(swaps("4.3.0") && swaps("4.3.2"));
        assert!(!swaps("4.3.3") && !swaps("4.4.0") && !swaps("5.3.0"));
    }
}
