# generated, do not edit, run `make gen`
"""The Rust core of exhook. Use the package `exhook`; this module may change at any time."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Literal, final

from typing_extensions import disjoint_base

__version__: str
DEFAULT_BIND: str
DEFAULT_THREADS: int

HOOKS: tuple[
    tuple[str, str, Literal["provider", "notification", "bool", "message"], bool, str], ...
]
"""Snake name, dotted name, kind of answer, whether it has topic filters, and request class."""

class ExhookError(Exception):
    """The base of all errors of exhook; `code` tells the kind."""

    code: ClassVar[str]

class InvalidOptionError(ExhookError, ValueError):
    """A configuration value or handler option has no meaning."""

class InvalidAddressError(ExhookError, ValueError):
    """The bind address cannot be read."""

class AddressInUseError(ExhookError, OSError):
    """The address is used by another process."""

class IoError(ExhookError, OSError):
    """The system refused a socket or a thread."""

class WrongStateError(ExhookError, RuntimeError):
    """The server was started before, or has been stopped."""

class ForkedError(ExhookError, RuntimeError):
    """This process was forked from the one that started the server."""

def allow() -> Verdict:
    """Yes, and nobody else is asked. The same as returning True."""

def deny() -> Verdict:
    """No, and nobody else is asked. The same as returning False."""

def ignore() -> Verdict:
    """No opinion: the next handler, exhook server or the broker decides. The same as None."""

def keep_going(value: bool) -> Verdict:
    """Yes or no so far: handlers and exhook servers that follow may change it."""

def block() -> Verdict:
    """The published message does not reach its subscribers."""

def default_config() -> dict[str, int | bool | str]:
    """The options of a server with their default values. Times are milliseconds, sizes bytes."""

def describe_config() -> dict[str, str]:
    """What each option of a server means."""

def install_logs(level: str) -> LogQueue:
    """Let the records of the core through from this level on; later calls change the level.

    Levels: "trace", "debug", "info", "warning", "error" and "off".
    """

def cli(arguments: Sequence[str], run_flags: Sequence[str]) -> int:
    """Run the command line with these arguments and return its exit code.

    ``run_flags`` are those of the verb ``run``, for help and completions.
    """

@final
class Registry:
    """The handlers of a program. It can be changed until a server has been started with it."""

    def __new__(cls) -> Registry: ...
    def register(
        self,
        hook: str,
        handler: Callable[[Any], object],
        runner: Literal["thread", "inline", "loop"],
        *,
        topics: Sequence[str] = ...,
        timeout_ms: int | None = None,
        fallback: str | None = None,
        ack: str | None = None,
        shadow: bool = False,
    ) -> int:
        """Add a handler behind those that the hook has already, and return its id."""
    def hooks(self) -> list[tuple[str, list[str]]]:
        """The hooks that are announced to brokers, each with the union of its topic filters."""
    @property
    def threads(self) -> WorkQueue:
        """The calls for runner "thread"."""
    @property
    def inline(self) -> WorkQueue:
        """The calls for runner "inline"."""
    @property
    def loop(self) -> LoopQueue:
        """The calls for runner "loop"."""

@final
class WorkQueue:
    """Calls that wait for Python threads. Each thread asks for the `next()` one in a loop."""

    def next(self) -> Request | None:
        """Wait for the next call; None once the queue is closed, or in a forked child."""
    def close(self) -> None:
        """End all waiting: every `next()` returns None from now on."""
    def wait_for_backlog(self) -> bool:
        """Wait until one more worker thread is wanted (True) or the queue is closed (False)."""
    def __len__(self) -> int: ...

@final
class LoopQueue:
    """Calls that wait for an event loop, which watches `fileno()` and then drains."""

    def fileno(self) -> int:
        """The file descriptor (on Windows the socket) that is readable while calls wait."""
    def drain(self, most: int = 256) -> list[Request]:
        """Take at most `most` calls; when more are left, the descriptor stays readable.

        Answers are gathered until `flush()`.
        """
    def flush(self) -> None:
        """Wake the server for the answers given since `drain()`."""
    def close(self) -> None:
        """Hand out nothing from now on."""
    def __len__(self) -> int: ...

@final
class Settings:
    """The options of a run, each with where its value is from.

    Displayed it is a file of options, with the sources as comments and without secrets.
    """

    def __new__(
        cls,
        options: Sequence[tuple[str, bool | int | str, Sequence[str]]],
        code: dict[str, Any],
        environment: dict[str, str],
        flags: dict[str, Any],
    ) -> Settings: ...
    def __getitem__(self, name: str, /) -> Any:
        """The value of an option."""

@final
class Server:
    """A running server; it serves from the moment it is made until `stop()`."""

    def __new__(cls, registry: Registry, settings: Settings) -> Server: ...
    @property
    def address(self) -> str:
        """Where the server listens: `host:port` with the real port, or `unix:/path`."""
    @property
    def port(self) -> int | None:
        """The TCP port; None for a Unix socket."""
    @property
    def hooks(self) -> list[tuple[str, list[str]]]:
        """The hooks announced to brokers, each with the union of its topic filters."""
    def stop(self) -> None:
        """Stop accepting, wait for running calls up to `drain_timeout_ms`, end the threads.

        A second call has no effect. Raises ForkedError in a forked child.
        """
    def metrics(self) -> dict[str, Any]:
        """What has been counted until now. Raises ForkedError in a forked child."""

@final
class Operator:
    """A simulated EMQX and its clients, worked by commands in JSON. Any thread may use it."""

    def __new__(cls, settings: str) -> Operator: ...
    def perform(self, command: str) -> str:
        """Perform a command in JSON, and return what came of it in JSON.

        Ctrl-C ends the wait for it, not the command. Raises ForkedError in a forked child.
        """
    def request(self, hook: str, content: bytes) -> Request:
        """The request of a call of `hook` from its `request_base64`, decoded from base64."""
    def close(self) -> None:
        """End the broker without an unload; whoever waits for it gets a WrongStateError."""

@final
class LogQueue:
    """The log records of the core, for one reader."""

    def next(self) -> list[tuple[int, str, str]] | None:
        """Wait for records and return those that are there: level number, logger name, message.

        None once the queue is closed and empty.
        """
    def close(self) -> None:
        """End the waiting; records that are there are still handed out."""

@final
class Verdict:
    """What a handler decides: made by allow(), deny(), ignore(), keep_going() or block()."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@disjoint_base
