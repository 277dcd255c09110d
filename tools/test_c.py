"""Builds and runs the tests of the C library: with gcc and clang, linked with the shared and with
the static library, under sanitizers and under valgrind. C++ tests beside them run likewise."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from install_c import STATIC_LIBRARIES

ROOT = Path(__file__).resolve().parent.parent
BINDING = ROOT / "bindings-c"
TESTS = BINDING / "tests"
SUPPORT = TESTS / "support"
# The library for tests of hook programs, whose own tests use it beside the others' support.
TESTING = BINDING / "testing"
KIT_TESTS = TESTING / "tests"
KIT_SUPPORT = KIT_TESTS / "support"
BUILT = ROOT / "target" / "debug"
OBJECTS = ROOT / "target" / "c-tests"
Item = TypeVar("Item")
Command = Sequence[str | Path]
# How many compilers or tests run at once.
JOBS = min(os.cpu_count() or 1, 2)

WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Werror")
INCLUDES = (f"-I{BINDING / 'include'}", f"-I{TESTS}", f"-I{SUPPORT}", f"-I{KIT_SUPPORT}")
C = ("-std=c99", "-D_POSIX_C_SOURCE=200809L", *WARNINGS, *INCLUDES)
CPP = ("-std=c++17", *WARNINGS, *INCLUDES)
SANITIZED = (
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=all",
    "-fno-omit-frame-pointer",
)
# The exit code of a program of tests one of whose checks has failed.
FAILED_CHECK = 1
VALGRIND = (
    "valgrind",
    "--quiet",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite,possible",
    "--show-leak-kinds=definite,possible",
    "--error-exitcode=99",
    "--child-silent-after-fork=yes",
    "--fair-sched=yes",
)


@dataclass(frozen=True)
class Compiler:
    """A C compiler and the C++ compiler of the same make."""

    c: str
    cpp: str

    @property
    def name(self) -> str:
        """What it is called without its version."""
        return self.c.partition("-")[0]


@dataclass(frozen=True)
class Library:
    """A library whose functions are all declared, and tried with NULL."""

    name: str
    nulls: Path


LIBRARIES = (
    Library("exhook", TESTS / "null.c"),
    Library("exhook_test", KIT_TESTS / "arguments.c"),
)


@dataclass(frozen=True)
class Variant:
    """A way of building and running all tests."""

    name: str
    compiler: Compiler
    flags: tuple[str, ...] = ("-O1",)
    is_static: bool = False
    runner: tuple[str, ...] = ()
    # How many times as long as usual things may take.
    slowness: int = 1
    # The variant whose programs are run.
    programs_of: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    # Programs that cannot be run this way, by name.
    leaves_out: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Where its objects and programs are."""
        return OBJECTS / (self.programs_of or self.name)


@dataclass(frozen=True)
class Outcome:
    """What became of a command."""

    what: str
    passed: bool
    seconds: float
    output: str = ""
    exit_code: int = 0


def main() -> int:
    """Builds and runs what was chosen."""
    arguments = parse_arguments()
    # A job in the background of a shell has it ignored, and so would the tests about it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for package in ("exhook-c", "exhook-c-test", "exhook-test-broker"):
        cargo(package)
    link_libraries()
    variants = [one for one in all_variants() if is_chosen(one.name, arguments.variant)]
    programs = [path for path in all_programs() if is_chosen(path.stem, arguments.program)]
    if not variants or not programs:
        print("no variant or no program has such a name", file=sys.stderr)
        return 2
    failures: list[str] = []
    if not arguments.variant and not arguments.program:
        exports = [check_exports(library) for library in LIBRARIES]
        failures += report("headers", [*exports, *in_parallel(check_header, header_checks())])
    for variant in variants:
        failures += test(variant, programs)
    if failures:
        # Repeated where a reader of a long log looks first.
        print(f"\n{len(failures)} failed:\n" + "\n".join(failures), flush=True)
    return 1 if failures else 0


