//! [`Running`]: a server that was started, with its threads.

use std::sync::{Arc, Mutex, PoisonError};

use exhook_core::{
    Error, Handler, HandlerOptions, Hook, MetricsSnapshot, Registry, Server, Settings,
};

use crate::{
    callback::{Callback, Inline},
    error::{Outcome, exhook_error},
    lanes::{Lanes, Shared},
    layers::threads_of,
};

/// One registered handler.
#[derive(Clone)]
pub(crate) struct Registration {
    pub(crate) hook: Hook,
    pub(crate) options: HandlerOptions,
    pub(crate) is_inline: bool,
    pub(crate) callback: Arc<Callback>,
}

/// A server from its start on; it stays to be asked once it has stopped.
pub(crate) struct Running {
    server: Server,
    address: String,
    lanes: Mutex<Option<Lanes>>,
}

impl Running {
    /// Starts to serve.
    pub(crate) fn start(
        settings: &Settings,
        registrations: &[Registration],
    ) -> Result<Self, exhook_error> {
        let callbacks = registrations.iter();
        let callbacks = callbacks.map(|registration| Arc::clone(&registration.callback));
        let shared = Arc::new(Shared::new(callbacks.collect()));
        let mut registry = Registry::new();
        for registration in registrations {
            let target: Arc<dyn Handler> = if registration.is_inline {
                Arc::new(Inline(Arc::downgrade(&registration.callback)))
            } else {
                shared.target()
            };
            // Numbered in the order of registration, as the callbacks are.
            registry.register(registration.hook, registration.options.clone(), target)?;
        }
        let needs_lanes = registrations
            .iter()
            .any(|registration| !registration.is_inline);
        let lanes = if needs_lanes {
            let threads = usize::try_from(threads_of(settings)).unwrap_or(usize::MAX);
            let lanes = Lanes::start(shared, threads);
            Some(lanes.map_err(|error| Error::io("cannot start a thread for callbacks", error))?)
        } else {
            None
        };
        match Server::start(settings, registry, settings.bind()) {
            Ok(server) => Ok(Self {
                address: server.address().to_string(),
                server,
                lanes: Mutex::new(lanes),
            }),
            Err(error) => {
                if let Some(lanes) = lanes {
                    lanes.stop();
                }
                Err(error.into())
            }
        }
    }

    /// Drains, and ends all threads.
    pub(crate) fn stop(&self) -> Outcome {
        self.server.stop()?;
        let lanes = self
            .lanes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(lanes) = lanes {
            lanes.stop();
        }
        Ok(())
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// What was counted.
    pub(crate) fn metrics(&self) -> MetricsSnapshot {
        self.server.metrics()
    }
}
