//! [`Simulated`]: a simulated broker that calls the programs of a case.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use exhook::testing::Operator;
use serde_json::{Map, Value, json};

use crate::{Problem, case::Case, expect::is_part_of, play::Runners, step::DoStep};

const PATIENCE: Duration = Duration::from_secs(40);
const LOOK: Duration = Duration::from_millis(10);
/// Settings of each provider, where a case has them beside those of the broker.
const OF_PROVIDERS: [&str; 4] = [
    "request_timeout_ms",
    "failed_action",
    "auto_reconnect_ms",
    "pool_size",
];

/// A broker of the case's version, and the clients that it has met.
pub(crate) struct Simulated {
    operator: Operator,
    clients: HashSet<String>,
    run: String,
}

impl Simulated {
    /// Starts the broker, with the programs as its providers `p1`, `p2`, ….
    pub(crate) async fn start(case: &Case, runners: &Runners, run: &str) -> Result<Self, Problem> {
        let mut settings = json!({ "version": case.broker.to_string(), "pace": 20.0 });
        let mut common = json!({ "request_timeout_ms": 20_000, "pool_size": 2 });
        for (key, value) in case.settings.as_object().into_iter().flatten() {
            let place = if OF_PROVIDERS.contains(&key.as_str()) {
                &mut common
            } else {
                &mut settings
            };
            place[key] = value.clone();
        }
        let providers = runners.list.iter().enumerate().map(|(place, runner)| {
            let mut provider = common.clone();
            provider["name"] = format!("p{}", place + 1).into();
            provider["url"] = format!("http://{}", runner.address).into();
            provider
        });
        settings["providers"] = providers.collect();
        let operator = Operator::start_json(&settings.to_string())
            .await
            .map_err(|error| error.to_string())?;
        Ok(Self {
            operator,
            clients: HashSet::new(),
            run: run.to_owned(),
        })
    }

    /// Performs a command, and compares its outcome.
    pub(crate) async fn perform(&mut self, step: &DoStep) -> Result<(), Problem> {
        let command = self.prepared(step.command.clone()).await?;
        let begun = Instant::now();
        loop {
            let outcome = self.outcome(&command).await?;
            let Some(expected) = &step.expect else {
                return Ok(());
            };
            match is_part_of(expected, &outcome) {
                Err(_) if step.eventually && begun.elapsed() < PATIENCE => {
                    tokio::time::sleep(LOOK).await;
                }
                Err(problem) => return Err(format!("{problem}; all of it is {outcome}")),
                Ok(()) => return Ok(()),
            }
        }
    }

    /// The command, with the client in it made where it is new.
    async fn prepared(&mut self, mut command: Value) -> Result<Value, Problem> {
        let Some(client) = command["client"].as_str().map(str::to_owned) else {
            return Ok(command);
        };
        let clientid = format!("{client}{}", self.run);
        if command["do"] == "client" {
            let id = command["settings"]["clientid"].as_str().unwrap_or(&client);
            command["settings"]["clientid"] = format!("{id}{}", self.run).into();
            self.clients.insert(client);
        } else if self.clients.insert(client.clone()) {
            let settings = json!({ "clientid": clientid });
            let make = json!({ "do": "client", "client": client, "settings": settings });
            self.outcome(&make).await?;
        }
        Ok(command)
    }

    async fn outcome(&self, command: &Value) -> Result<Value, Problem> {
        let outcome = self
            .operator
            .perform_json(&command.to_string())
            .await
            .map_err(|error| error.to_string())?;
        let outcome = serde_json::from_str(&outcome).map_err(|error| error.to_string())?;
        Ok(readable(outcome, &self.run))
    }
}

/// An outcome without what tells runs apart; messages also have their `payload` as text, and
/// what has `calls` also has `asked`: each hook with what was answered, where that is not `done`.
fn readable(outcome: Value, run: &str) -> Value {
    match outcome {
        Value::String(text) => text.strip_suffix(run).unwrap_or(&text).into(),
        Value::Array(items) => items.into_iter().map(|item| readable(item, run)).collect(),
        Value::Object(fields) => {
            let mut read: Map<_, _> = fields
                .into_iter()
                .map(|(key, value)| (key, readable(value, run)))
                .collect();
            if let Some(payload) = read.get("payload_base64").and_then(decoded) {
                read.insert("payload".to_owned(), payload.into());
            }
            if let Some(Value::Array(calls)) = read.get("calls") {
                let asked = calls.iter().map(asked).collect();
                read.insert("asked".to_owned(), asked);
            }
            Value::Object(read)
        }
        other => other,
    }
}

fn decoded(base64: &Value) -> Option<String> {
    let bytes = STANDARD.decode(base64.as_str()?).ok()?;
    String::from_utf8(bytes).ok()
}

fn asked(call: &Value) -> Value {
    let hook = call["hook"].as_str().unwrap_or_default();
    match (call["result"].as_str(), call["verdict"].as_str()) {
        (Some("answered"), Some("done")) => hook.into(),
        (Some("answered"), Some(verdict)) => format!("{hook} {verdict}").into(),
        (result, _) => format!("{hook} {}", result.unwrap_or_default()).into(),
    }
}