class Request:
    """One call of a hook. The classes of the hooks add the fields of their requests."""

    @property
    def hook(self) -> str:
        """The dotted name of the hook, for example `message.publish`."""
    @property
    def package(self) -> Literal["v1", "v2", "v3"]:
        """The package that the broker speaks."""
    @property
    def handler_id(self) -> int:
        """What `register()` returned for the handler."""
    @property
    def _handler(self) -> Callable[[Any], object]: ...
    @property
    def deadline_ms(self) -> float | None:
        """How many milliseconds are left to answer; None where the broker does not wait."""
    @property
    def traceparent(self) -> str | None:
        """The span of the handler as W3C's `traceparent`; None where the call is not traced."""
    @property
    def node(self) -> str:
        """The broker node that calls, empty for brokers that do not say."""
    @property
    def clientid(self) -> str:
        """The client id that the event is about, empty when there is none."""
    @property
    def topic(self) -> str | None:
        """The topic that the event is about, if there is one."""
    def _answer(self, result: object) -> str | None:
        """Answer with what the handler returned. A text says what was wrong with that."""
    def _fail(self) -> None:
        """Answer with the fallback of the hook, because the handler raised."""

@final
class BrokerInfo:
    """What a broker node says about itself when it loads the server."""

    __match_args__ = ("version", "sysdescr", "uptime", "datetime")
    @property
    def version(self) -> str:
        """EMQX version, for example `5.9.2`."""
    @property
    def sysdescr(self) -> str:
        """Product name, for example `EMQX Enterprise`."""
    @property
    def uptime(self) -> int:
        """Time since the broker's start in milliseconds."""
    @property
    def datetime(self) -> str:
        """Wall clock of the broker as text, for example `2026-11-21T02:42:14.953254468+00:00`."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class ConnInfo:
    """A connection as the broker sees it before authentication."""

    __match_args__ = (
        "node",
        "clientid",
        "username",
        "peerhost",
        "sockport",
        "proto_name",
        "proto_ver",
        "keepalive",
        "peerport",
    )
    @property
    def node(self) -> str:
        """Erlang name of the broker node, for example `emqx@10.0.0.1`."""
    @property
    def clientid(self) -> str:
        """Client id of the CONNECT packet, empty when the broker is to choose one. A client id
        that is not UTF-8 never reaches the server.
        """
    @property
    def username(self) -> str:
        """User name, empty when the client sends none."""
    @property
    def peerhost(self) -> str:
        """IP address of the client; an IPv4-mapped IPv6 address is in IPv4 form."""
    @property
    def sockport(self) -> int:
        """Port of the broker's listener."""
    @property
    def proto_name(self) -> str:
        """Protocol name of the CONNECT packet: `MQTT`, or `MQIsdp` in MQTT 3.1."""
    @property
    def proto_ver(self) -> str:
        """Protocol version as the text of a number: `3` is MQTT 3.1, `4` is MQTT 3.1.1, `5` is
        MQTT 5.
        """
    @property
    def keepalive(self) -> int:
        """Keep-alive interval in seconds; 0 turns it off."""
    @property
    def peerport(self) -> int:
        """Source port of the client."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class ClientInfo:
    """A client as the broker sees it from authentication on."""

    __match_args__ = (
        "node",
        "clientid",
        "username",
        "password",
        "peerhost",
        "sockport",
        "protocol",
        "mountpoint",
        "is_superuser",
        "anonymous",
        "cn",
        "dn",
        "peerport",
    )
    @property
    def node(self) -> str:
        """Erlang name of the broker node, for example `emqx@10.0.0.1`."""
    @property
    def clientid(self) -> str:
        """Client id, chosen by the broker when the client sends none. A client id that is not
        UTF-8 never reaches the server.
        """
    @property
    def username(self) -> str:
        """User name, empty when the client sends none."""
    @property
    def password(self) -> str:
        """Password in clear text, so keep it out of logs. It comes above all with
        `OnClientAuthenticate`; empty when the client sends none.
        """
    @property
    def peerhost(self) -> str:
        """IP address of the client; an IPv4-mapped IPv6 address is in IPv4 form."""
    @property
    def sockport(self) -> int:
        """Port of the broker's listener."""
    @property
    def protocol(self) -> str:
        """Protocol of the client, for example `mqtt`, `mqtt-sn` or `coap`."""
    @property
    def mountpoint(self) -> str:
        """Prefix that the listener puts before the client's topics, empty when it has none."""
    @property
    def is_superuser(self) -> bool:
        """True when the broker treats the client as a superuser. An answer cannot change it."""
    @property
    def anonymous(self) -> bool:
        """True also when the broker does not know."""
    @property
    def cn(self) -> str:
        """Common name of the client's TLS certificate, empty without one."""
    @property
    def dn(self) -> str:
        """Subject of the client's TLS certificate, empty without one."""
    @property
    def peerport(self) -> int:
        """Source port of the client."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Message:
    """An MQTT message. It holds neither the retain and dup flags nor MQTT 5 properties; the
    latter are fields of `MessagePublishRequest` and `MessageIngressRequest`.
    """

    __match_args__ = ("node", "id", "qos", "from_", "topic", "payload", "timestamp", "headers")
    @property
    def node(self) -> str:
        """Erlang name of the broker node, for example `emqx@10.0.0.1`."""
    @property
    def id(self) -> str:
        """Message id of the broker in hexadecimal. An answer cannot change it."""
    @property
    def qos(self) -> int:
        """QoS: 0, 1 or 2. The broker takes it from an answer without a check."""
    @property
    def from_(self) -> str:
        """Client id of the publisher. An answer cannot change it."""
    @property
    def topic(self) -> str:
        """Topic with the mountpoint. The broker takes it from an answer without a check."""
    @property
    def payload(self) -> bytes:
        """Payload; may be empty. The broker takes it from an answer."""
    @property
    def timestamp(self) -> int:
        """Time of the publish in milliseconds since 1970-01-01 UTC. An answer cannot change it."""
    @property
    def headers(self) -> dict[str, str]:
        """What the broker adds to the message: `username`, `protocol` and `peerhost`, or
        nothing. In an answer only `allow_publish` counts: `false` blocks the message.
        """
    def replace(
        self,
        *,
        topic: str | None = None,
        qos: int | None = None,
        payload: bytes | bytearray | memoryview | None = None,
    ) -> Message:
        """The message with other topic, QoS or payload; what is not given stays as it is.

        Raises ValueError for a topic or QoS that cannot be published.
        """
    def block(self) -> Message:
        """The message as one that does not reach its subscribers."""
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class Property:
    """One MQTT 5 property as text."""

    __match_args__ = ("name", "value")
    @property
    def name(self) -> str:
        """Name, for example `Session-Expiry-Interval`."""
    @property
    def value(self) -> str:
        """Value as text."""
    def __iter__(self) -> Iterator[str]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class SubOpts:
    """The options of one subscription."""

    __match_args__ = ("qos", "rh", "rap", "nl")
    @property
    def qos(self) -> int:
        """QoS: 0, 1 or 2. Requested in a `TopicFilter`, granted in a `SessionSubscribedRequest`."""
    @property
    def rh(self) -> int:
        """Retain handling: retained messages come at each subscribe (0), at a new subscription
        (1) or never (2).
        """
    @property
    def rap(self) -> int:
        """Retain as published: 1 keeps the retain flag of messages, 0 clears it."""
    @property
    def nl(self) -> int:
        """No local: 1 keeps the client's own messages from it."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class RequestMeta:
    """The broker node that makes a call."""

    __match_args__ = ("node", "version", "sysdescr", "cluster_name")
    @property
    def node(self) -> str:
        """Erlang name of the broker node, for example `emqx@10.0.0.1`."""
    @property
    def version(self) -> str:
        """EMQX version of the node, for example `5.9.2`."""
    @property
    def sysdescr(self) -> str:
        """Product name, for example `EMQX Enterprise`."""
    @property
    def cluster_name(self) -> str:
        """Name of the node's cluster, for example `emqxcl`."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class TopicFilter:
    """One topic filter of a SUBSCRIBE or UNSUBSCRIBE packet."""

    __match_args__ = ("name", "subopts")
    @property
    def name(self) -> str:
        """Topic filter. A shared subscription keeps its `$share/group/`."""
    @property
    def subopts(self) -> SubOpts:
        """Requested options, all 0 in an UNSUBSCRIBE."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class ProviderLoadedRequest(Request):
    """Request of `OnProviderLoaded`."""

    __match_args__ = ("broker", "meta")
    @property
    def broker(self) -> BrokerInfo:
        """Version and uptime of the broker."""
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""

