"""The finder: both implementations row for row, and what is true of every result."""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from newspan.engines import local
from newspan.engines.collection import Collected
from newspan.reuse.parameters import Parameters
from reuse_bench.plant import plant

pytest.importorskip("numba")

from reuse_texts import (
    Result,
    TooLongError,
    buffered,
    check_members,
    check_pairs,
    edited,
    ids_of,
    mixed_scripts,
    narrowing,
    plain,
    prose,
    repetitive,
    with_reuse,
    within,
)

TEXTS = {
    "reuse": with_reuse(1),
    "reuse again": with_reuse(2, documents=12, families=25),
    "scripts": mixed_scripts(3),
    "few words": repetitive(4, vocabulary=12),
    "very few words": repetitive(5, documents=3, words=150, vocabulary=3),
    "lines": ["one two three\n" * 40, "one two three four\n" * 30 + "five", "a b " * 60, "same"],
    "family": [f"{prose(random.Random(n), 9)} {prose(random.Random(0), 40)}" for n in range(30)],
    "nothing": ["", "one", "…", "", "two three"],
}
PARAMETERS = [
    Parameters(),
    Parameters(shingle=3, min_words=5, gap=0, all_pairs_to=0),
    Parameters(shingle=8, sample=2, min_words=20, all_pairs_to=2),
    Parameters(shingle=4, sample=4, min_words=8, min_identity=0.9, snap=1),
    Parameters(shingle=3, min_words=6, min_identity=0.3, drop=20, gap=60, snap=12),
]


def compared(texts: list[str], parameters: Parameters, first_of_other: int = -1) -> Result:
    """Run both implementations, hold them to the same rows and these to what is true of all."""
    with within(20):
        left = Result(plain(texts, first_of_other), parameters)
    right = Result(buffered(texts, first_of_other), parameters)
    assert left.pairs == right.pairs
    assert left.members == right.members
    assert left.clusters == right.clusters
    named = dict(zip(ids_of(texts), texts, strict=True))
    others = set(ids_of(texts)[first_of_other:]) if first_of_other >= 0 else None
    check_pairs(left.pairs, named, parameters, others)
    check_members(left.members, named, parameters)
    return left


@pytest.mark.parametrize("parameters", PARAMETERS, ids=range(len(PARAMETERS)))
@pytest.mark.parametrize("name", TEXTS)
def test_both_implementations_find_the_same(name: str, parameters: Parameters) -> None:
    """Plain Python and the compiled loops give the same pairs, members and clusters, all valid."""
    compared(TEXTS[name], parameters)


@pytest.mark.parametrize("share", [0, 0.3, 0.5, 1])
@pytest.mark.parametrize("name", ["reuse", "scripts", "few words", "lines", "family"])
def test_both_implementations_compare_collections_alike(name: str, share: float) -> None:
    """With another collection, from none to all of the texts, both give the same, and every pair
    has one side in each."""
    texts = TEXTS[name]
    first = int(share * len(texts))
    result = compared(texts, Parameters(), first)
    if share in (0, 1):
        assert not result.pairs and not result.members


