//! What a broker asks: the request of any hook, for any client.

use bytes::Bytes;
use exhook::{Hook, Package, Request, proto::v3, testing::BrokerPool};
use prost::DecodeError;

use super::topic::TopicTemplate;
use crate::transcode::transcode;

const NODE: &str = "emqx@127.0.0.1";
const PEERHOST: &str = "127.0.0.1";
const PORT: u32 = 1883;
/// The moment of all messages, in milliseconds.
const TIMESTAMP: u64 = 1_760_000_000_000;

/// What the requests are made of.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) package: Package,
    pub(super) hook: Hook,
    pub(super) topic: TopicTemplate,
    pub(super) payload_bytes: usize,
}

/// A client of the broker, with the request that all its calls have.
#[derive(Clone, Debug)]
pub(super) struct Client {
    /// The connection that its calls use, counted from 0.
    pub(super) connection: usize,
    /// Protobuf bytes.
    pub(super) request: Bytes,
}

impl Client {
    pub(super) fn new(shape: &Shape, number: u32, connections: usize) -> Result<Self, DecodeError> {
        let clientid = format!("bench-{number}");
        let connection = BrokerPool::place_of(&clientid, connections);
        let request = shape.request(&clientid, number).encode_to_vec();
        let request = transcode(Package::V3, shape.package, shape.hook, &request.into())?;
        Ok(Self {
            connection,
            request,
        })
    }
}

impl Shape {
    /// The version of a broker that speaks the package and has the hook.
    pub(super) fn version(&self) -> &'static str {
        match (self.package, self.hook) {
            (Package::V1, _) => "4.4.19",
            (Package::V2, _) => "5.8.9",
            (Package::V3, Hook::MessageIngress) => "6.3.0",
            (Package::V3, _) => "5.9.2",
        }
    }

    fn meta(&self) -> v3::RequestMeta {
        v3::RequestMeta {
            node: NODE.to_owned(),
            version: self.version().to_owned(),
            sysdescr: "EMQX".to_owned(),
            cluster_name: "emqxcl".to_owned(),
        }
    }

    fn message(&self, clientid: &str, number: u32) -> v3::Message {
        let headers = [
            ("username", username(number)),
            ("peerhost", PEERHOST.to_owned()),
            ("protocol", "mqtt".to_owned()),
        ];
        v3::Message {
            node: NODE.to_owned(),
            id: format!("{:032X}", u128::from(number)),
            qos: 1,
            from: clientid.to_owned(),
            topic: self.topic.of(clientid, number),
            payload: vec![b'x'; self.payload_bytes].into(),
            timestamp: TIMESTAMP,
            headers: headers
                .map(|(name, value)| (name.to_owned(), value))
                .into_iter()
                .collect(),
        }
    }

    fn filters(&self, clientid: &str, number: u32) -> Vec<v3::TopicFilter> {
        vec![v3::TopicFilter {
            name: self.topic.of(clientid, number),
            subopts: Some(subopts()),
        }]
    }

    fn clientinfo(&self, clientid: &str, number: u32) -> v3::ClientInfo {
        let password = if self.hook == Hook::ClientAuthenticate {
            format!("password-{number}")
        } else {
            String::new()
        };
        v3::ClientInfo {
            node: NODE.to_owned(),
            clientid: clientid.to_owned(),
            username: username(number),
            password,
            peerhost: PEERHOST.to_owned(),
            sockport: PORT,
            protocol: "mqtt".to_owned(),
            peerport: peerport(number),
            ..v3::ClientInfo::default()
        }
    }

    /// The request in the types of v3.
    #[expect(clippy::too_many_lines, reason = "one arm a hook")]
    fn request(&self, clientid: &str, number: u32) -> Request {
        let meta = Some(self.meta());
        let clientinfo = || Some(self.clientinfo(clientid, number));
        let message = || Some(self.message(clientid, number));
        let topic = || self.topic.of(clientid, number);
        match self.hook {
            Hook::ProviderLoaded => Request::ProviderLoaded(v3::ProviderLoadedRequest {
                broker: Some(v3::BrokerInfo {
                    version: self.version().to_owned(),
                    sysdescr: "EMQX".to_owned(),
                    uptime: 9_000,
                    datetime: "2025-10-09T08:53:20+00:00".to_owned(),
                }),
                meta,
            }),
            Hook::ProviderUnloaded => {
                Request::ProviderUnloaded(v3::ProviderUnloadedRequest { meta })
            }
            Hook::ClientConnect => Request::ClientConnect(v3::ClientConnectRequest {
                conninfo: Some(conninfo(clientid, number)),
                meta,
                ..v3::ClientConnectRequest::default()
            }),
            Hook::ClientConnack => Request::ClientConnack(v3::ClientConnackRequest {
                conninfo: Some(conninfo(clientid, number)),
                result_code: "success".to_owned(),
                meta,
                ..v3::ClientConnackRequest::default()
            }),
            Hook::ClientConnected => Request::ClientConnected(v3::ClientConnectedRequest {
                clientinfo: clientinfo(),
                meta,
            }),
            Hook::ClientDisconnected => {
                Request::ClientDisconnected(v3::ClientDisconnectedRequest {
                    clientinfo: clientinfo(),
                    reason: "normal".to_owned(),
                    meta,
                })
            }
            Hook::ClientAuthenticate => {
                Request::ClientAuthenticate(v3::ClientAuthenticateRequest {
                    clientinfo: clientinfo(),
                    result: false,
                    meta,
                })
            }
            Hook::ClientAuthorize => Request::ClientAuthorize(v3::ClientAuthorizeRequest {
                clientinfo: clientinfo(),
                topic: topic(),
                result: true,
                meta,
                ..v3::ClientAuthorizeRequest::default()
            }),
            Hook::ClientSubscribe => Request::ClientSubscribe(v3::ClientSubscribeRequest {
                clientinfo: clientinfo(),
                topic_filters: self.filters(clientid, number),
                meta,
                ..v3::ClientSubscribeRequest::default()
            }),
            Hook::ClientUnsubscribe => Request::ClientUnsubscribe(v3::ClientUnsubscribeRequest {
                clientinfo: clientinfo(),
                topic_filters: self.filters(clientid, number),
                meta,
                ..v3::ClientUnsubscribeRequest::default()
            }),
            Hook::SessionCreated => Request::SessionCreated(v3::SessionCreatedRequest {
                clientinfo: clientinfo(),
                meta,
            }),
            Hook::SessionSubscribed => Request::SessionSubscribed(v3::SessionSubscribedRequest {
                clientinfo: clientinfo(),
                topic: topic(),
                subopts: Some(subopts()),
                meta,
            }),
            Hook::SessionUnsubscribed => {
                Request::SessionUnsubscribed(v3::SessionUnsubscribedRequest {
                    clientinfo: clientinfo(),
                    topic: topic(),
                    meta,
                })
            }
            Hook::SessionResumed => Request::SessionResumed(v3::SessionResumedRequest {
                clientinfo: clientinfo(),
                meta,
            }),
            Hook::SessionDiscarded => Request::SessionDiscarded(v3::SessionDiscardedRequest {
                clientinfo: clientinfo(),
                meta,
            }),
            Hook::SessionTakenover => Request::SessionTakenover(v3::SessionTakenoverRequest {
                clientinfo: clientinfo(),
                meta,
            }),
            Hook::SessionTerminated => Request::SessionTerminated(v3::SessionTerminatedRequest {
                clientinfo: clientinfo(),
                reason: "normal".to_owned(),
                meta,
            }),
            Hook::MessagePublish => Request::MessagePublish(v3::MessagePublishRequest {
                message: message(),
                meta,
                ..v3::MessagePublishRequest::default()
            }),
            Hook::MessageDelivered => Request::MessageDelivered(v3::MessageDeliveredRequest {
                clientinfo: clientinfo(),
                message: message(),
                meta,
            }),
            Hook::MessageDropped => Request::MessageDropped(v3::MessageDroppedRequest {
                message: message(),
                reason: "no_subscribers".to_owned(),
                meta,
            }),
            Hook::MessageAcked => Request::MessageAcked(v3::MessageAckedRequest {
                clientinfo: clientinfo(),
                message: message(),
                meta,
            }),
            Hook::MessageIngress => Request::MessageIngress(v3::MessageIngressRequest {
                clientinfo: clientinfo(),
                message: message(),
                meta,
                ..v3::MessageIngressRequest::default()
            }),
        }
    }
}

