"""The figures: their counts held to counts made another way, and their pictures looked into."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pytest

from newspan.agreement.agree import compare
from newspan.corpus import AnnotationSet, Corpus, Placed, read_corpus
from newspan.model import (
    Assertion,
    Assessor,
    Attribution,
    ChainStep,
    CorpusInfo,
    Coverage,
    Document,
    Evidence,
    Item,
    Outlet,
    Partisanship,
    Producer,
    Run,
    SetInfo,
    Span,
    Zone,
)
from newspan.problems import Place
from newspan.schema import read_labels
from newspan.viewer.figures import figures, svg
from newspan.viewer.figures.bars import ticks
from newspan.viewer.figures.lengths import BINS, bins
from newspan.viewer.figures.table import MOST, drawn

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"
ALL_LAYERS = ("claim", "attribution", "loaded_language")
NASTY = "<script>alert(1)</script> \"'&]]> \x00\x1b\ud800 \u202eesrever"
UNKNOWN = Assertion(None, (Evidence("unknown"),))

ONE = "Mayor Peña said that the ferry is late.\nThe shabby pier leaks."
TWO = "Mayor Peña said that the ferry is late.\nIt is a “heroic crew”, 🚢 readers say."
THREE = "شهردار گفت"
COPIED = len("Mayor Peña said that the ferry is late.")

Figures = dict[str, dict[str, Any]]


def item(name: str, text: str, title: str | None, *chain: tuple[str, str]) -> Item:
    """Return an item that is a whole text, each line a paragraph."""
    zones, at = [], 0
    for line in text.split("\n"):
        zones.append(Zone(at, at + len(line), "paragraph"))
        at += len(line) + 1
    stance = Partisanship((), UNKNOWN, (), Assessor("person", "tester", "2026-11-22"))
    steps = tuple(
        ChainStep(outlet, role, (), "high", UNKNOWN, UNKNOWN, UNKNOWN) for outlet, role in chain
    )
    told = Assertion(title, ())
    return Item(name, 0, len(text), told, (), UNKNOWN, tuple(zones), steps, stance)


def corpus_of(items: dict[str, tuple[str, Item]], sets: dict[str, AnnotationSet]) -> Corpus:
    """Return a corpus in memory with one document per item."""
    documents = tuple(
        Document(name, f"{name}.txt", "", "en", name, (each,)) for name, (_, each) in items.items()
    )
    info = CorpusInfo("harbour", "Harbour", "1.2.0", "Invented.", ("en",), "CC0-1.0", "none")
    names = {"gazette": "Harbour Gazette", "agency": NASTY}
    outlets = {key: Outlet(key, name, "", UNKNOWN, False) for key, name in names.items()}
    texts = {name: text for name, (text, _) in items.items()}
    return Corpus(Path(), info, documents, texts, outlets, {}, read_labels(), sets)


def set_of(
    name: str,
    records: dict[str, list[Any]],
    layers: dict[str, tuple[str, ...]],
    producer: Producer | None = None,
) -> AnnotationSet:
    """Return a set with records and what was looked at, both by item id."""
    placed = [Placed(each, at, Place("x")) for at, several in records.items() for each in several]
    coverage = tuple(Coverage(at, found, ("paragraph",)) for at, found in layers.items())
    info = SetInfo(
        name,
        producer or Producer("language_model", "Harbour Model"),
        "2026-11-22",
        "",
        coverage=coverage,
    )
    return AnnotationSet(info, tuple(placed))


def span(text: str, words: str, layer: str, nth: int = 0, **attributes: Any) -> Span:
    """Return a span on the nth occurrence of some words of a text."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    name = f"{layer[0]}{start}x{len(words)}x{len(text)}"
    return Span(name, layer, start, start + len(words), words, **attributes)


