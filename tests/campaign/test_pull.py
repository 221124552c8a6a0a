"""Pull: what annotators submitted, kept first, then as one set each; and nothing else."""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from campaign_runs import Run, item, make_run, name_people
from fake_label_studio import region
from harbour_news import write_campaign
from newspan import check
from newspan.campaign.plan import CampaignError


@pytest.fixture
def quay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a campaign of four articles, three annotators each, that is pushed."""
    run = make_run(tmp_path, monkeypatch, 4)
    run.push()
    return run


def ids(problems: Any) -> list[str]:
    """Return the ids of problems."""
    return [problem.id for problem in problems]


def files(folder: Path, pattern: str = "*") -> dict[str, bytes]:
    """Return what a folder holds."""
    found = (path for path in sorted(folder.rglob(pattern)) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_a_set_holds_what_its_annotator_submitted(quay: Run) -> None:
    """With who, under which guidelines, and what was looked at; nothing found is covered too."""
    quay.submit("ada", item(1), item(2))
    quay.server.submit("ada", item(3), [])
    quay.server.submit("ada", item(4), [], skip=True)
    quay.server.draft("ben", item(1))
    made = quay.pull()
    head = quay.head("quay-ada")

    assert made.problems == ()
    assert [(s.set, s.items, s.records, s.projected) for s in made.sets] == [
        ("quay-ada", 3, 2, None)
    ]
    assert made.empty == ("ben", "cleo")
    assert head["producer"] == {"kind": "person", "name": "ada"}
    assert head["guidelines_version"] == "1.0.0"
    assert [each["item"] for each in head["coverage"]] == [item(1), item(2), item(3)]
    assert set(head["coverage"][0]["layers"]) == {"claim", "attribution", "loaded_language"}
    assert check(quay.root) == []


def test_a_span_stands_where_it_was_drawn(quay: Run) -> None:
    """Offsets count from the document's start, an emoji in front or not."""
    quay.submit("ada", item(2))
    quay.pull()
    (line,) = files(quay.root / "annotation/sets/quay-ada", "*.jsonl").values()
    span = json.loads(line)
    text = (quay.root / "corpus/raw/a02.txt").read_bytes().decode()

    assert text[span["start"] : span["end"]] == "It was" == span["text"]
    assert span["factuality"] == "opinion"


def test_pulling_again_changes_nothing(quay: Run) -> None:
    """The same work gives the same files, though a snapshot tells how long ago things were."""
    quay.submit("ada")
    quay.pull()
    before = files(quay.root)
    for task in quay.server.tasks.values():
        for annotation in task["annotations"]:
            annotation["created_ago"] = "3 hours"
    quay.pull()

    assert files(quay.root) == before


def test_a_pull_is_made_again_without_a_server(quay: Run) -> None:
    """Whoever has the corpus can make the sets from pulls/."""
    quay.submit("ada")
    quay.submit("ben", item(3))
    quay.pull()
    before = files(quay.root / "annotation/sets")
    for path in (quay.root / "annotation/sets/quay-ada").iterdir():
        path.write_bytes(b"{}")
    for path in (quay.root / "annotation/sets/quay-ada").iterdir():
        path.unlink()
    (quay.root / "annotation/sets/quay-ada").rmdir()
    quay.server.calls.clear()
    made = quay.pull(again=True)

    assert made.problems == ()
    assert files(quay.root / "annotation/sets") == before
    assert quay.server.calls == []


def test_snapshots_are_kept_as_they_came(quay: Run) -> None:
    """The bytes as received stand in private/, under their hash; pulls.json has both hashes."""
    quay.submit("ada")
    raw = quay.server.snapshot(1)
    quay.pull()
    listed = json.loads((quay.folder / "pulls/pulls.json").read_bytes())["pulls"]["ada"]
    (kept,) = (quay.folder / "private/raw").glob("ada-*.json.gz")

    assert gzip.decompress(kept.read_bytes()) == raw
    assert listed["raw_sha256"] == hashlib.sha256(raw).hexdigest()
    copy = (quay.folder / "pulls/ada.json").read_bytes()
    assert listed["sha256"] == hashlib.sha256(copy).hexdigest()
    assert {task["annotations"][0]["completed_by"] for task in json.loads(copy)} == {"ada"}


