"""A corpus that is read in parts has the problems of the whole, whatever leads where."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpora import BAD, GOOD, copy_good, make_bad
from newspan import check
from newspan.checks import check_outline, check_part, in_order
from newspan.corpus import read_corpus
from newspan.corpus.parts import WHOLE_DOCUMENTS, Parts, read_parts
from newspan.problems import Problem
from release_bench.synthetic import make_corpus

CONSENSUS, REUSE = "annotation/sets/consensus", "annotation/sets/reuse_v1"


def parts_of(root: Path, size: int = 1) -> Parts:
    """Return a corpus in parts, of one document each."""
    parts, problems = read_parts(root, size)
    assert parts is not None
    assert problems == []
    return parts


def problems_in_parts(root: Path, size: int = 1) -> list[Problem]:
    """Return the problems of a corpus that is read in parts, of one document each."""
    parts, found = read_parts(root, size)
    problems = [*found]
    if parts is not None:
        problems += check_outline(parts.outline)
        for part in parts:
            problems += check_part(part)
    return in_order(problems)


def add(corpus: Path, file: str, record: dict[str, Any]) -> None:
    """Add a record to a file of a set."""
    with (corpus / file).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(record, ensure_ascii=False) + "\n")


def span(corpus: Path, set_item: str, words: str, **more: Any) -> None:
    """Add a span over the first place where words stand in an item's document."""
    document = set_item.rsplit("/", 1)[1].split("-")[0]
    text = (corpus / f"corpus/raw/{document}.txt").read_bytes().decode()
    start = text.index(words)
    record = {"record": "span", "start": start, "end": start + len(words), "text": words, **more}
    add(corpus, f"{set_item}.jsonl", record)


def claim(corpus: Path, record_id: str) -> None:
    """Add a claim to the second document."""
    more = {"id": record_id, "layer": "claim", "factuality": "opinion"}
    span(corpus, f"{CONSENSUS}/d2-i1", "they added", **more)


def link(corpus: Path, item: str, record_id: str, start: str, end: str) -> None:
    """Add a link."""
    ends = {"from_id": start, "to_id": end}
    record = {"record": "link", "id": record_id, "type": "repeats", **ends}
    add(corpus, f"{CONSENSUS}/{item}.jsonl", record)


def circle_of_links(corpus: Path) -> None:
    """Two claims in two documents repeat each other."""
    claim(corpus, "z1")
    link(corpus, "d2-i1", "k2", "z1", "c2")
    link(corpus, "d1-i1", "k3", "c2", "z1")


def circle_of_parents(corpus: Path) -> None:
    """Attributions in two documents are each other's parents."""
    for file, old, new in (("d1-i1", '"parent_id": "a2"', '"parent_id": "y1"'),
                           ("d2-i1", '"id": "y1"', '"id": "y1", "parent_id": "a3"')):  # fmt: skip
        path = corpus / f"{CONSENSUS}/{file}.jsonl"
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def link_astray(corpus: Path) -> None:
    """One link leads to no claim of another document, one to nothing."""
    claim(corpus, "z1")
    link(corpus, "d2-i1", "k2", "z1", "l1")
    link(corpus, "d2-i1", "k3", "z1", "nowhere")
    link(corpus, "d2-i1", "k4", "c2", "c3")


def ends_elsewhere(corpus: Path) -> None:
    """An attribution takes its content, which is in no other, from another document."""
    more = {"id": "r9", "layer": "attribution", "role": "content"}
    span(corpus, f"{CONSENSUS}/d1-i1", "stays shut", **more)
    said = {"mode": "direct", "source_kind": "group"}
    record = {"record": "attribution", "id": "y2", **said, "content_ids": ["r9"]}
    add(corpus, f"{CONSENSUS}/d2-i1.jsonl", record)


def repeated_id(corpus: Path) -> None:
    """Records in two documents have one id, so that nothing is said of ends."""
    claim(corpus, "c1")
    link(corpus, "d2-i1", "k2", "c1", "nowhere")