def parse_arguments() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = ", ".join(variant.name for variant in all_variants())
    parser.add_argument(
        "--variant",
        action="append",
        default=[],
        help=f"only those with this in their name: {names}",
    )
    parser.add_argument(
        "program", nargs="*", help="only tests with this in the name of their file, such as log"
    )
    return parser.parse_args()


def is_chosen(name: str, parts: list[str]) -> bool:
    """Whether a name contains one of the parts, if there are any."""
    return not parts or any(part in name for part in parts)


def cargo(package: str) -> None:
    """Builds a package as it is, without the features that others of the workspace would add."""
    subprocess.run(["cargo", "build", "--quiet", "-p", package], cwd=ROOT, check=True)


def link_libraries() -> None:
    """Lets the loader find the libraries by the names that are recorded in programs."""
    folder = OBJECTS / "lib"
    folder.mkdir(parents=True, exist_ok=True)
    abi = re.search(r"EXHOOK_ABI_VERSION (\d+)", header_text())
    if abi is None:
        raise ValueError("exhook.h has no EXHOOK_ABI_VERSION")
    for name, library in {
        "libexhook.so": "libexhook.so",
        f"libexhook.so.{abi[1]}": "libexhook.so",
        "libexhook_test.so": "libexhook_test.so",
        f"libexhook_test.so.{abi[1]}": "libexhook_test.so",
        "libexhook_test_broker.so": "libexhook_test_broker.so",
    }.items():
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(BUILT / library)


def header_text() -> str:
    """The C header."""
    return (BINDING / "include" / "exhook.h").read_text(encoding="utf-8")


def compilers() -> list[Compiler]:
    """The compilers of this machine; gcc and clang are required."""
    found = [Compiler("gcc", "g++")]
    for suffix in ("", "-14"):
        if shutil.which(f"clang{suffix}") and shutil.which(f"clang++{suffix}"):
            found.append(Compiler(f"clang{suffix}", f"clang++{suffix}"))
            break
    else:
        print("clang is not installed; only gcc is used", file=sys.stderr)
    return found


def all_variants() -> list[Variant]:
    """Every way of building and running the tests, quick ones first."""
    options = "detect_leaks=1:halt_on_error=1:abort_on_error=0:exitcode=98"
    sanitizers = {
        "ASAN_OPTIONS": options,
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    }
    shared = [Variant(f"{one.name}-shared", one) for one in compilers()]
    # Where everything is held up for long, once is enough.
    shared[0] = replace(shared[0], environment={"EXHOOK_TEST_HOLD_SECONDS": "30"})
    static = [Variant(f"{one.name}-static", one, is_static=True) for one in compilers()[:1]]
    sanitized = [
        Variant(
            f"{one.name}-sanitized",
            one,
            flags=("-O1", "-g", *SANITIZED),
            slowness=3,
            environment=sanitizers,
            # A fork may copy the lock of the sanitizer's allocator while another thread has it: the
            # child waits for it for ever.
            leaves_out=("fork",),
        )
        for one in compilers()
    ]
    gcc = compilers()[0]
    checked = Variant(
        "gcc-valgrind", gcc, runner=VALGRIND, slowness=10, programs_of=f"{gcc.name}-shared"
    )
    return [*shared, *static, *sanitized, checked]


def all_programs() -> list[Path]:
    """The files that each are a program of tests."""
    folders = (TESTS, KIT_TESTS)
    return sorted(path for folder in folders for path in folder.glob("*.c*"))


def support_of(program: Path) -> list[Path]:
    """What a program of tests is linked with."""
    folders = (SUPPORT, KIT_SUPPORT) if program.parent == KIT_TESTS else (SUPPORT,)
    return sorted(path for folder in folders for path in folder.glob("*.c"))