def said(text: str, name: str) -> list[Any]:
    """Return what the first paragraph attributes to the mayor."""
    source = span(text, "Mayor Peña", "attribution", role="source")
    cue = span(text, "said", "attribution", role="cue")
    content = span(text, "that the ferry is late", "attribution", role="content")
    attribution = Attribution(
        f"a{name}",
        mode="indirect",
        source_kind="person",
        source_ids=(source.id,),
        cue_id=cue.id,
        content_ids=(content.id,),
        source_named=True,
        source_name="Ana Peña",
    )
    return [source, cue, content, attribution]


def harbour(title: str = "Late 🚢") -> Corpus:
    """Return three items: the second begins as the first, of the third only claims were sought."""
    items = {
        "h1": (ONE, item("h1-i1", ONE, title, ("gazette", "scraped_publisher"))),
        "h2": (
            TWO,
            item(
                "h2-i1", TWO, None, ("gazette", "scraped_publisher"),
                ("agency", "original_publisher"), ("gazette", "quoted_source"),
            ),
        ),
        "h3": (THREE, item("h3-i1", THREE, "شهردار", ("gazette", "scraped_publisher"))),
    }  # fmt: skip
    loaded = {"target": "x", "polarity": "negative"}
    records: dict[str, list[Any]] = {
        "h1-i1": [
            *said(ONE, "1"),
            span(ONE, "the ferry is late", "claim", factuality="factual"),
            span(ONE, "The shabby pier leaks", "claim", factuality="factual"),
            span(ONE, "shabby", "loaded_language", technique="Loaded_Language", **loaded),
        ],
        "h2-i1": [
            *said(TWO, "2"),
            span(TWO, "the ferry is late", "claim", factuality="factual"),
            span(TWO, "It is a “heroic crew”", "claim", factuality="opinion"),
            span(TWO, "heroic crew", "loaded_language", technique="Slogans", **loaded),
        ],
        "h3-i1": [],
    }
    layers = {"h1-i1": ALL_LAYERS, "h2-i1": ALL_LAYERS, "h3-i1": ("claim",)}
    block = {"cluster": "k1", "match": "exact", "scope": "across", "similarity": 1.0}
    runs = (Run(0, COPIED, 0, COPIED),)
    head, copy = (
        Span(f"b{text[-6]}", "duplicate_block", 0, COPIED, text[:COPIED], copy_role=role, **block)
        for text, role in ((ONE, "canonical"), (TWO, "copy"))
    )
    copy = Span(**{f: getattr(copy, f) for f in copy.__struct_fields__} | {"alignment": runs})
    blocks = set_of(
        "reuse_v1",
        {"h1-i1": [head], "h2-i1": [copy]},
        dict.fromkeys(records, ("duplicate_block",)),
        Producer("rule", "newspan duplicates"),
    )
    return corpus_of(items, {"m": set_of("m", records, layers), "reuse_v1": blocks})


def by_id(corpus: Corpus, set_ids: tuple[str, ...], report: Any = None) -> Figures:
    """Return the figures by id."""
    return {each["id"]: each for each in figures(corpus, set_ids, report)}


def rows(figure: dict[str, Any], **where: Any) -> list[dict[str, Any]]:
    """Return the rows of a figure's table with given cells, as dicts."""
    found = [dict(zip(figure["head"], row, strict=True)) for row in figure["rows"]]
    return [row for row in found if all(row[key] == value for key, value in where.items())]


def only(figure: dict[str, Any], **where: Any) -> dict[str, Any]:
    """Return the one row with given cells."""
    (row,) = rows(figure, **where)
    return row


@pytest.fixture(scope="module")
def small() -> Figures:
    """Return the figures of the harbour corpus."""
    return by_id(harbour(), ("m", "reuse_v1"))


@pytest.fixture(scope="module")
def shipped() -> Corpus:
    """Return the shipped corpus."""
    corpus, _ = read_corpus(ROOT)
    assert corpus is not None
    return corpus


@pytest.fixture(scope="module")
def shipped_figures(shipped: Corpus) -> Figures:
    """Return the figures of the shipped corpus, with the agreement of its two passes."""
    sets = [shipped.sets["pass_a"], shipped.sets["pass_b"]]
    report = compare(shipped, sets, shipped.sets["reuse_v1"], samples=2, replicates=20)
    return by_id(shipped, ("consensus", "pass_a", "pass_b", "reuse_v1"), report)


