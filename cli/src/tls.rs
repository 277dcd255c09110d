//! [`TlsArguments`]: the options of all verbs that call a hook program with TLS.

use std::path::PathBuf;

use clap::Args;
use exhook::testing::{Endpoint, TlsSettings, Verify};

/// How to speak with an https:// URL.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "TLS, for an https:// URL")]
pub(crate) struct TlsArguments {
    /// The CAs that may have signed the program's certificate, in PEM
    #[arg(long, value_name = "FILE", conflicts_with = "insecure")]
    cacert: Option<PathBuf>,
    /// The certificate to show to the program, in PEM
    #[arg(long, value_name = "FILE", requires = "key")]
    cert: Option<PathBuf>,
    /// Its key
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
    /// Take any certificate of the program, as EMQX does that does not verify
    #[arg(long)]
    insecure: bool,
}

impl TlsArguments {
    /// The program at `url`, of whom is to be known that it is the right one.
    pub(crate) fn endpoint(&self, url: &Endpoint) -> Result<Endpoint, String> {
        if url.is_tls() && self.cacert.is_none() && !self.insecure {
            return Err(format!(
                "whether {url} is the program that you mean cannot be told without the CA that \
                 signed its certificate; give the CA's file with --cacert, or take any certificate \
                 with --insecure"
            ));
        }
        self.unasked(url)
    }

    /// The program at `url`; without --cacert, whichever it is.
    pub(crate) fn unasked(&self, url: &Endpoint) -> Result<Endpoint, String> {
        let given = url.clone().with_tls(&self.settings());
        given.map_err(|error| error.to_string())
    }

    /// The program at `url`, whichever it is.
    pub(crate) fn unverified(&self, url: &Endpoint) -> Result<Endpoint, String> {
        let settings = TlsSettings {
            cacertfile: None,
            verify: url.is_tls().then_some(Verify::None),
            ..self.settings()
        };
        let given = url.clone().with_tls(&settings);
        given.map_err(|error| error.to_string())
    }

    /// In EMQX's words.
    pub(crate) fn settings(&self) -> TlsSettings {
        TlsSettings {
            cacertfile: self.cacert.clone(),
            certfile: self.cert.clone(),
            keyfile: self.key.clone(),
            verify: self.insecure.then_some(Verify::None),
            ..TlsSettings::default()
        }
    }
}
