from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest

from corpora import GOOD
from hostile_sets import corpus, written
from mutated import mutated
from newspan.corpus import AnnotationSet, read_corpus
from newspan.exchange.documents import documents_of
from newspan.exchange.facts import facts
from newspan.exchange.shapes import Found, Options, Reading
from newspan.exchange.web_annotation import FILE, read, write
from newspan.exchange.web_selectors import selected
from newspan.model import AnyRecord, Attribution, Run, Span
from newspan.release.web_annotations import web_annotations
from newspan.schema import is_valid

TEXT = "Ferry 👩\u200d👧 row.\r\nThe row, the row and Ada."
ROW = TEXT.find("row")


def position(start: int, end: int, **more: Any) -> dict[str, Any]:
    """Return a TextPositionSelector."""
    return {"type": "TextPositionSelector", "start": start, "end": end, **more}


def quote(exact: str, **more: Any) -> dict[str, Any]:
    """Return a TextQuoteSelector."""
    return {"type": "TextQuoteSelector", "exact": exact, **more}


def annotation(selector: Any, source: str = "tides.txt", **more: Any) -> dict[str, Any]:
    """Return an annotation as anybody's tool writes it."""
    target = {"source": source, "selector": selector}
    return {"type": "Annotation", "motivation": "tagging", "target": target, **more}


def tag(value: str, **more: str) -> dict[str, str]:
    """Return a body that tags."""
    return {"type": "TextualBody", "value": value, **more}


def reading_of(
    folder: Path, annotations: Any, name: str = "page.json", **options: Any
) -> tuple[list[Found], Reading]:
    """Return what is read of a file of annotations beside one text."""
    (folder / "tides.txt").write_bytes(TEXT.encode())
    (folder / name).write_text(json.dumps(annotations), encoding="utf-8")
    reading = read(folder, Options(**options))
    return list(reading.documents), reading


def spans_of(found: Found) -> list[tuple[int, str, str, str]]:
    """Return a document's spans: where they begin, words, layer, label."""
    return [(r.start, r.text, r.layer, r.label) for r in found.records if isinstance(r, Span)]


def ids_of(reading: Reading) -> list[str]:
    """Return what problems there are."""
    return [problem.id for problem in reading.problems]


@pytest.mark.parametrize("seed", range(30))
def test_nothing_is_lost(tmp_path: Path, seed: int) -> None:
    """What is written is valid by its schema, and reads back as it was."""
    made, chosen = corpus(random.Random(seed))
    writing = write(made, chosen, Options())
    files = dict(writing.files)
    reading = read(written(files.items(), tmp_path), Options())

    # All but which texts nobody looked at: those have no annotations, as others may have none.
    assert {loss.what for loss in writing.losses} <= {"uncovered"} and reading.problems == []
    before, after = facts(documents_of(made, chosen)), facts(reading.documents)
    assert {fact[0] for fact in [*(before - after), *(after - before)]} <= {"uncovered"}
    for line in files[FILE].decode().split("\n")[:-1]:
        assert "Annotation" in json.loads(line)["type"]


def test_alignments_are_declared_lost(tmp_path: Path) -> None:
    """Runs of equal text have no place in an annotation; nothing else is lost with them."""
    for seed in range(200):
        made, chosen = corpus(random.Random(seed), documents=1)
        block = next(
            (p for p in chosen.records if getattr(p.record, "layer", "") == "duplicate_block"), None
        )
        if block is not None:
            break
    assert block is not None
    aligned = msgspec.structs.replace(block.record, alignment=(Run(0, 1, 0, 1),))
    records = tuple(
        msgspec.structs.replace(p, record=aligned) if p is block else p for p in chosen.records
    )
    (loss,) = write(made, AnnotationSet(chosen.info, records), Options()).losses

    assert (loss.what, loss.number) == ("attribute:alignment", 1)


@pytest.mark.parametrize("seed", range(10))
def test_a_releases_annotations_are_read(tmp_path: Path, seed: int) -> None:
    """A text is known by its SHA-256; scope ends and duplicate blocks' values are not in it."""
    made, chosen = corpus(random.Random(seed), documents=1)
    blocks = any(getattr(p.record, "layer", "") == "duplicate_block" for p in chosen.records)
    files = {f"{each.id}.txt": made.texts[each.id].encode() for each in made.documents}
    lines = (json.dumps(each) + "\n" for each in web_annotations(made, chosen))
    files["web-annotations/consensus.jsonl"] = "".join(lines).encode()
    if not chosen.records:
        return
    reading = read(written(files.items(), tmp_path), Options())
    documents = documents_of(made, chosen)
    left = [
        msgspec.structs.replace(
            found, records=tuple(map(_released, filter(_is_kept, found.records)))
        )
        for found in documents
    ]

    assert facts(reading.documents) == facts(left)
    assert ids_of(reading) == ["annotation-left-out"] * blocks


