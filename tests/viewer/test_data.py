"""The payloads say what the corpus says, place by place."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conftest import ROOT
from corpora import GOOD
from hostile_news import hostile_text, write_corpus
from newspan.checks import read_sound
from newspan.corpus import Corpus
from newspan.derive import Voices, open_scope
from newspan.model import Span
from newspan.viewer import page as pages
from newspan.viewer.data.chosen import choose, newest_adjudication
from newspan.viewer.data.item import ItemParts
from newspan.viewer.data.search import SearchParts, entry
from newspan.viewer.data.site import head

Json = dict[str, Any]


@pytest.fixture(scope="module", params=["shipped", "good", "hostile"])
def corpus(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Return a corpus: the shipped one, the small one, and one whose texts are hard on offsets."""
    if request.param == "hostile":
        rng = random.Random(20261122)
        texts = {f"h{number}": hostile_text(rng) for number in range(3)}
        return read(write_corpus(tmp_path_factory.mktemp("hostile") / "corpus", texts))
    return read(ROOT if request.param == "shipped" else GOOD)


def read(root: Path) -> Corpus:
    """Return a corpus without errors."""
    found, errors = read_sound(root, [path.name for path in root.glob("annotation/sets/*")])
    assert found is not None
    assert errors == []
    return found


@pytest.fixture(scope="module")
def parts(corpus: Corpus) -> dict[str, Json]:
    """Return the payloads of its items with all sets, by item id."""
    made = ItemParts(corpus, sorted(corpus.sets))
    return {name: made.part(*found) for name, found in corpus.items.items()}


def spans(parts: dict[str, Json]) -> Iterator[tuple[Json, str, Json]]:
    """Yield every span with its item's payload and its set."""
    for part in parts.values():
        for set_id, said in part["sets"].items():
            for span in said["spans"]:
                yield part, set_id, span


def test_every_span_of_every_set_is_at_its_place(corpus: Corpus, parts: dict[str, Json]) -> None:
    """The item's text has the surface there, and no span is missing or twice."""
    found = Counter[tuple[str, str]]()
    for part, set_id, span in spans(parts):
        record = corpus.sets[set_id].spans[span["id"]]
        shift = part["start"]
        assert part["text"][span["start"] - shift : span["end"] - shift] == record.text
        assert corpus.sets[set_id].item_of[record.id] == part["id"]
        found[set_id, record.id] += 1

    every = [(name, span) for name, each in corpus.sets.items() for span in each.spans]
    assert found == Counter(every)


def test_a_span_has_all_that_its_record_says(corpus: Corpus, parts: dict[str, Json]) -> None:
    """But for the surface, which the text has, and the alignment, which the view of reuse has."""
    for _, set_id, span in spans(parts):
        given = corpus.sets[set_id].spans[span["id"]].to_json()
        del given["text"]
        given.pop("alignment", None)
        added = {"label", "voice", "attribution_ids"}
        assert {key: value for key, value in span.items() if key not in added} == given
        assert span["label"] == corpus.sets[set_id].spans[span["id"]].label


def test_voices_are_those_that_newspan_derives(corpus: Corpus, parts: dict[str, Json]) -> None:
    """Voice and attributions where somebody looked for attributions; elsewhere there is none."""
    seen = Counter[str]()
    for name, (document, item) in corpus.items.items():
        for set_id, said in parts[name]["sets"].items():
            chosen = corpus.sets[set_id]
            voices = Voices(
                corpus.texts[document.id],
                item,
                chosen.spans,
                chosen.attributions_in.get(name, ()),
            )
            for span in said["spans"]:
                extent = (span["start"], span["end"])
                zone = item.zone_of(*extent)
                looked = zone and (name, "attribution", zone.kind) in chosen.looked_at
                if span["layer"] in ("claim", "loaded_language") and looked:
                    assert span["voice"] == voices.voice(*extent)
                    seen[span["voice"]] += 1
                else:
                    assert "voice" not in span
                if span["layer"] == "attribution":
                    expected = chosen.attributions_of.get(span["id"], [])
                else:
                    expected = voices.attribution_ids(*extent) if looked else []
                assert span.get("attribution_ids", []) == expected
    if corpus.info.name == "newspan":
        assert seen.keys() == {"author", "quoted", "indirect", "scare", "framed"}


def test_attributions_and_links_are_all_there(corpus: Corpus, parts: dict[str, Json]) -> None:
    """Each once, in its item, with what its record says; an open scope says what it governs."""
    for set_id, chosen in corpus.sets.items():
        for kind, records in (("attributions", chosen.attributions), ("links", chosen.links)):
            found = [
                (part["id"], record)
                for part in parts.values()
                for record in part["sets"].get(set_id, {}).get(kind, ())
            ]
            assert len(found) == len(records)
            for item_id, record in found:
                own = records[record["id"]]
                assert {k: v for k, v in record.items() if k != "governs"} == own.to_json()
                assert chosen.item_of[own.id] == item_id
                if kind == "attributions":
                    scope = open_scope(own, corpus.items[item_id][1], chosen.spans)
                    assert record.get("governs") == (list(scope) if scope else None)


