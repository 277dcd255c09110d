//! [`BenchArguments`]: the options of `exhook bench`.

use std::time::Duration;

use clap::Args;
use exhook::{
    Hook, Package, did_you_mean,
    testing::{BrokerKind, Endpoint},
};

use super::{
    arrivals::Spacing,
    plan::{Limit, Pace, Plan, suggested_clients},
    requests::Shape,
    topic::{TopicTemplate, parse_topic},
};
use crate::tls::TlsArguments;

const EXAMPLES: &str = "\
Examples:
  exhook bench --to http://127.0.0.1:9000
                        How many message.publish calls a second are answered: 8 connections
                        with 16 calls under way on each, as much as a busy broker has
  exhook bench --to 127.0.0.1:9000 --hook client.authenticate --rate 5000 --seconds 60
                        How long answers take at 5000 calls a second, whatever is answered;
                        a stall shows in every call that it delays
  exhook bench --to unix:/run/exhook.sock --connections 1 --streams 1 --calls 10000
                        One call after another: the round trip
  exhook bench --to 127.0.0.1:9000 --payload-bytes 8192 --topic 'sensors/{number}/image'
                        Large messages, each client to a topic of its own
  exhook bench --to 127.0.0.1:9000 --package v2 --json --quiet
                        Figures and all buckets of the histogram for a script, as EMQX 5.8 calls

Exit codes:
  0    Every call was answered as the broker needs it
  1    An answer failed: late, an error, nothing that the broker could use, or the program left
  2    Nothing could be called: wrong usage, nobody listening
  130  Interrupted by Ctrl-C; what was measured until then is reported";

/// Put load on a hook program, and measure how fast it answers.
///
/// Makes the calls of a hook as EMQX does (same headers, several connections, each client's calls
/// over one of them) and checks every answer as EMQX would. Either in a closed loop, where each
/// answer makes room for the next call, or with --rate in an open loop, where calls come when they
/// are due and latencies count from then, so that a program that stalls does not get away with
/// fewer calls.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct BenchArguments {
    /// Where the program listens
    #[arg(
        long,
        value_name = "URL",
        help = "Where the program listens: http://host:port, https://host:port, host:port or \
                unix:/path"
    )]
    to: Endpoint,
    /// The hook to call; its name in any package
    #[arg(long, default_value = "message.publish", value_parser = parse_hook)]
    hook: Hook,
    /// The package to speak: v1, v2 or v3
    #[arg(long, default_value = "v3", value_parser = parse_package)]
    package: Package,
    /// How many connections to open; a broker has 8 a node
    #[arg(long, value_name = "N", default_value_t = 8,
          value_parser = clap::value_parser!(u16).range(1..=1024))]
    connections: u16,
    /// Closed loop: how many calls to have under way on each connection
    #[arg(long, value_name = "N", default_value_t = 16, conflicts_with = "rate",
          value_parser = clap::value_parser!(u16).range(1..=10_000))]
    streams: u16,
    /// Open loop: how many calls to make a second, over all connections
    #[arg(long, value_name = "N", value_parser = parse_rate)]
    rate: Option<f64>,
    /// How the calls of an open loop follow one another
    #[arg(long, value_enum, default_value_t = Spacing::Random, requires = "rate")]
    spacing: Spacing,
    /// How many MQTT clients the calls come from [default: 1000, or as many as the streams need]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    clients: Option<u32>,
    /// How large the payload of a message is
    #[arg(long, value_name = "N", default_value_t = 64,
          value_parser = clap::value_parser!(u32).range(0..=64 << 20))]
    payload_bytes: u32,
    /// The topic, with {clientid} and {number} of the client
    #[arg(long, value_name = "TEMPLATE", default_value = "bench/{number}",
          value_parser = parse_topic)]
    topic: TopicTemplate,
    /// For how long to measure [default: 10]
    #[arg(long, value_name = "S", value_parser = parse_seconds)]
    seconds: Option<Duration>,
    /// How many calls to measure, however long it takes
    #[arg(long, value_name = "N", conflicts_with = "seconds",
          value_parser = clap::value_parser!(u64).range(1..))]
    calls: Option<u64>,
    /// For how many seconds to make calls before they are measured
    #[arg(long, value_name = "S", default_value = "1", value_parser = parse_warm_up)]
    warm_up: Duration,
    /// How many milliseconds to wait for an answer; a broker waits 5000
    #[arg(long, value_name = "MS", default_value_t = 5_000,
          value_parser = clap::value_parser!(u64).range(1..=3_600_000))]
    timeout_ms: u64,
    /// How many threads make the load; each has a share of the connections
    #[arg(long, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: u16,
    /// Print the report as one JSON object, with all buckets of the histogram
    #[arg(long)]
    pub(super) json: bool,
    /// No live view, and no report unless something failed or --json asks for it
    #[arg(long, short)]
    pub(super) quiet: bool,
    #[command(flatten)]
    tls: TlsArguments,
}

