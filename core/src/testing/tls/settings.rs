//! [`TlsSettings`]: the `ssl` of a broker's exhook server.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Whether the server's certificate is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verify {
    /// It must be signed by a CA of `cacertfile`, name the host of the URL, and be valid today.
    #[serde(rename = "verify_peer")]
    Peer,
    /// Any will do.
    #[serde(rename = "verify_none")]
    None,
}

/// How TLS is spoken with a hook server, in EMQX's words. The paths are those of PEM files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TlsSettings {
    /// Whether TLS is spoken, as the URL says already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable: Option<bool>,
    /// The CAs that may have signed the server's certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cacertfile: Option<PathBuf>,
    /// The certificate to show to the server, and those it is signed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certfile: Option<PathBuf>,
    /// Its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keyfile: Option<PathBuf>,
    /// Whether the server's certificate is looked at; without it, where there is a `cacertfile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verify: Option<Verify>,
    /// The name that the server's certificate must have, where it is not the host of the URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_name_indication: Option<String>,
}

impl TlsSettings {
    /// Whether it says nothing, as of a server that is called without TLS.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the server's certificate is looked at.
    pub fn verifies(&self) -> bool {
        match self.verify {
            Some(verify) => verify == Verify::Peer,
            None => self.cacertfile.is_some(),
        }
    }
}