@final
class ProviderUnloadedRequest(Request):
    """Request of `OnProviderUnloaded`."""

    __match_args__ = ("meta",)
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""

@final
class ClientConnectRequest(Request):
    """Request of `OnClientConnect`."""

    __match_args__ = ("conninfo", "props", "meta", "user_props")
    @property
    def conninfo(self) -> ConnInfo:
        """The connection."""
    @property
    def props(self) -> tuple[Property, ...]:
        """Properties of the CONNECT packet in no fixed order, empty before MQTT 5. User-Property
        pairs are in `user_props`.
        """
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""
    @property
    def user_props(self) -> tuple[Property, ...]:
        """User-Property pairs of the CONNECT packet in their order, repeated names included.
        Empty before MQTT 5.
        """

@final
class ClientConnackRequest(Request):
    """Request of `OnClientConnack`."""

    __match_args__ = ("conninfo", "result_code", "props", "meta", "user_props")
    @property
    def conninfo(self) -> ConnInfo:
        """The connection."""
    @property
    def result_code(self) -> str:
        """Name of the reason code, for example `success` or `not_authorized`."""
    @property
    def props(self) -> tuple[Property, ...]:
        """Properties of the CONNACK packet in no fixed order, empty before MQTT 5. User-Property
        pairs are in `user_props`.
        """
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""
    @property
    def user_props(self) -> tuple[Property, ...]:
        """User-Property pairs of the CONNACK packet in their order, repeated names included.
        Empty before MQTT 5.
        """

