// generated, do not edit, run `make gen`
/// @file
/// The methods that register handlers.
#ifndef EXHOOK_HOOKS_HPP
#define EXHOOK_HOOKS_HPP

#include <exhook.h>

#include <utility>

#include "handler.hpp"
#include "options.hpp"
#include "requests.hpp"

namespace exhook {

/// The methods of App that register handlers, as many for each hook as are wanted: they are
/// asked in their order until one decides.
template <class Self>
class Hooks {
 public:
  /// Registers a handler for `provider.loaded`.
  ///
  /// Every broker node calls it when it loads this server: at broker start, when the server is
  /// added, changed or enabled, and when a lost connection does not recover in time. The answer
  /// counts: it names the wanted hooks.
  ///
  /// The handler returns nothing.
  ///
  /// @param handler is called with a `const exhook::ProviderLoadedRequest &`, by several threads at
  /// once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_provider_loaded(Handler &&handler) {
    return add<ProviderLoadedRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_provider_loaded(Handler &&)
  template <class Handler>
  Self &on_provider_loaded(const Options &options, Handler &&handler) {
    return add<ProviderLoadedRequest>(options, std::forward<Handler>(handler));
  }

  /// Registers a handler for `provider.unloaded`.
  ///
  /// The broker calls it when the server is disabled, deleted or changed and when the broker stops,
  /// never when a connection is lost. The answer does not count and the broker waits 5 seconds for
  /// it.
  ///
  /// The handler returns nothing.
  ///
  /// @param handler is called with a `const exhook::ProviderUnloadedRequest &`, by several threads
  /// at once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_provider_unloaded(Handler &&handler) {
    return add<ProviderUnloadedRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_provider_unloaded(Handler &&)
  template <class Handler>
  Self &on_provider_unloaded(const Options &options, Handler &&handler) {
    return add<ProviderUnloadedRequest>(options, std::forward<Handler>(handler));
  }

  /// Registers a handler for `client.connect`.
  ///
  /// The broker calls it when a CONNECT packet arrives, before authentication. The answer does not
  /// count: it cannot refuse the client.
  ///
  /// The handler returns nothing. The broker is answered before the handler runs, or after it with
  /// Ack::late.
  ///
  /// @param handler is called with a `const exhook::ClientConnectRequest &`, by several threads at
  /// once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_client_connect(Handler &&handler) {
    return add<ClientConnectRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_client_connect(Handler &&)
  template <class Handler>
  Self &on_client_connect(const Options &options, Handler &&handler) {
    return add<ClientConnectRequest>(options, std::forward<Handler>(handler));
  }

  /// Registers a handler for `client.connack`.
  ///
  /// The broker calls it before it sends CONNACK. The answer does not count: it cannot change the
  /// packet.
  ///
  /// The handler returns nothing. The broker is answered before the handler runs, or after it with
  /// Ack::late.
  ///
  /// @param handler is called with a `const exhook::ClientConnackRequest &`, by several threads at
  /// once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_client_connack(Handler &&handler) {
    return add<ClientConnackRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_client_connack(Handler &&)
  template <class Handler>
  Self &on_client_connack(const Options &options, Handler &&handler) {
    return add<ClientConnackRequest>(options, std::forward<Handler>(handler));
  }

  /// Registers a handler for `client.connected`.
  ///
  /// The broker calls it when a client is accepted. The answer does not count.
  ///
  /// The handler returns nothing. The broker is answered before the handler runs, or after it with
  /// Ack::late.
  ///
  /// @param handler is called with a `const exhook::ClientConnectedRequest &`, by several threads
  /// at once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_client_connected(Handler &&handler) {
    return add<ClientConnectedRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_client_connected(Handler &&)
  template <class Handler>
  Self &on_client_connected(const Options &options, Handler &&handler) {
    return add<ClientConnectedRequest>(options, std::forward<Handler>(handler));
  }

