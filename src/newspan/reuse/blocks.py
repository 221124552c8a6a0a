"""The duplicate blocks of a corpus, as the annotation set that the rule produces."""

from __future__ import annotations

import hashlib
import re
from typing import Any, NamedTuple

import numpy as np

from newspan.corpus import Corpus
from newspan.model import Coverage, Document, Item, Producer, Run, SetInfo, Span, Zone
from newspan.reuse.clusters import Families, families
from newspan.reuse.parameters import SET_ID, Parameters
from newspan.reuse.plain import PlainTexts
from newspan.text import trim

LAYER = "duplicate_block"
# Said first to be canonical: what an author wrote as running text.
_RUNNING = ("paragraph", "heading", "title")
# So few words beyond a line's end came along by chance ("The", "It was").
_OVERHANG = 3
_OPENING = "“‘«„\"'(["
_CLOSING = "”’»\"')].,;:!?…"
_LINE = re.compile(r"[\n\r\v\f\x85\u2028\u2029]")


class BlockSet(NamedTuple):
    """A set of duplicate blocks: its head, and spans by item in text order."""

    info: SetInfo
    spans: dict[str, list[Span]]


class Unit(NamedTuple):
    """An item as a text of its own."""

    document: Document
    item: Item
    text: str


def units_of(corpus: Corpus) -> list[Unit]:
    """Return the items of a corpus in file order."""
    return [
        Unit(document, item, corpus.texts[document.id][item.start : item.end])
        for document in sorted(corpus.documents, key=lambda each: each.id)
        for item in sorted(document.items, key=lambda each: each.start)
    ]


def duplicate_blocks(
    corpus: Corpus, created: str, parameters: Parameters | None = None
) -> BlockSet:
    """Return the duplicate blocks of a corpus: every passage that stands in it more than once.

    Items are compared with each other and with themselves; zones are told apart only by which
    member is canonical. A block ends where a line ends when only a few words reach over it, and
    takes the quotation marks and full stops that touch it.

    Args:
        corpus: the corpus, without problems.
        created: the day to write into the set's head.
        parameters: how; None for the defaults.
    """
    parameters = parameters or Parameters()
    units = units_of(corpus)
    # Names that sort as the items stand: rank is file order.
    texts = PlainTexts([unit.item.id for unit in units], [unit.text for unit in units])
    blocks, runs = texts.blocks(parameters)
    found = families(
        texts,
        blocks,
        runs,
        parameters,
        zone_order=lambda rank, start, end: _zone_order(units[rank], start, end),
        tidy=lambda members: _tidied(members, texts, units),
    )
    spans = _spans(found, texts, units)
    version = f"{parameters.shingle}-{parameters.min_words}-{parameters.min_identity:g}"
    info = SetInfo(
        id=SET_ID,
        producer=Producer("rule", "newspan duplicates", "1"),
        created=created,
        labels_sha256=corpus.labels.sha256,
        coverage=tuple(
            Coverage(unit.item.id, (LAYER,), tuple(dict.fromkeys(z.kind for z in unit.item.zones)))
            for unit in units
        ),
        description=(
            "Passages that stand in the corpus more than once, found by a rule "
            f"(shingle-words-identity {version}). Similarity: 2 * equal words / words of both."
        ),
    )
    return BlockSet(info, spans)


def main_zone(item: Item, start: int, end: int) -> Zone | None:
    """Return the zone that has most of an extent in a document; the first of equals."""
    shares = [(min(z.end, end) - max(z.start, start), -z.start, z) for z in item.zones]
    best = max(shares, default=None, key=lambda share: share[:2])
    return best[2] if best and best[0] > 0 else None


def _zone_order(unit: Unit, start: int, end: int) -> int:
    zone = main_zone(unit.item, unit.item.start + start, unit.item.start + end)
    return 0 if zone is not None and zone.kind in _RUNNING else 1


