//! [`Service`]: a server, and the threads of JavaScript that serve it together.

use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    thread::ThreadId,
    time::Duration,
};

use exhook::{Error, ErrorCode, Handler, HandlerOptions, Hook, Registry, Server, Settings};

use crate::{lanes::Lanes, queue::Queue};

/// The services of this process that threads can join.
static SERVICES: Mutex<Vec<Weak<Service>>> = Mutex::new(Vec::new());

/// What a thread wants to serve. Threads serve together only where all of it is the same.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) settings: Settings,
    pub(crate) handlers: Vec<(Hook, HandlerOptions)>,
}

/// A server with one lane or more.
pub(crate) struct Service {
    server: Server,
    lanes: Arc<Lanes>,
    plan: Plan,
}

impl Service {
    /// Serves with this queue: together with another thread of this process that serves the same
    /// address already, else with a new server. Blocks while names are resolved.
    ///
    /// # Errors
    ///
    /// Those of [`Server::start`], and `WrongState` where another thread serves the address with
    /// other handlers or options.
    pub(crate) fn enter(
        plan: &Plan,
        thread: ThreadId,
        queue: &Arc<Queue>,
    ) -> Result<Arc<Self>, Error> {
        // Locked for the whole time, so that of two threads that begin together one joins.
        let mut services = SERVICES.lock().unwrap_or_else(PoisonError::into_inner);
        services.retain(|service| service.strong_count() > 0);
        let others = services.iter().filter_map(Weak::upgrade);
        for service in others {
            if service.is_at(plan.settings.bind()) && !service.lanes.include(thread) {
                service.check_same(plan)?;
                service.lanes.join(thread, Arc::clone(queue));
                return Ok(service);
            }
        }
        let lanes = Arc::new(Lanes::default());
        let registry = registry_for(&plan.handlers, &lanes)?;
        // Before the start: a broker may call at once.
        lanes.join(thread, Arc::clone(queue));
        let server = Server::start(&plan.settings, registry, plan.settings.bind())?;
        let service = Arc::new(Self {
            server,
            lanes,
            plan: plan.clone(),
        });
        services.push(Arc::downgrade(&service));
        Ok(service)
    }

    fn is_at(&self, bind: &str) -> bool {
        // A port that the system chooses is another one each time.
        let is_the_same = self.plan.settings.bind() == bind && !bind.ends_with(":0");
        is_the_same || self.server.address().to_string() == bind
    }

    fn check_same(&self, plan: &Plan) -> Result<(), Error> {
        let what = if self.plan.handlers != plan.handlers {
            "handlers"
        } else if self.plan.settings.config() != plan.settings.config() {
            "options"
        } else {
            return Ok(());
        };
        Err(Error::new(
            ErrorCode::WrongState,
            format!(
                "another thread serves {} with other {what}; threads that serve together need \
                 the same handlers, in the same order, and the same options",
                plan.settings.bind()
            ),
        ))
    }

    /// The server, for its address, hooks and metrics.
    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    /// Ends serving with this queue: waits until its calls are answered, for `drain_timeout_ms` at
    /// most. The last queue stops the server. Blocks.
    pub(crate) fn leave(&self, queue: &Arc<Queue>) {
        if self.is_last_after_leaving(queue) {
            // The thread serves until the server has drained. The error of a forked child, its
            // only one, cannot occur: Node.js never forks without starting anew.
            let _ = self.server.stop();
            self.lanes.leave(queue);
        } else {
            queue.wait_until_idle(Duration::from_millis(
                self.plan.settings.config().drain_timeout_ms,
            ));
        }
        queue.close();
    }

    /// Ends serving with this queue at once; what it holds is answered with the fallback.
    pub(crate) fn abandon(&self, queue: &Arc<Queue>) {
        queue.close();
        if self.is_last_after_leaving(queue) {
            let _ = self.server.stop();
        }
    }

    /// Removes the queue where others are left, else keeps others from joining.
    fn is_last_after_leaving(&self, queue: &Arc<Queue>) -> bool {
        let mut services = SERVICES.lock().unwrap_or_else(PoisonError::into_inner);
        if self.lanes.len() > 1 {
            self.lanes.leave(queue);
            return false;
        }
        services.retain(|service| !std::ptr::eq(service.as_ptr(), self));
        true
    }
}

/// The handlers as the core takes them: all of them are reached through `lanes`.
///
/// # Errors
///
/// Those of [`Registry::register`].
pub(crate) fn registry_for(
    handlers: &[(Hook, HandlerOptions)],
    lanes: &Arc<Lanes>,
) -> Result<Registry, Error> {
    let mut registry = Registry::new();
    for (hook, options) in handlers {
        let lanes: Arc<dyn Handler> = Arc::clone(lanes) as _;
        registry.register(*hook, options.clone(), lanes)?;
    }
    Ok(registry)
}
