//! [`ClientGroup`]: clients that do the same, and what they do.

use std::{borrow::Cow, collections::BTreeMap, fmt, time::Duration};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::{template::Template, text::TimeSpan};

/// Clients that do the same.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ClientGroup {
    /// What the group is called; `clients`, `clients-2` and so on where it does not say.
    pub(crate) name: String,
    /// How many clients there are.
    pub(crate) count: u32,
    /// Their client ids; the name of the group and the number of the client where it is not said.
    pub(crate) clientid: Template,
    /// Their user names, if they give one.
    pub(crate) username: Option<Template>,
    /// Their passwords, if they give one.
    pub(crate) password: Option<Template>,
    /// 3 for MQTT 3.1, 4 for 3.1.1, 5.
    #[schemars(range(min = 3, max = 5))]
    pub(crate) protocol_version: u8,
    /// Whether they begin without their old sessions.
    pub(crate) clean_start: bool,
    /// How long their sessions outlive their connections, in whole seconds.
    pub(crate) session_expiry: TimeSpan,
    /// The address they come from.
    pub(crate) peerhost: String,
    /// What is published when a connection is lost.
    pub(crate) will: Option<Will>,
    /// The MQTT 5 user properties of their CONNECT.
    pub(crate) user_properties: BTreeMap<String, Template>,
    /// The node that they connect to, from 1; the nodes take turns where it is not said.
    #[schemars(range(min = 1))]
    pub(crate) node: Option<usize>,
    /// How many of them connect in a second; all at once where it is not said.
    pub(crate) connect_rate: Option<f64>,
    /// When the first of them connects.
    pub(crate) start: TimeSpan,
    /// When they leave; at the end where it is not said.
    pub(crate) stop: Option<TimeSpan>,
    /// How they leave.
    pub(crate) leave: Leave,
    /// How long they wait before they connect again, after a refusal or the end of a connection;
    /// they do not where it is not said.
    pub(crate) reconnect: Option<TimeSpan>,
    /// What they subscribe to, each time they have connected.
    pub(crate) subscribe: Vec<Subscribe>,
    /// What they publish.
    pub(crate) publish: Vec<Publish>,
}

/// How clients leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Leave {
    /// With a DISCONNECT.
    #[default]
    Disconnect,
    /// By losing their connection, so that their wills are published.
    LoseConnection,
    /// Not at all.
    Stay,
}

/// What is published when a connection is lost.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Will {
    /// The topic.
    pub(crate) topic: Template,
    /// The payload.
    #[serde(default = "empty")]
    pub(crate) payload: Template,
    /// The quality of service.
    #[serde(default)]
    #[schemars(range(max = 2))]
    pub(crate) qos: u32,
    /// Whether it is retained.
    #[serde(default)]
    pub(crate) retain: bool,
}

/// A subscription: a topic filter, or a table.
#[derive(Clone, Debug)]
pub(crate) struct Subscribe {
    pub(crate) filter: Template,
    pub(crate) qos: u32,
    pub(crate) no_local: bool,
}

/// A subscription with what goes with it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SubscribeTable {
    /// The topic filter; `$share/group/filter` for a shared one.
    filter: Template,
    /// The best quality of service that is wanted.
    #[serde(default)]
    #[schemars(range(max = 2))]
    qos: u32,
    /// Whether clients do not want what they publish themselves.
    #[serde(default)]
    no_local: bool,
}

/// Messages that each client of the group publishes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Publish {
    /// The topic.
    pub(crate) topic: Template,
    /// The payload.
    #[serde(default = "empty")]
    pub(crate) payload: Template,
    /// The quality of service.
    #[serde(default)]
    #[schemars(range(max = 2))]
    pub(crate) qos: u32,
    /// Whether they are retained.
    #[serde(default)]
    pub(crate) retain: bool,
    /// Their MQTT 5 user properties, which brokers since 5.9 show.
    #[serde(default)]
    pub(crate) user_properties: BTreeMap<String, Template>,
    /// How many each client publishes in a second; this or `every`, one a second without both.
    #[serde(default)]
    pub(crate) rate: Option<f64>,
    /// How long each client waits between two of them.
    #[serde(default)]
    pub(crate) every: Option<TimeSpan>,
    /// How many each client publishes; as many as there is time for where it is not said.
    #[serde(default)]
    pub(crate) count: Option<u64>,
    /// When the first is due: the clients begin at random moments of the first interval after it.
    /// Never before all clients are connected and subscribed that connect at the beginning.
    #[serde(default)]
    pub(crate) from: TimeSpan,
    /// When no more are.
    #[serde(default)]
    pub(crate) until: Option<TimeSpan>,
}

impl<'de> Deserialize<'de> for Subscribe {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrTable;

        impl<'de> Visitor<'de> for TextOrTable {
            type Value = Subscribe;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a topic filter, or a table with filter, qos and no_local")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Subscribe, E> {
                Ok(Subscribe {
                    filter: text.parse().map_err(E::custom)?,
                    qos: 0,
                    no_local: false,
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Subscribe, A::Error> {
                let table = SubscribeTable::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Subscribe {
                    filter: table.filter,
                    qos: table.qos,
                    no_local: table.no_local,
                })
            }
        }

        deserializer.deserialize_any(TextOrTable)
    }
}

impl JsonSchema for Subscribe {
    fn schema_name() -> Cow<'static, str> {
        "Subscribe".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<SubscribeTable>();
        let text = generator.subschema_for::<Template>();
        json_schema!({
            "description": "A subscription: a topic filter, or a table.",
            "anyOf": [text, table]
        })
    }
}

const fn one() -> u32 {
    1
}

const fn five() -> u8 {
    5
}

const fn yes() -> bool {
    true
}

fn loopback() -> String {
    "127.0.0.1".to_owned()
}

fn empty() -> Template {
    Template::fixed("")
}

impl Default for ClientGroup {
    fn default() -> Self {
        Self {
            name: String::new(),
            count: one(),
            clientid: empty(),
            username: None,
            password: None,
            protocol_version: five(),
            clean_start: yes(),
            session_expiry: TimeSpan::default(),
            peerhost: loopback(),
            will: None,
            user_properties: BTreeMap::new(),
            node: None,
            connect_rate: None,
            start: TimeSpan::default(),
            stop: None,
            leave: Leave::default(),
            reconnect: None,
            subscribe: Vec::new(),
            publish: Vec::new(),
        }
    }
}

impl Subscribe {
    /// A subscription of quality of service 0.
    pub(crate) fn to(filter: Template) -> Self {
        Self {
            filter,
            qos: 0,
            no_local: false,
        }
    }
}

impl Publish {
    /// Empty messages, one a second.
    pub(crate) fn to(topic: Template) -> Self {
        Self {
            topic,
            payload: empty(),
            qos: 0,
            retain: false,
            user_properties: BTreeMap::new(),
            rate: None,
            every: None,
            count: None,
            from: TimeSpan::default(),
            until: None,
        }
    }

    /// How long it is from one message to the next.
    pub(crate) fn interval(&self) -> Duration {
        match (self.rate, self.every) {
            (Some(rate), _) => Duration::from_secs_f64(1.0 / rate),
            (None, Some(every)) => every.0,
            (None, None) => Duration::from_secs(1),
        }
    }
}
