"""Analyzing: from a text to its terms, as scikit-learn's vectorizers find them."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import compress, pairwise
from typing import Any

from golive.scorer.format import ProgramError

__all__ = ["MOST_TOKENS", "Analyze", "analyzer_of"]

Analyze = Callable[[str], list[str]]
"""From a text to its terms, each as often as it occurs."""

MOST_TOKENS = 64
"""The most tokens, or characters, of a term: without a bound a text's terms would be cubic."""
_RUNS = {
    r"(?u)\b\w\w+\b": 2,
    r"\b\w\w+\b": 2,
    r"\w\w+": 2,
    r"(?u)\b\w+\b": 1,
    r"\b\w+\b": 1,
    r"(?u)\w+": 1,
    r"\w+": 1,
}
"""Patterns that find the longest runs of word characters, and the length from which they do. In
texts of ASCII these are found without the pattern, in a third of the time."""

_WORD_BYTES = bytes(
    code if code >= 128 or chr(code).isalnum() or code == ord("_") else ord(" ")
    for code in range(256)
)
_space_join = " ".join


def analyzer_of(args: dict[str, Any]) -> Analyze:
    """The analyzer with these options.

    Args:
        args: `analyzer` (`word`, `char` or `char_wb`), `ngrams` (fewest and most tokens of a term),
            `lowercase`, `strip_accents` (`ascii`, `unicode` or null) and, for words, `pattern` and
            `stop_words`.
    """
    least, most = args["ngrams"]
    if not 1 <= least <= most <= MOST_TOKENS:
        raise ProgramError(f"The program has terms of {least} to {most} tokens, which is too much.")
    prepare = _preparation(args["strip_accents"], lowercase=args["lowercase"])
    if args["analyzer"] == "char":
        return lambda text: _characters(prepare(_checked(text)), least, most)
    if args["analyzer"] == "char_wb":
        return lambda text: _characters_of_words(prepare(_checked(text)), least, most)
    return _with_ngrams(_words(args, prepare), least, most)


def _checked(text: Any) -> str:
    if text.__class__ is not str:
        raise TypeError(f"a text is needed, not {type(text).__name__}")
    return str(text)


def _preparation(accents: str | None, *, lowercase: bool) -> Callable[[str], str]:
    """What is done to a text before it is taken apart."""
    strip = _ACCENTS[accents]
    if strip is None:
        return str.lower if lowercase else str
    if not lowercase:
        return strip
    return lambda text: strip(text.lower())


def _without_marks(text: str) -> str:
    """Without the marks of its characters: é is e."""
    if text.isascii():
        return text
    from unicodedata import combining, normalize

    return "".join([mark for mark in normalize("NFKD", text) if not combining(mark)])


def _only_ascii(text: str) -> str:
    """Without what is not ASCII once marks stand on their own."""
    if text.isascii():
        return text
    from unicodedata import normalize

    return normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")


_ACCENTS: dict[str | None, Callable[[str], str] | None] = {
    None: None,
    "unicode": _without_marks,
    "ascii": _only_ascii,
}


def _words(args: dict[str, Any], prepare: Callable[[str], str]) -> Callable[[str], list[str]]:
    find = _pattern(args["pattern"]).findall
    words: Callable[[str], list[str]] = lambda text: find(prepare(_checked(text)))  # noqa: E731
    if args["pattern"] in _RUNS:
        words = _runs(words, _RUNS[args["pattern"]], lowercase=args["lowercase"])
    if not args["stop_words"]:
        return words
    stop_words = frozenset(args["stop_words"])
    return lambda text: [word for word in words(text) if word not in stop_words]


def _pattern(pattern: Any) -> re.Pattern[str]:
    """The pattern of words; as in scikit-learn, it has one group at most."""
    if not isinstance(pattern, str):
        raise ProgramError(f"The program finds words by {pattern!r:.100}, which is no pattern.")
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError, MemoryError) as error:
        raise ProgramError(
            f"The program finds words by {pattern!r:.100}, which is no pattern: {error!s:.100}."
        ) from error
    if compiled.groups > 1:
        raise ProgramError(
            f"The program finds words by {pattern!r:.100}, a pattern of {compiled.groups} groups:"
            " it does not say which of them is the word."
        )
    return compiled


def _runs(
    otherwise: Callable[[str], list[str]], least: int, *, lowercase: bool
) -> Callable[[str], list[str]]:
    """Runs of word characters: everything else becomes a space, and the text is split at spaces."""
    table = _WORD_BYTES.lower() if lowercase else _WORD_BYTES
    is_long = (1).__lt__

    def words(text: str) -> list[str]:
        if text.__class__ is not str or not text.isascii():
            return otherwise(text)
        found = text.encode().translate(table).decode().split()
        return list(compress(found, map(is_long, map(len, found)))) if least > 1 else found

    return words


def _with_ngrams(words: Callable[[str], list[str]], least: int, most: int) -> Analyze:
    if most == 1:
        return words
    if (least, most) == (1, 2):

        def up_to_pairs(text: str) -> list[str]:
            found = words(text)
            found += [*map(_space_join, pairwise(found))]
            return found

        return up_to_pairs

    def ngrams(text: str) -> list[str]:
        single = words(text)
        found = single.copy() if least == 1 else []
        for count in range(max(least, 2), min(most, len(single)) + 1):
            found += map(_space_join, zip(*(single[at:] for at in range(count)), strict=False))
        return found

    return ngrams


_collapse = re.compile(r"\s\s+").sub


def _characters(text: str, least: int, most: int) -> list[str]:
    text = _collapse(" ", text)
    found = [*text] if least == 1 else []
    for count in range(max(least, 2), min(most, len(text)) + 1):
        found += [text[at : at + count] for at in range(len(text) - count + 1)]
    return found


def _characters_of_words(text: str, least: int, most: int) -> list[str]:
    """Within words and the spaces around them; a word shorter than a term is one term, once."""
    found: list[str] = []
    for word in text.split():
        padded = f" {word} "
        length = len(padded)
        for count in range(least, most + 1):
            if count >= length:
                found.append(padded)
                break
            found += [padded[at : at + count] for at in range(length - count + 1)]
    return found
