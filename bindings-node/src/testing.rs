//! [`TestBroker`]: the simulated broker of `exhook/testing`.

use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use exhook::{
    Error, ErrorCode, Hook, Package, Request,
    testing::{BrokerThread, Operator, Release},
};
use napi::{
    Env, JsDeferred, Result,
    bindgen_prelude::{BufferSlice, Object, ToNapiValue},
};
use napi_derive::napi;

use crate::{
    burst::{Head, write_request},
    errors::{invalid_option, thrown},
};

/// How long the end of a broker waits for what cannot be interrupted, as the look-up of a name.
const LONGEST_END: Duration = Duration::from_secs(1);

/// A simulated broker and its clients, which run on a thread of their own: hooks may be handled by
/// the event loop that awaits what comes of them.
#[napi]
pub struct TestBroker {
    thread: Arc<BrokerThread>,
    operator: Mutex<Option<Arc<Operator>>>,
}

/// Starts a broker with settings in JSON, and loads its providers; the promise is for a
/// `TestBroker`.
///
/// # Errors
///
/// Where no thread can be started. The promise is rejected where the settings cannot be used.
#[napi(ts_return_type = "Promise<TestBroker>")]
pub fn start_test_broker(env: &Env, settings: String) -> Result<Object<'_>> {
    let thread = BrokerThread::start(|| {})
        .map(Arc::new)
        .map_err(|error| thrown(&error))?;
    let last = Arc::downgrade(&thread);
    env.add_env_cleanup_hook(last, |thread| {
        if let Some(thread) = thread.upgrade() {
            thread.end(LONGEST_END);
        }
    })?;
    let owner = Arc::clone(&thread);
    let started = async move {
        let operator = Operator::start_json(&settings).await?;
        Ok(TestBroker {
            thread: owner,
            operator: Mutex::new(Some(Arc::new(operator))),
        })
    };
    promise(&thread, env, started)
}

#[napi]
impl TestBroker {
    /// Performs a command in JSON, and resolves to what came of it in JSON.
    ///
    /// # Errors
    ///
    /// Where JavaScript has no memory left. The promise is rejected where the command cannot be
    /// performed, or the broker is closed before it has been.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn perform<'env>(&self, env: &'env Env, command: String) -> Result<Object<'env>> {
        let operator = lock(&self.operator).clone();
        promise(&self.thread, env, async move {
            match operator {
                Some(operator) => operator.perform_json(&command).await,
                None => Err(closed()),
            }
        })
    }

    /// Ends the broker as if it were killed; resolved when its connections are closed.
    ///
    /// # Errors
    ///
    /// Where no thread can be started.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn close<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        let (deferred, promise) = env.create_deferred()?;
        let outcome = Outcome::<()>(Some(deferred));
        let operator = lock(&self.operator).take();
        let broker = Arc::clone(&self.thread);
        let spawned = thread::Builder::new()
            .name("exhook-broker-end".to_owned())
            .spawn(move || {
                drop(operator);
                broker.end(LONGEST_END);
                outcome.settle(Ok(()));
            });
        spawned.map_err(|error| thrown(&Error::io("cannot start a thread", error)))?;
        Ok(promise)
    }
}

/// Writes a request that a broker made, the protobuf message of package v3, into `memory` as calls
/// are written there; returns how many bytes it takes. One that does not fit is not there.
///
/// # Errors
///
/// Where it is no request of `hook`.
#[napi]
pub fn write_test_request(
    hook: String,
    message: BufferSlice<'_>,
    mut memory: BufferSlice<'_>,
) -> Result<u32> {
    let request = Hook::from_name(&hook)
        .and_then(|hook| Request::decode(hook, message.to_vec().into()).ok())
        .ok_or_else(|| invalid_option(format!("this is no request of {hook}")))?;
    let release = request
        .meta()
        .and_then(|meta| meta.version.parse::<Release>().ok());
    let head = Head {
        id: 0,
        handler: 0,
        package: release.map_or(Package::V3, Release::package),
        deadline: None,
        traceparent: None,
    };
    let entry = write_request(&mut memory, 0, &request, &head);
    Ok(u32::try_from(entry.size()).unwrap_or(u32::MAX))
}

/// Works on the thread of a broker, and makes a promise of what comes of it.
fn promise<'env, T, W>(thread: &BrokerThread, env: &'env Env, work: W) -> Result<Object<'env>>
where
    T: ToNapiValue + Send + 'static,
    W: Future<Output = std::result::Result<T, Error>> + Send + 'static,
{
    let (deferred, promise) = env.create_deferred()?;
    let outcome = Outcome(Some(deferred));
    thread.begin(async move { outcome.settle(work.await) });
    Ok(promise)
}

/// What makes the value of a promise on the event loop.
type Resolver<T> = Box<dyn FnOnce(Env) -> Result<T> + Send>;

/// A promise that is settled in any case: one that is not would keep the process alive.
struct Outcome<T: ToNapiValue>(Option<JsDeferred<T, Resolver<T>>>);

impl<T: ToNapiValue + Send + 'static> Outcome<T> {
    fn settle(mut self, outcome: std::result::Result<T, Error>) {
        let Some(deferred) = self.0.take() else {
            return;
        };
        match outcome {
            Ok(value) => deferred.resolve(Box::new(|_: Env| Ok(value))),
            Err(error) => deferred.reject(thrown(&error)),
        }
    }
}

impl<T: ToNapiValue> Drop for Outcome<T> {
    fn drop(&mut self) {
        if let Some(deferred) = self.0.take() {
            deferred.reject(thrown(&closed()));
        }
    }
}

fn closed() -> Error {
    Error::new(ErrorCode::WrongState, "the broker is closed")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
