#!/bin/sh
# Checks that the tools named on the command line are there, and says how to get one that is not.
# As root, Debian packages are installed instead.
set -eu

fail() {
    printf 'exhook: %s\n' "$1" >&2
    exit 1
}

debian_package() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        printf 'exhook: installing the Debian package %s\n' "$1" >&2
        { apt-get install -y -qq "$1" || { apt-get update -qq && apt-get install -y -qq "$1"; }; } >/dev/null
    else
        fail "$2 is missing; install it (Debian: apt-get install $1) and try again"
    fi
}

for tool in "$@"; do
    case $tool in
    cargo)
        command -v cargo >/dev/null 2>&1 ||
            fail "cargo is missing; install Rust 1.88 or newer with rustup and try again"
        ;;
    cc)
        command -v cc >/dev/null 2>&1 || debian_package gcc "a C compiler (cc)"
        ;;
    chromium)
        command -v "${CHROMIUM:-chromium}" >/dev/null 2>&1 || debian_package chromium chromium
        ;;
    clang)
        command -v clang >/dev/null 2>&1 || command -v clang-14 >/dev/null 2>&1 ||
            debian_package clang clang
        clang=$(command -v clang || command -v clang-14)
        # Debian has what sanitized programs are linked with in a package of its own.
        echo 'int main(void) { return 0; }' |
            "$clang" -fsanitize=address,undefined -x c -o /dev/null - 2>/dev/null ||
            debian_package "libclang-rt-$("$clang" -dumpversion | cut -d. -f1)-dev" \
                "the sanitizers of clang"
        ;;
    cmake | doxygen | pkg-config | valgrind)
        command -v "$tool" >/dev/null 2>&1 || debian_package "$tool" "$tool"
        ;;
    cxx)
        command -v c++ >/dev/null 2>&1 || debian_package g++ "a C++ compiler (c++)"
        ;;
    faketime)
        command -v faketime >/dev/null 2>&1 || debian_package faketime libfaketime
        ;;
    haproxy)
        command -v haproxy >/dev/null 2>&1 || [ -x /usr/sbin/haproxy ] || debian_package haproxy haproxy
        ;;
    h2load)
        command -v h2load >/dev/null 2>&1 || debian_package nghttp2-client h2load
        ;;
    node)
        command -v node >/dev/null 2>&1 || debian_package nodejs "Node.js (node)"
        node -e 'const [major, minor] = process.versions.node.split(".").map(Number)
            process.exit(major > 18 || (major === 18 && minor >= 17) ? 0 : 1)' ||
            fail "node is $(node --version); install Node.js 18.17 or newer and try again"
        ;;
    npm)
        command -v npm >/dev/null 2>&1 || debian_package npm npm
        ;;
    python)
        python=${PYTHON:-python3}
        command -v "$python" >/dev/null 2>&1 || debian_package python3 "$python"
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
            fail "$python is older than Python 3.10; set PYTHON to a newer one, as in: make PYTHON=python3.11 demo"
        "$python" -c 'import ensurepip, venv' 2>/dev/null ||
            debian_package python3-venv "Python's venv module"
        ;;
    sqlite3)
        pkg-config --exists sqlite3 || debian_package libsqlite3-dev "SQLite for C"
        ;;
    *)
        fail "tools/require.sh does not know $tool"
        ;;
    esac
done