# --- known values ---------------------------------------------------------------------------------


def test_labels_are_counted_with_and_without_copies(small: Figures) -> None:
    """The copied claim counts once without copies, and so do the words of its paragraph."""
    whole = only(small["labels"], item="(all items)", layer="claim", label="(all)")

    assert (whole["spans"], whole["spans without copies"]) == (4, 3)
    assert (whole["words"], whole["words without copies"]) == (30, 22)
    assert whole["per 1,000 words"] == round(4000 / 30, 1)
    assert whole["per 1,000 words without copies"] == round(3000 / 22, 1)
    factual = only(small["labels"], item="h2-i1", layer="claim", label="factual")
    assert (factual["spans"], factual["spans without copies"]) == (1, 0)


def test_nothing_found_differs_from_not_looked_at(small: Figures) -> None:
    """No claim was found in the third item, and nobody looked for loaded language there."""
    found = only(small["labels"], item="h3-i1", layer="claim")
    unseen = only(small["labels"], item="h3-i1", layer="loaded_language")

    assert (found["label"], found["spans"], found["words"]) == ("(all)", 0, 2)
    assert (unseen["label"], unseen["spans"], unseen["words"]) == ("(all)", None, None)
    assert "not looked at" in small["labels"]["svg"]


def test_techniques_are_told_apart_by_origin_and_by_page(small: Figures) -> None:
    """An item's origin is its original publisher, not who is quoted; unknown where none is."""
    unknown = only(small["techniques-origin"], outlet="origin not known", technique="(all)")
    agency = only(small["techniques-origin"], outlet=NASTY, technique="(all)")
    page = only(small["techniques-page"], outlet="Harbour Gazette", technique="(all)")

    assert (unknown["items"], unknown["spans"], unknown["words"]) == (1, 1, 12)
    assert (agency["items"], agency["spans"], agency["words"]) == (1, 1, 16)
    assert (page["items"], page["spans"], page["words without copies"]) == (2, 2, 20)
    assert agency["per 1,000 words without copies"] == 125.0


def test_voices_are_those_of_the_layers(small: Figures) -> None:
    """Two claims stand in contents, two are the author's; one loaded span stands in lone marks."""
    found = {(r["layer"], r["voice"]): r for r in rows(small["voices"])}

    assert found["claim", "indirect"]["spans"] == 2
    assert found["claim", "indirect"]["spans without copies"] == 1
    assert found["claim", "author"]["share"] == 0.5
    assert found["loaded_language", "scare"]["spans"] == 1
    assert only(small["techniques-voice"], technique="Slogans", voice="scare")["spans"] == 1
    assert only(small["techniques-voice"], technique="Slogans", voice="(all)")["spans"] == 1


def test_sources_are_counted_by_kind_and_by_name(small: Figures) -> None:
    """The mayor is cited in two items, and once without copies."""
    whole = only(small["sources"], item="(all items)", **{"source kind": "person"})
    name = only(small["source-names"], name="Ana Peña")

    assert (whole["attributions"], whole["source named"], whole["not named"]) == (2, 2, 0)
    assert whole["attributions without copies"] == 1
    assert (name["items"], name["attributions"], name["attributions without copies"]) == (2, 2, 1)
    assert only(small["sources"], item="h3-i1")["attributions"] is None


def test_lengths_have_quartiles_and_a_histogram(small: Figures) -> None:
    """Claims have 4, 4, 4 and 5 words."""
    whole, *found = rows(small["lengths"], layer="claim")

    assert (whole["words from"], whole["words to"], whole["spans"]) == (4, 5, 4)
    assert [whole[each] for each in ("lower quartile", "median", "upper quartile")] == [4, 4, 4.25]
    assert {r["words from"]: r["spans"] for r in found} == {1: 0, 2: 0, 3: 0, 4: 3, 5: 1}
    assert {r["words from"]: r["spans without copies"] for r in found}[4] == 2


