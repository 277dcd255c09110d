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

# (generated classes)
