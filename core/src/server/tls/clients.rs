//! [`KnownClients`]: which brokers are served, by the certificates that they show.

use std::{cell::RefCell, rc::Rc, sync::Arc};

use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error as TlsError, SignatureScheme,
    client::danger::HandshakeSignatureValid,
    pki_types::{CertificateDer, DnsName, UnixTime},
    server::danger::{ClientCertVerified, ClientCertVerifier},
};

use super::certificate::{Certificate, Fingerprint, Name, fingerprint};
use crate::error::{Error, ErrorCode};

tokio::task_local! {
    /// Where a handshake finds the certificate that was refused in it.
    pub(super) static REFUSED: Rc<RefCell<Option<String>>>;
}

/// The names and fingerprints of `tls_client_names` and `tls_client_fingerprints`.
#[derive(Clone, Debug, Default)]
pub(super) struct Allowed {
    names: Vec<Name>,
    fingerprints: Vec<Fingerprint>,
}

impl Allowed {
    pub(super) fn parse(names: &str, fingerprints: &str) -> Result<Self, Error> {
        Ok(Self {
            names: entries(names).map(parse_name).collect::<Result<_, _>>()?,
            fingerprints: entries(fingerprints)
                .map(parse_fingerprint)
                .collect::<Result<_, _>>()?,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty() && self.fingerprints.is_empty()
    }

    /// Whether the certificate suits each list that is not empty.
    fn permits(&self, der: &[u8]) -> bool {
        let pinned = || self.fingerprints.contains(&fingerprint(der));
        let named = || {
            Certificate::read(der)
                .is_some_and(|shown| shown.names.iter().any(|name| self.names.contains(name)))
        };
        (self.fingerprints.is_empty() || pinned()) && (self.names.is_empty() || named())
    }
}

fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
}

fn parse_name(entry: &str) -> Result<Name, Error> {
    if let Ok(address) = entry.parse() {
        return Ok(Name::Ip(address));
    }
    if entry.contains(':') {
        return Ok(Name::Uri(entry.to_owned()));
    }
    match DnsName::try_from(entry) {
        Ok(_) => Ok(Name::Dns(entry.to_lowercase())),
        Err(_) => {
            let remedy = if entry.contains('*') {
                "names are compared whole; write out each of them"
            } else {
                "give DNS names, IP addresses or URIs, parted by commas"
            };
            Err(Error::new(
                ErrorCode::InvalidOption,
                format!("tls_client_names: {entry:?} is no name; {remedy}"),
            ))
        }
    }
}

fn parse_fingerprint(entry: &str) -> Result<Fingerprint, Error> {
    let digits = entry.replace(':', "");
    let hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let mut fingerprint = Fingerprint::default();
    if !hexadecimal || digits.len() != 2 * fingerprint.len() {
        return Err(Error::new(
            ErrorCode::InvalidOption,
            format!(
                "tls_client_fingerprints: {entry:?} is no SHA-256 of 64 hexadecimal digits; openssl \
                 x509 -in broker.pem -noout -fingerprint -sha256 prints it behind the ="
            ),
        ));
    }
    for (number, byte) in fingerprint.iter_mut().enumerate() {
        let pair = &digits[2 * number..2 * number + 2];
        *byte = u8::from_str_radix(pair, 16).expect("hexadecimal digits");
    }
    Ok(fingerprint)
}

/// Asks `authorities` first, then the lists.
#[derive(Debug)]
pub(super) struct KnownClients {
    pub(super) authorities: Arc<dyn ClientCertVerifier>,
    pub(super) allowed: Allowed,
}

impl ClientCertVerifier for KnownClients {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.authorities.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, TlsError> {
        let verified = self
            .authorities
            .verify_client_cert(end_entity, intermediates, now)
            .and_then(|verified| {
                if self.allowed.is_empty() || self.allowed.permits(end_entity) {
                    return Ok(verified);
                }
                Err(CertificateError::ApplicationVerificationFailure.into())
            });
        if verified.is_err() {
            let shown = Certificate::read(end_entity).map(|shown| shown.to_string());
            // Nobody is there to read it outside of a handshake of ours.
            let _ = REFUSED.try_with(|refused| refused.replace(shown));
        }
        verified
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.authorities
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.authorities
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authorities.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_fingerprints_are_read_and_what_is_neither_is_named() {
        let colons = ["AB"; 32].join(":");
        let plain = "ab".repeat(32);
        let allowed = Allowed::parse(
            "EMQX.example.org, 10.0.0.1,spiffe://cluster/emqx,::1,",
            &format!("{colons} , {plain}"),
        )
        .expect("all are right");
        assert_eq!(
            allowed.names,
            [
                Name::Dns("emqx.example.org".to_owned()),
                Name::Ip("10.0.0.1".parse().expect("an address")),
                Name::Uri("spiffe://cluster/emqx".to_owned()),
                Name::Ip("::1".parse().expect("an address")),
            ]
        );
        assert_eq!(allowed.fingerprints, [[0xab; 32], [0xab; 32]]);

        for (names, fingerprints, problem) in [
            ("*.example.org", "", "compared whole"),
            ("two words", "", "parted by commas"),
            ("", "abcd", "64 hexadecimal digits"),
            ("", &format!("sha256={plain}"), "-fingerprint -sha256"),
            ("", &format!("{plain}00"), "64 hexadecimal digits"),
            ("", &format!("{plain}zz"), "64 hexadecimal digits"),
        ] {
            let error = Allowed::parse(names, fingerprints).expect_err(problem);
            assert!(error.to_string().contains(problem), "{error}");
        }
    }
}