def test_an_item_says_what_its_record_says(corpus: Corpus, parts: dict[str, Json]) -> None:
    """Title, authors, chain, stances, zones and notes, each with its evidence."""
    for name, (document, item) in corpus.items.items():
        part = parts[name]
        known = item.to_json()
        assert {key: part[key] for key in known} == known
        assert part["text"] == corpus.texts[document.id][item.start : item.end]
        assert (part["doc"], part["language"]) == (document.id, document.language)


def test_what_was_looked_at_differs_from_nothing_found(
    corpus: Corpus, parts: dict[str, Json]
) -> None:
    """Zone kinds by layer; a set that did not look at an item is not there."""
    for name, part in parts.items():
        for set_id, chosen in corpus.sets.items():
            said = part["sets"].get(set_id)
            looked = {(layer, zone) for item, layer, zone in chosen.looked_at if item == name}
            if said is None:
                assert not looked
                continue
            found = {(layer, zone) for layer, zones in said["covered"].items() for zone in zones}
            assert found == looked


# --- the head -----------------------------------------------------------------------------------


def head_of(corpus: Corpus, *set_ids: str, beside: bool = False) -> Json:
    """Return the head with some sets, all if none is named."""
    return head(
        corpus,
        choose(corpus, set_ids),
        parts="beside" if beside else "inline",
        release=None,
        names=["comparison"],
    )


def test_the_head_counts_what_there_is(corpus: Corpus) -> None:
    """Items in the order of the corpus, their spans by set and layer, sets with their records.

    A layer that a set did not look for in an item is not there; one with nothing found has a 0.
    """
    found = head_of(corpus)

    assert [item["id"] for item in found["items"]] == list(corpus.items)
    for item in found["items"]:
        record = corpus.items[item["id"]][1]
        assert item["title"] == record.title.value
        named = ("quoted_source", "common_ancestor")
        assert item["outlets"] == [s.outlet for s in record.chain if s.role not in named]
        first = [s.outlet for s in record.chain if s.role == "original_publisher"]
        assert item["origins"] == first
        assert item["characters"] == record.end - record.start
        for set_id, chosen in corpus.sets.items():
            layers = Counter(span.layer for span in chosen.spans_in.get(record.id, ()))
            looked = {
                each for c in chosen.info.coverage if c.item == record.id for each in c.layers
            }
            expected = {layer: layers[layer] for layer in looked | layers.keys()}
            assert item["counts"].get(set_id, {}) == expected
    for each in found["sets"]:
        chosen = corpus.sets[each["id"]]
        assert each["records"] == len(chosen.records)
        assert each["spans"] == len(chosen.spans)
        assert each["verified"] == sum(p.record.human_verified for p in chosen.records)
        assert each["by"] == list(chosen.info.producer.by)


def test_a_folder_has_the_same_items_by_columns(corpus: Corpus) -> None:
    """The script makes the items of them again, as here."""
    listed = head_of(corpus)["items"]
    columns = dict(head_of(corpus, beside=True)["items"])
    counts = columns.pop("counts")

    for at, item in enumerate(listed):
        made = {name: values[at] for name, values in columns.items()}
        there = {
            set_id: {layer: numbers[at] for layer, numbers in layers.items() if numbers[at] >= 0}
            for set_id, layers in counts.items()
        }
        assert {**made, "counts": {name: each for name, each in there.items() if each}} == item


def many(corpus: Corpus, number: int) -> Corpus:
    """Return a corpus with the items of another over and over, and their spans."""
    documents, texts = [], {}
    records: dict[str, list[Any]] = {name: [] for name in corpus.sets}
    while len(documents) < number:
        for document in corpus.documents:
            for item in document.items:
                name = f"{len(documents):05}"
                item_id = f"{name}-i1"
                own = msgspec.structs.replace(item, id=item_id)
                documents.append(msgspec.structs.replace(document, id=name, items=(own,)))
                texts[name] = corpus.texts[document.id]
                for set_id, chosen in corpus.sets.items():
                    for span in chosen.spans_in.get(item.id, ())[:3]:
                        record = msgspec.structs.replace(span, id=f"{name}-{span.id}"[:60])
                        placed = msgspec.structs.replace(
                            chosen.records[0], record=record, item_id=item_id
                        )
                        records[set_id].append(placed)
    sets = {
        name: msgspec.structs.replace(each, records=tuple(records[name]))
        for name, each in corpus.sets.items()
    }
    return msgspec.structs.replace(
        corpus, documents=tuple(documents[:number]), texts=texts, sets=sets
    )


