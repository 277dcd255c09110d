//! The beginning of a connection: plaintext or TLS, and why it came to nothing.

use std::{
    cell::RefCell,
    io::{self, ErrorKind},
    net::{IpAddr, Shutdown},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use rustls::{CertificateError, Error as TlsError, ServerConfig};
use socket2::SockRef;
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tracing::warn;

use super::{clients::REFUSED, identity::plain};
use crate::{
    log::Seldom,
    metrics::{HandshakeFailure, Metrics},
};

/// The type of the record that a TLS client begins with.
const TLS_HANDSHAKE: u8 = 22;

/// How long a peer that is refused may take to read why.
const LINGER_TIMEOUT: Duration = Duration::from_secs(1);

/// Why a handshake failed, and what to log about it.
pub(super) struct Failed {
    failure: HandshakeFailure,
    detail: String,
}

impl Failed {
    fn new(failure: HandshakeFailure) -> Self {
        Self {
            failure,
            detail: String::new(),
        }
    }
}

/// What is logged about failures, of each kind now and then.
#[derive(Default)]
pub(super) struct FailureLog {
    seldom: [Seldom; HandshakeFailure::ALL.len()],
}

impl FailureLog {
    pub(super) fn tell(&self, failed: &Failed, address: IpAddr, metrics: &Metrics) {
        let Failed { failure, detail } = failed;
        if let Some(due) = self.seldom[*failure as usize].due() {
            let reason = failure.name();
            let remedy = remedy(*failure);
            let repeated = due.repeated;
            warn!(repeated, %address, reason, "a connection came to nothing: {detail}{remedy}");
        }
        metrics.handshake_failed(*failure);
    }
}

/// The first byte that the peer sends, which stays there to be read; `None` where it goes away
/// without any, as load balancers do that only look whether somebody listens.
async fn first_byte(stream: &TcpStream) -> Option<u8> {
    let mut first = [0];
    match stream.peek(&mut first).await {
        Ok(1..) => Some(first[0]),
        Ok(0) | Err(_) => None,
    }
}

/// Whether plaintext HTTP/2 may begin; `None` where the peer has gone away.
pub(super) async fn plaintext(stream: &TcpStream) -> Option<Result<(), Failed>> {
    match first_byte(stream).await? {
        TLS_HANDSHAKE => Some(Err(Failed::new(HandshakeFailure::NotEnabled))),
        _ => Some(Ok(())),
    }
}

/// The TLS handshake; `None` where the peer has gone away before it began.
pub(super) async fn tls(
    stream: TcpStream,
    config: Arc<ServerConfig>,
) -> Option<Result<TlsStream<TcpStream>, Failed>> {
    if first_byte(&stream).await?.is_ascii_uppercase() {
        return Some(Err(Failed::new(HandshakeFailure::Plaintext)));
    }
    let refused = Rc::default();
    let handshake = TlsAcceptor::from(config).accept(stream).into_fallible();
    match REFUSED.scope(Rc::clone(&refused), handshake).await {
        Ok(shaken) => Some(Ok(shaken)),
        Err((error, stream)) => {
            let _ = timeout(LINGER_TIMEOUT, linger(stream)).await;
            Some(Err(failed(&error, &refused)))
        }
    }
}

/// Closes a connection so that its peer can read the alert that says why: what arrives meanwhile, such
/// as the beginning of HTTP/2, would otherwise make the system discard it.
async fn linger(stream: TcpStream) {
    let mut unread = [0; 1024];
    if SockRef::from(&stream).shutdown(Shutdown::Write).is_err() {
        return;
    }
    while stream.readable().await.is_ok() {
        match stream.try_read(&mut unread) {
            Ok(0) => return,
            Err(error) if error.kind() != ErrorKind::WouldBlock => return,
            Ok(_) | Err(_) => {}
        }
    }
}

fn failed(error: &io::Error, refused: &RefCell<Option<String>>) -> Failed {
    let shown = || refused.take().unwrap_or_else(|| "unreadable".to_owned());
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
    let (failure, detail) = match cause {
        Some(TlsError::NoCertificatesPresented) => (HandshakeFailure::NoCertificate, String::new()),
        Some(TlsError::InvalidCertificate(CertificateError::ApplicationVerificationFailure)) => (
            HandshakeFailure::NotPermitted,
            format!("the broker's certificate has {}; ", shown()),
        ),
        Some(TlsError::InvalidCertificate(problem)) => (
            HandshakeFailure::BadCertificate,
            format!(
                "{}; the broker's certificate has {}; ",
                plain(problem),
                shown()
            ),
        ),
        Some(TlsError::NoApplicationProtocol) => (HandshakeFailure::Alpn, String::new()),
        Some(TlsError::PeerIncompatible(problem)) => {
            (HandshakeFailure::Incompatible, format!("{problem:?}; "))
        }
        Some(TlsError::AlertReceived(alert)) => {
            (HandshakeFailure::RefusedByPeer, format!("{alert:?}; "))
        }
        Some(other) => (HandshakeFailure::Malformed, format!("{other}; ")),
        None if error.kind() == ErrorKind::InvalidData => {
            (HandshakeFailure::Malformed, format!("{error}; "))
        }
        None => (HandshakeFailure::Closed, format!("{error}; ")),
    };
    Failed { failure, detail }
}

fn remedy(failure: HandshakeFailure) -> &'static str {
    match failure {
        HandshakeFailure::Plaintext => {
            "plaintext HTTP arrived where TLS is on; give the broker an https:// url and ssl.enable \
             = true, or this server neither tls_cert nor tls_key"
        }
        HandshakeFailure::NotEnabled => {
            "TLS arrived where it is off; give this server tls_cert and tls_key, or the broker an \
             http:// url"
        }
        HandshakeFailure::Closed => "the peer went away during the TLS handshake",
        HandshakeFailure::Alpn => "the peer offers protocols (ALPN) without h2: it is no broker",
        HandshakeFailure::Incompatible => {
            "there is no version or cipher of TLS in common; look at tls_min_version, and at the \
             broker's ssl.versions and ssl.ciphers"
        }
        HandshakeFailure::RefusedByPeer => {
            "the broker refused the handshake; it has to trust what signed tls_cert \
             (ssl.cacertfile), and the host of its url has to be a name in it"
        }
        HandshakeFailure::NoCertificate => {
            "the broker showed no certificate, for which tls_client_ca asks; give the broker \
             ssl.certfile and ssl.keyfile"
        }
        HandshakeFailure::BadCertificate => {
            "give the broker a valid certificate of an authority in tls_client_ca"
        }
        HandshakeFailure::NotPermitted => {
            "add a name of it to tls_client_names, or its SHA-256 to tls_client_fingerprints, if \
             this broker is to be served"
        }
        HandshakeFailure::Malformed => "what arrived is no sound TLS",
    }
}
