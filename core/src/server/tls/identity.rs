//! [`Identity`]: a certificate with its key and the clients that are known, as handshakes use them.

use std::sync::Arc;

use ring::digest::{Context, SHA256};
use rustls::{
    CertificateError, Error as TlsError, InconsistentKeys, RootCertStore, ServerConfig,
    crypto::{CryptoProvider, ring::default_provider},
    pki_types::CertificateDer,
    server::{NoServerSessionStorage, WebPkiClientVerifier, danger::ClientCertVerifier},
    sign::{CertifiedKey, SingleCertAndKey},
};
use tracing::{info, warn};
use x509_parser::time::ASN1Time;

use super::{
    certificate::{Certificate, hexadecimal},
    clients::KnownClients,
    options::TlsOptions,
};
use crate::error::Error;

/// The only protocol that brokers speak to us. Without it, gun 1.3 (EMQX up to 5.8.8) falls back to
/// HTTP/1.1.
const ALPN_H2: &[u8] = b"h2";

/// What the places that the options name hold at one moment.
pub(super) struct Contents {
    certificate: Vec<u8>,
    key: Vec<u8>,
    client_ca: Vec<u8>,
}

impl Contents {
    pub(super) fn read(options: &TlsOptions) -> Result<Self, Error> {
        Ok(Self {
            certificate: options.certificate.read()?,
            key: options.key.read()?,
            client_ca: match &options.client_ca {
                Some(client_ca) => client_ca.read()?,
                None => Vec::new(),
            },
        })
    }

    /// Tells contents from others.
    pub(super) fn digest(&self) -> String {
        let mut digest = Context::new(&SHA256);
        for content in [&self.certificate, &self.key, &self.client_ca] {
            digest.update(&content.len().to_be_bytes());
            digest.update(content);
        }
        hexadecimal(digest.finish().as_ref())
    }
}

/// What new connections are served with.
pub(super) struct Identity {
    pub(super) config: Arc<ServerConfig>,
    pub(super) digest: String,
    certificate: Certificate,
}

impl Identity {
    /// Checks that everything is there and fits together.
    pub(super) fn load(options: &TlsOptions, contents: &Contents) -> Result<Self, Error> {
        let provider = Arc::new(default_provider());
        let chain = options.certificate.certificates(&contents.certificate)?;
        let certificate = Certificate::read(&chain[0]).ok_or_else(|| {
            options
                .certificate
                .error("holds a certificate that cannot be read; write it anew")
        })?;
        let key = certified_key(options, contents, chain, &certificate, &provider)?;
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(options.versions)
            .map_err(|error| options.key.error(format!("cannot be used: {error}")))?;
        let builder = match clients(options, contents, provider)? {
            Some(verifier) => builder.with_client_cert_verifier(verifier),
            None => builder.with_no_client_auth(),
        };
        let mut config = builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(key)));
        config.alpn_protocols = vec![ALPN_H2.to_vec()];
        // Brokers connect seldom, and each time their certificate is to be verified anew.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Self {
            config: Arc::new(config),
            digest: contents.digest(),
            certificate,
        })
    }

    /// Until when the certificate is valid, in seconds since 1970.
    pub(super) fn expiry(&self) -> u64 {
        self.certificate.expiry()
    }

    /// Logs that the certificate is in use, and what brokers will not like about it.
    pub(super) fn announce(&self) {
        let certificate = &self.certificate;
        info!(expires = %certificate.not_after, "a TLS certificate is in use: {certificate}");
        let now = ASN1Time::now();
        if certificate.not_after < now {
            warn!(
                expired = %certificate.not_after,
                "tls_cert has expired; brokers that verify it do not connect: renew it"
            );
        }
        if certificate.not_before > now {
            warn!(
                begins = %certificate.not_before,
                "tls_cert is not valid yet; brokers that verify it do not connect: check the clock"
            );
        }
        if certificate.names.is_empty() {
            warn!(
                "tls_cert names no host (SAN); brokers that verify it do not connect: name the host \
                 of their url in it"
            );
        }
    }
}

fn certified_key(
    options: &TlsOptions,
    contents: &Contents,
    chain: Vec<CertificateDer<'static>>,
    certificate: &Certificate,
    provider: &CryptoProvider,
) -> Result<CertifiedKey, Error> {
    let key = options.key.key(&contents.key)?;
    CertifiedKey::from_der(chain, key, provider).map_err(|error| match error {
        TlsError::InconsistentKeys(InconsistentKeys::KeyMismatch) => options.key.error(format!(
            "does not fit the first certificate of tls_cert, {certificate}; give the key that \
             belongs to it, and put the server's own certificate before those of authorities"
        )),
        TlsError::InvalidCertificate(error) => options.certificate.error(format!(
            "holds a certificate that TLS cannot use: {}",
            plain(&error)
        )),
        error => options.key.error(format!(
            "holds a key that TLS cannot use: {error}; RSA from 2048 bits, ECDSA on P-256 or P-384 \
             and Ed25519 are understood"
        )),
    })
}

fn clients(
    options: &TlsOptions,
    contents: &Contents,
    provider: Arc<CryptoProvider>,
) -> Result<Option<Arc<dyn ClientCertVerifier>>, Error> {
    let Some(client_ca) = &options.client_ca else {
        return Ok(None);
    };
    let mut roots = RootCertStore::empty();
    let certificates = client_ca.certificates(&contents.client_ca)?;
    for (number, certificate) in certificates.into_iter().enumerate() {
        roots.add(certificate).map_err(|error| {
            client_ca.error(format!(
                "holds a certificate that cannot be an authority, number {}: {error}",
                number + 1
            ))
        })?;
    }
    let authorities = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| client_ca.error(format!("cannot be used: {error}")))?;
    Ok(Some(Arc::new(KnownClients {
        authorities,
        allowed: options.allowed.clone(),
    })))
}

/// What is wrong with a certificate, in words.
pub(super) fn plain(error: &CertificateError) -> String {
    match error {
        CertificateError::UnknownIssuer => "no authority of tls_client_ca has signed it".to_owned(),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "its extended key usage lacks client authentication".to_owned()
        }
        CertificateError::BadSignature => {
            "the authority of that name in tls_client_ca has not signed it".to_owned()
        }
        other => other.to_string(),
    }
}
