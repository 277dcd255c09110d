//! [`Service`]: what a server of a C program consists of, and its life from start to stop.

use std::{
    mem, process,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use exhook_core::Error;

use crate::{
    code::exhook_code,
    error::{Outcome, exhook_error},
    layers::Options,
    logger,
    running::{Registration, Running},
    signals::{EndSignals, Ender, without_signals},
};

/// A server's handlers, options and life.
pub(crate) struct Service {
    state: Mutex<State>,
    changed: Condvar,
    /// The process in which the server runs; 0 while it does not. Not behind the lock, which a
    /// thread may have that a forked child has not.
    process: AtomicU32,
}

/// What a server consists of.
pub(crate) struct State {
    pub(crate) options: Options,
    pub(crate) registrations: Vec<Registration>,
    phase: Phase,
    /// The server of the last start.
    last: Option<Arc<Running>>,
    /// Ends the waiting of `exhook_server_listen`.
    ender: Option<Ender>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Idle,
    Starting,
    Running,
    Stopping,
}

impl Service {
    /// A server without handlers, with the default options.
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                options: Options::default(),
                registrations: Vec::new(),
                phase: Phase::Idle,
                last: None,
                ender: None,
            }),
            changed: Condvar::new(),
            process: AtomicU32::new(0),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while(&self, condition: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let state = self
            .changed
            .wait_while(self.state(), |state| condition(state));
        state.unwrap_or_else(PoisonError::into_inner)
    }

    /// Fails in a forked child, which has none of the threads.
    pub(crate) fn check_process(&self) -> Outcome {
        let process = self.process.load(Ordering::SeqCst);
        if process == 0 || process == process::id() {
            return Ok(());
        }
        Err(Error::forked(process).into())
    }

    /// The server of the last start, also in a forked child, unless its lock was taken there.
    pub(crate) fn last(&self) -> Option<Arc<Running>> {
        let state = match self.check_process() {
            Ok(()) => Some(self.state()),
            Err(_) => self.state.try_lock().ok(),
        };
        state?.last.clone()
    }

    /// Does something with the server of the last start while it runs.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&Running) -> R) -> Option<R> {
        self.check_process().ok()?;
        let state = self.state();
        let running = state.last.as_deref();
        running.filter(|_| state.phase == Phase::Running).map(look)
    }

    /// Lets go of the handlers, and of the server of the last start.
    pub(crate) fn clear(&self) {
        let mut state = self.state();
        let rest = (mem::take(&mut state.registrations), state.last.take());
        // What the program is told of its data being free may call functions of the library.
        drop(state);
        drop(rest);
    }

    /// What changes only while the server does not run.
    pub(crate) fn idle(&self, what: &str) -> Result<MutexGuard<'_, State>, exhook_error> {
        let state = self.state();
        if state.phase == Phase::Idle {
            return Ok(state);
        }
        Err(wrong_state(&format!(
            "{what} while the server is running; stop it first"
        )))
    }

    /// Serves on `address`; `ender` is told when the server has stopped.
    pub(crate) fn start(&self, address: &str, ender: Option<Ender>) -> Outcome {
        logger::start();
        let (options, registrations) = {
            let mut state = self.idle("the server cannot be started")?;
            state.phase = Phase::Starting;
            self.process.store(process::id(), Ordering::SeqCst);
            (state.options.clone(), state.registrations.clone())
        };
        let _settled = Settled(self);
        // Not locked, because names may have to be resolved.
        let started = without_signals(|| {
            let settings = options.settle(address)?;
            Running::start(&settings, &registrations)
        });
        let mut state = self.state();
        match started {
            Ok(running) => {
                state.phase = Phase::Running;
                state.last = Some(Arc::new(running));
                state.ender = ender;
                Ok(())
            }
            Err(error) => {
                self.rest(&mut state);
                Err(error)
            }
        }
    }

    fn rest(&self, state: &mut State) {
        state.phase = Phase::Idle;
        self.process.store(0, Ordering::SeqCst);
    }

    /// Drains, and ends all threads; a second caller waits for the first.
    pub(crate) fn stop(&self) -> Outcome {
        let running = {
            let mut state =
                self.wait_while(|state| matches!(state.phase, Phase::Starting | Phase::Stopping));
            match &state.last {
                Some(last) if state.phase == Phase::Running => {
                    let running = Arc::clone(last);
                    state.phase = Phase::Stopping;
                    running
                }
                _ => return Ok(()),
            }
        };
        let outcome = running.stop();
        logger::flush();
        let mut state = self.state();
        self.rest(&mut state);
        if let Some(ender) = state.ender.take() {
            ender.end();
        }
        drop(state);
        self.changed.notify_all();
        outcome
    }

    /// Serves on `address` until a signal to end comes, or another thread stops the server.
    pub(crate) fn listen(&self, address: &str) -> Outcome {
        let failed = |error| Error::io("cannot receive signals", error);
        let signals = EndSignals::begin().map_err(failed)?;
        self.start(address, Some(signals.ender()))?;
        signals.wait();
        self.stop()
    }

    /// Waits until another thread has stopped the server.
    pub(crate) fn wait(&self) -> Outcome {
        if self.state().last.is_none() {
            return Err(wrong_state("the server has not been started"));
        }
        drop(self.wait_while(|state| state.phase != Phase::Idle));
        Ok(())
    }
}

fn wrong_state(text: &str) -> exhook_error {
    exhook_error::new(exhook_code::EXHOOK_ERR_WRONG_STATE, text)
}

/// Lets go of those who wait for a start, however it ends: a panic leaves a server that rests.
struct Settled<'service>(&'service Service);

impl Drop for Settled<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        if state.phase == Phase::Starting {
            self.0.rest(&mut state);
        }
        drop(state);
        self.0.changed.notify_all();
    }
}
