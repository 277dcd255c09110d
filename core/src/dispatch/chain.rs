//! [`Chain`]: the handlers of one hook, in the order they were registered.

use std::{sync::Arc, time::Duration};

use super::{Ack, Fallback, Handler, shadow::ShadowHandler};
use crate::{
    call::HandlerId,
    hook::{Request, TopicFilters},
    log::Seldom,
};

/// All that is registered for one hook.
#[derive(Default)]
pub(crate) struct Chain {
    pub(crate) handlers: Vec<ChainedHandler>,
    /// Those that are asked beside the others; what they say is only compared.
    pub(crate) shadows: Vec<Arc<ShadowHandler>>,
    /// The shortest that any of the handlers asked for.
    pub(crate) timeout: Option<Duration>,
    /// Late as soon as one of the handlers asked for it.
    pub(crate) ack: Ack,
    /// What is told of handlers that panic.
    pub(crate) panics: Seldom,
}

/// One registration.
pub(crate) struct ChainedHandler {
    pub(crate) id: HandlerId,
    pub(crate) topics: TopicFilters,
    pub(crate) fallback: Fallback,
    pub(crate) target: Arc<dyn Handler>,
}

impl Chain {
    /// The first handler at or after `position` that wants `request`.
    pub(crate) fn next(&self, position: usize, request: &Request) -> Option<usize> {
        let handlers = self.handlers.get(position..)?;
        let offset = handlers.iter().position(|handler| {
            handler.topics.as_slice().is_empty()
                || request
                    .topic()
                    .is_some_and(|topic| handler.topics.matches(topic))
        })?;
        Some(position + offset)
    }

    /// Whether any handler wants to see calls.
    pub(crate) fn is_wanted(&self) -> bool {
        !self.handlers.is_empty() || self.has_only_shadows()
    }

    /// Whether the verdict of none of the handlers counts.
    pub(crate) fn has_only_shadows(&self) -> bool {
        self.handlers.is_empty() && !self.shadows.is_empty()
    }

    /// The union of the handlers' topic filters; empty when one of them wants every topic.
    pub(crate) fn topics(&self) -> Vec<String> {
        let mut union: Vec<String> = Vec::new();
        let shadows = self
            .shadows
            .iter()
            .flat_map(|shadow| &shadow.chain.handlers);
        for handler in self.handlers.iter().chain(shadows) {
            let filters = handler.topics.as_slice();
            if filters.is_empty() {
                return Vec::new();
            }
            for filter in filters {
                if !union.contains(filter) {
                    union.push(filter.clone());
                }
            }
        }
        union
    }
}