@final
class ClientConnectedRequest(Request):
    """Request of `OnClientConnected`."""

    __match_args__ = ("clientinfo", "meta")
    @property
    def clientinfo(self) -> ClientInfo:
        """The accepted client."""
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""

@final
class ClientDisconnectedRequest(Request):
    """Request of `OnClientDisconnected`."""

    __match_args__ = ("clientinfo", "reason", "meta")
    @property
    def clientinfo(self) -> ClientInfo:
        """Client whose connection ends."""
    @property
    def reason(self) -> str:
        """Text of an Erlang term, for example `normal` or `tcp_closed`. The set of texts is not
        stable.
        """
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""

@final
class ClientAuthenticateRequest(Request):
    """Request of `OnClientAuthenticate`."""

    __match_args__ = ("clientinfo", "result", "meta")
    @property
    def clientinfo(self) -> ClientInfo:
        """Client that logs in, with its password."""
    @property
    def result(self) -> bool:
        """Verdict so far: true when the broker or an earlier exhook server admits the client."""
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""

@final
class ClientAuthorizeRequest(Request):
    """Request of `OnClientAuthorize`."""

    __match_args__ = ("clientinfo", "type", "topic", "result", "meta")
    @property
    def clientinfo(self) -> ClientInfo:
        """Client that publishes or subscribes."""
    @property
    def type(self) -> Literal["publish", "subscribe"]:
        """Publish or subscribe; QoS and retain flag are not told."""
    @property
    def topic(self) -> str:
        """Topic that the client asks for, without `$share/group/` and by default without
        mountpoint.
        """
    @property
    def result(self) -> bool:
        """Verdict so far: true means allowed. At first it is the broker's
        `authorization.no_match`.
        """
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""