def test_no_address_or_name_leaves_the_private_folder(quay: Run) -> None:
    """Not even one that an annotator writes into a note, or that only a draft has."""
    name_people(quay, ada="Ada@Example.org", ben="ben@example.org")
    quay.submit("ada", item(1))
    text = quay.server.task("ada", item(2))["data"]["text"]
    start = text.index("It was")
    result = region("new", start, start + 6, "opinion")
    note = {"start": start, "end": start + 6, "text": ["ask ADA@example.org or stranger@x.org"]}
    result.append({**result[0], "from_name": "note", "type": "textarea", "value": note})
    quay.server.submit("ada", item(2), result)
    quay.server.draft("ben", item(1))
    quay.server.submit("cleo", item(1), by="stranger@x.org")
    quay.server.submit("cleo", item(2), by="other@x.org")
    quay.pull()
    words = (b"@example.org", b"stranger@", b"other@", b"Doe")
    public = {
        name: raw for name, raw in files(quay.root).items() if "/private/" not in name
    }  # fmt: skip

    assert not [(name, word) for name, raw in public.items() for word in words
                if word.lower() in raw.lower()]  # fmt: skip
    assert b"ask ada or unknown" in b"".join(public.values())


def test_a_text_keeps_its_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is replaced in answers is left alone in the text itself."""
    monkeypatch.setattr("harbour_news.LOADED", ["ada@example.org plan"])
    run = make_run(tmp_path, monkeypatch, 1)
    run.push()
    run.submit("ada")

    assert run.pull().problems == ()
    assert b"ada@example.org" in (run.folder / "pulls/ada.json").read_bytes()


def test_work_by_somebody_else_is_told_and_left_out(quay: Run) -> None:
    """What another user did, or changed, in an annotator's project is not that annotator's."""
    quay.submit("ada")
    quay.submit("ben", item(1))
    annotation = quay.server.task("ben", item(1))["annotations"][0]
    quay.submit("ben", item(2))
    quay.submit("ben", item(3), by="ada@example.org")
    quay.server.change(annotation, "ada@example.org", lead_time=70.0)
    made = quay.pull()

    assert ids(made.problems) == ["foreign-work", "foreign-work"]
    told = " ".join(problem.message for problem in made.problems)
    assert "was changed by ada" in told
    assert f"(item {item(3)})" in told
    assert "“newspan quay ben”" in told
    assert [each["item"] for each in quay.head("quay-ben")["coverage"]] == [item(2)]
    assert made.problems[0].place.pointer.startswith("/")


def test_an_annotation_is_its_annotators_again_when_they_update_it(quay: Run) -> None:
    """The hint of foreign-work works."""
    quay.submit("ada")
    quay.submit("ben")
    annotation = quay.server.task("ben", item(1))["annotations"][0]
    quay.server.change(annotation, "ada@example.org")
    assert ids(quay.pull().problems) == ["foreign-work"]
    quay.server.change(annotation, "ben@example.org")

    assert quay.pull().problems == ()


def test_people_are_told_apart_by_what_is_known(quay: Run) -> None:
    """Of two users in Ben's project one is Ada, by her own project, so the other one is Ben."""
    name_people(quay)
    quay.submit("ada")
    quay.submit("ben", item(1), by="ada@example.org")
    quay.submit("ben", item(2), by="benjamin@example.org")
    made = quay.pull()

    assert ids(made.problems) == ["annotator-assumed", "annotator-assumed", "foreign-work"]
    assert [each["item"] for each in quay.head("quay-ben")["coverage"]] == [item(2)]


def test_who_is_taken_for_an_annotator_is_told(quay: Run) -> None:
    """The lead who tried out Ada's project would be Ada; pulled again, nothing is assumed."""
    name_people(quay, "ben", "cleo")
    quay.server.submit("ada", item(1), [], by="lead@example.org")
    quay.submit("ben")
    made = quay.pull()

    assert [(p.id, p.severity) for p in made.problems] == [("annotator-assumed", "warning")]
    assert "ada is taken to be lead@example.org" in made.problems[0].message
    assert made.problems[0].place.file.endswith("private/people.toml")
    assert quay.pull(again=True).problems == ()
    name_people(quay, "ada", "ben", "cleo")
    assert ids(quay.pull().problems) == ["foreign-work", "set-kept"]


def test_who_is_who_must_be_said_when_it_can_not_be_told(quay: Run) -> None:
    """Two users in one project, both unknown: nothing is taken until people.toml names one."""
    name_people(quay)
    quay.submit("ada", item(1), by="x@example.org")
    quay.submit("ada", item(2), by="y@example.org")
    made = quay.pull()

    assert ids(made.problems) == ["foreign-work"]
    assert "people.toml" in made.problems[0].message
    assert made.sets == ()
    name_people(quay, ada="x@example.org")
    assert [each.items for each in quay.pull().sets] == [1]


def test_people_toml_overrules_who_worked(quay: Run) -> None:
    """Work by anybody but the one who is named is foreign."""
    name_people(quay, ada="ada@example.org")
    quay.submit("ada", item(1), by="friend@example.org")

    assert ids(quay.pull().problems) == ["foreign-work"]


