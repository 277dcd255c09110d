"""Turns what a handler returned or raised into an answer and log records."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Hashable
from types import TracebackType

from exhook._native import Request
from exhook.forks import Home, leave
from exhook.handlers import name_of
from exhook.hooks import INFORMING, INFORMING_REQUESTS
from exhook.logs import emit
from exhook.repeats import Repeats

_logger = logging.getLogger("exhook.handlers")

_ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


class Answers:
    """Answers the requests of one server and logs what goes wrong; any thread may use it.

    A forked child that comes out of a handler answers nothing, and ends.
    """

    def __init__(self) -> None:
        """Starts without any handler warned about."""
        self._warned: set[int] = set()
        self._repeats = Repeats()
        self._home = Home()

    def returned(self, request: Request, result: object) -> None:
        """Answers with what the handler returned."""
        if self._home.is_elsewhere:
            leave(None)
        if result is not None and type(request) in INFORMING_REQUESTS:
            self._warn_of_result(request, result)
            result = None
        problem = request._answer(result)
        if problem is not None:
            if inspect.iscoroutine(result):
                result.close()
                problem += "; to await something the handler itself must be async def"
            self._log(logging.ERROR, request, problem, "returned")

    def raised(self, request: Request, error: BaseException) -> None:
        """Answers with the fallback, because the handler raised ``error``."""
        if self._home.is_elsewhere:
            leave(error)
        request._fail()
        self._log(
            logging.ERROR,
            request,
            f"raised {type(error).__name__}{_consequence(request)}",
            type(error).__name__,
            (type(error), error, error.__traceback__),
        )

    def cancelled(self, request: Request) -> None:
        """Answers with the fallback, because the handler was cancelled."""
        if self._home.is_elsewhere:
            leave(None)
        request._fail()
        self._log(logging.WARNING, request, f"was cancelled{_consequence(request)}", "cancelled")

    def _warn_of_result(self, request: Request, result: object) -> None:
        if inspect.iscoroutine(result):
            result.close()
        if request.handler_id in self._warned:
            return
        self._warned.add(request.handler_id)
        self._log(
            logging.WARNING,
            request,
            f"returned {_kind(result)}, but {request.hook} only informs: it cannot refuse or "
            "change anything, return None",
            "informing",
        )

    def _log(
        self,
        level: int,
        request: Request,
        what: str,
        kind: Hashable,
        exc_info: _ExceptionInfo | None = None,
    ) -> None:
        repeated = self._repeats.due((request.handler_id, kind))
        if repeated is None:
            return
        handler = name_of(request._handler)
        emit(
            _logger,
            level,
            "handler %s of %s for client %r%s: %s%s",
            handler,
            request.hook,
            request.clientid,
            f", topic {request.topic!r}" if request.topic else "",
            what,
            f" ({repeated} more since it was last told)" if repeated else "",
            exc_info=exc_info,
            extra={
                "hook": request.hook,
                "clientid": request.clientid,
                "topic": request.topic,
                "handler": handler,
                "repeated": repeated,
            },
        )


def _consequence(request: Request) -> str:
    return "" if request.hook in INFORMING else ", the fallback is answered"


def _kind(result: object) -> str:
    # Other values may hold payloads or passwords.
    return repr(result) if isinstance(result, bool) else f"a {type(result).__name__}"
