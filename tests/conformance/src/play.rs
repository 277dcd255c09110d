//! [`play`]: every group of cases against every kind of handler that suits it.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
    Problem,
    answer::Answer,
    program::Program,
    report::{Outcome, Report, Run},
    reserved::Reserved,
    runner::{Capabilities, Runner, RunnerCommand},
    stage::Stage,
    suite::{Group, Kinds, Suite},
};

/// A case that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(90);

/// Which cases are played, and how many groups at once.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Only cases with one of these in their name; all where there are none.
    pub names: Vec<String>,
    /// How many groups are played at once, each with a runner of its own.
    pub jobs: usize,
}

/// The runners of a group of cases.
pub(crate) struct Runners {
    command: RunnerCommand,
    kind: String,
    programs: Vec<Program>,
    pub(crate) list: Vec<Runner>,
    /// The addresses that programs come back to.
    reserved: Vec<Reserved>,
}

impl Runners {
    async fn start(command: &RunnerCommand, group: &Group, kind: &str) -> Result<Self, Problem> {
        let mut runners = Self {
            command: command.clone(),
            kind: kind.to_owned(),
            programs: group.providers.clone(),
            list: Vec::new(),
            reserved: Vec::new(),
        };
        for program in &group.providers {
            let mut bind = "127.0.0.1:0".to_owned();
            if group.restarts() {
                let reserved = Reserved::new().map_err(|error| format!("no free port: {error}"))?;
                bind.clone_from(&reserved.address);
                runners.reserved.push(reserved);
            }
            let lines = program.lines(kind, &bind);
            runners.list.push(runners.command.start(&lines).await?);
        }
        Ok(runners)
    }

    /// The runner of a provider, counted from 1.
    pub(crate) fn get(&mut self, provider: usize) -> Result<&mut Runner, Problem> {
        let count = self.list.len();
        provider
            .checked_sub(1)
            .and_then(|place| self.list.get_mut(place))
            .ok_or_else(|| format!("there is no provider {provider}; the group has {count}"))
    }

    /// Starts a provider that was stopped, where it listened before.
    pub(crate) async fn restart(&mut self, provider: usize) -> Result<(), Problem> {
        let old = self.get(provider)?;
        old.stop().await?;
        let address = old.address.clone();
        let lines = self.programs[provider - 1].lines(&self.kind, &address);
        self.list[provider - 1] = self.command.start(&lines).await?;
        Ok(())
    }

    async fn stop(mut self) -> Result<(), Problem> {
        for runner in &mut self.list {
            runner.stop().await?;
        }
        Ok(())
    }
}

/// Plays the cases of `choice` against the runner, and tells what came of each.
///
/// Runs on the tokio runtime of the caller.
///
/// # Errors
///
/// When the runner cannot be started, or does not say what it can do.
pub async fn play(
    suite: &Suite,
    command: &RunnerCommand,
    choice: &Choice,
) -> Result<Report, String> {
    let begun = Instant::now();
    let capabilities = command.capabilities().await?;
    let turns = Arc::new(Semaphore::new(choice.jobs.max(1)));
    let mut playing = JoinSet::new();
    let mut runs = Vec::new();
    for group in &suite.groups {
        let Some(group) = chosen(group, &choice.names) else {
            continue;
        };
        let group = Arc::new(group);
        let kinds = match kinds_of(&group, &capabilities) {
            Ok(kinds) => kinds,
            Err(reason) => {
                runs.push(skipped(&group, &reason));
                continue;
            }
        };
        for kind in kinds {
            let (group, command, turns) = (Arc::clone(&group), command.clone(), turns.clone());
            playing.spawn(async move {
                let _turn = turns.acquire_owned().await;
                play_group(&group, &command, &kind).await
            });
        }
    }
    while let Some(played) = playing.join_next().await {
        runs.extend(played.map_err(|error| error.to_string())?);
    }
    runs.sort_by(|one, other| (&one.name, &one.kind).cmp(&(&other.name, &other.kind)));
    Ok(Report {
        language: capabilities.language,
        runs,
        elapsed: begun.elapsed(),
    })
}

/// The group with only its chosen cases; none where there are none.
fn chosen(group: &Group, names: &[String]) -> Option<Group> {
    let is_chosen = |name: &str| names.is_empty() || names.iter().any(|part| name.contains(part));
    let mut group = group.clone();
    let prefix = group.name.clone();
    group
        .cases
        .retain(|case| is_chosen(&format!("{prefix}: {}", case.name)));
    (!group.cases.is_empty()).then_some(group)
}

/// The kinds of handlers that a group is played with, or why with none.
fn kinds_of(group: &Group, capabilities: &Capabilities) -> Result<Vec<String>, String> {
    let language = &capabilities.language;
    let answers: Vec<_> = group.providers.iter().flat_map(Program::answers).collect();
    let words: HashSet<_> = answers.iter().flat_map(Answer::words).collect();
    if let Some(lacking) = capabilities
        .lacks
        .iter()
        .find(|lacking| words.contains(lacking.as_str()))
    {
        return Err(format!("{language} has no answer {lacking}"));
    }
    let kinds = if group.providers.iter().any(Program::waits) {
        &capabilities.waits
    } else {
        &capabilities.kinds
    };
    match (group.kinds, kinds.first()) {
        (_, None) => Err(format!("no kind of handlers of {language} may wait")),
        (Kinds::Every, _) => Ok(kinds.clone()),
        (Kinds::One, Some(first)) => Ok(vec![first.clone()]),
    }
}

fn skipped(group: &Group, reason: &str) -> Run {
    Run {
        name: group.name.clone(),
        kind: "-".to_owned(),
        outcome: Outcome::Skipped(reason.to_owned()),
        elapsed: Duration::ZERO,
    }
}

async fn play_group(group: &Group, command: &RunnerCommand, kind: &str) -> Vec<Run> {
    let run_of = |case: &str, outcome: Result<(), Problem>, elapsed| Run {
        name: format!("{}: {case}", group.name),
        kind: kind.to_owned(),
        outcome: outcome.map_or_else(Outcome::Failed, |()| Outcome::Passed),
        elapsed,
    };
    let mut runners = match Runners::start(command, group, kind).await {
        Ok(runners) => runners,
        Err(problem) => {
            let failed =
                |case: &crate::case::Case| run_of(&case.name, Err(problem.clone()), Duration::ZERO);
            return group.cases.iter().map(failed).collect();
        }
    };
    let mut runs = Vec::new();
    for (number, case) in group.cases.iter().enumerate() {
        let begun = Instant::now();
        let played = tokio::time::timeout(PATIENCE, Stage::new(&mut runners, case, number).play());
        let outcome = played
            .await
            .unwrap_or_else(|_| Err(format!("it takes longer than {PATIENCE:?}")));
        runs.push(run_of(&case.name, outcome, begun.elapsed()));
    }
    if let Err(problem) = runners.stop().await {
        runs.push(run_of(
            "the end of the program",
            Err(problem),
            Duration::ZERO,
        ));
    }
    runs
}
