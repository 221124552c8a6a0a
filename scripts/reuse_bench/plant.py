"""Make a collection with planted reuse: documents, and where in them each copy of what stands.

Articles of about 2.9 kB are cut from a folder of text at paragraph or word borders, or drawn from
a word model (`reuse_bench.base`) once the folder is used up: no part of a base is used twice. Part
of the base, in proportion, is kept back for the passages that are planted. Chance natural reuse
in the base stays what it is.

Everything is drawn from `seed`; the same base, size and seed give the same bytes. One batch of
documents is in memory at a time; what grows with the collection is some 60 bytes per copy.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TextIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from reuse_bench import base
from reuse_bench.base import Bigrams, Ids, Ints, WordModel, Zipf, render
from reuse_bench.edits import edited, resurfaced
from reuse_bench.passages import Passages, write_passages
from reuse_bench.plan import EDITS, KINDS, Plan, plan

ARTICLE = 2900  # characters, on average
LEAST = 600  # characters of an article around what is planted in it
ROOM = 200  # of them per planted copy
BATCH = 1024
DAYS = 20 * 365
BLOCK = 0.5  # chance that a copy is a paragraph of its own
SOURCES = [
    f"The {town} {paper}"
    for town in ("Northfield", "Harrow Bay", "Eastmere", "Quillon", "Saint Odo", "Vellmark")
    for paper in ("Courier", "Gazette", "Observer", "Wire")
]
DOCS, TRUTH, SUMMARY = "docs.jsonl", "truth.parquet", "plant.json"


@dataclass(frozen=True, slots=True)
class Planted:
    """What was made.

    Of the `chars`, `real_chars` are the base's and `generated_chars` a word model's; the others are
    copies. Of as many passages as `families`, `real_passages` are the base's.
    """

    base: str
    base_bytes: int
    seed: int
    documents: int
    chars: int
    real_chars: int
    generated_chars: int
    families: int
    real_passages: int
    copies: int
    copies_by_kind: dict[str, int]


def plant(texts: Path | None, documents: int, seed: int, out: Path) -> Planted:
    """Write docs.jsonl, truth.parquet and plant.json into `out`; return what plant.json holds.

    docs.jsonl has `id`, `text`, `date` and `source`, both made up. truth.parquet has one row per
    copy: `family`, `kind`, `edit` (the rate it was edited at; 0 for copy 0, the verbatim one),
    `level` (the rate of its family), `words` (of the verbatim passage), `doc`, `start`, `end`
    (half-open code points of exactly the planted words) and `copy`.
    """
    out.mkdir(parents=True, exist_ok=True)
    planned = plan(documents, seed)
    rng = np.random.default_rng([seed, 2])
    target = (ARTICLE * rng.uniform(0.5, 1.5, documents)).astype(np.int64)
    words = _Words(texts)
    own = _own_chars(planned, target, words.word_chars)
    kept = float(planned.words.sum() * words.word_chars)
    hosts, kept_back = _split(texts, words.char_bytes, kept, float(own.sum()))
    passages, real = write_passages(
        out / "passages.tmp",
        planned.words,
        kept_back,
        words.model,
        np.random.default_rng([seed, 3]),
    )
    writer = _Writer(planned, passages, words, own, _Stream(hosts), seed)
    try:
        with (out / DOCS).open("w", encoding="utf-8", newline="\n") as file:
            for begin in range(0, documents, BATCH):
                writer.batch(begin, min(begin + BATCH, documents), file)
    finally:
        passages.close()
    pq.write_table(_truth(planned, writer.start, writer.end), out / TRUTH)
    counts = np.bincount(planned.kind[planned.family], minlength=len(KINDS)).tolist()
    made = Planted(
        base=str(texts) if texts else "made-up words",
        base_bytes=base.size(texts) if texts else 0,
        seed=seed,
        documents=documents,
        chars=writer.chars,
        real_chars=writer.real_chars,
        generated_chars=writer.generated_chars,
        families=len(planned.kind),
        real_passages=real,
        copies=len(planned.doc),
        copies_by_kind=dict(zip(KINDS, counts, strict=True)),
    )
    (out / SUMMARY).write_text(json.dumps(asdict(made), indent=2) + "\n", encoding="utf-8")
    return made


class _Words:
    """What is known of the base's words: a vocabulary, their mean length, and a model on demand."""

    def __init__(self, texts: Path | None) -> None:
        if texts is None:
            zipf = Zipf()
            self.model: Callable[[], WordModel] = lambda: zipf
            self.vocabulary = zipf.words
            drawn = zipf.draw(np.random.default_rng(0), 10, 1000)
            self.word_chars, self.char_bytes = float(zipf.lengths[drawn].mean()), 1.0
            return
        text = base.sample(texts, base.VOCABULARY_CHARS)
        self.vocabulary = base.vocabulary(text)
        if len(self.vocabulary) < 2:
            raise ValueError(f"no words in lower case in the texts under {texts}")
        self.word_chars = len(text) / len(text.split())
        self.char_bytes = len(text.encode()) / len(text)
        self.model = cache(lambda: Bigrams(base.sample(texts, base.MODEL_CHARS)))


