"""Puts each declaration of exhook.h into a group of the HTML reference, for Doxygen.

Names decide: what they begin with says what they belong to. The groups are in main.md.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

# The first beginning that fits; an empty group leaves the declaration where it is.
GROUPS = (
    (r"exhook_test_broker_called?s?(_|$)", "test_calls"),
    (r"exhook_test_broker_(wait_until_called|forget_calls)", "test_calls"),
    (r"exhook_test_call(_|$)", "test_calls"),
    (r"exhook_test_broker", "test_brokers"),
    (r"exhook_test_client", "test_clients"),
    (r"exhook_test_(outcome|message|bytes_eq)", "test_outcomes"),
    (r"exhook_test_error", "test_errors"),
    (r"exhook_call_(hook|package|clientid|topic|node|remaining_ms|is_wanted|defer|free)$", "calls"),
    (r"exhook_call_(has_)?(clientinfo|conninfo|message|meta|broker)(_|$)", r"fields_\2"),
    (r"exhook_call_(user_)?props_", "fields_props"),
    (r"exhook_call_(topic_filters|subopts)_", "fields_topic_filters"),
    (r"exhook_call_", "fields_others"),
    (r"exhook_authorize_type", "fields_others"),
    (r"exhook_call$", "calls"),
    (r"exhook_reply_", "answers"),
    (r"exhook_message", "messages"),
    (r"exhook_(log|LOG)", "log"),
    (r"exhook_metrics", "metrics"),
    (r"exhook_(error|code)", "errors"),
    (r"exhook_(options|fallback|ack)", "options"),
    (r"exhook_(str|bytes)|EXHOOK_(STR|BYTES)", "texts"),
    (r"exhook_(abi_)?version|EXHOOK_(ABI_)?VERSION", "versions"),
    (r"exhook_hook", "hooks"),
    (r"exhook_(server|free|callback)", "servers"),
)
# A comment that begins a line, and the declaration after it, up to where its name has come.
DOCUMENTED = re.compile(r"^/\*\*(?! @file)(.*?)\*/\n([^;{]*)", re.DOTALL | re.MULTILINE)
# What every function says at its end.
TERM = re.compile(r"\n \* (Ownership|Threads|Valid until): ")


def main() -> None:
    """Prints a header with its groups."""
    text = Path(sys.argv[1]).read_text()
    sys.stdout.write(DOCUMENTED.sub(with_group, text))


def with_group(found: re.Match[str]) -> str:
    """A comment that says its group, and what it is about."""
    comment, declaration = found.groups()
    name = declared(declaration)
    comment = TERM.sub(r"\n * - **\1**: ", comment.rstrip(" "))
    return f"/**{comment.rstrip()}\n * @ingroup {group(name)}\n */\n{declaration}"


def declared(declaration: str) -> str:
    """The name that a declaration declares."""
    if found := re.match(r"#define (\w+)|enum (\w+)|typedef struct (\w+)", declaration):
        return next(name for name in found.groups() if name)
    if found := re.search(r"(exhook_\w+)\)?\(", declaration):
        return found[1]
    sys.exit(f"groups.py: no name in {declaration!r}; teach it this form of declaration")


def group(name: str) -> str:
    """The group of a name."""
    for pattern, belongs_to in GROUPS:
        if found := re.match(pattern, name):
            return found.expand(belongs_to)
    sys.exit(f"groups.py: {name} belongs to no group; add one, here and in main.md")


if __name__ == "__main__":
    main()
