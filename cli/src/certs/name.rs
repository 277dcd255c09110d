//! [`Name`]: what a certificate is for.

use std::{fmt, net::IpAddr, str::FromStr};

use rcgen::SanType;
use rustls::pki_types::DnsName;

/// A host's name, which may begin with `*.`, or an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Dns(String),
    Address(IpAddr),
}

impl Name {
    /// What a hook program on this machine is called in a broker's URL.
    pub(super) fn of_this_machine() -> Vec<Self> {
        let mut names: Vec<Self> = ["localhost", "127.0.0.1", "::1"]
            .into_iter()
            .filter_map(|name| name.parse().ok())
            .collect();
        let host = gethostname::gethostname();
        // Some machines have names that cannot stand in a certificate, nor in a URL.
        let host = host.to_str().and_then(|host| host.parse().ok());
        names.extend(host.filter(|host| !names.contains(host)));
        names
    }

    /// What a broker is called where nobody says more.
    pub(super) fn broker() -> Self {
        Name::Dns("emqx".to_owned())
    }

    /// As it may stand in the name of a file on every system.
    pub(super) fn in_file_name(&self) -> String {
        self.to_string().replace([':', '*'], "_")
    }

    /// As it stands in a certificate.
    pub(super) fn subject(&self) -> Result<SanType, String> {
        Ok(match self {
            Name::Address(address) => SanType::IpAddress(*address),
            Name::Dns(name) => SanType::DnsName(
                name.as_str()
                    .try_into()
                    .map_err(|error| format!("{name} cannot stand in a certificate: {error}"))?,
            ),
        })
    }
}

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(address) = text.trim_matches(['[', ']']).parse() {
            return Ok(Name::Address(address));
        }
        if text.contains("://") {
            return Err("expected the host of the URL alone, without https:// and port".to_owned());
        }
        let plain = text.strip_prefix("*.").unwrap_or(text);
        // A name that ends with a full stop is none in a certificate.
        if plain.ends_with('.') || DnsName::try_from(plain).is_err() {
            return Err(
                "expected a host's name, such as hooks.example.com, or an address".to_owned(),
            );
        }
        Ok(Name::Dns(text.to_ascii_lowercase()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Name::Dns(name) => formatter.write_str(name),
            Name::Address(address) => address.fmt(formatter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_wildcards_and_addresses_are_names() {
        for (text, name) in [
            ("Hooks.Example.com", Name::Dns("hooks.example.com".into())),
            ("*.example.com", Name::Dns("*.example.com".into())),
            ("10.0.0.5", Name::Address([10, 0, 0, 5].into())),
            ("[::1]", Name::Address("::1".parse().expect("an address"))),
        ] {
            assert_eq!(text.parse(), Ok(name), "{text}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in ["", "https://a", "a:9000", "a b", "a.", "*", "*.*.a"] {
            assert!(text.parse::<Name>().is_err(), "{text}");
        }
    }
}
