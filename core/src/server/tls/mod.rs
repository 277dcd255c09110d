//! TLS and mutual TLS, with rustls and ring.

mod certificate;
mod clients;
mod handshake;
mod identity;
mod options;
mod pem;
mod reload;

use std::{net::IpAddr, sync::Arc};

use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use self::{
    handshake::{Failed, FailureLog},
    identity::{Contents, Identity},
};
pub(crate) use self::{options::TlsOptions, reload::Reloader};
use super::bind::Bind;
use crate::{
    config::Config,
    error::{Error, ErrorCode},
    metrics::Metrics,
    sync::{Mutex, lock},
};

/// How connections begin: in plaintext, or with TLS.
pub(crate) struct Tls {
    // None where TLS is off.
    identity: Option<Mutex<Identity>>,
    log: FailureLog,
}

/// A connection that has begun.
pub(super) enum Begun {
    Plaintext(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Tls {
    /// Reads what the options name. The reloader is there where files may change.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidOption`] where a file cannot be read or does not hold what it has to, and
    /// where the address knows no TLS.
    pub(crate) fn load(config: &Config, bind: &Bind) -> Result<(Self, Option<Reloader>), Error> {
        let log = FailureLog::default();
        let Some(options) = TlsOptions::of(config)? else {
            let identity = None;
            return Ok((Self { identity, log }, None));
        };
        if let Bind::Unix(path) = bind {
            return Err(Error::new(
                ErrorCode::InvalidOption,
                format!(
                    "tls_cert is given, but unix:{} is never left by what is sent over it and has no \
                     TLS; leave tls_cert and tls_key out, or listen on host:port",
                    path.display()
                ),
            ));
        }
        let identity = Identity::load(&options, &Contents::read(&options)?)?;
        identity.announce();
        let reloader = Reloader::of(options, &identity);
        let identity = Some(Mutex::new(identity));
        Ok((Self { identity, log }, reloader))
    }

    /// Tells what is in use.
    pub(crate) fn count(&self, metrics: &Metrics) {
        if let Some(identity) = &self.identity {
            metrics.certificate_expires(lock(identity).expiry());
        }
    }

    /// Begins a connection; `None`, logged and counted, where it comes to nothing.
    pub(super) async fn begin(
        &self,
        stream: TcpStream,
        address: IpAddr,
        metrics: &Metrics,
    ) -> Option<Begun> {
        let config = self
            .identity
            .as_ref()
            .map(|identity| Arc::clone(&lock(identity).config));
        match begin(stream, config).await? {
            Ok(begun) => Some(begun),
            Err(failed) => {
                self.log.tell(&failed, address, metrics);
                None
            }
        }
    }

    /// What new connections are served with from now on.
    fn replace(&self, identity: Identity) {
        if let Some(current) = &self.identity {
            *lock(current) = identity;
        }
    }
}

async fn begin(
    stream: TcpStream,
    config: Option<Arc<rustls::ServerConfig>>,
) -> Option<Result<Begun, Failed>> {
    let Some(config) = config else {
        let may_begin = handshake::plaintext(&stream).await?;
        return Some(may_begin.map(|()| Begun::Plaintext(stream)));
    };
    let shaken = handshake::tls(stream, config).await?;
    Some(shaken.map(|stream| Begun::Tls(Box::new(stream))))
}