def test_reuse_is_a_share_of_characters(small: Figures) -> None:
    """The second item's first paragraph is copied, the first item's is canonical."""
    first, second = (only(small["reuse"], item=each) for each in ("h1-i1", "h2-i1"))

    assert (first["copied"], first["canonical, copied elsewhere"]) == (0, COPIED)
    assert (second["copied"], second["characters"]) == (COPIED, len(TWO))
    assert second["copied, %"] == round(100 * COPIED / len(TWO), 1)


def test_density_tells_what_was_not_looked_at(small: Figures) -> None:
    """The third item's parts are null for layers that nobody sought, zero for claims."""
    unseen = small["density"]["head"].index("part 1, %")
    found = {(row[0], row[1]): row[unseen:] for row in small["density"]["rows"]}

    # Ten characters make fifty parts, of which forty hold none.
    assert set(found["h3-i1", "attribution"]) == {None}
    assert sorted(found["h3-i1", "claim"], key=str) == [*[0] * 10, *[None] * 40]
    assert found["h1-i1", "claim"][-5:] == [100, 100, 100, 100, 50]  # “s.”
    assert found["h2-i1", "copied passages"][:20] == [100] * 20


def test_without_a_set_of_blocks_nothing_is_said_of_copies() -> None:
    """Columns without copies are empty, and no picture tells copies apart."""
    corpus = harbour()
    del corpus.sets["reuse_v1"]
    found = by_id(corpus, ("m",))

    for figure in found.values():
        for at, name in enumerate(figure["head"]):
            if "without copies" in name:
                assert {row[at] for row in figure["rows"]} == {None}
        assert "in copies" not in figure["svg"]
    assert found["reuse"]["rows"] == []
    assert "Nothing to show" in found["reuse"]["svg"]


# --- the shipped corpus, counted another way ------------------------------------------------------


