"""Pull, whatever a server sends: it is kept first as it came, and what is wrong is a problem."""

from __future__ import annotations

import copy
import gzip
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign_runs import Run, item, make_run, name_people
from fake_label_studio import region
from newspan import check


@pytest.fixture
def quay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a campaign of two articles that is pushed and worked on."""
    run = make_run(tmp_path, monkeypatch, 2)
    run.push()
    run.submit("ada")
    run.submit("ben")
    run.server.draft("cleo", item(1))
    return run


def told(run: Run) -> list[str]:
    """Pull, and return the ids of the problems."""
    return [problem.id for problem in run.pull().problems]


def received(run: Run) -> set[bytes]:
    """Return the snapshots that are kept as they were received."""
    folder = run.folder / "private/raw"
    return {gzip.decompress(path.read_bytes()) for path in folder.glob("*.json.gz")}


def send(run: Run, monkeypatch: pytest.MonkeyPatch, change: Any) -> None:
    """Let the server send Ben's project otherwise."""
    old, project = run.server.snapshot, run.state.project("ben")
    assert project is not None
    number = project.id
    monkeypatch.setattr(
        run.server, "snapshot", lambda p: change(old(p)) if p == number else old(p)
    )  # fmt: skip


def covered(run: Run, alias: str = "ben") -> list[str]:
    """Return the items that an annotator's set covers."""
    return [each["item"] for each in run.head(f"quay-{alias}")["coverage"]]


def test_half_a_character_stops_nothing(quay: Run) -> None:
    """A lone surrogate in an answer, in a region's id or in a date is told; the rest is pulled."""
    note = {"start": 0, "end": 3, "text": ["cut \ud83d"]}
    answer = {"id": "x", "from_name": "note", "to_name": "text", "type": "textarea", "value": note}
    annotation = quay.server.task("ben", item(1))["annotations"][0]
    annotation["result"] += [*region("x", 0, 3, "opinion"), answer]
    annotation["result"] += region("y\ud83d", 5, 8, "opinion")
    annotation["created_at"] = "2026-11-22\ud83d10:00:00"
    found = told(quay)

    assert "export-syntax" in found
    assert covered(quay) == [item(1), item(2)]
    assert covered(quay, "ada") == [item(1), item(2)]
    (quay.folder / "pulls/ben.json").read_bytes().decode()
    assert len(received(quay)) == 3
    assert [p for p in check(quay.root) if p.severity == "error"] == []


@pytest.mark.parametrize("depth", [150, 300, 600, 900, 5000, 100_000])
def test_a_deep_nest_stops_its_task_at_most(
    quay: Run, monkeypatch: pytest.MonkeyPatch, depth: int
) -> None:
    """The others of the project are pulled as far as it can be read, and other projects anyway."""
    quay.server.task("ben", item(1))["annotations"][0]["result"].append({"value": "DEEP@"})
    nest = b"[" * depth + b'"ben@example.org"' + b"]" * depth
    send(quay, monkeypatch, lambda raw: raw.replace(b'"DEEP@"', nest))
    found = told(quay)

    assert found
    assert covered(quay, "ada") == [item(1), item(2)]
    assert any(nest in raw for raw in received(quay))
    assert depth > 600 or item(2) in covered(quay)


