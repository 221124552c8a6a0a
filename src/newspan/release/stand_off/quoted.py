"""Quotations of documents in strings: taken out, and put back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from newspan.release.stand_off.common_words import SHORTEST, CommonWords, Plain, Run, plain

#: What stands where a quotation was taken out.
MARK = "[…]"
#: A quotation whose line was broken is cut in pieces; shorter ones are left.
_PIECE = 4
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')

#: A stretch of a document: its id, start and end.
Stretch = tuple[str, int, int]
#: A piece taken out: where its mark stands, and the document, start and end it came from.
Cut = tuple[int, str, int, int]


class Quote(msgspec.Struct, frozen=True):
    """A quotation: every stretch of documents that it ships, and its pieces.

    A piece has exactly a document's characters: its place in the string, and the stretch.
    """

    stretches: tuple[Stretch, ...]
    pieces: tuple[tuple[int, Stretch], ...]


Keep = Callable[[Quote], bool]


class Quoted:
    """Finds what strings quote from the documents.

    Args:
        texts: each document's unaltered text, by id.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self.common = CommonWords(texts)

    def find(self, string: str) -> Iterator[Quote]:
        """Yield the quotations of a string from left to right."""
        if len(string) < SHORTEST:
            return
        words = plain(string)
        runs = sorted(self.common.runs(words.text), key=lambda run: run.left)
        while runs:
            right, number = runs[0].right, 1
            while number < len(runs) and runs[number].left < right:
                right = max(right, runs[number].right)
                number += 1
            yield self._quote(string, words, runs[:number])
            runs = runs[number:]

    def _quote(self, string: str, words: Plain, runs: list[Run]) -> Quote:
        stretches: list[Stretch] = []
        for run in runs:
            origin = self.common.plain[run.document]
            end = run.start + run.right - run.left
            stretches.append((run.document, *origin.stretch(run.start, end)))
        taken: list[tuple[int, int]] = []
        pieces: list[tuple[int, Stretch]] = []
        for run in sorted(runs, key=lambda run: (run.left - run.right, run.left)):
            left, right = run.left, run.right
            for start, end in taken:
                if start <= left < end:
                    left = end
                if start < right <= end:
                    right = start
            if right - left >= (SHORTEST if taken else 1):
                taken.append((left, right))
                pieces += self._pieces(string, words, run, left, right)
        return Quote(tuple(stretches), tuple(sorted(pieces)))

    def _pieces(
        self, string: str, words: Plain, run: Run, left: int, right: int
    ) -> Iterator[tuple[int, Stretch]]:
        """Yield the parts of a run whose characters are exactly those of the document."""
        text, origin = self._texts[run.document], self.common.plain[run.document].origin
        at = start = length = -1
        for place in range(left, right):
            here, there = words.origin[place], origin[run.start + place - run.left]
            if string[here] != text[there]:
                here = there = -2
            if length > 0 and (here, there) == (at + length, start + length):
                length += 1
                continue
            if length >= _PIECE:
                yield at, (run.document, start, start + length)
            at, start, length = here, there, int(here >= 0)
        if length >= _PIECE:
            yield at, (run.document, start, start + length)


def cut(string: str, quotes: Iterable[Quote], keep: Keep) -> tuple[str, list[Cut]]:
    """Return a string with marks for the quotations that are not kept, and where they were."""
    parts: list[str] = []
    cuts: list[Cut] = []
    behind = length = 0
    for quote in quotes:
        for at, (document, start, end) in () if keep(quote) else quote.pieces:
            parts += [string[behind:at], MARK]
            length += at - behind
            cuts.append((length, document, start, end))
            length += len(MARK)
            behind = at + end - start
    return "".join([*parts, string[behind:]]), cuts


def fill(string: str, cuts: Iterable[Cut], texts: Mapping[str, str]) -> str:
    """Return a string with its quotations put back where their documents are at hand.

    Raises:
        ValueError: when no mark stands where a cut was made.
    """
    for at, document, start, end in reversed(list(cuts)):
        if string[at : at + len(MARK)] != MARK:
            raise ValueError(f"no {MARK} stands at character {at}")
        if document in texts:
            string = string[:at] + texts[document][start:end] + string[at + len(MARK) :]
    return string


def cut_json(text: str, quoted: Quoted, keep: Keep) -> tuple[str, list[list[Any]]]:
    """Return the text of a JSON file with its strings cut, and the cuts of each string.

    Each entry is the number of the string in the file, counted from 0, and its cuts. A string that
    would not be written back as it was, such as one with needless escapes, is cut from its raw
    text: its entry has a third value, true.
    """
    entries: list[list[Any]] = []
    number = -1

    def one(match: re.Match[str]) -> str:
        nonlocal number
        number += 1
        literal = match[0]
        if len(literal) < SHORTEST:
            return literal
        string = json.loads(literal)
        raw = _dumped(string) != literal
        value = literal[1:-1] if raw else string
        shown, cuts = cut(value, quoted.find(value), keep)
        if not cuts:
            return literal
        entries.append([number, cuts, True] if raw else [number, cuts])
        return f'"{shown}"' if raw else _dumped(shown)

    return _STRING.sub(one, text), entries


def fill_json(text: str, entries: Iterable[list[Any]], texts: Mapping[str, str]) -> str:
    """Return the text of a JSON file with its strings filled, as `cut_json` cut them."""
    wanted = {entry[0]: entry for entry in entries}
    number = -1

    def one(match: re.Match[str]) -> str:
        nonlocal number
        number += 1
        literal = match[0]
        if number not in wanted:
            return literal
        _, cuts, *raw = wanted[number]
        if raw:
            return f'"{fill(literal[1:-1], cuts, texts)}"'
        return _dumped(fill(json.loads(literal), cuts, texts))

    return _STRING.sub(one, text)


def _dumped(string: str) -> str:
    return json.dumps(string, ensure_ascii=False)