def test_a_release_has_the_texts_too(good_release: Path, tmp_path: Path) -> None:
    """Of a release's folder, texts are its documents' rows; what isn't W3C's is left alone."""
    made, _ = read_corpus(GOOD)
    assert made is not None
    lines = [json.dumps(each) for each in web_annotations(made, made.sets["consensus"])]
    folder = shutil.copytree(good_release, tmp_path / "release")
    written({"web-annotations/consensus.jsonl": "\n".join(lines).encode()}.items(), folder)
    reading = read(folder, Options())
    documents = list(reading.documents)
    rows = pq.read_table(good_release / "documents", columns=["doc_id", "text"]).to_pylist()

    assert reading.problems == []
    assert {found.name: found.text for found in documents} == {r["doc_id"]: r["text"] for r in rows}
    assert sum(len(found.records) for found in documents) == len(lines)


def _is_kept(record: AnyRecord) -> bool:
    return not (isinstance(record, Span) and record.layer == "duplicate_block")


def _released(record: AnyRecord) -> AnyRecord:
    if isinstance(record, Attribution):
        return msgspec.structs.replace(record, scope_end=None)
    return record


def test_anybodys_annotations_are_read(tmp_path: Path) -> None:
    """Tags and classes become kinds, comments notes; a page, a collection or a list holds them."""
    anns = [
        annotation(position(ROW, ROW + 3), body=[tag("Doubt"), tag("Why?", purpose="commenting")]),
        annotation(quote("Ada"), body="http://vocabulary.example/kinds#PER"),
        annotation(quote("Ferry"), bodyValue="aside", motivation="commenting"),
        annotation(
            quote("Ada"),
            "http://gazette.example/tides?x=1",
            body={"source": "urn:x:Sea shanty", "purpose": "classifying"},
        ),
    ]
    page = {"type": "AnnotationPage", "items": anns[1:]}
    (found,), reading = reading_of(
        tmp_path,
        [anns[0], {"type": "AnnotationCollection", "first": page}],
        types={"PER": "attribution:source"},
        language="en",
    )

    assert spans_of(found) == [
        (ROW, "row", "loaded_language", "Doubt"),
        (TEXT.find("Ada"), "Ada", "attribution", "source"),
        (0, "Ferry", "loaded_language", "Unlabelled"),
        (TEXT.find("Ada"), "Ada", "loaded_language", "Sea_shanty"),
    ]
    assert [record.note for record in found.records] == ["Why?", None, "aside", None]
    assert sorted(label["id"] for label in reading.labels) == ["Sea_shanty", "Unlabelled"]
    assert reading.problems == [] and found.language == "en"
    assert reading.layers == ("attribution", "loaded_language")


@pytest.mark.parametrize(
    ("selector", "words", "problem"),
    [
        (position(ROW, ROW + 3), [ROW], None),
        ([quote("row"), position(ROW, ROW + 3)], [ROW], None),
        (quote("row", prefix="The "), [TEXT.find("row,")], None),
        (quote("row"), [ROW, TEXT.find("row,"), TEXT.rfind("row")], None),
        ({"type": "FragmentSelector", "value": f"char={ROW},{ROW + 3}"}, [ROW], None),
        (position(15, 40, refinedBy=quote("row", suffix=",")), [TEXT.find("row,")], None),
        (position(6, 13, refinedBy=position(4, 7)), [ROW], None),
        ([{"type": "XPathSelector", "value": "/p"}, position(ROW, ROW + 3)], [ROW], None),
        ([position(ROW + 2, ROW + 5), quote("row")], [ROW], "offset-unit-converted"),
        ([position(3, 6), quote("row", suffix=".")], [ROW], "surface-mismatch"),
        ([position(3, 6), quote("row")], [], "surface-mismatch"),
        (quote("pier"), [], "surface-mismatch"),
        (position(30, 300), [], "offset-out-of-range"),
        (position(5, 5), [], "offset-out-of-range"),
        ({"type": "CssSelector", "value": "p"}, [], "annotation-left-out"),
        (None, [], "annotation-left-out"),
        ([3, {}, {"type": 7}, position(1, 2) | {"end": "2"}], [], "annotation-left-out"),
    ],
)
def test_selectors(selector: Any, words: list[int], problem: str | None) -> None:
    """Positions are checked by quotations, which select all that they match."""
    found = selected(selector, TEXT)

    assert [start for start, _ in found.extents] == words
    assert all(TEXT[start:end] == "row" for start, end in found.extents)
    assert (found.problem and found.problem[0]) == problem


