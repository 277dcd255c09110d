//! The command line of exhook, as a library: the binary `exhook` and the Python package run it.

mod bench;
mod check;
mod choices;
mod emqx;
mod event;
mod expectation;
mod output;
mod play;
mod record;
mod recording;
mod register;
mod replay;
mod report;
mod table;
mod tally;
mod transcode;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use bench::BenchArguments;
use check::CheckArguments;
use record::RecordArguments;
use register::{RegisterArguments, UnregisterArguments};
use replay::ReplayArguments;

/// Everything was as it should be.
const SUCCESS: i32 = 0;
/// The server under test did something wrong.
const FAILED: i32 = 1;
/// The command could not do its work: wrong usage, unreadable input, nobody listening.
const UNUSABLE: i32 = 2;
/// The command was interrupted by Ctrl-C.
const INTERRUPTED: i32 = 130;

const EXAMPLES: &str = "\
Examples:
  exhook replay emqx-5.8.9.calls.jsonl --to http://127.0.0.1:9000
                        Send a broker's recorded calls to a hook program
  exhook record --listen :9001 --to 127.0.0.1:9000 --out today.calls.jsonl
                        Write down the calls between a broker and a hook program
  exhook bench --to http://127.0.0.1:9000
                        Measure how many calls a second it answers, and how fast
  exhook check http://127.0.0.1:9000
                        Find out what brokers would make of a hook program
  exhook register --emqx http://127.0.0.1:18083 --name hooks --url http://10.0.0.5:9000
                        Make a running EMQX call it
  exhook help replay    All that replay can do";

/// Tools for programs that serve EMQX's exhook hooks.
#[derive(Debug, Parser)]
#[command(name = "exhook", version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Bench(BenchArguments),
    Check(CheckArguments),
    Register(RegisterArguments),
    Unregister(UnregisterArguments),
    Record(RecordArguments),
    Replay(ReplayArguments),
}

/// Runs a command line, whose first argument is the program's name, and returns its exit code:
/// 0 when all was well, 1 when the server under test was at fault, 2 when the command could not
/// do its work, 130 after Ctrl-C.
///
/// Blocks the calling thread, on a tokio runtime of its own; it must not be called on a thread of
/// another one. Ctrl-C is taken over once a command works, and ends it; the program is never
/// ended. Output goes to the process's standard output and standard error.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> i32 {
    match Arguments::try_parse_from(arguments) {
        Ok(arguments) => match arguments.command {
            Command::Record(arguments) => record::run(&arguments),
            Command::Check(arguments) => check::run(&arguments),
            Command::Register(arguments) => register::register(&arguments),
            Command::Unregister(arguments) => register::unregister(&arguments),
            Command::Bench(arguments) => bench::run(&arguments),
            Command::Replay(arguments) => replay::run(&arguments),
        },
        Err(error) => {
            // A closed pipe is no reason to complain.
            let _ = error.print();
            error.exit_code()
        }
    }
}
