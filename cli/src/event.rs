//! [`Event`]: something that happens to a client of a broker, as the request of any hook.

use bytes::Bytes;
use exhook::{Hook, Package, Request, proto, testing::transcode};
use prost::DecodeError;

/// What requests are made of, in the types of package v3.
#[derive(Clone, Debug, Default)]
pub(crate) struct Event {
    pub(crate) broker: proto::BrokerInfo,
    pub(crate) meta: proto::RequestMeta,
    pub(crate) clientinfo: proto::ClientInfo,
    /// What the client publishes or receives.
    pub(crate) message: proto::Message,
    /// What the client may use, subscribes to or gives up.
    pub(crate) topic: String,
}

impl Event {
    /// The protobuf bytes of the request of `hook` in `package`.
    pub(crate) fn encode(self, package: Package, hook: Hook) -> Result<Bytes, DecodeError> {
        let request = self.request(hook).encode_to_vec();
        transcode(Package::V3, package, hook, &request.into())
    }

    /// The request of `hook`.
    #[expect(clippy::too_many_lines, reason = "one arm a hook")]
    #[expect(
        clippy::needless_update,
        reason = "some requests have nothing beside what every event has"
    )]
    pub(crate) fn request(self, hook: Hook) -> Request {
        let conninfo = Some(self.conninfo());
        let subopts = Some(proto::SubOpts {
            qos: self.message.qos,
            ..proto::SubOpts::default()
        });
        let topic_filters = vec![proto::TopicFilter {
            name: self.topic.clone(),
            subopts,
        }];
        let meta = Some(self.meta);
        let clientinfo = Some(self.clientinfo);
        let message = Some(self.message);
        let topic = self.topic;
        macro_rules! of {
            ($variant:ident, $request:ident, $($field:ident $(= $value:expr)?),*) => {
                Request::$variant(proto::$request {
                    meta,
                    $($field $(: $value)?,)*
                    ..proto::$request::default()
                })
            };
        }
        match hook {
            Hook::ProviderLoaded => {
                of!(
                    ProviderLoaded,
                    ProviderLoadedRequest,
                    broker = Some(self.broker)
                )
            }
            Hook::ProviderUnloaded => of!(ProviderUnloaded, ProviderUnloadedRequest,),
            Hook::ClientConnect => of!(ClientConnect, ClientConnectRequest, conninfo),
            Hook::ClientConnack => {
                let result_code = "success".to_owned();
                of!(ClientConnack, ClientConnackRequest, conninfo, result_code)
            }
            Hook::ClientConnected => of!(ClientConnected, ClientConnectedRequest, clientinfo),
            Hook::ClientDisconnected => {
                let reason = "normal".to_owned();
                of!(
                    ClientDisconnected,
                    ClientDisconnectedRequest,
                    clientinfo,
                    reason
                )
            }
            Hook::ClientAuthenticate => {
                of!(ClientAuthenticate, ClientAuthenticateRequest, clientinfo)
            }
            Hook::ClientAuthorize => {
                // What the broker does by default where no source matches.
                let result = true;
                of!(
                    ClientAuthorize,
                    ClientAuthorizeRequest,
                    clientinfo,
                    topic,
                    result
                )
            }
            Hook::ClientSubscribe => {
                of!(
                    ClientSubscribe,
                    ClientSubscribeRequest,
                    clientinfo,
                    topic_filters
                )
            }
            Hook::ClientUnsubscribe => {
                of!(
                    ClientUnsubscribe,
                    ClientUnsubscribeRequest,
                    clientinfo,
                    topic_filters
                )
            }
            Hook::SessionCreated => of!(SessionCreated, SessionCreatedRequest, clientinfo),
            Hook::SessionSubscribed => {
                of!(
                    SessionSubscribed,
                    SessionSubscribedRequest,
                    clientinfo,
                    topic,
                    subopts
                )
            }
            Hook::SessionUnsubscribed => {
                of!(
                    SessionUnsubscribed,
                    SessionUnsubscribedRequest,
                    clientinfo,
                    topic
                )
            }
            Hook::SessionResumed => of!(SessionResumed, SessionResumedRequest, clientinfo),
            Hook::SessionDiscarded => of!(SessionDiscarded, SessionDiscardedRequest, clientinfo),
            Hook::SessionTakenover => of!(SessionTakenover, SessionTakenoverRequest, clientinfo),
            Hook::SessionTerminated => {
                let reason = "normal".to_owned();
                of!(
                    SessionTerminated,
                    SessionTerminatedRequest,
                    clientinfo,
                    reason
                )
            }
            Hook::MessagePublish => of!(MessagePublish, MessagePublishRequest, message),
            Hook::MessageDelivered => {
                of!(
                    MessageDelivered,
                    MessageDeliveredRequest,
                    clientinfo,
                    message
                )
            }
            Hook::MessageDropped => {
                let reason = "no_subscribers".to_owned();
                of!(MessageDropped, MessageDroppedRequest, message, reason)
            }
            Hook::MessageAcked => of!(MessageAcked, MessageAckedRequest, clientinfo, message),
            Hook::MessageIngress => of!(MessageIngress, MessageIngressRequest, clientinfo, message),
        }
    }

    /// The connection of the client.
    fn conninfo(&self) -> proto::ConnInfo {
        let client = &self.clientinfo;
        proto::ConnInfo {
            node: client.node.clone(),
            clientid: client.clientid.clone(),
            username: client.username.clone(),
            peerhost: client.peerhost.clone(),
            sockport: client.sockport,
            proto_name: "MQTT".to_owned(),
            proto_ver: "5".to_owned(),
            keepalive: 60,
            peerport: client.peerport,
        }
    }
}