def test_each_defect_is_a_problem_and_the_rest_is_read(tmp_path: Path) -> None:
    """Unknown texts, twice the same id, and replies are told; once for each text."""
    good = annotation(position(ROW, ROW + 3), bodyValue="Doubt", id="http://x.example/1")
    reply = {"type": "Annotation", "target": good["id"], "bodyValue": "No."}
    anns = [
        good,
        good,
        reply,
        annotation(quote("x"), "gone.txt"),
        annotation(quote("x"), "gone.txt"),
    ]
    ours = annotation(quote("Ada"), body={"id": "urn:newspan:label:claim:factuality:fishy"})
    anns += [ours, {"type": "Annotation"}, {"type": "Note"}, 5]
    (found,), reading = reading_of(tmp_path, anns)

    assert len(found.records) == 1
    assert sorted(ids_of(reading)) == [
        *("annotation-left-out", "annotation-left-out", "document-unknown", "duplicate-id"),
        *("row-syntax", "row-syntax", "schema"),
    ]
    told = {problem.id: problem for problem in reading.problems}
    assert "first of 2" in told["document-unknown"].message
    assert str(told["duplicate-id"].place) == "page.json#/1"


def test_lines_and_files_that_have_none_are_left_alone(tmp_path: Path) -> None:
    """Other JSON in the folder isn't looked at; a broken line doesn't stop the others."""
    (tmp_path / "settings.json").write_text('{"a": 1}')
    (tmp_path / "tides.txt").write_bytes(TEXT.encode())
    line = json.dumps(annotation(quote("Ada"), bodyValue="Doubt"))
    (tmp_path / "all.jsonl").write_text(f"\ufeff{line}\n{{\n\n{line}\r\n")
    reading = read(tmp_path, Options())
    (found,) = reading.documents

    assert len(found.records) == 2
    assert [(p.id, str(p.place)) for p in reading.problems] == [("json-syntax", "all.jsonl:2")]
    assert len(list(read(tmp_path / "all.jsonl", Options()).documents)) == 1
    with pytest.raises(ValueError, match="no web annotations"):
        read(tmp_path / "settings.json", Options())


@pytest.mark.parametrize("seed", range(60))
def test_no_annotation_ends_in_a_traceback(tmp_path: Path, seed: int) -> None:
    """Whatever JSON stands anywhere, what is sound is read and the rest is told."""
    rng = random.Random(seed)
    files = dict(write(*corpus(rng), Options()).files)
    anns = [json.loads(line) for line in files[FILE].decode().split("\n")[:-1]]
    anns.append(annotation([position(0, 5), quote("Ferry")], body=[tag("Doubt"), "urn:x"]))
    files[FILE] = json.dumps({"type": "AnnotationPage", "items": mutated(anns, rng, 9)}).encode()
    (tmp_path / "tides.txt").write_bytes(TEXT.encode())
    (written(files.items(), tmp_path) / FILE).rename(tmp_path / "page.json")
    try:
        reading = read(tmp_path, Options())
    except ValueError as error:
        assert "has no file with web annotations" in str(error)
        return
    for found in reading.documents:
        for record in found.records:
            assert is_valid("record.json", json.loads(json.dumps(record.to_json())))
            if isinstance(record, Span):
                assert found.text[record.start : record.end] == record.text


def test_refinements_without_end_are_left_out(tmp_path: Path) -> None:
    """A few are followed; as many as JSON can nest are told, not followed into a traceback."""

    def refined(times: int) -> dict[str, Any]:
        found = quote("row", refinedBy=None)
        for _ in range(times):
            found = quote("row", refinedBy=found)
        return found

    body = tag("Doubt", purpose="tagging")
    few, reading = reading_of(tmp_path, [annotation(refined(5), body=body)])
    assert (len(few[0].records), ids_of(reading)) == (3, [])
    many, reading = reading_of(tmp_path, [annotation(refined(400), body=body)])
    assert (many[0].records, ids_of(reading)) == ((), ["annotation-left-out"])


def test_attributions_nest_in_any_order(tmp_path: Path) -> None:
    """Whichever is written first, each is found in its place, with what is around it."""
    names = ["c", "a", "b"]
    parts = [
        annotation(position(start, start + 5), id=f"urn:x:{name}", body=tag("Content"))
        for name, start in zip(names, (0, 6, 14), strict=True)
    ]
    tied = [
        {
            "type": "Annotation",
            "id": f"urn:newspan:x:y:{name}",
            "target": [f"urn:x:{name}"],
            "body": [
                tag("attribution", purpose="tagging"),
                *([{"source": f"urn:newspan:x:y:{outer}", "purpose": "linking"}] if outer else []),
            ],
        }
        for name, outer in (("c", "a"), ("a", "b"), ("b", None))
    ]
    (found,), reading = reading_of(tmp_path, [*parts, *tied])

    assert ids_of(reading) == []
    made = {r.id: r for r in found.records if isinstance(r, Attribution)}
    assert {own: each.parent_id for own, each in made.items()} == {"c": "a", "a": "b", "b": None}
    assert [r.id for r in found.records][3:] == ["c", "a", "b"]
