// generated, do not edit, run `make gen`
//! Writes the fields of requests into a burst, each where `lib/requests.js` reads it.

use exhook::{Hook, Request, proto};

use crate::entry::Entry;

/// How many words the fields of a request take, by the number of its hook.
pub(crate) const WORDS: [usize; Hook::COUNT] = [
    17, 9, 28, 30, 31, 33, 32, 35, 37, 37, 31, 37, 33, 31, 31, 31, 33, 28, 46, 26, 46, 50,
];

/// Writes the fields of a request from the word `at` on.
pub(crate) fn write(entry: &mut Entry<'_>, at: usize, request: &Request) {
    match request {
        Request::ProviderLoaded(request) => provider_loaded_request(entry, at, request),
        Request::ProviderUnloaded(request) => provider_unloaded_request(entry, at, request),
        Request::ClientConnect(request) => client_connect_request(entry, at, request),
        Request::ClientConnack(request) => client_connack_request(entry, at, request),
        Request::ClientConnected(request) => client_connected_request(entry, at, request),
        Request::ClientDisconnected(request) => client_disconnected_request(entry, at, request),
        Request::ClientAuthenticate(request) => client_authenticate_request(entry, at, request),
        Request::ClientAuthorize(request) => client_authorize_request(entry, at, request),
        Request::ClientSubscribe(request) => client_subscribe_request(entry, at, request),
        Request::ClientUnsubscribe(request) => client_unsubscribe_request(entry, at, request),
        Request::SessionCreated(request) => session_created_request(entry, at, request),
        Request::SessionSubscribed(request) => session_subscribed_request(entry, at, request),
        Request::SessionUnsubscribed(request) => session_unsubscribed_request(entry, at, request),
        Request::SessionResumed(request) => session_resumed_request(entry, at, request),
        Request::SessionDiscarded(request) => session_discarded_request(entry, at, request),
        Request::SessionTakenover(request) => session_takenover_request(entry, at, request),
        Request::SessionTerminated(request) => session_terminated_request(entry, at, request),
        Request::MessagePublish(request) => message_publish_request(entry, at, request),
        Request::MessageDelivered(request) => message_delivered_request(entry, at, request),
        Request::MessageDropped(request) => message_dropped_request(entry, at, request),
        Request::MessageAcked(request) => message_acked_request(entry, at, request),
        Request::MessageIngress(request) => message_ingress_request(entry, at, request),
    }
}

fn broker_info(entry: &mut Entry<'_>, at: usize, from: &proto::BrokerInfo) {
    entry.text(at, &from.version);
    entry.text(at + 2, &from.sysdescr);
    entry.wide_number(at + 4, from.uptime.cast_unsigned());
    entry.text(at + 6, &from.datetime);
}

fn conn_info(entry: &mut Entry<'_>, at: usize, from: &proto::ConnInfo) {
    entry.text(at, &from.node);
    entry.text(at + 2, &from.clientid);
    entry.text(at + 4, &from.username);
    entry.text(at + 6, &from.peerhost);
    entry.number(at + 8, from.sockport);
    entry.text(at + 9, &from.proto_name);
    entry.text(at + 11, &from.proto_ver);
    entry.number(at + 13, from.keepalive);
    entry.number(at + 14, from.peerport);
}

fn client_info(entry: &mut Entry<'_>, at: usize, from: &proto::ClientInfo) {
    entry.text(at, &from.node);
    entry.text(at + 2, &from.clientid);
    entry.text(at + 4, &from.username);
    entry.text(at + 6, &from.password);
    entry.text(at + 8, &from.peerhost);
    entry.number(at + 10, from.sockport);
    entry.text(at + 11, &from.protocol);
    entry.text(at + 13, &from.mountpoint);
    entry.number(at + 15, u32::from(from.is_superuser));
    entry.number(at + 16, u32::from(from.anonymous));
    entry.text(at + 17, &from.cn);
    entry.text(at + 19, &from.dn);
    entry.number(at + 21, from.peerport);
}

fn message(entry: &mut Entry<'_>, at: usize, from: &proto::Message) {
    entry.text(at, &from.node);
    entry.text(at + 2, &from.id);
    entry.number(at + 4, from.qos);
    entry.text(at + 5, &from.from);
    entry.text(at + 7, &from.topic);
    entry.bytes(at + 9, &from.payload);
    entry.wide_number(at + 11, from.timestamp);
    entry.map(at + 13, &from.headers);
}

fn property(entry: &mut Entry<'_>, at: usize, from: &proto::Property) {
    entry.text(at, &from.name);
    entry.text(at + 2, &from.value);
}

fn sub_opts(entry: &mut Entry<'_>, at: usize, from: &proto::SubOpts) {
    entry.number(at, from.qos);
    entry.number(at + 1, from.rh);
    entry.number(at + 2, from.rap);
    entry.number(at + 3, from.nl);
}

