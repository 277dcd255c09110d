//! Requests that say what they are, for each hook.

use bytes::Bytes;
use exhook::{Hook, Package, Request, proto};

use super::broker::Broker;
use crate::transcode::transcode;

/// The client id, user name and node of the calls of a check.
pub(crate) const NAME: &str = "exhook-check";
/// The topic, and its payload.
pub(crate) const TOPIC: &str = "exhook-check/topic";
pub(crate) const PAYLOAD: &[u8] = b"exhook-check";
/// The quality of service of the message.
pub(crate) const QOS: u32 = 1;

/// The request of `hook` as `broker` sends it. Message hooks get `topic`.
pub(crate) fn request(broker: Broker, hook: Hook, topic: &str) -> Result<Bytes, String> {
    let body = of_v3(broker, hook, topic).encode_to_vec();
    transcode(Package::V3, broker.package, hook, &Bytes::from(body))
        .map_err(|error| format!("cannot write a request of {hook}: {error}"))
}

#[expect(
    clippy::too_many_lines,
    clippy::needless_update,
    reason = "one row for each hook, and some name every field"
)]
fn of_v3(broker: Broker, hook: Hook, topic: &str) -> Request {
    let meta = Some(meta(broker));
    let clientinfo = Some(clientinfo());
    let conninfo = Some(conninfo());
    let message = Some(message(topic));
    macro_rules! with {
        ($variant:ident, $request:ident { $($field:ident $(: $value:expr)?),* }) => {
            Request::$variant(proto::$request {
                $($field $(: $value)?,)*
                ..Default::default()
            })
        };
    }
    match hook {
        Hook::ProviderLoaded => with!(
            ProviderLoaded,
            ProviderLoadedRequest {
                broker: Some(info(broker)),
                meta
            }
        ),
        Hook::ProviderUnloaded => with!(ProviderUnloaded, ProviderUnloadedRequest { meta }),
        Hook::ClientConnect => with!(ClientConnect, ClientConnectRequest { conninfo, meta }),
        Hook::ClientConnack => with!(
            ClientConnack,
            ClientConnackRequest {
                conninfo,
                result_code: "success".to_owned(),
                meta
            }
        ),
        Hook::ClientConnected => {
            with!(ClientConnected, ClientConnectedRequest { clientinfo, meta })
        }
        Hook::ClientDisconnected => with!(
            ClientDisconnected,
            ClientDisconnectedRequest {
                clientinfo,
                reason: "normal".to_owned(),
                meta
            }
        ),
        Hook::ClientAuthenticate => {
            with!(
                ClientAuthenticate,
                ClientAuthenticateRequest { clientinfo, meta }
            )
        }
        Hook::ClientAuthorize => with!(
            ClientAuthorize,
            ClientAuthorizeRequest {
                clientinfo,
                topic: TOPIC.to_owned(),
                meta
            }
        ),
        Hook::ClientSubscribe => with!(
            ClientSubscribe,
            ClientSubscribeRequest {
                clientinfo,
                topic_filters: vec![filter()],
                meta
            }
        ),
        Hook::ClientUnsubscribe => with!(
            ClientUnsubscribe,
            ClientUnsubscribeRequest {
                clientinfo,
                topic_filters: vec![filter()],
                meta
            }
        ),
        Hook::SessionCreated => with!(SessionCreated, SessionCreatedRequest { clientinfo, meta }),
        Hook::SessionSubscribed => with!(
            SessionSubscribed,
            SessionSubscribedRequest {
                clientinfo,
                topic: TOPIC.to_owned(),
                subopts: filter().subopts,
                meta
            }
        ),
        Hook::SessionUnsubscribed => with!(
            SessionUnsubscribed,
            SessionUnsubscribedRequest {
                clientinfo,
                topic: TOPIC.to_owned(),
                meta
            }
        ),
        Hook::SessionResumed => with!(SessionResumed, SessionResumedRequest { clientinfo, meta }),
        Hook::SessionDiscarded => {
            with!(
                SessionDiscarded,
                SessionDiscardedRequest { clientinfo, meta }
            )
        }
        Hook::SessionTakenover => {
            with!(
                SessionTakenover,
                SessionTakenoverRequest { clientinfo, meta }
            )
        }
        Hook::SessionTerminated => with!(
            SessionTerminated,
            SessionTerminatedRequest {
                clientinfo,
                reason: "normal".to_owned(),
                meta
            }
        ),
        Hook::MessagePublish => with!(MessagePublish, MessagePublishRequest { message, meta }),
        Hook::MessageDelivered => with!(
            MessageDelivered,
            MessageDeliveredRequest {
                clientinfo,
                message,
                meta
            }
        ),
        Hook::MessageDropped => with!(
            MessageDropped,
            MessageDroppedRequest {
                message,
                reason: "no_subscribers".to_owned(),
                meta
            }
        ),
        Hook::MessageAcked => with!(
            MessageAcked,
            MessageAckedRequest {
                clientinfo,
                message,
                meta
            }
        ),
        Hook::MessageIngress => with!(
            MessageIngress,
            MessageIngressRequest {
                clientinfo,
                message,
                meta
            }
        ),
    }
}

