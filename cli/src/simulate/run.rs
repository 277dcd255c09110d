//! A run of a plan, from the load of the providers to the end of the last client.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use exhook::testing::{Broker, CallResult, HookCall};
use tokio::{
    sync::{mpsc::unbounded_channel, watch},
    task::JoinSet,
    time::{sleep, sleep_until},
};

use super::{
    actor::Actor,
    ledger::{Clock, SharedLedger},
    moment::Watch,
    plan::Plan,
    stage::{Busy, Gate, Stage},
    steps::{self, Orders},
    voice::{Voice, moment},
};

/// How often somebody looks at the providers.
const LOOK_INTERVAL: Duration = Duration::from_millis(10);
const PROGRESS_INTERVAL: Duration = Duration::from_millis(200);

/// Runs the plan, and writes down what happens. It can be ended at any time by dropping it.
pub(super) async fn run(
    plan: &Plan,
    ledger: &SharedLedger,
    voice: &Voice,
    clock: &Clock,
) -> Result<(), String> {
    voice.progress("loading the providers".to_owned());
    let observer = observer(ledger.clone(), voice.clone());
    let broker = Broker::start_observed(plan.broker.clone(), observer)
        .await
        .map_err(|error| error.to_string())?;
    let waited_for = plan
        .groups
        .iter()
        .filter(|group| Actor::is_waited_for(group));
    let (end, ending) = watch::channel(false);
    let stage = Arc::new(Stage {
        broker,
        ledger: ledger.clone(),
        voice: voice.clone(),
        began: clock.start(),
        seed: plan.seed,
        gate: Gate::new(waited_for.map(|group| group.count as usize).sum()),
        busy: Busy::default(),
        ending,
        watch: Mutex::new(Watch::default()),
    });
    stage.look();
    let played = async {
        let (mut actors, orders) = enter(&stage, plan);
        until_the_end(&stage, plan, &orders).await;
        // Actors hold the other end.
        let _ = end.send(true);
        while actors.join_next().await.is_some() {}
        stage.look();
    };
    tokio::select! {
        () = played => {}
        () = look_again_and_again(&stage) => {}
        () = show_progress(&stage, plan), if voice.is_seen() => {}
    }
    // Nobody looks any more: that all providers are unloaded at the end is nothing new.
    stage.broker.stop().await;
    Ok(())
}

/// Counts each call of the broker, and tells of those that fail.
fn observer(ledger: SharedLedger, voice: Voice) -> impl Fn(&HookCall) + Send + Sync + 'static {
    move |call| {
        ledger
            .open()
            .hooks
            .entry(call.hook.name())
            .or_default()
            .add(call);
        let (what, reason) = match &call.result {
            CallResult::Answered { .. } => return,
            CallResult::Unusable { reason } => ("unusable", reason),
            CallResult::Failed { reason } => ("failed", reason),
        };
        voice.tell(|| format!("{}  {} {what}: {reason}", call.clientid, call.hook));
    }
}

/// Lets all clients begin.
fn enter(stage: &Arc<Stage>, plan: &Plan) -> (JoinSet<()>, Orders) {
    let mut actors = JoinSet::new();
    let mut orders = Orders::new();
    for (place, group) in plan.groups.iter().enumerate() {
        let mut group_orders = Vec::new();
        for n in 1..=group.count {
            let (sender, receiver) = unbounded_channel();
            actors.spawn(Actor::new(stage, group, place, n, receiver).play());
            group_orders.push(sender);
        }
        orders.push(group_orders);
    }
    (actors, orders)
}

async fn until_the_end(stage: &Stage, plan: &Plan, orders: &Orders) {
    let all_done = async {
        steps::perform_all(stage, plan, orders).await;
        if plan.ends_when_done {
            stage.busy.ended().await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = all_done => {}
        () = sleep_until(stage.began + plan.duration) => {}
    }
}

async fn look_again_and_again(stage: &Stage) {
    loop {
        sleep(LOOK_INTERVAL).await;
        stage.look();
    }
}

async fn show_progress(stage: &Stage, plan: &Plan) {
    loop {
        stage.voice.progress(progress(stage, plan));
        sleep(PROGRESS_INTERVAL).await;
    }
}

fn progress(stage: &Stage, plan: &Plan) -> String {
    let ledger = stage.ledger.open();
    let figures = ledger.figures();
    format!(
        "{} of {}  {} accepted  {} refused  {} published  {} failed calls",
        moment(stage.began.elapsed()),
        moment(plan.duration),
        figures.accepted,
        figures.refused,
        figures.published,
        ledger.failed_calls() + ledger.unusable_answers(),
    )
}
