//! [`Server`]: the gRPC server as Python holds it.

use pyo3::{prelude::*, types::PyDict};

use crate::{config::Settings, errors::raised, metrics, registry::Registry};

/// A running server; it serves from the moment it is made until `stop()`.
#[pyclass(frozen, module = "exhook._native")]
pub(crate) struct Server {
    server: exhook::Server,
}

#[pymethods]
impl Server {
    #[new]
    fn new(
        py: Python<'_>,
        registry: &Bound<'_, Registry>,
        settings: &Bound<'_, Settings>,
    ) -> PyResult<Self> {
        let settings = settings.get().to_core();
        let registry = registry.get();
        let handlers = registry.to_core()?;
        // Names are resolved here, which can take seconds.
        let server = py
            .detach(|| exhook::Server::start(settings, handlers, settings.bind()))
            .map_err(|error| raised(&error))?;
        registry.freeze();
        Ok(Self { server })
    }

    /// Where the server listens: `host:port` with the real port, or `unix:/path`.
    #[getter]
    fn address(&self) -> String {
        self.server.address().to_string()
    }

    /// The TCP port; None for a Unix socket.
    #[getter]
    fn port(&self) -> Option<u16> {
        self.server.address().port()
    }

    /// The hooks announced to brokers, each with the union of its topic filters.
    #[getter]
    fn hooks(&self) -> Vec<(&'static str, Vec<String>)> {
        let hooks = self.server.hooks().iter();
        hooks
            .map(|(hook, topics)| (hook.name(), topics.clone()))
            .collect()
    }

    /// Stops accepting, waits for running calls up to `drain_timeout_ms` and ends the threads.
    /// A second call has no effect. Raises `ForkedError` in a forked child.
    fn stop(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| self.server.stop())
            .map_err(|error| raised(&error))
    }

    /// What has been counted until now. Raises `ForkedError` in a forked child.
    fn metrics<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.server
            .check_process()
            .map_err(|error| raised(&error))?;
        metrics::to_dict(py, &self.server.metrics())
    }

    fn __repr__(&self) -> String {
        format!("Server(address='{}')", self.server.address())
    }
}