def records(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a shipped set's records with their items, straight from its files."""
    for path in sorted((ROOT / "annotation/sets" / name).glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield path.stem, json.loads(line)


def test_labels_are_those_of_the_files(shipped_figures: Figures) -> None:
    """The table has each item's records by layer and label, and its sums are sums."""
    counted = Counter(
        (item_id, each["layer"], each.get("factuality") or each.get("role") or each["technique"])
        for item_id, each in records("consensus")
        if each["record"] == "span"
    )
    found = {
        (r["item"], r["layer"], r["label"]): r["spans"] for r in rows(shipped_figures["labels"])
    }
    single = {k: v for k, v in found.items() if k[0] != "(all items)" and k[2] != "(all)"}

    assert single == counted
    for layer in ALL_LAYERS:
        total = sum(n for (_, of, _), n in counted.items() if of == layer)
        assert found["(all items)", layer, "(all)"] == total


def test_voices_and_sources_are_those_of_the_release(
    shipped_figures: Figures, shipped_release: Path
) -> None:
    """Voices, techniques and source kinds are as the release's own columns say."""

    def counts(config: str, columns: str, where: str = "true") -> dict[Any, int]:
        files = str(shipped_release / config / "*.parquet")
        query = f"select {columns}, count(*) from '{files}' where {where} group by all"
        return {row[:-1]: row[-1] for row in duckdb.sql(query).fetchall()}

    voices = {
        (r["layer"], r["voice"]): r["spans"]
        for r in rows(shipped_figures["voices"])
        if r["voice"] != "(all)"
    }
    assert voices == counts("spans", "layer, voice", "voice is not null")
    techniques = {
        (r["technique"], r["voice"]): r["spans"]
        for r in rows(shipped_figures["techniques-voice"])
        if r["voice"] != "(all)"
    }
    assert techniques == counts("spans", "technique, voice", "technique is not null")
    for column, flag in (("source named", True), ("not named", False)):
        kinds = {
            (r["item"], r["source kind"]): r[column]
            for r in rows(shipped_figures["sources"])
            if r["item"] != "(all items)" and r["source kind"] != "(all)" and r[column]
        }
        assert kinds == counts("attributions", "item_id, source_kind", f"source_named = {flag}")
    names = {(r["name"],): r["attributions"] for r in rows(shipped_figures["source-names"])}
    assert names == counts("attributions", "source_name", "source_name is not null")


def test_copies_are_those_that_agreement_leaves_out(
    shipped: Corpus, shipped_figures: Figures
) -> None:
    """Without copies, a label has as many spans as the view that agreement compares."""
    from newspan.agreement.units import view

    chosen, blocks = shipped.sets["consensus"], shipped.sets["reuse_v1"]
    for layer in ALL_LAYERS:
        seen = view([chosen], shipped, layer, blocks, with_copies=False)
        whole = only(shipped_figures["labels"], item="(all items)", layer=layer, label="(all)")
        assert (whole["spans without copies"],) == seen.counts()


def test_density_is_the_share_of_characters(shipped: Corpus, shipped_figures: Figures) -> None:
    """Part by part it is what marking each character of an item gives."""
    document, each = shipped.items["001-i1"]
    chosen = shipped.sets["consensus"]
    marked, seen = bytearray(each.end), bytearray(each.end)
    for one in chosen.spans_in[each.id]:
        if one.layer == "claim":
            marked[one.start : one.end] = b"1" * (one.end - one.start)
    for zone in each.zones:
        if (each.id, "claim", zone.kind) in chosen.looked_at:
            seen[zone.start : zone.end] = b"1" * (zone.end - zone.start)
    expected = []
    for part in range(50):
        start = each.start + (each.end - each.start) * part // 50
        end = each.start + (each.end - each.start) * (part + 1) // 50
        there = seen[start:end].count(b"1")
        inside = marked[start:end].count(b"1")
        expected.append(min(100, round(100 * inside / there)) if there else None)

    found = {tuple(row[:2]): row[2:] for row in shipped_figures["density"]["rows"]}
    assert document.id == "001"
    assert found["001-i1", "claim"] == expected


def test_lengths_add_up(shipped_figures: Figures) -> None:
    """The bars of a histogram hold all spans of their layer and role, each once."""
    counted = Counter(
        (each["layer"], each.get("role", ""))
        for _, each in records("consensus")
        if each["record"] == "span"
    )
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows(shipped_figures["lengths"]):
        groups.setdefault((row["layer"], row["role"]), []).append(row)

    assert {key: found[0]["spans"] for key, found in groups.items()} == counted
    for whole, *found in groups.values():
        for column in ("spans", "spans without copies"):
            assert sum(row[column] for row in found) == whole[column]
        assert found[-1]["words to"] >= whole["words to"]


def test_reuse_is_what_the_blocks_cover(shipped_figures: Figures) -> None:
    """The copied characters of an item are those of its blocks that are copies, each once."""
    copied: dict[str, set[int]] = {}
    for item_id, each in records("reuse_v1"):
        if each["copy_role"] == "copy":
            copied.setdefault(item_id, set()).update(range(each["start"], each["end"]))

    for row in rows(shipped_figures["reuse"]):
        if row["item"] != "(all items)":
            assert row["copied"] == len(copied.get(row["item"], ()))


def test_sets_stand_side_by_side(shipped_figures: Figures) -> None:
    """Each set has a row per label, with the spans of its files."""
    for name in ("consensus", "pass_a", "pass_b"):
        counted = Counter(each["layer"] for _, each in records(name) if each["record"] == "span")
        found = rows(shipped_figures["sets"], set=name, label="(all)")
        assert {row["layer"]: row["spans"] for row in found} == counted
        assert found[0]["annotated by"] == "language model Claude (Anthropic)"


def test_agreement_has_its_signatures(shipped: Corpus, shipped_figures: Figures) -> None:
    """Each row of the table is a figure of the report, named by its signature."""
    sets = [shipped.sets["pass_a"], shipped.sets["pass_b"]]
    report = compare(shipped, sets, shipped.sets["reuse_v1"], samples=2, replicates=20)
    by_signature = {f.signature: f for layer in report.layers for f in layer.figures}
    found = rows(shipped_figures["agreement"])

    assert {row["measure"] for row in found} == {"gamma", "gamma_k", "f1_iou", "alpha"}
    assert {row["copies"] for row in found} == {"with", "without"}
    assert len({row["signature"] for row in found}) == len(found) > 60
    for row in found:
        figure = by_signature[row["signature"]]
        assert row["value"] == (None if figure.value is None else round(figure.value, 4))
    assert shipped_figures["agreement"]["title"] == "Machine agreement"
    assert "not inter-annotator agreement" in shipped_figures["agreement"]["about"]


def test_who_annotated_is_said(shipped_figures: Figures) -> None:
    """Every figure of annotations names the language model, and that nobody verified it."""
    for name, figure in shipped_figures.items():
        if name in ("reuse", "sets"):
            continue
        assert "language model Claude (Anthropic)" in figure["about"]
        if name != "agreement":
            assert "none of it verified by a person" in figure["about"]
        assert "language model Claude (Anthropic)" in figure["svg"]


# --- pictures -------------------------------------------------------------------------------------


def numbers(words: str) -> set[str]:
    """Return the numbers in some words, without separators; those inside names are none."""
    found = re.findall(r"(?<![\w.-])\d[\d,]*(?:\.\d+)?(?![\w-])", words)
    return {str(float(each.replace(",", ""))) for each in found}


def test_the_numbers_of_a_picture_are_in_its_table(shipped_figures: Figures) -> None:
    """What a tooltip or the end of a bar says is a cell, or the difference of two in a row."""
    for name, figure in shipped_figures.items():
        cells: set[str] = set()
        for row in figure["rows"]:
            values = [float(v) for v in row if isinstance(v, int | float)]
            cells |= {str(v) for v in values} | {str(float(round(100 * v))) for v in values}
            cells |= {str(round(a - b, 1)) for a in [*values, 100.0] for b in values}
            cells |= {str(round(100 - a - b, 1)) for a in values for b in values}
            cells |= {str(round(v, 2)) for v in values} | {str(round(v, 4)) for v in values}
            cells |= {str(float(n)) for v in row if isinstance(v, str) for n in numbers(v)}
        root = ElementTree.fromstring(figure["svg"])
        told = [
            (each.find(f"{SVG}title").text or "").rpartition(":")[2]  # type: ignore[union-attr]
            for each in root.iter()
            if each.tag in (f"{SVG}rect", f"{SVG}circle") and each.find(f"{SVG}title") is not None
        ]
        told += [
            each.text or "" for each in root.iter(f"{SVG}text") if each.get("class") == "f-over"
        ]
        wrong = [words for words in told for number in numbers(words) if number not in cells]

        assert not wrong, (name, wrong)
        assert told or name in ("density", "sources", "sets"), name


def check_picture(figure: dict[str, Any]) -> ElementTree.Element:
    """Hold a picture to what all must be; return its root."""
    told = figure["svg"]
    assert told.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<svg ')
    root = ElementTree.fromstring(told.encode())
    assert root.tag == f"{SVG}svg"
    wide, high = int(root.attrib["width"]), int(root.attrib["height"])
    assert root.attrib["viewBox"] == f"0 0 {wide} {high}"
    assert [each.tag for each in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    background = root.find(f"{SVG}rect")
    assert background is not None and background.attrib["class"] == "f-page"
    ids = [each.attrib["id"] for each in root.iter() if "id" in each.attrib]
    assert len(ids) == len(set(ids))
    assert all(each.startswith(f"figure-{figure['id']}-") for each in ids)
    for each in root.iter():
        assert each.tag.removeprefix(SVG) in {
            *("svg", "title", "desc", "defs", "pattern", "g", "rect", "line", "path", "circle"),
            *("text", "tspan"),
        }
        for name, value in each.attrib.items():
            assert not name.startswith("on") and name not in ("style", "href"), name
            for target in re.findall(r"url\(#([^)]+)\)", value):
                assert target in ids
        assert float(each.attrib.get("font-size", "12")) >= 11
        for name in ("x", "width", "height", "cx", "x1", "x2"):
            assert -1 <= float(each.attrib.get(name, "0")) <= max(wide, high)
    return root


def test_every_picture_stands_alone(shipped_figures: Figures, small: Figures) -> None:
    """Each is a whole SVG without style, script or reference to anything else."""
    for figure in (*shipped_figures.values(), *small.values()):
        check_picture(figure)
        assert "Nothing to show" not in figure["svg"] or figure["id"] == "agreement"


def test_hostile_names_are_text(small: Figures) -> None:
    """Markup in a name is shown as it is; controls and overrides are replaced."""
    hostile = by_id(harbour(title=NASTY), ("m", "reuse_v1"))

    for figure in hostile.values():
        check_picture(figure)
        assert "<script" not in figure["svg"]
        assert not re.search(
            "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e]", figure["svg"]
        )
    root = ElementTree.fromstring(hostile["techniques-origin"]["svg"])
    titles = [each.text or "" for each in root.iter(f"{SVG}title")]
    assert any(each.startswith("<script>alert(1)</script> \"'&]]> \ufffd\ufffd") for each in titles)
    assert any(row[0] == NASTY for row in hostile["techniques-origin"]["rows"])


def test_a_hostile_corpus_has_figures(hostile_corpus: Path) -> None:
    """A corpus whose every text tries to break out gives whole pictures."""
    corpus, _ = read_corpus(hostile_corpus)
    assert corpus is not None
    report = compare(corpus, [corpus.sets[each] for each in ("consensus", "constructor")], None)
    for figure in figures(corpus, tuple(corpus.sets), report):
        check_picture(figure)
        assert not re.search("[\x00-\x08\u202a-\u202e\u2066-\u2069]", figure["about"])
        json.dumps(figure, ensure_ascii=False).encode()


@pytest.mark.parametrize("which", ["no corpus", "no sets", "empty set"])
def test_nothing_is_said_to_be_nothing(which: str) -> None:
    """Without items, sets or records a figure has no numbers but zero, and says so."""
    corpus = harbour()
    if which == "no corpus":
        found = figures(corpus_of({}, {}), ())
    elif which == "no sets":
        found = figures(corpus, ())
    else:
        bare = {"e": set_of("e", {}, {"h1-i1": ALL_LAYERS})}
        items = {"h1": (ONE, item("h1-i1", ONE, None))}
        found = figures(corpus_of(items, bare), ("e",))

    for figure in found:
        check_picture(figure)
        told = [cell for row in figure["rows"] for cell in row if isinstance(cell, int | float)]
        if which == "no sets" and figure["id"] == "reuse":
            assert sum(told) > 0  # blocks are of the corpus
        elif which == "empty set" and figure["id"] in (
            "labels",
            "techniques-origin",
            "techniques-page",
        ):
            assert max(told) == 12  # words that were looked at
        else:
            assert not any(told)
            assert figure["rows"] or "Nothing to show" in figure["svg"]


def test_the_same_corpus_gives_the_same_bytes() -> None:
    """Nothing depends on the order of a set or on what was drawn before."""
    assert figures(harbour(), ("m", "reuse_v1")) == figures(harbour(), ("m", "reuse_v1"))


def many_items(number: int) -> Corpus:
    """Return a corpus of many like items from as many outlets; number 4321 has a second claim."""
    items, records = {}, {}
    for index in range(number):
        name = f"n{index:04}"
        chain = (name, "scraped_publisher")
        items[name] = (ONE, item(f"{name}-i1", ONE, f"Ferry {index}", chain))
        start = ONE.index("the ferry")
        words = "the ferry is late"
        records[f"{name}-i1"] = [
            Span(f"{kind[0]}{index}", "claim", start, start + len(words), words, factuality=kind)
            for kind in ("factual", *(("opinion",) if index == 4321 else ()))
        ]
    layers = {f"{name}-i1": ALL_LAYERS for name in items}
    return corpus_of(items, {"m": set_of("m", records, layers)})


def test_five_thousand_items_make_small_pictures_and_whole_tables() -> None:
    """At most forty rows are drawn, the rest as a mean, and the tables have every item."""
    many = by_id(many_items(5000), ("m",))

    for figure in many.values():
        check_picture(figure)
        assert len(figure["svg"]) < 100_000
        assert int(ElementTree.fromstring(figure["svg"]).attrib["height"]) < 1400
    labels = many["labels"]
    assert {row[0] for row in labels["rows"]} >= {f"n{n:04}-i1" for n in range(5000)}
    assert only(labels, item="(all items)", layer="claim", label="(all)")["spans"] == 5001
    rest = only(labels, item="(4,961 other items, mean)", layer="claim", label="(all)")
    assert rest["spans"] == 1
    assert "(4,961 other items, mean)" in labels["svg"]
    assert "n4321-i1" in labels["svg"] and "n4999-i1" not in labels["svg"]
    assert len(rows(many["density"], layer="claim")) == 5001


# --- the parts ------------------------------------------------------------------------------------


def test_of_too_many_those_of_most_weight_are_drawn_in_their_order() -> None:
    """Forty are drawn as they are; of more, thirty-nine, and a row stands for the others."""
    assert drawn(range(MOST), float) == (list(range(MOST)), [])
    shown, others = drawn(range(MOST + 2), lambda n: n % 2)
    assert shown == [n for n in range(MOST + 2) if n % 2 or n < 36]
    assert others == [36, 38, 40]


@pytest.mark.parametrize(
    ("most", "expected"),
    [(0, [0, 1]), (1, [0, 0.5, 1]), (7, [0, 2, 4, 6, 8]), (122, [0, 50, 100, 150]), (5e6, 4)],
)
def test_ticks_are_round_and_begin_at_zero(most: float, expected: Any) -> None:
    """Steps are 1, 2 or 5 times a power of ten."""
    found = ticks(most, 4)
    assert found[0] == 0 and found[-1] >= most
    assert found == expected or len(found) - 1 <= expected + 1


@pytest.mark.parametrize("lengths", [[1], [1, 1, 2], [*range(1, 21)], [*range(1, 22)], [3, 900]])
def test_bins_hold_every_length_once(lengths: list[int]) -> None:
    """They begin at one word, follow each other, and the last one reaches to the longest."""
    found = bins(lengths)
    assert found[0][0] == 1 and found[-1][1] >= lengths[-1] and len(found) <= BINS
    assert all(left[1] + 1 == right[0] for left, right in pairwise(found))


@pytest.mark.parametrize(
    "words",
    [
        "a" * 300,
        "港は開いている、" * 40,
        "شهردار گفت: " * 40,
        "👩\u200d👩\u200d👧" * 60,
        "e\u0301" * 200,
    ],
)
def test_long_text_is_cut_between_characters(words: str) -> None:
    """What is left is a beginning that fits, with an ellipsis, and no character is torn."""
    short = svg.cut(words, 120)
    assert short.endswith("…") and words.startswith(short[:-1])
    assert svg.width(short) <= 120
    rest = words[len(short) - 1 :]
    assert not rest.startswith(("\u0301", "\u200d")) and not short[:-1].endswith("\u200d")
    assert svg.cut("short", 120) == "short"


def test_numbers_read_well() -> None:
    """Thousands are separated, a minus is a minus sign, coordinates have no tail."""
    assert [svg.shown(each) for each in (1234567, 0.25, -3, 0.0)] == [
        "1,234,567",
        "0.2",
        "\u22123",
        "0",
    ]
    assert [svg.number(each) for each in (1.0, 0.126, -0.001, 12)] == ["1", "0.13", "0", "12"]