def test(variant: Variant, programs: list[Path]) -> list[str]:
    """Builds and runs the programs in one way; hands out what `report` says of failed ones."""
    programs = [program for program in programs if program.stem not in variant.leaves_out]
    if variant.runner and not shutil.which(variant.runner[0]):
        return report(variant.name, [Outcome("run", False, 0, f"{variant.runner[0]} is missing")])
    variant.folder.mkdir(parents=True, exist_ok=True)
    support = {source: None for program in programs for source in support_of(program)}
    sources = [*support, *programs]
    compiled = list(in_parallel(lambda source: compile_source(variant, source), sources))
    if not all(outcome.passed for outcome in compiled):
        return report(variant.name, [outcome for outcome in compiled if not outcome.passed])
    return report(
        variant.name, in_parallel(lambda program: test_program(variant, program), programs)
    )


def test_program(variant: Variant, program: Path) -> Outcome:
    """Links a program and runs its tests, once more where a check has failed.

    A machine that stands still for a moment fails tests of deadlines. What sanitizers and valgrind
    find, and crashes, have other exit codes, and no second chance.
    """
    outcome = link_and_run(variant, program)
    if outcome.exit_code != FAILED_CHECK:
        return outcome
    print(f"{variant.name:16} {program.name} is run once more:\n{outcome.output}", flush=True)
    return link_and_run(variant, program)


def object_of(variant: Variant, source: Path) -> Path:
    """Where a source is compiled to."""
    return variant.folder / f"{source.parent.name}-{source.name}.o"


def compile_source(variant: Variant, source: Path) -> Outcome:
    """Compiles a file unless what is there is newer than it and all headers."""
    target = object_of(variant, source)
    headers = [*BINDING.glob("include/**/*.h*"), *TESTS.glob("**/*.h*"), *KIT_TESTS.glob("**/*.h*")]
    newest = max(path.stat().st_mtime for path in (source, Path(__file__), *headers))
    if target.exists() and target.stat().st_mtime > newest:
        return Outcome(source.name, True, 0)
    is_cpp = source.suffix == ".cpp"
    compiler = variant.compiler.cpp if is_cpp else variant.compiler.c
    options = (*(CPP if is_cpp else C), "-g", *variant.flags)
    return run(source.name, [compiler, *options, "-c", source, "-o", target], 300)


def link_and_run(variant: Variant, program: Path) -> Outcome:
    """Links a program and runs its tests."""
    executable = variant.folder / program.stem
    objects = [object_of(variant, source) for source in (*support_of(program), program)]
    libraries = OBJECTS / "lib"
    exhook = [f"-L{libraries}", "-lexhook"]
    if variant.is_static:
        exhook = [str(BUILT / "libexhook.a"), *(f"-l{library}" for library in STATIC_LIBRARIES)]
    # The C++ compiler links both.
    command: list[str | Path] = [
        variant.compiler.cpp,
        *variant.flags,
        *objects,
        *exhook,
        f"-L{libraries}",
        "-lexhook_test_broker",
        *(("-lexhook_test",) if program.parent == KIT_TESTS else ()),
        "-lpthread",
        f"-Wl,-rpath,{libraries}",
        "-o",
        executable,
    ]
    if not variant.programs_of:
        linked = run(f"linking {program.name}", command, 300)
        if not linked.passed:
            return linked
    # Options of the caller's shell would be those of the servers.
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("EXHOOK_")}
    environment = {
        **inherited,
        **variant.environment,
        "EXHOOK_TEST_SLOWNESS": str(variant.slowness),
    }
    limit = 120 * variant.slowness
    return run(program.name, [*variant.runner, executable], limit, environment)


