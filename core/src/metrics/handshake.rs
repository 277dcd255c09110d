//! [`HandshakeFailure`]: why a connection came to nothing before HTTP/2 began.

/// Why a TLS handshake failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandshakeFailure {
    /// Plaintext HTTP arrived where TLS is on.
    Plaintext,
    /// TLS arrived where it is off.
    NotEnabled,
    /// The peer went away.
    Closed,
    /// Neither `h2` nor nothing was offered by ALPN.
    Alpn,
    /// No version or cipher in common.
    Incompatible,
    /// The peer refused, most often the server's certificate.
    RefusedByPeer,
    /// The peer showed no certificate.
    NoCertificate,
    /// The peer's certificate is not vouched for, or not valid.
    BadCertificate,
    /// The peer's certificate is vouched for, but not one of those that are served.
    NotPermitted,
    /// What arrived is no TLS.
    Malformed,
}

impl HandshakeFailure {
    pub(crate) const ALL: [Self; 10] = [
        Self::Plaintext,
        Self::NotEnabled,
        Self::Closed,
        Self::Alpn,
        Self::Incompatible,
        Self::RefusedByPeer,
        Self::NoCertificate,
        Self::BadCertificate,
        Self::NotPermitted,
        Self::Malformed,
    ];

    /// The name in metrics and logs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Plaintext => "plaintext",
            Self::NotEnabled => "not_enabled",
            Self::Closed => "closed",
            Self::Alpn => "alpn",
            Self::Incompatible => "incompatible",
            Self::RefusedByPeer => "refused_by_peer",
            Self::NoCertificate => "no_certificate",
            Self::BadCertificate => "bad_certificate",
            Self::NotPermitted => "not_permitted",
            Self::Malformed => "malformed",
        }
    }
}
