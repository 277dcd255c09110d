//! [`Case`]: one thing that brokers rely on, and how it is seen.

use exhook::testing::Release;
use serde::Deserialize;

use crate::{Problem, step::Step};

/// A case as it is played: for one broker, with nothing left to fill in.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// What it is called, with the broker.
    pub(crate) name: String,
    /// What it is called in its file, placeholders included.
    pub(crate) title: String,
    /// The fact that it stands for, where it is one of real brokers.
    pub(crate) fact: Option<String>,
    /// The broker whose side is played.
    pub(crate) broker: Release,
    /// Settings of the simulated broker, where one is played.
    pub(crate) settings: serde_json::Value,
    /// What happens.
    pub(crate) steps: Vec<Step>,
}

/// A case as a file gives it, with its placeholders filled in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseTable {
    name: String,
    fact: Option<String>,
    #[serde(default, rename = "why")]
    _why: Option<String>,
    #[serde(default)]
    settings: toml::Table,
    #[serde(default)]
    steps: Vec<toml::Table>,
}

impl Case {
    /// Reads a case from a table for `broker`.
    pub(crate) fn read(
        title: String,
        table: toml::Table,
        broker: Release,
    ) -> Result<Self, Problem> {
        let table: CaseTable = table
            .try_into()
            .map_err(|error: toml::de::Error| error.message().to_owned())?;
        if table.steps.is_empty() {
            return Err("it has no steps".to_owned());
        }
        let mut steps = Vec::new();
        for (place, step) in table.steps.into_iter().enumerate() {
            let step = Step::read(step).map_err(|problem| format!("step {place}: {problem}"))?;
            steps.push(step);
        }
        let settings = serde_json::to_value(table.settings).map_err(|error| error.to_string())?;
        Ok(Self {
            name: table.name,
            title,
            fact: table.fact,
            broker,
            settings,
            steps,
        })
    }
}
