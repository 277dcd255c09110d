// generated, do not edit, run `make gen`
//! One function for each field of a request.

use std::sync::LazyLock;

use exhook_core::{Request, proto};

use crate::{
    call::exhook_call,
    field::{find, read},
    guard::{Neutral, guard},
    view::{exhook_bytes, exhook_str},
};

static NO_BROKER_INFO: LazyLock<proto::BrokerInfo> = LazyLock::new(proto::BrokerInfo::default);
static NO_CONN_INFO: LazyLock<proto::ConnInfo> = LazyLock::new(proto::ConnInfo::default);
static NO_CLIENT_INFO: LazyLock<proto::ClientInfo> = LazyLock::new(proto::ClientInfo::default);
static NO_MESSAGE: LazyLock<proto::Message> = LazyLock::new(proto::Message::default);
static NO_SUB_OPTS: LazyLock<proto::SubOpts> = LazyLock::new(proto::SubOpts::default);
static NO_REQUEST_META: LazyLock<proto::RequestMeta> = LazyLock::new(proto::RequestMeta::default);

fn broker_of(request: &Request) -> Option<&Option<proto::BrokerInfo>> {
    match request {
        Request::ProviderLoaded(request) => Some(&request.broker),
        _ => None,
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every request has it, unlike others"
)]
fn meta_of(request: &Request) -> Option<&Option<proto::RequestMeta>> {
    match request {
        Request::ProviderLoaded(request) => Some(&request.meta),
        Request::ProviderUnloaded(request) => Some(&request.meta),
        Request::ClientConnect(request) => Some(&request.meta),
        Request::ClientConnack(request) => Some(&request.meta),
        Request::ClientConnected(request) => Some(&request.meta),
        Request::ClientDisconnected(request) => Some(&request.meta),
        Request::ClientAuthenticate(request) => Some(&request.meta),
        Request::ClientAuthorize(request) => Some(&request.meta),
        Request::ClientSubscribe(request) => Some(&request.meta),
        Request::ClientUnsubscribe(request) => Some(&request.meta),
        Request::SessionCreated(request) => Some(&request.meta),
        Request::SessionSubscribed(request) => Some(&request.meta),
        Request::SessionUnsubscribed(request) => Some(&request.meta),
        Request::SessionResumed(request) => Some(&request.meta),
        Request::SessionDiscarded(request) => Some(&request.meta),
        Request::SessionTakenover(request) => Some(&request.meta),
        Request::SessionTerminated(request) => Some(&request.meta),
        Request::MessagePublish(request) => Some(&request.meta),
        Request::MessageDelivered(request) => Some(&request.meta),
        Request::MessageDropped(request) => Some(&request.meta),
        Request::MessageAcked(request) => Some(&request.meta),
        Request::MessageIngress(request) => Some(&request.meta),
    }
}

fn conninfo_of(request: &Request) -> Option<&Option<proto::ConnInfo>> {
    match request {
        Request::ClientConnect(request) => Some(&request.conninfo),
        Request::ClientConnack(request) => Some(&request.conninfo),
        _ => None,
    }
}

fn props_of(request: &Request) -> Option<&Vec<proto::Property>> {
    match request {
        Request::ClientConnect(request) => Some(&request.props),
        Request::ClientConnack(request) => Some(&request.props),
        Request::ClientSubscribe(request) => Some(&request.props),
        Request::ClientUnsubscribe(request) => Some(&request.props),
        Request::MessagePublish(request) => Some(&request.props),
        Request::MessageIngress(request) => Some(&request.props),
        _ => None,
    }
}

fn user_props_of(request: &Request) -> Option<&Vec<proto::Property>> {
    match request {
        Request::ClientConnect(request) => Some(&request.user_props),
        Request::ClientConnack(request) => Some(&request.user_props),
        Request::ClientSubscribe(request) => Some(&request.user_props),
        Request::ClientUnsubscribe(request) => Some(&request.user_props),
        Request::MessagePublish(request) => Some(&request.user_props),
        Request::MessageIngress(request) => Some(&request.user_props),
        _ => None,
    }
}

