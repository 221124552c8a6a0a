"""The duplicate blocks of the shipped corpus, by eye against its texts, and the sets they make."""

from __future__ import annotations

import json
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpora import copy_good
from newspan import add, check, init, reuse_sets
from newspan.cli import main
from newspan.corpus import Corpus, read_corpus
from newspan.engines.reuse_sets import CorpusError
from newspan.model import Span
from newspan.reuse.blocks import BlockSet, duplicate_blocks, main_zone, stretched
from newspan.reuse.parallels import mutual_best, parallel_candidates

DAY = "2026-11-22"


@pytest.fixture(scope="module")
def corpus(root: Path) -> Corpus:
    """Return the shipped corpus."""
    found, problems = read_corpus(root)
    assert found is not None and not problems
    return found


@pytest.fixture(scope="module")
def blocks(corpus: Corpus) -> BlockSet:
    """Return its duplicate blocks, found anew."""
    return duplicate_blocks(corpus, DAY)


def cluster_with(blocks: BlockSet, words: str) -> list[tuple[str, Span]]:
    """Return the members (item, span) of the one cluster whose canonical member has these words."""
    members = [(item, span) for item, spans in blocks.spans.items() for span in spans]
    (name,) = {
        span.cluster for _, span in members if span.copy_role == "canonical" and words in span.text
    }
    return [(item, span) for item, span in members if span.cluster == name]


def test_surfaces_and_alignments_are_the_text_s(corpus: Corpus, blocks: BlockSet) -> None:
    """Every block is what stands at its offsets, and every run is the same text at both ends."""
    heads = {
        span.cluster: (item, span)
        for item, spans in blocks.spans.items()
        for span in spans
        if span.copy_role == "canonical"
    }
    runs = 0
    for item, spans in blocks.spans.items():
        text = corpus.texts[corpus.items[item][0].id]
        for span in spans:
            assert text[span.start : span.end] == span.text
            there = corpus.texts[corpus.items[heads[span.cluster][0]][0].id]
            for run in span.alignment or ():
                same = there[run.canonical_start : run.canonical_end]
                assert text[run.start : run.end] == same
                runs += 1

    assert runs > 100


@pytest.mark.parametrize(
    ("words", "items"),
    [
        (
            "numerous terrorist attacks",
            ["004-i2", "004-i3", "004-i4", "004-i5", "004-i7"],
        ),
        (
            "Japan had previously",
            ["004-i2", "004-i3", "004-i4", "004-i5", "004-i7"],
        ),
        ("Edi Rama said", ["001-i1", "004-i2", "004-i5", "004-i7", "004-i8"]),
        ("seized 150 computer devices", ["004-i2", "004-i4", "004-i5", "004-i7"]),
        ("More than a week later", ["001-i1", "004-i5", "004-i7", "004-i8"]),
        ("After 40 plus years", ["004-i1", "004-i1"]),
        ("Ashraf 3 or Troll Farm", ["000-i1", "000-i1"]),
        ("Special Prosecutor", ["000-i1", "002-i1"]),
    ],
)
def test_background_blocks_are_found_with_all_their_copies(
    blocks: BlockSet, words: str, items: list[str]
) -> None:
    """An agency's background block is one cluster with a member in every item that has it."""
    assert [item for item, _ in cluster_with(blocks, words)] == items


def test_one_article_stands_whole_in_another_document(corpus: Corpus, blocks: BlockSet) -> None:
    """Every sentence of 004-i8 lies in copies of 001, though line breaks and captions differ."""
    text = corpus.texts["004"]
    item = corpus.items["004-i8"][1]
    covered = set()
    for span in blocks.spans["004-i8"]:
        covered |= set(range(span.start, span.end))
    letters = [at for at in range(item.start, item.end) if text[at].isalnum()]

    assert len(covered.intersection(letters)) / len(letters) > 0.97
    assert all(span.scope == "across" for span in blocks.spans["004-i8"])


def test_a_teaser_is_a_copy_of_the_running_text(corpus: Corpus, blocks: BlockSet) -> None:
    """The teaser that repeats another item's lede is told by its zone, and never canonical."""
    members = cluster_with(blocks, "104 fugitive members")
    zones = {
        item: (span.copy_role, zone.kind)
        for item, span in members
        if (zone := main_zone(corpus.items[item][1], span.start, span.end))
    }

    assert zones == {"004-i3": ("copy", "teaser"), "004-i6": ("canonical", "paragraph")}
    assert next(iter(zones)) < "004-i6"  # by file order alone the teaser would be canonical


def test_the_text_that_most_members_share_is_canonical(blocks: BlockSet) -> None:
    """The first copy of the background block has words of its own, so the second is canonical."""
    members = cluster_with(blocks, "numerous terrorist attacks")
    roles = {item: (span.copy_role, span.match) for item, span in members}

    assert roles["004-i2"] == ("copy", "near")
    assert roles["004-i3"] == ("canonical", "exact")
    assert {role for item, role in roles.items() if item > "004-i3"} == {("copy", "exact")}


