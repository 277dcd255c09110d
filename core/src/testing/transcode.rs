//! Requests of one package, rewritten as a broker of another would send them.
//!
//! Most requests are the same bytes in every package, or differ by fields that the older one
//! would not send; only those whose fields changed their place or type are rewritten.

use bytes::Bytes;
use prost::{DecodeError, Message};

use crate::{
    hook::Hook,
    package::Package,
    proto::{v1, v2, v3},
};

/// The request of `hook` as a broker of package `to` sends it; `request` is one of package `from`.
///
/// # Errors
///
/// When `request` is no request of `hook`.
pub fn transcode(
    from: Package,
    to: Package,
    hook: Hook,
    request: &Bytes,
) -> Result<Bytes, DecodeError> {
    if from == to {
        return Ok(request.clone());
    }
    match hook {
        Hook::ProviderLoaded => loaded(from, to, request.clone()),
        Hook::ClientSubscribe => subscribe(to, request.clone()),
        Hook::ClientUnsubscribe => unsubscribe(to, request.clone()),
        Hook::SessionSubscribed => subscribed(to, request.clone()),
        _ => Ok(request.clone()),
    }
}

fn encoded(message: &impl Message) -> Bytes {
    message.encode_to_vec().into()
}

/// The uptime is a text in v1 and milliseconds in the others.
fn loaded(from: Package, to: Package, request: Bytes) -> Result<Bytes, DecodeError> {
    if from == Package::V1 {
        let older = v1::ProviderLoadedRequest::decode(request)?;
        return Ok(encoded(&v3::ProviderLoadedRequest {
            broker: older.broker.map(|broker| v3::BrokerInfo {
                version: broker.version,
                sysdescr: broker.sysdescr,
                uptime: 1_000 * first_number(&broker.uptime),
                datetime: broker.datetime,
            }),
            meta: older.meta.map(|meta| v3::RequestMeta {
                node: meta.node,
                version: meta.version,
                sysdescr: meta.sysdescr,
                cluster_name: meta.cluster_name,
            }),
        }));
    }
    if to != Package::V1 {
        return Ok(request);
    }
    let newer = v3::ProviderLoadedRequest::decode(request)?;
    Ok(encoded(&v1::ProviderLoadedRequest {
        broker: newer.broker.map(|broker| v1::BrokerInfo {
            version: broker.version,
            sysdescr: broker.sysdescr,
            uptime: format!("{} seconds", broker.uptime / 1_000),
            datetime: broker.datetime,
        }),
        meta: newer.meta.map(|meta| v1::RequestMeta {
            node: meta.node,
            version: meta.version,
            sysdescr: meta.sysdescr,
            cluster_name: meta.cluster_name,
        }),
    }))
}

/// The seconds in `9 seconds`; recordings begin when the broker has just started.
fn first_number(uptime: &str) -> i64 {
    uptime
        .split(' ')
        .next()
        .and_then(|number| number.parse::<u32>().ok())
        .map_or(0, i64::from)
}

/// What a filter is in any package.
struct Filter {
    name: String,
    qos: u32,
    subopts: Option<v3::SubOpts>,
}

impl Filter {
    /// As EMQX 4 writes it: the bare filter and its quality of service.
    fn into_v1(self) -> v1::TopicFilter {
        v1::TopicFilter {
            name: self.name,
            qos: self.qos,
        }
    }

    /// As EMQX since 5.4 writes it.
    fn into_v3(self) -> v3::TopicFilter {
        let qos = self.qos;
        v3::TopicFilter {
            name: self.name,
            subopts: self.subopts.or(Some(v3::SubOpts {
                qos,
                ..v3::SubOpts::default()
            })),
        }
    }
}

impl From<v2::TopicFilter> for Filter {
    #[expect(deprecated, reason = "brokers before 5.4 send the QoS beside the name")]
    fn from(filter: v2::TopicFilter) -> Self {
        let subopts = filter.subopts.map(|subopts| v3::SubOpts {
            qos: subopts.qos,
            rh: subopts.rh,
            rap: subopts.rap,
            nl: subopts.nl,
        });
        Self {
            name: filter.name,
            qos: subopts.as_ref().map_or(filter.qos, |subopts| subopts.qos),
            subopts,
        }
    }
}

// The filters of all packages are read with the type of v2, which has the fields of v1 and v3.
// Everything else is carried by the type of v3, a superset of the older ones.

fn subscribe(to: Package, request: Bytes) -> Result<Bytes, DecodeError> {
    let filters = v2::ClientSubscribeRequest::decode(request.clone())?.topic_filters;
    let filters = filters.into_iter().map(Filter::from);
    if to == Package::V1 {
        let older = v1::ClientSubscribeRequest::decode(request)?;
        return Ok(encoded(&v1::ClientSubscribeRequest {
            topic_filters: filters.map(Filter::into_v1).collect(),
            ..older
        }));
    }
    let newer = v3::ClientSubscribeRequest::decode(request)?;
    Ok(encoded(&v3::ClientSubscribeRequest {
        topic_filters: filters.map(Filter::into_v3).collect(),
        ..newer
    }))
}

