"""Texts for the finder's tests, both implementations on them, and what holds for every result."""

from __future__ import annotations

import random
import re
import signal
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from newspan.reuse.buffered import Alphabet, BufferedTexts, read_batch
from newspan.reuse.clusters import clusters_table, families, members_table
from newspan.reuse.parameters import Parameters
from newspan.reuse.plain import PlainTexts
from newspan.reuse.tables import pairs_table
from newspan.reuse.words import words_of

Rows = list[dict[str, Any]]


def ids_of(texts: Sequence[str]) -> list[str]:
    """Return ids that sort as the texts stand."""
    return [f"d{number:05}" for number in range(len(texts))]


def plain(texts: Sequence[str], first_of_other: int = -1) -> PlainTexts:
    """Return texts as plain Python holds them."""
    return PlainTexts(ids_of(texts), texts, first_of_other)


def buffered(
    texts: Sequence[str], first_of_other: int = -1, readings: Sequence[int] | None = None
) -> BufferedTexts:
    """Return texts as the compiled loops take them; `readings`: by rank, the order of reading."""
    order = np.arange(len(texts)) if readings is None else np.array(readings, np.int64)
    encoded = [b""] * len(texts)
    for rank, reading in enumerate(order.tolist()):
        encoded[reading] = texts[rank].encode()
    offsets = np.concatenate([[0], np.cumsum([len(each) for each in encoded])]).astype(np.int64)
    buffer = np.frombuffer(b"".join(encoded), np.uint8)
    alphabet = Alphabet()
    batch = read_batch(buffer, offsets, alphabet)
    return BufferedTexts(
        pa.array(ids_of(texts), pa.string()),
        order,
        buffer,
        offsets,
        batch,
        alphabet,
        first_of_other,
    )


class Result:
    """The tables of one run, as rows."""

    def __init__(self, texts: Any, parameters: Parameters, found: Any = None) -> None:
        """Find passages, or take those that were found, and their clusters."""
        ids = pa.array(list(texts.ids), pa.string())
        blocks, runs = texts.blocks(parameters) if found is None else found
        located, same = texts.locate(blocks, runs)
        self.pairs: Rows = pairs_table(ids, blocks, located, same).to_pylist()
        clustered = families(texts, blocks, runs, parameters)
        members = members_table(clustered, ids, None, texts.first_of_other)
        self.members: Rows = members.to_pylist()
        ranks = {name: rank for rank, name in enumerate(ids.to_pylist())}
        self.clusters: Rows = clusters_table(
            members, lambda doc, start, end: texts.surface(ranks[doc], start, end)
        ).to_pylist()

    def __eq__(self, other: object) -> bool:
        """Tell whether all rows are the same."""
        return isinstance(other, Result) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]


def prose(rng: random.Random, words: int, vocabulary: int = 40_000) -> str:
    """Return made-up running text, some of it beyond ASCII."""
    found = []
    for _ in range(words):
        word = f"w{rng.randrange(vocabulary):x}"
        found.append(rng.choice([word, word, word, word.upper(), word + "é", f"“{word},”"]))
    return " ".join(found)


def edited(rng: random.Random, text: str, rate: float) -> str:
    """Return a text with words changed, left out and put in."""
    found = []
    for word in text.split(" "):
        chance = rng.random()
        if chance < rate / 3:
            continue
        if chance < 2 * rate / 3:
            word = f"x{rng.randrange(10**6)}"
        found.append(word)
        if 2 * rate / 3 <= chance < rate:
            found.append(f"y{rng.randrange(10**6)}")
    return " ".join(found)


def with_reuse(seed: int, documents: int = 30, families: int = 12) -> list[str]:
    """Return documents that share passages, some edited, some within one document, one often."""
    rng = random.Random(seed)
    found = [[prose(rng, rng.randrange(0, 120))] for _ in range(documents)]
    for family in range(families):
        passage = prose(rng, rng.choice([11, 15, 30, 80, 160]))
        copies = documents if family == 0 else rng.randrange(2, 5)
        for _ in range(copies):
            pieces = found[rng.randrange(documents)]
            pieces += [edited(rng, passage, rng.choice([0, 0, 0.05, 0.2])), prose(rng, 25)]
    return ["\n\n".join(pieces) for pieces in found]


def repetitive(seed: int, documents: int = 4, words: int = 260, vocabulary: int = 7) -> list[str]:
    """Return documents of few different words, which repeat themselves everywhere."""
    rng = random.Random(seed)
    return [
        " ".join(f"r{rng.randrange(vocabulary)}" for _ in range(words)) for _ in range(documents)
    ]


def narrowing(period: int, each: int) -> str:
    """Return a text that repeats itself at a distance that shrinks to nothing."""
    words = [f"p{number}" for number in range(period)]
    for distance in range(period, 0, -1):
        for _ in range(each):
            words.append(words[-distance])
    return " ".join([*words, *(f"z{number}" for number in range(60))])