fn username(number: u32) -> String {
    format!("user-{number}")
}

/// As the system gives them out: above the ports of services.
fn peerport(number: u32) -> u32 {
    32_768 + number % 28_000
}

fn subopts() -> v3::SubOpts {
    v3::SubOpts {
        qos: 1,
        ..v3::SubOpts::default()
    }
}

fn conninfo(clientid: &str, number: u32) -> v3::ConnInfo {
    v3::ConnInfo {
        node: NODE.to_owned(),
        clientid: clientid.to_owned(),
        username: username(number),
        peerhost: PEERHOST.to_owned(),
        sockport: PORT,
        proto_name: "MQTT".to_owned(),
        proto_ver: "5".to_owned(),
        keepalive: 60,
        peerport: peerport(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::topic::parse_topic;

    fn shape(hook: Hook) -> Shape {
        Shape {
            package: Package::V3,
            hook,
            topic: parse_topic("t/{number}").expect("a template"),
            payload_bytes: 3,
        }
    }

    #[test]
    fn every_hook_has_a_request_of_a_client_and_a_node() {
        for hook in Hook::ALL {
            let request = shape(*hook).request("bench-4", 4);
            assert_eq!(request.hook(), *hook);
            assert_eq!(request.node(), NODE, "{hook}");
            let provider = !hook.is_announced();
            assert_eq!(request.clientid(), if provider { "" } else { "bench-4" });
            assert!(request.topic().is_none_or(|topic| topic == "t/4"), "{hook}");
            assert!(
                request
                    .message()
                    .is_none_or(|message| message.payload == "xxx")
            );
        }
    }

    #[test]
    fn clients_are_spread_over_the_connections() {
        let mut counts = [0; 8];
        for number in 0..1_000 {
            let client = Client::new(&shape(Hook::ClientConnect), number, 8).expect("a request");
            counts[client.connection] += 1;
        }
        assert!(counts.iter().all(|count| *count >= 64), "{counts:?}");
    }
}
