//! The command `exhook-conformance`.

use std::{io::Write as _, path::PathBuf, process::ExitCode};

use clap::Parser;
use exhook_conformance::{CASES, Choice, RunnerCommand, Suite, play};

const EXAMPLES: &str = "\
Examples:
  exhook-conformance --list
  exhook-conformance --runner 'python bindings-python/tests/conformance_runner.py'
  exhook-conformance --runner './runner --verbose' --case 'answers: authenticate'

Exit codes: 0 all cases passed, 1 a case failed, 2 the cases could not be played, 130 Ctrl-C.";

/// Plays the cases of tests/conformance against the runner of a language
#[derive(Debug, Parser)]
#[command(name = "exhook-conformance", version, after_help = EXAMPLES)]
struct Arguments {
    /// The command that starts the runner, with its arguments
    #[arg(long, value_name = "COMMAND", required_unless_present_any = ["list", "facts"])]
    runner: Option<String>,
    /// Only cases with this in their name; may be given more than once
    #[arg(long, value_name = "NAME")]
    case: Vec<String>,
    /// The folder of the cases, where it is not tests/conformance/cases
    #[arg(long, value_name = "FOLDER", default_value = CASES, hide_default_value = true)]
    cases: PathBuf,
    /// How many groups of cases are played at once
    #[arg(long, value_name = "N", default_value_t = 4)]
    jobs: usize,
    /// Print the names of the cases; as JSON also the facts that they stand for
    #[arg(long)]
    list: bool,
    /// Print the facts of real brokers that the cases stand for, as a list in Markdown
    #[arg(long)]
    facts: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(code) => ExitCode::from(code),
        Err(problem) => {
            let _ = writeln!(std::io::stderr(), "error: {problem}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<u8, Box<dyn std::error::Error>> {
    let suite = Suite::read(&arguments.cases)?;
    let mut output = std::io::stdout();
    if arguments.facts {
        write!(output, "{}", suite.facts())?;
        return Ok(0);
    }
    let Some(runner) = arguments.runner.as_deref().filter(|_| !arguments.list) else {
        let wanted = |name: &str| {
            arguments.case.is_empty() || arguments.case.iter().any(|part| name.contains(part))
        };
        for (name, fact) in suite.cases().filter(|(name, _)| wanted(name)) {
            if arguments.json {
                let line = serde_json::json!({ "case": name, "fact": fact });
                writeln!(output, "{line}")?;
            } else {
                writeln!(output, "{name}")?;
            }
        }
        return Ok(0);
    };
    let command = RunnerCommand::new(runner)?;
    let choice = Choice {
        names: arguments.case.clone(),
        jobs: arguments.jobs,
    };
    let runtime = tokio::runtime::Runtime::new()?;
    let report = runtime.block_on(play(&suite, &command, &choice))?;
    if report.runs.is_empty() {
        return Err("no case has such a name; --list prints them".into());
    }
    if arguments.json {
        writeln!(output, "{}", serde_json::to_string(&report)?)?;
    } else {
        writeln!(output, "{report}")?;
    }
    Ok(u8::from(report.failed().next().is_some()))
}
