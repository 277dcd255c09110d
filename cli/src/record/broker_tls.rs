//! TLS towards brokers, whose calls are recorded.

use std::{
    io,
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use clap::Args;
use exhook::testing::Socket;
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// What is shown to brokers.
#[derive(Debug, Args)]
#[command(next_help_heading = "TLS towards brokers")]
pub(super) struct BrokerTlsArguments {
    /// Speak TLS with brokers, and show them this certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Its key
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

/// Accepts TLS.
pub(super) struct BrokerTls(TlsAcceptor);

impl BrokerTlsArguments {
    /// Reads the files; `None` where no TLS is to be spoken.
    pub(super) fn open(&self) -> Result<Option<BrokerTls>, String> {
        let (Some(certificate), Some(key)) = (&self.tls_cert, &self.tls_key) else {
            return Ok(None);
        };
        let chain: Result<Vec<_>, _> =
            CertificateDer::pem_slice_iter(&read(certificate)?).collect();
        let chain = chain.ok().filter(|chain| !chain.is_empty());
        let chain = chain.ok_or_else(|| unusable(certificate, "there is no certificate in it"))?;
        let secret = PrivateKeyDer::from_pem_slice(&read(key)?)
            .map_err(|_| unusable(key, "there is no private key in it"))?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(chain, secret))
            .map_err(|error| unusable(certificate, &error.to_string()))?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Some(BrokerTls(Arc::new(config).into())))
    }
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(file).map_err(|error| unusable(file, &error.to_string()))
}

fn unusable(file: &Path, problem: &str) -> String {
    format!(
        "{} cannot be used: {problem}; give a certificate and its key with --tls-cert and \
         --tls-key, such as exhook certs writes",
        file.display()
    )
}

impl BrokerTls {
    /// Waits for the broker's handshake.
    pub(super) async fn accept(&self, broker: Box<dyn Socket>) -> io::Result<Box<dyn Socket>> {
        let handshake = self.0.accept(broker);
        match tokio::time::timeout(HANDSHAKE_TIMEOUT, handshake).await {
            Ok(accepted) => Ok(Box::new(BrokerSocket(accepted?))),
            Err(_) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("no handshake within {} s", HANDSHAKE_TIMEOUT.as_secs()),
            )),
        }
    }
}

/// A broker's connection with TLS.
struct BrokerSocket(TlsStream<Box<dyn Socket>>);

impl Socket for BrokerSocket {
    fn reset_when_closed(&self) {
        self.0.get_ref().0.reset_when_closed();
    }
}

impl AsyncRead for BrokerSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for BrokerSocket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
