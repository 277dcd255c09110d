//! The command line of exhook, as a library: the binary `exhook` and the Python package run it.

mod bench;
mod certs;
mod check;
mod choices;
mod completions;
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
mod run_verb;
mod simulate;
mod table;
mod tally;
mod tls;
mod top;

use std::ffi::OsString;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use bench::BenchArguments;
use certs::CertsArguments;
use check::CheckArguments;
use completions::CompletionsArguments;
use record::RecordArguments;
use register::{RegisterArguments, UnregisterArguments};
use replay::ReplayArguments;
use simulate::SimulateArguments;
use top::TopArguments;

pub use run_verb::RunVerb;

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
  exhook simulate --to http://127.0.0.1:9000
                        Let a fleet of simulated MQTT clients meet a hook program
  exhook top 9090
                        Watch what a hook program does that runs with the option admin
  exhook check http://127.0.0.1:9000
                        Find out what brokers would make of a hook program
  exhook register --emqx http://127.0.0.1:18083 --name hooks --url http://10.0.0.5:9000
                        Make a running EMQX call it
  exhook certs          Make certificates to try TLS with, for the program and for EMQX
  exhook help replay    All that replay can do

Exit codes of every command, which its help tells in detail:
  0    All was as it should be
  1    The hook program, or the broker, is at fault
  2    The command could not do its work: wrong usage, unreadable input, nobody listening
  130  Interrupted by Ctrl-C";

/// Tools for programs that serve EMQX's exhook hooks.
#[derive(Debug, Parser)]
#[command(name = "exhook", version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(CheckArguments),
    Simulate(SimulateArguments),
    Bench(BenchArguments),
    Top(TopArguments),
    Record(RecordArguments),
    Replay(ReplayArguments),
    Register(RegisterArguments),
    Unregister(UnregisterArguments),
    Certs(CertsArguments),
    Completions(CompletionsArguments),
}

/// Runs a command line, whose first argument is the program's name, and returns its exit code:
/// 0 when all was well, 1 when the server under test was at fault, 2 when the command could not
/// do its work, 130 after Ctrl-C.
///
/// Blocks the calling thread, on a tokio runtime of its own; it must not be called on a thread of
/// another one. Ctrl-C is taken over once a command works, and ends it; the program is never
/// ended. Output goes to the process's standard output and standard error.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> i32 {
    run_command(Arguments::command(), arguments)
}

/// As [`run`], for a program that has the verb `run` itself: help and completions tell of it.
pub fn run_beside(verb: &RunVerb, arguments: impl IntoIterator<Item = OsString>) -> i32 {
    let command = Arguments::command().subcommand(verb.command().display_order(0));
    run_command(command, arguments)
}

fn run_command(command: clap::Command, arguments: impl IntoIterator<Item = OsString>) -> i32 {
    let parsed = command
        .clone()
        .try_get_matches_from(arguments)
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    match parsed {
        Ok(arguments) => match arguments.command {
            Command::Check(arguments) => check::run(&arguments),
            Command::Simulate(arguments) => simulate::run(&arguments),
            Command::Bench(arguments) => bench::run(&arguments),
            Command::Top(arguments) => top::run(&arguments),
            Command::Record(arguments) => record::run(&arguments),
            Command::Replay(arguments) => replay::run(&arguments),
            Command::Register(arguments) => register::register(&arguments),
            Command::Unregister(arguments) => register::unregister(&arguments),
            Command::Certs(arguments) => certs::run(&arguments),
            Command::Completions(arguments) => completions::run(&arguments, command),
        },
        Err(error) => {
            // A closed pipe is no reason to complain.
            let _ = error.print();
            error.exit_code()
        }
    }
}