@final
class ClientSubscribeRequest(Request):
    """Request of `OnClientSubscribe`."""

    __match_args__ = ("clientinfo", "props", "topic_filters", "meta", "user_props")
    @property
    def clientinfo(self) -> ClientInfo:
        """Client that subscribes."""
    @property
    def props(self) -> tuple[Property, ...]:
        """Properties of the SUBSCRIBE packet in no fixed order, empty before MQTT 5.
        User-Property pairs are in `user_props`.
        """
    @property
    def topic_filters(self) -> tuple[TopicFilter, ...]:
        """Filters of the packet without the denied ones; empty when all are denied."""
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""
    @property
    def user_props(self) -> tuple[Property, ...]:
        """User-Property pairs of the SUBSCRIBE packet in their order, repeated names included.
        Empty before MQTT 5.
        """

@final
class ClientUnsubscribeRequest(Request):
    """Request of `OnClientUnsubscribe`."""

    __match_args__ = ("clientinfo", "props", "topic_filters", "meta", "user_props")
    @property
    def clientinfo(self) -> ClientInfo:
        """Client that unsubscribes."""
    @property
    def props(self) -> tuple[Property, ...]:
        """Properties of the UNSUBSCRIBE packet in no fixed order, empty before MQTT 5.
        User-Property pairs are in `user_props`.
        """
    @property
    def topic_filters(self) -> tuple[TopicFilter, ...]:
        """Filters of the packet."""
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""
    @property
    def user_props(self) -> tuple[Property, ...]:
        """User-Property pairs of the UNSUBSCRIBE packet in their order, repeated names included.
        Empty before MQTT 5.
        """

@final
class SessionCreatedRequest(Request):
    """Request of `OnSessionCreated`."""

    __match_args__ = ("clientinfo", "meta")
    @property
    def clientinfo(self) -> ClientInfo:
        """Client that begins the session."""
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""

@final
class SessionSubscribedRequest(Request):
    """Request of `OnSessionSubscribed`."""

    __match_args__ = ("clientinfo", "topic", "subopts", "meta")
    @property
    def clientinfo(self) -> ClientInfo:
        """Client that subscribes."""
    @property
    def topic(self) -> str:
        """Topic filter with the mountpoint. A shared subscription keeps its `$share/group/`."""
    @property
    def subopts(self) -> SubOpts:
        """Granted options."""
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""

