//! [`Step`]: one thing that the broker's side does, or that is seen of the program.

use exhook::Hook;
use serde::Deserialize;
use toml::{Table, Value};

use crate::{Problem, expect::AnswerExpected, program::hook, request::RequestFields};

/// The keys that tell what a step is, and what each does.
const VERBS: [&str; 9] = [
    "call",
    "answer_of",
    "path",
    "do",
    "called",
    "release",
    "pings",
    "settings",
    "provider",
];

/// One step of a case.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A hook is called, once or more often.
    Call(Box<CallStep>),
    /// The answer is awaited of a call that was made in the background.
    AnswerOf(AnswerStep),
    /// A method is called that may not exist.
    Path(PathStep),
    /// A simulated broker or one of its clients does something.
    Do(DoStep),
    /// Handlers have been called.
    Called(CalledStep),
    /// Handlers that hold their answer back give it.
    Release,
    /// So many PINGs, and nothing else.
    Pings(u64),
    /// What the server announces.
    Settings,
    /// The program is stopped or started.
    Provider(ProviderStep),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallStep {
    call: String,
    /// Which of the providers, from 1.
    #[serde(default = "one")]
    pub(crate) provider: usize,
    /// What is asked about.
    #[serde(default)]
    pub(crate) about: RequestFields,
    /// What is sent in place of a request.
    #[serde(default)]
    pub(crate) body: Body,
    /// How long the broker waits.
    #[serde(default = "patience_ms")]
    pub(crate) timeout_ms: u64,
    /// What it says about that, where that is something else.
    pub(crate) grpc_timeout: Option<String>,
    /// How often, one after another. `<n>` in texts of the request is the number of the call.
    #[serde(default = "one")]
    pub(crate) times: usize,
    /// How many at once, on one connection.
    #[serde(default = "one")]
    pub(crate) at_once: usize,
    /// Whether it is made on a connection of its own.
    #[serde(default)]
    pub(crate) fresh: bool,
    /// The name under which the answer is awaited later.
    #[serde(rename = "as")]
    pub(crate) name: Option<String>,
    /// Whether the next step waits until the handler has been called.
    #[serde(default)]
    pub(crate) until_called: bool,
    #[serde(default)]
    pub(crate) expect: AnswerExpected,
}

/// What is sent for a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Body {
    /// The request.
    #[default]
    Request,
    /// A message of no bytes.
    Empty,
    /// Bytes that are no protobuf.
    Broken,
    /// No message at all.
    None,
    /// A message that is flagged as compressed.
    Compressed,
    /// The beginning of a message, and then nothing.
    Unfinished,
    /// The request, sent by a client that never enlarges its first window by SETTINGS.
    Windowed,
}

impl CallStep {
    pub(crate) fn hook(&self) -> Hook {
        hook(&self.call).expect("checked when the case was read")
    }

    /// Whether it takes a client that writes its frames itself.
    pub(crate) fn is_by_hand(&self) -> bool {
        self.grpc_timeout.is_some()
            || !matches!(self.body, Body::Request | Body::Empty | Body::Broken)
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerStep {
    pub(crate) answer_of: String,
    #[serde(default)]
    pub(crate) expect: AnswerExpected,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PathStep {
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) expect: AnswerExpected,
}

/// A command of `exhook::testing::Operator`, and what of its outcome is expected.
#[derive(Clone, Debug)]
pub(crate) struct DoStep {
    pub(crate) command: serde_json::Value,
    pub(crate) expect: Option<serde_json::Value>,
    /// Whether it is done again until the outcome is as expected.
    pub(crate) eventually: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CalledStep {
    /// Everything that handlers were called with because of this case, in its order.
    pub(crate) called: Vec<String>,
    /// How many of them have ended.
    pub(crate) ended: Option<usize>,
    /// Whether only these clients' order counts: each is looked at by itself.
    #[serde(default)]
    pub(crate) client: Option<String>,
    #[serde(default = "one")]
    pub(crate) provider: usize,
}

/// What happens to a program.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProviderStep {
    pub(crate) provider: usize,
    pub(crate) is: ProviderState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ProviderState {
    /// It is being stopped; the step does not wait for that.
    Stopping,
    /// It has stopped, without an error.
    Stopped,
    /// It runs at the address where it ran before.
    Started,
}

impl Step {
    /// Reads a step.
    pub(crate) fn read(table: Table) -> Result<Self, Problem> {
        let has = |key: &str| table.contains_key(key);
        if has("call") {
            let step: Box<CallStep> = Box::new(parse(table)?);
            hook(&step.call)?;
            return Ok(Step::Call(step));
        }
        if has("answer_of") {
            return parse(table).map(Step::AnswerOf);
        }
        if has("path") {
            return parse(table).map(Step::Path);
        }
        if has("do") {
            return read_do(table).map(Step::Do);
        }
        if has("called") {
            return parse(table).map(Step::Called);
        }
        if has("provider") {
            return parse(table).map(Step::Provider);
        }
        match table.iter().next() {
            Some((key, Value::Boolean(true))) if key == "release" && table.len() == 1 => {
                Ok(Step::Release)
            }
            Some((key, Value::Boolean(true))) if key == "settings" && table.len() == 1 => {
                Ok(Step::Settings)
            }
            Some((key, Value::Integer(count))) if key == "pings" && table.len() == 1 => {
                Ok(Step::Pings(u64::try_from(*count).unwrap_or_default()))
            }
            _ => {
                let keys: Vec<_> = table.keys().map(String::as_str).collect();
                Err(format!(
                    "no step has the keys {}; it has one of {}",
                    keys.join(", "),
                    VERBS.join(", ")
                ))
            }
        }
    }
}

fn read_do(mut table: Table) -> Result<DoStep, Problem> {
    let json = |value: &Value| serde_json::to_value(value).map_err(|error| error.to_string());
    let expect = table.remove("expect");
    let eventually = matches!(table.remove("eventually"), Some(Value::Boolean(true)));
    Ok(DoStep {
        expect: expect.as_ref().map(json).transpose()?,
        command: json(&Value::Table(table))?,
        eventually,
    })
}

fn parse<T: for<'de> Deserialize<'de>>(table: Table) -> Result<T, Problem> {
    table
        .try_into()
        .map_err(|error: toml::de::Error| error.message().to_owned())
}

const fn one() -> usize {
    1
}

/// Only a failing case waits so long.
const fn patience_ms() -> u64 {
    20_000
}
