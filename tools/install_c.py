"""Installs the library for C and C++, or removes it: what `make install` and `make uninstall` run.

Everything that is installed finds its parts by relative paths, so that the installation can be
moved. A list of what was installed is left with the documentation; the next installation and the
removal go by it.
"""

from __future__ import annotations

import argparse
import os
import re
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINDING = ROOT / "bindings-c"
HEADER = BINDING / "include" / "exhook.h"
# What the static library needs besides the C library: glibc before 2.34 has these parts of its own.
STATIC_LIBRARIES = ("pthread", "dl", "rt", "m")
LIST = "installed-files.txt"


class Problem(Exception):
    """Why nothing can be installed or removed, and what to do about it."""


@dataclass(frozen=True)
class Layout:
    """The folders of an installation, as the programs that use it will see them."""

    prefix: Path
    libdir: Path
    includedir: Path
    destdir: Path | None

    @property
    def docdir(self) -> Path:
        """Where the documentation is, and the list of what was installed."""
        return self.prefix / "share" / "doc" / "exhook"

    def staged(self, path: Path) -> Path:
        """Where a path is written: below the staging folder, if there is one."""
        return self.destdir / path.relative_to(path.anchor) if self.destdir else path

    def is_ours(self, staged: Path) -> bool:
        """Whether a folder is one that removing may take away."""
        bases = (self.prefix, self.libdir, self.includedir)
        return any(self.staged(base) in staged.parents for base in bases)

    def is_movable(self, *paths: Path) -> bool:
        """Whether paths keep their place among each other when the prefix is moved."""
        return all(path.is_relative_to(self.prefix) for path in paths)


@dataclass(frozen=True)
class Item:
    """A file to be installed: a copy of a file, a text, or a link to a name beside it."""

    path: Path
    copy_of: Path | None = None
    text: str = ""
    link_to: str = ""
    mode: int = 0o644

    def write(self, staged: Path) -> None:
        """Puts the file in its place, at once: programs that use an older one keep it."""
        partial = staged.with_name(f".{staged.name}.partial")
        partial.unlink(missing_ok=True)
        if self.link_to:
            partial.symlink_to(self.link_to)
        else:
            content = self.copy_of.read_bytes() if self.copy_of else self.text.encode()
            partial.write_bytes(content)
            partial.chmod(self.mode)
        partial.replace(staged)


def main() -> int:
    """Does what the command line says; 1 when it cannot."""
    arguments = parse()
    prefix = Path(os.path.abspath(arguments.prefix))
    layout = Layout(
        prefix=prefix,
        libdir=Path(os.path.abspath(arguments.libdir or prefix / "lib")),
        includedir=Path(os.path.abspath(arguments.includedir or prefix / "include")),
        destdir=Path(os.path.abspath(arguments.destdir)) if arguments.destdir else None,
    )
    try:
        if arguments.check:
            check_writable(layout)
        elif arguments.uninstall:
            uninstall(layout)
        else:
            install(layout, arguments.profile)
    except Problem as problem:
        print(f"exhook: {problem}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"exhook: {error.filename or ''}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Installs the library for C and C++.")
    parser.add_argument("--profile", default="dist", help="cargo profile that it was built with")
    parser.add_argument("--prefix", default="/usr/local", help="where it is installed")
    parser.add_argument("--libdir", default="", help="libraries; PREFIX/lib unless given")
    parser.add_argument("--includedir", default="", help="headers; PREFIX/include unless given")
    parser.add_argument("--destdir", default="", help="staging folder, put before all others")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="only say whether it can be written")
    what.add_argument("--uninstall", action="store_true", help="remove it")
    return parser.parse_args()