@final
class SessionUnsubscribedRequest(Request):
    """Request of `OnSessionUnsubscribed`."""

    __match_args__ = ("clientinfo", "topic", "meta")
    @property
    def clientinfo(self) -> ClientInfo:
        """Client that unsubscribes."""
    @property
    def topic(self) -> str:
        """Topic filter with the mountpoint. A shared subscription keeps its `$share/group/`."""
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""

@final
class SessionResumedRequest(Request):
    """Request of `OnSessionResumed`."""

    __match_args__ = ("clientinfo", "meta")
    @property
    def clientinfo(self) -> ClientInfo:
        """Client that resumes the session."""
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""

@final
class SessionDiscardedRequest(Request):
    """Request of `OnSessionDiscarded`."""

    __match_args__ = ("clientinfo", "meta")
    @property
    def clientinfo(self) -> ClientInfo:
        """Client on the connection that loses the session."""
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""

@final
class SessionTakenoverRequest(Request):
    """Request of `OnSessionTakenover`."""

    __match_args__ = ("clientinfo", "meta")
    @property
    def clientinfo(self) -> ClientInfo:
        """Client on the connection that loses the session."""
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""

@final
class SessionTerminatedRequest(Request):
    """Request of `OnSessionTerminated`."""

    __match_args__ = ("clientinfo", "reason", "meta")
    @property
    def clientinfo(self) -> ClientInfo:
        """Client whose session ends."""
    @property
    def reason(self) -> str:
        """Text of an Erlang term, for example `{shutdown,normal}`. The set of texts is not
        stable.
        """
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""

@final
class MessagePublishRequest(Request):
    """Request of `OnMessagePublish`."""

    __match_args__ = ("message", "meta", "props", "user_props")
    @property
    def message(self) -> Message:
        """The published message."""
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""
    @property
    def props(self) -> tuple[Property, ...]:
        """Properties of the PUBLISH packet in no fixed order, empty before MQTT 5. User-Property
        pairs are in `user_props`.
        """
    @property
    def user_props(self) -> tuple[Property, ...]:
        """User-Property pairs of the PUBLISH packet in their order, repeated names included.
        Empty before MQTT 5.
        """

@final
class MessageDeliveredRequest(Request):
    """Request of `OnMessageDelivered`."""

    __match_args__ = ("clientinfo", "message", "meta")
    @property
    def clientinfo(self) -> ClientInfo:
        """Subscriber that receives the message."""
    @property
    def message(self) -> Message:
        """The delivered message."""
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""

@final
class MessageDroppedRequest(Request):
    """Request of `OnMessageDropped`."""

    __match_args__ = ("message", "reason", "meta")
    @property
    def message(self) -> Message:
        """The dropped message."""
    @property
    def reason(self) -> str:
        """Text of an Erlang term, for example `no_subscribers`. The set of texts is not stable."""
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""

@final
class MessageAckedRequest(Request):
    """Request of `OnMessageAcked`."""

    __match_args__ = ("clientinfo", "message", "meta")
    @property
    def clientinfo(self) -> ClientInfo:
        """Subscriber that acknowledges the message."""
    @property
    def message(self) -> Message:
        """The acknowledged message."""
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""

@final
class MessageIngressRequest(Request):
    """Request of `OnMessageIngress`. Since EMQX 6.3."""

    __match_args__ = ("clientinfo", "message", "meta", "props", "user_props")
    @property
    def clientinfo(self) -> ClientInfo:
        """Client that publishes."""
    @property
    def message(self) -> Message:
        """The message that it publishes."""
    @property
    def meta(self) -> RequestMeta | None:
        """Broker node that makes the call."""
    @property
    def props(self) -> tuple[Property, ...]:
        """Properties of the PUBLISH packet in no fixed order, empty before MQTT 5. User-Property
        pairs are in `user_props`.
        """
    @property
    def user_props(self) -> tuple[Property, ...]:
        """User-Property pairs of the PUBLISH packet in their order, repeated names included.
        Empty before MQTT 5.
        """
