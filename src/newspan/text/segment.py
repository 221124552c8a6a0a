"""Paragraphs and sentences as offsets on unaltered text.

Sentence borders are found by nupunkt (Kiss & Strunk 2006, "Unsupervised Multilingual Sentence
Boundary Detection"), run inside paragraphs. What its English model does not know, such as a
zero-width space behind a full stop or an Arabic question mark, is shown to it as a plain relative
of the same length, so that its offsets hold on the text as it is.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import Any

from newspan.text.boundaries import BLANK, trim

# Line ends: LF, CR LF, CR, vertical tab, form feed, NEL, line and paragraph separator.
_LINE = re.compile("[^\n\r\v\f\x85\u2028\u2029]+")

# One code point for one code point: offsets must survive.
_SHOWN_AS = str.maketrans({"؟": "?", "۔": ".", "؛": ";", "।": ".", "…": "."})
# Sentence ends of scripts that put no space behind them, with the closing marks that follow.
_UNSPACED_END = re.compile(r"[。！？｡]+[」』》”’）]*")

_ASKED = ("?”", "!”", '?"', '!"')
# No article, pronoun or preposition with a capital: those only begin sentences. Then a name with
# its titles, a verb of speech, and at most when, where or how.
_REPORTING_CLAUSE = re.compile(
    r"(?!(?:The|An?|He|She|It|They|We|I|You|His|Her|Their|This|That|These|Those|In|On|At|But|And|So)\b)"
    r"[^“”\".!?;:]{1,150}?\b(?:said|says|wrote|writes|asked|asks|added|told|tweeted|posted|replied|"
    r"warned|declared|exclaimed|wondered|demanded)"
    r"(?:,?\s(?:in|on|at|during|to|after|before|by|via|from|last|this|yesterday|earlier|late)\b"
    r"[^“”]*)?[.,]?"
)


def paragraphs(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return the extents of the lines that hold more than white space, trimmed of it.

    In scraped news each line is a paragraph; text that is wrapped at a column must be unwrapped
    before it is added to a corpus.
    """
    end = len(text) if end is None else end
    lines = (trim(text, *match.span()) for match in _LINE.finditer(text, start, end))
    return [line for line in lines if line[0] < line[1]]


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return the extents of the sentences of `text[start:end]`, trimmed of white space.

    No sentence crosses a line end. Between them the extents cover every character of the stretch
    that is not white space.
    """
    found: list[tuple[int, int]] = []
    for left, right in paragraphs(text, start, end):
        line: list[tuple[int, int]] = []
        shown = _shown(text[left:right])
        for first, last in _tokenizer().sent_spans(shown):
            for piece in _split_unspaced(text, left + first, left + last):
                extent = trim(text, *piece)
                if extent[0] == extent[1]:
                    continue
                if line and _is_reporting_clause(text, line[-1], extent):
                    line[-1] = (line[-1][0], extent[1])
                else:
                    line.append(extent)
        found += line
    return found


def _is_reporting_clause(text: str, before: tuple[int, int], extent: tuple[int, int]) -> bool:
    """Tell whether a stretch says who spoke the question or exclamation before it.

    “How can they?” Smith asked on Friday. The question mark ends the quotation, not the sentence,
    though a name's capital letter follows. Where the verb has an object of its own (“Who?” Smith
    said that he knew.), a new sentence has begun.
    """
    asked = text[before[0]] in '“"' and text[before[0] : before[1]].endswith(_ASKED)
    return asked and _REPORTING_CLAUSE.fullmatch(text, *extent) is not None


def _shown(text: str) -> str:
    return BLANK.sub(" ", text.translate(_SHOWN_AS))


def _split_unspaced(text: str, start: int, end: int) -> list[tuple[int, int]]:
    cuts = [match.end() for match in _UNSPACED_END.finditer(text, start, end)]
    borders = [start, *(cut for cut in cuts if cut < end), end]
    return list(pairwise(borders))


@cache
def _tokenizer() -> Any:
    import nupunkt

    return nupunkt
