//! [`Asked`]: a request in the few terms that tests are written in.

use crate::{
    encode::{Value, Values},
    fields::{Content, Label},
};

/// What is set in a request; everything else is left out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) clientid: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) topic: Option<String>,
    pub(crate) payload: Option<Vec<u8>>,
    pub(crate) qos: u32,
    /// What a broker says of itself when it loads a server.
    pub(crate) version: Option<String>,
}

impl Values for Asked {
    fn value(&self, path: &str, _content: &Content) -> Option<Value> {
        let text = match path {
            "message.payload" => return self.payload.clone().map(Value::Bytes),
            "clientinfo.clientid" | "conninfo.clientid" | "message.from" => &self.clientid,
            "clientinfo.username" | "conninfo.username" => &self.username,
            "clientinfo.password" => &self.password,
            "topic" | "message.topic" | "topic_filters[0].name" => &self.topic,
            "broker.version" => &self.version,
            "message.qos" | "subopts.qos" => return Some(Value::Number(self.qos.into())),
            _ => return None,
        };
        text.clone().map(|text| Value::Bytes(text.into_bytes()))
    }

    fn entries(&self, path: &str, _label: Label) -> usize {
        usize::from(path == "topic_filters")
    }
}
