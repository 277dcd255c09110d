//! [`Refusal`]: why a connection was closed to protect the server.

/// Why a connection was closed to protect the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Its address has `max_connections_per_peer` already.
    PerPeer,
    /// `max_handshakes` others began after it, and it had not finished beginning.
    Handshakes,
    /// It took longer than `handshake_timeout_ms` to begin.
    HandshakeTimeout,
    /// It sent more of what costs work and asks nothing than any broker does; or more broken or
    /// unfinished requests.
    Flood,
    /// It does not take its answers.
    Unread,
}

impl Refusal {
    pub(crate) const ALL: [Self; 5] = [
        Self::PerPeer,
        Self::Handshakes,
        Self::HandshakeTimeout,
        Self::Flood,
        Self::Unread,
    ];

    /// As metrics and logs name it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::PerPeer => "per_peer",
            Self::Handshakes => "handshakes",
            Self::HandshakeTimeout => "handshake_timeout",
            Self::Flood => "flood",
            Self::Unread => "unread",
        }
    }

    /// What happened and what to do about it.
    pub(crate) const fn remedy(self) -> &'static str {
        match self {
            Self::PerPeer => {
                "its address has as many as max_connections_per_peer allows; raise it where one \
                 address stands for many brokers, as a proxy's does"
            }
            Self::Handshakes => {
                "more connections were beginning than max_handshakes allows, and this was the \
                 oldest; keep the port from networks that are no brokers', or raise it"
            }
            Self::HandshakeTimeout => {
                "it took longer than handshake_timeout_ms for TLS and the beginning of HTTP/2; \
                 only brokers ought to reach this port"
            }
            Self::Flood => {
                "it sent more control frames, or broken, cancelled or unfinished requests, than any \
                 broker does; find out who that is, and keep the port from it"
            }
            Self::Unread => {
                "it did not take its answers; where it is a broker, look at its load and the \
                 network between"
            }
        }
    }
}
