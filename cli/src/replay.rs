//! `exhook replay`: recorded calls of a broker, sent to a hook program.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use clap::Args;
use exhook::testing::{BrokerPool, Endpoint};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::runtime::Builder;

use crate::{
    FAILED, INTERRUPTED, SUCCESS, UNUSABLE,
    choices::{PackageChoice, Speed, parse_package, parse_speed},
    expectation::{Expectation, Ignored},
    output::{complain, print},
    play::{Player, Script},
    recording::Recording,
    report::Report,
    tally::Tally,
    tls::TlsArguments,
};

const EXAMPLES: &str = "\
Examples:
  exhook replay emqx-5.8.9.calls.jsonl --to http://127.0.0.1:9000
                        Every call, as fast as the program answers
  exhook replay *.calls.jsonl --to unix:/run/exhook.sock --speed 1
                        Several recordings one after another, at the pace of the broker
  exhook replay emqx-5.9.2.calls.jsonl --to 127.0.0.1:9000 --package v1
                        Calls of EMQX 5.9 as EMQX 4 would have made them
  exhook replay emqx-5.8.9.calls.jsonl --to 127.0.0.1:9000 --json --quiet
                        Figures for a script, no progress bar
  exhook replay today.calls.jsonl --to 127.0.0.1:9000 --expect
                        The answers must be those that exhook record wrote down
  exhook replay today.calls.jsonl --to 127.0.0.1:9000 --expect --ignore payload
                        The same, where payloads have something new each time, such as a date

Exit codes:
  0    Every call was answered as the broker needs it, and as --expect does
  1    An answer failed: late, an error, or nothing that the broker could use; or it was another
       one than recorded
  2    Nothing could be sent: wrong usage, an unreadable file, nobody listening
  130  Interrupted by Ctrl-C";

/// Send the recorded calls of a broker to a hook program, and check its answers.
///
/// Reads *.calls.jsonl files, sends their calls over several connections as EMQX does (all calls
/// of an MQTT client over one of them, in recorded order, one at a time), and checks every answer
/// as EMQX would: in time, gRPC status 0, not compressed, and a verdict that suits the hook.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ReplayArguments {
    /// The recordings, one call a line
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where the program listens
    #[arg(
        long,
        value_name = "URL",
        help = "Where the program listens: http://host:port, https://host:port, host:port or \
                unix:/path"
    )]
    to: Endpoint,
    /// The package to speak: as-recorded, v1, v2 or v3
    #[arg(long, default_value = "as-recorded", value_parser = parse_package)]
    package: PackageChoice,
    /// How many times faster than recorded: a number, or max for no pauses
    #[arg(long, default_value = "max", value_parser = parse_speed)]
    speed: Speed,
    /// How many connections to open; a broker has 8 a node
    #[arg(long, value_name = "N", default_value_t = 8,
          value_parser = clap::value_parser!(u16).range(1..=1024))]
    connections: u16,
    /// How many milliseconds to wait for an answer; a broker waits 5000
    #[arg(long, value_name = "MS", default_value_t = 5_000,
          value_parser = clap::value_parser!(u64).range(1..))]
    timeout_ms: u64,
    /// Compare the answers with the recorded ones, which `exhook record` writes
    #[arg(long)]
    expect: bool,
    /// What may be different from the recorded answer
    #[arg(
        long,
        value_name = "WHAT",
        value_delimiter = ',',
        value_enum,
        requires = "expect"
    )]
    ignore: Vec<Ignored>,
    /// Print the report as one JSON object
    #[arg(long)]
    json: bool,
    /// No progress bar, and no table unless something failed or differs
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    tls: TlsArguments,
}

/// Runs the command and returns its exit code.
pub(crate) fn run(arguments: &ReplayArguments) -> i32 {
    match try_run(arguments) {
        Ok(code) => code,
        Err(problem) => {
            complain(&problem);
            UNUSABLE
        }
    }
}

fn try_run(arguments: &ReplayArguments) -> Result<i32, String> {
    let mut scripts = Vec::new();
    if arguments.expect && matches!(arguments.package, PackageChoice::Always(_)) {
        return Err(
            "--expect compares what was answered in the recorded package; leave out --package"
                .to_owned(),
        );
    }
    for file in &arguments.files {
        let recording = Recording::read(file)?;
        if arguments.expect && recording.calls.iter().all(|call| call.answer.is_none()) {
            return Err(format!(
                "{}: there are no answers in it that could be expected; exhook record writes them",
                recording.file
            ));
        }
        scripts.push(Script::new(recording, arguments.package)?);
    }
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start a runtime: {error}"))?;
    runtime.block_on(replay(arguments, scripts))
}

async fn replay(arguments: &ReplayArguments, scripts: Vec<Script>) -> Result<i32, String> {
    let to = arguments.tls.endpoint(&arguments.to)?;
    let pool = BrokerPool::open(&to, usize::from(arguments.connections))
        .await
        .map_err(|error| to.cannot_connect(&error))?;
    let skipped = scripts.iter().map(|script| script.skipped).sum();
    let count = scripts.iter().map(|script| script.calls.len() as u64).sum();
    let tally = Arc::new(Mutex::new(Tally::default()));
    let expectation = Expectation::new(arguments.ignore.clone());
    let expectation = arguments.expect.then(|| Arc::new(Mutex::new(expectation)));
    let progress = progress_bar(count, arguments.quiet);
    let player = Arc::new(Player {
        pool,
        speed: arguments.speed,
        timeout: Duration::from_millis(arguments.timeout_ms),
        tally: Arc::clone(&tally),
        expectation: expectation.clone(),
        progress: progress.clone(),
    });
    let began = Instant::now();
    let interrupted = tokio::select! {
        () = play_all(&player, scripts) => false,
        // Where Ctrl-C cannot be received, the program's own way of ending stays.
        Ok(()) = tokio::signal::ctrl_c() => true,
    };
    let elapsed = began.elapsed();
    progress.finish_and_clear();

    let tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
    let expectation = expectation
        .as_ref()
        .map(|expectation| expectation.lock().unwrap_or_else(PoisonError::into_inner));
    let differs = expectation
        .as_ref()
        .is_some_and(|expectation| expectation.differs());
    let is_bad = differs || tally.failures() > 0;
    let report = Report {
        tally: &tally,
        expectation: expectation.as_deref(),
        recorded: count,
        skipped,
        connections: arguments.connections,
        elapsed,
    };
    if arguments.json {
        print(&report.to_json());
    } else if !arguments.quiet || is_bad {
        print(&report.to_text());
    }
    Ok(if interrupted {
        INTERRUPTED
    } else if is_bad {
        FAILED
    } else {
        SUCCESS
    })
}

async fn play_all(player: &Arc<Player>, scripts: Vec<Script>) {
    for script in scripts {
        player.play(Arc::new(script)).await;
    }
}

fn progress_bar(count: u64, quiet: bool) -> ProgressBar {
    // Draws nothing where standard error is no terminal.
    let target = if quiet {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    };
    let progress = ProgressBar::with_draw_target(Some(count), target);
    if let Ok(style) =
        ProgressStyle::with_template("{wide_bar} {pos} of {len} calls, {per_sec}, {eta} left")
    {
        progress.set_style(style);
    }
    progress
}