impl BenchArguments {
    /// No more threads than connections.
    pub(super) fn thread_count(&self) -> usize {
        usize::from(self.threads.min(self.connections))
    }

    pub(super) fn warm_up(&self) -> Limit {
        Limit::After(self.warm_up)
    }

    pub(super) fn limit(&self) -> Limit {
        match (self.calls, self.seconds) {
            (Some(calls), _) => Limit::Calls(calls),
            (None, Some(seconds)) => Limit::After(seconds),
            (None, None) => Limit::After(Duration::from_secs(10)),
        }
    }

    /// The load that is wanted; the error says what cannot be.
    pub(super) fn plan(&self, live: bool) -> Result<Plan, String> {
        if self.hook.since() > self.package {
            return Err(format!(
                "{} is a hook of package {} and later; give --package {}",
                self.hook,
                self.hook.since(),
                self.hook.since()
            ));
        }
        let shape = Shape {
            package: self.package,
            hook: self.hook,
            topic: self.topic.clone(),
            payload_bytes: self.payload_bytes as usize,
        };
        let pace = match self.rate {
            Some(rate) => Pace::Open {
                rate,
                spacing: self.spacing,
            },
            None => Pace::Closed {
                streams: usize::from(self.streams),
            },
        };
        let connections = usize::from(self.connections);
        let enough = suggested_clients(connections, usize::from(self.streams));
        let clients = self.clients.unwrap_or(enough.max(1_000));
        Ok(Plan {
            to: self.tls.endpoint(&self.to)?,
            broker: BrokerKind {
                package: self.package,
                version: Plan::broker_version(&shape),
            },
            pace,
            timeout: Duration::from_millis(self.timeout_ms),
            threads: self.thread_count(),
            connections: Plan::connections(&shape, clients, connections, pace)?,
            clients,
            live,
            shape,
        })
    }
}

fn parse_hook(text: &str) -> Result<Hook, String> {
    Hook::from_name(text).ok_or_else(|| {
        let known = Hook::ALL.iter().map(|hook| hook.name());
        format!("EMQX has no such hook{}", did_you_mean(text, known))
    })
}

fn parse_package(text: &str) -> Result<Package, String> {
    Package::from_short_name(text).ok_or_else(|| "expected v1, v2 or v3".to_owned())
}

fn parse_rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate <= 1e7 => Ok(rate),
        _ => Err("expected calls a second, above 0 and at most 10000000".to_owned()),
    }
}

fn parse_seconds(text: &str) -> Result<Duration, String> {
    parse_warm_up(text)
        .ok()
        .filter(|time| !time.is_zero())
        .ok_or_else(|| "expected seconds, above 0 and at most 86400".to_owned())
}

fn parse_warm_up(text: &str) -> Result<Duration, String> {
    text.parse::<f64>()
        .ok()
        .filter(|seconds| *seconds <= 86_400.0)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "expected seconds, from 0 to 86400".to_owned())
}