def _own_chars(planned: Plan, target: Ints, word_chars: float) -> Ints:
    """Return the characters of each article apart from what is planted in it."""
    planted = planned.words[planned.family] * word_chars
    inside = np.bincount(planned.doc, weights=planted, minlength=len(target))
    copies = np.bincount(planned.doc, minlength=len(target))
    least = np.maximum(LEAST, ROOM * copies)
    own: Ints = np.maximum(target - inside.astype(np.int64), least)
    return own


def _split(
    texts: Path | None, char_bytes: float, kept: float, own: float
) -> tuple[Iterator[str], Iterator[str]]:
    """Return pieces for the articles and pieces for the passages, from different text."""
    if texts is None:
        return iter(()), iter(())
    share = min(1.0, 1.1 * (kept + own) * char_bytes / max(base.size(texts), 1))
    cut = kept / (kept + own)

    def part(passages: bool) -> Iterator[str]:
        for text in base.chunks(texts, share):
            place = text.find(" ", int(cut * len(text)))
            if place >= 0:
                yield text[:place].strip() if passages else text[place:].strip()

    return part(passages=False), part(passages=True)


class _Stream:
    """Cuts running text from pieces, at a paragraph's end where one is near, else between words."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._text = ""
        self._place = 0

    def take(self, chars: int) -> str:
        """Return about `chars` characters; less, or nothing, when the base is used up."""
        while len(self._text) - self._place < chars + 200:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._text = self._text[self._place :] + "\n\n" + piece
            self._place = 0
        text, begin = self._text, self._place
        end = text.rfind("\n\n", begin + int(0.8 * chars), begin + chars)
        if end < 0:
            ends = [text.find(space, begin + chars, begin + chars + 200) for space in " \n"]
            end = min((place for place in ends if place >= 0), default=begin + chars)
        self._place = min(end, len(text))
        return text[begin : self._place].strip()


class _Writer:
    """Writes batches of documents and notes where the copies stand in them."""

    def __init__(
        self,
        planned: Plan,
        passages: Passages,
        words: _Words,
        own: Ints,
        stream: _Stream,
        seed: int,
    ) -> None:
        self._planned, self._passages, self._words = planned, passages, words
        self._own, self._stream, self._seed = own, stream, seed
        self._first = np.searchsorted(planned.doc, np.arange(len(own) + 1))
        self.start = np.zeros(len(planned.doc), dtype=np.int32)
        self.end = np.zeros(len(planned.doc), dtype=np.int32)
        self.chars = self.real_chars = self.generated_chars = 0

    def batch(self, begin: int, end: int, file: TextIO) -> None:
        """Write the documents from `begin` to before `end`."""
        rng = np.random.default_rng([self._seed, 4, begin])
        days = np.datetime64("2005-01-01") + rng.integers(DAYS, size=end - begin)
        dates = days.astype(str).tolist()
        # Few sources write much, most little.
        sources = np.minimum(rng.geometric(0.15, end - begin) - 1, len(SOURCES) - 1).tolist()
        for row, host in enumerate(self._hosts(begin, end, rng)):
            text = self._with_copies(begin + row, host, rng)
            record = {"id": f"d{begin + row:07d}", "text": text}
            record |= {"date": dates[row], "source": SOURCES[sources[row]]}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            self.chars += len(text)

    def _hosts(self, begin: int, end: int, rng: np.random.Generator) -> list[str]:
        """Return the articles' own texts: real while the base lasts, then generated."""
        own = self._own[begin:end]
        found: list[str] = []
        for chars in own.tolist():
            text = self._stream.take(chars)
            if len(text) < chars // 2:
                break
            found.append(text)
        self.real_chars += sum(map(len, found))
        if len(found) < len(own):
            generated = _generated(self._words.model(), own[len(found) :], rng)
            self.generated_chars += sum(map(len, generated))
            found += generated
        return found

    def _with_copies(self, doc: int, host: str, rng: np.random.Generator) -> str:
        """Return the article with its copies put in, apart from one another; note their offsets."""
        indices = range(int(self._first[doc]), int(self._first[doc + 1]))
        copies = [self._copy(index, rng) for index in indices]
        if not copies:
            return host
        # One place in each of as many equal parts of the host; sometimes its very start or end.
        places = (np.arange(len(copies)) + 0.15 + 0.7 * rng.random(len(copies))) / len(copies)
        places = np.clip(1.1 * places - 0.05, 0, 1) * len(host)
        spaces = np.where(rng.random(len(copies)) < BLOCK, "\n\n", " ").tolist()
        parts: list[str] = []
        length = done = 0

        def add(part: str, space: str) -> None:
            nonlocal length
            if part:
                if parts:
                    parts.append(space)
                    length += len(space)
                parts.append(part)
                length += len(part)

        for index, copy, place, space in zip(
            indices, copies, places.astype(int).tolist(), spaces, strict=True
        ):
            border = max(done, _border(host, place))
            add(host[done:border].strip(), spaces[max(0, index - indices[0] - 1)])
            add(copy, space)
            self.start[index], self.end[index] = length - len(copy), length
            done = border
        add(host[done:].strip(), spaces[-1])
        text = "".join(parts)
        for index, copy in zip(indices, copies, strict=True):
            assert text[self.start[index] : self.end[index]] == copy, (doc, index)
        return text

    def _copy(self, index: int, rng: np.random.Generator) -> str:
        """Return the passage, verbatim as copy 0 and changed as any other."""
        family = int(self._planned.family[index])
        text = self._passages[family]
        if self._planned.copy[index] == 0:
            return text
        rate = EDITS[self._planned.edit[family]]
        return resurfaced(edited(text, rate, self._words.vocabulary, rng), rng)


