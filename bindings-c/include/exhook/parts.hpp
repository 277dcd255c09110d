// generated, do not edit, run `make gen`
/// @file
/// The parts of requests.
#ifndef EXHOOK_PARTS_HPP
#define EXHOOK_PARTS_HPP

#include <exhook.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "list.hpp"
#include "property.hpp"
#include "text.hpp"

namespace exhook {

/// Publish or subscribe; QoS and retain flag are not told.
enum class AuthorizeType {
  /// The client wants to publish.
  publish = EXHOOK_AUTHORIZE_PUBLISH,
  /// The client wants to subscribe.
  subscribe = EXHOOK_AUTHORIZE_SUBSCRIBE,
};

/// What a broker node says about itself when it loads the server.
///
/// A view: it and all that is read from it are valid as long as the request.
class BrokerInfo {
 public:
  /// A view of this part of a call of the C interface.
  explicit BrokerInfo(const exhook_call *call) noexcept : call_(call) {}

  /// EMQX version, for example `5.9.2`.
  [[nodiscard]] std::string_view version() const noexcept {
    return detail::text(exhook_call_broker_version(call_));
  }
  /// Product name, for example `EMQX Enterprise`.
  [[nodiscard]] std::string_view sysdescr() const noexcept {
    return detail::text(exhook_call_broker_sysdescr(call_));
  }
  /// Time since the broker's start in milliseconds.
  [[nodiscard]] std::int64_t uptime() const noexcept { return exhook_call_broker_uptime(call_); }
  /// Wall clock of the broker as text, for example `2026-11-21T02:42:14.953254468+00:00`.
  [[nodiscard]] std::string_view datetime() const noexcept {
    return detail::text(exhook_call_broker_datetime(call_));
  }

 private:
  const exhook_call *call_;
};

/// A connection as the broker sees it before authentication.
///
/// A view: it and all that is read from it are valid as long as the request.
class ConnInfo {
 public:
  /// A view of this part of a call of the C interface.
  explicit ConnInfo(const exhook_call *call) noexcept : call_(call) {}

  /// Erlang name of the broker node, for example `emqx@10.0.0.1`.
  [[nodiscard]] std::string_view node() const noexcept {
    return detail::text(exhook_call_conninfo_node(call_));
  }
  /// Client id of the CONNECT packet, empty when the broker is to choose one. A client id that is
  /// not UTF-8 never reaches the server.
  [[nodiscard]] std::string_view clientid() const noexcept {
    return detail::text(exhook_call_conninfo_clientid(call_));
  }
  /// User name, empty when the client sends none.
  [[nodiscard]] std::string_view username() const noexcept {
    return detail::text(exhook_call_conninfo_username(call_));
  }
  /// IP address of the client; an IPv4-mapped IPv6 address is in IPv4 form.
  [[nodiscard]] std::string_view peerhost() const noexcept {
    return detail::text(exhook_call_conninfo_peerhost(call_));
  }
  /// Port of the broker's listener.
  [[nodiscard]] std::uint32_t sockport() const noexcept {
    return exhook_call_conninfo_sockport(call_);
  }
  /// Protocol name of the CONNECT packet: `MQTT`, or `MQIsdp` in MQTT 3.1.
  [[nodiscard]] std::string_view proto_name() const noexcept {
    return detail::text(exhook_call_conninfo_proto_name(call_));
  }
  /// Protocol version as the text of a number: `3` is MQTT 3.1, `4` is MQTT 3.1.1, `5` is MQTT 5.
  [[nodiscard]] std::string_view proto_ver() const noexcept {
    return detail::text(exhook_call_conninfo_proto_ver(call_));
  }
  /// Keep-alive interval in seconds; 0 turns it off.
  [[nodiscard]] std::uint32_t keepalive() const noexcept {
    return exhook_call_conninfo_keepalive(call_);
  }
  /// Source port of the client.
  [[nodiscard]] std::uint32_t peerport() const noexcept {
    return exhook_call_conninfo_peerport(call_);
  }

 private:
  const exhook_call *call_;
};

/// A client as the broker sees it from authentication on.
///
/// A view: it and all that is read from it are valid as long as the request.
class ClientInfo {
 public:
  /// A view of this part of a call of the C interface.
  explicit ClientInfo(const exhook_call *call) noexcept : call_(call) {}

