//! [`Registry`]: what is registered in an app, and the way to serve it.

use std::sync::Arc;

use exhook::{AnswerKind, HandlerOptions, Hook, did_you_mean};
use napi::{
    Env, Result,
    bindgen_prelude::{Function, Object},
};
use napi_derive::napi;

use crate::{
    bell::bell,
    errors::{invalid_option, thrown},
    lane::{Announced, begin},
    lanes::Lanes,
    options::handler_options,
    queue::{Clock, Queue},
    service::{Plan, registry_for},
    settings::Settings,
};

/// The registrations of an app.
#[napi]
#[derive(Default)]
pub struct Registry {
    handlers: Vec<(Hook, HandlerOptions)>,
}

#[napi]
impl Registry {
    /// A registry without any handler.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a handler behind those that the hook has already, and returns its number.
    ///
    /// # Errors
    ///
    /// Where there is no such hook or option, or a value means nothing.
    #[napi]
    pub fn register(
        &mut self,
        hook: String,
        topics: Vec<String>,
        options: Object<'_>,
    ) -> Result<u32> {
        let Some(hook) = Hook::from_name(&hook) else {
            let near = did_you_mean(&hook, Hook::ALL.iter().map(|hook| hook.name()));
            return Err(invalid_option(format!("{hook:?} is no hook{near}")));
        };
        let options = handler_options(hook, topics, &options)?;
        let number = u32::try_from(self.handlers.len())
            .map_err(|_| invalid_option("there are more handlers than can be counted"))?;
        self.handlers.push((hook, options));
        Ok(number)
    }

    /// The hooks that brokers are told to call, each with the union of its topic filters.
    ///
    /// # Errors
    ///
    /// None that registering would not have had.
    #[napi]
    pub fn hooks(&self) -> Result<Vec<Announced>> {
        let lanes = Arc::new(Lanes::default());
        let registry = registry_for(&self.handlers, &lanes).map_err(|error| thrown(&error))?;
        Ok(registry.hooks().iter().map(Announced::from).collect())
    }

    /// Serves with `settings`; `ring` is called on the event loop whenever calls wait again. `now` is what
    /// `performance.now()` says.
    ///
    /// # Errors
    ///
    /// Where JavaScript has no memory left. The promise is rejected where the address cannot be had.
    #[napi(ts_return_type = "Promise<Lane>")]
    pub fn listen<'env>(
        &self,
        env: &'env Env,
        settings: &Settings,
        now: f64,
        ring: Function<'_, (), ()>,
    ) -> Result<Object<'env>> {
        let plan = Plan {
            settings: settings.to_core().clone(),
            handlers: self.handlers.clone(),
        };
        begin(env, plan, Queue::new(bell(&ring)?, Clock::that_shows(now)))
    }
}

/// What the table of hooks says of one of them.
#[napi(object)]
pub struct HookRow {
    /// The dotted name.
    pub name: String,
    /// The method of an app that registers a handler.
    pub method: String,
    /// The kind of its answer: `bool`, `message`, `notification` or `provider`.
    pub kind: String,
    /// Whether it has topic filters.
    pub has_topics: bool,
    /// The class of its requests.
    pub request: String,
}

/// The table of hooks.
#[napi]
pub fn hooks() -> Vec<HookRow> {
    let rows = Hook::ALL.iter().map(|hook| HookRow {
        name: hook.name().to_owned(),
        method: format!("on{hook:?}"),
        kind: match hook.answer_kind() {
            AnswerKind::Provider => "provider",
            AnswerKind::Notification => "notification",
            AnswerKind::Bool => "bool",
            AnswerKind::Message => "message",
        }
        .to_owned(),
        has_topics: hook.has_topics(),
        request: hook.request_name().to_owned(),
    });
    rows.collect()
}
