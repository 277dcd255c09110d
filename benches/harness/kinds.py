"""The kinds of servers: ours and the peers."""

from __future__ import annotations

from dataclasses import dataclass

from harness.works import Work

# What all others are compared with.
BASELINE = "tonic"
OURS = "exhook-"
CPP_BINARY = "bench-grpc-cpp/server"
C_BINARY = "bench-c/exhook_server"
GO_BINARY = "bench-go/server"
LANGUAGES = ("Rust", "C and C++", "Python", "Node.js", "Go")


@dataclass(frozen=True)
class Kind:
    """One way to serve: a binary below the target directory, or a script for Python or Node.js."""

    name: str
    language: str
    binary: str = ""
    script: str = ""
    arguments: tuple[str, ...] = ()
    announces: bool = True
    # The peer of the same language, where that is not the baseline.
    peer: str = ""
    by_default: bool = True
    # The longest request that it takes with 16 under way.
    longest_request: int = 1 << 30

    @property
    def is_ours(self) -> bool:
        """Whether it is one of exhook's."""
        return self.name.startswith(OURS)

    def takes(self, work: Work) -> bool:
        """Whether it can answer calls of this work."""
        return len(work.request) <= self.longest_request

    @property
    def takes_options(self) -> bool:
        """Whether it wants the address behind ``--bind``, and not as its only argument."""
        return bool(self.script or self.arguments)

    @property
    def is_python(self) -> bool:
        """Whether the venv's Python runs it."""
        return self.script.endswith(".py")

    @property
    def is_node(self) -> bool:
        """Whether Node.js runs it."""
        return self.script.endswith(".mjs")

    @property
    def is_rust(self) -> bool:
        """Whether it is one of the package exhook-benches."""
        return self.binary.startswith("release/")


def _python(mode: str, by_default: bool = True) -> Kind:
    return Kind(
        f"exhook-python-{mode}",
        "Python",
        script="python/exhook_server.py",
        arguments=("--mode", mode),
        announces=False,
        peer="grpcio-aio",
        by_default=by_default,
    )


def _node(mode: str, by_default: bool = True) -> Kind:
    return Kind(
        f"exhook-node-{mode}",
        "Node.js",
        script="node/exhook_server.mjs",
        arguments=("--mode", mode),
        peer="grpc-js",
        by_default=by_default,
    )


def _c(mode: str, by_default: bool = True) -> Kind:
    return Kind(
        f"exhook-c-{mode}",
        "C and C++",
        binary=C_BINARY,
        arguments=("--mode", mode),
        peer="grpc-cpp",
        by_default=by_default,
    )


KINDS = {
    kind.name: kind
    for kind in (
        Kind(BASELINE, "Rust", binary="release/peer-tonic"),
        Kind(
            "pajamax",
            "Rust",
            binary="release/peer-pajamax",
            announces=False,
            longest_request=4 * 1024,
        ),
        Kind("exhook-rust", "Rust", binary="release/exhook-rust"),
        Kind("grpc-cpp", "C and C++", binary=f"{CPP_BINARY}-default"),
        Kind("grpc-cpp-tuned", "C and C++", binary=CPP_BINARY),
        _c("inline"),
        _c("lane"),
        _c("deferred", by_default=False),
        Kind("grpcio-sync", "Python", script="peers/python/grpcio_sync.py"),
        Kind("grpcio-aio", "Python", script="peers/python/grpcio_asyncio.py"),
        _python("inline"),
        _python("def"),
        _python("async"),
        _python("async-suspending", by_default=False),
        Kind("grpc-js", "Node.js", script="peers/node/grpc_js.mjs"),
        Kind("nice-grpc", "Node.js", script="peers/node/nice_grpc.mjs"),
        _node("sync"),
        _node("async"),
        _node("async-suspending", by_default=False),
        Kind("grpc-go", "Go", binary=GO_BINARY),
    )
}
