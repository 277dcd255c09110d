//! [`Step`]: something that happens at a moment of the run.

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::TimeSpan;

/// Something that happens at a moment of the run.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// When, counted from the beginning.
    pub(crate) at: TimeSpan,
    /// What.
    #[serde(rename = "do")]
    pub(crate) deed: Deed,
    /// For `delay`: by how much each call takes longer; `"0s"` ends it.
    #[serde(default)]
    pub(crate) delay: Option<TimeSpan>,
    /// For `request_timeout`: how long the broker waits for an answer from now on.
    #[serde(default)]
    pub(crate) timeout: Option<TimeSpan>,
    /// For `delay` and `disable`: after what time it is undone.
    #[serde(default, rename = "for")]
    pub(crate) lasts: Option<TimeSpan>,
    /// For `disable` and `enable`: the name of the provider; all of them where it is not said.
    #[serde(default)]
    pub(crate) provider: Option<String>,
    /// For `restart`: whether the broker unloads its providers before, which is what it does unless
    /// it is killed.
    #[serde(default)]
    pub(crate) orderly: Option<bool>,
    /// For `takeover`, `disconnect`, `lose_connection` and `connect`: the name of the group; all
    /// clients where it is not said.
    #[serde(default)]
    pub(crate) clients: Option<String>,
    /// For the same: how many clients of each group, the first ones; all where it is not said.
    #[serde(default)]
    pub(crate) count: Option<u32>,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Deed {
    /// The network between broker and providers becomes slower.
    Delay,
    /// All connections between broker and providers are cut.
    Cut,
    /// The broker restarts; clients stay connected.
    Restart,
    /// A provider is disabled, as in EMQX's dashboard.
    Disable,
    /// A provider is enabled.
    Enable,
    /// The broker waits longer or shorter for answers.
    RequestTimeout,
    /// A second client connects with the client id of a first.
    Takeover,
    /// Clients leave with a DISCONNECT.
    Disconnect,
    /// Clients lose their connections.
    LoseConnection,
    /// Clients connect that are not connected.
    Connect,
}

impl Deed {
    /// Its name in a scenario.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Deed::Delay => "delay",
            Deed::Cut => "cut",
            Deed::Restart => "restart",
            Deed::Disable => "disable",
            Deed::Enable => "enable",
            Deed::RequestTimeout => "request_timeout",
            Deed::Takeover => "takeover",
            Deed::Disconnect => "disconnect",
            Deed::LoseConnection => "lose_connection",
            Deed::Connect => "connect",
        }
    }

    /// The keys that it takes beside `at` and `do`.
    const fn keys(self) -> &'static [&'static str] {
        match self {
            Deed::Delay => &["delay", "for"],
            Deed::Cut => &[],
            Deed::Restart => &["orderly"],
            Deed::Disable => &["provider", "for"],
            Deed::Enable => &["provider"],
            Deed::RequestTimeout => &["timeout"],
            Deed::Takeover | Deed::Disconnect | Deed::LoseConnection | Deed::Connect => {
                &["clients", "count"]
            }
        }
    }
}

impl Step {
    /// Checks that the keys go with what is done.
    pub(crate) fn check(&self) -> Result<(), String> {
        let given = [
            ("delay", self.delay.is_some()),
            ("timeout", self.timeout.is_some()),
            ("for", self.lasts.is_some()),
            ("provider", self.provider.is_some()),
            ("orderly", self.orderly.is_some()),
            ("clients", self.clients.is_some()),
            ("count", self.count.is_some()),
        ];
        let (name, keys) = (self.deed.name(), self.deed.keys());
        for (key, is_given) in given {
            if is_given && !keys.contains(&key) {
                let takes = match keys {
                    [] => "at and do".to_owned(),
                    keys => format!("at, do, {}", keys.join(", ")),
                };
                return Err(format!("{name} takes no `{key}`, only {takes}"));
            }
            let is_needed = matches!(
                (self.deed, key),
                (Deed::Delay, "delay") | (Deed::RequestTimeout, "timeout")
            );
            if is_needed && !is_given {
                return Err(format!("{name} needs `{key}`, such as \"200ms\""));
            }
        }
        if self
            .timeout
            .is_some_and(|timeout| timeout.milliseconds() == 0)
        {
            return Err("timeout must be at least 1ms".to_owned());
        }
        Ok(())
    }

    /// The step that undoes it, where it says for how long it lasts.
    pub(crate) fn undone(&self) -> Option<Self> {
        let at = TimeSpan(self.at.0 + self.lasts?.0);
        let deed = match self.deed {
            Deed::Disable => Deed::Enable,
            deed => deed,
        };
        Some(Self {
            at,
            deed,
            delay: self.delay.map(|_| TimeSpan::default()),
            lasts: None,
            ..self.clone()
        })
    }
}