  /// Registers a handler for `client.disconnected`.
  ///
  /// The broker calls it when the connection of an accepted client ends. The answer does not count.
  ///
  /// The handler returns nothing. The broker is answered before the handler runs, or after it with
  /// Ack::late.
  ///
  /// @param handler is called with a `const exhook::ClientDisconnectedRequest &`, by several
  /// threads at once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_client_disconnected(Handler &&handler) {
    return add<ClientDisconnectedRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_client_disconnected(Handler &&)
  template <class Handler>
  Self &on_client_disconnected(const Options &options, Handler &&handler) {
    return add<ClientDisconnectedRequest>(options, std::forward<Handler>(handler));
  }

  /// Registers a handler for `client.authenticate`.
  ///
  /// The broker calls it when a client logs in and no built-in authenticator decides. The answer
  /// counts: `bool_result` true admits the client and false refuses it, `IGNORE` keeps the verdict
  /// so far.
  ///
  /// The handler returns a `bool`, a Verdict, a `std::optional<bool>`, or nothing for no opinion;
  /// or it calls `request.defer()` to answer later. keep_going() is a verdict that may still be
  /// changed.
  ///
  /// @param handler is called with a `const exhook::ClientAuthenticateRequest &`, by several
  /// threads at once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_client_authenticate(Handler &&handler) {
    return add<ClientAuthenticateRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_client_authenticate(Handler &&)
  template <class Handler>
  Self &on_client_authenticate(const Options &options, Handler &&handler) {
    return add<ClientAuthenticateRequest>(options, std::forward<Handler>(handler));
  }

  /// Registers a handler for `client.authorize`.
  ///
  /// The broker calls it when a client publishes or subscribes and no authorization source matches.
  /// With the shipped acl.conf it is never called, as the last rule there matches everything. The
  /// answer counts: `bool_result` true allows and false denies. The broker caches it for the
  /// client.
  ///
  /// The handler returns a `bool`, a Verdict, a `std::optional<bool>`, or nothing for no opinion;
  /// or it calls `request.defer()` to answer later. keep_going() is a verdict that may still be
  /// changed.
  ///
  /// @param handler is called with a `const exhook::ClientAuthorizeRequest &`, by several threads
  /// at once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_client_authorize(Handler &&handler) {
    return add<ClientAuthorizeRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_client_authorize(Handler &&)
  template <class Handler>
  Self &on_client_authorize(const Options &options, Handler &&handler) {
    return add<ClientAuthorizeRequest>(options, std::forward<Handler>(handler));
  }

  /// Registers a handler for `client.subscribe`.
  ///
  /// The broker calls it when a client subscribes, after authorization. The answer does not count:
  /// it cannot change the filters.
  ///
  /// The handler returns nothing. The broker is answered before the handler runs, or after it with
  /// Ack::late.
  ///
  /// @param handler is called with a `const exhook::ClientSubscribeRequest &`, by several threads
  /// at once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_client_subscribe(Handler &&handler) {
    return add<ClientSubscribeRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_client_subscribe(Handler &&)
  template <class Handler>
  Self &on_client_subscribe(const Options &options, Handler &&handler) {
    return add<ClientSubscribeRequest>(options, std::forward<Handler>(handler));
  }

  /// Registers a handler for `client.unsubscribe`.
  ///
  /// The broker calls it when a client unsubscribes. The answer does not count.
  ///
  /// The handler returns nothing. The broker is answered before the handler runs, or after it with
  /// Ack::late.
  ///
  /// @param handler is called with a `const exhook::ClientUnsubscribeRequest &`, by several threads
  /// at once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_client_unsubscribe(Handler &&handler) {
    return add<ClientUnsubscribeRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_client_unsubscribe(Handler &&)
  template <class Handler>
  Self &on_client_unsubscribe(const Options &options, Handler &&handler) {
    return add<ClientUnsubscribeRequest>(options, std::forward<Handler>(handler));
  }

