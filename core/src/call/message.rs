//! [`MessagePatch`]: what user code changes in a published message.

use std::fmt;

use bytes::Bytes;

use crate::proto;

/// The longest topic MQTT can carry, in bytes.
pub(crate) const MAX_TOPIC_BYTES: usize = 65_535;

/// The header by which EMQX decides whether a message goes on to its subscribers.
pub(crate) const ALLOW_PUBLISH: &str = "allow_publish";

/// The changes to a published message; what is `None` stays as the client sent it.
///
/// These are all that EMQX takes over from an answer: it ignores any other field, and cannot
/// change retain flags or MQTT 5 properties.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessagePatch {
    /// The topic to publish to: no wildcards, 1 to 65,535 bytes.
    pub topic: Option<String>,
    /// The quality of service: 0, 1 or 2.
    pub qos: Option<u32>,
    /// The payload.
    pub payload: Option<Bytes>,
    /// Keeps the message from its subscribers: header `allow_publish` becomes `"false"`.
    pub block: bool,
}

impl MessagePatch {
    /// A patch that changes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Publishes to `topic` instead.
    #[must_use]
    pub fn topic(mut self, topic: impl Into<String>) -> Self {
        self.topic = Some(topic.into());
        self
    }

    /// Publishes with this quality of service instead.
    #[must_use]
    pub fn qos(mut self, qos: u32) -> Self {
        self.qos = Some(qos);
        self
    }

    /// Publishes this payload instead.
    #[must_use]
    pub fn payload(mut self, payload: impl Into<Bytes>) -> Self {
        self.payload = Some(payload.into());
        self
    }

    /// Whether the broker could publish a message with these changes; EMQX itself checks nothing
    /// and breaks later.
    ///
    /// # Errors
    ///
    /// When the topic or the quality of service is none that MQTT knows.
    pub fn validate(&self) -> Result<(), MessageProblem> {
        if let Some(topic) = &self.topic {
            if topic.is_empty() {
                return Err(MessageProblem::EmptyTopic);
            }
            if topic.len() > MAX_TOPIC_BYTES {
                return Err(MessageProblem::LongTopic(topic.len()));
            }
            if topic.contains(['+', '#', '\0']) {
                return Err(MessageProblem::WildcardTopic(topic.clone()));
            }
        }
        match self.qos {
            Some(qos) if qos > 2 => Err(MessageProblem::BadQos(qos)),
            _ => Ok(()),
        }
    }

    /// Writes the changes into `message`.
    pub fn apply_to(&self, message: &mut proto::Message) {
        if let Some(topic) = &self.topic {
            message.topic.clone_from(topic);
        }
        if let Some(qos) = self.qos {
            message.qos = qos;
        }
        if let Some(payload) = &self.payload {
            message.payload = payload.clone();
        }
        if self.block {
            message
                .headers
                .insert(ALLOW_PUBLISH.to_owned(), "false".to_owned());
        }
    }
}

/// Why the broker could not publish a replaced message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageProblem {
    /// The topic is empty.
    EmptyTopic,
    /// The topic has this many bytes.
    LongTopic(usize),
    /// The topic contains `+`, `#` or NUL.
    WildcardTopic(String),
    /// The quality of service is this number.
    BadQos(u32),
}

impl fmt::Display for MessageProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MessageProblem::EmptyTopic => formatter.write_str("the topic is empty"),
            MessageProblem::LongTopic(bytes) => write!(
                formatter,
                "the topic has {bytes} bytes; MQTT allows {MAX_TOPIC_BYTES}"
            ),
            MessageProblem::WildcardTopic(topic) => write!(
                formatter,
                "the topic {topic:?} contains '+', '#' or NUL, which only filters may"
            ),
            MessageProblem::BadQos(qos) => {
                write!(formatter, "the qos is {qos}; MQTT knows 0, 1 and 2")
            }
        }
    }
}