def block(corpus: Path, item: str, words: str, **more: Any) -> None:
    """Add a duplicate block."""
    both = {"layer": "duplicate_block", "match": "near", "similarity": 0.5, "scope": "across"}
    span(corpus, f"{REUSE}/{item}", words, **both, **more)


def aligned(corpus: Path) -> None:
    """One run of a copy in another document is the same text as in the canonical one, one not."""
    text = (corpus / "corpus/raw/d2.txt").read_bytes().decode()
    at = text.index("here")
    runs = [
        {"start": at + 1, "end": at + 2, "canonical_start": 172, "canonical_end": 173},
        {"start": at, "end": at + 2, "canonical_start": 171, "canonical_end": 173},
        {"start": at, "end": at + 1, "canonical_start": 170, "canonical_end": 171},
    ]
    block(corpus, "d2-i1", "here", id="b3", cluster="pier", copy_role="copy", alignment=runs)


def clusters(corpus: Path) -> None:
    """One cluster has no canonical member, one has two, each over two documents."""
    for cluster, role, words in (("none", "copy", "pier"), ("two", "canonical", "leaks")):
        mine = {"cluster": cluster, "copy_role": role}
        block(corpus, "d1-i1", words, id=f"{cluster}1", **mine)
        block(corpus, "d2-i1", "plan" if cluster == "two" else "here", id=f"{cluster}2", **mine)


def ghost(corpus: Path) -> None:
    """A file is named after no item, and its records are faulty too."""
    record = {"record": "span", "id": "g1", "layer": "claim", "start": 0, "end": 3, "text": "One"}
    add(corpus, f"{CONSENSUS}/ghost.jsonl", {**record, "factuality": "hearsay"})
    link(corpus, "ghost", "g2", "g1", "c1")


def gold(corpus: Path) -> None:
    """A set is called gold, and its first verified record stands in the second document."""
    (corpus / CONSENSUS).rename(corpus / "annotation/sets/gold")
    head = corpus / "annotation/sets/gold/set.json"
    head.write_text(head.read_text().replace('"id": "consensus"', '"id": "gold"', 1))


def unreadable(corpus: Path) -> None:
    """While a record is unread, ends that lead to it from another document are not at fault."""
    claim(corpus, "z1")
    link(corpus, "d2-i1", "k2", "z1", "c9")
    with (corpus / f"{CONSENSUS}/d1-i1.jsonl").open("a") as lines:
        lines.write('{"id": "c9",\n')


def no_coverage(corpus: Path) -> None:
    """A set says of the second document alone that somebody looked at it."""
    head = corpus / f"{CONSENSUS}/set.json"
    data = json.loads(head.read_bytes())
    head.write_text(json.dumps({**data, "coverage": data["coverage"][1:]}))


CASES: dict[Callable[[Path], None], set[str]] = {
    circle_of_links: {"cycle", "outside-coverage"},
    circle_of_parents: {"cycle", "wrong-end"},
    link_astray: {"unknown-reference", "wrong-end", "outside-coverage"},
    ends_elsewhere: {"wrong-end"},
    repeated_id: {"duplicate-id", "outside-coverage"},
    aligned: {"alignment"},
    clusters: {"cluster-canonical"},
    ghost: {"unknown-reference", "schema"},
    gold: {"gold-unverified"},
    unreadable: {"json-syntax", "outside-coverage"},
    no_coverage: {"outside-coverage"},
}


@pytest.mark.parametrize("change", CASES, ids=lambda change: change.__name__)
def test_what_leads_to_other_parts_is_checked_as_in_the_whole(
    change: Callable[[Path], None], tmp_path: Path
) -> None:
    """Problems that two documents make together are found in parts of one document each."""
    corpus = copy_good(tmp_path)
    change(corpus)

    found = problems_in_parts(corpus)

    assert {problem.id for problem in found} == CASES[change]
    assert found == check(corpus)


