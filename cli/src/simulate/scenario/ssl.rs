//! [`SslSection`]: how a broker speaks TLS with a provider.

use std::path::PathBuf;

use exhook::testing::{TlsSettings, Verify};
use schemars::JsonSchema;
use serde::Deserialize;

/// How TLS is spoken with a provider whose address begins with https://, in EMQX's words. The
/// paths are those of PEM files.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SslSection {
    /// Whether TLS is spoken, as the address says already.
    enable: Option<bool>,
    /// The CAs that may have signed the provider's certificate.
    cacertfile: Option<PathBuf>,
    /// The certificate to show to the provider.
    certfile: Option<PathBuf>,
    /// Its key.
    keyfile: Option<PathBuf>,
    /// Whether the provider's certificate is looked at; where it is not said, if there is a
    /// `cacertfile`. Releases of EMQX that never look at it do not here either.
    verify: Option<VerifyChoice>,
    /// The name that the provider's certificate must have, where it is not the host of the address.
    server_name_indication: Option<String>,
}

/// Whether a certificate is looked at.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub(crate) enum VerifyChoice {
    /// It must be signed by one of the CAs, name the host, and be valid today
    #[serde(rename = "verify_peer")]
    Peer,
    /// Any will do
    #[serde(rename = "verify_none")]
    None,
}

impl SslSection {
    /// What the options of the command line say, over what the file says.
    pub(crate) fn override_with(&mut self, options: &TlsSettings) {
        fn replace<T: Clone>(own: &mut Option<T>, other: Option<&T>) {
            if let Some(other) = other {
                *own = Some(other.clone());
            }
        }
        replace(&mut self.cacertfile, options.cacertfile.as_ref());
        replace(&mut self.certfile, options.certfile.as_ref());
        replace(&mut self.keyfile, options.keyfile.as_ref());
        if let Some(Verify::None) = options.verify {
            self.verify = Some(VerifyChoice::None);
        }
    }

    pub(crate) fn settings(self) -> TlsSettings {
        TlsSettings {
            enable: self.enable,
            cacertfile: self.cacertfile,
            certfile: self.certfile,
            keyfile: self.keyfile,
            verify: self.verify.map(|verify| match verify {
                VerifyChoice::Peer => Verify::Peer,
                VerifyChoice::None => Verify::None,
            }),
            server_name_indication: self.server_name_indication,
        }
    }
}
