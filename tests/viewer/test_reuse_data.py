"""What the view of shared passages is given: clusters, members and runs, as the sets have them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from corpora import copy_good
from harbour_news import write_corpus
from newspan.corpus import Corpus, read_corpus
from newspan.engines.reuse_sets import reuse_sets
from newspan.model import Span
from newspan.viewer.data.reuse import reuse


def read(folder: Path) -> Corpus:
    """Return the corpus of a folder, which has no problems."""
    corpus, problems = read_corpus(folder)
    assert corpus is not None
    assert not problems
    return corpus


def given(corpus: Corpus, *sets: str) -> dict[str, Any]:
    """Return the payload as the page gets it: through JSON."""
    payload = json.loads(json.dumps(reuse(corpus, sets)))
    assert isinstance(payload, dict)
    return payload


@pytest.fixture(scope="module")
def shipped(root: Path) -> Corpus:
    """Return the shipped corpus."""
    return read(root)


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Return articles with emoji, CR LF and no-break spaces; two of them copy the first."""
    folder = write_corpus(tmp_path_factory.mktemp("harbour") / "corpus", 4, {2: 1, 3: 1})
    reuse_sets(folder)
    return read(folder)


def both(shipped: Corpus, harbour: Corpus) -> list[Corpus]:
    """Return the corpora that have clusters of several kinds."""
    return [shipped, harbour]


def test_runs_are_equal_text(shipped: Corpus, harbour: Corpus) -> None:
    """A run's two extents have the same characters, lie in their members and stand in order."""
    for corpus in both(shipped, harbour):
        runs = 0
        for cluster in given(corpus)["clusters"]:
            head, *copies = cluster["members"]
            for copy in copies:
                at, head_at = copy["start"], head["start"]
                for start, end, head_start, head_end in copy["alignment"]:
                    assert (
                        corpus.texts[copy["doc"]][start:end]
                        == corpus.texts[head["doc"]][head_start:head_end]
                        != ""
                    )
                    assert at <= start
                    assert head_at <= head_start
                    at, head_at = end, head_end
                    runs += 1
                assert at <= copy["end"]
                assert head_at <= head["end"]
        assert runs >= 2


def test_nothing_is_lost_or_made_up(shipped: Corpus, harbour: Corpus) -> None:
    """Clusters and candidates have the members of the sets, each once, with what they say."""
    for corpus in both(shipped, harbour):
        payload = given(corpus)
        for name, kind in (("set", "clusters"), ("candidates", "parallels")):
            shown = {
                (cluster["id"], cluster["scope"], member["item"], *(member[key] for key in KEYS))
                for cluster in payload[kind]
                for member in cluster["members"]
            }
            records = corpus.sets[payload[name]].records if payload[name] else ()
            spans = [(p.item_id, p.record) for p in records if isinstance(p.record, Span)]
            assert shown == {
                (span.cluster, span.scope, item, span.id, span.start, span.end, *how(span))
                for item, span in spans
            }
            assert len(spans) == sum(len(cluster["members"]) for cluster in payload[kind])


KEYS = ("id", "start", "end", "role", "match", "similarity")


def how(span: Span) -> tuple[str | None, str | None, float | None]:
    """Return what a block says of itself."""
    return span.copy_role, span.match, span.similarity


def test_the_shipped_corpus_has_its_numbers(shipped: Corpus) -> None:
    """The payload counts what the sets' description in the documentation says."""
    payload = given(shipped)
    sizes = [
        (len(payload[kind]), sum(len(cluster["members"]) for cluster in payload[kind]))
        for kind in ("clusters", "parallels")
    ]
    assert sizes == [(24, 64), (10, 20)]
    assert (payload["set"], payload["candidates"]) == ("reuse_v1", "parallels_v1")


def test_canonical_first_and_one_of_it(shipped: Corpus, harbour: Corpus) -> None:
    """Each cluster begins with its one canonical member, without alignment; copies follow."""
    for corpus in both(shipped, harbour):
        payload = given(corpus)
        for cluster in [*payload["clusters"], *payload["parallels"]]:
            roles = [member["role"] for member in cluster["members"]]
            assert roles == ["canonical", *["copy"] * (len(roles) - 1)]
            assert not cluster["members"][0]["alignment"]


def test_within_and_across(shipped: Corpus) -> None:
    """A cluster is within a document if all its members are in one, also within a single item."""
    clusters = given(shipped)["clusters"]
    for cluster in clusters:
        documents = {member["doc"] for member in cluster["members"]}
        assert (cluster["scope"] == "within") is (len(documents) == 1)
    items = [{member["item"] for member in cluster["members"]} for cluster in clusters]
    scopes = [cluster["scope"] for cluster in clusters]
    assert {"within", "across"} == set(scopes)
    assert any(len(each) == 1 for each in items)


def test_the_weakest_match_names_the_cluster(shipped: Corpus) -> None:
    """A cluster is exact only if all its members are."""
    for cluster in given(shipped)["clusters"]:
        matches = {member["match"] for member in cluster["members"]}
        assert cluster["match"] == ("near" if "near" in matches else "exact")


def test_characters_are_counted_once(shipped: Corpus, harbour: Corpus) -> None:
    """An item's copied characters are those that stand in a copy, overlaps counted once."""
    for corpus in both(shipped, harbour):
        payload = given(corpus)
        assert [each["id"] for each in payload["items"]] == list(corpus.items)
        for each in payload["items"]:
            item = corpus.items[each["id"]][1]
            members = [
                (member, set(range(member["start"], member["end"])))
                for cluster in payload["clusters"]
                for member in cluster["members"]
                if member["item"] == item.id
            ]
            copied = [places for member, places in members if member["role"] == "copy"]
            assert each["characters"] == item.end - item.start
            assert each["copied"] == len(set().union(*copied))
            assert each["shared"] == len(set().union(*(places for _, places in members)))


def test_zone_is_where_most_of_it_stands(shipped: Corpus) -> None:
    """A passage of a teaser or of a page's furniture says so."""
    zones = {
        member["id"]: member["zone"]
        for cluster in given(shipped)["clusters"]
        for member in cluster["members"]
    }
    assert {"paragraph", "teaser", "title", "boilerplate"} <= set(zones.values())


def test_largest_first(shipped: Corpus) -> None:
    """Clusters stand in the order of the characters that their members have together."""
    sizes = [
        sum(member["end"] - member["start"] for member in cluster["members"])
        for cluster in given(shipped)["clusters"]
    ]
    assert sizes == sorted(sizes, reverse=True)


def test_none_without_blocks(tmp_path: Path) -> None:
    """Without a set of duplicate blocks there is no payload."""
    corpus = copy_good(tmp_path)
    shutil.rmtree(corpus / "annotation/sets/reuse_v1")
    assert reuse(read(corpus), ("consensus",)) is None


def test_named_set_goes_first(tmp_path: Path) -> None:
    """Blocks are those of the named set that has some, else of reuse_v1."""
    folder = copy_good(tmp_path)
    sets = folder / "annotation/sets"
    shutil.copytree(sets / "reuse_v1", sets / "blocks_b")
    head = json.loads((sets / "blocks_b/set.json").read_text(encoding="utf-8"))
    (sets / "blocks_b/set.json").write_text(json.dumps(head | {"id": "blocks_b"}), encoding="utf-8")
    corpus = read(folder)
    assert given(corpus, "consensus")["set"] == "reuse_v1"
    assert given(corpus, "consensus", "blocks_b")["set"] == "blocks_b"