def header_checks() -> list[tuple[str, Command]]:
    """Compilations of the headers alone: included twice, in C and in C++."""
    header = "#include <exhook.h>\n#include <exhook.h>\nint main(void) { return 0; }\n"
    wrapper = header.replace("exhook.h>", "exhook.hpp>")
    kit = header.replace("exhook.h>", "exhook_test.h>")
    folder = OBJECTS / "headers"
    folder.mkdir(parents=True, exist_ok=True)
    checks: list[tuple[str, Command]] = []
    sources = {
        "twice.c": header,
        "twice.cpp": header,
        "twice_hpp.cpp": wrapper,
        "twice_test.c": kit,
        "twice_test.cpp": kit,
        "twice_test_hpp.cpp": header.replace("exhook.h>", "exhook_test.hpp>"),
    }
    for name, text in sources.items():
        source = folder / name
        source.write_text(text, encoding="utf-8")
        for compiler in compilers():
            command = [compiler.c, *C] if source.suffix == ".c" else [compiler.cpp, *CPP]
            label = f"{name} with {command[0]}"
            checks.append((label, [*command, "-fsyntax-only", source]))
    return checks


def check_header(check: tuple[str, Command]) -> Outcome:
    """Runs one of the checks of headers."""
    return run(check[0], check[1], 120)


def check_exports(library: Library) -> Outcome:
    """Compares what a library exports with its header, and with the tests that pass NULL."""
    listed = subprocess.run(
        ["nm", "-D", "--defined-only", BUILT / f"lib{library.name}.so"],
        check=True,
        capture_output=True,
        text=True,
    )
    exported = {line.split()[2] for line in listed.stdout.splitlines()}
    header = f"{library.name}.h"
    text = (BINDING / "include" / header).read_text(encoding="utf-8")
    declared = dict(re.findall(r"\b(exhook_\w+)\(([^;{]*?)\);", text))
    source = library.nulls.read_text(encoding="utf-8")
    tested = set(re.findall(r"^ +(?:X|[A-Z_0-9]+)\((?:X, )?(exhook_\w+)[,)]", source, re.MULTILINE))
    pointed = {
        name for name, taken in declared.items() if re.search(r"\*|exhook_(str|bytes)\b", taken)
    }
    pointed |= {"exhook_server_on", "exhook_log_to"} & exported
    problems = [
        f"{text}: {', '.join(sorted(names))}"
        for text, names in (
            (f"exported, but not in {header}", exported - declared.keys()),
            (f"in {header}, but not exported", declared.keys() - exported),
            (f"takes pointers, but has no test in {library.nulls.name}", pointed - tested),
            (f"has a test in {library.nulls.name}, but takes no pointers", tested - pointed),
        )
        if names
    ]
    return Outcome(f"functions of lib{library.name}", not problems, 0, "\n".join(problems))


def in_parallel(act: Callable[[Item], Outcome], items: Iterable[Item]) -> Iterator[Outcome]:
    """Does something with each item; what came of it is handed out in their order."""
    with ThreadPoolExecutor(JOBS) as pool:
        yield from pool.map(act, items)


def run(
    what: str,
    command: Command,
    limit: float,
    environment: dict[str, str] | None = None,
) -> Outcome:
    """Runs a command, and ends it and what it has started after so many seconds."""
    began = time.monotonic()
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,
        text=True,
        errors="replace",
    ) as process:
        try:
            output, _ = process.communicate(timeout=limit)
            problem = "" if process.returncode == 0 else f"exit code {process.returncode}\n"
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            problem = f"not done after {limit:.0f} seconds\n"
    seconds = time.monotonic() - began
    return Outcome(what, not problem, seconds, output + problem, process.returncode)


def report(variant: str, outcomes: Iterable[Outcome]) -> list[str]:
    """Prints a line for each outcome, with the output of those that failed, and hands out the
    latter."""
    failures = []
    for outcome in outcomes:
        verdict = "ok" if outcome.passed else "FAILED"
        text = f"{variant:16} {outcome.what:32} {verdict} ({outcome.seconds:.1f} s)"
        if not outcome.passed:
            output = re.sub("^", "    ", outcome.output.rstrip(), flags=re.MULTILINE)
            text = f"{text}\n{output}"
            failures.append(text)
        print(text, flush=True)
    return failures


if __name__ == "__main__":
    sys.exit(main())