def test_no_two_blocks_overlap(blocks: BlockSet) -> None:
    """Blocks part a text: each character is in one cluster at most."""
    for spans in blocks.spans.values():
        for before, after in pairwise(spans):
            assert before.end <= after.start


def test_a_text_that_shares_nothing_has_no_blocks(blocks: BlockSet) -> None:
    """003 is covered, and nothing was found in it."""
    assert "003-i1" not in blocks.spans
    assert "003-i1" in {coverage.item for coverage in blocks.info.coverage}


def test_candidates_are_offered_and_not_asserted(corpus: Corpus, blocks: BlockSet) -> None:
    """Parallel sentences of 000 and 002 are unsure, and none is a block already."""
    found = parallel_candidates(corpus, blocks, DAY)
    spans = [span for each in found.spans.values() for span in each]

    assert set(found.spans) == {"000-i1", "002-i1"}
    assert {(span.match, span.unsure) for span in spans} == {("translation_parallel", True)}
    assert any("dead end" in span.text for span in found.spans["002-i1"])


def test_texts_in_other_words_prefer_each_other() -> None:
    """Two sentences with the same rare words are each other's best; a stranger has none."""
    left = ["The red pier leaks at night.", "Ships come and go."]
    right = ["At night, leaks the red old pier.", "Nothing here is alike."]

    assert [(pair.left, pair.right) for pair in mutual_best(left, right)] == [(0, 0)]


def test_runs_reach_over_marks_that_are_the_same() -> None:
    """A run ends where the text differs, not where its last word does."""
    runs = stretched("“a b.” c", "x “a b.” d", [(1, 3, 3)], (0, 8), (2, 10))

    assert runs == [(0, 2, 7)]


def test_shipped_sets_are_current(root: Path) -> None:
    """The committed sets are what the rule finds today."""
    assert [each.changed for each in reuse_sets(root, check=True)] == [False, False]


def test_a_set_keeps_its_date_while_it_stays_the_same(tmp_path: Path, root: Path) -> None:
    """Finding the same again changes no byte; a lost file is written again."""
    for name in ("corpus", "annotation"):
        shutil.copytree(root / name, tmp_path / name)
    shutil.copytree(root / "schema", tmp_path / "schema")
    folder = tmp_path / "annotation" / "sets" / "reuse_v1"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert not any(each.changed for each in reuse_sets(tmp_path))
    (folder / "004-i3.jsonl").unlink()

    made = reuse_sets(tmp_path)

    assert [each.changed for each in made] == [True, False]
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    created = json.loads(after.pop("set.json"))["created"]
    assert len(created) == 10
    before.pop("set.json")
    assert after == before
    assert check(tmp_path) == []


def test_a_set_of_another_producer_is_not_replaced(tmp_path: Path) -> None:
    """What somebody else made under the same name stays as it is."""
    folder = copy_good(tmp_path)
    head = folder / "annotation" / "sets" / "reuse_v1" / "set.json"
    before = head.read_bytes()
    result = CliRunner().invoke(main, ["duplicates", "--corpus", str(folder)])

    assert result.exit_code == 2
    assert "was made by duplicates" in result.output
    assert head.read_bytes() == before


def test_a_corpus_with_errors_gets_no_sets(tmp_path: Path, root: Path) -> None:
    """Blocks of a text that does not fit its record would be wrong: nothing is written."""
    for name in ("corpus", "schema"):
        shutil.copytree(root / name, tmp_path / name)
    raw = next((tmp_path / "corpus" / "raw").glob("003*.txt"))
    raw.write_bytes(raw.read_bytes() + b"!")

    with pytest.raises(CorpusError) as error:
        reuse_sets(tmp_path)

    assert "checksum-mismatch" in {problem.id for problem in error.value.problems}
    assert not (tmp_path / "annotation").exists()


def test_the_verb_says_whether_sets_are_current(root: Path) -> None:
    """`newspan duplicates --check` writes nothing and exits with 0 while nothing would change."""
    result = CliRunner().invoke(main, ["duplicates", "--check", "--corpus", str(root)])

    assert result.exit_code == 0
    assert result.output.splitlines()[0].endswith("clusters, current")


def test_one_cluster_is_not_many(tmp_path: Path) -> None:
    """Two notices that share a sentence have one cluster of two spans."""
    texts, corpus = tmp_path / "texts", tmp_path / "quay"
    texts.mkdir()
    shared = "The council said on Tuesday that all the old ferries will be sold by the autumn."
    for name in ("late", "later"):
        (texts / f"{name}.txt").write_text(f"Ferries {name}\n\n{shared}\n", encoding="utf-8")
    init(corpus, title="Quay", languages=["en"])
    add([texts], corpus)
    result = CliRunner().invoke(main, ["duplicates", "--corpus", str(corpus)])

    assert result.output == "reuse_v1: 2 spans in 1 cluster, written\n"