  /// Registers a handler for `session.created`.
  ///
  /// The broker calls it when a client begins a new session. The answer does not count.
  ///
  /// The handler returns nothing. The broker is answered before the handler runs, or after it with
  /// Ack::late.
  ///
  /// @param handler is called with a `const exhook::SessionCreatedRequest &`, by several threads at
  /// once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_session_created(Handler &&handler) {
    return add<SessionCreatedRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_session_created(Handler &&)
  template <class Handler>
  Self &on_session_created(const Options &options, Handler &&handler) {
    return add<SessionCreatedRequest>(options, std::forward<Handler>(handler));
  }

  /// Registers a handler for `session.subscribed`.
  ///
  /// The broker calls it once for each topic filter that a session subscribes to. The answer does
  /// not count.
  ///
  /// The handler returns nothing. The broker is answered before the handler runs, or after it with
  /// Ack::late.
  ///
  /// @param handler is called with a `const exhook::SessionSubscribedRequest &`, by several threads
  /// at once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_session_subscribed(Handler &&handler) {
    return add<SessionSubscribedRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_session_subscribed(Handler &&)
  template <class Handler>
  Self &on_session_subscribed(const Options &options, Handler &&handler) {
    return add<SessionSubscribedRequest>(options, std::forward<Handler>(handler));
  }

  /// Registers a handler for `session.unsubscribed`.
  ///
  /// The broker calls it once for each topic filter that a session gives up. The answer does not
  /// count.
  ///
  /// The handler returns nothing. The broker is answered before the handler runs, or after it with
  /// Ack::late.
  ///
  /// @param handler is called with a `const exhook::SessionUnsubscribedRequest &`, by several
  /// threads at once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_session_unsubscribed(Handler &&handler) {
    return add<SessionUnsubscribedRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_session_unsubscribed(Handler &&)
  template <class Handler>
  Self &on_session_unsubscribed(const Options &options, Handler &&handler) {
    return add<SessionUnsubscribedRequest>(options, std::forward<Handler>(handler));
  }

  /// Registers a handler for `session.resumed`.
  ///
  /// The broker calls it when a client resumes its earlier session. The answer does not count.
  ///
  /// The handler returns nothing. The broker is answered before the handler runs, or after it with
  /// Ack::late.
  ///
  /// @param handler is called with a `const exhook::SessionResumedRequest &`, by several threads at
  /// once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_session_resumed(Handler &&handler) {
    return add<SessionResumedRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_session_resumed(Handler &&)
  template <class Handler>
  Self &on_session_resumed(const Options &options, Handler &&handler) {
    return add<SessionResumedRequest>(options, std::forward<Handler>(handler));
  }

  /// Registers a handler for `session.discarded`.
  ///
  /// The broker calls it when a client connects with a clean start and so removes its earlier
  /// session. The answer does not count.
  ///
  /// The handler returns nothing. The broker is answered before the handler runs, or after it with
  /// Ack::late.
  ///
  /// @param handler is called with a `const exhook::SessionDiscardedRequest &`, by several threads
  /// at once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_session_discarded(Handler &&handler) {
    return add<SessionDiscardedRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_session_discarded(Handler &&)
  template <class Handler>
  Self &on_session_discarded(const Options &options, Handler &&handler) {
    return add<SessionDiscardedRequest>(options, std::forward<Handler>(handler));
  }

  /// Registers a handler for `session.takenover`.
  ///
  /// The broker calls it when a new connection of the same client id takes a session over. The
  /// answer does not count.
  ///
  /// The handler returns nothing. The broker is answered before the handler runs, or after it with
  /// Ack::late.
  ///
  /// @param handler is called with a `const exhook::SessionTakenoverRequest &`, by several threads
  /// at once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_session_takenover(Handler &&handler) {
    return add<SessionTakenoverRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_session_takenover(Handler &&)
  template <class Handler>
  Self &on_session_takenover(const Options &options, Handler &&handler) {
    return add<SessionTakenoverRequest>(options, std::forward<Handler>(handler));
  }