def test_the_head_of_five_thousand_items_is_lean() -> None:
    """It is loaded before anything is shown: a megabyte and a half at most, with all six sets."""
    corpus = many(read(ROOT), 5000)

    assert len(corpus.items) == 5000
    assert len(pages.embedded(head_of(corpus, beside=True))) < 1_500_000


# --- which sets ---------------------------------------------------------------------------------


def test_all_sets_are_shown_and_the_adjudicated_ones_compared() -> None:
    """The primary set comes first, those of shared passages last."""
    chosen = choose(read(ROOT), ())

    assert chosen.shown == (
        "consensus", "adjudicated", "pass_a", "pass_b", "parallels_v1", "reuse_v1",
    )  # fmt: skip
    assert chosen.primary == "consensus"
    assert chosen.compared == ("pass_a", "pass_b")


@pytest.mark.parametrize(
    ("given", "primary", "compared"),
    [
        (("pass_b",), "pass_b", ()),
        (("pass_b", "consensus"), "pass_b", ("pass_b", "consensus")),
        (("pass_a", "pass_b", "adjudicated"), "pass_a", ("pass_a", "pass_b", "adjudicated")),
    ],
)
def test_sets_that_are_named_are_shown_with_the_shared_passages(
    given: tuple[str, ...], primary: str, compared: tuple[str, ...]
) -> None:
    """In their order; two and more are compared."""
    chosen = choose(read(ROOT), given)

    assert chosen == ((*given, "reuse_v1", "parallels_v1"), primary, compared)


def test_sets_that_are_not_there_are_refused() -> None:
    """The message names those there; a set given twice is a slip."""
    with pytest.raises(ValueError, match="no set 'nobody'; it has adjudicated, consensus"):
        choose(read(ROOT), ("nobody",))
    with pytest.raises(ValueError, match="given twice"):
        choose(read(ROOT), ("pass_a", "pass_a"))


def test_the_newest_adjudication_is_the_one_that_made_the_newest_set(tmp_path: Path) -> None:
    """One that has made none yet is newer; one whose sets are gone does not count."""
    corpus = read(ROOT)
    lines = (ROOT / "annotation/campaigns/adjudicated/decisions.jsonl").read_text(encoding="utf-8")
    first = lines.split("\n")[0]
    corpus = msgspec.structs.replace(corpus, root=tmp_path)

    def record(into: str, a: str, b: str) -> None:
        path = tmp_path / "annotation/campaigns" / into / "decisions.jsonl"
        path.parent.mkdir(parents=True)
        swapped = first.replace('"pass_a"', f'"{a}"').replace('"pass_b"', f'"{b}"')
        path.write_text(swapped + "\n", encoding="utf-8")

    assert newest_adjudication(corpus) == ()
    record("adjudicated", "pass_a", "pass_b")
    record("zz-gone", "pass_a", "pass_z")
    assert newest_adjudication(corpus) == ("pass_a", "pass_b")
    record("under-way", "consensus", "adjudicated")
    assert newest_adjudication(corpus) == ("consensus", "adjudicated")


# --- search -------------------------------------------------------------------------------------


def test_search_goes_through_every_item_once(corpus: Corpus, parts: dict[str, Json]) -> None:
    """In parts of about the size that is asked for, named in order."""
    search = SearchParts(size=10_000)
    found = [each for part in parts.values() for each in search.add(part)] + [*search.rest()]

    assert [name for name, _ in found] == [f"search-{number}" for number in range(len(found))]
    assert [each["item"] for _, entries in found for each in entries] == list(parts)
    for _, entries in found:
        sizes = [len(each["text"].encode()) for each in entries]
        assert sum(sizes[:-1]) < 10_000


def test_search_knows_sources_and_labels(corpus: Corpus, parts: dict[str, Json]) -> None:
    """Each set's own: the words and names of its attributions' sources, its spans by label."""
    for name, part in parts.items():
        found = entry(part)
        sources: dict[str, list[str]] = {}
        labels: dict[str, dict[str, int]] = {}
        for set_id, chosen in corpus.sets.items():
            said = chosen.attributions_in.get(name, ())
            named = {chosen.spans[each].text for a in said for each in a.source_ids}
            named |= {each.source_name for each in said if each.source_name is not None}
            if named:
                sources[set_id] = sorted(named)
            if counted := Counter(map(_label, chosen.spans_in.get(name, ()))):
                labels[set_id] = counted
        assert found["sources"] == sources
        assert found["labels"] == labels


def _label(span: Span) -> str:
    return span.label