@pytest.mark.parametrize("spec", BAD, ids=lambda spec: spec.stem)
def test_every_bad_corpus_has_its_problems_in_parts(spec: Path, tmp_path: Path) -> None:
    """In one part or many, the problems are those of the whole, in their order."""
    if json.loads(spec.read_text(encoding="utf-8")).get("on") == "release":
        return
    target = make_bad(spec, tmp_path / "corpus")

    assert problems_in_parts(target) == check(target) == problems_in_parts(target, 10**9)


def test_parts_hold_the_corpus_in_the_order_of_ids(root: Path) -> None:
    """Each document and record is in one part, and nothing is in two."""
    for folder in (GOOD, root):
        corpus, _ = read_corpus(folder)
        assert corpus is not None
        parts = parts_of(folder)
        found = list(parts)

        assert len(parts) == len(found) == len(corpus.documents)
        documents = tuple(document for part in found for document in part.documents)
        assert documents == corpus.documents == parts.outline.documents
        assert {name: text for part in found for name, text in part.texts.items()} == corpus.texts
        for set_id, whole in corpus.sets.items():
            records = [placed for part in found for placed in part.sets[set_id].records]
            assert sorted(records, key=lambda p: (p.place.file, p.place.line or 0)) == [
                *whole.records
            ]


def test_a_part_sees_what_it_refers_to(tmp_path: Path) -> None:
    """Links and clusters lead from part to part, by document, text and record."""
    make_corpus(tmp_path / "corpus", 12, seed=1)

    last = list(parts_of(tmp_path / "corpus"))[9]

    (copy,) = (p.record for p in last.sets["reuse_v1"].records)
    head = last.sets["reuse_v1"].clusters["c000000"].head
    assert head is not None
    assert last.document_of(head.item_id) == "d000000"
    text = last.text_of(head.item_id)
    assert text is not None
    assert copy.text in text  # type: ignore[union-attr]
    (link,) = last.sets["consensus"].links.values()
    assert link.to_id not in last.sets["consensus"].spans
    assert last.sets["consensus"].span_of(link.to_id).layer == "claim"


def test_parts_are_of_bounded_size(tmp_path: Path) -> None:
    """A part ends with the document that takes it beyond its size; a folder may have none."""
    make_corpus(tmp_path / "corpus", 12, seed=1)
    of_one = parts_of(tmp_path / "corpus").characters["d000000"] + 200 * 56

    sizes = [len(part.documents) for part in parts_of(tmp_path / "corpus", 3 * of_one)]

    assert sum(sizes) == 12
    assert set(sizes[:-1]) <= {3, 4}

    (tmp_path / "empty").mkdir()
    empty = copy_good(tmp_path / "empty")
    for name in ("documents", "raw"):
        for path in (empty / "corpus" / name).glob("d*"):
            path.unlink()
    assert len(list(read_parts(empty)[0] or ())) == 1
    assert problems_in_parts(empty) == check(empty)


def test_the_outline_of_many_documents_is_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond a number of documents the outline keeps ids, lineages, extents and assessors alone."""
    assert WHOLE_DOCUMENTS >= 1000  # as many as croissant.json lists one by one
    monkeypatch.setattr("newspan.corpus.parts.WHOLE_DOCUMENTS", 1)
    whole, _ = read_corpus(GOOD)
    assert whole is not None

    outline = parts_of(GOOD).outline

    assert outline.texts == {}
    for document, own in zip(outline.documents, whole.documents, strict=True):
        assert (document.id, document.lineage, document.sha256) == (
            own.id,
            own.lineage,
            own.sha256,
        )
        for item, its in zip(document.items, own.items, strict=True):
            assert (item.id, item.start, item.end) == (its.id, its.start, its.end)
            assert item.partisanship.assessor == its.partisanship.assessor
            assert item.zones == item.chain == item.partisanship.stance == ()