fn request_meta(entry: &mut Entry<'_>, at: usize, from: &proto::RequestMeta) {
    entry.text(at, &from.node);
    entry.text(at + 2, &from.version);
    entry.text(at + 4, &from.sysdescr);
    entry.text(at + 6, &from.cluster_name);
}

fn topic_filter(entry: &mut Entry<'_>, at: usize, from: &proto::TopicFilter) {
    entry.text(at, &from.name);
    if let Some(part) = &from.subopts {
        sub_opts(entry, at + 2, part);
    }
}

fn provider_loaded_request(entry: &mut Entry<'_>, at: usize, from: &proto::ProviderLoadedRequest) {
    if let Some(part) = &from.broker {
        broker_info(entry, at, part);
    }
    if let Some(part) = &from.meta {
        entry.number(at + 8, 1);
        request_meta(entry, at + 9, part);
    }
}

fn provider_unloaded_request(
    entry: &mut Entry<'_>,
    at: usize,
    from: &proto::ProviderUnloadedRequest,
) {
    if let Some(part) = &from.meta {
        entry.number(at, 1);
        request_meta(entry, at + 1, part);
    }
}

fn client_connect_request(entry: &mut Entry<'_>, at: usize, from: &proto::ClientConnectRequest) {
    if let Some(part) = &from.conninfo {
        conn_info(entry, at, part);
    }
    entry.list(at + 15, &from.props, 4, property);
    if let Some(part) = &from.meta {
        entry.number(at + 17, 1);
        request_meta(entry, at + 18, part);
    }
    entry.list(at + 26, &from.user_props, 4, property);
}

fn client_connack_request(entry: &mut Entry<'_>, at: usize, from: &proto::ClientConnackRequest) {
    if let Some(part) = &from.conninfo {
        conn_info(entry, at, part);
    }
    entry.text(at + 15, &from.result_code);
    entry.list(at + 17, &from.props, 4, property);
    if let Some(part) = &from.meta {
        entry.number(at + 19, 1);
        request_meta(entry, at + 20, part);
    }
    entry.list(at + 28, &from.user_props, 4, property);
}

fn client_connected_request(
    entry: &mut Entry<'_>,
    at: usize,
    from: &proto::ClientConnectedRequest,
) {
    if let Some(part) = &from.clientinfo {
        client_info(entry, at, part);
    }
    if let Some(part) = &from.meta {
        entry.number(at + 22, 1);
        request_meta(entry, at + 23, part);
    }
}

fn client_disconnected_request(
    entry: &mut Entry<'_>,
    at: usize,
    from: &proto::ClientDisconnectedRequest,
) {
    if let Some(part) = &from.clientinfo {
        client_info(entry, at, part);
    }
    entry.text(at + 22, &from.reason);
    if let Some(part) = &from.meta {
        entry.number(at + 24, 1);
        request_meta(entry, at + 25, part);
    }
}

fn client_authenticate_request(
    entry: &mut Entry<'_>,
    at: usize,
    from: &proto::ClientAuthenticateRequest,
) {
    if let Some(part) = &from.clientinfo {
        client_info(entry, at, part);
    }
    entry.number(at + 22, u32::from(from.result));
    if let Some(part) = &from.meta {
        entry.number(at + 23, 1);
        request_meta(entry, at + 24, part);
    }
}

