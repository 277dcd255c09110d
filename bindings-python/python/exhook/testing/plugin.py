"""The pytest plugin: fixture ``broker``, mark ``emqx`` and option ``--emqx-version``."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import pytest

from exhook.testing.broker import Broker

_EXAMPLE = """the fixture "broker" needs to know what it tests: define the fixture "exhook_app", in
conftest.py or beside the test

    import pytest
    from myhooks import app

    @pytest.fixture
    def exhook_app():
        return app  # or a URL, "http://127.0.0.1:9000", or a list of them
"""
_MARK = "emqx(*versions): run the test against these releases of EMQX, as in emqx('5.3', '5.8')"
_VERSION = "emqx_version"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option."""
    parser.getgroup("exhook").addoption(
        "--emqx-version",
        action="append",
        default=[],
        metavar="VERSION",
        help="run tests of the fixture broker against this release of EMQX, such as 5.8, where "
        "they have no mark emqx; give it several times for several, or 5.3,5.8",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Adds the mark."""
    config.addinivalue_line("markers", _MARK)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Makes a test of each release that a test is for."""
    if _VERSION not in metafunc.fixturenames:
        return
    mark = metafunc.definition.get_closest_marker("emqx")
    if mark is not None:
        versions = list(mark.args)
        if not versions or mark.kwargs or not all(isinstance(each, str) for each in versions):
            raise pytest.UsageError(
                f"the mark emqx of {metafunc.definition.nodeid} takes versions of EMQX as texts: "
                'emqx("5.3", "5.8")'
            )
    else:
        given: list[str] = metafunc.config.getoption("--emqx-version")
        versions = [each.strip() for text in given for each in text.split(",")]
    if versions:
        names = [f"emqx-{each}" for each in versions]
        metafunc.parametrize(_VERSION, versions, indirect=True, ids=names)


@pytest.fixture
def emqx_version(request: pytest.FixtureRequest) -> str | None:
    """The release of EMQX that the fixture ``broker`` behaves like; ``None`` for the newest."""
    version: str | None = getattr(request, "param", None)
    return version


@pytest.fixture
def exhook_app() -> Any:
    """What the fixture ``broker`` tests: an app, a URL, or a list of them; to be defined by you."""
    raise pytest.UsageError(_EXAMPLE)


@pytest.fixture
def exhook_options() -> dict[str, Any]:
    """Further options of ``Broker`` for the fixture ``broker``; to be defined where you need it."""
    return {}


@pytest.fixture
def broker(
    exhook_app: Any, exhook_options: dict[str, Any], emqx_version: str | None
) -> Iterator[Broker]:
    """A running ``exhook.testing.Broker`` that calls what the fixture ``exhook_app`` returns."""
    options = dict(exhook_options)
    if emqx_version is not None:
        options["version"] = emqx_version
    with Broker(exhook_app, **options) as running:
        yield running


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Shows with a test that failed what its broker called."""
    report = (yield).get_result()
    running = getattr(item, "funcargs", {}).get("broker")
    if report.failed and report.when == "call" and isinstance(running, Broker):
        report.sections.append(("exhook calls", running.report()))
