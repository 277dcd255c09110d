//! [`Simulation`]: a broker from its options to its end, for whoever has a handle to it.

use std::{
    process,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use exhook_core::{
    Error,
    testing::{Broker, BrokerSettings, ProviderSettings, ProviderStatus},
};
use serde_json::{Map, Value, json};

use crate::{
    code::exhook_code,
    error::{Outcome, exhook_test_error},
    runtime::Runtime,
    settings::{Kind, Settings, Table, kind_of, parsed},
};

/// The options of a broker.
pub(crate) const BROKER: Table = &[
    ("version", Kind::Text),
    ("nodes", Kind::Number),
    ("authentication", Kind::Text),
    ("authorization", Kind::Text),
    ("no_match", Kind::Text),
    ("authorization_cache", Kind::Switch),
    ("pace", Kind::Fraction),
];

/// The options of the servers that are added afterwards.
pub(crate) const SERVER: Table = &[
    ("request_timeout_ms", Kind::Number),
    ("failed_action", Kind::Text),
    ("auto_reconnect_ms", Kind::Number),
    ("pool_size", Kind::Number),
];

/// A broker: what it is to be, and then what it is.
pub(crate) struct Simulation {
    process: u32,
    state: Mutex<State>,
}

enum State {
    Draft(Box<Draft>),
    Running(Running),
    Freed,
}

struct Draft {
    broker: Settings,
    server: Settings,
    servers: Vec<ProviderSettings>,
}

/// A broker that was started, and the thread that it lives on.
#[derive(Clone)]
pub(crate) struct Running {
    // Before the runtime, so that it is dropped while that is there.
    pub(crate) broker: Broker,
    runtime: Arc<Runtime>,
}

impl Running {
    /// Does something on the broker's thread, and waits for its end.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Outcome<T> {
        self.runtime.run(future).ok_or_else(|| {
            let code = exhook_code::EXHOOK_ERR_PANIC;
            exhook_test_error::new(code, "the broker panicked, or was freed meanwhile")
        })
    }

    /// Does something on the broker's thread that may fail.
    pub(crate) fn attempt<T: Send + 'static>(
        &self,
        future: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Outcome<T> {
        Ok(self.run(future)??)
    }
}

impl Simulation {
    pub(crate) fn new() -> Self {
        // Any address will do: each server is added with its own.
        let server = Map::from_iter([("url".to_owned(), json!("127.0.0.1:1"))]);
        Self {
            process: process::id(),
            state: Mutex::new(State::Draft(Box::new(Draft {
                broker: Settings::new(BROKER, Map::new()),
                server: Settings::new(SERVER, server),
                servers: Vec::new(),
            }))),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses to work in a forked child, which has the broker's thread no more.
    pub(crate) fn check_process(&self) -> Outcome {
        if self.process == process::id() {
            return Ok(());
        }
        Err(exhook_test_error::new(
            exhook_code::EXHOOK_ERR_FORKED,
            "this process was forked from the one that made the broker; make one in this process",
        ))
    }

    fn draft<T>(&self, what: &str, act: impl FnOnce(&mut Draft) -> Outcome<T>) -> Outcome<T> {
        self.check_process()?;
        match &mut *self.state() {
            State::Draft(draft) => act(draft),
            State::Running(_) => Err(exhook_test_error::of_state(&format!(
                "{what} while the broker runs; do it before"
            ))),
            State::Freed => Err(freed()),
        }
    }

    /// Remembers a mistake, for the start to return it.
    pub(crate) fn noted(&self, outcome: Outcome) -> Outcome {
        match &mut *self.state() {
            State::Draft(draft) => draft.broker.noted(outcome),
            State::Running(_) | State::Freed => outcome,
        }
    }

    /// Sets an option from a text.
    pub(crate) fn set_text(&self, name: &str, text: &str) -> Outcome {
        let kind = kind_of(name, "a broker", &[BROKER, SERVER])?;
        self.set(name, &parsed(name, kind, text)?)
    }

    /// Sets an option.
    pub(crate) fn set(&self, name: &str, value: &Value) -> Outcome {
        if name == "request_timeout_ms"
            && let (Ok(running), Some(milliseconds)) = (self.running(), value.as_u64())
        {
            match milliseconds {
                0 => running.broker.reset_request_timeout(),
                _ => running
                    .broker
                    .set_request_timeout(Duration::from_millis(milliseconds)),
            }
            return Ok(());
        }
        self.draft(&format!("{name} cannot be set"), |draft| {
            if draft.server.table().iter().any(|(known, _)| *known == name) {
                draft.server.set::<ProviderSettings>(name, value)
            } else {
                draft.broker.set::<BrokerSettings>(name, value)
            }
        })
    }

    /// Adds a server.
    pub(crate) fn add_server(&self, name: &str, url: &str) -> Outcome {
        self.draft("a server cannot be added", |draft| {
            let server = draft.server.made::<ProviderSettings>();
            let server = server.map_err(|error| exhook_test_error::of_value(&error.to_string()))?;
            draft.servers.push(ProviderSettings {
                name: name.to_owned(),
                url: url.parse()?,
                ..server
            });
            Ok(())
        })
    }

    /// Starts the broker, or starts it again after it was stopped.
    pub(crate) fn start(&self) -> Outcome {
        if let Ok(running) = self.running() {
            let broker = running.broker.clone();
            return running.run(async move { broker.restart(false).await });
        }
        let settings = self.draft("it cannot be started", |draft| {
            draft.broker.check()?;
            let broker = draft.broker.made::<BrokerSettings>();
            let broker = broker.map_err(|error| exhook_test_error::of_value(&error.to_string()))?;
            Ok(BrokerSettings {
                providers: draft.servers.clone(),
                ..broker
            })
        })?;
        let runtime = Runtime::start()?;
        let broker = runtime.run(Broker::start(settings));
        let broker = broker.ok_or_else(|| {
            exhook_test_error::new(exhook_code::EXHOOK_ERR_PANIC, "the broker panicked")
        })??;
        *self.state() = State::Running(Running {
            broker,
            runtime: Arc::new(runtime),
        });
        Ok(())
    }

    /// Fails unless the broker has loaded every server.
    pub(crate) fn check_loaded(&self) -> Outcome {
        let running = self.running()?;
        let statuses = running.broker.status().into_iter();
        let mut others = statuses.filter(|status| status.status != ProviderStatus::Connected);
        others.next().map_or(Ok(()), |status| {
            let reason = status.reason.unwrap_or_default();
            Err(exhook_test_error::new(
                exhook_code::EXHOOK_ERR_IO,
                &format!(
                    "{} cannot load the server {}: {reason}; start the program before, and give \
                     the address that it listens on",
                    status.node, status.provider
                ),
            ))
        })
    }

    /// The broker, if it was started.
    pub(crate) fn running(&self) -> Outcome<Running> {
        self.check_process()?;
        match &*self.state() {
            State::Running(running) => Ok(running.clone()),
            State::Draft(_) => Err(exhook_test_error::of_state(
                "the broker was not started; do so with exhook_test_broker_connect",
            )),
            State::Freed => Err(freed()),
        }
    }

    /// Ends the broker as if it were killed.
    pub(crate) fn end(&self) {
        let before = std::mem::replace(&mut *self.state(), State::Freed);
        if self.check_process().is_err() {
            // Its thread is not here, and so would never end.
            std::mem::forget(before);
        }
    }
}

fn freed() -> exhook_test_error {
    exhook_test_error::of_state("the broker was freed; free its clients before it")
}
