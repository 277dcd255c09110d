//! `exhook register` and `exhook unregister`: a broker's entry for a hook program.

use std::{
    thread,
    time::{Duration, Instant},
};

use clap::{Args, ValueEnum};
use indicatif::ProgressBar;
use serde_json::{Map, Value, json};

use crate::{
    FAILED, INTERRUPTED, SUCCESS, UNUSABLE,
    emqx::{EmqxArguments, EmqxClient, EmqxError, Ended, ExhookServer, Method, until_interrupted},
    output::{complain, print},
};

/// What an entry's settings are; the rest of an answer is state.
const SETTINGS: [&str; 9] = [
    "name",
    "enable",
    "url",
    "request_timeout",
    "failed_action",
    "auto_reconnect",
    "pool_size",
    "socket_options",
    "ssl",
];
/// How often the nodes are asked whether they are connected.
const POLL: Duration = Duration::from_millis(200);

const REGISTER_EXAMPLES: &str = "\
Examples:
  export EXHOOK_EMQX_API_KEY=… EXHOOK_EMQX_API_SECRET=…
  exhook register --emqx http://127.0.0.1:18083 --name hooks --url http://10.0.0.5:9000
                        Let the broker call the program at 10.0.0.5:9000
  exhook register --emqx http://127.0.0.1:18083 --name hooks --url http://10.0.0.5:9000 \\
      --failed-action deny --request-timeout 2s --pool-size 16
                        With settings; those that are not given stay as they are
  exhook register --emqx http://127.0.0.1:18083 --name hooks --url http://10.0.0.5:9000 --reload
                        Also load again, after the program's hooks have changed

Doing it twice changes nothing. API keys are made in the dashboard under System, API Key.

Exit codes:
  0    Every node has loaded the program
  1    The entry is there, but a node has not loaded the program in time
  2    It could not be done: wrong usage, EMQX's API does not answer or refuses
  130  Interrupted by Ctrl-C";

const UNREGISTER_EXAMPLES: &str = "\
Examples:
  exhook unregister --emqx http://127.0.0.1:18083 --name hooks
                        Remove the entry
  exhook unregister --emqx http://127.0.0.1:18083 --name hooks --disable
                        Keep the entry and its settings, but call nothing

Doing it twice changes nothing. The API key and its secret are read from EXHOOK_EMQX_API_KEY and
EXHOOK_EMQX_API_SECRET.

Exit codes:
  0    The broker does not call the program any more
  2    It could not be done: wrong usage, EMQX's API does not answer or refuses
  130  Interrupted by Ctrl-C";

/// What the broker does when a call fails.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailedAction {
    Deny,
    Ignore,
}

/// Make a running EMQX call a hook program.
///
/// Creates or updates and enables the exhook server in EMQX, and waits until its nodes have loaded
/// the program.
#[derive(Clone, Debug, Args)]
#[command(after_help = REGISTER_EXAMPLES)]
pub(crate) struct RegisterArguments {
    /// The entry's name in EMQX: letters, digits, - and _
    #[arg(long, value_name = "NAME", value_parser = parse_name)]
    name: String,
    /// Where the broker's nodes reach the program
    #[arg(long, value_name = "URL", value_parser = parse_url,
          help = "Where the broker's nodes reach the program, such as http://10.0.0.5:9000")]
    url: String,
    /// What the broker does when a call fails; a new entry has deny
    #[arg(long)]
    failed_action: Option<FailedAction>,
    /// How long the broker waits for an answer, such as 5s or 500ms; a new entry has 5s
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    request_timeout: Option<String>,
    /// How long after a failed load it is tried again, such as 60s, or false for never
    #[arg(long, value_name = "TIME", value_parser = parse_time_or_false)]
    auto_reconnect: Option<String>,
    /// How many connections each node opens; a new entry has 8
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pool_size: Option<u16>,
    /// Load again even if nothing is different, after the program's hooks have changed
    #[arg(long)]
    reload: bool,
    /// How many seconds to wait for the nodes
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    wait: u64,
    /// Print the entry as one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    emqx: EmqxArguments,
}

/// Make a running EMQX call a hook program no more.
#[derive(Clone, Debug, Args)]
#[command(after_help = UNREGISTER_EXAMPLES)]
pub(crate) struct UnregisterArguments {
    /// The entry's name in EMQX
    #[arg(long, value_name = "NAME", value_parser = parse_name)]
    name: String,
    /// Keep the entry, but disable it
    #[arg(long)]
    disable: bool,
    /// Print what was done as one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    emqx: EmqxArguments,
}

