// generated, do not edit, run `make gen`
//! The hooks as numbers.

use exhook_core::Hook;

use crate::guard::Neutral;

/// A hook of the broker, or one of the two calls about the provider itself. The numbers never
/// change.
#[derive(Clone, Copy)]
#[repr(u32)]
pub enum exhook_hook {
    /// `provider.loaded`. Every broker node calls it when it loads this server: at broker start, when
    /// the server is added, changed or enabled, and when a lost connection does not recover in time.
    EXHOOK_HOOK_PROVIDER_LOADED = 0,
    /// `provider.unloaded`. The broker calls it when the server is disabled, deleted or changed and
    /// when the broker stops, never when a connection is lost.
    EXHOOK_HOOK_PROVIDER_UNLOADED = 1,
    /// `client.connect`. The broker calls it when a CONNECT packet arrives, before authentication.
    EXHOOK_HOOK_CLIENT_CONNECT = 2,
    /// `client.connack`. The broker calls it before it sends CONNACK.
    EXHOOK_HOOK_CLIENT_CONNACK = 3,
    /// `client.connected`. The broker calls it when a client is accepted.
    EXHOOK_HOOK_CLIENT_CONNECTED = 4,
    /// `client.disconnected`. The broker calls it when the connection of an accepted client ends.
    EXHOOK_HOOK_CLIENT_DISCONNECTED = 5,
    /// `client.authenticate`. The broker calls it when a client logs in and no built-in authenticator
    /// decides.
    EXHOOK_HOOK_CLIENT_AUTHENTICATE = 6,
    /// `client.authorize`. The broker calls it when a client publishes or subscribes and no
    /// authorization source matches.
    EXHOOK_HOOK_CLIENT_AUTHORIZE = 7,
    /// `client.subscribe`. The broker calls it when a client subscribes, after authorization.
    EXHOOK_HOOK_CLIENT_SUBSCRIBE = 8,
    /// `client.unsubscribe`. The broker calls it when a client unsubscribes.
    EXHOOK_HOOK_CLIENT_UNSUBSCRIBE = 9,
    /// `session.created`. The broker calls it when a client begins a new session.
    EXHOOK_HOOK_SESSION_CREATED = 10,
    /// `session.subscribed`. The broker calls it once for each topic filter that a session subscribes
    /// to.
    EXHOOK_HOOK_SESSION_SUBSCRIBED = 11,
    /// `session.unsubscribed`. The broker calls it once for each topic filter that a session gives up.
    EXHOOK_HOOK_SESSION_UNSUBSCRIBED = 12,
    /// `session.resumed`. The broker calls it when a client resumes its earlier session.
    EXHOOK_HOOK_SESSION_RESUMED = 13,
    /// `session.discarded`. The broker calls it when a client connects with a clean start and so
    /// removes its earlier session.
    EXHOOK_HOOK_SESSION_DISCARDED = 14,
    /// `session.takenover`. The broker calls it when a new connection of the same client id takes a
    /// session over.
    EXHOOK_HOOK_SESSION_TAKENOVER = 15,
    /// `session.terminated`. The broker calls it when a session ends.
    EXHOOK_HOOK_SESSION_TERMINATED = 16,
    /// `message.publish`. The broker calls it for each published message, including wills and messages
    /// of its HTTP API, but not for topics that begin with `$SYS/`.
    EXHOOK_HOOK_MESSAGE_PUBLISH = 17,
    /// `message.delivered`. The broker calls it before it sends a message to a subscriber, once for
    /// each subscriber.
    EXHOOK_HOOK_MESSAGE_DELIVERED = 18,
    /// `message.dropped`. The broker calls it when it does not deliver a message, for example because
    /// nobody subscribes.
    EXHOOK_HOOK_MESSAGE_DROPPED = 19,
    /// `message.acked`. The broker calls it when a subscriber acknowledges a message of QoS 1 or 2.
    EXHOOK_HOOK_MESSAGE_ACKED = 20,
    /// `message.ingress`. The broker calls it when a client publishes, before publish authorization
    /// takes effect.
    EXHOOK_HOOK_MESSAGE_INGRESS = 21,
}

impl From<Hook> for exhook_hook {
    fn from(hook: Hook) -> Self {
        match hook {
            Hook::ProviderLoaded => exhook_hook::EXHOOK_HOOK_PROVIDER_LOADED,
            Hook::ProviderUnloaded => exhook_hook::EXHOOK_HOOK_PROVIDER_UNLOADED,
            Hook::ClientConnect => exhook_hook::EXHOOK_HOOK_CLIENT_CONNECT,
            Hook::ClientConnack => exhook_hook::EXHOOK_HOOK_CLIENT_CONNACK,
            Hook::ClientConnected => exhook_hook::EXHOOK_HOOK_CLIENT_CONNECTED,
            Hook::ClientDisconnected => exhook_hook::EXHOOK_HOOK_CLIENT_DISCONNECTED,
            Hook::ClientAuthenticate => exhook_hook::EXHOOK_HOOK_CLIENT_AUTHENTICATE,
            Hook::ClientAuthorize => exhook_hook::EXHOOK_HOOK_CLIENT_AUTHORIZE,
            Hook::ClientSubscribe => exhook_hook::EXHOOK_HOOK_CLIENT_SUBSCRIBE,
            Hook::ClientUnsubscribe => exhook_hook::EXHOOK_HOOK_CLIENT_UNSUBSCRIBE,
            Hook::SessionCreated => exhook_hook::EXHOOK_HOOK_SESSION_CREATED,
            Hook::SessionSubscribed => exhook_hook::EXHOOK_HOOK_SESSION_SUBSCRIBED,
            Hook::SessionUnsubscribed => exhook_hook::EXHOOK_HOOK_SESSION_UNSUBSCRIBED,
            Hook::SessionResumed => exhook_hook::EXHOOK_HOOK_SESSION_RESUMED,
            Hook::SessionDiscarded => exhook_hook::EXHOOK_HOOK_SESSION_DISCARDED,
            Hook::SessionTakenover => exhook_hook::EXHOOK_HOOK_SESSION_TAKENOVER,
            Hook::SessionTerminated => exhook_hook::EXHOOK_HOOK_SESSION_TERMINATED,
            Hook::MessagePublish => exhook_hook::EXHOOK_HOOK_MESSAGE_PUBLISH,
            Hook::MessageDelivered => exhook_hook::EXHOOK_HOOK_MESSAGE_DELIVERED,
            Hook::MessageDropped => exhook_hook::EXHOOK_HOOK_MESSAGE_DROPPED,
            Hook::MessageAcked => exhook_hook::EXHOOK_HOOK_MESSAGE_ACKED,
            Hook::MessageIngress => exhook_hook::EXHOOK_HOOK_MESSAGE_INGRESS,
        }
    }
}

impl Neutral for exhook_hook {
    fn neutral() -> Self {
        exhook_hook::EXHOOK_HOOK_PROVIDER_LOADED
    }
}
