//! [`Watcher`]: looks at a program again and again, on a thread of its own.

use std::{
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::{Duration, Instant},
};

use tokio::{
    runtime::Builder,
    sync::oneshot,
    time::{MissedTickBehavior, interval_at},
};

use super::{
    sample::Sample,
    scraper::{ScrapeError, Scraper},
};
use crate::INTERRUPTED;

/// The exit code after SIGTERM.
#[cfg(unix)]
const TERMINATED: i32 = 143;

/// What a look at the program has brought.
#[derive(Debug)]
pub(super) enum Look {
    /// What the program has counted until then, or why that is not known.
    Taken(Result<Sample, ScrapeError>, Instant),
    /// This process is to end, with this exit code.
    Ended(i32),
}

/// Looks at a program again and again, until it is dropped.
#[derive(Debug)]
pub(super) struct Watcher {
    pub(super) looks: Receiver<Look>,
    _alive: oneshot::Sender<()>,
}

impl Watcher {
    /// The first look is due after one interval.
    pub(super) fn start(scraper: Scraper, interval: Duration) -> Result<Self, String> {
        let failed = |error| format!("cannot start a thread: {error}");
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(failed)?;
        let (sender, looks) = channel();
        let (alive, gone) = oneshot::channel();
        let watch = move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = gone => {}
                    () = look(scraper, interval, &sender) => {}
                    code = signal() => {
                        // Whoever is gone has ended already.
                        let _ = sender.send(Look::Ended(code));
                    }
                }
            });
            // A look that is under way is left to its own timeout.
            runtime.shutdown_background();
        };
        let thread = thread::Builder::new().name("watcher".to_owned());
        thread.spawn(watch).map_err(failed)?;
        Ok(Self {
            looks,
            _alive: alive,
        })
    }
}

async fn look(scraper: Scraper, interval: Duration, looks: &Sender<Look>) {
    let mut ticks = interval_at(tokio::time::Instant::now() + interval, interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let scraper = scraper.clone();
        let taken = tokio::task::spawn_blocking(move || scraper.scrape()).await;
        let taken = taken.unwrap_or_else(|error| {
            Err(ScrapeError::Unreachable(format!(
                "the look failed: {error}"
            )))
        });
        if looks.send(Look::Taken(taken, Instant::now())).is_err() {
            return;
        }
    }
}

/// Waits for a signal to end, and returns the exit code that belongs to it. Where signals cannot be
/// received, the process's own way of ending stays.
async fn signal() -> i32 {
    let interrupted = async {
        match tokio::signal::ctrl_c().await {
            Ok(()) => INTERRUPTED,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut signal) = signal(SignalKind::terminate())
            && signal.recv().await.is_some()
        {
            return TERMINATED;
        }
        std::future::pending().await
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<i32>();
    tokio::select! {
        code = interrupted => code,
        code = terminated => code,
    }
}
