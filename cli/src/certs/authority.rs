//! [`Authority`]: the test CA, which signs the other certificates.

use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

use super::{
    certificate::{Facts, Leaf},
    name::Name,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const LEAST_DAYS: u32 = 3_650;

/// A CA with its key.
pub(super) struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
    facts: Facts,
}

impl Authority {
    /// A new one that is valid for ten years, or for so many days if they are more.
    pub(super) fn new(days: u32) -> Result<Self, String> {
        let key = KeyPair::generate().map_err(|error| cannot("make a key", &error))?;
        let mut params = params("exhook test CA", days.max(LEAST_DAYS));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params
            .self_signed(&key)
            .map_err(|error| cannot("make a CA", &error))?;
        Self::read(&certificate.pem(), &key.serialize_pem())
    }

    /// One that was written before, in PEM.
    pub(super) fn read(certificate: &str, key: &str) -> Result<Self, String> {
        let facts = Facts::read(certificate)?;
        if facts.expires <= timestamp(SystemTime::now()) {
            return Err(format!(
                "the CA ended on {}; make a new one with --force, and give it to the brokers",
                facts.expires_text
            ));
        }
        let key = KeyPair::from_pem(key)
            .map_err(|error| format!("its key, ca.key, cannot be used: {error}"))?;
        let belongs = Facts::public_key(certificate)? == key.public_key_raw();
        if !belongs {
            return Err("ca.key is the key of another CA; make both anew with --force".to_owned());
        }
        let issuer = Issuer::from_ca_cert_pem(certificate, key)
            .map_err(|error| format!("this CA cannot be used: {error}"))?;
        Ok(Self {
            certificate: certificate.to_owned(),
            issuer,
            facts,
        })
    }

    pub(super) fn certificate_pem(&self) -> &str {
        &self.certificate
    }

    pub(super) fn key_pem(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    /// A certificate with a key of its own, both in PEM. It ends no later than the CA does.
    pub(super) fn sign(&self, leaf: &Leaf, days: u32) -> Result<(String, String), String> {
        let key = KeyPair::generate().map_err(|error| cannot("make a key", &error))?;
        let subject = leaf.names.first().map(ToString::to_string);
        let mut params = params(&subject.unwrap_or_default(), days);
        let authority_ends =
            SystemTime::UNIX_EPOCH + Duration::from_secs(self.facts.expires.unsigned_abs());
        params.not_after = params.not_after.min(authority_ends.into());
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![leaf.purpose.extended_usage()];
        params.use_authority_key_identifier_extension = true;
        params.subject_alt_names = leaf
            .names
            .iter()
            .map(Name::subject)
            .collect::<Result<_, _>>()?;
        let certificate = params
            .signed_by(&key, &self.issuer)
            .map_err(|error| cannot("sign a certificate", &error))?;
        Ok((certificate.pem(), key.serialize_pem()))
    }
}

/// What all certificates have in common.
fn params(subject: &str, days: u32) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, subject);
    params.distinguished_name = name;
    let now = SystemTime::now();
    // The clocks of other machines may be behind.
    params.not_before = (now - DAY).into();
    params.not_after = (now + DAY * days).into();
    params
}

fn timestamp(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

fn cannot(what: &str, error: &rcgen::Error) -> String {
    format!("cannot {what}: {error}")
}