def test_one_user_under_two_aliases_is_told(quay: Run) -> None:
    """Neither of the two sets is written, once told each; the third is."""
    name_people(quay, "cleo")
    quay.submit("ada", by="one@example.org")
    quay.submit("ben", by="one@example.org")
    quay.submit("cleo")
    made = quay.pull()

    assert [p.id for p in made.problems if p.severity == "error"] == ["user-shared"] * 2
    assert "as ada and as ben" in made.problems[-1].message
    assert [each.alias for each in made.sets] == ["cleo"]


def test_what_is_sound_beside_a_fault_is_kept(quay: Run) -> None:
    """A region over two paragraphs is told with project, task and region, and left out."""
    text = quay.server.task("ada", item(1))["data"]["text"]
    start = text.index("It was")
    good = region("good", start, start + 6, "opinion")
    bad = region("bad", start, text.index("“"), "factual", check_worthy="no")
    quay.server.submit("ada", item(1), good + bad)
    made = quay.pull()

    assert "crosses-paragraph" in ids(made.problems)
    assert "“newspan quay ada”" in made.problems[0].message
    assert "“bad”" in made.problems[0].message
    assert [each.records for each in made.sets] == [1]
    assert [p for p in check(quay.root) if p.severity == "error"] == []


def test_what_stands_in_zones_that_are_not_annotated_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The set would say that nobody looked there."""
    run = make_run(tmp_path, monkeypatch, 1, zones=["paragraph"])
    run.push()
    title = region("r-title", 0, 3, "Slogans", "loaded_language")
    run.server.submit("ada", item(1), title)
    made = run.pull()

    assert ids(p for p in made.problems if p.severity == "error") == ["outside-coverage"]
    assert "region" in made.problems[0].message
    assert [(each.items, each.records) for each in made.sets] == [(1, 0)]


def test_mixed_guidelines_are_described(quay: Run) -> None:
    """A set under two versions names none, and says how many items each has."""
    quay.submit("ada", item(1))
    guidelines = quay.root / "annotation/guidelines.md"
    guidelines.write_text(guidelines.read_text(encoding="utf-8").replace("1.0.0", "1.1.0"))
    quay.push()
    quay.submit("ada", item(2), item(3))
    quay.pull()
    head = quay.head("quay-ada")

    assert "guidelines_version" not in head
    assert "1.0.0 (1 items), 1.1.0 (2 items)" in head["description"]


def test_later_work_of_a_replaced_annotator_is_kept_and_told(quay: Run) -> None:
    """It stands in their own set; the replacement's is not touched by it."""
    people = '[[annotators]]\nalias = "ada"\nreplaced_by = "dora"\n'
    people += "".join(f'[[annotators]]\nalias = "{alias}"\n' for alias in ("ben", "cleo", "dora"))
    quay.submit("ada", item(1))
    write_campaign(quay.root, text=people)
    name_people(quay, "ada", "ben", "cleo", "dora")
    quay.push()
    quay.submit("ada", item(2))
    quay.submit("dora")
    made = quay.pull()

    assert ids(made.problems) == ["late-work"]
    assert "dora had got it" in made.problems[0].message
    assert [c["item"] for c in quay.head("quay-ada")["coverage"]] == [item(1), item(2)]
    assert [c["item"] for c in quay.head("quay-dora")["coverage"]] == [item(n) for n in (2, 3, 4)]


def test_a_language_models_set_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An annotator that is a model is never taken for a person."""
    people = '[[annotators]]\nalias = "m"\nkind = "language_model"\nmodel = "model-x"\n'
    run = make_run(tmp_path, monkeypatch, 1, text=people)
    run.push()
    run.submit("m")
    run.pull()
    producer = run.head("quay-m")["producer"]

    assert (producer["kind"], producer["name"]) == ("language_model", "model-x")


def test_a_set_of_somebody_else_is_never_replaced(quay: Run) -> None:
    """It is refused before anything is fetched."""
    folder = quay.root / "annotation/sets/quay-ben"
    folder.mkdir(parents=True)
    (folder / "set.json").write_text("{}")
    quay.server.calls.clear()
    with pytest.raises(ValueError, match="quay-ben is there"):
        quay.pull()

    assert "snapshot" not in quay.server.calls


def test_work_is_carried_to_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The set with -all covers the copy, whose span is a new one."""
    run = make_run(tmp_path, monkeypatch, 4, copies_of={4: 2})
    run.push()
    run.submit("ada")
    made = run.pull()
    own, every = (files(run.root / f"annotation/sets/{s}") for s in ("quay-ada", "quay-ada-all"))

    assert made.problems == ()
    assert [each.projected for each in made.sets] == ["quay-ada-all"]
    assert set(every) - set(own) == {f"{item(4)}.jsonl"}
    assert item(4) in [each["item"] for each in run.head("quay-ada-all")["coverage"]]
    assert run.head("quay-ada-all")["producer"]["annotators"] == ["person ada"]
    assert [p for p in check(run.root) if p.severity == "error"] == []