def _tidied(members: Any, texts: PlainTexts, units: list[Unit]) -> Any:
    """Return members without the few words by which they reach over a line's end.

    Where every member of a cluster touches another passage at that end, the words are no chance.
    """
    ends = {(rank, last) for _, rank, _, last in members.tolist()}
    starts = {(rank, first) for _, rank, first, _ in members.tolist()}
    alone: dict[tuple[int, str], bool] = {}
    for family, rank, first, last in members.tolist():
        for side, touches in (("left", (rank, first) in ends), ("right", (rank, last) in starts)):
            alone[family, side] = alone.get((family, side), False) or not touches
    tidied = members.copy()
    for row, (family, rank, first, last) in enumerate(members.tolist()):
        words = texts.words_of(rank)
        text = units[rank].text

        def breaks(word: int, text: str = text, words: Any = words) -> bool:
            """Tell whether a line ends between a word and the one before it."""
            inside = 0 < word < len(words.ends)
            return not inside or bool(_LINE.search(text, words.ends[word - 1], words.starts[word]))

        if alone[family, "right"] and not breaks(last):
            cuts = range(last - 1, max(first, last - 1 - _OVERHANG), -1)
            last = next((word for word in cuts if breaks(word)), last)
        if alone[family, "left"] and not breaks(first):
            cuts = range(first + 1, min(last, first + 1 + _OVERHANG))
            first = next((word for word in cuts if breaks(word)), first)
        tidied[row, 2:] = first, last
    return tidied


def _spans(found: Families, texts: PlainTexts, units: list[Unit]) -> dict[str, list[Span]]:
    documents: dict[str, set[str]] = {}
    for row, member in enumerate(found.members.tolist()):
        documents.setdefault(found.names[row], set()).add(units[member[1]].document.id)
    spans: dict[str, list[Span]] = {unit.item.id: [] for unit in units}
    taken: set[str] = set()
    for row in np.lexsort((found.canonical != np.arange(len(found.members)),)).tolist():
        unit, head_unit = (
            units[int(found.members[each, 1])] for each in (row, found.canonical[row])
        )
        name = found.names[row]
        is_canonical = row == found.canonical[row] and name not in taken
        taken.add(name)
        start, end = _widened(unit.text, *found.places[row].tolist())
        equal, both, first, count = found.alike[row].tolist()
        runs = texts.identical(
            found.members[row],
            found.members[found.canonical[row]],
            found.runs[first : first + count],
        )
        head_places = _widened(head_unit.text, *found.places[found.canonical[row]].tolist())
        runs = stretched(unit.text, head_unit.text, runs, (start, end), head_places)
        at, head_at = unit.item.start, head_unit.item.start
        alignment = tuple(
            Run(at + a, at + a + size, head_at + b, head_at + b + size) for a, b, size in runs
        )
        spans[unit.item.id].append(
            Span(
                id=_span_id(name, unit.item.id, at + start, at + end),
                layer=LAYER,
                start=at + start,
                end=at + end,
                text=unit.text[start:end],
                cluster=name,
                copy_role="canonical" if is_canonical else "copy",
                match="exact" if 2 * equal == both and count == 1 else "near",
                similarity=round(2 * equal / both, 4),
                scope="across" if len(documents[name]) > 1 else "within",
                alignment=None if is_canonical else alignment,
            )
        )
    for each in spans.values():
        each.sort(key=lambda span: (span.start, span.end, span.id))
    return {item: each for item, each in spans.items() if each}


def stretched(
    text: str,
    head: str,
    runs: list[tuple[int, int, int]],
    extent: tuple[int, int],
    head_extent: tuple[int, int],
) -> list[tuple[int, int, int]]:
    """Return runs of identical text that reach as far as the text is identical, marks included.

    Args:
        text: of the member.
        head: of the canonical member.
        runs: (start, start in the canonical one's text, length), in order.
        extent: of the member: no run reaches out of it.
        head_extent: of the canonical member.
    """
    out: list[tuple[int, int, int]] = []
    for index, (a, b, size) in enumerate(runs):
        low_a, low_b = extent[0], head_extent[0]
        if out:
            low_a, low_b = out[-1][0] + out[-1][2], out[-1][1] + out[-1][2]
        while a > low_a and b > low_b and text[a - 1] == head[b - 1]:
            a, b, size = a - 1, b - 1, size + 1
        last = index + 1 == len(runs)
        high_a = extent[1] if last else runs[index + 1][0]
        high_b = head_extent[1] if last else runs[index + 1][1]
        while a + size < high_a and b + size < high_b and text[a + size] == head[b + size]:
            size += 1
        out.append((a, b, size))
    return out


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """Return an extent with the opening marks before it and the closing ones behind it."""
    while start > 0 and text[start - 1] in _OPENING:
        start -= 1
    while end < len(text) and text[end] in _CLOSING:
        end += 1
    return trim(text, start, end)


def _span_id(cluster: str, item: str, start: int, end: int) -> str:
    whole = f"{cluster} {item} {start} {end}"
    return "d" + hashlib.sha256(whole.encode()).hexdigest()[:15]
