from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostile_sets import corpus, written
from newspan.exchange.registry import FORMATS
from newspan.exchange.shapes import Options
from newspan.model import Span
from newspan.schema import is_valid

#: What torn, wrongly converted and hand-edited files have.
PIECES = [
    *"\n\t ;:\"{#\x00\ufeff", "\r\n", "999999", "-1", "T1", "E1\t", "Cue", "B-",
]  # fmt: skip


@pytest.mark.parametrize("name", ["brat", "polnear", "conll", "bio-jsonl"])
@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_torn_files_are_read_without_a_traceback(name: str, seed: int) -> None:
    """Whatever is done to a file, what is read are records by their schema, of the text."""
    rng = random.Random(seed)
    each = FORMATS[name]
    assert each.write is not None and each.read is not None
    files = dict(each.write(*corpus(rng, documents=2), Options()).files)
    for path in rng.sample(sorted(files), min(2, len(files))):
        files[path] = _torn(rng, files[path])
    with tempfile.TemporaryDirectory() as folder:
        reading = each.read(written(files.items(), Path(folder)), Options())
        for found in reading.documents:
            for record in found.records:
                assert is_valid("record.json", json.loads(json.dumps(record.to_json()))), record
                if isinstance(record, Span):
                    assert found.text[record.start : record.end] == record.text
            assert len({record.id for record in found.records}) == len(found.records)
    for problem in reading.problems:
        assert problem.hint and problem.place.file in files


def _torn(rng: random.Random, raw: bytes) -> bytes:
    """Return a file's bytes with some lines out, twice, elsewhere, and pieces put in or over."""
    lines = raw.split(b"\n")
    for _ in range(rng.randrange(1, 5)):
        at = rng.randrange(len(lines))
        line, piece = lines[at], rng.choice(PIECES).encode()
        cut = rng.randrange(len(line) + 1)
        lines[at : at + 1] = rng.choice(
            [
                [],
                [line, line],
                [line[:cut]],
                [line[:cut] + piece + line[cut:]],
                [line[:cut] + piece + line[cut + len(piece) :]],
                [line[:cut] + b"\xff" + line[cut:]],
                [lines[rng.randrange(len(lines))]],
            ]
        )
        if not lines:
            lines = [b""]
    return b"\n".join(lines)