@pytest.mark.parametrize("sent", [b"", b"<html>", b"{}", b"[", b"\xff\xfe", b"[1e9999", b"nan"])
def test_what_is_no_snapshot_is_kept_and_told(
    quay: Run, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    """Nothing else of that project is touched, and the other projects are pulled."""
    assert told(quay) == []
    before = (quay.folder / "pulls/ben.json").read_bytes()
    send(quay, monkeypatch, lambda _: sent)

    assert told(quay) == ["pull-changed"]
    assert sent in received(quay)
    assert (quay.folder / "pulls/ben.json").read_bytes() == before


def test_what_is_received_is_kept_before_anything_is_read(
    quay: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that ends while it reads has lost nothing."""

    def stop(*_: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr("newspan.campaign.fetch.parse", stop)
    with pytest.raises(KeyboardInterrupt):
        quay.pull()

    assert received(quay) == {quay.server.snapshot(1)}


def test_a_snapshot_that_says_nothing_new_is_not_kept_twice(quay: Run) -> None:
    """Though how long ago things were makes it differ."""
    assert told(quay) == []
    first = received(quay)
    for task in quay.server.tasks.values():
        for each in task["annotations"]:
            each["created_ago"] = "a year"
    assert told(quay) == []

    assert received(quay) == first
    assert len(first) == 3


def test_a_user_without_an_address_is_nobody(quay: Run) -> None:
    """An empty address stands nowhere in what was typed."""
    quay.server.people[""] = 99

    assert told(quay) == []
    assert b"unknown" not in (quay.folder / "pulls/ada.json").read_bytes()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("geva@x.org", "geva@x.org"),
        ("eva@x.org.uk", "eva@x.org.uk"),
        ("m.eva@x.org", "m.eva@x.org"),
        ("ask EVA@x.org.", "ask unknown."),
        ("<eva@x.org>,_eva@x.org_", "<unknown>,_unknown_"),
        ("a\neva@x.org", "a\nunknown"),
        ("ada@example.org, ben@example.org", "ada, ben"),
    ],
)
def test_an_address_does_not_stand_in_another(quay: Run, typed: str, kept: str) -> None:
    """Only the whole of a known address is replaced in what somebody typed."""
    quay.server.user("eva@x.org")
    note = {"start": 0, "end": 3, "text": [typed]}
    answer = {"id": "x", "from_name": "note", "to_name": "text", "type": "textarea", "value": note}
    annotation = quay.server.task("ben", item(1))["annotations"][0]
    annotation["result"] = [*region("x", 0, 3, "opinion"), answer]
    quay.pull()
    (task,) = (
        task
        for task in json.loads((quay.folder / "pulls/ben.json").read_bytes())
        if task["data"]["item_id"] == item(1)
    )

    assert task["annotations"][0]["result"][-1]["value"]["text"] == [kept]


def test_a_copy_has_what_conversion_reads_and_nothing_else(quay: Run) -> None:
    """Whatever else Label Studio says of people, now or in a later version, stays private."""
    for task in quay.server.tasks.values():
        task |= {"annotators": [7], "history": [{"who": "Jo Doe"}], "updated_by": [{"id": 3}]}
        task["meta"]["seen_by"] = "Jo Doe"
        for each in task["annotations"] + task["drafts"]:
            each |= {"last_annotator": "Jo Doe", "completed_by_name": "Jo Doe"}
    assert told(quay) == []
    for path in (quay.folder / "pulls").glob("*.json"):
        assert b"Doe" not in path.read_bytes()
        assert b"annotators" not in path.read_bytes()
    first = json.loads((quay.folder / "pulls/ada.json").read_bytes())[0]

    assert set(first) == {"id", "data", "meta", "annotations", "predictions", "drafts"}
    assert set(first["annotations"][0]) == {
        "id", "completed_by", "updated_by", "result", "was_cancelled", "lead_time",
        "created_at", "updated_at", "parent_prediction",
    }  # fmt: skip


@pytest.mark.parametrize("named", [True, False])
def test_a_closed_account_loses_nothing(quay: Run, named: bool) -> None:
    """Who worked is told by the snapshot itself where the server has forgotten the user."""
    name_people(quay, *(("ada", "ben", "cleo") if named else ()))
    quay.pull()
    before = (quay.folder / "pulls/ada.json").read_bytes()
    people = quay.server.people
    quay.server.users = lambda: {  # type: ignore[method-assign]
        number: email for email, number in people.items() if not email.startswith("ada")
    }
    found = quay.pull()

    assert [p for p in found.problems if p.severity == "error"] == []
    assert covered(quay, "ada") == [item(1), item(2)]
    assert (quay.folder / "pulls/ada.json").read_bytes() == before


def test_what_can_not_be_read_is_not_covered(quay: Run) -> None:
    """An annotation without a list of results says nothing of its item."""
    quay.server.task("ben", item(1))["annotations"][0]["result"] = None

    assert told(quay) == ["export-syntax"]
    assert covered(quay) == [item(2)]


def test_contradictory_offsets_are_not_covered(quay: Run) -> None:
    """Nor does one whose regions count in two units."""
    task = quay.server.task("ben", item(1))
    task["annotations"].clear()
    text = task["data"]["text"]
    at = text.index("It was")
    assert "🚢" in text[:at]

    def part(name: str, start: int, words: str) -> list[dict[str, Any]]:
        found = region(name, start, start + len(words), "opinion")
        found[0]["value"]["text"] = words
        return found

    later = text[at + 7 : at + 13]
    found = part("p", at, "It was") + part("q", at + 8, later)
    quay.server.submit("ben", item(1), found)

    assert told(quay) == ["offset-unit"]
    assert covered(quay) == [item(2)]


def test_an_own_older_annotation_counts_beside_a_changed_one(quay: Run) -> None:
    """What somebody else changed is left out; what the annotator did alone is not."""
    annotation = quay.server.submit("ben", item(1), [])
    quay.server.change(annotation, "ada@example.org")

    assert told(quay) == ["foreign-work"]
    assert covered(quay) == [item(1), item(2)]


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -float("inf"), 10**400, 1e300])
def test_a_lead_time_is_a_number_of_seconds(quay: Run, seconds: float) -> None:
    """Another is told, work.jsonl has none, and the status can be told."""
    quay.server.task("ben", item(1))["annotations"][0]["lead_time"] = seconds
    assert told(quay) == ["export-syntax"]
    text = (quay.folder / "work.jsonl").read_text()

    def refuse(told: str) -> None:
        raise AssertionError(told)

    assert [json.loads(line, parse_constant=refuse) for line in text.splitlines()]
    assert str(quay.status(agreement=False))


@pytest.mark.parametrize("moment", ["garbage", "2026-13-99T00:00:00Z", "20261122", 7, "2026-11-2"])
def test_a_date_is_a_date(quay: Run, moment: object) -> None:
    """Another is told, and is not the set's."""
    for number in (1, 2):
        quay.server.task("ben", item(number))["annotations"][0]["updated_at"] = moment

    assert told(quay) == ["export-syntax"] * 2
    assert quay.head("quay-ben")["created"] == "2026-11-22"


@pytest.mark.parametrize(
    ("name", "alias"), [("zoe", "zoe"), ("ada", "../../x"), ("ada", "ben"), ("../x", "../x")]
)
def test_a_list_of_copies_leads_nowhere_else(quay: Run, name: str, alias: str) -> None:
    """An alias that the campaign has not, or that is a path, is told."""
    from newspan.campaign.plan import CampaignError

    quay.pull()
    path = quay.folder / "pulls/pulls.json"
    listed = json.loads(path.read_bytes())
    listed["pulls"][name] = {**listed["pulls"]["ada"], "alias": alias}
    path.write_text(json.dumps(listed))
    try:
        found = [problem.id for problem in quay.pull(again=True).problems]
    except CampaignError as error:
        found = [problem.id for problem in error.problems]

    assert found == ["pull-changed"]


HOSTILE = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 10**30, 1.5, float("nan"), float("inf"), 1e300]),
    st.sampled_from(
        ["", "x", "\ud800", "ada@example.org", "ben@example.org\udc00", "#a", "n" * 70]
    ),
    st.sampled_from([[], {}, [[]], [None], {"id": 2}, {"email": "eva@x.org", "id": []}]),
    st.sampled_from([{"email": "\ud800"}, {"email": ""}, {"ada@example.org": "\udfff"}]),
)


