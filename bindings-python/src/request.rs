//! [`Request`]: the base class of all requests, and what becomes of a handler's result.

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use exhook::{AnswerKind, Call, Failure, HandlerId, Hook, Package, ReplyError};
use pyo3::{PyClass, prelude::*, types::PyBool};

use crate::{
    fork::Birthplace, generated, message::Message, registry::Handlers, repr::repr, verdict::Verdict,
};

/// One call of a hook. The classes of the hooks add the fields of their requests.
#[pyclass(frozen, subclass, module = "exhook")]
pub(crate) struct Request {
    content: Arc<exhook::Request>,
    hook: Hook,
    package: Package,
    handler_id: HandlerId,
    handler: Py<PyAny>,
    deadline: Option<Instant>,
    traceparent: Option<Box<str>>,
    call: Mutex<Option<Call>>,
    birthplace: Birthplace,
}

impl Request {
    /// The request object for `call`, of the class of its hook.
    pub(crate) fn for_call(py: Python<'_>, call: Call, handlers: &Handlers) -> PyResult<Py<Self>> {
        let hook = call.hook();
        let handler = handlers.get(py, call.handler());
        let request = Self {
            content: Arc::clone(call.request()),
            hook,
            package: call.package(),
            handler_id: call.handler(),
            handler: handler.unwrap_or_else(|| py.None()),
            deadline: call.deadline(),
            traceparent: call.traceparent().map(Into::into),
            call: Mutex::new(Some(call)),
            birthplace: Birthplace::here(),
        };
        generated::request_object(py, hook, request)
    }

    /// The request object for `content`, which nobody waits for and no handler gets.
    pub(crate) fn without_call(
        py: Python<'_>,
        content: exhook::Request,
        package: Package,
    ) -> PyResult<Py<Self>> {
        let hook = content.hook();
        let request = Self {
            content: Arc::new(content),
            hook,
            package,
            handler_id: HandlerId(0),
            handler: py.None(),
            deadline: None,
            traceparent: None,
            call: Mutex::new(None),
            birthplace: Birthplace::here(),
        };
        generated::request_object(py, hook, request)
    }

    /// The Python object that is this request and, besides, of a class with its fields.
    pub(crate) fn into_object<C>(self, py: Python<'_>, class: C) -> PyResult<Py<Self>>
    where
        C: PyClass<BaseType = Self>,
    {
        let object = Bound::new(py, PyClassInitializer::from(self).add_subclass(class))?;
        Ok(object.into_super().unbind())
    }

    /// What the broker sent.
    pub(crate) fn content(&self) -> &Arc<exhook::Request> {
        &self.content
    }

    fn take_call(&self) -> Option<Call> {
        let call = self
            .call
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if self.birthplace.is_elsewhere() {
            // The parent answers. Letting the call go here would wait for locks that threads of the
            // parent had when it forked.
            mem::forget(call);
            return None;
        }
        call
    }

    /// The verdict that `result` means for this hook, or what was expected instead.
    fn verdict_of(&self, result: &Bound<'_, PyAny>) -> Result<exhook::Verdict, String> {
        if result.is_none() {
            return Ok(exhook::Verdict::Ignore);
        }
        let is_valued = self.hook.is_valued();
        let (verdict, what) = if let Ok(verdict) = result.cast_exact::<Verdict>() {
            (verdict.get().to_core(), verdict.get().text().to_owned())
        } else if let Ok(message) = result.cast_exact::<Message>() {
            let patch = message.get().patch_for(&self.content);
            (exhook::Verdict::Replace(patch), "a Message".to_owned())
        } else if let (true, Ok(value)) = (is_valued, result.cast_exact::<PyBool>()) {
            if value.is_true() {
                (exhook::Verdict::Allow, "True".to_owned())
            } else {
                (exhook::Verdict::Deny, "False".to_owned())
            }
        } else {
            let class = result.get_type().name();
            let class = class.map_or("object".to_owned(), |name| name.to_string());
            // Whatever else a notification handler returns means nothing, except that a coroutine
            // is work that nobody would do.
            if !is_valued && class != "coroutine" {
                return Ok(exhook::Verdict::Ignore);
            }
            return Err(self.complaint(&format!("{} {class}", article(&class))));
        };
        if verdict.suits(self.hook) {
            Ok(verdict)
        } else {
            Err(self.complaint(&what))
        }
    }

    fn complaint(&self, returned: &str) -> String {
        let expected = match self.hook.answer_kind() {
            AnswerKind::Bool if self.hook == Hook::MessageIngress => {
                "True, False, None, allow(), deny() or ignore()"
            }
            AnswerKind::Bool => "True, False, None, allow(), deny(), keep_going(...) or ignore()",
            AnswerKind::Message => {
                "request.message.replace(...), request.message.block(), block(), ignore() or None"
            }
            AnswerKind::Notification | AnswerKind::Provider => "None, because it only informs",
        };
        format!(
            "a handler of {} returns {expected}; this one returned {returned}",
            self.hook
        )
    }
}

fn article(class: &str) -> &'static str {
    if class.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}

#[pymethods]
impl Request {
    /// The dotted name of the hook, for example `message.publish`.
    #[getter]
    fn hook(&self) -> &'static str {
        self.hook.name()
    }

    /// The package that the broker speaks: `v1`, `v2` or `v3`.
    #[getter]
    fn package(&self) -> &'static str {
        self.package.short_name()
    }

    /// What `register()` returned for the handler.
    #[getter]
    fn handler_id(&self) -> u32 {
        self.handler_id.0
    }

    #[getter(_handler)]
    fn handler(&self, py: Python<'_>) -> Py<PyAny> {
        self.handler.clone_ref(py)
    }

    /// How many milliseconds are left to answer; None where the broker does not wait.
    #[getter]
    fn deadline_ms(&self) -> Option<f64> {
        let left = self.deadline?.saturating_duration_since(Instant::now());
        Some(left.as_secs_f64() * 1e3)
    }

    /// The span of the handler as W3C's header `traceparent`; None where the call is not traced.
    #[getter]
    fn traceparent(&self) -> Option<&str> {
        self.traceparent.as_deref()
    }

    /// The broker node that calls, empty for brokers that do not say.
    #[getter]
    fn node(&self) -> &str {
        self.content.node()
    }

    /// The client id that the event is about, empty when there is none.
    #[getter]
    fn clientid(&self) -> &str {
        self.content.clientid()
    }

    /// The topic that the event is about, if there is one.
    #[getter]
    fn topic(&self) -> Option<&str> {
        self.content.topic()
    }

    /// Answers with what the handler returned. A text says what was wrong with that; the fallback
    /// of the hook was answered then.
    fn _answer(&self, result: &Bound<'_, PyAny>) -> Option<String> {
        let call = self.take_call()?;
        let verdict = match self.verdict_of(result) {
            Ok(verdict) => verdict,
            Err(complaint) => {
                call.fail(Failure::BadAnswer);
                return Some(complaint);
            }
        };
        match call.reply(verdict) {
            // Late answers are counted by the core.
            Ok(()) | Err(ReplyError::TooLate) => None,
            Err(error) => Some(error.to_string()),
        }
    }

    /// Answers with the fallback of the hook, because the handler raised.
    fn _fail(&self) {
        if let Some(call) = self.take_call() {
            call.fail(Failure::Exception);
        }
    }

    fn __repr__(this: &Bound<'_, Self>) -> PyResult<String> {
        repr(this)
    }
}