fn result_code_of(request: &Request) -> Option<&String> {
    match request {
        Request::ClientConnack(request) => Some(&request.result_code),
        _ => None,
    }
}

fn clientinfo_of(request: &Request) -> Option<&Option<proto::ClientInfo>> {
    match request {
        Request::ClientConnected(request) => Some(&request.clientinfo),
        Request::ClientDisconnected(request) => Some(&request.clientinfo),
        Request::ClientAuthenticate(request) => Some(&request.clientinfo),
        Request::ClientAuthorize(request) => Some(&request.clientinfo),
        Request::ClientSubscribe(request) => Some(&request.clientinfo),
        Request::ClientUnsubscribe(request) => Some(&request.clientinfo),
        Request::SessionCreated(request) => Some(&request.clientinfo),
        Request::SessionSubscribed(request) => Some(&request.clientinfo),
        Request::SessionUnsubscribed(request) => Some(&request.clientinfo),
        Request::SessionResumed(request) => Some(&request.clientinfo),
        Request::SessionDiscarded(request) => Some(&request.clientinfo),
        Request::SessionTakenover(request) => Some(&request.clientinfo),
        Request::SessionTerminated(request) => Some(&request.clientinfo),
        Request::MessageDelivered(request) => Some(&request.clientinfo),
        Request::MessageAcked(request) => Some(&request.clientinfo),
        Request::MessageIngress(request) => Some(&request.clientinfo),
        _ => None,
    }
}

fn reason_of(request: &Request) -> Option<&String> {
    match request {
        Request::ClientDisconnected(request) => Some(&request.reason),
        Request::SessionTerminated(request) => Some(&request.reason),
        Request::MessageDropped(request) => Some(&request.reason),
        _ => None,
    }
}

fn result_of(request: &Request) -> Option<&bool> {
    match request {
        Request::ClientAuthenticate(request) => Some(&request.result),
        Request::ClientAuthorize(request) => Some(&request.result),
        _ => None,
    }
}

fn type_of(request: &Request) -> Option<&i32> {
    match request {
        Request::ClientAuthorize(request) => Some(&request.r#type),
        _ => None,
    }
}
/// Publish or subscribe; QoS and retain flag are not told.
#[derive(Clone, Copy)]
#[repr(u32)]
pub enum exhook_authorize_type {
    /// To publish.
    EXHOOK_AUTHORIZE_PUBLISH = 0,
    /// To subscribe.
    EXHOOK_AUTHORIZE_SUBSCRIBE = 1,
}

impl Neutral for exhook_authorize_type {
    fn neutral() -> Self {
        exhook_authorize_type::EXHOOK_AUTHORIZE_PUBLISH
    }
}

impl exhook_authorize_type {
    fn of(number: i32) -> Self {
        match number {
            1 => exhook_authorize_type::EXHOOK_AUTHORIZE_SUBSCRIBE,
            _ => exhook_authorize_type::EXHOOK_AUTHORIZE_PUBLISH,
        }
    }
}

fn topic_filters_of(request: &Request) -> Option<&Vec<proto::TopicFilter>> {
    match request {
        Request::ClientSubscribe(request) => Some(&request.topic_filters),
        Request::ClientUnsubscribe(request) => Some(&request.topic_filters),
        _ => None,
    }
}

fn subopts_of(request: &Request) -> Option<&Option<proto::SubOpts>> {
    match request {
        Request::SessionSubscribed(request) => Some(&request.subopts),
        _ => None,
    }
}

fn message_of(request: &Request) -> Option<&Option<proto::Message>> {
    match request {
        Request::MessagePublish(request) => Some(&request.message),
        Request::MessageDelivered(request) => Some(&request.message),
        Request::MessageDropped(request) => Some(&request.message),
        Request::MessageAcked(request) => Some(&request.message),
        Request::MessageIngress(request) => Some(&request.message),
        _ => None,
    }
}

/// EMQX version, for example `5.9.2`.
///
/// Hooks: `provider.loaded`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_broker_version(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_broker_version", |request| {
            Some(exhook_str::from(
                broker_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_BROKER_INFO)
                    .version
                    .as_str(),
            ))
        })
    })
}

