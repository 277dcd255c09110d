"""The pytest plugin of ``exhook.testing``, and the examples of the documentation under it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

PACKAGE = Path(__file__).parents[2]

HOOKS = """
    from exhook import App

    app = App()

    @app.on_client_authenticate
    def authenticate(request):
        return request.clientinfo.username == "alice"
"""
CONFTEST = """
    import pytest
    from myhooks import app

    @pytest.fixture
    def exhook_app():
        return app
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with hooks to test."""
    pytester.makepyfile(myhooks=HOOKS)
    pytester.makeconftest(CONFTEST)
    return pytester


def test_the_fixture_plays_against_the_app_of_the_user(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        from myhooks import app

        def test_alice(broker):
            assert broker.app is app
            assert broker.client("c1", username="alice").connect().accepted

        def test_the_app_was_stopped_meanwhile(broker):
            assert broker.calls(clientid="c1") == []
            assert not broker.client("c1", username="bob").connect().accepted
        """
    )
    project.runpytest_subprocess("-W", "error").assert_outcomes(passed=2)


def test_the_mark_and_the_option_choose_releases(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        def version_of(broker):
            return broker.calls("provider.loaded")[0].request.broker.version

        def test_any(broker):
            print("any", version_of(broker))

        @pytest.mark.emqx("5.3", "6.2")
        def test_marked(broker, emqx_version):
            print("marked", emqx_version, version_of(broker))

        def test_without_broker():
            pass
        """
    )
    result = project.runpytest_subprocess(
        "-s", "-v", "--strict-markers", "--emqx-version", "4.4,5.8", "--emqx-version=5.9.1"
    )
    result.assert_outcomes(passed=6)
    text = result.stdout.str()
    for line in ("any 4.4.19", "any 5.8.9", "any 5.9.1", "marked 5.3 5.3.2", "marked 6.2 6.2.2"):
        assert line in text
    assert "test_any[emqx-5.8]" in text
    assert "--emqx-version" in project.runpytest_subprocess("--help").stdout.str()


def test_options_come_from_a_fixture(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.fixture
        def exhook_options():
            return {"authentication": "allow", "version": "5.8"}

        def test_nobody_is_asked(broker):
            connected = broker.client("c1", username="bob").connect()
            assert connected.accepted and connected.calls == ()
        """
    )
    project.runpytest_subprocess().assert_outcomes(passed=1)


def test_a_missing_app_is_explained_with_an_example(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(broker): pass")
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(['*define the fixture "exhook_app"*', "*def exhook_app():*"])


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ("emqx()", "takes versions of EMQX as texts"),
        ("emqx(5.8)", "takes versions of EMQX as texts"),
        ('emqx("5")', "such as 5.8 or 5.8.9"),
    ],
)
def test_a_mark_without_meaning_is_refused(
    project: pytest.Pytester, mark: str, expected: str
) -> None:
    project.makepyfile(f"import pytest\n\n@pytest.mark.{mark}\ndef test_it(broker): pass")
    result = project.runpytest_subprocess()
    assert result.ret != 0
    assert expected in result.stdout.str() + result.stderr.str()


def test_a_test_that_fails_shows_the_calls_and_leaves_nothing(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_it(broker):
            assert broker.client("c1", username="bob").connect().accepted

        def test_next(broker):
            assert broker.client("c1", username="alice").connect().accepted
        """
    )
    result = project.runpytest_subprocess()
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(
        [
            "*Connected(accepted=False, reason='not_authorized'*client.authenticate: deny*",
            "*exhook calls*",
            "*client.authenticate of 'c1': deny",
        ]
    )


@pytest.mark.parametrize("readme", [PACKAGE / "README.md", PACKAGE.parent / "README.md"])
def test_the_examples_of_the_readme_pass(pytester: pytest.Pytester, readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    program = next(block for block in blocks if "@app.on_" in block)
    tests = [block for block in blocks if "def test_" in block]
    fixture = next(block for block in blocks if "def exhook_app" in block)
    # What serves for ever is what the text says a program guards.
    pytester.makepyfile(
        myhooks=re.sub(
            r"^app\.run", "if __name__ == '__main__': app.run", program, flags=re.MULTILINE
        )
    )
    pytester.makeconftest(fixture)
    for number, test in enumerate(tests):
        pytester.makepyfile(**{f"test_{number}": test})
    outcomes = pytester.runpytest_subprocess().parseoutcomes()
    assert set(outcomes) == {"passed"}, outcomes
    assert outcomes["passed"] >= len(tests)
