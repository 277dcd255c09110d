//! [`TlsInspection`]: what a server shows of itself in one handshake.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use rustls::{
    CertificateError, SignatureScheme,
    client::{ResolvesClientCert, danger::ServerCertVerifier as _, verify_server_name},
    crypto::ring,
    pki_types::UnixTime,
    server::ParsedCertificate,
    sign::CertifiedKey,
};
use tokio::net::TcpStream;

use super::{TlsClient, client::builder, problem::untrusted, verifier::Unverified};

/// What a server shows of itself, whether or not it is to be trusted.
#[derive(Clone, Debug)]
pub struct TlsInspection {
    /// Its certificate and those it is signed with, in DER.
    pub certificates: Vec<Vec<u8>>,
    /// Why the certificate is not for the host of the URL, if so.
    pub other_host: Option<String>,
    /// Why the CAs of `cacertfile` do not vouch for it, if there is such a file and they do not.
    pub untrusted: Option<String>,
    /// Whether it chose HTTP/2 by ALPN.
    pub chose_http2: bool,
    /// Whether it asked for a certificate.
    pub asks_for_certificate: bool,
}

impl TlsClient {
    /// Makes a handshake and leaves.
    pub(in crate::testing) async fn inspect(&self, stream: TcpStream) -> io::Result<TlsInspection> {
        let provider = Arc::new(ring::default_provider());
        let asked = Arc::new(Asked {
            shown: self.shown.clone(),
            by_server: AtomicBool::new(false),
        });
        let mut config = builder(&provider)
            .map_err(io::Error::other)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Unverified::new(&provider)))
            .with_client_cert_resolver(Arc::clone(&asked) as _);
        config.alpn_protocols = vec![b"h2".to_vec()];
        let stream = self.connect_with(stream, &Arc::new(config)).await?;
        let (_, session) = stream.get_ref();
        let chain = session.peer_certificates().unwrap_or_default();
        let [certificate, intermediates @ ..] = chain else {
            return Err(io::Error::other("the server shows no certificate"));
        };
        let other_host = ParsedCertificate::try_from(certificate)
            .and_then(|parsed| verify_server_name(&parsed, &self.name));
        let trusted = self.trusted.as_ref().map_or(Ok(()), |trusted| {
            trusted
                .verify_server_cert(certificate, intermediates, &self.name, &[], UnixTime::now())
                .map(|_| ())
        });
        Ok(TlsInspection {
            certificates: chain.iter().map(|one| one.to_vec()).collect(),
            other_host: other_host.err().map(|error| told(&error)),
            untrusted: trusted
                .err()
                .filter(|error| !is_of_name(error))
                .map(|error| told(&error)),
            chose_http2: session.alpn_protocol() == Some(b"h2"),
            asks_for_certificate: asked.by_server.load(Ordering::Relaxed),
        })
    }
}

fn is_of_name(error: &rustls::Error) -> bool {
    matches!(
        error,
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
        )
    )
}

fn told(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(error) => untrusted(error),
        error => error.to_string(),
    }
}

/// Notices that it is asked.
#[derive(Debug)]
struct Asked {
    shown: Option<Arc<CertifiedKey>>,
    by_server: AtomicBool,
}

impl ResolvesClientCert for Asked {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.by_server.store(true, Ordering::Relaxed);
        self.shown.clone()
    }

    fn has_certs(&self) -> bool {
        true
    }
}