@pytest.mark.parametrize("seed", range(12))
def test_both_implementations_agree_on_random_texts_and_parameters(seed: int) -> None:
    """Whatever the texts and parameters, both implementations give the same rows, all valid."""
    rng = random.Random(seed)
    texts = rng.choice([with_reuse, mixed_scripts])(seed, rng.randrange(4, 14))
    texts += repetitive(seed, 2, rng.randrange(20, 160), rng.choice([4, 9, 25]))
    rng.shuffle(texts)
    parameters = Parameters(
        shingle=rng.randrange(3, 9),
        sample=rng.choice([1, 2, 4]),
        all_pairs_to=rng.choice([0, 2, 20]),
        min_words=rng.randrange(5, 21),
        min_identity=rng.choice([0.3, 0.6, 0.8, 1.0]),
        drop=rng.choice([1, 8, 15]),
        gap=rng.choice([0, 5, 30]),
        snap=rng.choice([1, 5, 10]),
    )
    compared(texts, parameters, rng.choice([-1, -1, len(texts) // 2]))


def test_planted_reuse_is_found_alike(tmp_path: Path) -> None:
    """On the benchmark's documents both give the same, and find nearly every planted copy."""
    plant(None, 40, 7, tmp_path)
    lines = (tmp_path / "docs.jsonl").read_text(encoding="utf-8").splitlines()
    compared([json.loads(line)["text"] for line in lines], Parameters())


def test_verbatim_passages_are_found_whole() -> None:
    """Of passages of 12 words and more that stand verbatim in two texts, each is found, whole."""
    rng = random.Random(8)
    for size in (12, 20, 50, 300):
        passage = prose(rng, size)
        texts = [f"{prose(rng, 40)} {passage} {prose(rng, 40)}" for _ in range(2)]
        (pair,) = compared(texts, Parameters()).pairs
        assert pair["match"] == "exact"
        assert passage.strip("“”,") in texts[0][pair["start_a"] - 1 : pair["end_a"] + 2]
        assert pair["end_a"] - pair["start_a"] < len(passage) + 30


@pytest.mark.parametrize("name", ["reuse", "scripts", "few words", "family"])
def test_the_order_of_reading_does_not_matter(name: str) -> None:
    """Documents that are read in any order give the same rows: all goes by rank."""
    texts = TEXTS[name]
    expected = Result(buffered(texts), Parameters())
    for seed in range(3):
        readings = list(range(len(texts)))
        random.Random(seed).shuffle(readings)
        assert Result(buffered(texts, readings=readings), Parameters()) == expected


def sorted_seeds(texts: Any, parameters: Parameters, parts: int) -> list[list[int]]:
    """Return the seeds of all hash ranges."""
    rows = []
    for part in range(parts):
        seeds, count = texts.seeds(parameters, part, parts)
        rows += seeds[:count].tolist()
    return sorted(rows)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("sample", [1, 3])
def test_hash_ranges_do_not_change_the_seeds(name: str, sample: int) -> None:
    """Hash ranges, 1, 2 or 8 of them, have together the same seeds, each once."""
    texts = buffered(TEXTS[name])
    parameters = Parameters(sample=sample, all_pairs_to=4)
    expected = sorted_seeds(texts, parameters, 1)
    assert sorted_seeds(texts, parameters, 2) == expected
    assert sorted_seeds(texts, parameters, 8) == expected


def found_by_engine(texts: Any, threads: int, bytes_read: int = 0) -> tuple[Any, list[str]]:
    """Return what the local engine finds, and the stages that it told."""
    told: list[str] = []
    with tempfile.TemporaryDirectory() as work:
        passages = local.find(
            Collected(texts, pa.table({"id": texts.ids}), bytes_read),
            Parameters(),
            Path(work),
            threads,
            lambda stage, done, total: told.append(f"{stage} {done}/{total}"),
        )
        found = np.array(passages.blocks), np.array(passages.runs)
    return found, told


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("name", ["reuse", "few words", "family"])
def test_threads_and_ranges_do_not_change_the_result(
    name: str, threads: int, keep: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any number of threads and of ranges, kept in files or not, gives the same rows."""
    texts = buffered(TEXTS[name])
    expected = Result(texts, Parameters())
    monkeypatch.setattr(local, "KEEP_FROM", 0 if keep else 1 << 40)
    for keys, seeds in ((1 << 20, 1 << 20), (200, 1 << 20), (1 << 20, 7), (100, 3)):
        monkeypatch.setattr(local, "KEYS_AT_ONCE", keys)
        monkeypatch.setattr(local, "SEEDS_AT_ONCE", seeds)
        found, told = found_by_engine(texts, threads, 1)
        assert Result(texts, Parameters(), found) == expected
        if seeds == 3:
            assert len(told) > 5


def test_passages_are_handed_on_in_chunks_of_whole_documents() -> None:
    """Chunks of passages are cut between first documents and are together what they were."""
    texts = buffered(TEXTS["few words"])
    passages = local.Passages(*texts.blocks(Parameters()))
    for size in (1, 5, 1000):
        rows: list[Any] = []
        for chunk in local.in_chunks(passages, size):
            located, same = texts.locate(chunk.blocks, chunk.runs)
            assert located[:, 4].sum() == len(same)
            rows += located.tolist()
        assert rows == texts.locate(passages.blocks, passages.runs)[0].tolist()


@pytest.mark.parametrize("period", [10, 12, 15])
@pytest.mark.parametrize("each", [6, 8, 10, 12])
def test_a_text_that_repeats_itself_ever_closer_ends(period: int, each: int) -> None:
    """Where a text's repeats come nearer and nearer, it is never taken for its own copy."""
    compared([narrowing(period, each)], Parameters())


@pytest.mark.parametrize("vocabulary", [1, 2, 3, 5])
def test_a_text_of_few_words_ends(vocabulary: int) -> None:
    """A text of one to five different words, in any order, is done at once."""
    try:
        compared(repetitive(vocabulary, 1, 300, vocabulary), Parameters())
    except TooLongError as error:
        raise AssertionError(f"{vocabulary} different words") from error


@pytest.mark.parametrize(
    "line",
    [
        "one two three\n",
        "the quick brown fox jumps over the lazy dog\n",
        "再见\n",
        "今天天气很好我们去公园散步\n",
    ],
)
def test_a_line_that_is_repeated_is_one_cluster(line: str) -> None:
    """A text that repeats a line, with spaces or without, is found to repeat itself."""
    result = compared([line * 60], Parameters())
    assert len(result.clusters) == 1
    assert result.clusters[0]["size"] > 5
    covered = sum(row["end"] - row["start"] for row in result.members)
    assert covered > 0.8 * len(line.strip()) * 60


@pytest.mark.parametrize("vocabulary", ["0x4E00", "0x0E01", "0x3042"])
def test_scripts_without_spaces_are_found(vocabulary: str) -> None:
    """Of Chinese, Thai and Japanese passages of 40 to 300 characters, one in 30 of them changed,
    nearly all is found."""
    rng = random.Random(9)
    letters = [chr(int(vocabulary, 16) + number) for number in range(44)]
    if vocabulary == "0x4E00":
        letters = [chr(0x4E00 + number) for number in range(1500)]

    def some(size: int) -> str:
        return "".join(rng.choice(letters) for _ in range(size))

    texts, planted = [], []
    for _ in range(40):
        passage = some(rng.randrange(40, 300))
        changed = "".join(rng.choice(letters) if rng.random() < 1 / 30 else c for c in passage)
        before = some(rng.randrange(100, 300))
        texts += [before + passage + some(200), some(150) + changed + some(50)]
        planted.append((len(before), len(before) + len(passage)))
    result = compared(texts, Parameters())
    found = 0.0
    for number, (start, end) in enumerate(planted):
        names = ids_of(texts)[2 * number : 2 * number + 2]
        rows = [row for row in result.pairs if [row["doc_a"], row["doc_b"]] == names]
        best = max((min(end, r["end_a"]) - max(start, r["start_a"]) for r in rows), default=0)
        found += max(0, best) / (end - start)
    assert found / len(planted) > 0.97


def test_edited_passages_are_found() -> None:
    """Of passages with a tenth of their words edited, nine in ten and more are found."""
    rng = random.Random(10)
    texts = []
    for _ in range(30):
        passage = prose(rng, 60)
        texts += [prose(rng, 30) + " " + passage, edited(rng, passage, 0.1) + " " + prose(rng, 30)]
    pairs = {(row["doc_a"], row["doc_b"]) for row in compared(texts, Parameters()).pairs}
    names = ids_of(texts)
    hits = [(names[at], names[at + 1]) in pairs for at in range(0, len(texts), 2)]
    assert sum(hits) >= 27


def test_identical_documents_are_one_cluster() -> None:
    """Three hundred identical documents are one cluster, and pairs that grow with their number
    rather than its square."""
    text = prose(random.Random(11), 60)
    result = compared([text] * 300, Parameters())
    assert [row["size"] for row in result.clusters] == [300]
    assert len(result.pairs) == 299
    assert all(row["match"] == "exact" for row in result.members)
