//! [`ConnectionContext`]: what all connections of a server share.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

#[cfg(unix)]
use super::dealt::Dealer;
use super::{
    Phase, brokers::Brokers, limits::Limits, listen::Listener, services::Services, tls::Tls,
};
use crate::{call::Failure, config::Config, dispatch::Dispatcher, log::Seldom, metrics::Metrics};

/// What all connections of a server share.
pub(crate) struct ConnectionContext {
    pub(crate) dispatcher: Arc<Dispatcher>,
    pub(crate) brokers: Brokers,
    pub(crate) limits: Limits,
    /// Who deals out connections, where another process accepts them.
    #[cfg(unix)]
    pub(crate) dealer: Option<Dealer>,
    pub(crate) services: Services,
    pub(crate) tls: Arc<Tls>,
    pub(crate) max_message_bytes: usize,
    pub(crate) bad_request: [Seldom; Failure::ALL.len()],
    pub(crate) overloaded: Seldom,
    pub(crate) unknown_method: Seldom,
    pub(crate) not_grpc: Seldom,
    /// How often connections are probed; never without one.
    pub(crate) keepalive_interval: Option<Duration>,
    phases: watch::Receiver<Phase>,
}

impl ConnectionContext {
    pub(crate) fn new(
        config: &Config,
        dispatcher: Arc<Dispatcher>,
        tls: Arc<Tls>,
        phases: watch::Receiver<Phase>,
        listener: &Listener,
    ) -> Self {
        let keepalive = Duration::from_millis(config.keepalive_interval_ms);
        let limits = Limits::new(config, Arc::clone(dispatcher.metrics()));
        Self {
            dispatcher,
            limits,
            brokers: Brokers::default(),
            #[cfg(unix)]
            dealer: listener.dealer(),
            services: Services::new(phases.clone(), config.reflection),
            tls,
            max_message_bytes: config.max_message_bytes,
            bad_request: Default::default(),
            overloaded: Seldom::new(),
            unknown_method: Seldom::new(),
            not_grpc: Seldom::new(),
            keepalive_interval: (!keepalive.is_zero()).then_some(keepalive),
            phases,
        }
    }

    pub(crate) fn phases(&self) -> watch::Receiver<Phase> {
        self.phases.clone()
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        self.dispatcher.metrics()
    }
}