fn meta(broker: Broker) -> proto::RequestMeta {
    proto::RequestMeta {
        node: node(),
        version: broker.version_text(),
        sysdescr: NAME.to_owned(),
        cluster_name: NAME.to_owned(),
    }
}

fn node() -> String {
    format!("{NAME}@127.0.0.1")
}

fn info(broker: Broker) -> proto::BrokerInfo {
    proto::BrokerInfo {
        version: broker.version_text(),
        sysdescr: NAME.to_owned(),
        ..proto::BrokerInfo::default()
    }
}

fn conninfo() -> proto::ConnInfo {
    proto::ConnInfo {
        node: node(),
        clientid: NAME.to_owned(),
        username: NAME.to_owned(),
        peerhost: "127.0.0.1".to_owned(),
        sockport: 1883,
        proto_name: "MQTT".to_owned(),
        proto_ver: "5".to_owned(),
        keepalive: 60,
        ..proto::ConnInfo::default()
    }
}

fn clientinfo() -> proto::ClientInfo {
    proto::ClientInfo {
        node: node(),
        clientid: NAME.to_owned(),
        username: NAME.to_owned(),
        peerhost: "127.0.0.1".to_owned(),
        sockport: 1883,
        protocol: "mqtt".to_owned(),
        ..proto::ClientInfo::default()
    }
}

fn message(topic: &str) -> proto::Message {
    proto::Message {
        node: node(),
        id: NAME.to_owned(),
        qos: QOS,
        from: NAME.to_owned(),
        topic: topic.to_owned(),
        payload: Bytes::from_static(PAYLOAD),
        headers: [
            ("username", NAME),
            ("protocol", "mqtt"),
            ("allow_publish", "true"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into(),
        ..proto::Message::default()
    }
}

fn filter() -> proto::TopicFilter {
    proto::TopicFilter {
        name: TOPIC.to_owned(),
        subopts: Some(proto::SubOpts {
            qos: QOS,
            ..proto::SubOpts::default()
        }),
    }
}

/// A topic that `filters` let through: [`TOPIC`], else one made of the first of them.
pub(crate) fn topic_for(filters: &[String]) -> String {
    let matched = |topic: &str| {
        filters.is_empty()
            || filters
                .iter()
                .any(|filter| exhook::topic_matches(filter, topic))
    };
    if matched(TOPIC) {
        return TOPIC.to_owned();
    }
    let made = filters[0].replace(['+', '#'], NAME);
    if matched(&made) {
        made
    } else {
        TOPIC.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_hooks_get_a_topic_that_their_filters_let_through() {
        let filters = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let topic_for = |texts: &[&str]| topic_for(&Vec::<String>::clone(&filters(texts)));
        assert_eq!(topic_for(&[]), TOPIC);
        assert_eq!(topic_for(&["a/b", "exhook-check/#"]), TOPIC);
        assert_eq!(
            topic_for(&["sensors/+/#"]),
            "sensors/exhook-check/exhook-check"
        );
    }

    #[test]
    fn every_hook_has_a_request_in_every_package_that_knows_it() {
        for package in Package::ALL {
            let broker = Broker::of_package(package);
            for hook in Hook::ALL.iter().filter(|hook| hook.since() <= package) {
                let body = request(broker, *hook, TOPIC).expect("a request");
                let decoded = of_v3(broker, *hook, TOPIC);
                assert_eq!(decoded.hook(), *hook);
                assert!(!body.is_empty(), "{hook}");
                if hook.is_announced() {
                    assert_eq!(decoded.clientid(), NAME, "{hook}");
                }
            }
        }
    }
}