fn client_authorize_request(
    entry: &mut Entry<'_>,
    at: usize,
    from: &proto::ClientAuthorizeRequest,
) {
    if let Some(part) = &from.clientinfo {
        client_info(entry, at, part);
    }
    entry.number(at + 22, from.r#type.cast_unsigned());
    entry.text(at + 23, &from.topic);
    entry.number(at + 25, u32::from(from.result));
    if let Some(part) = &from.meta {
        entry.number(at + 26, 1);
        request_meta(entry, at + 27, part);
    }
}

fn client_subscribe_request(
    entry: &mut Entry<'_>,
    at: usize,
    from: &proto::ClientSubscribeRequest,
) {
    if let Some(part) = &from.clientinfo {
        client_info(entry, at, part);
    }
    entry.list(at + 22, &from.props, 4, property);
    entry.list(at + 24, &from.topic_filters, 6, topic_filter);
    if let Some(part) = &from.meta {
        entry.number(at + 26, 1);
        request_meta(entry, at + 27, part);
    }
    entry.list(at + 35, &from.user_props, 4, property);
}

fn client_unsubscribe_request(
    entry: &mut Entry<'_>,
    at: usize,
    from: &proto::ClientUnsubscribeRequest,
) {
    if let Some(part) = &from.clientinfo {
        client_info(entry, at, part);
    }
    entry.list(at + 22, &from.props, 4, property);
    entry.list(at + 24, &from.topic_filters, 6, topic_filter);
    if let Some(part) = &from.meta {
        entry.number(at + 26, 1);
        request_meta(entry, at + 27, part);
    }
    entry.list(at + 35, &from.user_props, 4, property);
}

fn session_created_request(entry: &mut Entry<'_>, at: usize, from: &proto::SessionCreatedRequest) {
    if let Some(part) = &from.clientinfo {
        client_info(entry, at, part);
    }
    if let Some(part) = &from.meta {
        entry.number(at + 22, 1);
        request_meta(entry, at + 23, part);
    }
}

fn session_subscribed_request(
    entry: &mut Entry<'_>,
    at: usize,
    from: &proto::SessionSubscribedRequest,
) {
    if let Some(part) = &from.clientinfo {
        client_info(entry, at, part);
    }
    entry.text(at + 22, &from.topic);
    if let Some(part) = &from.subopts {
        sub_opts(entry, at + 24, part);
    }
    if let Some(part) = &from.meta {
        entry.number(at + 28, 1);
        request_meta(entry, at + 29, part);
    }
}

fn session_unsubscribed_request(
    entry: &mut Entry<'_>,
    at: usize,
    from: &proto::SessionUnsubscribedRequest,
) {
    if let Some(part) = &from.clientinfo {
        client_info(entry, at, part);
    }
    entry.text(at + 22, &from.topic);
    if let Some(part) = &from.meta {
        entry.number(at + 24, 1);
        request_meta(entry, at + 25, part);
    }
}

fn session_resumed_request(entry: &mut Entry<'_>, at: usize, from: &proto::SessionResumedRequest) {
    if let Some(part) = &from.clientinfo {
        client_info(entry, at, part);
    }
    if let Some(part) = &from.meta {
        entry.number(at + 22, 1);
        request_meta(entry, at + 23, part);
    }
}

fn session_discarded_request(
    entry: &mut Entry<'_>,
    at: usize,
    from: &proto::SessionDiscardedRequest,
) {
    if let Some(part) = &from.clientinfo {
        client_info(entry, at, part);
    }
    if let Some(part) = &from.meta {
        entry.number(at + 22, 1);
        request_meta(entry, at + 23, part);
    }
}

fn session_takenover_request(
    entry: &mut Entry<'_>,
    at: usize,
    from: &proto::SessionTakenoverRequest,
) {
    if let Some(part) = &from.clientinfo {
        client_info(entry, at, part);
    }
    if let Some(part) = &from.meta {
        entry.number(at + 22, 1);
        request_meta(entry, at + 23, part);
    }
}

fn session_terminated_request(
    entry: &mut Entry<'_>,
    at: usize,
    from: &proto::SessionTerminatedRequest,
) {
    if let Some(part) = &from.clientinfo {
        client_info(entry, at, part);
    }
    entry.text(at + 22, &from.reason);
    if let Some(part) = &from.meta {
        entry.number(at + 24, 1);
        request_meta(entry, at + 25, part);
    }
}

fn message_publish_request(entry: &mut Entry<'_>, at: usize, from: &proto::MessagePublishRequest) {
    if let Some(part) = &from.message {
        message(entry, at, part);
    }
    if let Some(part) = &from.meta {
        entry.number(at + 15, 1);
        request_meta(entry, at + 16, part);
    }
    entry.list(at + 24, &from.props, 4, property);
    entry.list(at + 26, &from.user_props, 4, property);
}

fn message_delivered_request(
    entry: &mut Entry<'_>,
    at: usize,
    from: &proto::MessageDeliveredRequest,
) {
    if let Some(part) = &from.clientinfo {
        client_info(entry, at, part);
    }
    if let Some(part) = &from.message {
        message(entry, at + 22, part);
    }
    if let Some(part) = &from.meta {
        entry.number(at + 37, 1);
        request_meta(entry, at + 38, part);
    }
}

fn message_dropped_request(entry: &mut Entry<'_>, at: usize, from: &proto::MessageDroppedRequest) {
    if let Some(part) = &from.message {
        message(entry, at, part);
    }
    entry.text(at + 15, &from.reason);
    if let Some(part) = &from.meta {
        entry.number(at + 17, 1);
        request_meta(entry, at + 18, part);
    }
}

fn message_acked_request(entry: &mut Entry<'_>, at: usize, from: &proto::MessageAckedRequest) {
    if let Some(part) = &from.clientinfo {
        client_info(entry, at, part);
    }
    if let Some(part) = &from.message {
        message(entry, at + 22, part);
    }
    if let Some(part) = &from.meta {
        entry.number(at + 37, 1);
        request_meta(entry, at + 38, part);
    }
}

fn message_ingress_request(entry: &mut Entry<'_>, at: usize, from: &proto::MessageIngressRequest) {
    if let Some(part) = &from.clientinfo {
        client_info(entry, at, part);
    }
    if let Some(part) = &from.message {
        message(entry, at + 22, part);
    }
    if let Some(part) = &from.meta {
        entry.number(at + 37, 1);
        request_meta(entry, at + 38, part);
    }
    entry.list(at + 46, &from.props, 4, property);
    entry.list(at + 48, &from.user_props, 4, property);
}
