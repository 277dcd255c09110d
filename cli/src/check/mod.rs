//! `exhook check`: what brokers would make of a hook program, and of their own settings.

mod facts;
mod observed;
mod probe;
mod report;
mod requests;
mod rules;
mod versions;

use std::{sync::Arc, time::Duration};

use clap::Args;
use exhook::{
    Package,
    testing::{Endpoint, Release},
};
use indicatif::ProgressBar;

use self::{
    facts::{Emqx, Facts},
    report::Report,
    rules::{Level, judge},
};
use crate::{
    FAILED, INTERRUPTED, SUCCESS, UNUSABLE,
    emqx::{EmqxArguments, EmqxClient, Ended, Survey, until_interrupted},
    output::{complain, print},
    tls::TlsArguments,
};

const EXAMPLES: &str = "\
Examples:
  exhook check http://127.0.0.1:9000
                        Call every hook of the program once, and judge its answers
  exhook check 127.0.0.1:9000 --emqx-version 5.8
                        The same, as EMQX 5.8 would do it
  exhook check 127.0.0.1:9000 --emqx http://127.0.0.1:18083
                        Also read the settings of a running EMQX, and tell why a hook is not
                        called; with the API key in EXHOOK_EMQX_API_KEY and its secret in
                        EXHOOK_EMQX_API_SECRET
  exhook check 127.0.0.1:9000 --json
                        The findings for a script

The program sees a client, a user and a broker node called exhook-check, and messages of the topic
exhook-check/topic or of one that its topic filters let through. It is loaded, as brokers of
several versions do it, and unloaded at the end.

Exit codes:
  0    No errors were found; there may be warnings and notes
  1    An error was found
  2    Nothing could be checked: wrong usage, nobody listening, EMQX's API does not answer
  130  Interrupted by Ctrl-C";

/// Find out what brokers would make of a hook program.
///
/// Connects as a broker does, loads the program, calls each hook that it wants once and
/// harmlessly, and explains what brokers of each version do with the answers. With --emqx it also
/// reads a running broker's settings and explains why a hook is not called.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CheckArguments {
    /// Where the program listens
    #[arg(
        value_name = "URL",
        help = "Where the program listens: http://host:port, https://host:port, host:port or \
                unix:/path"
    )]
    url: Endpoint,
    /// The package to speak: v1, v2 or v3; by default that of the version, else v3
    #[arg(long, value_parser = parse_package)]
    package: Option<Package>,
    /// The version of EMQX to play, such as 5.8; by default that of --emqx
    #[arg(long, value_name = "VERSION")]
    emqx_version: Option<Release>,
    /// How many milliseconds to wait for an answer; a broker waits 5000
    #[arg(long, value_name = "MS", default_value_t = 5_000,
          value_parser = clap::value_parser!(u64).range(1..))]
    timeout_ms: u64,
    /// Print the findings as one JSON object
    #[arg(long)]
    json: bool,
    /// The broker's name for the program, where it reaches it at another address
    #[arg(long, value_name = "NAME", requires = "emqx")]
    name: Option<String>,
    #[command(flatten)]
    emqx: EmqxArguments,
    #[command(flatten)]
    tls: TlsArguments,
}

fn parse_package(text: &str) -> Result<Package, String> {
    Package::from_short_name(text).ok_or_else(|| "expected v1, v2 or v3".to_owned())
}

/// Runs the command and returns its exit code.
pub(crate) fn run(arguments: &CheckArguments) -> i32 {
    match try_run(arguments) {
        Ok(code) => code,
        Err(problem) => {
            complain(&problem);
            UNUSABLE
        }
    }
}

fn try_run(arguments: &CheckArguments) -> Result<i32, String> {
    let client = arguments.emqx.client()?.map(Arc::new);
    chosen(arguments, None)?;
    // Draws nothing where standard error is no terminal.
    let progress = ProgressBar::new_spinner();
    progress.enable_steady_tick(Duration::from_millis(100));
    let ended = until_interrupted(check(arguments, client, &progress));
    progress.finish_and_clear();
    let facts = match ended? {
        Ended::Done(facts) => facts?,
        Ended::Interrupted => return Ok(INTERRUPTED),
    };
    let findings = judge(&facts);
    let report = Report {
        url: &arguments.url,
        facts: &facts,
        findings: &findings,
    };
    if arguments.json {
        print(&report.to_json());
    } else {
        print(&report.to_text());
    }
    let failed = findings.iter().any(|finding| finding.level == Level::Error);
    Ok(if failed { FAILED } else { SUCCESS })
}

async fn check(
    arguments: &CheckArguments,
    client: Option<Arc<EmqxClient>>,
    progress: &ProgressBar,
) -> Result<Facts, String> {
    let mut emqx = None;
    if let Some(client) = client {
        progress.set_message(format!("reading the settings of {}", client.address()));
        let survey = tokio::task::spawn_blocking(move || Survey::take(&client))
            .await
            .map_err(|error| format!("cannot read EMQX's settings: {error}"))?
            .map_err(|error| error.to_string())?;
        emqx = Some(Emqx {
            survey,
            url: arguments.url.to_string(),
            name: arguments.name.clone(),
        });
    }
    progress.set_message(format!("calling the hooks of {}", arguments.url));
    let broker = chosen(arguments, emqx.as_ref())?;
    let timeout = Duration::from_millis(arguments.timeout_ms);
    let tls = probe::inspect(&arguments.tls.unasked(&arguments.url)?, timeout).await?;
    // Whoever it is: that it is not to be trusted is one of the findings.
    let calling = arguments.tls.unverified(&arguments.url)?;
    let provider = probe::probe(&calling, broker, timeout).await?;
    Ok(Facts {
        provider,
        tls,
        emqx,
    })
}

/// The broker to play.
fn chosen(arguments: &CheckArguments, emqx: Option<&Emqx>) -> Result<Release, String> {
    let real = || {
        let version = emqx?.survey.version()?;
        Some(Release::of_version(version))
    };
    match (arguments.emqx_version, arguments.package) {
        (Some(broker), Some(package)) if broker.package() != package => Err(format!(
            "{} does not speak {package}; leave --package or --emqx-version out",
            broker.title()
        )),
        (Some(broker), _) => Ok(broker),
        (None, Some(package)) => Ok(real()
            .filter(|broker| broker.package() == package)
            .unwrap_or_else(|| Release::of_package(package))),
        (None, None) => Ok(real().unwrap_or_else(|| Release::of_package(Package::V3))),
    }
}
