//! `exhook bench`: load on any hook, as a broker makes it.

mod arguments;
mod arrivals;
mod caller;
mod json;
mod live;
mod measured;
mod plan;
mod report;
mod requests;
mod topic;
mod worker;

use std::{
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use tokio::{
    runtime::Builder,
    sync::{
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
        watch,
    },
};

pub(crate) use arguments::BenchArguments;
use live::LiveView;
use measured::Measured;
use plan::{Limit, Phase, Plan};
use report::Report;
pub(crate) use report::latency;
use worker::{Command, Event, work};

use crate::{
    FAILED, INTERRUPTED, SUCCESS, UNUSABLE,
    output::{complain, print},
};

/// Runs the command and returns its exit code.
pub(crate) fn run(arguments: &BenchArguments) -> i32 {
    match try_run(arguments) {
        Ok(code) => code,
        Err(problem) => {
            complain(&problem);
            UNUSABLE
        }
    }
}

fn try_run(arguments: &BenchArguments) -> Result<i32, String> {
    let live = LiveView::new(arguments.thread_count(), arguments.quiet);
    let plan = Arc::new(arguments.plan(live.is_seen())?);
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start a runtime: {error}"))?;
    let mut threads = Threads::start(&plan, live)?;
    let run = runtime.block_on(threads.run(&plan, arguments.warm_up(), arguments.limit()));
    threads.live.finish();
    threads.end();
    let run = run?;
    let report = Report {
        plan: &plan,
        warm_up: &run.warm_up,
        measured: &run.measured,
        elapsed: run.elapsed,
        interrupted: run.interrupted,
    };
    let fine = [&run.warm_up, &run.measured]
        .iter()
        .all(|measured| measured.failed() == 0 && measured.gave_up.is_none());
    if arguments.json {
        print(&report.to_json());
    } else if !arguments.quiet || !fine {
        print(&report.to_text());
    }
    Ok(if run.interrupted {
        INTERRUPTED
    } else if fine {
        SUCCESS
    } else {
        FAILED
    })
}

/// What a run came to.
struct Run {
    warm_up: Measured,
    measured: Measured,
    elapsed: Duration,
    interrupted: bool,
}

/// The threads of the load, and the lines to them.
struct Threads {
    commands: watch::Sender<Command>,
    events: UnboundedReceiver<Event>,
    handles: Vec<JoinHandle<()>>,
    live: LiveView,
}

impl Threads {
    fn start(plan: &Arc<Plan>, live: LiveView) -> Result<Self, String> {
        let (commands, _) = watch::channel(Command::Wait);
        let (sender, events) = unbounded_channel();
        let mut threads = Self {
            commands,
            events,
            handles: Vec::new(),
            live,
        };
        for number in 0..plan.threads {
            let handle = threads
                .spawn(plan, number, sender.clone())
                .map_err(|error| format!("cannot start a thread: {error}"))?;
            threads.handles.push(handle);
        }
        Ok(threads)
    }

    fn spawn(
        &self,
        plan: &Arc<Plan>,
        number: usize,
        events: UnboundedSender<Event>,
    ) -> std::io::Result<JoinHandle<()>> {
        let plan = Arc::clone(plan);
        let commands = self.commands.subscribe();
        thread::Builder::new()
            .name(format!("load-{number}"))
            .spawn(move || work(&plan, number, commands, &events))
    }

    /// Opens the connections, warms up and measures. The error says why nothing was called.
    async fn run(&mut self, plan: &Plan, warm_up: Limit, limit: Limit) -> Result<Run, String> {
        self.opened(plan).await?;
        let mut run = Run {
            warm_up: Measured::new(false),
            measured: Measured::new(false),
            elapsed: Duration::ZERO,
            interrupted: false,
        };
        if !matches!(warm_up, Limit::After(Duration::ZERO)) {
            self.live.begin("warm-up");
            (run.warm_up, _, run.interrupted) = self.phase(warm_up).await;
        }
        if !run.interrupted && run.warm_up.gave_up.is_none() {
            self.live.begin("measuring");
            (run.measured, run.elapsed, run.interrupted) = self.phase(limit).await;
        }
        Ok(run)
    }

    async fn opened(&mut self, plan: &Plan) -> Result<(), String> {
        for _ in 0..plan.threads {
            match self.events.recv().await {
                Some(Event::Opened(Ok(()))) => {}
                Some(Event::Opened(Err(error))) => return Err(error),
                other => return Err(format!("a thread ended early: {other:?}")),
            }
        }
        Ok(())
    }

    /// Has all threads work on a phase. Returns what they measured, for how long, and whether
    /// Ctrl-C ended it.
    async fn phase(&mut self, limit: Limit) -> (Measured, Duration, bool) {
        let phase = Arc::new(Phase::new(limit));
        let began = phase.began;
        self.commands.send_replace(Command::Work(phase));
        let mut measured = Measured::new(false);
        let mut interrupted = false;
        let mut missing = self.handles.len();
        while missing > 0 {
            let event = tokio::select! {
                event = self.events.recv() => event,
                // Where Ctrl-C cannot be received, the program's own way of ending stays.
                Ok(()) = tokio::signal::ctrl_c(), if !interrupted => {
                    interrupted = true;
                    self.commands.send_replace(Command::Stop);
                    continue;
                }
            };
            match event {
                Some(Event::Measured(part)) => {
                    // Without one thread the load is not what was wanted.
                    if part.gave_up.is_some() {
                        self.commands.send_replace(Command::Stop);
                    }
                    measured.add(*part);
                    missing -= 1;
                }
                Some(Event::Recent { latencies, failed }) => self.live.add(&latencies, failed),
                Some(Event::Opened(_)) => {}
                None => {
                    measured.gave_up = Some("a thread of the load ended early".to_owned());
                    break;
                }
            }
        }
        let end = if interrupted { None } else { measured.last };
        let end = end.unwrap_or_else(Instant::now);
        (measured, end.saturating_duration_since(began), interrupted)
    }

    /// Ends the threads, whatever they are doing.
    fn end(self) {
        self.commands.send_replace(Command::Stop);
        for handle in self.handles {
            // A thread that panicked has said so.
            let _ = handle.join();
        }
    }
}