def test_copies_that_are_left_out_need_not_be_carried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With leave_out there is no second set."""
    run = make_run(tmp_path, monkeypatch, 4, copies_of={4: 2}, copies="leave_out")
    run.push()
    run.submit("ada")

    assert [each.projected for each in run.pull().sets] == [None]
    assert not (run.root / "annotation/sets/quay-ada-all").exists()


def test_the_first_of_two_pulls_is_there_while_a_project_can_not_be_had(quay: Run) -> None:
    """One project that fails is told; its set is made from what was pulled before."""
    quay.submit("ada")
    quay.submit("ben")
    quay.pull()
    before = files(quay.root / "annotation/sets")
    quay.server.fails["snapshot"] = ["server-timeout"]
    made = quay.pull()

    assert ids(made.problems) == ["server-timeout"]
    assert files(quay.root / "annotation/sets") == before


@pytest.mark.parametrize(
    "where",
    [
        "newspan.labelstudio.archive.tempfile.mkstemp",
        "newspan.whole.tempfile.mkstemp",
        "newspan.whole.tempfile.mkdtemp",
    ],
)
def test_a_full_disk_leaves_all_as_it_was(
    quay: Run, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Sets, copies and lists are those of the pull before; afterwards it goes on."""
    quay.submit("ada", item(1))
    quay.pull()
    before = files(quay.root / "annotation/sets")
    quay.submit("ada", item(2))

    def full(*_: object, **__: object) -> object:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(where, full)
        with pytest.raises(CampaignError) as caught:
            quay.pull()

    assert ids(caught.value.problems) == ["disk-full"]
    assert files(quay.root / "annotation/sets") == before
    assert [p for p in quay.folder.rglob("*") if "unfinished" in p.name] == []
    assert quay.pull().sets[0].items == 2


def test_what_became_of_predictions_is_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For each annotation: which regions were kept, changed, removed, and how many were added."""
    run = make_run(tmp_path, monkeypatch, 1)
    run.push()
    run.submit("ada")
    run.pull()
    rule = run.root / "annotation/sets/quay-ada"  # Ada's set is shown to those of another campaign
    text = run.server.task("ada", item(1))["data"]["text"]
    spans = [(0, 4), (5, 9), (text.index("It was"), text.index("It was") + 6)]
    lines = [
        {"record": "span", "id": f"c{n}", "layer": "claim", "factuality": "opinion",
         "start": start, "end": end, "text": text[start:end]}
        for n, (start, end) in enumerate(spans)
    ]  # fmt: skip
    (rule / f"{item(1)}.jsonl").write_text("".join(json.dumps(x) + "\n" for x in lines))
    write_campaign(run.root, "pier", preannotate="quay-ada", text='[[annotators]]\nalias = "zoe"\n')
    from newspan.campaign.pull import annotate_pull
    from newspan.campaign.push import annotate_push

    annotate_push(run.root, "pier", server="http://ls.example", token="t")
    task = run.server.task("zoe", item(1))
    shown = task["predictions"][0]["result"]
    changed = [{**r, "value": {**r["value"], "end": 8}} for r in shown if r["id"] == "c1"]
    kept = [{**r, "value": {**r["value"], "text": "as browsers write"}} for r in shown
            if r["id"] == "c2"]  # fmt: skip
    new = region("new", 0, 2, "factual", check_worthy="no")
    run.server.submit("zoe", item(1), kept + changed + new)
    annotate_pull(run.root, "pier", server="http://ls.example", token="t")
    path = run.root / "annotation/campaigns/pier/work.jsonl"
    (line,) = [json.loads(x) for x in path.read_text().splitlines()]

    assert (line["kept"], line["changed"], line["removed"]) == (["c2"], ["c1"], ["c0"])
    assert line["added"] == 1
    assert line["lead_time"] == 60.0
    assert "quay-ada" in run.head("pier-zoe")["description"]


def test_a_set_cannot_be_pulled_before_a_push(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is nothing to pull from."""
    run = make_run(tmp_path, monkeypatch, 1)
    with pytest.raises(ValueError, match="push first"):
        run.pull()


def test_what_is_not_finished_has_no_faults(quay: Run) -> None:
    """A draft, or what was skipped, may be wrong in any way: no set is made of it."""
    text = quay.server.task("ada", item(1))["data"]["text"]
    bad = region("bad", 0, len(text), "no such label")
    quay.server.draft("ada", item(1), bad)
    quay.server.submit("ada", item(2), bad, skip=True)
    quay.submit("ada", item(3))

    assert quay.pull().problems == ()
    assert [line["kind"] for line in quay.work()] == ["draft", "annotation", "annotation"]
