//! Runs of the command, with scenarios of the test.

use std::{fs, path::PathBuf, process};

use serde_json::Value;

use super::support::{Finished, exhook};

/// A scenario in a file of its own, which goes with it.
pub(crate) struct ScenarioFile(pub(crate) PathBuf);

impl ScenarioFile {
    /// `name` tells it from those of other tests, and has the extension.
    pub(crate) fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("exhook-{}-{name}", process::id()));
        fs::write(&path, text).expect("a file");
        Self(path)
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().expect("text")
    }
}

impl Drop for ScenarioFile {
    fn drop(&mut self) {
        // What is left is the system's to remove.
        let _ = fs::remove_file(&self.0);
    }
}

/// Runs a scenario against `to`, with further arguments.
pub(crate) fn simulate(scenario: &ScenarioFile, to: &str, more: &[&str]) -> Finished {
    let fixed = ["simulate", scenario.path(), "--to", to];
    exhook(fixed.iter().chain(more))
}

/// The report of a run with `--json`.
pub(crate) fn report(finished: &Finished) -> Value {
    serde_json::from_str(&finished.stdout).unwrap_or_else(|error| panic!("{error}: {finished:?}"))
}

/// What the report tells of a hook.
pub(crate) fn hook<'report>(report: &'report Value, name: &str) -> &'report Value {
    let hooks = report["hooks"].as_array().expect("hooks");
    let found = hooks.iter().find(|hook| hook["hook"] == name);
    found.unwrap_or_else(|| panic!("{name} is not in {report:#}"))
}

/// The figures of a client.
pub(crate) fn client<'report>(report: &'report Value, clientid: &str) -> &'report Value {
    let groups = report["groups"].as_array().expect("groups").iter();
    let mut clients = groups.flat_map(|group| group["clients"].as_array().expect("clients"));
    let found = clients.find(|client| client["clientid"] == clientid);
    found.unwrap_or_else(|| panic!("{clientid} is not in {report:#}"))
}
