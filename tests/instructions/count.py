"""Counts the instructions of one publish, through the core alone and through each crossing.

Servers run under valgrind, and no clock has a part in it: a busy machine counts the same. Fails
when a count has grown past what was recorded.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from callgrind import Profile
from cases import CASES, BuildError, Case, build, tool_chain
from measure import CountError, count
from record import Counts, Record, changes, grown_functions

LANGUAGES = tuple(dict.fromkeys(case.language for case in CASES.values()))
# Its native module would be built with optimisation for this alone, which takes minutes.
GATED = tuple(language for language in LANGUAGES if language != "node")
# Servers that are counted at the same time.
JOBS = 2
# How often a case is counted that takes more than is recorded: how threads take turns varies.
ATTEMPTS = 3
ANNOTATED_FUNCTIONS = 40
ANNOTATED_CALLERS = 5
# Times a call.
SELDOM = 0.5
REMEDY = """
A call takes more instructions than it did. Either mend that, looking with
`make annotate-instructions CASE={case}`, or record the counts anew with
`make record-instructions`, and say in the commit what they are spent on."""


def main() -> int:
    """Counts, compares and reports; the exit status."""
    arguments = _arguments()
    names = [arguments.annotate] if arguments.annotate else list(CASES)
    if arguments.cases:
        names = arguments.cases
    # The core is in all of them.
    languages = {"core", *arguments.languages}
    chosen = [CASES[name] for name in names if CASES[name].language in languages]
    try:
        if arguments.build:
            # What is recorded is made of the same build as what tests compare with it.
            build({case.language for case in chosen} | set(GATED if arguments.record else ()))
        recorded, here = Record.read(), tool_chain()
        with ThreadPoolExecutor(JOBS) as pool:
            once = arguments.annotate or arguments.record
            counted = pool.map(
                lambda case: (case.name, count(case) if once else _least(case, recorded, here)),
                chosen,
            )
            profiles = dict(counted)
    except (BuildError, CountError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if arguments.annotate:
        _annotate(CASES[arguments.annotate], profiles[arguments.annotate])
        return 0
    if arguments.record:
        return _record(chosen, profiles)
    return _compare(chosen, profiles, recorded, here)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    parser.add_argument(
        "--languages",
        type=str.split,
        default=GATED,
        help=f"any of {' '.join(LANGUAGES)}, or all; without node unless named",
    )
    parser.add_argument("--record", action="store_true", help="record what is counted")
    parser.add_argument("--annotate", metavar="CASE", help="where one's instructions go")
    parser.add_argument("--no-build", dest="build", action="store_false", help="as it was built")
    arguments = parser.parse_args()
    for name in (*arguments.cases, *filter(None, [arguments.annotate])):
        if name not in CASES:
            parser.error(f"there is no case {name}; there are {', '.join(CASES)}")
    if "all" in arguments.languages:
        arguments.languages = LANGUAGES
    for language in arguments.languages:
        if language not in LANGUAGES:
            parser.error(f"there is no language {language}; there are {', '.join(LANGUAGES)}")
    if arguments.annotate:
        arguments.languages = LANGUAGES
    return arguments


def _least(case: Case, recorded: Record, here: Mapping[str, str]) -> Profile:
    """What a call takes, counted again as long as that is more than recorded."""
    profile, before = count(case), recorded.cases.get(case.name)
    for _ in range(1, ATTEMPTS):
        if before is None:
            break
        now = Counts.of(case, profile)
        if not any(
            change.has_grown for change in changes(case, before, now, recorded.tool_chain, here)
        ):
            break
        print(f"{case.name}: {now.total:,} instructions a call; counted once more", flush=True)
        profile = min(profile, count(case), key=Profile.total)
    return profile


def _annotate(case: Case, profile: Profile) -> None:
    total = profile.total()
    print(f"{case.name}: {total:,.0f} instructions a call, {profile.within(case.ours):,.0f} ours")
    for title, costs in (("own", profile.own), ("with what it calls", profile.inclusive)):
        print(f"\n{title:>10}  share  entered")
        for name in sorted(costs, key=lambda name: -costs[name])[:ANNOTATED_FUNCTIONS]:
            callers = profile.callers(name)
            entered = sum(times for times, _ in callers)
            print(f"{costs[name]:10,.0f} {costs[name] / total:6.1%} {entered:8.1f}  {name}")
            if costs is profile.own:
                for times, caller in callers[:ANNOTATED_CALLERS]:
                    if times >= SELDOM:
                        print(f"{times:26.1f}    from {caller}")


def _record(chosen: Sequence[Case], profiles: dict[str, Profile]) -> int:
    before = Record.read()
    counts = {case.name: Counts.of(case, profiles[case.name]) for case in chosen}
    for name, now in counts.items():
        old = before.cases.get(name, Counts(0, 0, {}))
        print(f"{name:14} ours {_arrow(old.ours, now.ours)}   total {_arrow(old.total, now.total)}")
    known = {name: counts.get(name, before.cases.get(name)) for name in CASES}
    cases = {name: entry for name, entry in known.items() if entry is not None}
    Record(tool_chain(), cases).write()
    return 0


def _arrow(before: int, now: int) -> str:
    share = f"({now / before - 1:+.1%})" if before else ""
    return f"{before:>7,} → {now:>7,} {share:8}"


def _compare(
    chosen: Iterable[Case],
    profiles: Mapping[str, Profile],
    recorded: Record,
    here: Mapping[str, str],
) -> int:
    if recorded.tool_chain.get("machine") != here["machine"]:
        print(f"no counts are recorded for {here['machine']}: nothing to compare with")
        return 0
    if recorded.tool_chain.get("rustc") != here["rustc"]:
        print(f"the counts were recorded with another rustc, {recorded.tool_chain.get('rustc')}")
    grown: list[str] = []
    for case in chosen:
        profile, before = profiles[case.name], recorded.cases.get(case.name)
        if before is None:
            print(f"{case.name}: not recorded yet; run `make record-instructions`")
            grown.append(case.name)
            continue
        now = Counts.of(case, profile)
        found = list(changes(case, before, now, recorded.tool_chain, here))
        print(f"{case.name:14} {'   '.join(map(str, found))}")
        if any(change.has_grown for change in found):
            grown.append(case.name)
            print("  these functions have grown, in instructions a call of their own:")
            for line in grown_functions(before, profile):
                print(f"  {line}")
        elif any(change.has_fallen for change in found):
            print("  fewer than recorded: run `make record-instructions`, so that they stay so")
    if grown:
        print(REMEDY.format(case=grown[0]), file=sys.stderr)
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
