"""Tests what `make install` installs: C and C++ programs outside of this repository use it."""

# These tests run without pytest.
# ruff: noqa: PT009, PT027

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

from commands import ROOT, install_c, run

CONSUMERS = ROOT / "bindings-c" / "tests" / "installed"
HEADER = ROOT / "bindings-c" / "include" / "exhook.h"
# What each library exports.
SYMBOLS = {
    "libexhook.so": ROOT / "bindings-c" / "symbols.txt",
    "libexhook_test.so": ROOT / "bindings-c" / "testing" / "symbols.txt",
}
README = ROOT / "bindings-c" / "README.md"
WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Werror")
COMPILERS = {
    "c": (os.environ.get("CC", "cc"), "-std=c99", *WARNINGS),
    "cpp": (os.environ.get("CXX", "c++"), "-std=c++17", *WARNINGS),
}


def files_below(folder: Path) -> list[str]:
    """Every file and folder below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def defined(name: str) -> str:
    """What the header defines a name as, without quotes."""
    (value,) = re.findall(rf'^#define {name} "?([^"\s]+)"?$', HEADER.read_text(), re.MULTILINE)
    return str(value)


def documented(readme: Path, language: str = "c") -> str:
    """The program on a page that tests hooks."""
    fenced = rf"^```{language}\n(.*?)^```$"
    blocks = re.findall(fenced, readme.read_text(), re.MULTILINE | re.DOTALL)
    (program,) = (block for block in blocks if "exhook_test.h" in block and "main" in block)
    return str(program)


class Installed(unittest.TestCase):
    """Programs that use an installation which was moved after it was made."""

    folder: Path
    prefix: Path

    @classmethod
    def setUpClass(cls) -> None:
        """Installs into a staging folder, and moves what came of it to elsewhere."""
        cls.folder = Path(tempfile.mkdtemp(prefix="exhook installed "))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        staging = cls.folder / "staging"
        install_c("--prefix=/opt/exhook", f"--destdir={staging}")
        cls.prefix = cls.folder / "moved"
        (staging / "opt" / "exhook").rename(cls.prefix)

    def flags(self, *options: str, package: str = "exhook") -> list[str]:
        """What pkg-config says of the moved installation."""
        path = str(self.prefix / "lib" / "pkgconfig")
        return shlex.split(run("pkg-config", *options, package, PKG_CONFIG_PATH=path))

    def check(self, program: Path, **environment: str) -> None:
        """Runs a program that compares headers and library, and serves for a moment."""
        output = run(program, **environment)
        self.assertRegex(output, r"^serving on 127\.0\.0\.1:[1-9]\d*\n$")

    def built(self, language: str, name: str, *flags: str) -> Path:
        """The program in a language, compiled in an empty folder."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        program = folder / name
        source = shutil.copy(CONSUMERS / f"consumer.{language}", folder)
        run(*COMPILERS[language], source, "-o", program, *flags)
        return program

    def test_pkg_config_links_the_shared_library(self) -> None:
        flags = self.flags("--cflags", "--libs")
        for language in COMPILERS:
            with self.subTest(language):
                program = self.built(language, "shared", *flags)
                self.assertIn("libexhook.so.", needed(program))
                self.check(program, LD_LIBRARY_PATH=str(self.prefix / "lib"))

    def test_pkg_config_links_the_static_library_into_static_programs(self) -> None:
        flags = self.flags("--static", "--cflags", "--libs")
        for language in COMPILERS:
            with self.subTest(language):
                program = self.built(language, "static", "-static", *flags)
                self.assertEqual(needed(program), "")
                self.check(program)

    def test_pkg_config_links_the_static_library_into_other_programs(self) -> None:
        flags = self.flags("--static", "--cflags", "--libs")
        flags = [{"-lexhook": "-l:libexhook.a"}.get(flag, flag) for flag in flags]
        for language in COMPILERS:
            with self.subTest(language):
                program = self.built(language, "mixed", *flags)
                self.assertNotIn("libexhook", needed(program))
                self.check(program)

    def test_pkg_config_knows_the_version(self) -> None:
        for package in ("exhook", "exhook-test"):
            version = self.flags("--modversion", package=package)
            self.assertEqual(version, [defined("EXHOOK_VERSION")])

    def test_pkg_config_links_the_tests_of_the_documentation_which_pass(self) -> None:
        flags = self.flags("--cflags", "--libs", package="exhook-test")
        for readme, language in ((README, "c"), (README, "cpp"), (ROOT / "README.md", "c")):
            with self.subTest(readme, language=language):
                folder = Path(tempfile.mkdtemp(dir=self.folder))
                source, program = folder / f"test.{language}", folder / "test"
                source.write_text(documented(readme, language))
                hooks = [CONSUMERS / "hooks.c"] if readme != README else []
                place = f"-I{CONSUMERS}"
                run(*COMPILERS[language], place, source, *hooks, "-o", program, *flags)
                self.assertIn("libexhook_test.so.", needed(program))
                self.assertEqual(run(program, LD_LIBRARY_PATH=str(self.prefix / "lib")), "")

    def cmake(self, wanted: str) -> Path:
        """The folder of the programs that CMake is to build, configured."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        tested = folder / "tested.c"
        tested.write_text(documented(README))
        run(
            "cmake",
            f"-S{CONSUMERS}",
            f"-B{folder}",
            f"-DCMAKE_PREFIX_PATH={self.prefix}",
            f"-DWANTED_VERSION={wanted}",
            f"-DTESTED={tested}",
        )
        return folder

    def test_cmake_links_either_library(self) -> None:
        folder = self.cmake(defined("EXHOOK_VERSION"))
        run("cmake", "--build", folder, "--parallel")
        for language in COMPILERS:
            with self.subTest(language):
                shared = folder / f"consumer-{language}-exhook"
                self.assertIn("libexhook.so.", needed(shared))
                self.check(shared)
                static = folder / f"consumer-{language}-static"
                self.assertNotIn("libexhook", needed(static))
                self.check(static)
        for kind in ("exhook", "static"):
            with self.subTest(f"exhook::{kind} exhook::test"):
                program = folder / f"tested-{kind}"
                self.assertIn("libexhook_test.so.", needed(program))
                self.assertEqual(run(program), "")

    def test_cmake_takes_compatible_versions_only(self) -> None:
        major, minor, patch = map(int, defined("EXHOOK_VERSION").split("."))
        line = f"{major}.{minor}" if major == 0 else f"{major}"
        for wanted in (line, f"{line}...{major + 1}", f"{major}.{minor}.{patch}", ""):
            with self.subTest(wanted):
                self.cmake(wanted)
        next_line = f"{major}.{minor + 1}" if major == 0 else f"{major + 1}.0"
        refused = [next_line, f"{major}.{minor}.{patch + 1}", f"{next_line}...{major + 2}"]
        if (major, minor) > (0, 1):
            refused.append(f"0.{minor - 1}" if major == 0 else f"{major - 1}.0")
        for wanted in refused:
            with self.subTest(wanted), self.assertRaisesRegex(AssertionError, "compatible"):
                self.cmake(wanted)

    def test_a_program_can_load_the_library_by_hand_and_let_go_of_it(self) -> None:
        # In a process of its own, because the library stays in it.
        script = (
            "import ctypes, _ctypes, sys\n"
            "library = ctypes.CDLL(sys.argv[1])\n"
            "library.exhook_server_new.restype = ctypes.c_void_p\n"
            "library.exhook_version.restype = ctypes.c_char_p\n"
            "server = ctypes.c_void_p(library.exhook_server_new())\n"
            "assert library.exhook_server_free(server) == 0\n"
            "print(library.exhook_version().decode())\n"
            "_ctypes.dlclose(library._handle)\n"
        )
        library = self.prefix / "lib" / "libexhook.so"
        self.assertEqual(
            run(sys.executable, "-c", script, library).strip(), defined("EXHOOK_VERSION")
        )

    def test_the_library_is_known_by_the_number_of_its_binary_interface(self) -> None:
        lib = self.prefix / "lib"
        for library in SYMBOLS:
            soname = f"{library}.{defined('EXHOOK_ABI_VERSION')}"
            self.assertIn(f"soname: [{soname}]", run("readelf", "-d", lib / library))
            self.assertEqual(os.readlink(lib / library), soname)
            self.assertEqual(os.readlink(lib / soname), f"{library}.{defined('EXHOOK_VERSION')}")

    def test_the_libraries_export_what_is_listed_and_nothing_else(self) -> None:
        for library, symbols in SYMBOLS.items():
            path = self.prefix / "lib" / library
            lines = run("nm", "-D", "--defined-only", path).splitlines()
            exported = sorted(line.split()[-1].partition("@")[0] for line in lines)
            self.assertEqual(exported, symbols.read_text().split())


class Folder(unittest.TestCase):
    """What is in a folder after installing and removing, and what is said of mistakes."""

    def setUp(self) -> None:
        """Makes an empty folder."""
        self.folder = Path(tempfile.mkdtemp(prefix="exhook-removed-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def test_removing_leaves_nothing_but_what_was_there_before(self) -> None:
        (self.folder / "include").mkdir()
        (self.folder / "include" / "other.h").touch()
        before = files_below(self.folder)
        install_c(f"--prefix={self.folder}")
        install_c(f"--prefix={self.folder}")
        self.assertIn("include/exhook/requests.hpp", files_below(self.folder))
        install_c(f"--prefix={self.folder}", "--uninstall")
        self.assertEqual(files_below(self.folder), before)

    def test_an_installation_removes_what_an_earlier_one_had_more(self) -> None:
        install_c(f"--prefix={self.folder}")
        (listing,) = self.folder.rglob("installed-files.txt")
        (self.folder / "lib" / "libexhook.so.0.0.9").touch()
        listing.write_text(listing.read_text() + "../../../lib/libexhook.so.0.0.9\n")
        install_c(f"--prefix={self.folder}")
        self.assertNotIn("lib/libexhook.so.0.0.9", files_below(self.folder))

    def test_libraries_and_headers_go_where_they_are_wanted(self) -> None:
        places = (
            f"--prefix={self.folder}/usr",
            f"--libdir={self.folder}/usr/lib/x86_64-linux-gnu",
            f"--includedir={self.folder}/headers",
        )
        install_c(*places)
        lib = self.folder / "usr" / "lib" / "x86_64-linux-gnu"
        self.assertTrue((self.folder / "headers" / "exhook.hpp").is_file())
        path = str(lib / "pkgconfig")
        flags = run("pkg-config", "--cflags", "--libs", "exhook", PKG_CONFIG_PATH=path).split()
        program = self.folder / "program"
        run(*COMPILERS["c"], CONSUMERS / "consumer.c", "-o", program, *flags)
        run(program, LD_LIBRARY_PATH=str(lib))
        install_c(*places, "--uninstall")
        self.assertFalse([path for path in self.folder.rglob("*exhook*") if path.exists()])

    def test_removing_what_is_not_installed_is_refused(self) -> None:
        with self.assertRaisesRegex(AssertionError, "no exhook to remove.*PREFIX= and DESTDIR="):
            install_c(f"--prefix={self.folder}", "--uninstall")

    def test_a_library_that_is_not_built_is_named(self) -> None:
        with self.assertRaisesRegex(AssertionError, "libexhook.so is missing; build it with: "):
            run(
                sys.executable,
                ROOT / "tools" / "install_c.py",
                f"--prefix={self.folder}",
                CARGO_TARGET_DIR=str(self.folder),
            )

    def test_a_prefix_that_is_a_file_is_named(self) -> None:
        (self.folder / "file").touch()
        with self.assertRaisesRegex(AssertionError, f"{self.folder}/file is in the way.*PREFIX="):
            install_c(f"--prefix={self.folder}/file")

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_a_prefix_that_cannot_be_written_to_is_named(self) -> None:
        self.folder.chmod(0o555)
        with self.assertRaisesRegex(AssertionError, f"cannot write to {self.folder}.*DESTDIR="):
            install_c(f"--prefix={self.folder}", "--check")


def needed(program: Path) -> str:
    """The shared libraries that a program asks for."""
    lines = run("readelf", "-d", program).splitlines()
    return "\n".join(line for line in lines if "(NEEDED)" in line)


if __name__ == "__main__":
    run("cargo", "build", "-p", "exhook-c")
    run("cargo", "build", "-p", "exhook-c-test")
    unittest.main()