fn unsubscribe(to: Package, request: Bytes) -> Result<Bytes, DecodeError> {
    let filters = v2::ClientUnsubscribeRequest::decode(request.clone())?.topic_filters;
    let filters = filters.into_iter().map(Filter::from);
    if to == Package::V1 {
        let older = v1::ClientUnsubscribeRequest::decode(request)?;
        return Ok(encoded(&v1::ClientUnsubscribeRequest {
            topic_filters: filters.map(Filter::into_v1).collect(),
            ..older
        }));
    }
    let newer = v3::ClientUnsubscribeRequest::decode(request)?;
    Ok(encoded(&v3::ClientUnsubscribeRequest {
        topic_filters: filters.map(Filter::into_v3).collect(),
        ..newer
    }))
}

/// The group of a shared subscription stands in its options in v1, and in its topic since 5.4.
fn subscribed(to: Package, request: Bytes) -> Result<Bytes, DecodeError> {
    let mut request = v1::SessionSubscribedRequest::decode(request)?;
    let mut subopts = request.subopts.take().unwrap_or_default();
    if to == Package::V1 {
        if let Some((group, topic)) = split_share(&request.topic) {
            subopts.share = group;
            request.topic = topic;
        }
    } else {
        let group = std::mem::take(&mut subopts.share);
        request.topic = match group.as_str() {
            "" => request.topic,
            "$queue" => format!("$queue/{}", request.topic),
            group => format!("$share/{group}/{}", request.topic),
        };
    }
    request.subopts = Some(subopts);
    Ok(encoded(&request))
}

/// The group and the filter of `$share/group/filter` or `$queue/filter`.
fn split_share(topic: &str) -> Option<(String, String)> {
    if let Some(filter) = topic.strip_prefix("$queue/") {
        return Some(("$queue".to_owned(), filter.to_owned()));
    }
    let (group, filter) = topic.strip_prefix("$share/")?.split_once('/')?;
    Some((group.to_owned(), filter.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uptime_is_a_text_in_v1_and_a_number_elsewhere() {
        let older = v1::ProviderLoadedRequest {
            broker: Some(v1::BrokerInfo {
                version: "4.4.19".into(),
                uptime: "9 seconds".into(),
                ..v1::BrokerInfo::default()
            }),
            ..v1::ProviderLoadedRequest::default()
        };
        let bytes = transcode(
            Package::V1,
            Package::V3,
            Hook::ProviderLoaded,
            &encoded(&older),
        )
        .expect("a request");
        let newer = v3::ProviderLoadedRequest::decode(bytes.clone()).expect("v3");
        assert_eq!(
            newer.broker.as_ref().map(|broker| broker.uptime),
            Some(9_000)
        );
        let back = transcode(Package::V3, Package::V1, Hook::ProviderLoaded, &bytes);
        assert_eq!(back, Ok(encoded(&older)));
    }

    #[test]
    fn filters_have_a_qos_in_v1_and_options_since_5_4() {
        let older = v1::ClientSubscribeRequest {
            topic_filters: vec![v1::TopicFilter {
                name: "a/#".into(),
                qos: 2,
            }],
            ..v1::ClientSubscribeRequest::default()
        };
        for to in [Package::V2, Package::V3] {
            let hook = Hook::ClientSubscribe;
            let bytes = transcode(Package::V1, to, hook, &encoded(&older)).expect("a request");
            let newer = v3::ClientSubscribeRequest::decode(bytes.clone()).expect("v3");
            let subopts = newer.topic_filters[0].subopts.as_ref();
            assert_eq!(subopts.map(|subopts| subopts.qos), Some(2));
            assert_eq!(
                transcode(to, Package::V1, hook, &bytes),
                Ok(encoded(&older))
            );
        }
    }

    #[test]
    fn user_properties_stay_when_filters_are_rewritten() {
        let newest = v3::ClientUnsubscribeRequest {
            user_props: vec![v3::Property {
                name: "fw".into(),
                value: "1".into(),
            }],
            topic_filters: vec![v3::TopicFilter {
                name: "a".into(),
                subopts: Some(v3::SubOpts {
                    nl: 1,
                    ..v3::SubOpts::default()
                }),
            }],
            ..v3::ClientUnsubscribeRequest::default()
        };
        let hook = Hook::ClientUnsubscribe;
        let bytes = encoded(&newest);
        assert_eq!(transcode(Package::V3, Package::V2, hook, &bytes), Ok(bytes));
    }

    #[test]
    fn the_group_of_a_shared_subscription_changes_its_place() {
        let hook = Hook::SessionSubscribed;
        for (topic, bare, share) in [
            ("$share/g/t/#", "t/#", "g"),
            ("$queue/t", "t", "$queue"),
            ("t", "t", ""),
        ] {
            let newer = encoded(&v3::SessionSubscribedRequest {
                topic: topic.into(),
                subopts: Some(v3::SubOpts {
                    qos: 1,
                    ..v3::SubOpts::default()
                }),
                ..v3::SessionSubscribedRequest::default()
            });
            let bytes = transcode(Package::V3, Package::V1, hook, &newer).expect("a request");
            let older = v1::SessionSubscribedRequest::decode(bytes.clone()).expect("v1");
            let subopts = older.subopts.unwrap_or_default();
            assert_eq!(
                (older.topic.as_str(), subopts.share.as_str()),
                (bare, share)
            );
            assert_eq!(subopts.qos, 1);
            assert_eq!(transcode(Package::V1, Package::V3, hook, &bytes), Ok(newer));
        }
    }
}
