from __future__ import annotations

from collections import Counter, defaultdict

from made_corpus import corpus_of
from newspan.splits import MIN_LINEAGES, splits


def parts(number: int) -> tuple[dict[str, str], dict[str, str]]:
    """Return lineages and splits of as many lineages, two documents each, by document."""
    names = {f"d{n}": f"lineage-{n // 2}" for n in range(2 * number)}
    documents = corpus_of({name: ["Ferries run."] for name in names}, names).documents
    return names, splits(documents)


def test_a_lineage_is_never_parted() -> None:
    """All documents of a lineage are in one split."""
    lineages, found = parts(400)
    of_lineage = defaultdict(set)
    for name, split in found.items():
        of_lineage[lineages[name]].add(split)

    assert all(len(each) == 1 for each in of_lineage.values())


def test_about_a_tenth_each_is_held_out() -> None:
    """Eight of ten lineages are trained on, and one each is for validation and test."""
    counts = Counter(parts(2000)[1].values())

    assert set(counts) == {"train", "validation", "test"}
    assert 0.08 < counts["test"] / 4000 < 0.12
    assert 0.08 < counts["validation"] / 4000 < 0.12


def test_additions_move_nothing() -> None:
    """What is added to a corpus that has splits leaves those of the others as they were."""
    before, after = parts(MIN_LINEAGES)[1], parts(400)[1]

    assert {name: after[name] for name in before} == before


def test_a_small_corpus_has_one_split() -> None:
    """A tenth of few lineages measures nothing; they are all train."""
    assert set(parts(MIN_LINEAGES - 1)[1].values()) == {"train"}
