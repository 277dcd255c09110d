//! Closures and async functions as [`Handler`]s.

use std::{future::Future, marker::PhantomData, sync::Arc};

use once_cell::sync::OnceCell;
use tokio::runtime::{Builder, Handle, Runtime as OwnRuntime};
use tracing::warn;

use super::{HookRequest, IntoVerdict, Received};
use crate::{
    call::{Call, ReplyError, Verdict},
    dispatch::Handler,
    error::Error,
    log::Seldom,
};

/// Where async handlers run: chosen when the app starts, its own runtime made only if needed.
#[derive(Default)]
pub(super) struct Runtime {
    handle: OnceCell<Handle>,
    own: OnceCell<OwnRuntime>,
}

impl Runtime {
    /// Uses the runtime of the caller, or makes one.
    pub(super) fn begin(&self, current: Option<Handle>) -> Result<(), Error> {
        self.handle
            .get_or_try_init(|| match current {
                Some(current) => Ok(current),
                None => self.own().map(|own| own.handle().clone()),
            })
            .map(|_| ())
    }

    fn own(&self) -> Result<&OwnRuntime, Error> {
        self.own.get_or_try_init(|| {
            Builder::new_multi_thread()
                .thread_name("exhook-handlers")
                .enable_all()
                .build()
                .map_err(|error| Error::io("cannot start the handlers' runtime", error))
        })
    }

    pub(super) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.begun().block_on(future)
    }

    pub(super) fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.begun().spawn(future);
    }

    fn begun(&self) -> &Handle {
        self.handle
            .get()
            .expect("begun before anything is spawned on it")
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        // Waiting for its threads would panic inside another runtime, and last for ever where a
        // handler blocks.
        if let Some(own) = self.own.take() {
            own.shutdown_background();
        }
    }
}

/// Calls a closure on the thread that hands the call over.
pub(super) struct ClosureHandler<F, R> {
    handler: F,
    unusable: Seldom,
    request: PhantomData<fn(R)>,
}

impl<F, R> ClosureHandler<F, R> {
    pub(super) fn new(handler: F) -> Self {
        Self {
            handler,
            unusable: Seldom::new(),
            request: PhantomData,
        }
    }
}

impl<F, R, V> Handler for ClosureHandler<F, R>
where
    F: Fn(&R) -> V + Send + Sync + 'static,
    R: HookRequest,
    V: IntoVerdict,
{
    fn handle(&self, call: Call) {
        let request = Arc::clone(call.request());
        let Some(request) = R::of(&request) else {
            return;
        };
        reply(call, (self.handler)(request).into_verdict(), &self.unusable);
    }
}

/// Spawns an async function.
pub(super) struct AsyncHandler<F, R> {
    handler: F,
    runtime: Arc<Runtime>,
    unusable: Arc<Seldom>,
    request: PhantomData<fn(R)>,
}

impl<F, R> AsyncHandler<F, R> {
    pub(super) fn new(handler: F, runtime: Arc<Runtime>) -> Self {
        Self {
            handler,
            runtime,
            unusable: Arc::default(),
            request: PhantomData,
        }
    }
}

impl<F, R, V> Handler for AsyncHandler<F, R>
where
    F: Fn(Received<R>) -> V + Send + Sync + 'static,
    R: HookRequest,
    V: Future<Output: IntoVerdict> + Send + 'static,
{
    fn handle(&self, call: Call) {
        let Some(request) = Received::new(&call) else {
            return;
        };
        let future = (self.handler)(request);
        let unusable = Arc::clone(&self.unusable);
        // A panic inside drops the call while the thread unwinds, which counts as an exception.
        self.runtime.spawn(async move {
            call.start();
            reply(call, future.await.into_verdict(), &unusable);
        });
    }
}

fn reply(call: Call, verdict: Verdict, unusable: &Seldom) {
    let hook = call.hook();
    match call.reply(verdict) {
        // What comes late is counted, and usual for a handler that is slow.
        Ok(()) | Err(ReplyError::TooLate) => {}
        Err(problem) => {
            if let Some(due) = unusable.due() {
                warn!(
                    repeated = due.repeated,
                    hook = hook.name(),
                    %problem,
                    "a handler's answer cannot be used; the fallback is answered"
                );
            }
        }
    }
}