def parts(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each place in JSON: what holds it, and its key or index."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from parts(value[key])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_is_sent_is_kept_and_read(
    data: st.DataObject, quay: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never a traceback: what came is kept, the copy can be read again, and gives the same."""
    before = copy.deepcopy(quay.server.tasks)
    with tempfile.TemporaryDirectory() as folder, monkeypatch.context() as patch:
        root = Path(folder) / "corpus"
        shutil.copytree(quay.root, root)
        run = Run(root, quay.server)
        number = run.state.projects[1].id
        sent = json.loads(quay.server.snapshot(number))
        for _ in range(data.draw(st.integers(1, 4))):
            places = list(parts(sent))
            if not places:
                break
            holder, key = data.draw(st.sampled_from(places))
            if data.draw(st.booleans()):
                holder[key] = copy.deepcopy(data.draw(HOSTILE))
            else:
                del holder[key]
        raw = json.dumps(sent, ensure_ascii=data.draw(st.booleans())).encode("utf-8", "replace")
        old = quay.server.snapshot
        patch.setattr(quay.server, "snapshot", lambda p: raw if p == number else old(p))
        first = run.pull()
        assert raw in received(run)
        made = {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}
        again = run.pull(again=True)
        there = {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}
        status = run.status(agreement=False)

    assert made == there
    assert set(again.problems) <= set(first.problems)
    assert str(status)
    copied = json.loads(made["annotation/campaigns/quay/pulls/ben.json"])
    beside = [{**task, "data": None} for task in copied if task is not None]
    assert "@example.org" not in json.dumps(beside)
    assert b"@example.org" not in made["annotation/campaigns/quay/work.jsonl"]
    assert quay.server.tasks == before
