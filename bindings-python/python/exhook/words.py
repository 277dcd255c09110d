"""Helps with misspelt words: the nearest right one is named."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def suggestion(word: str, known: Iterable[str]) -> str:
    """Returns ``; did you mean 'X'?``, or all ``known`` words when none of them is near."""
    words = sorted(known)
    near = difflib.get_close_matches(word, words, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; known are {', '.join(words)}"
