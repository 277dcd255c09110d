//! [`Report`]: what came of all cases.

use std::{fmt, time::Duration};

use serde::Serialize;

/// What came of the cases in one language.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The language.
    pub language: String,
    /// Every run of every case, in the order of their names.
    pub runs: Vec<Run>,
    /// How long all of it took.
    #[serde(rename = "elapsed_ms", serialize_with = "milliseconds")]
    pub elapsed: Duration,
}

/// One run of a case.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    /// The file, the group, the case, and the broker.
    pub name: String,
    /// The kind of handlers.
    pub kind: String,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// How long it took.
    #[serde(rename = "elapsed_ms", serialize_with = "milliseconds")]
    pub elapsed: Duration,
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", content = "why", rename_all = "lowercase")]
pub enum Outcome {
    /// All was as expected.
    Passed,
    /// Something was not; says what.
    Failed(String),
    /// The language cannot have it; says why.
    Skipped(String),
}

impl Report {
    /// The runs that failed.
    pub fn failed(&self) -> impl Iterator<Item = &Run> {
        self.runs
            .iter()
            .filter(|run| matches!(run.outcome, Outcome::Failed(_)))
    }

    fn count(&self, wanted: impl Fn(&Outcome) -> bool) -> usize {
        self.runs.iter().filter(|run| wanted(&run.outcome)).count()
    }
}

impl fmt::Display for Report {
    /// What failed and what was skipped, and a line with the sums.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Run {
            name,
            kind,
            outcome,
            ..
        } in &self.runs
        {
            match outcome {
                Outcome::Passed => {}
                Outcome::Failed(why) => writeln!(formatter, "FAILED  {name} ({kind})\n  {why}")?,
                Outcome::Skipped(why) => writeln!(formatter, "skipped {name}: {why}")?,
            }
        }
        write!(
            formatter,
            "{}: {} passed, {} failed, {} skipped ({:.1} s)",
            self.language,
            self.count(|outcome| *outcome == Outcome::Passed),
            self.failed().count(),
            self.count(|outcome| matches!(outcome, Outcome::Skipped(_))),
            self.elapsed.as_secs_f64()
        )
    }
}

fn milliseconds<S: serde::Serializer>(
    duration: &Duration,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64() * 1_000.0)
}
