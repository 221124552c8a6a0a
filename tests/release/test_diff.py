"""Everything that differs between two releases is found, and called what it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner

from edited_releases import adding, changing, edited, rows_of, without
from newspan.cli.diff import command
from newspan.release.diff import Diff, DiffError, diff

Row = dict[str, Any]


def events(found: Diff, kind: str) -> list[Row]:
    """Return the changes of a kind, as the JSON has them."""
    changes: list[Row] = found.json()["changes"].get(kind, [])
    return changes


def told(found: Diff) -> set[tuple[str, str]]:
    """Return which kinds of records have which changes."""
    return {(kind, event["change"]) for kind in found.changes for event in events(found, kind)}


@pytest.fixture
def change(good_release: Path, tmp_path: Path) -> Callable[..., Diff]:
    """Return a function that edits the small release and compares the two."""

    def compared(*arguments: Any, **named: Any) -> Diff:
        return diff(good_release, edited(good_release, tmp_path / "new", *arguments, **named))

    return compared


def test_a_release_does_not_differ_from_itself(good_release: Path, shipped_release: Path) -> None:
    """Nothing differs, no bump is due, and every form says so."""
    for release in (good_release, shipped_release):
        found = diff(release, release)

        assert not found
        assert (found.due, found.changes, found.reasons) == ("none", {}, ())
        assert found.text().endswith("nothing differs")
        assert "The data are those of" in found.changelog()


def test_all_is_added_and_all_removed(good_release: Path, tmp_path: Path) -> None:
    """From a release without rows to one with rows, every record is added; back, removed."""
    none: dict[str, Callable[[list[Row]], list[Row]]] = {
        name: lambda rows: []
        for name in json.loads((good_release / "manifest.json").read_bytes())["configs"]
    }
    empty = edited(good_release, tmp_path / "old", none)

    found = diff(empty, good_release)
    assert {change for _, change in told(found)} == {"added"}
    assert found.due == "minor"
    counts = {kind: table.num_rows for kind, table in found.changes.items()}
    for name in none:
        assert counts.get(name, 0) == rows_of(good_release, name).num_rows, name

    back = diff(good_release, empty)
    assert {change for _, change in told(back)} == {"removed"}
    assert back.due == "major"
    assert {kind: table.num_rows for kind, table in back.changes.items()} == counts


def test_another_file_makes_a_patch_due(change: Callable[..., Diff]) -> None:
    """A word in the card changes no data."""
    found = change(files={"README.md": b"other\n"})

    assert found.due == "patch"
    assert found.reasons == ("the data are the same",)
    assert found.files["changed"] == ("README.md",)


def test_a_text_tells_its_length_and_the_first_difference(change: Callable[..., Diff]) -> None:
    """Lengths count code points, with emoji, marks and right-to-left script before the place."""
    at = {"": 0}

    def longer(rows: list[Row]) -> list[Row]:
        text = rows[0]["text"]
        at[""] = place = text.index("🚢")
        return [
            {**rows[0], "text": text[:place] + "!" + text[place:], "sha256": "0" * 64},
            *rows[1:],
        ]

    found = change({"documents": longer})

    (event,) = events(found, "documents")
    assert (event["change"], event["id"]) == ("text", "d1")
    assert event["new"]["characters"] == event["old"]["characters"] + 1
    assert event["old"]["at"] == event["new"]["at"] == at[""]
    assert event["new"]["says"].startswith("!🚢")
    assert found.due == "major"
    assert f"differs from character {at['']} on" in found.text()


def test_a_text_of_which_only_the_checksum_is_there(change: Callable[..., Diff]) -> None:
    """Without texts, another checksum is another text."""
    found = change({"documents": changing(0, sha256="0" * 64)})

    assert told(found) == {("documents", "text")}


def test_a_split_is_told_as_such(change: Callable[..., Diff]) -> None:
    """Another fold or lineage is no plain edit: it shuffles the data."""
    found = change({"documents": changing(0, fold=7), "sentences": changing(0, fold=7)})

    assert told(found) == {("documents", "split"), ("sentences", "split")}
    assert found.due == "major"


SPANS = ("spans", "annotations")


def both(edit: Any) -> dict[str, Any]:
    """Return the same edit of the two configs that hold the spans of the primary set."""
    return dict.fromkeys(SPANS, edit)


def test_a_span_at_another_place_is_moved(change: Callable[..., Diff]) -> None:
    """The same id elsewhere: both places and both words are told, in one change."""
    found = change({"spans": changing(1, start=1, end=3, text="Co")})

    (event,) = events(found, "spans")
    assert event["change"] == "moved"
    assert event["new"] == {"start": 1, "end": 3, "text": "Co"}
    assert set(event["old"]) == {"start", "end", "text"}


def test_a_span_moved_under_another_id_is_found_by_its_words(change: Callable[..., Diff]) -> None:
    """The same layer, label and words elsewhere in the document: moved, not removed and added."""
    found = change({"spans": changing(1, id="fresh", start=1, end=3)})

    (event,) = events(found, "spans")
    assert (event["change"], event["new_id"]) == ("moved", "fresh")


def test_a_span_under_another_id_is_renamed(change: Callable[..., Diff]) -> None:
    """The same words at the same place with the same label: only the id is another."""
    found = change({"spans": changing(1, id="fresh")})

    (event,) = events(found, "spans")
    assert (event["change"], event["new_id"]) == ("renamed", "fresh")
    assert found.due == "major"


@pytest.mark.parametrize("id_", [None, "fresh"])
def test_another_label_at_the_same_place_is_relabelled(
    id_: str | None, good_release: Path, change: Callable[..., Diff]
) -> None:
    """Under the same id or another one; the attribute that the label repeats is not told twice."""
    rows = rows_of(good_release, "spans").to_pylist()
    at = next(number for number, row in enumerate(rows) if row["layer"] == "claim")
    values = {"label": "opinion", "factuality": "opinion"} | ({"id": id_} if id_ else {})
    assert rows[at]["label"] != "opinion"

    found = change({"spans": changing(at, **values)})

    (event,) = events(found, "spans")
    assert (event["change"], event["column"], event["new"]) == ("relabelled", "label", "opinion")
    assert event.get("new_id") == id_


def test_an_edit_names_the_column_and_both_values(change: Callable[..., Diff]) -> None:
    """Which column, from what, to what; a note of several lines stays on one line of the text."""
    found = change({"spans": changing(1, note="line\none \u202e two", unsure=True)})

    assert {(e["column"], json.dumps(e["new"])) for e in events(found, "spans")} == {
        ("note", json.dumps("line\none \u202e two")),
        ("unsure", "true"),
    }
    assert "note nothing → “line\\none \\u202e two”" in found.text()
    assert "\u202e" not in found.text()


def test_a_voice_where_nobody_had_looked_is_an_addition(
    good_release: Path, change: Callable[..., Diff]
) -> None:
    """Null says that nobody looked for attributions: a value in its place edits nothing."""
    rows = rows_of(good_release, "spans").to_pylist()
    at = next(number for number, row in enumerate(rows) if row["voice"] == "author")

    found = change({"spans": changing(at, voice="quoted")})
    assert told(found) == {("spans", "edited")}

    found = change({"spans": changing(at, voice=None)}, version="9.0.0")
    assert told(found) == {("spans", "emptied")}
    assert found.due == "major"


def test_lists_of_spans_are_filled_grow_shrink_and_empty(
    good_release: Path, tmp_path: Path
) -> None:
    """A sentence that gets one more span keeps what it had; null means that nobody looked."""
    rows = rows_of(good_release, "sentences").to_pylist()
    at = next(number for number, row in enumerate(rows) if row["claim"])
    (first, *_) = rows[at]["claim"]
    more = [*rows[at]["claim"], {**first, "span_id": "fresh"}]
    other = [{**first, "hedged": not first["hedged"]}]
    cases = [
        (rows[at]["claim"], more, "grown", "minor"),
        (more, rows[at]["claim"], "shrunk", "major"),
        ([], more, "grown", "minor"),
        (None, more, "filled", "minor"),
        (None, [], "filled", "minor"),
        (more, None, "emptied", "major"),
        (more, more[::-1], "edited", "major"),
        (more, [*other, more[-1]], "edited", "major"),
        ([first], [*other, more[-1]], "edited", "major"),
    ]
    for number, (before, after, expected, bump) in enumerate(cases):
        folder = tmp_path / str(number)
        old = edited(good_release, folder / "old", {"sentences": changing(at, claim=before)})
        new = edited(good_release, folder / "new", {"sentences": changing(at, claim=after)})

        found = diff(old, new)

        (event,) = events(found, "sentences")
        assert (event["change"], event["column"]) == (expected, "claim"), number
        assert found.due == bump
        if expected != "edited":
            assert event["new"] == (after and [one["span_id"] for one in after])


def _document(**parts: Any) -> Callable[[list[Row]], list[Row]]:
    """Return the edit of lists inside the first document, each by a function."""
    return lambda rows: [
        {**rows[0], **{name: edit(rows[0][name]) for name, edit in parts.items()}},
        *rows[1:],
    ]


@pytest.mark.parametrize(
    ("column", "edit", "expected"),
    [
        ("items", lambda rows: rows[:-1], "removed"),
        ("items", changing(0, end=284), "moved"),
        ("items", changing(0, title="Another title"), "edited"),
        ("items", changing(0, note="seen"), "edited"),
        ("items", adding(0, item_id="d1-i9"), "added"),
        ("zones", changing(0, kind="teaser"), "relabelled"),
        ("zones", changing(0, end=7), "moved"),
        ("zones", without(0), "removed"),
        ("zones", adding(0, item_id="d1-i1", start=320, end=330, kind="caption"), "added"),
        ("provenance", changing(0, outlet_id="elsewhere"), "edited"),
        ("provenance", adding(0, step=9), "added"),
        ("provenance", without(0), "removed"),
        ("partisanship", changing(0, polarity="mixed"), "relabelled"),
        ("partisanship", changing(0, assessor="somebody else"), "edited"),
        ("partisanship", adding(0, target="harbour_master"), "added"),
        ("perspectives", changing(0, missing=["the ferry's crew"]), "edited"),
    ],
)
def test_what_stands_inside_documents_is_compared_by_record(
    column: str, edit: Any, expected: str, change: Callable[..., Diff]
) -> None:
    """Items, zones, provenance and partisanship are told one by one, not as a changed document."""
    found = change({"documents": _document(**{column: edit})})

    (event,) = events(found, column)
    assert event["change"] == expected
    assert set(found.changes) == {column}
    assert found.due == ("minor" if expected == "added" else "major")


@pytest.mark.parametrize("config", ["spans", "attributions", "links", "annotations", "duplicates"])
def test_records_of_every_config_are_added_and_removed(
    config: str, good_release: Path, tmp_path: Path
) -> None:
    """A record more is an addition, one less a removal, wherever it stands."""
    more = edited(
        good_release,
        tmp_path,
        {config: lambda rows: [{**rows[0], "id": "fresh", "doc_id": "d7"}, *rows]},
    )

    for old, new, expected, bump in (
        (good_release, more, "added", "minor"),
        (more, good_release, "removed", "major"),
    ):
        found = diff(old, new)
        (event,) = events(found, config)
        assert (event["change"], event["id"]) == (expected, "fresh")
        assert found.due == bump


def test_attributions_and_links_are_found_again(
    good_release: Path, change: Callable[..., Diff]
) -> None:
    """By place and cue, or by both ends, though their ids are others."""
    attribution = rows_of(good_release, "attributions").to_pylist()[0]
    other = "mixed" if attribution["mode"] != "mixed" else "direct"
    found = change(
        {
            "attributions": changing(0, id="fresh", mode=other, source_name="Zoé Lind"),
            "links": changing(0, id="newer", to_id="s9"),
        }
    )

    assert {(e["change"], e.get("column")) for e in events(found, "attributions")} == {
        ("relabelled", "mode"),
        ("edited", "source_name"),
    }
    (link,) = events(found, "links")
    assert (link["change"], link["new_id"], link["new"]["to_id"]) == ("moved", "newer", "s9")


def test_columns_are_added_removed_and_retyped(
    good_release: Path, change: Callable[..., Diff]
) -> None:
    """Those inside lists of records too; how strings are stored is no difference."""
    spans = rows_of(good_release, "spans")
    extra = spans.append_column("tone", pa.nulls(spans.num_rows, pa.string()))
    found = change(tables={"spans": extra})
    assert [(one.column, one.change) for one in found.columns] == [("tone", "added")]
    assert (found.due, found.changes) == ("minor", {})

    found = change(tables={"spans": spans.drop_columns(["voice"])}, version="9.0.0")
    assert [(one.column, one.change) for one in found.columns] == [("voice", "removed")]
    assert found.due == "major"

    at = spans.schema.get_field_index("start")
    words = spans.set_column(at, "start", spans["start"].cast(pa.string()))
    found = change(tables={"spans": words}, version="9.1.0")
    assert [(one.old, one.new) for one in found.columns] == [("int64", "string")]
    assert found.due == "major"

    large = pa.schema(
        [
            pa.field(f.name, pa.large_string() if f.type == pa.string() else f.type)
            for f in spans.schema
        ]
    )
    found = change(tables={"spans": spans.cast(large)}, version="9.2.0")
    assert (found.columns, found.due) == ((), "patch")

    sentences = rows_of(good_release, "sentences")
    claim = sentences.schema.field("claim").type.value_type
    fields = [field for field in claim if field.name != "hedged"]
    rows = sentences.to_pylist()
    narrower = pa.schema(
        [
            pa.field("claim", pa.list_(pa.struct(fields))) if field.name == "claim" else field
            for field in sentences.schema
        ]
    )
    for row in rows:
        for one in row["claim"] or ():
            del one["hedged"]
    table = pa.Table.from_pylist(rows, schema=narrower)
    found = change(tables={"sentences": table}, version="9.3.0")
    assert [(one.column, one.change) for one in found.columns] == [("claim[].hedged", "removed")]
    assert found.changes == {}


def test_rows_in_another_order_make_a_patch_due(change: Callable[..., Diff]) -> None:
    """The same rows are the same data; that their order is another is told."""
    found = change({"spans": lambda rows: rows[::-1]})

    assert (found.due, found.reordered, found.changes) == ("patch", ("spans",), {})
    assert "another order" in found.text()


def test_changes_in_another_order_are_found_too(change: Callable[..., Diff]) -> None:
    """Reordered rows are still held against each other by id."""
    found = change({"spans": lambda rows: changing(0, note="seen")(rows)[::-1]})

    (event,) = events(found, "spans")
    assert (event["change"], event["column"]) == ("edited", "note")


def test_configs_come_and_go(good_release: Path, tmp_path: Path) -> None:
    """A config more is an addition, one less a removal."""
    said = json.loads((good_release / "manifest.json").read_bytes())
    fewer = {name: config for name, config in said["configs"].items() if name != "links"}
    new = edited(good_release, tmp_path, manifest={"configs": fewer})

    assert [one.change for one in diff(good_release, new).configs] == ["removed"]
    assert diff(good_release, new).due == "major"
    assert diff(new, good_release).due == "minor"
    assert "the config links was added" in diff(new, good_release).reasons


def _json(release: Path, path: str, edit: Callable[[Any], None]) -> dict[str, bytes]:
    """Return a JSON file of a release, edited in place, as `files`."""
    data = json.loads((release / path).read_bytes())
    edit(data)
    return {path: json.dumps(data, ensure_ascii=False).encode()}


SET = "annotation/sets/consensus/set.json"


@pytest.mark.parametrize(
    ("path", "edit", "expected"),
    [
        (
            "corpus/outlets.json",
            lambda d: d["outlets"][0].update(name="Gazette"),
            ("outlets", "edited"),
        ),
        ("corpus/outlets.json", lambda d: d["outlets"].pop(), ("outlets", "removed")),
        (
            "corpus/targets.json",
            lambda d: d["targets"].append({**d["targets"][0], "id": "crew"}),
            ("targets", "added"),
        ),
        (
            "schema/labels.json",
            lambda d: d["labels"][0].update(definition="In other words."),
            ("labels", "reworded"),
        ),
        ("schema/labels.json", lambda d: d["labels"].pop(), ("labels", "removed")),
        (SET, lambda d: d["producer"].update(name="someone"), ("sets", "edited")),
        (SET, lambda d: d["coverage"].pop(), ("sets", "edited")),
        (SET, lambda d: d["coverage"][0]["zones"].append("byline"), ("sets", "grown")),
        (SET, lambda d: d.update(created="2026-12-01"), ("sets", "reworded")),
    ],
)
def test_what_stands_beside_the_configs_is_compared(
    path: str,
    edit: Callable[[Any], None],
    expected: tuple[str, str],
    good_release: Path,
    change: Callable[..., Diff],
) -> None:
    """Outlets, targets, labels and sets are data too; other descriptions make a patch due."""
    found = change(files=_json(good_release, path, edit))

    assert told(found) == {expected}
    bump = {"added": "minor", "grown": "minor", "reworded": "patch"}.get(expected[1], "major")
    assert found.due == bump


def test_attributions_of_other_sets_are_compared(good_release: Path, tmp_path: Path) -> None:
    """No config holds those of a set that is not the primary one; its files do."""
    line = {"record": "attribution", "id": "a1", "mode": "direct", "source_kind": "person"}
    path = "annotation/sets/pass_a/d1-i1.jsonl"
    sets = {"manifest": {"sets": ["consensus", "pass_a", "reuse_v1"]}}
    info = {"annotation/sets/pass_a/set.json": b'{"id": "pass_a"}'}

    def release(name: str, *lines: Row) -> Path:
        content = "".join(json.dumps(one) + "\n" for one in lines).encode()
        return edited(good_release, tmp_path / name, files={path: content, **info}, **sets)

    one = release("one", line)
    two = release("two", {**line, "mode": "mixed"}, {**line, "id": "a2"})
    span = release("span", line, {"record": "span", "id": "s1"})

    found = diff(good_release, one)
    assert told(found) == {("sets", "added"), ("set_attributions", "added")}
    found = diff(one, two)
    assert [(e["change"], e["id"], e["item_id"]) for e in events(found, "set_attributions")] == [
        ("edited", "a1", "d1-i1"),
        ("added", "a2", "d1-i1"),
    ]
    assert diff(one, span).due == "patch"  # spans of all sets are rows of `annotations`


def test_withdrawn_items_are_told(change: Callable[..., Diff]) -> None:
    """A tombstone in the manifest, with its reason."""
    gone = {"item": "d9-i1", "date": "2026-11-22", "reason": "the ferry company asked for it"}
    found = change(manifest={"withdrawn": [gone]})

    (event,) = events(found, "withdrawn")
    assert (event["change"], event["id"], event["text"]) == ("added", "d9-i1", gone["reason"])
    assert "tombstone" in found.changelog()


def test_what_manifests_say_is_compared(change: Callable[..., Diff]) -> None:
    """Versions of guidelines and schemas make no more than a patch due."""
    found = change(manifest={"guidelines_version": "1.3.0", "schema_version": "1.0.7"})

    assert {field for field, _, _ in found.said} == {"guidelines_version", "schema_version"}
    assert found.due == "patch"
    assert "1.3.0" in found.changelog()


def test_what_corpora_say_of_themselves_is_compared(good_release: Path, tmp_path: Path) -> None:
    """Another licence or title changes no data, and is told; old releases say nothing of it."""

    def release(name: str, title: str) -> Path:
        info = {"name": "harbour", "version": name, "title": title}
        files = {"corpus/corpus.json": json.dumps(info).encode()}
        return edited(good_release, tmp_path / title, files=files, version=name)

    found = diff(release("0.2.1", "Harbour"), release("0.2.2", "Ferries"))

    assert found.said == (("title", "Harbour", "Ferries"),)
    assert found.due == "patch"
    assert "title “Harbour” → “Ferries”" in found.text().replace("title:", "title")


def test_other_definitions_of_logical_hashes_compare_rows(change: Callable[..., Diff]) -> None:
    """Releases that hash otherwise are compared row by row: the same data make a patch due."""
    found = change(manifest={"logical_hash": 2}, version="0.2.9")
    other = change(manifest={"logical_hash": 1}, version="0.2.8")

    assert found.changes == other.changes == {}
    assert {found.due, other.due} <= {"patch", "none"}


def test_a_config_that_is_not_known_is_compared_by_id(good_release: Path, tmp_path: Path) -> None:
    """A later release may have configs that this program knows nothing of."""
    said = json.loads((good_release / "manifest.json").read_bytes())

    def release(name: str, column: str, value: str) -> Path:
        path = tmp_path / f"{name}.parquet"
        from newspan.parquet import write_parquet

        table = pa.table({column: ["x1"], "value": [value]})
        write_parquet(table, path)
        entry = {"files": ["extra/train.parquet"], "rows": 1, "sha256": "0" * 63 + name[0]}
        configs = {**said["configs"], "extra": entry}
        files = {"extra/train.parquet": path.read_bytes()}
        return edited(good_release, tmp_path / name, files=files, manifest={"configs": configs})

    found = diff(release("a", "id", "old"), release("b", "id", "new"))
    (event,) = events(found, "extra")
    assert (event["id"], event["column"], event["new"]) == ("x1", "value", "new")
    found = diff(release("c", "name", "old"), release("d", "name", "new"))
    assert told(found) == {("extra", "edited")}


def test_what_is_no_release_is_refused(good_release: Path, tmp_path: Path) -> None:
    """A folder without a manifest, or with one that is no JSON, is wrong use."""
    with pytest.raises(ValueError, match="no such folder"):
        diff(tmp_path / "nowhere", good_release)
    with pytest.raises(ValueError, match=r"no manifest\.json"):
        diff(good_release, tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(ValueError, match="no release"):
        diff(good_release, tmp_path)


def test_releases_of_different_profiles_are_refused(good_release: Path, tmp_path: Path) -> None:
    """One with its texts and one without can't be held against each other."""
    new = edited(good_release, tmp_path, manifest={"profile": "no-text"})

    with pytest.raises(ValueError, match="no-text"):
        diff(good_release, new)


