//! What clients experienced, as tables.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    ledger::{ClientLedger, Ledger},
    scenario::Figures,
};
use crate::table::{
    Align::{self, Left, Right},
    table,
};

/// How many clients of a group are named that differ from the others.
const MOST_NAMED: usize = 10;
const COLUMNS: usize = 11;

/// One row for each client.
pub(super) fn clients(ledger: &Ledger) -> String {
    let mut rows = vec![head("client")];
    for client in ledger.groups.iter().flat_map(|group| &group.clients) {
        rows.push(row(&client.clientid, &client.figures()));
    }
    table(alignment(), &rows)
}

/// One row for each group, and the clients that differ from the others of theirs.
pub(super) fn groups(ledger: &Ledger) -> String {
    let mut rows = vec![head("group")];
    let mut different = String::new();
    for group in &ledger.groups {
        let name = format!("{} ({})", group.name, group.clients.len());
        rows.push(row(&name, &group.figures()));
        push_different(&mut different, &group.name, &group.clients);
    }
    if ledger.groups.len() > 1 {
        rows.push(row("all", &ledger.figures()));
    }
    table(alignment(), &rows) + &different
}

fn alignment() -> [Align; COLUMNS] {
    let mut columns = [Right; COLUMNS];
    columns[0] = Left;
    columns
}

fn head(first: &str) -> [String; COLUMNS] {
    [
        first,
        "accepted",
        "refused",
        "subscribed",
        "not granted",
        "published",
        "not allowed",
        "blocked",
        "rewritten",
        "lost",
        "received",
    ]
    .map(str::to_owned)
}

fn row(name: &str, figures: &Figures) -> [String; COLUMNS] {
    let numbers = [
        figures.accepted,
        figures.refused,
        figures.subscribed,
        figures.denied_subscriptions,
        figures.published,
        figures.denied_publishes,
        figures.blocked,
        figures.rewritten,
        figures.lost,
        figures.received,
    ];
    let mut numbers = numbers.into_iter();
    std::array::from_fn(|column| match column {
        0 => name.to_owned(),
        _ => numbers.next().unwrap_or_default().to_string(),
    })
}

/// What happened to a client, whatever the numbers.
fn outline(client: &ClientLedger) -> String {
    let figures = client.figures();
    let parts = [
        ("accepted", figures.accepted),
        ("refused", figures.refused),
        ("taken over", client.takeovers),
        ("subscriptions not granted", figures.denied_subscriptions),
        ("published", figures.published),
        ("publishes not allowed", figures.denied_publishes),
        ("blocked", figures.blocked),
        ("rewritten", figures.rewritten),
        ("lost", figures.lost),
        ("received", figures.received),
    ];
    let parts = parts.iter().filter(|(_, count)| *count > 0);
    let names: Vec<&str> = parts.map(|(name, _)| *name).collect();
    names.join(", ")
}

/// Names the clients that something else happened to than to most of their group.
fn push_different(text: &mut String, group: &str, clients: &[ClientLedger]) {
    let mut outlines = BTreeMap::<String, Vec<&str>>::new();
    for client in clients {
        outlines
            .entry(outline(client))
            .or_default()
            .push(&client.clientid);
    }
    let most = outlines.values().map(Vec::len).max().unwrap_or_default();
    let usual = outlines
        .iter()
        .find(|(_, clients)| clients.len() == most)
        .map(|(outline, _)| outline.clone());
    for (outline, clients) in outlines
        .iter()
        .filter(|(outline, _)| Some(*outline) != usual.as_ref())
    {
        let named = clients
            .iter()
            .take(MOST_NAMED)
            .copied()
            .collect::<Vec<_>>()
            .join(", ");
        let more = match clients.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let outline = if outline.is_empty() {
            "nothing happened"
        } else {
            outline
        };
        let _ = writeln!(text, "different in {group}: {outline}: {named}{more}");
    }
}
