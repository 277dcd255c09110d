//! [`Registry`]: who wants which hook.

use std::{sync::Arc, time::Duration};

use super::{
    Ack, Chain, Fallback, Handler, HandlerOptions, chain::ChainedHandler, shadow::ShadowHandler,
};
use crate::{call::HandlerId, error::Error, hook::Hook};

/// The registrations of one server, gathered before it starts.
pub struct Registry {
    chains: Vec<Chain>,
    count: u32,
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

impl Registry {
    /// A registry without handlers.
    pub fn new() -> Self {
        Self {
            chains: Hook::ALL.iter().map(|_| Chain::default()).collect(),
            count: 0,
        }
    }

    /// Adds a handler behind those that `hook` has already. The ids are counted from 0 in the
    /// order of registration.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidOption`](crate::ErrorCode::InvalidOption) for an option that has no
    /// meaning for the hook.
    pub fn register(
        &mut self,
        hook: Hook,
        options: HandlerOptions,
        target: Arc<dyn Handler>,
    ) -> Result<HandlerId, Error> {
        options.validate(hook)?;
        let id = HandlerId(self.count);
        self.count += 1;
        let chain = &mut self.chains[hook as usize];
        let handler = ChainedHandler {
            id,
            topics: options.topics,
            fallback: options.fallback.unwrap_or(Fallback::default_for(hook)),
            target,
        };
        if options.shadow {
            // Its timeout and fallback mean nothing: nobody waits for it.
            chain.shadows.push(ShadowHandler::new(handler));
            return Ok(id);
        }
        let timeout = options.timeout_ms.map(Duration::from_millis);
        chain.timeout = match (chain.timeout, timeout) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        if options.ack == Ack::Late {
            chain.ack = Ack::Late;
        }
        chain.handlers.push(handler);
        Ok(id)
    }

    /// The hooks that have handlers and are announced to brokers, each with the union of its
    /// topic filters.
    pub fn hooks(&self) -> Vec<(Hook, Vec<String>)> {
        Hook::ALL
            .iter()
            .filter(|hook| hook.is_announced() && self.chains[**hook as usize].is_wanted())
            .map(|hook| (*hook, self.chains[*hook as usize].topics()))
            .collect()
    }

    pub(crate) fn into_chains(self) -> Vec<Arc<Chain>> {
        self.chains.into_iter().map(Arc::new).collect()
    }
}