@pytest.mark.parametrize("what", ["changed", "missing", "manifest"])
def test_a_release_that_does_not_fit_its_manifest_is_not_compared(
    what: str, good_release: Path, tmp_path: Path
) -> None:
    """It is told which file is at fault."""
    new = edited(good_release, tmp_path)
    path = new / "spans/train-00000-of-00001.parquet"
    if what == "changed":
        raw = bytearray(path.read_bytes())
        raw[len(raw) // 2] ^= 1
        path.write_bytes(raw)
    elif what == "missing":
        path.unlink()
    else:
        path = new / "manifest.json"
        path.write_text('{"name": 1}')

    for pair in ((good_release, new), (new, good_release)):
        with pytest.raises(DiffError) as error:
            diff(*pair)
        assert {problem.id for problem in error.value.problems} == {"release-changed"}
        assert error.value.problems[0].place.file == str(path)


def test_ids_that_stand_twice_are_told(good_release: Path, tmp_path: Path) -> None:
    """What should identify a record and does not leaves nothing to compare by."""
    new = edited(good_release, tmp_path, {"spans": adding(0, start=1, end=2)})
    first = rows_of(good_release, "spans")["id"][0].as_py()

    with pytest.raises(DiffError) as error:
        diff(good_release, new)

    (problem,) = error.value.problems
    assert problem.id == "release-incomparable"
    assert first in problem.message


def test_a_column_of_ids_that_is_missing_is_told(good_release: Path, tmp_path: Path) -> None:
    """A config without its ids can't be compared."""
    table = rows_of(good_release, "spans").drop_columns(["id"])
    new = edited(good_release, tmp_path, tables={"spans": table})

    with pytest.raises(DiffError) as error:
        diff(good_release, new)

    assert [problem.id for problem in error.value.problems] == ["release-incomparable"]


def test_the_changelog_says_under_what_terms(good_release: Path, tmp_path: Path) -> None:
    """The data are the same under another licence; whoever reads what is new must know."""
    head = json.loads((good_release / "corpus/corpus.json").read_bytes())
    text = json.dumps({**head, "text_license": "none is given\x1b[31m"}).encode()
    found = diff(good_release, edited(good_release, tmp_path, files={"corpus/corpus.json": text}))

    assert found.due == "patch"
    assert "- Text license: none is given\\x1b[31m; before: CC0-1.0." in found.changelog()


def test_nothing_is_lost_without_a_word(good_release: Path, tmp_path: Path) -> None:
    """A limit tells how many it left out; the JSON has all of them."""
    edit = {"spans": lambda rows: [{**row, "note": "seen"} for row in rows]}
    found = diff(good_release, edited(good_release, tmp_path, edit))
    number = rows_of(good_release, "spans").num_rows

    assert len(events(found, "spans")) == number
    assert f"  … and {number - 2} more" in found.text(limit=2)
    assert found.text(limit=2).count("  ~ ") == 2
    assert f"  … and {number} more" in found.text(limit=0)
    assert "more" not in found.text(limit=None)
    assert found.text(limit=10**30) == found.text(limit=None)


def test_the_primary_sets_spans_are_told_once(change: Callable[..., Diff]) -> None:
    """They are rows of `annotations` too; the text and the changelog say so once."""
    found = change(both(changing(0, note="seen")))

    assert found.text().count("→ “seen”") == 1
    assert "1 as told above" in found.text()
    assert found.changelog().count("`note`") == 1


def test_the_changelog_is_a_section(change: Callable[..., Diff]) -> None:
    """It has the version as its title, a list, and lines of at most 100 characters."""
    found = change(both(without(0)), version="0.3.0")

    title, blank, *lines = found.changelog().splitlines()
    assert (title, blank) == ("## 0.3.0", "")
    assert lines[0].startswith("- Removed: 1 span of `consensus`")
    assert all(len(line) <= 100 for line in lines)


def test_progress_reaches_its_end(good_release: Path, tmp_path: Path) -> None:
    """Each stage ends where it said it would."""
    seen: dict[str, tuple[int, int | None]] = {}
    new = edited(good_release, tmp_path, both(changing(0, note="seen")), version="0.2.1")

    diff(good_release, new, progress=lambda stage, done, total: seen.update({stage: (done, total)}))

    assert set(seen) == {f"checking {good_release.name}", f"checking {new.name}", "comparing"}
    assert all(done == total for done, total in seen.values())


def run(*arguments: Any) -> tuple[int, str, str]:
    """Run the verb; return its exit code, stdout and stderr."""
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    return result.exit_code, result.stdout, result.stderr


def test_the_verb(good_release: Path, tmp_path: Path) -> None:
    """0 whether or not releases differ, 1 where one is damaged, 2 for what is no release."""
    new = edited(good_release, tmp_path, both(without(0)), version="0.3.0")

    assert run(good_release, good_release)[:2] == (
        0,
        "harbour 0.2.0 → harbour 0.2.0\nnothing differs\n",
    )
    code, out, _ = run(good_release, new)
    assert code == 0
    assert "due: major, which is 0.3.0 or higher; 0.3.0 is enough" in out
    assert json.loads(run(good_release, new, "--json")[1])["due"] == "major"
    assert run(good_release, new, "--changelog")[1].startswith("## 0.3.0\n")
    assert "… and" in run(good_release, new, "--limit", 0)[1]
    assert run(good_release, new, "--changelog", "--json")[0] == 2
    code, out, err = run(good_release, tmp_path / "nowhere")
    assert (code, out) == (2, "")
    assert "no such folder" in err
    (new / "README.md").unlink()
    code, out, err = run(good_release, new)
    assert (code, out) == (1, "")
    assert "release-changed" in err
    assert "nothing was compared" in err
