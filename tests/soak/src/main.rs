//! Lets simulated brokers call hook programs of every language for a long time, while brokers, servers
//! and connections come and go, and checks every answer.

mod ledger;
mod program;
mod report;
mod standstill;
mod station;
mod traffic;
mod trend;
mod words;

use std::{
    fs,
    io::{IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use clap::{Parser, ValueEnum};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinSet,
};

use program::{Plan, free_address};
use report::{Report, ServerReport};
use standstill::Standstills;
use station::{Order, Outcome, Station};
use traffic::Load;

const EXAMPLES: &str = "\
Examples:
  exhook-soak --minutes 60
  exhook-soak --minutes 5 --languages python --rate 1000

Exit codes: 0 all is well, 1 something was wrong, 2 a server could not be started, 130 Ctrl-C.";

/// By how many MiB an hour the memory of a server may grow after it is warm.
const MOST_GROWTH: f64 = 8.0;
const TIMEOUT: Duration = Duration::from_secs(3);
const LATE: Duration = Duration::from_millis(3_600);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// Calls programs in Python, Node.js and C for a long time, and checks every answer
#[derive(Debug, Parser)]
#[command(name = "exhook-soak", version, after_help = EXAMPLES)]
struct Arguments {
    /// How long
    #[arg(long, value_name = "N", default_value_t = 60.0)]
    minutes: f64,
    /// In which languages programs are called, parted by spaces or commas
    #[arg(long, value_name = "NAMES", default_value = "python node c")]
    languages: String,
    /// How many calls a second all programs get together
    #[arg(long, value_name = "N", default_value_t = 400.0)]
    rate: f64,
    /// Of how many of a hundred valued calls the handler fails on purpose
    #[arg(long, value_name = "PERCENT", default_value_t = 1.0)]
    failures: f64,
    /// Where the report and the logs of the programs go
    #[arg(long, value_name = "FOLDER", default_value = "target/soak")]
    folder: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Language {
    Python,
    Node,
    C,
}

impl Language {
    fn command(self) -> Vec<PathBuf> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = folder.ancestors().nth(2).unwrap_or(folder);
        let programs = root.join("tests/soak/programs");
        match self {
            Language::Python => vec![
                root.join(".venv/bin/python"),
                programs.join("python/program.py"),
            ],
            Language::Node => vec!["node".into(), programs.join("node/program.mjs")],
            Language::C => vec![root.join("target/soak/program-c")],
        }
    }

    fn name(self) -> String {
        self.to_possible_value()
            .map_or(String::new(), |value| value.get_name().to_owned())
    }
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
    let languages: Vec<Language> = arguments
        .languages
        .split([' ', ','])
        .filter(|name| !name.is_empty())
        .map(|name| Language::from_str(name, true))
        .collect::<Result<_, _>>()?;
    fs::create_dir_all(&arguments.folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let report = runtime.block_on(soak(arguments, &languages))?;
    let file = arguments.folder.join("report.json");
    fs::write(&file, serde_json::to_vec_pretty(&report)?)?;
    writeln!(
        std::io::stdout(),
        "{report}\nThe same as JSON: {}",
        file.display()
    )?;
    Ok(match (report.is_clean(), report.interrupted) {
        (false, _) => 1,
        (true, true) => 130,
        (true, false) => 0,
    })
}

async fn soak(arguments: &Arguments, languages: &[Language]) -> Result<Report, String> {
    let length = Duration::from_secs_f64(arguments.minutes * 60.0);
    let standstills = Standstills::watch();
    let stations = stations(arguments, languages, length, &standstills)?;
    // These have their effect also where whoever started us ignores them.
    let signals = |kind| signal(kind).map_err(|error| error.to_string());
    let mut interrupt = signals(SignalKind::interrupt())?;
    let mut terminate = signals(SignalKind::terminate())?;
    let (end, ended) = watch::channel(false);
    let mut running = JoinSet::new();
    for (number, station) in stations.iter().enumerate() {
        let (station, ended) = (Arc::clone(station), ended.clone());
        running.spawn(async move { (number, station.run(ended).await) });
    }
    let began = Instant::now();
    let mut outcomes: Vec<Option<Outcome>> = stations.iter().map(|_| None).collect();
    let mut problem = None;
    let is_terminal = std::io::stdout().is_terminal();
    let mut telling = tokio::time::interval(Duration::from_secs(if is_terminal { 10 } else { 60 }));
    telling.tick().await;
    let mut interrupted = false;
    loop {
        tokio::select! {
            done = running.join_next() => match done {
                None => break,
                Some(Ok((number, Ok(outcome)))) => outcomes[number] = Some(outcome),
                Some(Ok((_, Err(error)))) => {
                    problem.get_or_insert(error);
                    end.send_replace(true);
                }
                Some(Err(error)) => {
                    problem.get_or_insert(error.to_string());
                    end.send_replace(true);
                }
            },
            () = tokio::time::sleep_until((began + length).into()), if !*end.borrow() => {
                end.send_replace(true);
            }
            _ = interrupt.recv() => {
                interrupted = true;
                end.send_replace(true);
            }
            _ = terminate.recv() => {
                interrupted = true;
                end.send_replace(true);
            }
            _ = telling.tick() => tell(&stations, began.elapsed(), length),
        }
    }
    if let Some(problem) = problem {
        return Err(problem);
    }
    let servers = stations
        .iter()
        .zip(outcomes)
        .map(|(station, outcome)| ServerReport::of(station, &outcome.unwrap_or_default()));
    let (count, longest) = standstills.summary();
    Ok(Report {
        seconds: began.elapsed().as_secs(),
        interrupted,
        standstills: count,
        longest_standstill_ms: longest.as_millis(),
        servers: servers.collect(),
    })
}

/// Two servers of each language: one that lives from the beginning to the end, one that does not.
fn stations(
    arguments: &Arguments,
    languages: &[Language],
    length: Duration,
    standstills: &Arc<Standstills>,
) -> Result<Vec<Arc<Station>>, String> {
    #[expect(clippy::cast_precision_loss, reason = "there are three languages")]
    let servers = languages.len() as f64 * 2.0;
    let disturbance_interval = (length / 8).clamp(Duration::from_secs(3), Duration::from_secs(60));
    let mut stations = Vec::new();
    for language in languages {
        for (kind, restart_interval) in [
            ("steady", None),
            ("restarted", Some(disturbance_interval * 3)),
        ] {
            let name = format!("{} {kind}", language.name());
            let address = || free_address().map_err(|error| error.to_string());
            let log = arguments
                .folder
                .join(format!("{}.log", name.replace(' ', "-")));
            let _ = fs::remove_file(&log);
            let order = Order {
                plan: Plan {
                    name,
                    command: language.command(),
                    address: address()?,
                    admin: address()?,
                    timeout: TIMEOUT,
                    late: LATE,
                    log,
                },
                load: Load {
                    rate: arguments.rate / servers,
                    failures: arguments.failures / 100.0,
                    request_timeout: REQUEST_TIMEOUT,
                },
                disturbance_interval,
                restart_interval,
                sample_interval: (length / 100)
                    .clamp(Duration::from_millis(250), Duration::from_secs(10)),
            };
            stations.push(Station::new(order, standstills));
        }
    }
    Ok(stations)
}

fn tell(stations: &[Arc<Station>], elapsed: Duration, length: Duration) {
    let (mut calls, mut bad, mut lost) = (0, 0, 0);
    let mut memory = Vec::new();
    for station in stations {
        let counts = station.ledger.counts();
        calls += counts.calls;
        bad += counts.wrong.count + counts.missing.count;
        lost += counts.lost.values().sum::<u64>();
        if station.order.restart_interval.is_none() {
            let name = station
                .order
                .plan
                .name
                .split(' ')
                .next()
                .unwrap_or_default();
            memory.push(format!("{name} {:.1}", station.rss()));
        }
    }
    let seconds = |time: Duration| format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60);
    let _ = writeln!(
        std::io::stdout(),
        "{} of {}: {calls} calls, {bad} wrong or missing, {lost} lost; MiB: {}",
        seconds(elapsed),
        seconds(length),
        memory.join(", "),
    );
}