  /// Registers a handler for `session.terminated`.
  ///
  /// The broker calls it when a session ends. The answer does not count.
  ///
  /// The handler returns nothing. The broker is answered before the handler runs, or after it with
  /// Ack::late.
  ///
  /// @param handler is called with a `const exhook::SessionTerminatedRequest &`, by several threads
  /// at once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_session_terminated(Handler &&handler) {
    return add<SessionTerminatedRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_session_terminated(Handler &&)
  template <class Handler>
  Self &on_session_terminated(const Options &options, Handler &&handler) {
    return add<SessionTerminatedRequest>(options, std::forward<Handler>(handler));
  }

  /// Registers a handler for `message.publish`.
  ///
  /// The broker calls it for each published message, including wills and messages of its HTTP API,
  /// but not for topics that begin with `$SYS/`. The answer counts: its `message` replaces topic,
  /// QoS and payload, or blocks the message.
  ///
  /// The handler returns replace() with changes, block(), a `std::optional<Replace>`, a
  /// PublishAnswer, or nothing to leave the message as it is; or it calls `request.defer()` to
  /// answer later.
  ///
  /// @param handler is called with a `const exhook::MessagePublishRequest &`, by several threads at
  /// once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_message_publish(Handler &&handler) {
    return add<MessagePublishRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_message_publish(Handler &&)
  template <class Handler>
  Self &on_message_publish(const Options &options, Handler &&handler) {
    return add<MessagePublishRequest>(options, std::forward<Handler>(handler));
  }

  /// The same for messages whose topic one of these filters covers.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_message_publish(Handler &&)
  template <class Handler>
  Self &on_message_publish(const Topics &topics, Handler &&handler) {
    return add<MessagePublishRequest>(Options().topics(topics), std::forward<Handler>(handler));
  }

  /// The same for such messages, and with options.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_message_publish(Handler &&)
  template <class Handler>
  Self &on_message_publish(const Topics &topics, const Options &options, Handler &&handler) {
    return add<MessagePublishRequest>(Options(options).topics(topics),
                                      std::forward<Handler>(handler));
  }

  /// Registers a handler for `message.delivered`.
  ///
  /// The broker calls it before it sends a message to a subscriber, once for each subscriber. The
  /// answer does not count.
  ///
  /// The handler returns nothing. The broker is answered before the handler runs, or after it with
  /// Ack::late.
  ///
  /// @param handler is called with a `const exhook::MessageDeliveredRequest &`, by several threads
  /// at once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_message_delivered(Handler &&handler) {
    return add<MessageDeliveredRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_message_delivered(Handler &&)
  template <class Handler>
  Self &on_message_delivered(const Options &options, Handler &&handler) {
    return add<MessageDeliveredRequest>(options, std::forward<Handler>(handler));
  }

  /// The same for messages whose topic one of these filters covers.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_message_delivered(Handler &&)
  template <class Handler>
  Self &on_message_delivered(const Topics &topics, Handler &&handler) {
    return add<MessageDeliveredRequest>(Options().topics(topics), std::forward<Handler>(handler));
  }

  /// The same for such messages, and with options.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_message_delivered(Handler &&)
  template <class Handler>
  Self &on_message_delivered(const Topics &topics, const Options &options, Handler &&handler) {
    return add<MessageDeliveredRequest>(Options(options).topics(topics),
                                        std::forward<Handler>(handler));
  }

  /// Registers a handler for `message.dropped`.
  ///
  /// The broker calls it when it does not deliver a message, for example because nobody subscribes.
  /// The answer does not count.
  ///
  /// The handler returns nothing. The broker is answered before the handler runs, or after it with
  /// Ack::late.
  ///
  /// @param handler is called with a `const exhook::MessageDroppedRequest &`, by several threads at
  /// once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_message_dropped(Handler &&handler) {
    return add<MessageDroppedRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_message_dropped(Handler &&)
  template <class Handler>
  Self &on_message_dropped(const Options &options, Handler &&handler) {
    return add<MessageDroppedRequest>(options, std::forward<Handler>(handler));
  }

