//! [`Registry`]: the handlers of a program, and the queues in which their calls wait.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use exhook::{
    Ack, AnswerKind, Error, ErrorCode, Fallback, Handler, HandlerId, HandlerOptions, Hook,
    TopicFilters, did_you_mean,
};
use pyo3::{PyTraverseError, PyVisit, prelude::*};

use crate::{
    errors::{invalid_option, raised},
    loop_queue::LoopQueue,
    work_queue::{Answers, WorkQueue},
};

/// The Python handlers by [`HandlerId`].
///
/// The registry lists them to the garbage collector; the queues that share them do not, so that
/// each reference is counted once.
#[derive(Default)]
pub(crate) struct Handlers(Mutex<Vec<Py<PyAny>>>);

impl Handlers {
    /// The handler with this id; `None` once the registry was collected as garbage.
    pub(crate) fn get(&self, py: Python<'_>, id: HandlerId) -> Option<Py<PyAny>> {
        let handlers = self.lock();
        Some(handlers.get(id.0 as usize)?.clone_ref(py))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Py<PyAny>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The way a handler is run.
#[derive(Clone, Copy)]
enum Runner {
    Thread,
    Inline,
    Loop,
}

struct Registration {
    hook: Hook,
    options: HandlerOptions,
    runner: Runner,
}

/// The handlers of a program. It can be changed until a server has been started with it.
#[pyclass(frozen, module = "exhook._native")]
pub(crate) struct Registry {
    handlers: Arc<Handlers>,
    registrations: Mutex<Vec<Registration>>,
    frozen: AtomicBool,
    threads: Py<WorkQueue>,
    inline: Py<WorkQueue>,
    r#loop: Py<LoopQueue>,
}

impl Registry {
    /// The registrations as the core takes them.
    pub(crate) fn to_core(&self) -> PyResult<exhook::Registry> {
        let mut registry = exhook::Registry::new();
        for registration in self.registrations().iter() {
            let inbox: Arc<dyn Handler> = match registration.runner {
                Runner::Thread => Arc::clone(self.threads.get().inbox()) as _,
                Runner::Inline => Arc::clone(self.inline.get().inbox()) as _,
                Runner::Loop => Arc::clone(self.r#loop.get().inbox()) as _,
            };
            registry
                .register(registration.hook, registration.options.clone(), inbox)
                .map_err(|error| raised(&error))?;
        }
        Ok(registry)
    }

    /// Refuses registrations from now on: a server runs with those that there are.
    pub(crate) fn freeze(&self) {
        self.frozen.store(true, Ordering::Relaxed);
    }

    fn registrations(&self) -> MutexGuard<'_, Vec<Registration>> {
        self.registrations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Registry {
    #[new]
    fn new(py: Python<'_>) -> PyResult<Self> {
        let handlers = Arc::new(Handlers::default());
        Ok(Self {
            threads: Py::new(py, WorkQueue::new(&handlers, Answers::AtOnce))?,
            inline: Py::new(py, WorkQueue::new(&handlers, Answers::Together))?,
            r#loop: Py::new(py, LoopQueue::new(&handlers)?)?,
            handlers,
            registrations: Mutex::default(),
            frozen: AtomicBool::new(false),
        })
    }

    /// Adds a handler behind those that the hook has already, and returns its id.
    #[pyo3(signature = (hook, handler, runner, *, topics = Vec::new(), timeout_ms = None,
                        fallback = None, ack = None, shadow = false))]
    #[expect(clippy::too_many_arguments, reason = "each is a keyword in Python")]
    fn register(
        &self,
        hook: &str,
        handler: Py<PyAny>,
        runner: &str,
        topics: Vec<String>,
        timeout_ms: Option<u64>,
        fallback: Option<&str>,
        ack: Option<&str>,
        shadow: bool,
    ) -> PyResult<u32> {
        if self.frozen.load(Ordering::Relaxed) {
            return Err(raised(&Error::new(
                ErrorCode::WrongState,
                "handlers are registered before the server starts",
            )));
        }
        let hook = hook_named(hook)?;
        let runner = match runner {
            "thread" => Runner::Thread,
            "inline" => Runner::Inline,
            "loop" => Runner::Loop,
            other => {
                return Err(invalid_option(format!(
                    "{other:?} is no runner; expected thread, inline or loop"
                )));
            }
        };
        let options = HandlerOptions {
            topics: TopicFilters::new(topics).map_err(|error| invalid_option(error.to_string()))?,
            timeout_ms,
            fallback: fallback
                .map(|name| Fallback::for_hook(hook, name))
                .transpose()
                .map_err(|error| raised(&error))?,
            ack: ack
                .map_or(Ok(Ack::default()), str::parse)
                .map_err(|error| raised(&error))?,
            shadow,
        };
        options.validate(hook).map_err(|error| raised(&error))?;
        let mut registrations = self.registrations();
        let mut handlers = self.handlers.lock();
        let id = u32::try_from(handlers.len())?;
        handlers.push(handler);
        registrations.push(Registration {
            hook,
            options,
            runner,
        });
        Ok(id)
    }

    /// The hooks that have handlers and are announced to brokers, each with the union of its
    /// topic filters.
    fn hooks(&self) -> PyResult<Vec<(&'static str, Vec<String>)>> {
        let hooks = self.to_core()?.hooks();
        Ok(hooks
            .into_iter()
            .map(|(hook, topics)| (hook.name(), topics))
            .collect())
    }

    /// The calls for runner "thread".
    #[getter]
    fn threads(&self, py: Python<'_>) -> Py<WorkQueue> {
        self.threads.clone_ref(py)
    }

    /// The calls for runner "inline".
    #[getter]
    fn inline(&self, py: Python<'_>) -> Py<WorkQueue> {
        self.inline.clone_ref(py)
    }

    /// The calls for runner "loop".
    #[getter]
    fn r#loop(&self, py: Python<'_>) -> Py<LoopQueue> {
        self.r#loop.clone_ref(py)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.threads)?;
        visit.call(&self.inline)?;
        visit.call(&self.r#loop)?;
        // Somebody who holds the lock is just using the handlers, so they are no garbage.
        let Ok(handlers) = self.handlers.0.try_lock() else {
            return Ok(());
        };
        for handler in handlers.iter() {
            visit.call(handler)?;
        }
        Ok(())
    }

    fn __clear__(&self) {
        // Dropped without the lock: the handlers may own whatever else is collected now.
        let handlers = std::mem::take(&mut *self.handlers.lock());
        drop(handlers);
    }
}

fn hook_named(name: &str) -> PyResult<Hook> {
    Hook::from_name(name).ok_or_else(|| {
        invalid_option(format!(
            "{name:?} is no hook{}",
            did_you_mean(name, Hook::ALL.iter().map(|hook| hook.snake_name())),
        ))
    })
}

/// What the table of hooks says, one row for each: snake name, dotted name, kind of answer,
/// whether it has topic filters, name of the request class.
pub(crate) fn hook_rows() -> Vec<(&'static str, &'static str, &'static str, bool, &'static str)> {
    let rows = Hook::ALL.iter().map(|hook| {
        let kind = match hook.answer_kind() {
            AnswerKind::Provider => "provider",
            AnswerKind::Notification => "notification",
            AnswerKind::Bool => "bool",
            AnswerKind::Message => "message",
        };
        (
            hook.snake_name(),
            hook.name(),
            kind,
            hook.has_topics(),
            hook.request_name(),
        )
    });
    rows.collect()
}
