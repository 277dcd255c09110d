//! [`RequestFields`]: what a call is about, and the request that says so.

use exhook::{Hook, Request, proto};
use serde::Deserialize;

/// The fields of requests that cases set; the rest is as brokers have it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RequestFields {
    /// The client's id; the run of the case is added behind a slash.
    pub(crate) client: Option<String>,
    username: Option<String>,
    pub(crate) topic: Option<String>,
    payload: Option<String>,
    /// A payload of so many bytes.
    payload_bytes: Option<usize>,
    qos: u32,
    headers: Option<std::collections::BTreeMap<String, String>>,
    result: bool,
    filters: Vec<String>,
    user_properties: Vec<(String, String)>,
    /// The broker's version, in `provider.loaded`.
    version: Option<String>,
    /// The node that calls.
    node: Option<String>,
}

impl RequestFields {
    /// The request of `hook` by a broker of `version`; `run` tells runs apart, `number` calls.
    pub(crate) fn request(&self, hook: Hook, version: &str, run: &str, number: usize) -> Request {
        let filled = |text: &str| text.replace("<n>", &number.to_string());
        let clientid = self
            .client
            .as_deref()
            .map_or(String::new(), |client| format!("{}{run}", filled(client)));
        let topic = filled(self.topic.as_deref().unwrap_or("a/b"));
        let node = self
            .node
            .as_deref()
            .map_or("emqx@127.0.0.1".to_owned(), |node| format!("{node}{run}"));
        let facts = Facts {
            fields: self,
            clientid,
            topic,
            node,
            version: self.version.as_deref().unwrap_or(version).to_owned(),
        };
        facts.request(hook)
    }
}

struct Facts<'fields> {
    fields: &'fields RequestFields,
    clientid: String,
    topic: String,
    node: String,
    version: String,
}

impl Facts<'_> {
    fn request(&self, hook: Hook) -> Request {
        let mut request =
            Request::decode(hook, bytes::Bytes::new()).expect("no bytes are an empty request");
        macro_rules! set {
            ($request:ident: $($field:ident),*) => {{
                $($request.$field = self.$field().into();)*
                $request.meta = Some(self.meta());
            }};
        }
        match &mut request {
            Request::ProviderLoaded(request) => set!(request: broker),
            Request::ProviderUnloaded(request) => request.meta = Some(self.meta()),
            Request::ClientConnect(request) => set!(request: conninfo, user_props),
            Request::ClientConnack(request) => {
                "success".clone_into(&mut request.result_code);
                set!(request: conninfo, user_props);
            }
            Request::ClientConnected(request) => set!(request: clientinfo),
            Request::ClientDisconnected(request) => {
                "normal".clone_into(&mut request.reason);
                set!(request: clientinfo);
            }
            Request::ClientAuthenticate(request) => set!(request: clientinfo, result),
            Request::ClientAuthorize(request) => set!(request: clientinfo, topic, result),
            Request::ClientSubscribe(request) => {
                set!(request: clientinfo, topic_filters, user_props);
            }
            Request::ClientUnsubscribe(request) => {
                set!(request: clientinfo, topic_filters, user_props);
            }
            Request::SessionCreated(request) => set!(request: clientinfo),
            Request::SessionSubscribed(request) => {
                request.subopts = Some(subopts());
                set!(request: clientinfo, topic);
            }
            Request::SessionUnsubscribed(request) => set!(request: clientinfo, topic),
            Request::SessionResumed(request) => set!(request: clientinfo),
            Request::SessionDiscarded(request) => set!(request: clientinfo),
            Request::SessionTakenover(request) => set!(request: clientinfo),
            Request::SessionTerminated(request) => {
                "normal".clone_into(&mut request.reason);
                set!(request: clientinfo);
            }
            Request::MessagePublish(request) => set!(request: message, user_props),
            Request::MessageDelivered(request) => set!(request: clientinfo, message),
            Request::MessageDropped(request) => {
                "no_subscribers".clone_into(&mut request.reason);
                set!(request: message);
            }
            Request::MessageAcked(request) => set!(request: clientinfo, message),
            Request::MessageIngress(request) => set!(request: clientinfo, message),
        }
        request
    }

    fn broker(&self) -> proto::BrokerInfo {
        proto::BrokerInfo {
            version: self.version.clone(),
            sysdescr: "EMQX".to_owned(),
            uptime: 9_000,
            datetime: "2024-01-02 03:04:05".to_owned(),
        }
    }

    fn meta(&self) -> proto::RequestMeta {
        proto::RequestMeta {
            node: self.node.clone(),
            version: self.version.clone(),
            sysdescr: "EMQX".to_owned(),
            cluster_name: "emqxcl".to_owned(),
        }
    }

    fn conninfo(&self) -> proto::ConnInfo {
        proto::ConnInfo {
            node: self.node.clone(),
            clientid: self.clientid.clone(),
            peerhost: "127.0.0.1".to_owned(),
            sockport: 1883,
            proto_name: "MQTT".to_owned(),
            proto_ver: "5".to_owned(),
            keepalive: 60,
            ..proto::ConnInfo::default()
        }
    }

    fn clientinfo(&self) -> proto::ClientInfo {
        proto::ClientInfo {
            node: self.node.clone(),
            clientid: self.clientid.clone(),
            username: self.fields.username.clone().unwrap_or_default(),
            password: "correct horse".to_owned(),
            peerhost: "127.0.0.1".to_owned(),
            sockport: 1883,
            protocol: "mqtt".to_owned(),
            ..proto::ClientInfo::default()
        }
    }

    fn message(&self) -> proto::Message {
        let fields = self.fields;
        let payload = match fields.payload_bytes {
            // Not all the same, so that pieces that change places are seen.
            Some(count) => (0..=250).cycle().take(count).collect(),
            None => fields.payload.clone().unwrap_or_default().into_bytes(),
        };
        let headers = match &fields.headers {
            Some(headers) => headers.clone().into_iter().collect(),
            None => [("username".to_owned(), "alice".to_owned())].into(),
        };
        proto::Message {
            node: self.node.clone(),
            id: "0006240A".to_owned(),
            qos: fields.qos,
            from: self.clientid.clone(),
            topic: self.topic.clone(),
            payload: payload.into(),
            timestamp: 1_781_958_313_414,
            headers,
        }
    }

    fn topic(&self) -> String {
        self.topic.clone()
    }

    fn result(&self) -> bool {
        self.fields.result
    }

    fn topic_filters(&self) -> Vec<proto::TopicFilter> {
        self.fields
            .filters
            .iter()
            .map(|name| proto::TopicFilter {
                name: name.clone(),
                subopts: Some(subopts()),
            })
            .collect()
    }

    fn user_props(&self) -> Vec<proto::Property> {
        self.fields
            .user_properties
            .iter()
            .map(|(name, value)| proto::Property {
                name: name.clone(),
                value: value.clone(),
            })
            .collect()
    }
}

fn subopts() -> proto::SubOpts {
    proto::SubOpts {
        qos: 1,
        ..proto::SubOpts::default()
    }
}
