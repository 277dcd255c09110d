# generated, do not edit, run `make gen`
"""One decorator for each hook."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, TypeAlias, TypeVar, overload

from exhook._native import (
    BrokerInfo,
    ClientAuthenticateRequest,
    ClientAuthorizeRequest,
    ClientConnackRequest,
    ClientConnectedRequest,
    ClientConnectRequest,
    ClientDisconnectedRequest,
    ClientSubscribeRequest,
    ClientUnsubscribeRequest,
    Message,
    MessageAckedRequest,
    MessageDeliveredRequest,
    MessageDroppedRequest,
    MessageIngressRequest,
    MessagePublishRequest,
    RequestMeta,
    SessionCreatedRequest,
    SessionDiscardedRequest,
    SessionResumedRequest,
    SessionSubscribedRequest,
    SessionTakenoverRequest,
    SessionTerminatedRequest,
    SessionUnsubscribedRequest,
    Verdict,
)

AuthAnswer: TypeAlias = bool | Verdict | None
"""What a handler of authenticate, authorize or ingress returns."""

PublishAnswer: TypeAlias = Message | Verdict | None
"""What a handler of `message.publish` returns."""

_ProviderLoaded = TypeVar(
    "_ProviderLoaded",
    bound="Callable[[BrokerInfo, RequestMeta | None], object]",
)
_ProviderUnloaded = TypeVar("_ProviderUnloaded", bound="Callable[[RequestMeta | None], object]")
_ClientConnect = TypeVar("_ClientConnect", bound="Callable[[ClientConnectRequest], object]")
_ClientConnack = TypeVar("_ClientConnack", bound="Callable[[ClientConnackRequest], object]")
_ClientConnected = TypeVar("_ClientConnected", bound="Callable[[ClientConnectedRequest], object]")
_ClientDisconnected = TypeVar(
    "_ClientDisconnected",
    bound="Callable[[ClientDisconnectedRequest], object]",
)
_ClientAuthenticate = TypeVar(
    "_ClientAuthenticate",
    bound="Callable[[ClientAuthenticateRequest], AuthAnswer | Awaitable[AuthAnswer]]",
)
_ClientAuthorize = TypeVar(
    "_ClientAuthorize",
    bound="Callable[[ClientAuthorizeRequest], AuthAnswer | Awaitable[AuthAnswer]]",
)
_ClientSubscribe = TypeVar("_ClientSubscribe", bound="Callable[[ClientSubscribeRequest], object]")
_ClientUnsubscribe = TypeVar(
    "_ClientUnsubscribe",
    bound="Callable[[ClientUnsubscribeRequest], object]",
)
_SessionCreated = TypeVar("_SessionCreated", bound="Callable[[SessionCreatedRequest], object]")
_SessionSubscribed = TypeVar(
    "_SessionSubscribed",
    bound="Callable[[SessionSubscribedRequest], object]",
)
_SessionUnsubscribed = TypeVar(
    "_SessionUnsubscribed",
    bound="Callable[[SessionUnsubscribedRequest], object]",
)
_SessionResumed = TypeVar("_SessionResumed", bound="Callable[[SessionResumedRequest], object]")
_SessionDiscarded = TypeVar(
    "_SessionDiscarded",
    bound="Callable[[SessionDiscardedRequest], object]",
)
_SessionTakenover = TypeVar(
    "_SessionTakenover",
    bound="Callable[[SessionTakenoverRequest], object]",
)
_SessionTerminated = TypeVar(
    "_SessionTerminated",
    bound="Callable[[SessionTerminatedRequest], object]",
)
_MessagePublish = TypeVar(
    "_MessagePublish",
    bound="Callable[[MessagePublishRequest], PublishAnswer | Awaitable[PublishAnswer]]",
)
_MessageDelivered = TypeVar(
    "_MessageDelivered",
    bound="Callable[[MessageDeliveredRequest], object]",
)
_MessageDropped = TypeVar("_MessageDropped", bound="Callable[[MessageDroppedRequest], object]")
_MessageAcked = TypeVar("_MessageAcked", bound="Callable[[MessageAckedRequest], object]")
_MessageIngress = TypeVar(
    "_MessageIngress",
    bound="Callable[[MessageIngressRequest], AuthAnswer | Awaitable[AuthAnswer]]",
)


class HookDecorators:
    """The decorators of an app. Each works bare and with options.

    All take `inline=True`: the handler is a `def` that never blocks and runs on the one thread
    for such handlers. `timeout_ms` is how long the handler may take, and `fallback` what is
    answered when it raises or takes longer. A handler with `shadow=True` is asked beside the
    others: what it says is logged and counted, and the broker is answered without it.
    """

    def _register(
        self,
        hook: str,
        handler: Callable[..., object],
        *,
        topics: Sequence[str] = (),
        inline: bool = False,
        **options: Any,
    ) -> None:
        raise NotImplementedError

    def _decorate(self, hook: str, given: tuple[Any, ...], **options: Any) -> Any:
        """Register a handler given at once, or return the decorator for one given next."""
        if len(given) == 1 and callable(given[0]):
            self._register(hook, given[0], **options)
            return given[0]
        for topic in given:
            if not isinstance(topic, str):
                raise TypeError(f"on_{hook} takes a handler or topic filters, not {topic!r}")

        def decorator(handler: Callable[..., object]) -> Callable[..., object]:
            self._register(hook, handler, topics=given, **options)
            return handler

        return decorator

    @overload
    def on_provider_loaded(self, handler: _ProviderLoaded, /) -> _ProviderLoaded: ...
    @overload
    def on_provider_loaded(
        self,
        *,
        inline: bool = False,
    ) -> Callable[[_ProviderLoaded], _ProviderLoaded]: ...
    def on_provider_loaded(
        self,
        *given: Any,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `provider.loaded`.

        Every broker node calls it when it loads this server: at broker start, when the server is
        added, changed or enabled, and when a lost connection does not recover in time. The
        answer counts: it names the wanted hooks.

        The handler is called with the broker and, if known, its node. Its result means nothing.
        """
        return self._decorate("provider_loaded", given, inline=inline)

    @overload
    def on_provider_unloaded(self, handler: _ProviderUnloaded, /) -> _ProviderUnloaded: ...
    @overload
    def on_provider_unloaded(
        self,
        *,
        inline: bool = False,
    ) -> Callable[[_ProviderUnloaded], _ProviderUnloaded]: ...
    def on_provider_unloaded(
        self,
        *given: Any,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `provider.unloaded`.

        The broker calls it when the server is disabled, deleted or changed and when the broker
        stops, never when a connection is lost. The answer does not count and the broker waits 5
        seconds for it.

        The handler is called with the broker's node, if known. Its result means nothing.
        """
        return self._decorate("provider_unloaded", given, inline=inline)

    @overload
    def on_client_connect(self, handler: _ClientConnect, /) -> _ClientConnect: ...
    @overload
    def on_client_connect(
        self,
        *,
        timeout_ms: int | None = None,
        ack: Literal["early", "late"] | None = None,
        inline: bool = False,
    ) -> Callable[[_ClientConnect], _ClientConnect]: ...
    def on_client_connect(
        self,
        *given: Any,
        timeout_ms: Any = None,
        ack: Any = None,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `client.connect`.

        The broker calls it when a CONNECT packet arrives, before authentication. The answer does
        not count: it cannot refuse the client.

        The handler's result means nothing. The broker is answered before the handler runs, or
        after it with `ack="late"`.
        """
        return self._decorate(
            "client_connect", given, timeout_ms=timeout_ms, ack=ack, inline=inline
        )

    @overload
    def on_client_connack(self, handler: _ClientConnack, /) -> _ClientConnack: ...
    @overload
    def on_client_connack(
        self,
        *,
        timeout_ms: int | None = None,
        ack: Literal["early", "late"] | None = None,
        inline: bool = False,
    ) -> Callable[[_ClientConnack], _ClientConnack]: ...
    def on_client_connack(
        self,
        *given: Any,
        timeout_ms: Any = None,
        ack: Any = None,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `client.connack`.

        The broker calls it before it sends CONNACK. The answer does not count: it cannot change
        the packet.

        The handler's result means nothing. The broker is answered before the handler runs, or
        after it with `ack="late"`.
        """
        return self._decorate(
            "client_connack", given, timeout_ms=timeout_ms, ack=ack, inline=inline
        )

    @overload
    def on_client_connected(self, handler: _ClientConnected, /) -> _ClientConnected: ...
    @overload
    def on_client_connected(
        self,
        *,
        timeout_ms: int | None = None,
        ack: Literal["early", "late"] | None = None,
        inline: bool = False,
    ) -> Callable[[_ClientConnected], _ClientConnected]: ...
    def on_client_connected(
        self,
        *given: Any,
        timeout_ms: Any = None,
        ack: Any = None,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `client.connected`.

        The broker calls it when a client is accepted. The answer does not count.

        The handler's result means nothing. The broker is answered before the handler runs, or
        after it with `ack="late"`.
        """
        return self._decorate(
            "client_connected", given, timeout_ms=timeout_ms, ack=ack, inline=inline
        )

    @overload
    def on_client_disconnected(self, handler: _ClientDisconnected, /) -> _ClientDisconnected: ...
    @overload
    def on_client_disconnected(
        self,
        *,
        timeout_ms: int | None = None,
        ack: Literal["early", "late"] | None = None,
        inline: bool = False,
    ) -> Callable[[_ClientDisconnected], _ClientDisconnected]: ...
    def on_client_disconnected(
        self,
        *given: Any,
        timeout_ms: Any = None,
        ack: Any = None,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `client.disconnected`.

        The broker calls it when the connection of an accepted client ends. The answer does not
        count.

        The handler's result means nothing. The broker is answered before the handler runs, or
        after it with `ack="late"`.
        """
        return self._decorate(
            "client_disconnected", given, timeout_ms=timeout_ms, ack=ack, inline=inline
        )

    @overload
    def on_client_authenticate(self, handler: _ClientAuthenticate, /) -> _ClientAuthenticate: ...
    @overload
    def on_client_authenticate(
        self,
        *,
        timeout_ms: int | None = None,
        fallback: Literal["allow", "deny", "ignore"] | None = None,
        shadow: bool = False,
        inline: bool = False,
    ) -> Callable[[_ClientAuthenticate], _ClientAuthenticate]: ...
    def on_client_authenticate(
        self,
        *given: Any,
        timeout_ms: Any = None,
        fallback: Any = None,
        shadow: bool = False,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `client.authenticate`.

        The broker calls it when a client logs in and no built-in authenticator decides. The
        answer counts: `bool_result` true admits the client and false refuses it, `IGNORE` keeps
        the verdict so far.

        Return True or `allow()`, False or `deny()`, None or `ignore()` for no opinion, or
        `keep_going(...)` for a verdict that may still be changed.
        """
        return self._decorate(
            "client_authenticate",
            given,
            timeout_ms=timeout_ms,
            fallback=fallback,
            shadow=shadow,
            inline=inline,
        )

    @overload
    def on_client_authorize(self, handler: _ClientAuthorize, /) -> _ClientAuthorize: ...
    @overload
    def on_client_authorize(
        self,
        *,
        timeout_ms: int | None = None,
        fallback: Literal["allow", "deny", "ignore"] | None = None,
        shadow: bool = False,
        inline: bool = False,
    ) -> Callable[[_ClientAuthorize], _ClientAuthorize]: ...
    def on_client_authorize(
        self,
        *given: Any,
        timeout_ms: Any = None,
        fallback: Any = None,
        shadow: bool = False,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `client.authorize`.

        The broker calls it when a client publishes or subscribes and no authorization source
        matches. With the shipped acl.conf it is never called, as the last rule there matches
        everything. The answer counts: `bool_result` true allows and false denies. The broker
        caches it for the client.

        Return True or `allow()`, False or `deny()`, None or `ignore()` for no opinion, or
        `keep_going(...)` for a verdict that may still be changed.
        """
        return self._decorate(
            "client_authorize",
            given,
            timeout_ms=timeout_ms,
            fallback=fallback,
            shadow=shadow,
            inline=inline,
        )

    @overload
    def on_client_subscribe(self, handler: _ClientSubscribe, /) -> _ClientSubscribe: ...
    @overload
    def on_client_subscribe(
        self,
        *,
        timeout_ms: int | None = None,
        ack: Literal["early", "late"] | None = None,
        inline: bool = False,
    ) -> Callable[[_ClientSubscribe], _ClientSubscribe]: ...
    def on_client_subscribe(
        self,
        *given: Any,
        timeout_ms: Any = None,
        ack: Any = None,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `client.subscribe`.

        The broker calls it when a client subscribes, after authorization. The answer does not
        count: it cannot change the filters.

        The handler's result means nothing. The broker is answered before the handler runs, or
        after it with `ack="late"`.
        """
        return self._decorate(
            "client_subscribe", given, timeout_ms=timeout_ms, ack=ack, inline=inline
        )

    @overload
    def on_client_unsubscribe(self, handler: _ClientUnsubscribe, /) -> _ClientUnsubscribe: ...
    @overload
    def on_client_unsubscribe(
        self,
        *,
        timeout_ms: int | None = None,
        ack: Literal["early", "late"] | None = None,
        inline: bool = False,
    ) -> Callable[[_ClientUnsubscribe], _ClientUnsubscribe]: ...
    def on_client_unsubscribe(
        self,
        *given: Any,
        timeout_ms: Any = None,
        ack: Any = None,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `client.unsubscribe`.

        The broker calls it when a client unsubscribes. The answer does not count.

        The handler's result means nothing. The broker is answered before the handler runs, or
        after it with `ack="late"`.
        """
        return self._decorate(
            "client_unsubscribe", given, timeout_ms=timeout_ms, ack=ack, inline=inline
        )

    @overload
    def on_session_created(self, handler: _SessionCreated, /) -> _SessionCreated: ...
    @overload
    def on_session_created(
        self,
        *,
        timeout_ms: int | None = None,
        ack: Literal["early", "late"] | None = None,
        inline: bool = False,
    ) -> Callable[[_SessionCreated], _SessionCreated]: ...
    def on_session_created(
        self,
        *given: Any,
        timeout_ms: Any = None,
        ack: Any = None,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `session.created`.

        The broker calls it when a client begins a new session. The answer does not count.

        The handler's result means nothing. The broker is answered before the handler runs, or
        after it with `ack="late"`.
        """
        return self._decorate(
            "session_created", given, timeout_ms=timeout_ms, ack=ack, inline=inline
        )

    @overload
    def on_session_subscribed(self, handler: _SessionSubscribed, /) -> _SessionSubscribed: ...
    @overload
    def on_session_subscribed(
        self,
        *,
        timeout_ms: int | None = None,
        ack: Literal["early", "late"] | None = None,
        inline: bool = False,
    ) -> Callable[[_SessionSubscribed], _SessionSubscribed]: ...
    def on_session_subscribed(
        self,
        *given: Any,
        timeout_ms: Any = None,
        ack: Any = None,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `session.subscribed`.

        The broker calls it once for each topic filter that a session subscribes to. The answer
        does not count.

        The handler's result means nothing. The broker is answered before the handler runs, or
        after it with `ack="late"`.
        """
        return self._decorate(
            "session_subscribed", given, timeout_ms=timeout_ms, ack=ack, inline=inline
        )

    @overload
    def on_session_unsubscribed(self, handler: _SessionUnsubscribed, /) -> _SessionUnsubscribed: ...
    @overload
    def on_session_unsubscribed(
        self,
        *,
        timeout_ms: int | None = None,
        ack: Literal["early", "late"] | None = None,
        inline: bool = False,
    ) -> Callable[[_SessionUnsubscribed], _SessionUnsubscribed]: ...
    def on_session_unsubscribed(
        self,
        *given: Any,
        timeout_ms: Any = None,
        ack: Any = None,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `session.unsubscribed`.

        The broker calls it once for each topic filter that a session gives up. The answer does
        not count.

        The handler's result means nothing. The broker is answered before the handler runs, or
        after it with `ack="late"`.
        """
        return self._decorate(
            "session_unsubscribed", given, timeout_ms=timeout_ms, ack=ack, inline=inline
        )

    @overload
    def on_session_resumed(self, handler: _SessionResumed, /) -> _SessionResumed: ...
    @overload
    def on_session_resumed(
        self,
        *,
        timeout_ms: int | None = None,
        ack: Literal["early", "late"] | None = None,
        inline: bool = False,
    ) -> Callable[[_SessionResumed], _SessionResumed]: ...
    def on_session_resumed(
        self,
        *given: Any,
        timeout_ms: Any = None,
        ack: Any = None,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `session.resumed`.

        The broker calls it when a client resumes its earlier session. The answer does not count.

        The handler's result means nothing. The broker is answered before the handler runs, or
        after it with `ack="late"`.
        """
        return self._decorate(
            "session_resumed", given, timeout_ms=timeout_ms, ack=ack, inline=inline
        )

    @overload
    def on_session_discarded(self, handler: _SessionDiscarded, /) -> _SessionDiscarded: ...
    @overload
    def on_session_discarded(
        self,
        *,
        timeout_ms: int | None = None,
        ack: Literal["early", "late"] | None = None,
        inline: bool = False,
    ) -> Callable[[_SessionDiscarded], _SessionDiscarded]: ...
    def on_session_discarded(
        self,
        *given: Any,
        timeout_ms: Any = None,
        ack: Any = None,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `session.discarded`.

        The broker calls it when a client connects with a clean start and so removes its earlier
        session. The answer does not count.

        The handler's result means nothing. The broker is answered before the handler runs, or
        after it with `ack="late"`.
        """
        return self._decorate(
            "session_discarded", given, timeout_ms=timeout_ms, ack=ack, inline=inline
        )

    @overload
    def on_session_takenover(self, handler: _SessionTakenover, /) -> _SessionTakenover: ...
    @overload
    def on_session_takenover(
        self,
        *,
        timeout_ms: int | None = None,
        ack: Literal["early", "late"] | None = None,
        inline: bool = False,
    ) -> Callable[[_SessionTakenover], _SessionTakenover]: ...
    def on_session_takenover(
        self,
        *given: Any,
        timeout_ms: Any = None,
        ack: Any = None,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `session.takenover`.

        The broker calls it when a new connection of the same client id takes a session over. The
        answer does not count.

        The handler's result means nothing. The broker is answered before the handler runs, or
        after it with `ack="late"`.
        """
        return self._decorate(
            "session_takenover", given, timeout_ms=timeout_ms, ack=ack, inline=inline
        )

    @overload
    def on_session_terminated(self, handler: _SessionTerminated, /) -> _SessionTerminated: ...
    @overload
    def on_session_terminated(
        self,
        *,
        timeout_ms: int | None = None,
        ack: Literal["early", "late"] | None = None,
        inline: bool = False,
    ) -> Callable[[_SessionTerminated], _SessionTerminated]: ...
    def on_session_terminated(
        self,
        *given: Any,
        timeout_ms: Any = None,
        ack: Any = None,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `session.terminated`.

        The broker calls it when a session ends. The answer does not count.

        The handler's result means nothing. The broker is answered before the handler runs, or
        after it with `ack="late"`.
        """
        return self._decorate(
            "session_terminated", given, timeout_ms=timeout_ms, ack=ack, inline=inline
        )

    @overload
    def on_message_publish(self, handler: _MessagePublish, /) -> _MessagePublish: ...
    @overload
    def on_message_publish(
        self,
        *topics: str,
        timeout_ms: int | None = None,
        fallback: Literal["unchanged", "block"] | None = None,
        shadow: bool = False,
        inline: bool = False,
    ) -> Callable[[_MessagePublish], _MessagePublish]: ...
    def on_message_publish(
        self,
        *given: Any,
        timeout_ms: Any = None,
        fallback: Any = None,
        shadow: bool = False,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `message.publish`.

        The broker calls it for each published message, including wills and messages of its HTTP
        API, but not for topics that begin with `$SYS/`. The answer counts: its `message`
        replaces topic, QoS and payload, or blocks the message.

        Return `req.message.replace(...)` to change the message, `block()` to keep it from its
        subscribers, or None to leave it as it is. Topic filters limit the messages; without any,
        all come.
        """
        return self._decorate(
            "message_publish",
            given,
            timeout_ms=timeout_ms,
            fallback=fallback,
            shadow=shadow,
            inline=inline,
        )

    @overload
    def on_message_delivered(self, handler: _MessageDelivered, /) -> _MessageDelivered: ...
    @overload
    def on_message_delivered(
        self,
        *topics: str,
        timeout_ms: int | None = None,
        ack: Literal["early", "late"] | None = None,
        inline: bool = False,
    ) -> Callable[[_MessageDelivered], _MessageDelivered]: ...
    def on_message_delivered(
        self,
        *given: Any,
        timeout_ms: Any = None,
        ack: Any = None,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `message.delivered`.

        The broker calls it before it sends a message to a subscriber, once for each subscriber.
        The answer does not count.

        The handler's result means nothing. The broker is answered before the handler runs, or
        after it with `ack="late"`. Topic filters limit the messages; without any, all come.
        """
        return self._decorate(
            "message_delivered", given, timeout_ms=timeout_ms, ack=ack, inline=inline
        )

    @overload
    def on_message_dropped(self, handler: _MessageDropped, /) -> _MessageDropped: ...
    @overload
    def on_message_dropped(
        self,
        *topics: str,
        timeout_ms: int | None = None,
        ack: Literal["early", "late"] | None = None,
        inline: bool = False,
    ) -> Callable[[_MessageDropped], _MessageDropped]: ...
    def on_message_dropped(
        self,
        *given: Any,
        timeout_ms: Any = None,
        ack: Any = None,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `message.dropped`.

        The broker calls it when it does not deliver a message, for example because nobody
        subscribes. The answer does not count.

        The handler's result means nothing. The broker is answered before the handler runs, or
        after it with `ack="late"`. Topic filters limit the messages; without any, all come.
        """
        return self._decorate(
            "message_dropped", given, timeout_ms=timeout_ms, ack=ack, inline=inline
        )

    @overload
    def on_message_acked(self, handler: _MessageAcked, /) -> _MessageAcked: ...
    @overload
    def on_message_acked(
        self,
        *topics: str,
        timeout_ms: int | None = None,
        ack: Literal["early", "late"] | None = None,
        inline: bool = False,
    ) -> Callable[[_MessageAcked], _MessageAcked]: ...
    def on_message_acked(
        self,
        *given: Any,
        timeout_ms: Any = None,
        ack: Any = None,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `message.acked`.

        The broker calls it when a subscriber acknowledges a message of QoS 1 or 2. The answer
        does not count.

        The handler's result means nothing. The broker is answered before the handler runs, or
        after it with `ack="late"`. Topic filters limit the messages; without any, all come.
        """
        return self._decorate("message_acked", given, timeout_ms=timeout_ms, ack=ack, inline=inline)

    @overload
    def on_message_ingress(self, handler: _MessageIngress, /) -> _MessageIngress: ...
    @overload
    def on_message_ingress(
        self,
        *topics: str,
        timeout_ms: int | None = None,
        fallback: Literal["allow", "deny", "ignore"] | None = None,
        shadow: bool = False,
        inline: bool = False,
    ) -> Callable[[_MessageIngress], _MessageIngress]: ...
    def on_message_ingress(
        self,
        *given: Any,
        timeout_ms: Any = None,
        fallback: Any = None,
        shadow: bool = False,
        inline: bool = False,
    ) -> Any:
        """Register a handler for `message.ingress`.

        The broker calls it when a client publishes, before publish authorization takes effect.
        Since EMQX 6.3. The answer counts: `STOP_AND_RETURN` with `bool_result` false rejects the
        message, and an answer without a value is a failure.

        Return True or `allow()`, False or `deny()`, or None or `ignore()` for no opinion. Topic
        filters limit the messages; without any, all come.
        """
        return self._decorate(
            "message_ingress",
            given,
            timeout_ms=timeout_ms,
            fallback=fallback,
            shadow=shadow,
            inline=inline,
        )
