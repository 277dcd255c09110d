//! [`TlsClient`]: speaks TLS with a hook server.

use std::{fmt, io, path::Path, sync::Arc, time::Duration};

use rustls::{
    ClientConfig, RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
    sign::CertifiedKey,
};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{TlsProblem, TlsSettings, socket::TlsSocket, verifier::Unverified};
use crate::error::{Error, ErrorCode};

/// How long EMQX waits for a connection.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);

/// What a broker has for TLS with one hook server: its settings, with the files read.
#[derive(Clone)]
pub struct TlsClient {
    settings: TlsSettings,
    pub(super) name: ServerName<'static>,
    pub(super) trusted: Option<Arc<WebPkiServerVerifier>>,
    pub(super) shown: Option<Arc<CertifiedKey>>,
    config: Arc<ClientConfig>,
}

impl TlsClient {
    /// Reads the files, for a server at `host`.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidOption`], naming the setting, the file and the remedy.
    pub fn new(host: &str, settings: &TlsSettings) -> Result<Self, Error> {
        let provider = Arc::new(ring::default_provider());
        let trusted = trusted(settings, &provider)?;
        let shown = shown(settings, &provider)?;
        let name = name(host, settings)?;
        let verifier: Arc<dyn ServerCertVerifier> = match &trusted {
            Some(trusted) if settings.verifies() => Arc::clone(trusted) as _,
            _ => Arc::new(Unverified::new(&provider)),
        };
        let mut config = builder(&provider)?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        if let Some(shown) = &shown {
            let shown = rustls::sign::SingleCertAndKey::from(Arc::clone(shown));
            config.client_auth_cert_resolver = Arc::new(shown);
        }
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Self {
            settings: settings.clone(),
            name,
            trusted,
            shown,
            config: Arc::new(config),
        })
    }

    /// What it was made from.
    pub fn settings(&self) -> &TlsSettings {
        &self.settings
    }

    pub(in crate::testing) async fn connect(&self, stream: TcpStream) -> io::Result<TlsSocket> {
        let stream = self.connect_with(stream, &self.config).await?;
        Ok(TlsSocket::new(stream))
    }

    pub(super) async fn connect_with(
        &self,
        stream: TcpStream,
        config: &Arc<ClientConfig>,
    ) -> io::Result<TlsStream<TcpStream>> {
        let connector = TlsConnector::from(Arc::clone(config));
        let handshake = connector.connect(self.name.clone(), stream);
        match tokio::time::timeout(HANDSHAKE_TIMEOUT, handshake).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(TlsProblem::in_handshake(&error).into()),
            Err(_) => Err(TlsProblem::silent(HANDSHAKE_TIMEOUT).into()),
        }
    }
}

impl PartialEq for TlsClient {
    fn eq(&self, other: &Self) -> bool {
        self.settings == other.settings && self.name == other.name
    }
}

impl Eq for TlsClient {}

impl fmt::Debug for TlsClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt(formatter)
    }
}

pub(super) fn builder(
    provider: &Arc<CryptoProvider>,
) -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, Error> {
    ClientConfig::builder_with_provider(Arc::clone(provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| invalid(format!("TLS cannot be spoken: {error}")))
}

fn name(host: &str, settings: &TlsSettings) -> Result<ServerName<'static>, Error> {
    let host = match &settings.server_name_indication {
        Some(name) => name,
        None => host.trim_matches(['[', ']']),
    };
    ServerName::try_from(host.to_owned()).map_err(|_| {
        invalid(format!(
            "no certificate can be for {host:?}; give a host's name or an address"
        ))
    })
}

fn trusted(
    settings: &TlsSettings,
    provider: &Arc<CryptoProvider>,
) -> Result<Option<Arc<WebPkiServerVerifier>>, Error> {
    let Some(file) = &settings.cacertfile else {
        if settings.verifies() {
            return Err(invalid(
                "verify is verify_peer without a cacertfile; give the file of the CA that signed \
                 the server's certificate"
                    .to_owned(),
            ));
        }
        return Ok(None);
    };
    let mut roots = RootCertStore::empty();
    for certificate in certificates("cacertfile", file)? {
        roots
            .add(certificate)
            .map_err(|error| unusable("cacertfile", file, &error))?;
    }
    WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::clone(provider))
        .build()
        .map(Some)
        .map_err(|error| unusable("cacertfile", file, &error))
}

fn shown(
    settings: &TlsSettings,
    provider: &Arc<CryptoProvider>,
) -> Result<Option<Arc<CertifiedKey>>, Error> {
    let (certfile, keyfile) = match (&settings.certfile, &settings.keyfile) {
        (None, None) => return Ok(None),
        (Some(certfile), Some(keyfile)) => (certfile, keyfile),
        (Some(_), None) => {
            return Err(invalid(
                "certfile is given without keyfile; give the file of its key too".to_owned(),
            ));
        }
        (None, Some(_)) => {
            return Err(invalid(
                "keyfile is given without certfile; give the file of its certificate too"
                    .to_owned(),
            ));
        }
    };
    let chain = certificates("certfile", certfile)?;
    let key = PrivateKeyDer::from_pem_slice(&read("keyfile", keyfile)?)
        .map_err(|_| unusable("keyfile", keyfile, &"there is no private key in it"))?;
    CertifiedKey::from_der(chain, key, provider)
        .map(|key| Some(Arc::new(key)))
        .map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                unusable("keyfile", keyfile, &"it is not the key of certfile")
            }
            error => unusable("certfile and keyfile", certfile, &error),
        })
}

fn certificates(setting: &str, file: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let text = read(setting, file)?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match read {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(unusable(
            setting,
            file,
            &"there is no certificate in it; it is to be in PEM",
        )),
    }
}

fn read(setting: &str, file: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(file).map_err(|error| unusable(setting, file, &error))
}

fn unusable(setting: &str, file: &Path, problem: &dyn fmt::Display) -> Error {
    invalid(format!(
        "{setting} {} cannot be used: {problem}",
        file.display()
    ))
}

fn invalid(problem: String) -> Error {
    Error::new(ErrorCode::InvalidOption, problem)
}