/// Runs `exhook register` and returns its exit code.
pub(crate) fn register(arguments: &RegisterArguments) -> i32 {
    let copy = arguments.clone();
    in_background(&arguments.emqx, "registering", move |client| {
        let (done, server) = copy.ensure(client)?;
        let server = wait_for_nodes(client, server, Duration::from_secs(copy.wait))?;
        let unconnected: Vec<String> = server
            .unconnected()
            .map(|node| format!("{} is {}", node.node, node.status))
            .collect();
        let connected = unconnected.is_empty() && !server.node_status.is_empty();
        if copy.json {
            print(&format!("{}\n", json_of(&server, done)));
        } else {
            let hooks: Vec<&str> = server.hooks.iter().map(|hook| hook.name.as_str()).collect();
            let names = match hooks.len() {
                0 => "no hooks".to_owned(),
                _ => hooks.join(", "),
            };
            let nodes = server.node_status.len() - unconnected.len();
            print(&format!(
                "{done} {}: {}\n{nodes} of {} nodes have loaded it, with {names}\n",
                server.name,
                server.url,
                server.node_status.len(),
            ));
        }
        if !connected {
            complain(&format!(
                "not every node has loaded the program: {}; see that {} can be reached from there, \
                 and what exhook check says of it",
                unconnected.join(", "),
                server.url
            ));
        }
        Ok(if connected { SUCCESS } else { FAILED })
    })
}

/// Runs `exhook unregister` and returns its exit code.
pub(crate) fn unregister(arguments: &UnregisterArguments) -> i32 {
    let copy = arguments.clone();
    in_background(&arguments.emqx, "unregistering", move |client| {
        let done = copy.ensure(client)?;
        if copy.json {
            print(&format!("{}\n", json!({"name": copy.name, "done": done})));
        } else {
            print(&format!("{done} {}\n", copy.name));
        }
        Ok(SUCCESS)
    })
}

fn in_background<W>(emqx: &EmqxArguments, what: &'static str, work: W) -> i32
where
    W: FnOnce(&EmqxClient) -> Result<i32, EmqxError> + Send + 'static,
{
    let run = || -> Result<i32, String> {
        let client = emqx.required_client()?;
        // Draws nothing where standard error is no terminal.
        let progress = ProgressBar::new_spinner().with_message(what);
        progress.enable_steady_tick(Duration::from_millis(100));
        let ended = until_interrupted(async {
            tokio::task::spawn_blocking(move || {
                // The list is there in every version that has the API at all.
                client
                    .get::<Vec<Value>>("/exhooks")
                    .map_err(|error| error.to_string())?;
                work(&client).map_err(|error| error.to_string())
            })
            .await
            .map_err(|error| format!("cannot go on: {error}"))?
        });
        progress.finish_and_clear();
        match ended? {
            Ended::Done(code) => code,
            Ended::Interrupted => Ok(INTERRUPTED),
        }
    };
    run().unwrap_or_else(|problem| {
        complain(&problem);
        UNUSABLE
    })
}

impl RegisterArguments {
    /// Creates the entry or brings it up to date; says which.
    fn ensure(&self, client: &EmqxClient) -> Result<(&'static str, ExhookServer), EmqxError> {
        let path = format!("/exhooks/{}", self.name);
        let present = match client.get::<Value>(&path) {
            Ok(present) => present,
            Err(error) if error.has_status(404) => {
                let body = Value::Object(self.settings(Map::new()));
                match client.ask(Method::Post, "/exhooks", Some(&body)) {
                    Ok(_) => return Ok(("created", client.get(&path)?)),
                    // Somebody else has created it meanwhile.
                    Err(error) if error.has_status(400) => match client.get::<Value>(&path) {
                        Ok(present) => present,
                        Err(_) => return Err(error),
                    },
                    Err(error) => return Err(error),
                }
            }
            Err(error) => return Err(error),
        };
        let settings = settings_of(&present);
        let wanted = self.settings(settings.clone());
        if wanted == settings && !self.reload {
            return Ok(("unchanged", client.get(&path)?));
        }
        client.ask(Method::Put, &path, Some(&Value::Object(wanted)))?;
        Ok(("updated", client.get(&path)?))
    }

    /// `settings` with those that were given. EMQX sets what a request leaves out to its default.
    fn settings(&self, mut settings: Map<String, Value>) -> Map<String, Value> {
        let mut set = |name: &str, value: Value| {
            settings.insert(name.to_owned(), value);
        };
        set("name", json!(self.name));
        set("url", json!(self.url));
        set("enable", json!(true));
        if let Some(action) = self.failed_action {
            let action = match action {
                FailedAction::Deny => "deny",
                FailedAction::Ignore => "ignore",
            };
            set("failed_action", json!(action));
        }
        if let Some(time) = &self.request_timeout {
            set("request_timeout", json!(time));
        }
        if let Some(time) = &self.auto_reconnect {
            let value = if time == "false" {
                json!(false)
            } else {
                json!(time)
            };
            set("auto_reconnect", value);
        }
        if let Some(size) = self.pool_size {
            set("pool_size", json!(size));
        }
        if self.url.starts_with("https://") {
            let ssl = settings.entry("ssl").or_insert_with(|| json!({}));
            ssl["enable"] = json!(true);
        }
        settings
    }
}

impl UnregisterArguments {
    /// Removes or disables the entry; says what was done.
    fn ensure(&self, client: &EmqxClient) -> Result<&'static str, EmqxError> {
        let path = format!("/exhooks/{}", self.name);
        let absent = "nothing to do, there is no";
        let present = match client.get::<Value>(&path) {
            Ok(present) => present,
            Err(error) if error.has_status(404) => return Ok(absent),
            Err(error) => return Err(error),
        };
        if self.disable {
            let mut settings = settings_of(&present);
            if settings.insert("enable".to_owned(), json!(false)) == Some(json!(false)) {
                return Ok("unchanged, disabled is");
            }
            client.ask(Method::Put, &path, Some(&Value::Object(settings)))?;
            return Ok("disabled");
        }
        match client.ask(Method::Delete, &path, None) {
            Ok(_) => Ok("removed"),
            Err(error) if error.has_status(404) => Ok(absent),
            Err(error) => Err(error),
        }
    }
}

