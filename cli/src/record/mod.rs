//! `exhook record`: the calls between a broker and a hook program, written down as they pass.

mod broker_tls;
mod clerk;
mod entry;
mod frames;
mod out_file;
mod proxy;
mod redact;
mod socket;
mod summary;
mod tap;
mod voice;

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Instant,
};

use clap::Args;
use exhook::{Bind, testing::Endpoint};
use tokio::runtime::Builder;

use crate::{
    INTERRUPTED, SUCCESS, UNUSABLE,
    output::{complain, print},
    tls::TlsArguments,
};
use broker_tls::BrokerTlsArguments;
use clerk::{Clerk, Notes};
use out_file::OutArguments;
use proxy::Proxy;
use redact::Secret;
use socket::Listener;
use summary::Summary;
use voice::Voice;

const EXAMPLES: &str = "\
Examples:
  exhook record --listen 127.0.0.1:9001 --to 127.0.0.1:9000 --out today.calls.jsonl
                        Point the broker's exhook at http://127.0.0.1:9001; Ctrl-C ends
  exhook record --listen :9001 --to 127.0.0.1:9000 --out today.calls.jsonl --append
                        Go on with the same file
  exhook record --listen :9001 --to 127.0.0.1:9000 --out shared.calls.jsonl \\
      --redact passwords,payloads
                        For a recording that others may see
  exhook record --listen :9001 --tls-cert certs/server.pem --tls-key certs/server.key \\
      --to https://127.0.0.1:9000 --cacert certs/ca.pem --out today.calls.jsonl
                        Where broker and program speak TLS: calls are decrypted and encrypted anew
  exhook replay today.calls.jsonl --to 127.0.0.1:9000 --expect
                        Compare a changed program with what was recorded

Client ids, user names, topics and addresses stay in a recording whatever is redacted.

Exit codes:
  0    Told to end (SIGTERM), with every call written
  2    Nothing could be recorded: wrong usage, a file that is there already, an address in use;
       or the recording has gaps, because the file could not be written or a connection not read
  130  Ended by Ctrl-C, with every call written";

/// Record the calls between a broker and a hook program.
///
/// Listens for brokers in the place of a hook program, of whatever language, and passes every
/// byte on to it and back, out of and into TLS where that is spoken. The calls and their answers are written to a *.calls.jsonl file, one a
/// line, each as soon as it is answered. What goes wrong with the recording, such as a full disk,
/// is told on standard error and does not hold up the broker.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RecordArguments {
    /// Where to listen for brokers
    #[arg(
        long,
        value_name = "ADDRESS",
        help = "Where to listen for brokers: host:port or unix:/path; port 0 takes a free one"
    )]
    listen: Bind,
    /// Where the program listens
    #[arg(
        long,
        value_name = "URL",
        help = "Where the program listens: http://host:port, https://host:port, host:port or \
                unix:/path"
    )]
    to: Endpoint,
    #[command(flatten)]
    out: OutArguments,
    /// What to blank in the recording, with its length kept: passwords, payloads or both
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_enum)]
    redact: Vec<Secret>,
    /// Print the report as one JSON object
    #[arg(long)]
    json: bool,
    /// No live count, and no report
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    broker_tls: BrokerTlsArguments,
    #[command(flatten)]
    tls: TlsArguments,
}

/// Runs the command and returns its exit code.
pub(crate) fn run(arguments: &RecordArguments) -> i32 {
    match try_run(arguments) {
        Ok(code) => code,
        Err(problem) => {
            complain(&problem);
            UNUSABLE
        }
    }
}

fn try_run(arguments: &RecordArguments) -> Result<i32, String> {
    let to = arguments.tls.endpoint(&arguments.to)?;
    let broker_tls = arguments.broker_tls.open()?;
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start a runtime: {error}"))?;
    let listener = runtime
        .block_on(Listener::bind(&arguments.listen))
        .and_then(|listener| Ok((listener.address()?, listener)));
    let (address, listener) = listener.map_err(|error| {
        format!("cannot listen there: {error}; give an address that is free with --listen")
    })?;
    let file = arguments.out.open()?;
    let voice = Voice::new(arguments.quiet);
    let (notes, inbox) = Notes::new();
    let clerk = Clerk {
        file,
        secrets: arguments.redact.clone(),
        began: Instant::now(),
        voice: voice.clone(),
        summary: Summary::new(arguments.out.out.display().to_string()),
        connections: HashMap::new(),
    };
    let clerk = thread::Builder::new()
        .name("exhook-record".to_owned())
        .spawn(move || clerk.work(&inbox))
        .map_err(|error| format!("cannot start a thread: {error}"))?;
    let proxy = Arc::new(Proxy {
        to,
        broker_tls,
        notes,
        voice: voice.clone(),
        unreached: AtomicU64::new(0),
        is_down: AtomicBool::new(false),
    });
    let code = runtime.block_on(async {
        tokio::select! {
            // Signals are waited for before anybody hears that there is something to end.
            biased;
            code = told_to_end() => code,
            () = async {
                voice.say(&format!(
                    "listening on {address} for brokers, passing calls on to {}; Ctrl-C ends",
                    arguments.to
                ));
                Arc::clone(&proxy).serve(listener).await;
            } => SUCCESS,
        }
    });
    // Connections end with it, and with the last of them the clerk's work.
    drop(runtime);
    let unreached = proxy.unreached.load(Ordering::Relaxed);
    drop(proxy);
    let summary = clerk.join();
    voice.end();
    let mut summary = summary.map_err(|_| "the recording broke off, see above")?;
    summary.unreached = unreached;
    if arguments.json {
        print(&summary.to_json());
    } else if !arguments.quiet || summary.is_incomplete() {
        print(&summary.to_text());
    }
    Ok(if summary.is_incomplete() {
        UNUSABLE
    } else {
        code
    })
}

/// Waits for Ctrl-C or SIGTERM, and returns the exit code for it.
async fn told_to_end() -> i32 {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        // Where signals cannot be received, the program's own way of ending stays.
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            return tokio::select! {
                _ = terminated.recv() => SUCCESS,
                Ok(()) = tokio::signal::ctrl_c() => INTERRUPTED,
            };
        }
    }
    match tokio::signal::ctrl_c().await {
        Ok(()) => INTERRUPTED,
        Err(_) => std::future::pending().await,
    }
}
