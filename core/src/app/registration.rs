//! The registration methods of [`App`], one pair for each row of the table of hooks.

use std::{future::Future, sync::Arc};

use super::{
    App, IntoVerdict, Received,
    handlers::{AsyncHandler, ClosureHandler},
};
use crate::{
    dispatch::{Ack, Fallback, Handler, HandlerOptions, Registry},
    error::{Error, ErrorCode},
    hook::{Hook, TopicFilters, for_each_hook},
    proto,
};

/// A handler on its way into the registry.
pub(super) struct Pending {
    hook: Hook,
    topics: Vec<String>,
    options: HandlerOptions,
    target: Arc<dyn Handler>,
}

impl Pending {
    pub(super) fn register(self, registry: &mut Registry) -> Result<(), Error> {
        let topics = TopicFilters::new(self.topics)
            .map_err(|error| Error::new(ErrorCode::InvalidOption, error.to_string()))?;
        let options = HandlerOptions {
            topics,
            ..self.options
        };
        registry.register(self.hook, options, self.target)?;
        Ok(())
    }
}

/// The options of the handler that was registered last; what has no meaning for its hook is
/// reported when the app starts.
pub struct Registration<'app> {
    pending: &'app mut Pending,
}

impl Registration<'_> {
    /// Only calls for topics that match one of these filters; message hooks only.
    pub fn topics<I>(self, filters: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.pending
            .topics
            .extend(filters.into_iter().map(Into::into));
        self
    }

    /// How long the handler may take, in milliseconds.
    pub fn timeout_ms(self, timeout_ms: u64) -> Self {
        self.pending.options.timeout_ms = Some(timeout_ms);
        self
    }

    /// What is answered when the handler fails.
    pub fn fallback(self, fallback: Fallback) -> Self {
        self.pending.options.fallback = Some(fallback);
        self
    }

    /// Asks the handler beside the others, and only logs and counts what it says: the broker is
    /// answered without it. Valued hooks only.
    pub fn shadow(self) -> Self {
        self.pending.options.shadow = true;
        self
    }

    /// When a notification is answered.
    pub fn ack(self, ack: Ack) -> Self {
        self.pending.options.ack = ack;
        self
    }
}

macro_rules! answer_doc {
    (Bool) => {
        "Answer `true` or `false`, [`keep_going`](crate::keep_going), or `()` for no opinion."
    };
    (Message) => {
        "Answer [`replace`](crate::replace) or [`block`](crate::block), or `()` to let it pass."
    };
    (Notification) => {
        "The broker does not wait for it, unless it is registered with [`Ack::Late`]."
    };
    (Provider) => {
        "Every node of the broker says so, some of them more than once."
    };
}

macro_rules! define_registrations {
    ($($variant:ident, $snake:ident, $name:literal, $v1_name:literal, $rpc:literal, $v1_rpc:literal,
       $request:ident, $kind:ident, $topics:ident, $place:ident, $since:ident;)*) => {
        pastey::paste! {
            impl App {
                $(
                    #[doc = concat!("Adds a closure for `", $name, "`; it must not block. ", answer_doc!($kind))]
                    pub fn [<on_ $snake>]<F, V>(&mut self, handler: F) -> Registration<'_>
                    where
                        F: Fn(&proto::$request) -> V + Send + Sync + 'static,
                        V: IntoVerdict + 'static,
                    {
                        self.add(Hook::$variant, Arc::new(ClosureHandler::new(handler)))
                    }

                    #[doc = concat!("Adds an async function for `", $name, "`. ", answer_doc!($kind))]
                    pub fn [<on_ $snake _async>]<F, V>(&mut self, handler: F) -> Registration<'_>
                    where
                        F: Fn(Received<proto::$request>) -> V + Send + Sync + 'static,
                        V: Future<Output: IntoVerdict> + Send + 'static,
                    {
                        let runtime = Arc::clone(&self.runtime);
                        self.add(Hook::$variant, Arc::new(AsyncHandler::new(handler, runtime)))
                    }
                )*
            }
        }
    };
}

for_each_hook!(define_registrations);

impl App {
    fn add(&mut self, hook: Hook, target: Arc<dyn Handler>) -> Registration<'_> {
        self.pending.push(Pending {
            hook,
            topics: Vec::new(),
            options: HandlerOptions::default(),
            target,
        });
        let pending = self.pending.last_mut().expect("one was just added");
        Registration { pending }
    }
}
