"""``Observing``: what a broker did, and assertions about it."""

from __future__ import annotations

from exhook.errors import WrongStateError
from exhook.testing import search
from exhook.testing.outcomes import HookCall, NodeStatus, Verdict
from exhook.testing.play import Play
from exhook.testing.programs import Program, wait_until_handled


class Observing:
    """The part of a broker that tells what it did."""

    _play: Play | None
    _programs: list[Program]

    def calls(
        self,
        hook: str | None = None,
        *,
        clientid: str | None = None,
        topic: str | None = None,
        provider: str | None = None,
        node: str | None = None,
        verdict: Verdict | None = None,
    ) -> list[HookCall]:
        """Returns the calls that the broker made, also once it has stopped, in their order.

        Only those of this hook, client, topic and so on where one is given. Raises
        ``InvalidOptionError`` where there is no such hook.
        """
        play = self._known()
        return search.matching(
            play.calls(),
            hook,
            clientid=clientid,
            topic=topic,
            provider=provider,
            node=node,
            verdict=verdict,
        )

    def forget_calls(self) -> None:
        """Forgets the calls that were made so far."""
        self._running().perform("forget_calls")

    def assert_called(
        self,
        hook: str,
        *,
        clientid: str | None = None,
        topic: str | None = None,
        provider: str | None = None,
        node: str | None = None,
        verdict: Verdict | None = None,
        times: int | None = None,
    ) -> HookCall:
        """Asserts that the broker called this hook, ``times`` times where that is given.

        Returns the first such call. Raises ``AssertionError`` with the calls that were made, and
        ``InvalidOptionError`` where there is no such hook.
        """
        wanted: dict[str, str | None] = {
            "clientid": clientid,
            "topic": topic,
            "provider": provider,
            "node": node,
            "verdict": verdict,
        }
        play = self._known()
        calls = play.calls()
        found = search.matching(calls, hook, **wanted)
        if found and times in (None, len(found)):
            return found[0]
        what = search.described(hook, wanted)
        if found:
            often = f"{search.times(len(found))}, not {times}"
            raise AssertionError(f"{what} was called {often}:{search.listed(found)}")
        raise AssertionError(
            f"{what} was not called{self._without_handler(play, hook)}; {search.made(calls)}"
        )

    def assert_not_called(
        self,
        hook: str,
        *,
        clientid: str | None = None,
        topic: str | None = None,
        provider: str | None = None,
        node: str | None = None,
        verdict: Verdict | None = None,
    ) -> None:
        """Asserts that the broker did not call this hook; as ``assert_called``."""
        wanted: dict[str, str | None] = {
            "clientid": clientid,
            "topic": topic,
            "provider": provider,
            "node": node,
            "verdict": verdict,
        }
        found = search.matching(self._known().calls(), hook, **wanted)
        if found:
            what = search.described(hook, wanted)
            raise AssertionError(f"{what} was called:{search.listed(found)}")

    def wait_until_handled(self, timeout: float = 5.0) -> None:
        """Waits until the apps have handled every event, and no handler runs any more.

        The handlers of hooks that only inform run after the broker was answered, so a test waits
        before it looks at what they did. Raises ``TimeoutError`` after ``timeout`` seconds, and
        ``WrongStateError`` where a program is no app of this process.
        """
        foreign = [program for program in self._programs if program.app is None]
        if foreign:
            raise WrongStateError(
                f"the broker cannot see what {foreign[0].url} does with its events: "
                "wait_until_handled is for apps; wait for what the handlers do instead"
            )
        apps = [program.app for program in self._programs if program.app is not None]
        wait_until_handled(apps, timeout)

    def status(self) -> list[NodeStatus]:
        """Returns how each node stands with each provider."""
        return self._known().statuses()

    def report(self) -> str:
        """Returns the calls that were made, each in a line, for people."""
        calls = self._known().calls()
        return "\n".join(map(str, calls)) or search.made(calls)

    def _known(self) -> Play:
        if self._play is None:
            raise WrongStateError("the broker has not started; use it in a with block, or start()")
        return self._play

    def _running(self) -> Play:
        play = self._known()
        if play.is_over:
            raise WrongStateError("the broker has stopped; start() it again")
        return play

    def _without_handler(self, play: Play, hook: str) -> str:
        name = search.hook_named(hook)
        hooks = {each.hook for status in play.statuses() for each in status.hooks}
        if not hooks or name in hooks or name.startswith("provider."):
            return ""
        return ", because no program has a handler for it"