  /// Erlang name of the broker node, for example `emqx@10.0.0.1`.
  [[nodiscard]] std::string_view node() const noexcept {
    return detail::text(exhook_call_clientinfo_node(call_));
  }
  /// Client id, chosen by the broker when the client sends none. A client id that is not UTF-8
  /// never reaches the server.
  [[nodiscard]] std::string_view clientid() const noexcept {
    return detail::text(exhook_call_clientinfo_clientid(call_));
  }
  /// User name, empty when the client sends none.
  [[nodiscard]] std::string_view username() const noexcept {
    return detail::text(exhook_call_clientinfo_username(call_));
  }
  /// Password in clear text, so keep it out of logs. It comes above all with
  /// `OnClientAuthenticate`; empty when the client sends none.
  [[nodiscard]] std::string_view password() const noexcept {
    return detail::text(exhook_call_clientinfo_password(call_));
  }
  /// IP address of the client; an IPv4-mapped IPv6 address is in IPv4 form.
  [[nodiscard]] std::string_view peerhost() const noexcept {
    return detail::text(exhook_call_clientinfo_peerhost(call_));
  }
  /// Port of the broker's listener.
  [[nodiscard]] std::uint32_t sockport() const noexcept {
    return exhook_call_clientinfo_sockport(call_);
  }
  /// Protocol of the client, for example `mqtt`, `mqtt-sn` or `coap`.
  [[nodiscard]] std::string_view protocol() const noexcept {
    return detail::text(exhook_call_clientinfo_protocol(call_));
  }
  /// Prefix that the listener puts before the client's topics, empty when it has none.
  [[nodiscard]] std::string_view mountpoint() const noexcept {
    return detail::text(exhook_call_clientinfo_mountpoint(call_));
  }
  /// True when the broker treats the client as a superuser. An answer cannot change it.
  [[nodiscard]] bool is_superuser() const noexcept {
    return exhook_call_clientinfo_is_superuser(call_);
  }
  /// True also when the broker does not know.
  [[nodiscard]] bool anonymous() const noexcept { return exhook_call_clientinfo_anonymous(call_); }
  /// Common name of the client's TLS certificate, empty without one.
  [[nodiscard]] std::string_view cn() const noexcept {
    return detail::text(exhook_call_clientinfo_cn(call_));
  }
  /// Subject of the client's TLS certificate, empty without one.
  [[nodiscard]] std::string_view dn() const noexcept {
    return detail::text(exhook_call_clientinfo_dn(call_));
  }
  /// Source port of the client.
  [[nodiscard]] std::uint32_t peerport() const noexcept {
    return exhook_call_clientinfo_peerport(call_);
  }

 private:
  const exhook_call *call_;
};

namespace detail {

/// How List reads `message_headers`.
struct MessageHeaders {
  using Owner = exhook_call;
  static std::size_t size(const Owner *call) noexcept {
    return exhook_call_message_headers_count(call);
  }
  static Property at(const Owner *call, std::size_t index) noexcept {
    return Property(
        detail::text(exhook_call_message_headers_name_at(call, index)),
        detail::text(exhook_call_message_headers_value_at(call, index)));
  }
};

}  // namespace detail

/// An MQTT message. It holds neither the retain and dup flags nor MQTT 5 properties; the latter are
/// fields of `MessagePublishRequest` and `MessageIngressRequest`.
///
/// A view: it and all that is read from it are valid as long as the request.
class Message {
 public:
  /// A view of this part of a call of the C interface.
  explicit Message(const exhook_call *call) noexcept : call_(call) {}

