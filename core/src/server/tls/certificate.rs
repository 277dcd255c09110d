//! [`Certificate`]: what a certificate says, for people and for lists of names.

use std::{
    fmt::{self, Write as _},
    net::IpAddr,
};

use ring::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use x509_parser::{
    extensions::GeneralName,
    prelude::{FromDer as _, X509Certificate},
    time::ASN1Time,
};

/// The SHA-256 of a certificate's DER.
pub(super) type Fingerprint = [u8; SHA256_OUTPUT_LEN];

/// Peers choose what their certificates say: this much of it is told.
const MOST_SUBJECT_CHARS: usize = 200;
const MOST_NAMES: usize = 8;

/// A name (SAN) that a certificate vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// In lower case.
    Dns(String),
    Ip(IpAddr),
    Uri(String),
}

/// What a certificate says.
pub(super) struct Certificate {
    pub(super) subject: String,
    pub(super) names: Vec<Name>,
    pub(super) fingerprint: Fingerprint,
    pub(super) not_before: ASN1Time,
    pub(super) not_after: ASN1Time,
}

impl Certificate {
    /// Reads DER; `None` where it is no X.509 certificate.
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let alternative = certificate.subject_alternative_name().ok().flatten();
        let names = alternative.map(|extension| &extension.value.general_names);
        let validity = certificate.validity();
        Some(Self {
            subject: certificate.subject().to_string(),
            names: names.into_iter().flatten().filter_map(name).collect(),
            fingerprint: fingerprint(der),
            not_before: validity.not_before,
            not_after: validity.not_after,
        })
    }

    /// Until when it is valid, in seconds since 1970.
    pub(super) fn expiry(&self) -> u64 {
        self.not_after.timestamp().try_into().unwrap_or_default()
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject: String = self.subject.chars().take(MOST_SUBJECT_CHARS).collect();
        write!(formatter, "subject {subject:?}, names [")?;
        for (number, name) in self.names.iter().take(MOST_NAMES).enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            write!(formatter, "{comma}{name}")?;
        }
        if self.names.len() > MOST_NAMES {
            formatter.write_str(", …")?;
        }
        write!(formatter, "], SHA-256 {}", hexadecimal(&self.fingerprint))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Name::Dns(name) | Name::Uri(name) => {
                let shown: String = name.chars().take(MOST_SUBJECT_CHARS).collect();
                shown.escape_debug().fmt(formatter)
            }
            Name::Ip(address) => address.fmt(formatter),
        }
    }
}

pub(super) fn fingerprint(der: &[u8]) -> Fingerprint {
    let digest = digest(&SHA256, der);
    digest.as_ref().try_into().expect("SHA-256 has 32 bytes")
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn name(general: &GeneralName<'_>) -> Option<Name> {
    match general {
        GeneralName::DNSName(name) => Some(Name::Dns(name.to_lowercase())),
        GeneralName::URI(uri) => Some(Name::Uri((*uri).to_owned())),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes).ok().map(IpAddr::from),
            16 => <[u8; 16]>::try_from(*bytes).ok().map(IpAddr::from),
            _ => None,
        }
        .map(Name::Ip),
        _ => None,
    }
}
