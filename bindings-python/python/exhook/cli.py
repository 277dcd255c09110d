"""The command ``exhook``: ``run`` here, every other verb in the native module."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence
from typing import Any

from exhook import _native, processes, reload, signals
from exhook.errors import ExhookError, InvalidOptionError
from exhook.loader import load
from exhook.settings import CONFIG_OPTIONS, RUN_OPTIONS, Option, is_set, value_of

_PRINT = "print_config"
_RELOAD = Option(
    "reload", bool, "restart when a file of the program changes (default off)", default=False
)
_WORKERS = Option("workers", int, "processes that serve the address together (default 1)", 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code: 2 for what the user can put right."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] == "run":
        return _run(words[1:])
    flags = [option.flag for option in (*RUN_OPTIONS, _RELOAD, _WORKERS, *CONFIG_OPTIONS)]
    flags.append("--print-config")
    with signals.left_to_native_code():
        return _native.cli(words or ["--help"], flags)


def _run(words: list[str]) -> int:
    flags = vars(_parser().parse_args(words))
    target = flags.pop("target")
    try:
        reloads, workers = is_set(_RELOAD, flags), _workers(flags)
        for option in (_RELOAD, _WORKERS):
            flags.pop(option.name, None)
        if flags[_PRINT]:
            return _load_and_run(target, flags)
        if reload.is_child():
            return reload.run_child(lambda watch: _load_and_run(target, flags, watch))
        if processes.Worker.is_this():
            return _load_and_run(target, flags, worker=processes.Worker())
        if reloads and workers > 1:
            raise InvalidOptionError(
                f"--reload restarts one process, and {workers} workers are wanted; leave out one "
                "of --reload and --workers"
            )
        if reloads:
            return reload.supervise(words)
        if workers > 1:
            return processes.supervise(words, workers)
        return _load_and_run(target, flags)
    except ExhookError as error:
        print(f"exhook: {error}", file=sys.stderr)
        return 2


def _workers(flags: dict[str, Any]) -> int:
    count = flags.get(_WORKERS.name)
    if count is None:
        count = value_of(_WORKERS, flags)
    processes.check(count)
    return int(count)


def _load_and_run(
    target: str,
    flags: dict[str, Any],
    watch: reload.Watch | None = None,
    worker: processes.Worker | None = None,
) -> int:
    try:
        app = load(target)
    except ExhookError as error:
        if _raised_by_program(error):
            traceback.print_exc()
        elif watch is not None:
            print(f"exhook: {error}", file=sys.stderr)
        else:
            raise
        return 1
    except Exception:
        traceback.print_exc()
        return 1
    for told in (watch, worker):
        if told is not None:
            told.stop_by(app.stop)
    is_to_print = flags.pop(_PRINT)
    try:
        settings = app._settle({}, flags)
        if worker is not None:
            settings = app._settle({}, {**flags, **worker.flags(settings)})
        if is_to_print:
            print(settings.native, end="")
        else:
            app._run(settings)
    except ExhookError:
        raise
    except Exception:
        traceback.print_exc()
        return 1
    return 0


def _raised_by_program(error: ExhookError) -> bool:
    frames = [
        frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(error.__traceback__)
    ]
    return any(not name.startswith(("exhook", "importlib")) for name in frames)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="exhook run",
        description="Serves the exhook.App of a module. A flag wins over its environment "
        "variable, named in brackets, that over the file of --config, and that over what the "
        "code says.",
    )
    parser.add_argument("target", metavar="MODULE:APP", help="for example main:app")
    for option in (*RUN_OPTIONS, _RELOAD, _WORKERS):
        option.add_to(parser)
    parser.add_argument(
        "--print-config",
        action="store_true",
        help="print every option with where its value is from, instead of serving",
    )
    group = parser.add_argument_group("options of the server")
    for option in CONFIG_OPTIONS:
        option.add_to(group)
    return parser