def install(layout: Layout, profile: str) -> None:
    """Writes every file, and removes those of an earlier installation that are no more."""
    items = [*libraries(layout, profile), *headers(layout), *packages(layout), *documents(layout)]
    check_writable(layout)
    files = {layout.staged(item.path) for item in items}
    earlier_files, folders = installed(layout)
    parents = {parent for path in files for parent in path.parents}
    folders |= {path for path in parents if layout.is_ours(path) and not path.exists()}
    # Listed first, so that what an interruption leaves can be removed.
    write_list(layout, files | earlier_files, folders)
    for item in items:
        staged = layout.staged(item.path)
        staged.parent.mkdir(parents=True, exist_ok=True)
        item.write(staged)
    for path in earlier_files - files:
        path.unlink(missing_ok=True)
    write_list(layout, files, folders)
    where = f"{layout.prefix}{f', staged in {layout.destdir}' if layout.destdir else ''}"
    print(f"exhook {version()} is installed in {where}")
    if layout.destdir is None and os.geteuid() == 0:
        # So that programs find it; a folder that the loader does not search is no harm.
        subprocess.run(["/sbin/ldconfig"], check=False)


def uninstall(layout: Layout) -> None:
    """Removes the files of the list, and the folders that were made for them and are empty."""
    files, folders = installed(layout)
    if not files:
        raise Problem(
            f"there is no exhook to remove: {list_path(layout)} is missing; "
            "give the PREFIX= and DESTDIR= that it was installed with"
        )
    for path in files | {list_path(layout)}:
        path.unlink(missing_ok=True)
    for folder in sorted(folders, reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    print(f"exhook is removed from {layout.staged(layout.prefix)}")


def libraries(layout: Layout, profile: str) -> list[Item]:
    """The shared libraries with their names, and the static one."""
    target = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
    built = ROOT / target / ("debug" if profile == "dev" else profile)
    packages = {
        "libexhook.so": "exhook-c",
        "libexhook.a": "exhook-c",
        "libexhook_test.so": "exhook-c-test",
    }
    for name, package in packages.items():
        if not (built / name).is_file():
            raise Problem(
                f"{built / name} is missing; build it with: "
                f"cargo build --profile {profile} -p {package}"
            )
    items = [Item(layout.libdir / "libexhook.a", copy_of=built / "libexhook.a")]
    for shared in ("libexhook.so", "libexhook_test.so"):
        name = f"{shared}.{version()}"
        items += [
            Item(layout.libdir / name, copy_of=built / shared, mode=0o755),
            Item(layout.libdir / f"{shared}.{abi()}", link_to=name),
            Item(layout.libdir / shared, link_to=f"{shared}.{abi()}"),
        ]
    return items


def headers(layout: Layout) -> list[Item]:
    """exhook.h, exhook_test.h, exhook.hpp and what it includes."""
    folder = HEADER.parent
    paths = sorted([*folder.glob("*.h"), *folder.rglob("*.hpp")])
    return [Item(layout.includedir / path.relative_to(folder), copy_of=path) for path in paths]


def packages(layout: Layout) -> list[Item]:
    """What pkg-config and CMake find the library by."""
    pkgconfig, cmake = layout.libdir / "pkgconfig", layout.libdir / "cmake" / "exhook"
    libdir, includedir = layout.libdir, layout.includedir
    pc_prefix, pc_libdir, pc_includedir = str(layout.prefix), str(libdir), str(includedir)
    cmake_includedir = str(includedir)
    if layout.is_movable(libdir):
        pc_prefix = f"${{pcfiledir}}/{os.path.relpath(layout.prefix, pkgconfig)}"
        pc_libdir = f"${{prefix}}/{os.path.relpath(libdir, layout.prefix)}"
    if layout.is_movable(libdir, includedir):
        pc_includedir = f"${{prefix}}/{os.path.relpath(includedir, layout.prefix)}"
        cmake_includedir = f"${{CMAKE_CURRENT_LIST_DIR}}/{os.path.relpath(includedir, cmake)}"
    values = {
        "version": version(),
        "abi": abi(),
        "pointer_bytes": str(struct.calcsize("P")),
        "pc_prefix": pc_prefix,
        "pc_libdir": pc_libdir,
        "pc_includedir": pc_includedir,
        "pc_static_libraries": " ".join(f"-l{library}" for library in STATIC_LIBRARIES),
        "cmake_includedir": cmake_includedir,
        "cmake_static_libraries": ";".join(STATIC_LIBRARIES),
    }
    templates = [(pkgconfig, path) for path in sorted(BINDING.glob("*.pc.in"))]
    templates += [(cmake, path) for path in sorted((BINDING / "cmake").glob("*.in"))]
    return [
        Item(folder / template.stem, text=filled(template, values))
        for folder, template in templates
    ]


def filled(template: Path, values: dict[str, str]) -> str:
    """A template with its @names@ replaced."""
    return re.sub(r"@(\w+)@", lambda found: values[found[1]], template.read_text())


def documents(layout: Layout) -> list[Item]:
    """The licence, the documentation, and examples that build where they are copied to."""
    sources = [ROOT / "LICENSE", ROOT / "CHANGELOG.md", BINDING / "README.md"]
    sources += sorted((ROOT / "docs").glob("*.md"))
    items = [Item(layout.docdir / path.name, copy_of=path) for path in sources]
    for language in ("c", "cpp"):
        folder = layout.docdir / "examples" / language
        for path in sorted((ROOT / "examples" / language).glob("[!.]*")):
            if path.is_file():
                items.append(Item(folder / path.name, copy_of=path))
    return items


def version() -> str:
    """The version of the library."""
    return defined("EXHOOK_VERSION")


def abi() -> str:
    """The number of its binary interface, which changes when programs must be built anew."""
    return defined("EXHOOK_ABI_VERSION")


def defined(name: str) -> str:
    """What the header defines a name as, without quotes."""
    if not HEADER.is_file():
        raise Problem(f"{HEADER} is missing; write it with: make gen")
    found = re.search(rf'^#define {name} "?([^"\s]+)"?$', HEADER.read_text(), re.MULTILINE)
    if found is None:
        raise Problem(f"{HEADER} does not define {name}; write it anew with: make gen")
    return found[1]


def check_writable(layout: Layout) -> None:
    """Complains about the first folder that cannot be written to."""
    for folder in (layout.libdir, layout.includedir, layout.docdir):
        staged = layout.staged(folder)
        existing = next(path for path in (staged, *staged.parents) if path.exists())
        if not existing.is_dir():
            raise Problem(f"{existing} is in the way: it is no folder; give another PREFIX=")
        if not os.access(existing, os.W_OK | os.X_OK):
            raise Problem(
                f"this user cannot write to {existing}; install below a folder of your own with "
                "PREFIX=, stage the files with DESTDIR=, or do it as root"
            )


def list_path(layout: Layout) -> Path:
    """Where the list of the installed files is."""
    return layout.staged(layout.docdir / LIST)


def installed(layout: Layout) -> tuple[set[Path], set[Path]]:
    """The files and the folders of an earlier installation; none without its list."""
    try:
        lines = list_path(layout).read_text().splitlines()
    except FileNotFoundError:
        return set(), set()
    folder = list_path(layout).parent
    files = {Path(os.path.normpath(folder / line)) for line in lines if not line.endswith("/")}
    folders = {Path(os.path.normpath(folder / line)) for line in lines if line.endswith("/")}
    return files, folders


def write_list(layout: Layout, files: set[Path], folders: set[Path]) -> None:
    """Lists what was installed, by paths that stay right when all of it is moved."""
    folder = list_path(layout).parent
    folder.mkdir(parents=True, exist_ok=True)
    lines = [os.path.relpath(path, folder) for path in sorted(files)]
    lines += [os.path.relpath(path, folder) + "/" for path in sorted(folders)]
    list_path(layout).write_text("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    sys.exit(main())
