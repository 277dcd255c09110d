//! A thread of the load: its connections, and the calls that it makes over them.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    runtime::Builder,
    sync::{mpsc::UnboundedSender, watch},
    task::{JoinSet, LocalSet, yield_now},
    time::{MissedTickBehavior, interval, sleep},
};

use super::{
    arrivals::Arrivals,
    caller::{Caller, DueCalls, Source},
    measured::{Latencies, Measured},
    plan::{Pace, Phase, Plan},
};

/// A timer is this inexact; for the rest the thread waits awake.
const TIMER_GRAIN: Duration = Duration::from_millis(2);
/// How often a live view is told.
pub(super) const LIVE_INTERVAL: Duration = Duration::from_secs(1);
/// With so many calls under way an open loop gives the server up.
const MOST_IN_FLIGHT: u64 = 500_000;

/// What all threads are to do.
#[derive(Clone, Debug)]
pub(super) enum Command {
    Wait,
    Work(Arc<Phase>),
    Stop,
}

/// What a thread tells.
#[derive(Debug)]
pub(super) enum Event {
    /// Whether its connections are open.
    Opened(Result<(), String>),
    /// What it measured since the last time.
    Recent { latencies: Latencies, failed: u64 },
    /// What it measured in a phase.
    Measured(Box<Measured>),
}

/// Works as it is told, until it is told to stop. `number` is that of the thread.
pub(super) fn work(
    plan: &Arc<Plan>,
    number: usize,
    mut commands: watch::Receiver<Command>,
    events: &UnboundedSender<Event>,
) {
    // Nobody listens any more when the command is ending.
    let tell = |event| {
        let _ = events.send(event);
    };
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return tell(Event::Opened(Err(format!(
                "cannot start a runtime: {error}"
            ))));
        }
    };
    LocalSet::new().block_on(&runtime, async {
        let mut callers = Vec::new();
        for connection in (number..plan.connections.len()).step_by(plan.threads) {
            match Caller::open(Arc::clone(plan), connection).await {
                Ok(caller) => callers.push(caller),
                Err(error) => return tell(Event::Opened(Err(error))),
            }
        }
        tell(Event::Opened(Ok(())));
        while commands.changed().await.is_ok() {
            let phase = match &*commands.borrow_and_update() {
                Command::Wait => continue,
                Command::Work(phase) => Arc::clone(phase),
                Command::Stop => return,
            };
            let measured = Rc::new(RefCell::new(Measured::new(plan.live)));
            let ended = tokio::select! {
                ended = run(plan, number, &phase, std::mem::take(&mut callers), &measured) => ended,
                never = tell_recent(plan.live, &measured, tell) => never,
                // The calls under way are given up.
                _ = commands.wait_for(|command| matches!(command, Command::Stop)) => Ok(Vec::new()),
            };
            let mut measured = measured.replace(Measured::new(false));
            match ended {
                Ok(opened) => callers = opened,
                Err(reason) => measured.gave_up = Some(reason),
            }
            tell(Event::Measured(Box::new(measured)));
        }
    });
}

/// Runs one phase and hands the connections back in their order, or says why it could not go on.
async fn run(
    plan: &Arc<Plan>,
    number: usize,
    phase: &Arc<Phase>,
    callers: Vec<Caller>,
    measured: &Rc<RefCell<Measured>>,
) -> Result<Vec<Caller>, String> {
    let mut tasks = JoinSet::new();
    let mut due_calls = Vec::new();
    for (place, mut caller) in callers.into_iter().enumerate() {
        let source = match plan.pace {
            Pace::Closed { streams } => Source::Closed {
                phase: Arc::clone(phase),
                streams,
            },
            Pace::Open { .. } => {
                due_calls.push(Rc::default());
                Source::Open(Rc::clone(&due_calls[due_calls.len() - 1]))
            }
        };
        let measured = Rc::clone(measured);
        tasks.spawn_local(async move {
            let ended = caller.run(&source, &measured).await;
            ended.map(|()| (place, caller))
        });
    }
    let answers = async {
        let mut callers = Vec::new();
        while let Some(ended) = tasks.join_next().await {
            callers.push(ended.map_err(|error| error.to_string())??);
        }
        // The clients of an open loop have their connections by place, in every phase.
        callers.sort_by_key(|(place, _)| *place);
        Ok(callers.into_iter().map(|(_, caller)| caller).collect())
    };
    let calls = give_out(plan, number, phase, &due_calls, measured);
    let ((), callers) = tokio::try_join!(calls, answers)?;
    Ok(callers)
}

/// Gives out the calls of an open loop, each when it is due.
async fn give_out(
    plan: &Plan,
    number: usize,
    phase: &Phase,
    due_calls: &[Rc<DueCalls>],
    measured: &RefCell<Measured>,
) -> Result<(), String> {
    let Pace::Open { rate, spacing } = plan.pace else {
        return Ok(());
    };
    let (count, within) = phase.limit.at_rate(rate);
    let threads = plan.threads as u64;
    let share = count / threads + u64::from((number as u64) < count % threads);
    let arrivals = Arrivals::new(spacing, share, within, number as u64);
    let mut clients = clients(plan, number).into_iter().cycle();
    let mut now = phase.began;
    for at in arrivals {
        let due = phase.began + at;
        // All that have become due leave together.
        if due > now {
            now = wait_until(due).await;
        }
        let waiting = measured.borrow().in_flight();
        if waiting > MOST_IN_FLIGHT {
            return Err(format!(
                "{waiting} calls wait for their answers: the server does not keep up"
            ));
        }
        if let Some((connection, client)) = clients.next() {
            due_calls[connection].push(client, due);
        }
    }
    for calls in due_calls {
        calls.finish();
    }
    Ok(())
}

/// The clients of a thread: the connection among the thread's, and the client among the
/// connection's. Neighbours use different connections.
fn clients(plan: &Plan, number: usize) -> Vec<(usize, usize)> {
    let mine = plan.connections.iter().skip(number).step_by(plan.threads);
    let mut clients: Vec<_> = mine
        .enumerate()
        .flat_map(|(connection, clients)| {
            (0..clients.len()).map(move |client| (connection, client))
        })
        .collect();
    clients.sort_by_key(|(connection, client)| (*client, *connection));
    clients
}

/// Waits more exactly than a timer does, and lets the connections have their turn in any case.
/// Returns the time.
async fn wait_until(due: Instant) -> Instant {
    loop {
        let left = due.saturating_duration_since(Instant::now());
        match left.checked_sub(TIMER_GRAIN) {
            Some(long) => sleep(long).await,
            None => yield_now().await,
        }
        let now = Instant::now();
        if now >= due {
            return now;
        }
    }
}

/// Tells the figures of each second; never ends.
async fn tell_recent<T>(live: bool, measured: &RefCell<Measured>, tell: impl Fn(Event)) -> T {
    if !live {
        return std::future::pending().await;
    }
    let mut seconds = interval(LIVE_INTERVAL);
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    seconds.tick().await;
    loop {
        seconds.tick().await;
        let mut measured = measured.borrow_mut();
        let failed = measured.failed();
        if let Some(latencies) = measured.recent.replace(Latencies::new()) {
            tell(Event::Recent { latencies, failed });
        }
    }
}
