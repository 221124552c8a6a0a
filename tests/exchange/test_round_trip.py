from __future__ import annotations

import json
import random
import tempfile
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostile_sets import corpus, written
from newspan.corpus import AnnotationSet, Corpus
from newspan.exchange.documents import documents_of
from newspan.exchange.facts import Fact, facts
from newspan.exchange.registry import FORMATS
from newspan.exchange.shapes import Format, Found, Options
from newspan.problems import Problem
from newspan.schema import is_valid

BOTH = [each for each in FORMATS.values() if each.read is not None and each.write is not None]


def round_trip(
    each: Format, made: Corpus, chosen: AnnotationSet
) -> tuple[Counter[Fact], Counter[Fact], Counter[str], list[Problem], list[Found]]:
    """Return facts lost and gained by writing and reading, declared losses, problems, documents."""
    assert each.write is not None and each.read is not None
    before = facts(documents_of(made, chosen))
    writing = each.write(made, chosen, Options())
    with tempfile.TemporaryDirectory() as folder:
        reading = each.read(written(writing.files, Path(folder)), Options())
        read = list(reading.documents)
        after = facts(read)
        for found in read:
            for record in found.records:
                assert is_valid("record.json", json.loads(json.dumps(record.to_json()))), record
        for label in reading.labels:
            assert is_valid("label.json", label), label
    declared = Counter({loss.what: loss.number for loss in writing.losses})
    return before - after, after - before, declared, reading.problems, read


@pytest.mark.parametrize("each", BOTH, ids=lambda each: each.name)
@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_what_is_not_read_back_was_declared_lost(each: Format, seed: int) -> None:
    """Whatever stands in a corpus is read back, or counted as lost before anything is written."""
    lost, gained, declared, problems, read = round_trip(each, *corpus(random.Random(seed)))

    assert Counter(fact[0] for fact in lost.elements()) == declared
    # Nothing appears but what the format must fill in, or what stands for something lost: a merged
    # label, a role that is another's, a span that is wider.
    families = {(fact[0].split(":")[0], fact[1]) for fact in lost}
    for fact in gained:
        filled_in = (fact[0], fact[-1]) in each.adds
        assert filled_in or (fact[0].split(":")[0], fact[1]) in families, fact
    # Said of texts that nobody looked at, and of no others.
    unseen = [each for each in problems if each.id == "text-not-annotated"]
    assert unseen == problems and len(unseen) <= sum(not each.looked for each in read)


@pytest.mark.parametrize("each", BOTH, ids=lambda each: each.name)
def test_the_same_corpus_gives_the_same_bytes(each: Format) -> None:
    """Written again, byte for byte the same: no clocks, no order of chance."""
    assert each.write is not None
    made, chosen = corpus(random.Random(7), documents=3)
    first, second = (dict(each.write(made, chosen, Options()).files) for _ in range(2))

    assert first == second and first


@pytest.mark.parametrize("each", BOTH, ids=lambda each: each.name)
def test_a_second_round_trip_loses_nothing(each: Format) -> None:
    """What a format gave back, it can hold: converting again changes nothing."""
    from newspan.exchange.documents import corpus_of

    assert each.write is not None and each.read is not None
    for seed in range(20):
        made, chosen = corpus(random.Random(seed))
        with tempfile.TemporaryDirectory() as folder:
            files = each.write(made, chosen, Options()).files
            made, chosen = corpus_of(each.read(written(files, Path(folder)), Options()))
        lost, gained, declared, *_ = round_trip(each, made, chosen)

        assert not lost and not gained and not declared, seed


def test_facts_see_every_difference() -> None:
    """Facts of two sets are the same only if their records are: any changed value changes them."""
    blind = set()
    seen = set()
    for seed in range(60):
        made, chosen = corpus(random.Random(seed), documents=1)
        documents = documents_of(made, chosen)
        whole = facts(documents)
        for index, record in enumerate(documents[0].records):
            for name, default in _optional(type(record)):
                if getattr(record, name) in (default, False, ()):
                    continue
                changed = msgspec.structs.replace(record, **{name: default})
                if name in ("role", "technique", "factuality", "match"):
                    changed = msgspec.structs.replace(record, **{name: "other"})
                records = list(documents[0].records)
                records[index] = changed
                other = msgspec.structs.replace(documents[0], records=tuple(records))
                seen.add((type(record).__name__, name))
                if facts([other]) == whole:
                    blind.add((type(record).__name__, name))

    assert blind == set()
    assert {("Span", "note"), ("Attribution", "parent_id"), ("Link", "unsure")} <= seen


def _optional(kind: type[msgspec.Struct]) -> list[tuple[str, object]]:
    defaults = kind.__struct_defaults__
    return list(zip(kind.__struct_fields__[-len(defaults) :], defaults, strict=True))
