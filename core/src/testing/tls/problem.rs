//! [`TlsProblem`]: why TLS is not spoken, and what to do about it.

use std::{fmt, io, time::Duration};

use rustls::{AlertDescription, CertificateError, InvalidMessage, PeerMisbehaved};

const CERTIFICATE_REQUIRED: &str = "the server serves only those who show a certificate that it \
                                    trusts; give one with its key as certfile and keyfile (--cert \
                                    and --key)";

/// What went wrong between a broker and a hook server that should speak TLS: an
/// [`io::Error`] has it inside, and reads the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsProblem(String);

impl TlsProblem {
    /// The problem inside of an error of a socket, if it is one of TLS.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }

    /// What a handshake ended with.
    pub(super) fn in_handshake(error: &io::Error) -> Self {
        match inside(error) {
            Some(error) => Self(explained(error)),
            None => Self(format!(
                "the connection was closed in the middle of the TLS handshake ({error}); if the \
                 server speaks no TLS, give http:// instead of https://"
            )),
        }
    }

    /// One whose words alone are left.
    pub(in crate::testing) fn told(words: String) -> Self {
        Self(words)
    }

    pub(super) fn silent(timeout: Duration) -> Self {
        Self(format!(
            "no answer to the TLS handshake within {} s; if the server speaks no TLS, give http:// \
             instead of https://",
            timeout.as_secs()
        ))
    }

    pub(super) fn speaks_tls() -> Self {
        Self(
            "the server speaks TLS; give https:// instead of http://, and the file of its CA as \
             cacertfile (--cacert)"
                .to_owned(),
        )
    }

    pub(in crate::testing) fn no_alpn() -> Self {
        Self(
            "the server does not choose h2 by ALPN, and this broker then speaks HTTP/1.1; let the \
             server offer h2"
                .to_owned(),
        )
    }

    /// An error behind the handshake; those that are not of TLS stay as they are.
    pub(super) fn explain(error: io::Error) -> io::Error {
        match inside(&error) {
            Some(inside) => Self(explained(inside)).into(),
            None => error,
        }
    }
}

impl fmt::Display for TlsProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for TlsProblem {}

impl From<TlsProblem> for io::Error {
    fn from(problem: TlsProblem) -> Self {
        io::Error::new(io::ErrorKind::InvalidData, problem)
    }
}

fn inside(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

fn explained(error: &rustls::Error) -> String {
    use rustls::Error;

    match error {
        Error::InvalidMessage(
            InvalidMessage::InvalidContentType
            | InvalidMessage::UnknownProtocolVersion
            | InvalidMessage::MessageTooLarge
            | InvalidMessage::InvalidEmptyPayload,
        ) => {
            "the server speaks no TLS; give http:// instead of https://, or start it with tls_cert \
              and tls_key"
                .to_owned()
        }
        Error::InvalidCertificate(error) => untrusted(error),
        Error::AlertReceived(alert) => refused(*alert),
        Error::PeerIncompatible(_)
        | Error::PeerMisbehaved(PeerMisbehaved::SelectedUnofferedApplicationProtocol) => {
            format!("the server speaks another TLS than brokers do: {error}")
        }
        error => format!("the TLS handshake failed: {error}"),
    }
}

/// What is wrong with the server's certificate.
pub(super) fn untrusted(error: &CertificateError) -> String {
    match error {
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => {
            let expected = expected.to_str();
            let names: Vec<&str> = presented.iter().map(|name| plain(name)).collect();
            let names = if names.is_empty() {
                "no name at all".to_owned()
            } else {
                names.join(", ")
            };
            format!(
                "the server's certificate does not name {expected}, but {names}; call it by a name \
                 that the certificate has, or make one for {expected}, as exhook certs --name does"
            )
        }
        CertificateError::NotValidForName => {
            "the server's certificate does not name the host; call \
                                              it by a name that the certificate has"
                .to_owned()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the server's certificate has expired; renew it, as exhook certs --renew does, and \
             look at this machine's clock"
                .to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the server's certificate is not valid yet; look at this machine's clock and the \
             server's"
                .to_owned()
        }
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "the server's certificate is not signed by a CA that is trusted here; give the file of \
             the CA that signed it as cacertfile (--cacert)"
                .to_owned()
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "the server's certificate is not one for servers; make one with the extended key usage \
             serverAuth"
                .to_owned()
        }
        error => format!("the server's certificate cannot be trusted: {error}"),
    }
}

/// `hooks` of `DnsName("hooks")`.
fn plain(name: &str) -> &str {
    match name.split_once('"') {
        Some((_, rest)) => rest.split('"').next().unwrap_or(rest),
        None => name
            .strip_prefix("IpAddress(")
            .and_then(|name| name.strip_suffix(')'))
            .unwrap_or(name),
    }
}

fn refused(alert: AlertDescription) -> String {
    match alert {
        AlertDescription::CertificateRequired => CERTIFICATE_REQUIRED.to_owned(),
        AlertDescription::BadCertificate
        | AlertDescription::UnknownCA
        | AlertDescription::CertificateUnknown
        | AlertDescription::DecryptError
        | AlertDescription::AccessDenied
        | AlertDescription::UnsupportedCertificate => format!(
            "the server does not accept the certificate that was shown to it ({alert:?}); show one \
             that a CA of its tls_client_ca has signed, as certfile and keyfile (--cert and --key)"
        ),
        AlertDescription::CertificateExpired | AlertDescription::CertificateRevoked => format!(
            "the server does not accept the certificate that was shown to it any more ({alert:?}); \
             renew that of certfile (--cert)"
        ),
        AlertDescription::NoApplicationProtocol => {
            "the server does not offer h2 by ALPN, without which there is no gRPC".to_owned()
        }
        // What servers of TLS 1.2 say where no certificate is shown, among other things.
        AlertDescription::HandshakeFailure => format!(
            "the server broke the TLS handshake off ({alert:?}): either it speaks another TLS than \
             brokers do, or {CERTIFICATE_REQUIRED}"
        ),
        alert => format!("the server broke the TLS handshake off ({alert:?})"),
    }
}
