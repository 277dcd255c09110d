//! Requests that say what they are, for each hook.

use bytes::Bytes;
use exhook::{Hook, proto, testing::Release};

use crate::event::Event;

/// The client id, user name and node of the calls of a check.
pub(crate) const NAME: &str = "exhook-check";
/// The topic, and its payload.
pub(crate) const TOPIC: &str = "exhook-check/topic";
pub(crate) const PAYLOAD: &[u8] = b"exhook-check";
/// The quality of service of the message.
pub(crate) const QOS: u32 = 1;

/// The request of `hook` as `broker` sends it. Message hooks get `topic`.
pub(crate) fn request(broker: Release, hook: Hook, topic: &str) -> Result<Bytes, String> {
    let encoded = event(broker, topic).encode(broker.package(), hook);
    encoded.map_err(|error| format!("cannot write a request of {hook}: {error}"))
}

fn event(broker: Release, topic: &str) -> Event {
    let headers = [
        ("username", NAME),
        ("protocol", "mqtt"),
        ("allow_publish", "true"),
    ];
    let node = format!("{NAME}@127.0.0.1");
    Event {
        broker: proto::BrokerInfo {
            version: broker.to_string(),
            sysdescr: NAME.to_owned(),
            ..proto::BrokerInfo::default()
        },
        meta: proto::RequestMeta {
            node: node.clone(),
            version: broker.to_string(),
            sysdescr: NAME.to_owned(),
            cluster_name: NAME.to_owned(),
        },
        clientinfo: proto::ClientInfo {
            node: node.clone(),
            clientid: NAME.to_owned(),
            username: NAME.to_owned(),
            peerhost: "127.0.0.1".to_owned(),
            sockport: 1883,
            protocol: "mqtt".to_owned(),
            ..proto::ClientInfo::default()
        },
        message: proto::Message {
            node,
            id: NAME.to_owned(),
            qos: QOS,
            from: NAME.to_owned(),
            topic: topic.to_owned(),
            payload: Bytes::from_static(PAYLOAD),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            ..proto::Message::default()
        },
        topic: TOPIC.to_owned(),
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
    use exhook::Package;

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
            let broker = Release::of_package(package);
            for hook in Hook::ALL.iter().filter(|hook| hook.since() <= package) {
                let body = request(broker, *hook, TOPIC).expect("a request");
                let decoded = event(broker, TOPIC).request(*hook);
                assert_eq!(decoded.hook(), *hook);
                assert!(!body.is_empty(), "{hook}");
                if hook.is_announced() {
                    assert_eq!(decoded.clientid(), NAME, "{hook}");
                }
            }
        }
    }
}
