//! [`TlsOptions`]: what the options beginning with `tls_` ask for, before any file is read.

use std::time::Duration;

use rustls::{
    SupportedProtocolVersion,
    version::{TLS12, TLS13},
};

use super::{clients::Allowed, pem::Pem};
use crate::{
    config::Config,
    error::{Error, ErrorCode},
};

/// What the options ask for.
#[derive(Clone, Debug)]
pub(crate) struct TlsOptions {
    pub(super) certificate: Pem,
    pub(super) key: Pem,
    pub(super) client_ca: Option<Pem>,
    pub(super) allowed: Allowed,
    pub(super) versions: &'static [&'static SupportedProtocolVersion],
    /// How often files are looked at; never without one.
    pub(super) reload_interval: Option<Duration>,
}

impl TlsOptions {
    /// `None` where TLS is off.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidOption`] where options have no meaning, alone or together.
    pub(crate) fn of(config: &Config) -> Result<Option<Self>, Error> {
        let versions = versions(&config.tls_min_version)?;
        let allowed = Allowed::parse(&config.tls_client_names, &config.tls_client_fingerprints)?;
        let certificate = Pem::of("tls_cert", &config.tls_cert);
        let key = Pem::of("tls_key", &config.tls_key);
        let client_ca = Pem::of("tls_client_ca", &config.tls_client_ca);
        if client_ca.is_none() && !allowed.is_empty() {
            return Err(invalid(
                "tls_client_names and tls_client_fingerprints choose among the brokers that \
                 tls_client_ca vouches for, which is empty; give it the certificate of the \
                 authority that signed those of the brokers",
            ));
        }
        let (certificate, key) = match (certificate, key) {
            (Some(certificate), Some(key)) => (certificate, key),
            (Some(_), None) => {
                return Err(invalid(
                    "tls_cert is given without tls_key; give the private key of the certificate, \
                     too",
                ));
            }
            (None, Some(_)) => {
                return Err(invalid(
                    "tls_key is given without tls_cert; give the certificate of the key, too",
                ));
            }
            (None, None) if client_ca.is_some() => {
                return Err(invalid(
                    "tls_client_ca is given, but TLS is off; turn it on with tls_cert and tls_key",
                ));
            }
            (None, None) => return Ok(None),
        };
        let interval = Duration::from_millis(config.tls_reload_interval_ms);
        Ok(Some(Self {
            certificate,
            key,
            client_ca,
            allowed,
            versions,
            reload_interval: (!interval.is_zero()).then_some(interval),
        }))
    }

    pub(super) fn has_files(&self) -> bool {
        self.certificate.is_file()
            || self.key.is_file()
            || self.client_ca.as_ref().is_some_and(Pem::is_file)
    }
}

fn versions(oldest: &str) -> Result<&'static [&'static SupportedProtocolVersion], Error> {
    const FROM_12: &[&SupportedProtocolVersion] = &[&TLS13, &TLS12];
    const FROM_13: &[&SupportedProtocolVersion] = &[&TLS13];
    match oldest.trim() {
        "1.2" => Ok(FROM_12),
        "1.3" => Ok(FROM_13),
        other => Err(invalid(format!(
            "tls_min_version is {other:?}; it takes 1.2 or 1.3"
        ))),
    }
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::InvalidOption, message)
}