  /// Erlang name of the broker node, for example `emqx@10.0.0.1`.
  [[nodiscard]] std::string_view node() const noexcept {
    return detail::text(exhook_call_message_node(call_));
  }
  /// Message id of the broker in hexadecimal. An answer cannot change it.
  [[nodiscard]] std::string_view id() const noexcept {
    return detail::text(exhook_call_message_id(call_));
  }
  /// QoS: 0, 1 or 2. The broker takes it from an answer without a check.
  [[nodiscard]] std::uint32_t qos() const noexcept { return exhook_call_message_qos(call_); }
  /// Client id of the publisher. An answer cannot change it.
  [[nodiscard]] std::string_view from() const noexcept {
    return detail::text(exhook_call_message_from(call_));
  }
  /// Topic with the mountpoint. The broker takes it from an answer without a check.
  [[nodiscard]] std::string_view topic() const noexcept {
    return detail::text(exhook_call_message_topic(call_));
  }
  /// Payload; may be empty. The broker takes it from an answer.
  [[nodiscard]] std::string_view payload() const noexcept {
    return detail::text(exhook_call_message_payload(call_));
  }
  /// Time of the publish in milliseconds since 1970-01-01 UTC. An answer cannot change it.
  [[nodiscard]] std::uint64_t timestamp() const noexcept {
    return exhook_call_message_timestamp(call_);
  }
  /// What the broker adds to the message: `username`, `protocol` and `peerhost`, or nothing. In an
  /// answer only `allow_publish` counts: `false` blocks the message.
  [[nodiscard]] Properties<detail::MessageHeaders> headers() const noexcept {
    return Properties<detail::MessageHeaders>(call_);
  }

 private:
  const exhook_call *call_;
};

/// The options of one subscription.
///
/// A value, which may be kept.
class SubOpts {
 public:
  /// A part of these fields.
  SubOpts(std::uint32_t qos, std::uint32_t rh, std::uint32_t rap, std::uint32_t nl) noexcept
      : qos_(qos), rh_(rh), rap_(rap), nl_(nl) {}

  /// QoS: 0, 1 or 2. Requested in a `TopicFilter`, granted in a `SessionSubscribedRequest`.
  [[nodiscard]] std::uint32_t qos() const noexcept { return qos_; }
  /// Retain handling: retained messages come at each subscribe (0), at a new subscription (1) or
  /// never (2).
  [[nodiscard]] std::uint32_t rh() const noexcept { return rh_; }
  /// Retain as published: 1 keeps the retain flag of messages, 0 clears it.
  [[nodiscard]] std::uint32_t rap() const noexcept { return rap_; }
  /// No local: 1 keeps the client's own messages from it.
  [[nodiscard]] std::uint32_t nl() const noexcept { return nl_; }

 private:
  std::uint32_t qos_;
  std::uint32_t rh_;
  std::uint32_t rap_;
  std::uint32_t nl_;
};

/// The broker node that makes a call.
///
/// A view: it and all that is read from it are valid as long as the request.
class RequestMeta {
 public:
  /// A view of this part of a call of the C interface.
  explicit RequestMeta(const exhook_call *call) noexcept : call_(call) {}

  /// Erlang name of the broker node, for example `emqx@10.0.0.1`.
  [[nodiscard]] std::string_view node() const noexcept {
    return detail::text(exhook_call_meta_node(call_));
  }
  /// EMQX version of the node, for example `5.9.2`.
  [[nodiscard]] std::string_view version() const noexcept {
    return detail::text(exhook_call_meta_version(call_));
  }
  /// Product name, for example `EMQX Enterprise`.
  [[nodiscard]] std::string_view sysdescr() const noexcept {
    return detail::text(exhook_call_meta_sysdescr(call_));
  }
  /// Name of the node's cluster, for example `emqxcl`.
  [[nodiscard]] std::string_view cluster_name() const noexcept {
    return detail::text(exhook_call_meta_cluster_name(call_));
  }

 private:
  const exhook_call *call_;
};

/// One topic filter of a SUBSCRIBE or UNSUBSCRIBE packet.
///
/// A view: it and all that is read from it are valid as long as the request.
class TopicFilter {
 public:
  /// A view of the element `index` of this list of a call of the C interface.
  TopicFilter(const exhook_call *call, std::size_t index) noexcept : call_(call), index_(index) {}

  /// Topic filter. A shared subscription keeps its `$share/group/`.
  [[nodiscard]] std::string_view name() const noexcept {
    return detail::text(exhook_call_topic_filters_name_at(call_, index_));
  }
  /// Requested options, all 0 in an UNSUBSCRIBE.
  [[nodiscard]] SubOpts subopts() const noexcept {
    return SubOpts(
        exhook_call_topic_filters_subopts_qos_at(call_, index_),
        exhook_call_topic_filters_subopts_rh_at(call_, index_),
        exhook_call_topic_filters_subopts_rap_at(call_, index_),
        exhook_call_topic_filters_subopts_nl_at(call_, index_));
  }

 private:
  const exhook_call *call_;
  std::size_t index_;
};

}  // namespace exhook

#endif
