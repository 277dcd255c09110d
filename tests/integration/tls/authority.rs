//! Certificates for tests.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
    SanType, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// Signs certificates.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, in PEM.
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
    pub(crate) der: CertificateDer<'static>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().expect("a key");
        // Authorities of one name are taken for one authority.
        let name = format!("{:?}", &key.public_key_raw()[1..9]);
        params.distinguished_name.push(DnType::CommonName, name);
        Self(CertifiedIssuer::self_signed(params, key).expect("a certificate"))
    }

    /// A certificate of `localhost`.
    pub(crate) fn server(&self) -> Pair {
        self.sign(&params("a hook program", &[dns("localhost")]))
    }

    /// A certificate of a broker with these names.
    pub(crate) fn broker(&self, names: &[SanType]) -> Pair {
        self.sign(&params("a broker", names))
    }

    /// A certificate of `localhost` that has expired.
    pub(crate) fn expired(&self) -> Pair {
        let mut params = params("a hook program of old", &[dns("localhost")]);
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
        self.sign(&params)
    }

    pub(crate) fn pem(&self) -> String {
        self.0.as_ref().pem()
    }

    pub(crate) fn der(&self) -> CertificateDer<'static> {
        self.0.as_ref().der().clone()
    }

    fn sign(&self, params: &CertificateParams) -> Pair {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        Pair {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            der: certificate.der().clone(),
        }
    }
}

impl Pair {
    pub(crate) fn key_der(&self) -> PrivateKeyDer<'static> {
        let key = KeyPair::from_pem(&self.key).expect("a key of ours");
        PrivatePkcs8KeyDer::from(key.serialize_der()).into()
    }
}

pub(crate) fn dns(name: &str) -> SanType {
    SanType::DnsName(name.try_into().expect("ASCII"))
}

pub(crate) fn uri(uri: &str) -> SanType {
    SanType::URI(uri.try_into().expect("ASCII"))
}

fn params(common_name: &str, names: &[SanType]) -> CertificateParams {
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.subject_alt_names = names.to_vec();
    params
}
