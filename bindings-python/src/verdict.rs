//! [`Verdict`]: what a handler decides, and the functions that make one.

use pyo3::prelude::*;

/// What a handler decides: made by `allow()`, `deny()`, `ignore()`, `keep_going()` or `block()`.
#[pyclass(frozen, eq, hash, module = "exhook")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Verdict {
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Allow,
    Deny,
    Ignore,
    KeepGoing(bool),
    Block,
}

impl Verdict {
    /// The verdict as the core knows it.
    pub(crate) fn to_core(&self) -> exhook::Verdict {
        match self.kind {
            Kind::Allow => exhook::Verdict::Allow,
            Kind::Deny => exhook::Verdict::Deny,
            Kind::Ignore => exhook::Verdict::Ignore,
            Kind::KeepGoing(value) => exhook::Verdict::KeepGoing(value),
            Kind::Block => exhook::Verdict::Block,
        }
    }

    /// The call that makes this verdict.
    pub(crate) fn text(&self) -> &'static str {
        match self.kind {
            Kind::Allow => "allow()",
            Kind::Deny => "deny()",
            Kind::Ignore => "ignore()",
            Kind::KeepGoing(true) => "keep_going(True)",
            Kind::KeepGoing(false) => "keep_going(False)",
            Kind::Block => "block()",
        }
    }
}

#[pymethods]
impl Verdict {
    fn __repr__(&self) -> &'static str {
        self.text()
    }
}

/// Yes, and nobody else is asked. The same as returning True.
#[pyfunction]
pub(crate) fn allow() -> Verdict {
    Verdict { kind: Kind::Allow }
}

/// No, and nobody else is asked. The same as returning False.
#[pyfunction]
pub(crate) fn deny() -> Verdict {
    Verdict { kind: Kind::Deny }
}

/// No opinion: the next handler, exhook server or the broker decides. The same as returning None.
#[pyfunction]
pub(crate) fn ignore() -> Verdict {
    Verdict { kind: Kind::Ignore }
}

/// Yes or no so far: handlers and exhook servers that follow may change it.
#[pyfunction]
pub(crate) fn keep_going(value: bool) -> Verdict {
    Verdict {
        kind: Kind::KeepGoing(value),
    }
}

/// The published message does not reach its subscribers.
#[pyfunction]
pub(crate) fn block() -> Verdict {
    Verdict { kind: Kind::Block }
}