/// Product name, for example `EMQX Enterprise`.
///
/// Hooks: `provider.loaded`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_broker_sysdescr(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_broker_sysdescr", |request| {
            Some(exhook_str::from(
                broker_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_BROKER_INFO)
                    .sysdescr
                    .as_str(),
            ))
        })
    })
}

/// Time since the broker's start in milliseconds.
///
/// Hooks: `provider.loaded`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_broker_uptime(call: *const exhook_call) -> i64 {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_broker_uptime", |request| {
            Some(
                broker_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_BROKER_INFO)
                    .uptime,
            )
        })
    })
}

/// Wall clock of the broker as text, for example `2026-11-21T02:42:14.953254468+00:00`.
///
/// Hooks: `provider.loaded`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_broker_datetime(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_broker_datetime", |request| {
            Some(exhook_str::from(
                broker_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_BROKER_INFO)
                    .datetime
                    .as_str(),
            ))
        })
    })
}

/// Broker node that makes the call. Whether the broker sent it.
///
/// Hooks: every hook.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_has_meta(call: *const exhook_call) -> bool {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_has_meta", |request| {
            Some(meta_of(request)?.is_some())
        })
    })
}

/// Erlang name of the broker node, for example `emqx@10.0.0.1`.
///
/// Hooks: every hook.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_meta_node(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_meta_node", |request| {
            Some(exhook_str::from(
                meta_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_REQUEST_META)
                    .node
                    .as_str(),
            ))
        })
    })
}

/// EMQX version of the node, for example `5.9.2`.
///
/// Hooks: every hook.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_meta_version(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_meta_version", |request| {
            Some(exhook_str::from(
                meta_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_REQUEST_META)
                    .version
                    .as_str(),
            ))
        })
    })
}

/// Product name, for example `EMQX Enterprise`.
///
/// Hooks: every hook.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_meta_sysdescr(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_meta_sysdescr", |request| {
            Some(exhook_str::from(
                meta_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_REQUEST_META)
                    .sysdescr
                    .as_str(),
            ))
        })
    })
}

/// Name of the node's cluster, for example `emqxcl`.
///
/// Hooks: every hook.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_meta_cluster_name(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_meta_cluster_name", |request| {
            Some(exhook_str::from(
                meta_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_REQUEST_META)
                    .cluster_name
                    .as_str(),
            ))
        })
    })
}

/// Erlang name of the broker node, for example `emqx@10.0.0.1`.
///
/// Hooks: `client.connect`, `client.connack`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_conninfo_node(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_conninfo_node", |request| {
            Some(exhook_str::from(
                conninfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CONN_INFO)
                    .node
                    .as_str(),
            ))
        })
    })
}

/// Client id of the CONNECT packet, empty when the broker is to choose one. A client id that is not
/// UTF-8 never reaches the server.
///
/// Hooks: `client.connect`, `client.connack`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_conninfo_clientid(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_conninfo_clientid", |request| {
            Some(exhook_str::from(
                conninfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CONN_INFO)
                    .clientid
                    .as_str(),
            ))
        })
    })
}

/// User name, empty when the client sends none.
///
/// Hooks: `client.connect`, `client.connack`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_conninfo_username(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_conninfo_username", |request| {
            Some(exhook_str::from(
                conninfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CONN_INFO)
                    .username
                    .as_str(),
            ))
        })
    })
}

/// IP address of the client; an IPv4-mapped IPv6 address is in IPv4 form.
///
/// Hooks: `client.connect`, `client.connack`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_conninfo_peerhost(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_conninfo_peerhost", |request| {
            Some(exhook_str::from(
                conninfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CONN_INFO)
                    .peerhost
                    .as_str(),
            ))
        })
    })
}

