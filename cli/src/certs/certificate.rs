//! [`Leaf`]: a certificate that is wanted; [`Facts`]: what one says that is there.

use rcgen::ExtendedKeyUsagePurpose;
use x509_parser::{
    extensions::GeneralName,
    pem::parse_x509_pem,
    prelude::{FromDer as _, X509Certificate},
    time::ASN1Time,
};

use super::name::Name;

/// Who shows the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Server,
    Client,
}

impl Purpose {
    pub(super) fn extended_usage(self) -> ExtendedKeyUsagePurpose {
        match self {
            Purpose::Server => ExtendedKeyUsagePurpose::ServerAuth,
            Purpose::Client => ExtendedKeyUsagePurpose::ClientAuth,
        }
    }
}

/// A certificate that is not an authority's.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    /// The name of its files, without what comes behind the dot.
    pub(super) stem: String,
    pub(super) purpose: Purpose,
    /// At least one; the first is the subject too.
    pub(super) names: Vec<Name>,
}

impl Leaf {
    pub(super) fn certificate_file(&self) -> String {
        format!("{}.pem", self.stem)
    }

    pub(super) fn key_file(&self) -> String {
        format!("{}.key", self.stem)
    }
}

/// What a certificate says.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// SHA-256 of the whole certificate, in hexadecimal with colons, as openssl prints it.
    pub(super) fingerprint: String,
    /// Names and addresses that it is for.
    pub(super) names: Vec<Name>,
    /// When it ends, in seconds since 1970.
    pub(super) expires: i64,
    /// The same as a text, in UTC.
    pub(super) expires_text: String,
}

impl Facts {
    /// Reads the first certificate of a PEM text.
    pub(super) fn read(pem: &str) -> Result<Self, String> {
        with_first(pem, |der, certificate| {
            let digest = ring::digest::digest(&ring::digest::SHA256, der);
            let pairs: Vec<String> = digest
                .as_ref()
                .iter()
                .map(|byte| format!("{byte:02X}"))
                .collect();
            let expires = certificate.validity().not_after;
            Self {
                fingerprint: pairs.join(":"),
                names: names(certificate),
                expires: expires.timestamp(),
                expires_text: date(expires),
            }
        })
    }

    /// The public key of the first certificate of a PEM text, without its algorithm.
    pub(super) fn public_key(pem: &str) -> Result<Vec<u8>, String> {
        with_first(pem, |_, certificate| {
            certificate.public_key().subject_public_key.data.to_vec()
        })
    }
}

/// What `read` makes of the first certificate of a PEM text, in DER and as it was read.
fn with_first<T>(
    pem: &str,
    read: impl FnOnce(&[u8], &X509Certificate<'_>) -> T,
) -> Result<T, String> {
    let (_, block) =
        parse_x509_pem(pem.as_bytes()).map_err(|_| "there is no certificate in it".to_owned())?;
    let (_, certificate) = X509Certificate::from_der(&block.contents)
        .map_err(|_| "the certificate in it cannot be read".to_owned())?;
    Ok(read(&block.contents, &certificate))
}

fn names(certificate: &X509Certificate<'_>) -> Vec<Name> {
    let listed = certificate.subject_alternative_name().ok().flatten();
    let Some(listed) = listed else {
        return Vec::new();
    };
    listed
        .value
        .general_names
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(Name::Dns((*name).to_owned())),
            GeneralName::IPAddress(bytes) => match bytes.len() {
                4 => <[u8; 4]>::try_from(*bytes)
                    .ok()
                    .map(|octets| Name::Address(octets.into())),
                _ => <[u8; 16]>::try_from(*bytes)
                    .ok()
                    .map(|octets| Name::Address(octets.into())),
            },
            _ => None,
        })
        .collect()
}

/// The day, such as 2027-11-21.
fn date(time: ASN1Time) -> String {
    let time = time.to_datetime();
    format!(
        "{:04}-{:02}-{:02}",
        time.year(),
        u8::from(time.month()),
        time.day()
    )
}
