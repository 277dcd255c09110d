// generated, do not edit, run `make gen`
/// @file
/// The requests, one class for each hook.
#ifndef EXHOOK_REQUESTS_HPP
#define EXHOOK_REQUESTS_HPP

#include <exhook.h>

#include <cstddef>
#include <optional>
#include <string_view>

#include "list.hpp"
#include "parts.hpp"
#include "property.hpp"
#include "request.hpp"
#include "text.hpp"

namespace exhook {

namespace detail {

/// How List reads `props`.
struct Props {
  using Owner = exhook_call;
  static std::size_t size(const Owner *call) noexcept {
    return exhook_call_props_count(call);
  }
  static Property at(const Owner *call, std::size_t index) noexcept {
    return Property(
        detail::text(exhook_call_props_name_at(call, index)),
        detail::text(exhook_call_props_value_at(call, index)));
  }
};

/// How List reads `user_props`.
struct UserProps {
  using Owner = exhook_call;
  static std::size_t size(const Owner *call) noexcept {
    return exhook_call_user_props_count(call);
  }
  static Property at(const Owner *call, std::size_t index) noexcept {
    return Property(
        detail::text(exhook_call_user_props_name_at(call, index)),
        detail::text(exhook_call_user_props_value_at(call, index)));
  }
};

/// How List reads `topic_filters`.
struct TopicFilters {
  using Owner = exhook_call;
  static std::size_t size(const Owner *call) noexcept {
    return exhook_call_topic_filters_count(call);
  }
  static TopicFilter at(const Owner *call, std::size_t index) noexcept {
    return TopicFilter(call, index);
  }
};

}  // namespace detail

/// Request of `provider.loaded`.
///
/// Every broker node calls it when it loads this server: at broker start, when the server is added,
/// changed or enabled, and when a lost connection does not recover in time. The answer counts: it
/// names the wanted hooks.
class ProviderLoadedRequest final
    : public RequestOf<ProviderLoadedRequest, EXHOOK_HOOK_PROVIDER_LOADED,
                       detail::Notification> {
 public:
  using RequestOf::RequestOf;

  /// Version and uptime of the broker.
  [[nodiscard]] BrokerInfo broker() const noexcept { return BrokerInfo(call()); }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
};

/// Request of `provider.unloaded`.
///
/// The broker calls it when the server is disabled, deleted or changed and when the broker stops,
/// never when a connection is lost. The answer does not count and the broker waits 5 seconds for
/// it.
class ProviderUnloadedRequest final
    : public RequestOf<ProviderUnloadedRequest, EXHOOK_HOOK_PROVIDER_UNLOADED,
                       detail::Notification> {
 public:
  using RequestOf::RequestOf;

  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
};

/// Request of `client.connect`.
///
/// The broker calls it when a CONNECT packet arrives, before authentication. The answer does not
/// count: it cannot refuse the client.
class ClientConnectRequest final
    : public RequestOf<ClientConnectRequest, EXHOOK_HOOK_CLIENT_CONNECT,
                       detail::Notification> {
 public:
  using RequestOf::RequestOf;

  /// The connection.
  [[nodiscard]] ConnInfo conninfo() const noexcept { return ConnInfo(call()); }
  /// Properties of the CONNECT packet in no fixed order, empty before MQTT 5. User-Property pairs
  /// are in `user_props`.
  [[nodiscard]] Properties<detail::Props> props() const noexcept {
    return Properties<detail::Props>(call());
  }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
  /// User-Property pairs of the CONNECT packet in their order, repeated names included. Empty
  /// before MQTT 5.
  [[nodiscard]] Properties<detail::UserProps> user_props() const noexcept {
    return Properties<detail::UserProps>(call());
  }
};

/// Request of `client.connack`.
///
/// The broker calls it before it sends CONNACK. The answer does not count: it cannot change the
/// packet.
class ClientConnackRequest final
    : public RequestOf<ClientConnackRequest, EXHOOK_HOOK_CLIENT_CONNACK,
                       detail::Notification> {
 public:
  using RequestOf::RequestOf;

  /// The connection.
  [[nodiscard]] ConnInfo conninfo() const noexcept { return ConnInfo(call()); }
  /// Name of the reason code, for example `success` or `not_authorized`.
  [[nodiscard]] std::string_view result_code() const noexcept {
    return detail::text(exhook_call_result_code(call()));
  }
  /// Properties of the CONNACK packet in no fixed order, empty before MQTT 5. User-Property pairs
  /// are in `user_props`.
  [[nodiscard]] Properties<detail::Props> props() const noexcept {
    return Properties<detail::Props>(call());
  }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
  /// User-Property pairs of the CONNACK packet in their order, repeated names included. Empty
  /// before MQTT 5.
  [[nodiscard]] Properties<detail::UserProps> user_props() const noexcept {
    return Properties<detail::UserProps>(call());
  }
};

/// Request of `client.connected`.
///
/// The broker calls it when a client is accepted. The answer does not count.
class ClientConnectedRequest final
    : public RequestOf<ClientConnectedRequest, EXHOOK_HOOK_CLIENT_CONNECTED,
                       detail::Notification> {
 public:
  using RequestOf::RequestOf;

  /// The accepted client.
  [[nodiscard]] ClientInfo clientinfo() const noexcept { return ClientInfo(call()); }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
};

/// Request of `client.disconnected`.
///
/// The broker calls it when the connection of an accepted client ends. The answer does not count.
class ClientDisconnectedRequest final
    : public RequestOf<ClientDisconnectedRequest, EXHOOK_HOOK_CLIENT_DISCONNECTED,
                       detail::Notification> {
 public:
  using RequestOf::RequestOf;

  /// Client whose connection ends.
  [[nodiscard]] ClientInfo clientinfo() const noexcept { return ClientInfo(call()); }
  /// Text of an Erlang term, for example `normal` or `tcp_closed`. The set of texts is not stable.
  [[nodiscard]] std::string_view reason() const noexcept {
    return detail::text(exhook_call_reason(call()));
  }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
};

/// Request of `client.authenticate`.
///
/// The broker calls it when a client logs in and no built-in authenticator decides. The answer
/// counts: `bool_result` true admits the client and false refuses it, `IGNORE` keeps the verdict so
/// far.
class ClientAuthenticateRequest final
    : public RequestOf<ClientAuthenticateRequest, EXHOOK_HOOK_CLIENT_AUTHENTICATE,
                       detail::Decision> {
 public:
  using RequestOf::RequestOf;

  /// Client that logs in, with its password.
  [[nodiscard]] ClientInfo clientinfo() const noexcept { return ClientInfo(call()); }
  /// Verdict so far: true when the broker or an earlier exhook server admits the client.
  [[nodiscard]] bool result() const noexcept { return exhook_call_result(call()); }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
};

/// Request of `client.authorize`.
///
/// The broker calls it when a client publishes or subscribes and no authorization source matches.
/// With the shipped acl.conf it is never called, as the last rule there matches everything. The
/// answer counts: `bool_result` true allows and false denies. The broker caches it for the client.
class ClientAuthorizeRequest final
    : public RequestOf<ClientAuthorizeRequest, EXHOOK_HOOK_CLIENT_AUTHORIZE,
                       detail::Decision> {
 public:
  using RequestOf::RequestOf;

  /// Client that publishes or subscribes.
  [[nodiscard]] ClientInfo clientinfo() const noexcept { return ClientInfo(call()); }
  /// Publish or subscribe; QoS and retain flag are not told.
  [[nodiscard]] AuthorizeType type() const noexcept {
    return static_cast<AuthorizeType>(exhook_call_type(call()));
  }
  /// Topic that the client asks for, without `$share/group/` and by default without mountpoint.
  [[nodiscard]] std::string_view topic() const noexcept {
    return detail::text(exhook_call_topic(call()));
  }
  /// Verdict so far: true means allowed. At first it is the broker's `authorization.no_match`.
  [[nodiscard]] bool result() const noexcept { return exhook_call_result(call()); }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
};

/// Request of `client.subscribe`.
///
/// The broker calls it when a client subscribes, after authorization. The answer does not count: it
/// cannot change the filters.
class ClientSubscribeRequest final
    : public RequestOf<ClientSubscribeRequest, EXHOOK_HOOK_CLIENT_SUBSCRIBE,
                       detail::Notification> {
 public:
  using RequestOf::RequestOf;

  /// Client that subscribes.
  [[nodiscard]] ClientInfo clientinfo() const noexcept { return ClientInfo(call()); }
  /// Properties of the SUBSCRIBE packet in no fixed order, empty before MQTT 5. User-Property pairs
  /// are in `user_props`.
  [[nodiscard]] Properties<detail::Props> props() const noexcept {
    return Properties<detail::Props>(call());
  }
  /// Filters of the packet without the denied ones; empty when all are denied.
  [[nodiscard]] List<TopicFilter, detail::TopicFilters> topic_filters() const noexcept {
    return List<TopicFilter, detail::TopicFilters>(call());
  }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
  /// User-Property pairs of the SUBSCRIBE packet in their order, repeated names included. Empty
  /// before MQTT 5.
  [[nodiscard]] Properties<detail::UserProps> user_props() const noexcept {
    return Properties<detail::UserProps>(call());
  }
};

/// Request of `client.unsubscribe`.
///
/// The broker calls it when a client unsubscribes. The answer does not count.
class ClientUnsubscribeRequest final
    : public RequestOf<ClientUnsubscribeRequest, EXHOOK_HOOK_CLIENT_UNSUBSCRIBE,
                       detail::Notification> {
 public:
  using RequestOf::RequestOf;

  /// Client that unsubscribes.
  [[nodiscard]] ClientInfo clientinfo() const noexcept { return ClientInfo(call()); }
  /// Properties of the UNSUBSCRIBE packet in no fixed order, empty before MQTT 5. User-Property
  /// pairs are in `user_props`.
  [[nodiscard]] Properties<detail::Props> props() const noexcept {
    return Properties<detail::Props>(call());
  }
  /// Filters of the packet.
  [[nodiscard]] List<TopicFilter, detail::TopicFilters> topic_filters() const noexcept {
    return List<TopicFilter, detail::TopicFilters>(call());
  }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
  /// User-Property pairs of the UNSUBSCRIBE packet in their order, repeated names included. Empty
  /// before MQTT 5.
  [[nodiscard]] Properties<detail::UserProps> user_props() const noexcept {
    return Properties<detail::UserProps>(call());
  }
};

/// Request of `session.created`.
///
/// The broker calls it when a client begins a new session. The answer does not count.
class SessionCreatedRequest final
    : public RequestOf<SessionCreatedRequest, EXHOOK_HOOK_SESSION_CREATED,
                       detail::Notification> {
 public:
  using RequestOf::RequestOf;

  /// Client that begins the session.
  [[nodiscard]] ClientInfo clientinfo() const noexcept { return ClientInfo(call()); }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
};

/// Request of `session.subscribed`.
///
/// The broker calls it once for each topic filter that a session subscribes to. The answer does not
/// count.
class SessionSubscribedRequest final
    : public RequestOf<SessionSubscribedRequest, EXHOOK_HOOK_SESSION_SUBSCRIBED,
                       detail::Notification> {
 public:
  using RequestOf::RequestOf;

  /// Client that subscribes.
  [[nodiscard]] ClientInfo clientinfo() const noexcept { return ClientInfo(call()); }
  /// Topic filter with the mountpoint. A shared subscription keeps its `$share/group/`.
  [[nodiscard]] std::string_view topic() const noexcept {
    return detail::text(exhook_call_topic(call()));
  }
  /// Granted options.
  [[nodiscard]] SubOpts subopts() const noexcept {
    return SubOpts(
        exhook_call_subopts_qos(call()),
        exhook_call_subopts_rh(call()),
        exhook_call_subopts_rap(call()),
        exhook_call_subopts_nl(call()));
  }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
};

/// Request of `session.unsubscribed`.
///
/// The broker calls it once for each topic filter that a session gives up. The answer does not
/// count.
class SessionUnsubscribedRequest final
    : public RequestOf<SessionUnsubscribedRequest, EXHOOK_HOOK_SESSION_UNSUBSCRIBED,
                       detail::Notification> {
 public:
  using RequestOf::RequestOf;

  /// Client that unsubscribes.
  [[nodiscard]] ClientInfo clientinfo() const noexcept { return ClientInfo(call()); }
  /// Topic filter with the mountpoint. A shared subscription keeps its `$share/group/`.
  [[nodiscard]] std::string_view topic() const noexcept {
    return detail::text(exhook_call_topic(call()));
  }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
};

/// Request of `session.resumed`.
///
/// The broker calls it when a client resumes its earlier session. The answer does not count.
class SessionResumedRequest final
    : public RequestOf<SessionResumedRequest, EXHOOK_HOOK_SESSION_RESUMED,
                       detail::Notification> {
 public:
  using RequestOf::RequestOf;

  /// Client that resumes the session.
  [[nodiscard]] ClientInfo clientinfo() const noexcept { return ClientInfo(call()); }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
};

/// Request of `session.discarded`.
///
/// The broker calls it when a client connects with a clean start and so removes its earlier
/// session. The answer does not count.
class SessionDiscardedRequest final
    : public RequestOf<SessionDiscardedRequest, EXHOOK_HOOK_SESSION_DISCARDED,
                       detail::Notification> {
 public:
  using RequestOf::RequestOf;

  /// Client on the connection that loses the session.
  [[nodiscard]] ClientInfo clientinfo() const noexcept { return ClientInfo(call()); }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
};

/// Request of `session.takenover`.
///
/// The broker calls it when a new connection of the same client id takes a session over. The answer
/// does not count.
class SessionTakenoverRequest final
    : public RequestOf<SessionTakenoverRequest, EXHOOK_HOOK_SESSION_TAKENOVER,
                       detail::Notification> {
 public:
  using RequestOf::RequestOf;

  /// Client on the connection that loses the session.
  [[nodiscard]] ClientInfo clientinfo() const noexcept { return ClientInfo(call()); }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
};

/// Request of `session.terminated`.
///
/// The broker calls it when a session ends. The answer does not count.
class SessionTerminatedRequest final
    : public RequestOf<SessionTerminatedRequest, EXHOOK_HOOK_SESSION_TERMINATED,
                       detail::Notification> {
 public:
  using RequestOf::RequestOf;

  /// Client whose session ends.
  [[nodiscard]] ClientInfo clientinfo() const noexcept { return ClientInfo(call()); }
  /// Text of an Erlang term, for example `{shutdown,normal}`. The set of texts is not stable.
  [[nodiscard]] std::string_view reason() const noexcept {
    return detail::text(exhook_call_reason(call()));
  }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
};

/// Request of `message.publish`.
///
/// The broker calls it for each published message, including wills and messages of its HTTP API,
/// but not for topics that begin with `$SYS/`. The answer counts: its `message` replaces topic, QoS
/// and payload, or blocks the message.
class MessagePublishRequest final
    : public RequestOf<MessagePublishRequest, EXHOOK_HOOK_MESSAGE_PUBLISH,
                       detail::Publication> {
 public:
  using RequestOf::RequestOf;

  /// The published message.
  [[nodiscard]] Message message() const noexcept { return Message(call()); }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
  /// Properties of the PUBLISH packet in no fixed order, empty before MQTT 5. User-Property pairs
  /// are in `user_props`.
  [[nodiscard]] Properties<detail::Props> props() const noexcept {
    return Properties<detail::Props>(call());
  }
  /// User-Property pairs of the PUBLISH packet in their order, repeated names included. Empty
  /// before MQTT 5.
  [[nodiscard]] Properties<detail::UserProps> user_props() const noexcept {
    return Properties<detail::UserProps>(call());
  }
};

/// Request of `message.delivered`.
///
/// The broker calls it before it sends a message to a subscriber, once for each subscriber. The
/// answer does not count.
class MessageDeliveredRequest final
    : public RequestOf<MessageDeliveredRequest, EXHOOK_HOOK_MESSAGE_DELIVERED,
                       detail::Notification> {
 public:
  using RequestOf::RequestOf;

  /// Subscriber that receives the message.
  [[nodiscard]] ClientInfo clientinfo() const noexcept { return ClientInfo(call()); }
  /// The delivered message.
  [[nodiscard]] Message message() const noexcept { return Message(call()); }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
};

/// Request of `message.dropped`.
///
/// The broker calls it when it does not deliver a message, for example because nobody subscribes.
/// The answer does not count.
class MessageDroppedRequest final
    : public RequestOf<MessageDroppedRequest, EXHOOK_HOOK_MESSAGE_DROPPED,
                       detail::Notification> {
 public:
  using RequestOf::RequestOf;

  /// The dropped message.
  [[nodiscard]] Message message() const noexcept { return Message(call()); }
  /// Text of an Erlang term, for example `no_subscribers`. The set of texts is not stable.
  [[nodiscard]] std::string_view reason() const noexcept {
    return detail::text(exhook_call_reason(call()));
  }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
};

/// Request of `message.acked`.
///
/// The broker calls it when a subscriber acknowledges a message of QoS 1 or 2. The answer does not
/// count.
class MessageAckedRequest final
    : public RequestOf<MessageAckedRequest, EXHOOK_HOOK_MESSAGE_ACKED,
                       detail::Notification> {
 public:
  using RequestOf::RequestOf;

  /// Subscriber that acknowledges the message.
  [[nodiscard]] ClientInfo clientinfo() const noexcept { return ClientInfo(call()); }
  /// The acknowledged message.
  [[nodiscard]] Message message() const noexcept { return Message(call()); }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
};

/// Request of `message.ingress`.
///
/// The broker calls it when a client publishes, before publish authorization takes effect. Since
/// EMQX 6.3. The answer counts: `STOP_AND_RETURN` with `bool_result` false rejects the message, and
/// an answer without a value is a failure.
class MessageIngressRequest final
    : public RequestOf<MessageIngressRequest, EXHOOK_HOOK_MESSAGE_INGRESS,
                       detail::Decision> {
 public:
  using RequestOf::RequestOf;

  /// Client that publishes.
  [[nodiscard]] ClientInfo clientinfo() const noexcept { return ClientInfo(call()); }
  /// The message that it publishes.
  [[nodiscard]] Message message() const noexcept { return Message(call()); }
  /// Broker node that makes the call. None from EMQX before 4.3.14 and 4.4.3.
  [[nodiscard]] std::optional<RequestMeta> meta() const noexcept {
    if (!exhook_call_has_meta(call())) return std::nullopt;
    return RequestMeta(call());
  }
  /// Properties of the PUBLISH packet in no fixed order, empty before MQTT 5. User-Property pairs
  /// are in `user_props`.
  [[nodiscard]] Properties<detail::Props> props() const noexcept {
    return Properties<detail::Props>(call());
  }
  /// User-Property pairs of the PUBLISH packet in their order, repeated names included. Empty
  /// before MQTT 5.
  [[nodiscard]] Properties<detail::UserProps> user_props() const noexcept {
    return Properties<detail::UserProps>(call());
  }
};

}  // namespace exhook

#endif