/// Port of the broker's listener.
///
/// Hooks: `client.connect`, `client.connack`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_conninfo_sockport(call: *const exhook_call) -> u32 {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_conninfo_sockport", |request| {
            Some(
                conninfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CONN_INFO)
                    .sockport,
            )
        })
    })
}

/// Protocol name of the CONNECT packet: `MQTT`, or `MQIsdp` in MQTT 3.1.
///
/// Hooks: `client.connect`, `client.connack`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_conninfo_proto_name(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_conninfo_proto_name", |request| {
            Some(exhook_str::from(
                conninfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CONN_INFO)
                    .proto_name
                    .as_str(),
            ))
        })
    })
}

/// Protocol version as the text of a number: `3` is MQTT 3.1, `4` is MQTT 3.1.1, `5` is MQTT 5.
///
/// Hooks: `client.connect`, `client.connack`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_conninfo_proto_ver(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_conninfo_proto_ver", |request| {
            Some(exhook_str::from(
                conninfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CONN_INFO)
                    .proto_ver
                    .as_str(),
            ))
        })
    })
}

/// Keep-alive interval in seconds; 0 turns it off.
///
/// Hooks: `client.connect`, `client.connack`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_conninfo_keepalive(call: *const exhook_call) -> u32 {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_conninfo_keepalive", |request| {
            Some(
                conninfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CONN_INFO)
                    .keepalive,
            )
        })
    })
}

/// Source port of the client.
///
/// Hooks: `client.connect`, `client.connack`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_conninfo_peerport(call: *const exhook_call) -> u32 {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_conninfo_peerport", |request| {
            Some(
                conninfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CONN_INFO)
                    .peerport,
            )
        })
    })
}

/// `client.connect`: Properties of the CONNECT packet in no fixed order, empty before MQTT 5.
/// User-Property pairs are in `user_props`. `client.connack`: Properties of the CONNACK packet in
/// no fixed order, empty before MQTT 5. User-Property pairs are in `user_props`.
/// `client.subscribe`: Properties of the SUBSCRIBE packet in no fixed order, empty before MQTT 5.
/// User-Property pairs are in `user_props`. `client.unsubscribe`: Properties of the UNSUBSCRIBE
/// packet in no fixed order, empty before MQTT 5. User-Property pairs are in `user_props`.
/// `message.publish`: Properties of the PUBLISH packet in no fixed order, empty before MQTT 5.
/// User-Property pairs are in `user_props`. `message.ingress`: Properties of the PUBLISH packet in
/// no fixed order, empty before MQTT 5. User-Property pairs are in `user_props`. How many there
/// are.
///
/// Hooks: `client.connect`, `client.connack`, `client.subscribe`, `client.unsubscribe`,
/// `message.publish`, `message.ingress`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_props_count(call: *const exhook_call) -> usize {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_props_count", |request| {
            Some(props_of(request)?.len())
        })
    })
}

/// Name, for example `Session-Expiry-Interval`.
///
/// Hooks: `client.connect`, `client.connack`, `client.subscribe`, `client.unsubscribe`,
/// `message.publish`, `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_props_name_at(
    call: *const exhook_call,
    index: usize,
) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_props_name_at", |request| {
            Some(exhook_str::from(
                props_of(request)?.get(index)?.name.as_str(),
            ))
        })
    })
}

/// Value as text.
///
/// Hooks: `client.connect`, `client.connack`, `client.subscribe`, `client.unsubscribe`,
/// `message.publish`, `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_props_value_at(
    call: *const exhook_call,
    index: usize,
) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_props_value_at", |request| {
            Some(exhook_str::from(
                props_of(request)?.get(index)?.value.as_str(),
            ))
        })
    })
}

