"""``App``: where handlers are registered and the server is run."""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from os import PathLike, fspath
from types import SimpleNamespace
from typing import Any, TypeVar

from exhook import _native
from exhook._hooks import HookDecorators
from exhook._native import Server
from exhook.errors import InvalidOptionError, WrongStateError
from exhook.handlers import Handler, Registration
from exhook.launch import launch
from exhook.life import Life, Plan
from exhook.lifespan import Lifespan, LifespanFunction
from exhook.providers import methods_of
from exhook.settings import DEFAULT_BIND, Settings, settle
from exhook.words import suggestion

StepFunctionType = TypeVar("StepFunctionType", bound=Callable[[], object])
LifespanFunctionType = TypeVar("LifespanFunctionType", bound=Callable[[Any], object])


class App(HookDecorators):
    """Handlers for the hooks of EMQX brokers, and the server that brokers call.

    ``def`` handlers run on worker threads, ``async def`` handlers on the event loop, and those
    with ``inline=True`` on one thread that they must never block. Several handlers of a hook run
    in the order of their registration, until one of them decides.
    """

    def __init__(
        self,
        *,
        lifespan: LifespanFunction | None = None,
        threads: int = _native.DEFAULT_THREADS,
        config_file: str | PathLike[str] | None = None,
        **options: int | str,
    ) -> None:
        """Creates an app that is not running yet.

        ``lifespan`` is as for the decorator of that name. ``threads`` is how many ``def``
        handlers can run at once. ``options`` takes those of the server, such as ``timeout_ms``,
        ``max_inflight``, ``inbox_capacity``, ``io_threads``, ``max_message_bytes``,
        ``drain_timeout_ms``, ``companion`` and ``admin``. ``config_file`` is the path of a
        TOML file, whose options win over those of the code; ``run`` lets environment variables
        such as ``EXHOOK_TIMEOUT_MS`` win over both.

        Raises ``InvalidOptionError`` for an option that does not exist.
        """
        known = _native.default_config()
        for name in options:
            if name not in known:
                near = suggestion(name, {*known, "config_file", "threads", "lifespan"})
                raise InvalidOptionError(f"there is no option {name!r}{near}")
        self.state = SimpleNamespace()
        """A place for whatever handlers share."""
        self._options: dict[str, Any] = {"threads": threads, **options}
        if config_file is not None:
            self._options["config"] = fspath(config_file)
        self._registrations: list[Registration] = []
        self._lifespan = Lifespan()
        self._life: Life | None = None
        self._lock = threading.Lock()
        if lifespan is not None:
            self._lifespan.add_span(lifespan)

    # -- what the program consists of

    def on_startup(self, function: StepFunctionType) -> StepFunctionType:
        """Adds a ``def`` or ``async def`` that runs on the loop before the server starts.

        They run in the order in which they were added. When one raises, the server is not
        started, and ``run``, ``start`` or ``serving`` raises its error.
        """
        self._lifespan.add_startup(function)
        return function

    def on_shutdown(self, function: StepFunctionType) -> StepFunctionType:
        """Adds a ``def`` or ``async def`` that runs on the loop once the server has stopped.

        They run in the reverse of the order in which they were added.
        """
        self._lifespan.add_shutdown(function)
        return function

    def lifespan(self, function: LifespanFunctionType) -> LifespanFunctionType:
        """Adds an async generator function that takes the app and yields once.

        What is before its ``yield`` runs before the startup functions, what is after it runs
        after the shutdown functions: the place for database pools and the like. A function that
        returns an async context manager will do as well.
        """
        self._lifespan.add_span(function)  # type: ignore[arg-type]
        return function

    def include(self, provider: object) -> None:
        """Registers every method of ``provider`` that is named like a decorator.

        For example ``on_client_authenticate``, also ``on_startup`` and ``on_shutdown``. The
        function ``exhook.options`` gives such methods topic filters and options.

        Raises ``InvalidOptionError`` when a method's name begins with ``on_`` but is no hook, and
        when there is none to register.
        """
        for hook, method, options in methods_of(provider):
            if hook == "startup":
                self.on_startup(method)
            elif hook == "shutdown":
                self.on_shutdown(method)
            else:
                self._register(hook, method, **options)

    def _register(
        self,
        hook: str,
        handler: Handler,
        *,
        topics: Sequence[str] = (),
        inline: bool = False,
        **options: Any,
    ) -> None:
        registration = Registration(hook, handler, topics, inline, options)
        life = self._life
        if life is not None and life.service is not None and not life.is_over():
            raise WrongStateError(
                f"{registration.where} comes too late: the server has started; register "
                "handlers before run(), start() or serving()"
            )
        self._registrations.append(registration)

    # -- running it

    def run(
        self, bind: str = DEFAULT_BIND, *, log_level: str | None = None, banner: bool = True
    ) -> None:
        """Serves on ``bind``, ``host:port`` or ``unix:/path``, until SIGINT or SIGTERM.

        The event loop, uvloop's where installed, runs in the calling thread. The first signal
        stops: calls that run are finished, for ``drain_timeout_ms`` at most, then the shutdown
        functions run. A second signal ends the process at once. In other threads than the main
        one signals are left alone; ``stop`` stops there.

        Environment variables win over the file of options, and that over what the code says:
        ``EXHOOK_BIND``, ``EXHOOK_LOG_LEVEL``, ``EXHOOK_BANNER``, ``EXHOOK_THREADS``, one for each
        option of the server, such as ``EXHOOK_TIMEOUT_MS``, and ``EXHOOK_CONFIG`` for the path of
        the file.

        ``log_level`` is ``"trace"``, ``"debug"``, ``"info"``, ``"warning"``, ``"error"`` or
        ``"critical"``; where ``None``, the level of the logger ``exhook`` stays, or becomes
        ``info`` when it has none. Where ``logging`` has no handlers, one for standard error is
        added. ``banner`` prints to standard error what is served.
        """
        self._run(self._settle({"bind": bind, "log_level": log_level, "banner": banner}))

    def start(self, bind: str = DEFAULT_BIND) -> None:
        """Serves on ``bind`` from a thread ``exhook-loop``, where the event loop runs.

        Returns once calls are served; raises what the startup functions raise, and
        ``ExhookError`` when the server cannot be had. Environment variables are not read. An app
        that still runs at the end of the process is stopped then.
        """
        life = self._begin(settle({**self._options, "bind": bind}))
        started: concurrent.futures.Future[None] = concurrent.futures.Future()

        def serve() -> None:
            try:
                life.run(lambda _service: started.set_result(None))
                if not started.done():
                    raise WrongStateError("the app was stopped while it started")
            except BaseException as error:
                if not started.done():
                    started.set_exception(error)

        threading.Thread(target=serve, name="exhook-loop", daemon=True).start()
        try:
            started.result()
        except BaseException:
            life.ask_to_stop()
            raise

    def stop(self) -> None:
        """Stops what ``start`` or ``run`` runs, and waits until it has ended.

        Calls that run are finished, for ``drain_timeout_ms`` at most, then the shutdown functions
        run; what they raise is raised here after ``start``. Any thread may call it; in handlers it
        only asks for the stop and returns. It has no effect when the app does not run.
        """
        life = self._life
        if life is None or life.is_over():
            return
        life.check_process()
        if not life.owns_loop():
            raise WrongStateError("serving() is stopped by leaving its async with block")
        life.stop()
        if life.failure is not None:
            raise life.failure

    def serving(self, bind: str = DEFAULT_BIND) -> AbstractAsyncContextManager[Server]:
        """Serves on ``bind`` inside an event loop of yours: ``async with app.serving(bind)``.

        Handlers and startup functions run on that loop. Leaving the block stops; the loop goes on
        meanwhile, so that async handlers can finish. Signals and environment variables are yours.
        """
        return self._begin(settle({**self._options, "bind": bind})).serving()

    @property
    def address(self) -> str:
        """Where the server listens, with the real port where port 0 was asked for.

        Raises ``WrongStateError`` while the app does not run.
        """
        life = self._life
        if life is None or life.is_over() or life.service is None:
            raise WrongStateError("the app does not run, so it has no address")
        life.check_process()
        return life.service.server.address

    def metrics(self) -> dict[str, Any]:
        """What the server has counted since it started, also once it has stopped.

        ``hooks`` lists for each hook and package the calls, verdicts, failures and latencies.
        Raises ``WrongStateError`` when the app never ran.
        """
        life = self._life
        if life is None or life.service is None:
            raise WrongStateError("the app never ran, so there are no metrics")
        life.check_process()
        return dict(life.service.server.metrics())

    def _begin(self, settings: Settings) -> Life:
        with self._lock:
            if self._life is not None:
                self._life.require_over()
            plan = Plan(self, self._lifespan, self._registrations, settings)
            self._life = Life(plan)
            return self._life

    def _settle(self, code: dict[str, Any], flags: dict[str, Any] | None = None) -> Settings:
        """Returns what ``run`` is started with: in addition to the options, what ``code`` says."""
        return settle({**self._options, **code}, flags, environment=True)

    def _run(self, settings: Settings) -> None:
        launch(self, settings)
