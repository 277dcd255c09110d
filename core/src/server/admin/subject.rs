//! [`Subject`]: the server that is told about.

use std::{
    sync::Arc,
    time::{Instant, SystemTime},
};

use super::super::{
    Phase, bind::BoundAddress, context::ConnectionContext, counted, heartbeat::Heartbeats,
};
use super::Recent;
use crate::{config::Settings, hook::Hook, metrics::MetricsSnapshot};

/// The server that is told about, as far as somebody may ask.
pub(crate) struct Subject {
    pub(super) address: String,
    pub(super) hooks: Vec<(Hook, Vec<String>)>,
    pub(super) settings: Settings,
    pub(super) recent: Arc<Recent>,
    pub(super) max_inflight: usize,
    pub(super) inbox_capacity: usize,
    pub(super) started: SystemTime,
    pub(super) begun: Instant,
    pub(super) context: Arc<ConnectionContext>,
    pub(super) heartbeats: Arc<Heartbeats>,
}

impl Subject {
    pub(crate) fn new(
        settings: Settings,
        recent: Arc<Recent>,
        address: &BoundAddress,
        hooks: &[(Hook, Vec<String>)],
        context: Arc<ConnectionContext>,
        heartbeats: Arc<Heartbeats>,
    ) -> Self {
        let config = settings.config();
        Self {
            address: address.to_string(),
            hooks: hooks.to_vec(),
            max_inflight: config.max_inflight,
            inbox_capacity: config.inbox_capacity,
            settings,
            recent,
            started: SystemTime::now(),
            begun: Instant::now(),
            context,
            heartbeats,
        }
    }

    pub(super) fn phase(&self) -> Phase {
        *self.context.phases().borrow()
    }

    pub(super) fn counted(&self) -> MetricsSnapshot {
        counted(&self.context.dispatcher)
    }
}