/// `client.connect`: User-Property pairs of the CONNECT packet in their order, repeated names
/// included. Empty before MQTT 5. `client.connack`: User-Property pairs of the CONNACK packet in
/// their order, repeated names included. Empty before MQTT 5. `client.subscribe`: User-Property
/// pairs of the SUBSCRIBE packet in their order, repeated names included. Empty before MQTT 5.
/// `client.unsubscribe`: User-Property pairs of the UNSUBSCRIBE packet in their order, repeated
/// names included. Empty before MQTT 5. `message.publish`: User-Property pairs of the PUBLISH
/// packet in their order, repeated names included. Empty before MQTT 5. `message.ingress`:
/// User-Property pairs of the PUBLISH packet in their order, repeated names included. Empty before
/// MQTT 5. How many there are.
///
/// Hooks: `client.connect`, `client.connack`, `client.subscribe`, `client.unsubscribe`,
/// `message.publish`, `message.ingress`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_user_props_count(call: *const exhook_call) -> usize {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_user_props_count", |request| {
            Some(user_props_of(request)?.len())
        })
    })
}

/// Name, for example `Session-Expiry-Interval`.
///
/// Hooks: `client.connect`, `client.connack`, `client.subscribe`, `client.unsubscribe`,
/// `message.publish`, `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_user_props_name_at(
    call: *const exhook_call,
    index: usize,
) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_user_props_name_at", |request| {
            Some(exhook_str::from(
                user_props_of(request)?.get(index)?.name.as_str(),
            ))
        })
    })
}

/// Value as text.
///
/// Hooks: `client.connect`, `client.connack`, `client.subscribe`, `client.unsubscribe`,
/// `message.publish`, `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_user_props_value_at(
    call: *const exhook_call,
    index: usize,
) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_user_props_value_at", |request| {
            Some(exhook_str::from(
                user_props_of(request)?.get(index)?.value.as_str(),
            ))
        })
    })
}

/// Name of the reason code, for example `success` or `not_authorized`.
///
/// Hooks: `client.connack`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_result_code(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_result_code", |request| {
            Some(exhook_str::from(result_code_of(request)?.as_str()))
        })
    })
}

/// Erlang name of the broker node, for example `emqx@10.0.0.1`.
///
/// Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
/// `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
/// `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
/// `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_clientinfo_node(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_clientinfo_node", |request| {
            Some(exhook_str::from(
                clientinfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CLIENT_INFO)
                    .node
                    .as_str(),
            ))
        })
    })
}

/// Client id, chosen by the broker when the client sends none. A client id that is not UTF-8 never
/// reaches the server.
///
/// Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
/// `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
/// `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
/// `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_clientinfo_clientid(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_clientinfo_clientid", |request| {
            Some(exhook_str::from(
                clientinfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CLIENT_INFO)
                    .clientid
                    .as_str(),
            ))
        })
    })
}

/// User name, empty when the client sends none.
///
/// Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
/// `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
/// `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
/// `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_clientinfo_username(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_clientinfo_username", |request| {
            Some(exhook_str::from(
                clientinfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CLIENT_INFO)
                    .username
                    .as_str(),
            ))
        })
    })
}

/// Password in clear text, so keep it out of logs. It comes above all with `OnClientAuthenticate`;
/// empty when the client sends none.
///
/// Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
/// `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
/// `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
/// `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_clientinfo_password(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_clientinfo_password", |request| {
            Some(exhook_str::from(
                clientinfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CLIENT_INFO)
                    .password
                    .as_str(),
            ))
        })
    })
}

/// IP address of the client; an IPv4-mapped IPv6 address is in IPv4 form.
///
/// Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
/// `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
/// `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
/// `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_clientinfo_peerhost(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_clientinfo_peerhost", |request| {
            Some(exhook_str::from(
                clientinfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CLIENT_INFO)
                    .peerhost
                    .as_str(),
            ))
        })
    })
}

/// Port of the broker's listener.
///
/// Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
/// `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
/// `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
/// `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_clientinfo_sockport(call: *const exhook_call) -> u32 {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_clientinfo_sockport", |request| {
            Some(
                clientinfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CLIENT_INFO)
                    .sockport,
            )
        })
    })
}