fn settings_of(server: &Value) -> Map<String, Value> {
    let mut settings = Map::new();
    for name in SETTINGS {
        if let Some(value) = server.get(name) {
            settings.insert(name.to_owned(), value.clone());
        }
    }
    settings
}

/// Asks until every node is connected or `patience` has ended; returns the last answer.
fn wait_for_nodes(
    client: &EmqxClient,
    mut server: ExhookServer,
    patience: Duration,
) -> Result<ExhookServer, EmqxError> {
    let began = Instant::now();
    let path = format!("/exhooks/{}", server.name);
    while (server.node_status.is_empty() || server.unconnected().next().is_some())
        && began.elapsed() < patience
    {
        thread::sleep(POLL);
        server = client.get(&path)?;
    }
    Ok(server)
}

fn json_of(server: &ExhookServer, done: &str) -> Value {
    let hooks = server.hooks.iter();
    let nodes = server.node_status.iter();
    json!({
        "name": server.name,
        "url": server.url,
        "done": done,
        "hooks": hooks.map(|hook| &hook.name).collect::<Vec<_>>(),
        "nodes": nodes.map(|node| json!({"node": node.node, "status": node.status}))
            .collect::<Vec<_>>(),
    })
}

fn parse_name(text: &str) -> Result<String, String> {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    let begins = text.starts_with(|letter: char| letter.is_ascii_alphanumeric());
    if !begins || text.len() > 256 || !text.chars().all(allowed) {
        return Err(
            "expected a letter or digit, then letters, digits, - and _, 256 at most".to_owned(),
        );
    }
    Ok(text.to_owned())
}

fn parse_url(text: &str) -> Result<String, String> {
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    let port = rest
        .map(|rest| rest.strip_suffix('/').unwrap_or(rest))
        .and_then(|rest| rest.rsplit_once(':'))
        .filter(|(host, _)| !host.is_empty() && !host.contains('/'))
        .and_then(|(_, port)| port.parse::<u16>().ok());
    if !matches!(port, Some(1..)) {
        return Err(
            "expected http://host:port or https://host:port; EMQX needs the port".to_owned(),
        );
    }
    Ok(text.to_owned())
}

fn parse_time(text: &str) -> Result<String, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = &text[digits.len()..];
    if digits.parse::<u32>().is_err() || !matches!(unit, "ms" | "s" | "m" | "h") {
        return Err("expected a time such as 5s, 500ms or 1m".to_owned());
    }
    Ok(text.to_owned())
}

fn parse_time_or_false(text: &str) -> Result<String, String> {
    if text == "false" {
        return Ok(text.to_owned());
    }
    parse_time(text).map_err(|problem| format!("{problem}, or false"))
}
