//! The steps of a scenario, each at its moment.

use std::fmt::Write as _;

use tokio::{sync::mpsc::UnboundedSender, time::sleep_until};

use super::{
    actor::Order,
    moment::Event,
    plan::Plan,
    scenario::{Deed, Step},
    stage::Stage,
};

/// Where the clients of each group take their orders.
pub(super) type Orders = Vec<Vec<UnboundedSender<Order>>>;

/// Performs all steps, one after the other.
pub(super) async fn perform_all(stage: &Stage, plan: &Plan, orders: &Orders) {
    for step in &plan.steps {
        sleep_until(stage.began + step.at.0).await;
        stage.note(Event::Step {
            what: describe(step),
        });
        perform(stage, plan, orders, step).await;
    }
}

async fn perform(stage: &Stage, plan: &Plan, orders: &Orders, step: &Step) {
    let broker = &stage.broker;
    match step.deed {
        Deed::Delay => broker.delay_calls(step.delay.unwrap_or_default().0),
        Deed::Cut => broker.cut_connections().await,
        Deed::Restart => {
            broker.restart(step.orderly.unwrap_or(true)).await;
            stage.look_anew();
        }
        Deed::Disable | Deed::Enable => {
            for provider in &plan.broker.providers {
                if step
                    .provider
                    .as_ref()
                    .is_some_and(|name| *name != provider.name)
                {
                    continue;
                }
                // The plan has made sure of the name.
                let _ = match step.deed {
                    Deed::Disable => broker.disable(&provider.name).await,
                    _ => broker.enable(&provider.name).await,
                };
            }
            stage.look();
        }
        Deed::RequestTimeout => broker.set_request_timeout(step.timeout.unwrap_or_default().0),
        Deed::Takeover | Deed::Disconnect | Deed::LoseConnection | Deed::Connect => {
            order(stage, plan, orders, step);
        }
    }
}

/// Tells the clients that the step is about.
fn order(stage: &Stage, plan: &Plan, orders: &Orders, step: &Step) {
    for (group, orders) in plan.groups.iter().zip(orders) {
        if step
            .clients
            .as_ref()
            .is_some_and(|name| *name != group.name)
        {
            continue;
        }
        let count = step.count.map_or(orders.len(), |count| count as usize);
        for client in orders.iter().take(count) {
            // Clients that have left do nothing any more.
            let _ = client.send(Order {
                deed: step.deed,
                busy: stage.busy.hold(),
            });
        }
    }
}

fn describe(step: &Step) -> String {
    let mut text = step.deed.name().to_owned();
    let mut push = |value: Option<String>| {
        if let Some(value) = value {
            let _ = write!(text, " {value}");
        }
    };
    push(step.delay.map(|delay| delay.to_string()));
    push(step.timeout.map(|timeout| timeout.to_string()));
    push(step.provider.clone());
    push(
        step.orderly
            .map(|orderly| if orderly { "orderly" } else { "not orderly" }.to_owned()),
    );
    push(step.clients.clone());
    push(step.count.map(|count| format!("({count} clients)")));
    text
}