/// Protocol of the client, for example `mqtt`, `mqtt-sn` or `coap`.
///
/// Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
/// `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
/// `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
/// `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_clientinfo_protocol(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_clientinfo_protocol", |request| {
            Some(exhook_str::from(
                clientinfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CLIENT_INFO)
                    .protocol
                    .as_str(),
            ))
        })
    })
}

/// Prefix that the listener puts before the client's topics, empty when it has none.
///
/// Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
/// `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
/// `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
/// `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_clientinfo_mountpoint(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_clientinfo_mountpoint", |request| {
            Some(exhook_str::from(
                clientinfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CLIENT_INFO)
                    .mountpoint
                    .as_str(),
            ))
        })
    })
}

/// True when the broker treats the client as a superuser. An answer cannot change it.
///
/// Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
/// `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
/// `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
/// `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_clientinfo_is_superuser(call: *const exhook_call) -> bool {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_clientinfo_is_superuser", |request| {
            Some(
                clientinfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CLIENT_INFO)
                    .is_superuser,
            )
        })
    })
}

/// True also when the broker does not know.
///
/// Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
/// `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
/// `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
/// `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_clientinfo_anonymous(call: *const exhook_call) -> bool {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_clientinfo_anonymous", |request| {
            Some(
                clientinfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CLIENT_INFO)
                    .anonymous,
            )
        })
    })
}

/// Common name of the client's TLS certificate, empty without one.
///
/// Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
/// `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
/// `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
/// `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_clientinfo_cn(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_clientinfo_cn", |request| {
            Some(exhook_str::from(
                clientinfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CLIENT_INFO)
                    .cn
                    .as_str(),
            ))
        })
    })
}

/// Subject of the client's TLS certificate, empty without one.
///
/// Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
/// `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
/// `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
/// `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_clientinfo_dn(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_clientinfo_dn", |request| {
            Some(exhook_str::from(
                clientinfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CLIENT_INFO)
                    .dn
                    .as_str(),
            ))
        })
    })
}

/// Source port of the client.
///
/// Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
/// `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
/// `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
/// `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_clientinfo_peerport(call: *const exhook_call) -> u32 {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_clientinfo_peerport", |request| {
            Some(
                clientinfo_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_CLIENT_INFO)
                    .peerport,
            )
        })
    })
}

/// `client.disconnected`: Text of an Erlang term, for example `normal` or `tcp_closed`. The set of
/// texts is not stable. `session.terminated`: Text of an Erlang term, for example
/// `{shutdown,normal}`. The set of texts is not stable. `message.dropped`: Text of an Erlang term,
/// for example `no_subscribers`. The set of texts is not stable.
///
/// Hooks: `client.disconnected`, `session.terminated`, `message.dropped`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_reason(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_reason", |request| {
            Some(exhook_str::from(reason_of(request)?.as_str()))
        })
    })
}

/// `client.authenticate`: Verdict so far: true when the broker or an earlier exhook server admits
/// the client. `client.authorize`: Verdict so far: true means allowed. At first it is the broker's
/// `authorization.no_match`.
///
/// Hooks: `client.authenticate`, `client.authorize`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_result(call: *const exhook_call) -> bool {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_result", |request| {
            Some(*result_of(request)?)
        })
    })
}

/// Publish or subscribe; QoS and retain flag are not told.
///
/// Hooks: `client.authorize`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_type(call: *const exhook_call) -> exhook_authorize_type {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_type", |request| {
            Some(exhook_authorize_type::of(*type_of(request)?))
        })
    })
}

/// `client.subscribe`: Filters of the packet without the denied ones; empty when all are denied.
/// `client.unsubscribe`: Filters of the packet. How many there are.
///
/// Hooks: `client.subscribe`, `client.unsubscribe`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_topic_filters_count(call: *const exhook_call) -> usize {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_topic_filters_count", |request| {
            Some(topic_filters_of(request)?.len())
        })
    })
}

/// Topic filter. A shared subscription keeps its `$share/group/`.
///
/// Hooks: `client.subscribe`, `client.unsubscribe`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_topic_filters_name_at(
    call: *const exhook_call,
    index: usize,
) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_topic_filters_name_at", |request| {
            Some(exhook_str::from(
                topic_filters_of(request)?.get(index)?.name.as_str(),
            ))
        })
    })
}