def _border(text: str, place: int) -> int:
    """Return the first place with white space from `place` on, or the end; 0 stays 0."""
    if place == 0:
        return 0
    found = [text.find(space, place) for space in " \n"]
    return min((place for place in found if place >= 0), default=len(text))


def _generated(model: WordModel, own: Ints, rng: np.random.Generator) -> list[str]:
    """Return running texts of about own[n] characters each from the model."""
    steps = int(own.max() / model.lengths.mean()) + 1
    while True:
        drawn = model.draw(rng, len(own), steps)
        sums = np.cumsum(model.lengths[drawn], axis=1)
        if (sums[:, -1] >= own).all():
            break
        steps += steps // 4 + 1
    number = (sums < own[:, None]).sum(axis=1)
    return [render(model, row[:words]) for row, words in zip(drawn, number.tolist(), strict=True)]


def _truth(planned: Plan, start: Ids, end: Ids) -> pa.Table:
    order = np.lexsort((planned.copy, planned.family))
    family, copy = planned.family[order], planned.copy[order]
    levels = np.array(EDITS)[planned.edit[family]]
    return pa.table(
        {
            "family": pa.array(family),
            "kind": pa.array(np.array(KINDS)[planned.kind[family]].tolist(), pa.string()),
            "edit": pa.array(np.where(copy == 0, 0.0, levels)),
            "level": pa.array(levels),
            "words": pa.array(planned.words[family]),
            "doc": pa.array([f"d{doc:07d}" for doc in planned.doc[order].tolist()], pa.string()),
            "start": pa.array(start[order]),
            "end": pa.array(end[order]),
            "copy": pa.array(copy),
        }
    )
