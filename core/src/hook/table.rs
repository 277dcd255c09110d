//! The one table of hooks: everything that tells one hook from another.
//!
//! [`for_each_hook!`] hands every row to a macro, so that enums, names, decoders and registration
//! methods all come from here. A test compares the table with the compiled descriptors.

/// Calls `$consumer!` with one row per rpc of `HookProvider`.
///
/// Columns: variant, snake-case name, hook name (v2, v3), hook name (v1), rpc (v2, v3), rpc (v1),
/// request message, kind of answer, whether `HookSpec.topics` filters it, where the client id is,
/// and the first package that has it.
macro_rules! for_each_hook {
    ($consumer:ident) => {
        $consumer! {
            ProviderLoaded, provider_loaded, "provider.loaded", "provider.loaded", "OnProviderLoaded", "OnProviderLoaded", ProviderLoadedRequest, Provider, no_topics, nowhere, V1;
            ProviderUnloaded, provider_unloaded, "provider.unloaded", "provider.unloaded", "OnProviderUnloaded", "OnProviderUnloaded", ProviderUnloadedRequest, Provider, no_topics, nowhere, V1;
            ClientConnect, client_connect, "client.connect", "client.connect", "OnClientConnect", "OnClientConnect", ClientConnectRequest, Notification, no_topics, conninfo, V1;
            ClientConnack, client_connack, "client.connack", "client.connack", "OnClientConnack", "OnClientConnack", ClientConnackRequest, Notification, no_topics, conninfo, V1;
            ClientConnected, client_connected, "client.connected", "client.connected", "OnClientConnected", "OnClientConnected", ClientConnectedRequest, Notification, no_topics, clientinfo, V1;
            ClientDisconnected, client_disconnected, "client.disconnected", "client.disconnected", "OnClientDisconnected", "OnClientDisconnected", ClientDisconnectedRequest, Notification, no_topics, clientinfo, V1;
            ClientAuthenticate, client_authenticate, "client.authenticate", "client.authenticate", "OnClientAuthenticate", "OnClientAuthenticate", ClientAuthenticateRequest, Bool, no_topics, clientinfo, V1;
            ClientAuthorize, client_authorize, "client.authorize", "client.check_acl", "OnClientAuthorize", "OnClientCheckAcl", ClientAuthorizeRequest, Bool, no_topics, clientinfo, V1;
            ClientSubscribe, client_subscribe, "client.subscribe", "client.subscribe", "OnClientSubscribe", "OnClientSubscribe", ClientSubscribeRequest, Notification, no_topics, clientinfo, V1;
            ClientUnsubscribe, client_unsubscribe, "client.unsubscribe", "client.unsubscribe", "OnClientUnsubscribe", "OnClientUnsubscribe", ClientUnsubscribeRequest, Notification, no_topics, clientinfo, V1;
            SessionCreated, session_created, "session.created", "session.created", "OnSessionCreated", "OnSessionCreated", SessionCreatedRequest, Notification, no_topics, clientinfo, V1;
            SessionSubscribed, session_subscribed, "session.subscribed", "session.subscribed", "OnSessionSubscribed", "OnSessionSubscribed", SessionSubscribedRequest, Notification, no_topics, clientinfo, V1;
            SessionUnsubscribed, session_unsubscribed, "session.unsubscribed", "session.unsubscribed", "OnSessionUnsubscribed", "OnSessionUnsubscribed", SessionUnsubscribedRequest, Notification, no_topics, clientinfo, V1;
            SessionResumed, session_resumed, "session.resumed", "session.resumed", "OnSessionResumed", "OnSessionResumed", SessionResumedRequest, Notification, no_topics, clientinfo, V1;
            SessionDiscarded, session_discarded, "session.discarded", "session.discarded", "OnSessionDiscarded", "OnSessionDiscarded", SessionDiscardedRequest, Notification, no_topics, clientinfo, V1;
            SessionTakenover, session_takenover, "session.takenover", "session.takeovered", "OnSessionTakenover", "OnSessionTakeovered", SessionTakenoverRequest, Notification, no_topics, clientinfo, V1;
            SessionTerminated, session_terminated, "session.terminated", "session.terminated", "OnSessionTerminated", "OnSessionTerminated", SessionTerminatedRequest, Notification, no_topics, clientinfo, V1;
            MessagePublish, message_publish, "message.publish", "message.publish", "OnMessagePublish", "OnMessagePublish", MessagePublishRequest, Message, topics, message, V1;
            MessageDelivered, message_delivered, "message.delivered", "message.delivered", "OnMessageDelivered", "OnMessageDelivered", MessageDeliveredRequest, Notification, topics, clientinfo_and_message, V1;
            MessageDropped, message_dropped, "message.dropped", "message.dropped", "OnMessageDropped", "OnMessageDropped", MessageDroppedRequest, Notification, topics, message, V1;
            MessageAcked, message_acked, "message.acked", "message.acked", "OnMessageAcked", "OnMessageAcked", MessageAckedRequest, Notification, topics, clientinfo_and_message, V1;
            MessageIngress, message_ingress, "message.ingress", "message.ingress", "OnMessageIngress", "OnMessageIngress", MessageIngressRequest, Bool, topics, clientinfo_and_message, V3;
        }
    };
}

pub(crate) use for_each_hook;
