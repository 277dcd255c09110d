//! [`Reloader`]: looks at the files of certificates and keys, and takes those that are new.

use std::{
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use tokio::{sync::watch, time::timeout};
use tracing::warn;

use super::{
    Tls,
    identity::{Contents, Identity},
    options::TlsOptions,
};
use crate::{
    error::Error,
    metrics::Metrics,
    server::{Phase, io_thread::build_runtime},
};

/// Looks at files on a thread of its own, because they may be far away.
pub(crate) struct Reloader {
    options: TlsOptions,
    interval: Duration,
    /// The contents in use.
    digest: String,
    /// What was found last: the digest of contents, or why there are none.
    found: String,
}

impl Reloader {
    /// `None` where nothing can change, or nobody wants it.
    pub(super) fn of(options: TlsOptions, identity: &Identity) -> Option<Self> {
        let interval = options.reload_interval.filter(|_| options.has_files())?;
        Some(Self {
            options,
            interval,
            digest: identity.digest.clone(),
            found: identity.digest.clone(),
        })
    }

    /// Runs until the server stops.
    pub(crate) fn start(
        mut self,
        tls: Arc<Tls>,
        metrics: Arc<Metrics>,
        mut phases: watch::Receiver<Phase>,
    ) -> Result<JoinHandle<()>, Error> {
        let runtime = build_runtime()?;
        let builder = thread::Builder::new().name("exhook-tls".to_owned());
        let started = builder.spawn(move || {
            runtime.block_on(async {
                let mut stopping =
                    std::pin::pin!(phases.wait_for(|phase| *phase >= Phase::Draining));
                while timeout(self.interval, stopping.as_mut()).await.is_err() {
                    self.look(&tls, &metrics);
                }
            });
        });
        started
            .map_err(|error| Error::io("cannot start the thread of tls_reload_interval_ms", error))
    }

    fn look(&mut self, tls: &Tls, metrics: &Metrics) {
        let contents = Contents::read(&self.options);
        let found = match &contents {
            Ok(contents) => contents.digest(),
            Err(error) => error.to_string(),
        };
        if found == self.found {
            return;
        }
        self.found = found;
        if self.found == self.digest {
            return;
        }
        match contents.and_then(|contents| Identity::load(&self.options, &contents)) {
            Ok(identity) => {
                identity.announce();
                self.digest.clone_from(&identity.digest);
                tls.replace(identity);
                tls.count(metrics);
            }
            Err(error) => {
                warn!("{error}; new connections get the certificate from before until it is right");
            }
        }
    }
}
