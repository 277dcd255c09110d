//! Requests of packages v1 and v2, translated into the types of v3.
//!
//! Packages v1 and v2 differ from v3 in a few fields only, so a request is decoded as v3 and what
//! v3 does not know is read from the older type beside it.

use bytes::Bytes;

use super::{Package, RequestDecodeError, erlang};
use crate::{
    hook::{Hook, Request},
    proto::{self, v1, v2},
    wire,
};

const USER_PROPERTY: &str = "User-Property";

/// Decodes the request of `hook` as a broker of `package` sends it.
pub(crate) fn decode(
    package: Package,
    hook: Hook,
    body: Bytes,
) -> Result<Request, RequestDecodeError> {
    if package == Package::V3 {
        return Request::decode(hook, body);
    }
    if package == Package::V1 && hook == Hook::ProviderLoaded {
        return wire::decode(body).map(provider_loaded);
    }
    let mut request = Request::decode(hook, body.clone())?;
    match &mut request {
        Request::ClientSubscribe(subscribe) => {
            let older: v2::ClientSubscribeRequest = wire::decode(body)?;
            adopt_qos(&mut subscribe.topic_filters, &older.topic_filters);
        }
        Request::ClientUnsubscribe(unsubscribe) => {
            let older: v2::ClientUnsubscribeRequest = wire::decode(body)?;
            adopt_qos(&mut unsubscribe.topic_filters, &older.topic_filters);
        }
        Request::SessionSubscribed(subscribed) => {
            let older: v2::SessionSubscribedRequest = wire::decode(body)?;
            let subopts = older.subopts.unwrap_or_default();
            adopt_share(&mut subscribed.topic, &subopts);
        }
        _ => {}
    }
    if let Some((props, user_props)) = property_lists(&mut request) {
        move_user_properties(props, user_props);
    }
    Ok(request)
}

/// Before 5.4 a filter carried its QoS itself; since then it has `SubOpts`.
#[expect(
    deprecated,
    reason = "the fields are deprecated because only older brokers send them"
)]
fn adopt_qos(filters: &mut [proto::TopicFilter], older: &[v2::TopicFilter]) {
    for (filter, older) in filters.iter_mut().zip(older) {
        if filter.subopts.is_none() {
            filter.subopts = Some(proto::SubOpts {
                qos: older.qos,
                ..proto::SubOpts::default()
            });
        }
    }
}

/// Before 5.4 a shared subscription showed the bare filter and its group beside it; since then
/// the filter is `$share/group/filter`.
#[expect(
    deprecated,
    reason = "the fields are deprecated because only older brokers send them"
)]
fn adopt_share(topic: &mut String, subopts: &v2::SubOpts) {
    match subopts.share.as_str() {
        "" => {}
        "$queue" => *topic = format!("$queue/{topic}"),
        group => *topic = format!("$share/{group}/{topic}"),
    }
}

/// The properties and the user properties of a request that had both in one list before v3.
pub(crate) fn property_lists(
    request: &mut Request,
) -> Option<(&mut Vec<proto::Property>, &mut Vec<proto::Property>)> {
    match request {
        Request::ClientConnect(request) => Some((&mut request.props, &mut request.user_props)),
        Request::ClientConnack(request) => Some((&mut request.props, &mut request.user_props)),
        Request::ClientSubscribe(request) => Some((&mut request.props, &mut request.user_props)),
        Request::ClientUnsubscribe(request) => Some((&mut request.props, &mut request.user_props)),
        _ => None,
    }
}

/// Before v3 the user properties are one entry of `props` whose value is a printed Erlang list;
/// what cannot be read stays where it was.
fn move_user_properties(props: &mut Vec<proto::Property>, user_props: &mut Vec<proto::Property>) {
    props.retain(|property| {
        if property.name != USER_PROPERTY {
            return true;
        }
        let Some(pairs) = erlang::parse_pairs(&property.value) else {
            return true;
        };
        user_props.extend(
            pairs
                .into_iter()
                .map(|(name, value)| proto::Property { name, value }),
        );
        false
    });
}

fn provider_loaded(older: v1::ProviderLoadedRequest) -> Request {
    Request::ProviderLoaded(proto::ProviderLoadedRequest {
        broker: older.broker.map(|broker| proto::BrokerInfo {
            version: broker.version,
            sysdescr: broker.sysdescr,
            uptime: uptime_milliseconds(&broker.uptime),
            datetime: broker.datetime,
        }),
        meta: older.meta.map(|meta| proto::RequestMeta {
            node: meta.node,
            version: meta.version,
            sysdescr: meta.sysdescr,
            cluster_name: meta.cluster_name,
        }),
    })
}

/// Reads `1 days, 2 hours, 3 minutes, 4 seconds`, where leading parts may be missing; 0 when the
/// text is empty, as it often is.
fn uptime_milliseconds(text: &str) -> i64 {
    let mut words = text.split([' ', ',']).filter(|word| !word.is_empty());
    let mut seconds: i64 = 0;
    while let (Some(number), Some(unit)) = (words.next(), words.next()) {
        let Ok(number) = number.parse::<i64>() else {
            return 0;
        };
        let unit_seconds = match unit.trim_end_matches('s') {
            "day" => 86_400,
            "hour" => 3_600,
            "minute" => 60,
            "second" => 1,
            _ => return 0,
        };
        seconds = seconds.saturating_add(number.saturating_mul(unit_seconds));
    }
    seconds.saturating_mul(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_uptimes_become_milliseconds() {
        assert_eq!(uptime_milliseconds(""), 0);
        assert_eq!(uptime_milliseconds("9 seconds"), 9_000);
        assert_eq!(
            uptime_milliseconds("1 days,2 hours, 3 minutes, 4 seconds"),
            93_784_000
        );
        assert_eq!(uptime_milliseconds("soon"), 0);
        assert_eq!(uptime_milliseconds("9223372036854775807 days"), i64::MAX);
    }

    #[test]
    fn user_properties_move_when_they_can_be_read_and_stay_when_not() {
        let property = |name: &str, value: &str| proto::Property {
            name: name.into(),
            value: value.into(),
        };
        let mut props = vec![
            property("Receive-Maximum", "20"),
            property(USER_PROPERTY, r#"[{<<"fw">>,<<"1.2.3">>}]"#),
            property(USER_PROPERTY, "#{odd => true}"),
        ];
        let mut user_props = Vec::new();
        move_user_properties(&mut props, &mut user_props);
        assert_eq!(user_props, [property("fw", "1.2.3")]);
        assert_eq!(
            props,
            [
                property("Receive-Maximum", "20"),
                property(USER_PROPERTY, "#{odd => true}")
            ]
        );
    }
}