/// QoS: 0, 1 or 2. Requested in a `TopicFilter`, granted in a `SessionSubscribedRequest`.
///
/// Hooks: `client.subscribe`, `client.unsubscribe`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_topic_filters_subopts_qos_at(
    call: *const exhook_call,
    index: usize,
) -> u32 {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(
            call,
            "exhook_call_topic_filters_subopts_qos_at",
            |request| {
                Some(
                    topic_filters_of(request)?
                        .get(index)?
                        .subopts
                        .as_ref()
                        .unwrap_or(&NO_SUB_OPTS)
                        .qos,
                )
            },
        )
    })
}

/// Retain handling: retained messages come at each subscribe (0), at a new subscription (1) or
/// never (2).
///
/// Hooks: `client.subscribe`, `client.unsubscribe`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_topic_filters_subopts_rh_at(
    call: *const exhook_call,
    index: usize,
) -> u32 {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_topic_filters_subopts_rh_at", |request| {
            Some(
                topic_filters_of(request)?
                    .get(index)?
                    .subopts
                    .as_ref()
                    .unwrap_or(&NO_SUB_OPTS)
                    .rh,
            )
        })
    })
}

/// Retain as published: 1 keeps the retain flag of messages, 0 clears it.
///
/// Hooks: `client.subscribe`, `client.unsubscribe`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_topic_filters_subopts_rap_at(
    call: *const exhook_call,
    index: usize,
) -> u32 {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(
            call,
            "exhook_call_topic_filters_subopts_rap_at",
            |request| {
                Some(
                    topic_filters_of(request)?
                        .get(index)?
                        .subopts
                        .as_ref()
                        .unwrap_or(&NO_SUB_OPTS)
                        .rap,
                )
            },
        )
    })
}

/// No local: 1 keeps the client's own messages from it.
///
/// Hooks: `client.subscribe`, `client.unsubscribe`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_topic_filters_subopts_nl_at(
    call: *const exhook_call,
    index: usize,
) -> u32 {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_topic_filters_subopts_nl_at", |request| {
            Some(
                topic_filters_of(request)?
                    .get(index)?
                    .subopts
                    .as_ref()
                    .unwrap_or(&NO_SUB_OPTS)
                    .nl,
            )
        })
    })
}

/// QoS: 0, 1 or 2. Requested in a `TopicFilter`, granted in a `SessionSubscribedRequest`.
///
/// Hooks: `session.subscribed`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_subopts_qos(call: *const exhook_call) -> u32 {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_subopts_qos", |request| {
            Some(subopts_of(request)?.as_ref().unwrap_or(&NO_SUB_OPTS).qos)
        })
    })
}

/// Retain handling: retained messages come at each subscribe (0), at a new subscription (1) or
/// never (2).
///
/// Hooks: `session.subscribed`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_subopts_rh(call: *const exhook_call) -> u32 {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_subopts_rh", |request| {
            Some(subopts_of(request)?.as_ref().unwrap_or(&NO_SUB_OPTS).rh)
        })
    })
}

/// Retain as published: 1 keeps the retain flag of messages, 0 clears it.
///
/// Hooks: `session.subscribed`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_subopts_rap(call: *const exhook_call) -> u32 {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_subopts_rap", |request| {
            Some(subopts_of(request)?.as_ref().unwrap_or(&NO_SUB_OPTS).rap)
        })
    })
}

/// No local: 1 keeps the client's own messages from it.
///
/// Hooks: `session.subscribed`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_subopts_nl(call: *const exhook_call) -> u32 {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_subopts_nl", |request| {
            Some(subopts_of(request)?.as_ref().unwrap_or(&NO_SUB_OPTS).nl)
        })
    })
}

/// Erlang name of the broker node, for example `emqx@10.0.0.1`.
///
/// Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
/// `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_message_node(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_message_node", |request| {
            Some(exhook_str::from(
                message_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_MESSAGE)
                    .node
                    .as_str(),
            ))
        })
    })
}