  /// The same for messages whose topic one of these filters covers.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_message_dropped(Handler &&)
  template <class Handler>
  Self &on_message_dropped(const Topics &topics, Handler &&handler) {
    return add<MessageDroppedRequest>(Options().topics(topics), std::forward<Handler>(handler));
  }

  /// The same for such messages, and with options.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_message_dropped(Handler &&)
  template <class Handler>
  Self &on_message_dropped(const Topics &topics, const Options &options, Handler &&handler) {
    return add<MessageDroppedRequest>(Options(options).topics(topics),
                                      std::forward<Handler>(handler));
  }

  /// Registers a handler for `message.acked`.
  ///
  /// The broker calls it when a subscriber acknowledges a message of QoS 1 or 2. The answer does
  /// not count.
  ///
  /// The handler returns nothing. The broker is answered before the handler runs, or after it with
  /// Ack::late.
  ///
  /// @param handler is called with a `const exhook::MessageAckedRequest &`, by several threads at
  /// once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_message_acked(Handler &&handler) {
    return add<MessageAckedRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_message_acked(Handler &&)
  template <class Handler>
  Self &on_message_acked(const Options &options, Handler &&handler) {
    return add<MessageAckedRequest>(options, std::forward<Handler>(handler));
  }

  /// The same for messages whose topic one of these filters covers.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_message_acked(Handler &&)
  template <class Handler>
  Self &on_message_acked(const Topics &topics, Handler &&handler) {
    return add<MessageAckedRequest>(Options().topics(topics), std::forward<Handler>(handler));
  }

  /// The same for such messages, and with options.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_message_acked(Handler &&)
  template <class Handler>
  Self &on_message_acked(const Topics &topics, const Options &options, Handler &&handler) {
    return add<MessageAckedRequest>(Options(options).topics(topics),
                                    std::forward<Handler>(handler));
  }

  /// Registers a handler for `message.ingress`.
  ///
  /// The broker calls it when a client publishes, before publish authorization takes effect. Since
  /// EMQX 6.3. The answer counts: `STOP_AND_RETURN` with `bool_result` false rejects the message,
  /// and an answer without a value is a failure.
  ///
  /// The handler returns a `bool`, allow(), deny() or ignore() as a Verdict, a
  /// `std::optional<bool>`, or nothing for no opinion; or it calls `request.defer()` to answer
  /// later.
  ///
  /// @param handler is called with a `const exhook::MessageIngressRequest &`, by several threads at
  /// once
  ///
  /// @throws Error where the server runs already
  template <class Handler>
  Self &on_message_ingress(Handler &&handler) {
    return add<MessageIngressRequest>(Options(), std::forward<Handler>(handler));
  }

  /// The same with options that suit the hook.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_message_ingress(Handler &&)
  template <class Handler>
  Self &on_message_ingress(const Options &options, Handler &&handler) {
    return add<MessageIngressRequest>(options, std::forward<Handler>(handler));
  }

  /// The same for messages whose topic one of these filters covers.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_message_ingress(Handler &&)
  template <class Handler>
  Self &on_message_ingress(const Topics &topics, Handler &&handler) {
    return add<MessageIngressRequest>(Options().topics(topics), std::forward<Handler>(handler));
  }

  /// The same for such messages, and with options.
  ///
  /// @throws Error also where a filter or an option is none that the hook knows
  /// @see on_message_ingress(Handler &&)
  template <class Handler>
  Self &on_message_ingress(const Topics &topics, const Options &options, Handler &&handler) {
    return add<MessageIngressRequest>(Options(options).topics(topics),
                                      std::forward<Handler>(handler));
  }

 protected:
  Hooks() = default;
  ~Hooks() = default;

 private:
  template <class RequestType, class Handler>
  Self &add(const Options &options, Handler &&handler) {
    auto &self = static_cast<Self &>(*this);
    detail::add_handler<RequestType>(self.server(), options, std::forward<Handler>(handler));
    return self;
  }
};

}  // namespace exhook

#endif
