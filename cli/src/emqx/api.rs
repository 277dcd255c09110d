//! What the management API answers. Only what is used; what a version does not have is empty.

use exhook::topic_matches;
use serde::Deserialize;
use serde_json::Value;

/// `GET /exhooks/{name}`, and one of `GET /exhooks`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ExhookServer {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) enable: bool,
    #[serde(default)]
    pub(crate) url: String,
    #[serde(default)]
    pub(crate) failed_action: String,
    #[serde(default)]
    pub(crate) request_timeout: Value,
    #[serde(default)]
    pub(crate) auto_reconnect: Value,
    #[serde(default)]
    pub(crate) pool_size: u64,
    #[serde(default)]
    pub(crate) ssl: Value,
    #[serde(default)]
    pub(crate) hooks: Vec<RegisteredHook>,
    #[serde(default)]
    pub(crate) metrics: Metrics,
    #[serde(default)]
    pub(crate) node_status: Vec<NodeStatus>,
    /// `GET /exhooks/{name}/hooks`, which is asked for separately.
    #[serde(skip)]
    pub(crate) calls: Vec<HookCalls>,
}

impl ExhookServer {
    /// The nodes that do not say that they are connected.
    pub(crate) fn unconnected(&self) -> impl Iterator<Item = &NodeStatus> {
        self.node_status
            .iter()
            .filter(|node| node.status != "connected")
    }

    /// Whether this server wants `hook`.
    pub(crate) fn has_hook(&self, hook: &str) -> bool {
        self.hooks.iter().any(|registered| registered.name == hook)
    }
}

/// A hook that the broker calls.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct RegisteredHook {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) params: HookParameters,
}

/// What a hook was registered with.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct HookParameters {
    #[serde(default)]
    pub(crate) topics: Vec<String>,
}

impl HookParameters {
    /// Whether messages of `topic` come to the hook.
    pub(crate) fn wants(&self, topic: &str) -> bool {
        self.topics.is_empty()
            || self
                .topics
                .iter()
                .any(|filter| topic_matches(filter, topic))
    }
}

/// How often a hook has been called.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct HookCalls {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) metrics: Metrics,
}

/// How calls ended.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Metrics {
    #[serde(default)]
    pub(crate) succeed: u64,
    #[serde(default)]
    pub(crate) failed: u64,
}

/// What one node says of its connection to the provider.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NodeStatus {
    pub(crate) node: String,
    pub(crate) status: String,
}

/// One of `GET /nodes`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Node {
    pub(crate) node: String,
    #[serde(default)]
    pub(crate) version: String,
}

/// One of `GET /authorization/sources`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Source {
    #[serde(rename = "type", default)]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) enable: bool,
    #[serde(default)]
    pub(crate) rules: String,
}

/// `GET /authorization/sources`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Sources {
    #[serde(default)]
    pub(super) sources: Vec<Source>,
}

/// `GET /authorization/settings`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct AuthorizationSettings {
    #[serde(default)]
    pub(crate) no_match: String,
    #[serde(default)]
    pub(crate) cache: Cache,
}

/// How long answers about topics are kept.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Cache {
    #[serde(default)]
    pub(crate) enable: bool,
    #[serde(default)]
    pub(crate) ttl: Value,
}

/// One of `GET /authentication`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Authenticator {
    #[serde(default)]
    pub(crate) id: String,
    #[serde(default = "yes")]
    pub(crate) enable: bool,
}

/// An authenticator that does not say is enabled.
const fn yes() -> bool {
    true
}

/// One of `GET /listeners`, and `GET /listeners/{id}`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Listener {
    pub(crate) id: String,
    #[serde(default = "yes")]
    pub(crate) enable: bool,
    /// `true`, `false` or `"quick_deny_anonymous"`; absent in lists.
    #[serde(default)]
    pub(crate) enable_authn: Value,
}
