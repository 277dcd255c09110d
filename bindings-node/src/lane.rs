//! [`Lane`]: one event loop's part in serving.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    thread,
};

use exhook::Hook;
use napi::{
    Env, Result,
    bindgen_prelude::{BufferSlice, Object},
};
use napi_derive::napi;

use crate::{
    errors::thrown,
    metrics::Metrics,
    queue::Queue,
    service::{Plan, Service},
};

/// What this event loop serves, until it is stopped.
#[napi]
pub struct Lane {
    queue: Arc<Queue>,
    service: Arc<Service>,
    stage: Arc<Mutex<Stage>>,
}

/// How far a lane is; known to the hook that runs at the end of its event loop.
enum Stage {
    Starting,
    Serving(Arc<Service>),
    Over,
}

/// Begins to serve on a thread of its own, because names may have to be resolved.
pub(crate) fn begin(env: &Env, plan: Plan, queue: Arc<Queue>) -> Result<Object<'_>> {
    let stage = Arc::new(Mutex::new(Stage::Starting));
    // Added after the bell, so that it runs before the bell is taken away. It stays until then.
    env.add_env_cleanup_hook((Arc::downgrade(&queue), Arc::clone(&stage)), end)?;
    let (deferred, promise) = env.create_deferred()?;
    let caller = thread::current().id();
    spawn("exhook-start", move || {
        let service = match Service::enter(&plan, caller, &queue) {
            Ok(service) => service,
            Err(error) => return deferred.reject(thrown(&error)),
        };
        {
            let mut stage = lock(&stage);
            if matches!(*stage, Stage::Over) {
                service.abandon(&queue);
                return;
            }
            *stage = Stage::Serving(Arc::clone(&service));
        }
        let lane = Lane {
            queue,
            service,
            stage,
        };
        deferred.resolve(Box::new(|_: Env| Ok(lane)) as Resolver<Lane>);
    })?;
    Ok(promise)
}

/// What makes the value of a promise on the event loop.
type Resolver<T> = Box<dyn FnOnce(Env) -> Result<T> + Send>;

/// Runs when the environment of the event loop ends: nobody answers any more.
fn end((queue, stage): (Weak<Queue>, Arc<Mutex<Stage>>)) {
    let Some(queue) = queue.upgrade() else { return };
    queue.close();
    if let Stage::Serving(service) = mem::replace(&mut *lock(&stage), Stage::Over) {
        service.abandon(&queue);
    }
}

fn lock(stage: &Mutex<Stage>) -> MutexGuard<'_, Stage> {
    stage.lock().unwrap_or_else(PoisonError::into_inner)
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
    let spawned = thread::Builder::new().name(name.to_owned()).spawn(work);
    spawned
        .map(drop)
        .map_err(|error| thrown(&exhook::Error::io("cannot start a thread", error)))
}

#[napi]
impl Lane {
    /// Where the server listens: `host:port` with the real port, or `unix:/path`.
    #[napi(getter)]
    pub fn address(&self) -> String {
        self.service.server().address().to_string()
    }

    /// The hooks announced to brokers, each with the union of its topic filters.
    #[napi(getter)]
    pub fn hooks(&self) -> Vec<Announced> {
        let hooks = self.service.server().hooks().iter();
        hooks.map(Announced::from).collect()
    }

    /// Writes at most `most` calls into `memory`, which is the slab of this number, from the byte
    /// `from` on, and returns how many.
    #[napi]
    pub fn drain(&self, mut memory: BufferSlice<'_>, slab: u32, from: u32, most: u32) -> u32 {
        self.queue
            .drain(&mut memory, slab, from as usize, most as usize)
    }

    /// Lets go of the calls of a slab that is no more, and returns how many they are.
    #[napi]
    pub fn forget(&self, slab: u32) -> u32 {
        u32::try_from(self.queue.forget(slab)).unwrap_or(u32::MAX)
    }

    /// Gives the answers in the first `length` bytes of `memory`; returns what was wrong with them.
    #[napi]
    pub fn answer(&self, memory: BufferSlice<'_>, length: u32) -> Option<Vec<String>> {
        let memory = memory.get(..length as usize).unwrap_or(&memory);
        let problems = self.queue.answer(memory);
        (!problems.is_empty()).then_some(problems)
    }

    /// What has been counted until now.
    #[napi]
    pub fn metrics(&self) -> Metrics {
        self.service.server().metrics().into()
    }

    /// Stops serving here; resolved when the calls that run are answered, or when
    /// `drainTimeoutMs` is over.
    ///
    /// # Errors
    ///
    /// Where no thread can be started.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn stop<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        let (deferred, promise) = env.create_deferred()?;
        let (service, queue) = (Arc::clone(&self.service), Arc::clone(&self.queue));
        let stage = Arc::clone(&self.stage);
        spawn("exhook-stop", move || {
            service.leave(&queue);
            *lock(&stage) = Stage::Over;
            deferred.resolve(Box::new(|_: Env| Ok(())) as Resolver<()>);
        })?;
        Ok(promise)
    }
}

/// A hook that brokers are told to call.
#[napi(object)]
pub struct Announced {
    /// The dotted name.
    pub name: String,
    /// The topic filters; none means every topic.
    pub topics: Vec<String>,
}

impl From<&(Hook, Vec<String>)> for Announced {
    fn from((hook, topics): &(Hook, Vec<String>)) -> Self {
        Self {
            name: hook.name().to_owned(),
            topics: topics.clone(),
        }
    }
}