def mixed_scripts(seed: int, documents: int = 10) -> list[str]:
    """Return documents in several scripts that share passages."""
    rng = random.Random(seed)
    alphabets = [
        [chr(code) for code in range(0x4E00, 0x4E00 + 800)],
        [chr(code) for code in range(0x0E01, 0x0E2F)],
        [f"{chr(0x0627 + n % 30)}{chr(0x0628 + n % 29)}\u064e{n} " for n in range(300)],
        [f"{chr(0x1F600 + n % 60)} e\u0301{n} " for n in range(300)],
        [f"{chr(0xAC00 + 13 * n)}{chr(0x1100 + n % 19)}\u1161 " for n in range(500)],
    ]

    def some(letters: list[str], size: int) -> str:
        return "".join(rng.choice(letters) for _ in range(size))

    found = [""] * documents
    for letters in alphabets:
        shared = [some(letters, rng.choice([40, 90])) for _ in range(3)]
        for document in range(documents):
            found[document] += some(letters, 30) + rng.choice(shared) + some(letters, 30) + "。\n"
    return found


def check_pairs(
    rows: Rows, texts: dict[str, str], parameters: Parameters, others: set[str] | None = None
) -> None:
    """Hold pairs to what is true of every pair; `others`: ids of the other collection."""
    words = {name: words_of(text) for name, text in texts.items()}
    values: dict[tuple[str, int, int], list[int]] = {}
    for row in rows:
        sides = []
        for side in "ab":
            doc, start, end = (row[f"{name}_{side}"] for name in ("doc", "start", "end"))
            assert 0 <= start < end <= len(texts[doc]), row
            assert start in words[doc].starts and end in words[doc].ends, row
            first, last = words[doc].starts.index(start), words[doc].ends.index(end)
            values[doc, start, end] = words[doc].values[first : last + 1]
            sides.append((doc, start, end))
        (doc_a, start_a, end_a), (doc_b, start_b, end_b) = sides
        if others is None:
            assert doc_a <= doc_b, row
        else:
            assert doc_a not in others and doc_b in others, row
        if doc_a == doc_b:
            assert end_a <= start_b, row
        assert parameters.min_identity <= row["identity"] <= 1, row
        equal = values[sides[0]] == values[sides[1]]
        assert (row["match"] == "exact") == equal, row
        assert equal == (row["identity"] == 1), row
        at_a, at_b = start_a, start_b
        for run in row["alignment"]:
            assert run["length"] > 0, row
            assert at_a <= run["start_a"] and at_b <= run["start_b"], row
            at_a, at_b = run["start_a"] + run["length"], run["start_b"] + run["length"]
            left = texts[doc_a][run["start_a"] : at_a]
            assert left == texts[doc_b][run["start_b"] : at_b], row
        assert at_a <= end_a and at_b <= end_b, row
    order = [
        tuple(row[n] for n in ("doc_a", "start_a", "doc_b", "start_b", "end_a", "end_b"))
        for row in rows
    ]
    assert order == sorted(order) and len(set(order)) == len(order)


def check_members(rows: Rows, texts: dict[str, str], parameters: Parameters) -> None:
    """Hold members of clusters to what is true of all of them."""
    clusters: dict[str, Rows] = defaultdict(list)
    for row in rows:
        assert re.fullmatch(r"c[0-9a-f]{15}", row["cluster"]), row
        clusters[row["cluster"]].append(row)
        assert 0 <= row["start"] < row["end"] <= len(texts[row["doc"]]), row
        words = words_of(texts[row["doc"]])
        assert row["start"] in words.starts and row["end"] in words.ends, row
        assert parameters.min_identity <= row["similarity"] <= 1, row
    assert [row["cluster"] for row in rows] == sorted(row["cluster"] for row in rows)
    for members in clusters.values():
        assert len(members) >= 2, members
        roles = [row["copy_role"] for row in members]
        assert roles == ["canonical"] + ["copy"] * (len(members) - 1), members
        head, *copies = members
        assert head["similarity"] == 1 and head["match"] == "exact"
        said = words_of(texts[head["doc"]][head["start"] : head["end"]]).values
        for row in copies:
            here = words_of(texts[row["doc"]][row["start"] : row["end"]]).values
            assert (row["match"] == "exact") == (here == said), row
    extents = sorted((row["doc"], row["start"], row["end"]) for row in rows)
    for before, after in pairwise(extents):
        assert before[0] != after[0] or before[2] <= after[1], (before, after)


class TooLongError(AssertionError):
    """Something does not end."""


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Fail when the block, of plain Python, takes longer."""

    def stop(*_: object) -> None:
        raise TooLongError(f"still running after {seconds} seconds")

    before: Callable[..., Any] | int | None = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
