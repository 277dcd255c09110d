//! `exhook._native`: the Rust core of exhook for Python.
//!
//! The threads of the core never attach to the interpreter. Calls wait in queues, and Python
//! threads come to take them: user code is always called by Python frames, never by Rust ones.
#![forbid(unsafe_code)]

mod command_line;
mod config;
mod doorbell;
mod errors;
mod fork;
mod generated;
mod logs;
mod loop_queue;
mod message;
mod metrics;
mod part;
mod registry;
mod repr;
mod request;
mod server;
mod testing;
mod verdict;
mod work_queue;

use pyo3::prelude::*;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The Rust core of exhook. Use the package `exhook`; this module may change at any time.
#[pymodule]
mod _native {
    use pyo3::{prelude::*, types::PyTuple};

    #[pymodule_export]
    use super::{
        command_line::cli,
        config::{Settings, default_config, describe_config},
        logs::{LogQueue, install_logs},
        loop_queue::LoopQueue,
        message::Message,
        registry::Registry,
        request::Request,
        server::Server,
        testing::Operator,
        verdict::{Verdict, allow, block, deny, ignore, keep_going},
        work_queue::WorkQueue,
    };

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        let py = module.py();
        super::fork::watch(py)?;
        super::errors::add_classes(module)?;
        super::generated::add_classes(module)?;
        module.add("HOOKS", PyTuple::new(py, super::registry::hook_rows())?)?;
        module.add("DEFAULT_BIND", exhook::DEFAULT_BIND)?;
        module.add("DEFAULT_THREADS", exhook::DEFAULT_THREADS)?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        // Nobody imports `*` from here, and the stub need not repeat every name.
        module.delattr("__all__")
    }
}
