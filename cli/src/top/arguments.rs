//! [`TopArguments`]: the options of `exhook top`.

use std::time::Duration;

use clap::Args;

use super::{column::SortColumn, target::Target};

const EXAMPLES: &str = "\
Examples:
  exhook top 9090       The program whose option admin is 9090 or 127.0.0.1:9090
  exhook top http://10.0.0.5:9090
                        A program on another machine
  exhook top $(pgrep -nf 'exhook run')
                        A process of this machine, wherever its admin listener is
  exhook top 9090 --sort p99 --interval 5
                        The slowest hooks of each five seconds first
  exhook top 9090 --once
                        One table, without a terminal
  exhook top 9090 --json --count 60
                        A minute of figures for a script, one JSON object a line

The program is started with the option as in
  exhook run main:app --admin 9090
  EXHOOK_ADMIN=127.0.0.1:9090 python main.py

A number is the id of a process where there is a process with it (on Linux, which tells the sockets
that it listens on), and a port of this machine otherwise; :9090 is always the port.

Rates, percentiles, verdicts and failures are those of the last interval; percentiles are at most a
quarter too large. `failed` is what user code did not answer: fallbacks and dropped notifications.

Keys: Left and Right or s choose the column to sort by, r turns the order round, Up and Down scroll,
space pauses, q, Esc or Ctrl-C quits.

Exit codes:
  0    Quit, or everything asked for was printed
  1    The program was lost, and was not back when --once or --count ended
  2    Nothing could be shown: wrong usage, nobody listening, or no program of exhook's
  130  Interrupted by Ctrl-C";

/// Watch what a running hook program does.
///
/// Reads the counters of a program, in any language, that runs with the option admin, and shows for
/// each hook how many calls a second come, how long their answers take, what they are, and what
/// fails. Where standard output is no terminal it prints one table, as with --once.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TopArguments {
    /// The program: http://host:port of its option admin, a port, or the id of its process
    #[arg(value_name = "URL|PORT|PID")]
    pub(super) target: Target,
    /// How many seconds lie between two looks
    #[arg(long, value_name = "S", default_value = "1", value_parser = parse_interval)]
    pub(super) interval: Duration,
    /// The column to sort by
    #[arg(long, value_name = "COLUMN", value_enum, default_value_t = SortColumn::Calls)]
    pub(super) sort: SortColumn,
    /// Print one table of one interval, and end
    #[arg(long, conflicts_with = "json")]
    pub(super) once: bool,
    /// Print one JSON object a line for each interval
    #[arg(long)]
    pub(super) json: bool,
    /// End after so many lines
    #[arg(long, value_name = "N", requires = "json",
          value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) count: Option<u64>,
}

fn parse_interval(text: &str) -> Result<Duration, String> {
    text.parse::<f64>()
        .ok()
        .filter(|seconds| (0.1..=3_600.0).contains(seconds))
        .map(Duration::from_secs_f64)
        .ok_or_else(|| "expected seconds, from 0.1 to 3600".to_owned())
}
