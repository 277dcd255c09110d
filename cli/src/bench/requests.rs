//! What a broker asks: the request of any hook, for any client.

use bytes::Bytes;
use exhook::{Hook, Package, proto, testing::BrokerPool};
use prost::DecodeError;

use super::topic::TopicTemplate;
use crate::event::Event;

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
        let event = shape.event(&clientid, number);
        let request = event.encode(shape.package, shape.hook)?;
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

    fn event(&self, clientid: &str, number: u32) -> Event {
        let headers = [
            ("username", username(number)),
            ("peerhost", PEERHOST.to_owned()),
            ("protocol", "mqtt".to_owned()),
        ];
        // At any other time the broker knows it no more.
        let password = if self.hook == Hook::ClientAuthenticate {
            format!("password-{number}")
        } else {
            String::new()
        };
        let topic = self.topic.of(clientid, number);
        Event {
            broker: proto::BrokerInfo {
                version: self.version().to_owned(),
                sysdescr: "EMQX".to_owned(),
                uptime: 9_000,
                datetime: "2025-10-09T08:53:20+00:00".to_owned(),
            },
            meta: proto::RequestMeta {
                node: NODE.to_owned(),
                version: self.version().to_owned(),
                sysdescr: "EMQX".to_owned(),
                cluster_name: "emqxcl".to_owned(),
            },
            clientinfo: proto::ClientInfo {
                node: NODE.to_owned(),
                clientid: clientid.to_owned(),
                username: username(number),
                password,
                peerhost: PEERHOST.to_owned(),
                sockport: PORT,
                protocol: "mqtt".to_owned(),
                peerport: peerport(number),
                ..proto::ClientInfo::default()
            },
            message: proto::Message {
                node: NODE.to_owned(),
                id: format!("{:032X}", u128::from(number)),
                qos: 1,
                from: clientid.to_owned(),
                topic: topic.clone(),
                payload: vec![b'x'; self.payload_bytes].into(),
                timestamp: TIMESTAMP,
                headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
            },
            topic,
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
            let request = shape(*hook).event("bench-4", 4).request(*hook);
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