/// Message id of the broker in hexadecimal. An answer cannot change it.
///
/// Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
/// `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_message_id(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_message_id", |request| {
            Some(exhook_str::from(
                message_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_MESSAGE)
                    .id
                    .as_str(),
            ))
        })
    })
}

/// QoS: 0, 1 or 2. The broker takes it from an answer without a check.
///
/// Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
/// `message.ingress`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_message_qos(call: *const exhook_call) -> u32 {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_message_qos", |request| {
            Some(message_of(request)?.as_ref().unwrap_or(&NO_MESSAGE).qos)
        })
    })
}

/// Client id of the publisher. An answer cannot change it.
///
/// Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
/// `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_message_from(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_message_from", |request| {
            Some(exhook_str::from(
                message_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_MESSAGE)
                    .from
                    .as_str(),
            ))
        })
    })
}

/// Topic with the mountpoint. The broker takes it from an answer without a check.
///
/// Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
/// `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_message_topic(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_message_topic", |request| {
            Some(exhook_str::from(
                message_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_MESSAGE)
                    .topic
                    .as_str(),
            ))
        })
    })
}

/// Payload; may be empty. The broker takes it from an answer.
///
/// Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
/// `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_message_payload(call: *const exhook_call) -> exhook_bytes {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_message_payload", |request| {
            Some(exhook_bytes::from(
                &message_of(request)?.as_ref().unwrap_or(&NO_MESSAGE).payload[..],
            ))
        })
    })
}

/// Time of the publish in milliseconds since 1970-01-01 UTC. An answer cannot change it.
///
/// Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
/// `message.ingress`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_message_timestamp(call: *const exhook_call) -> u64 {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_message_timestamp", |request| {
            Some(
                message_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_MESSAGE)
                    .timestamp,
            )
        })
    })
}

/// What the broker adds to the message: `username`, `protocol` and `peerhost`, or nothing. In an
/// answer only `allow_publish` counts: `false` blocks the message. How many there are.
///
/// Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
/// `message.ingress`.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_message_headers_count(call: *const exhook_call) -> usize {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_message_headers_count", |request| {
            Some(
                message_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_MESSAGE)
                    .headers
                    .len(),
            )
        })
    })
}

/// What the broker adds to the message: `username`, `protocol` and `peerhost`, or nothing. In an
/// answer only `allow_publish` counts: `false` blocks the message. The name at a place.
///
/// Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
/// `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_message_headers_name_at(
    call: *const exhook_call,
    index: usize,
) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_message_headers_name_at", |request| {
            Some(exhook_str::from(
                message_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_MESSAGE)
                    .headers
                    .iter()
                    .nth(index)?
                    .0
                    .as_str(),
            ))
        })
    })
}

/// What the broker adds to the message: `username`, `protocol` and `peerhost`, or nothing. In an
/// answer only `allow_publish` counts: `false` blocks the message. The value at a place.
///
/// Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
/// `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_message_headers_value_at(
    call: *const exhook_call,
    index: usize,
) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_message_headers_value_at", |request| {
            Some(exhook_str::from(
                message_of(request)?
                    .as_ref()
                    .unwrap_or(&NO_MESSAGE)
                    .headers
                    .iter()
                    .nth(index)?
                    .1
                    .as_str(),
            ))
        })
    })
}

/// What the broker adds to the message: `username`, `protocol` and `peerhost`, or nothing. In an
/// answer only `allow_publish` counts: `false` blocks the message. The value of `name`; empty where
/// there is none.
///
/// Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
/// `message.ingress`.
///
/// Ownership: it belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_message_headers_find(
    call: *const exhook_call,
    name: exhook_str,
) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has; other views are kept during the call.
    guard(|| unsafe {
        read(call, "exhook_call_message_headers_find", |request| {
            find(
                &message_of(request)?.as_ref().unwrap_or(&NO_MESSAGE).headers,
                name,
            )
        })
    })
}
