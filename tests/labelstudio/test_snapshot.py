"""Copies of snapshots: the same, whether Label Studio wrote the snapshot or something else did."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from newspan.labelstudio.failures import refused
from newspan.labelstudio.people import People, Person, assumed, identify
from newspan.labelstudio.snapshot import Users, accounts, parse, pseudonymised, workers

ENTRY = {
    "id": 5,
    "completed_by": {"id": 2, "email": "Ada@example.org", "first_name": "Jo"},
    "updated_by": 3,
    "result": [{"value": {"text": ["ask ben@example.org", '\u2028 é 🚢 \\ " \n']}}],
    "lead_time": 1.5,
    "prediction": {"who": "Jo"},
}
TASK: dict[str, Any] = {
    "id": 1,
    "data": {"text": "Write to ada@example.org\n", "item_id": "a-i1"},
    "meta": {"newspan": {"carried": {}}, "other": "Jo"},
    "annotations": [ENTRY],
    "predictions": [{"id": 7, "model_version": "m", "result": [], "owner": "Jo"}],
    "drafts": [{"id": 8, "user": "ben@example.org", "result": [], "created_username": "Jo"}],
    "annotators": [2],
}
USERS = Users({3: "ben@example.org"}, {"ada@example.org": "ada", "ben@example.org": "ben"})


def copied(raw: bytes) -> Any:
    """Return a snapshot's copy, which has one task in a line."""
    copy = pseudonymised(parse(raw, "quay"), USERS)
    tasks = json.loads(copy)
    assert len(copy.splitlines()) == len(tasks) + 2
    return tasks


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_copy_is_the_same_however_it_was_read(indent: int | None, ascii_only: bool) -> None:
    """By the quick reader, or by Python's, which a number that JSON has not calls for."""
    quick = copied(json.dumps([TASK], indent=indent, ensure_ascii=ascii_only).encode())
    odd = [TASK, {"id": float("nan")}]
    slow = copied(json.dumps(odd, indent=indent, ensure_ascii=ascii_only).encode())
    (task,) = quick

    assert slow == [task, {"id": "NaN"}]
    assert task["data"] == TASK["data"]
    assert task["meta"] == {"newspan": {"carried": {}}}
    assert task["predictions"] == [{"id": 7, "model_version": "m", "result": []}]
    assert task["drafts"] == [{"id": 8, "user": "ben", "result": []}]
    (annotation,) = task["annotations"]
    assert (annotation["completed_by"], annotation["updated_by"]) == ("ada", "ben")
    assert annotation["result"][0]["value"]["text"] == [
        "ask ben",
        ENTRY["result"][0]["value"]["text"][1],
    ]  # type: ignore[index]
    assert b"Jo" not in msgspec.json.encode(quick)


def test_an_escaped_address_is_found() -> None:
    """JSON may write any character as its number."""
    raw = json.dumps([TASK]).replace("@", "\\u0040").encode()

    assert "ben@" not in json.dumps([{**t, "data": None} for t in copied(raw)])


def test_a_snapshot_tells_who_is_who() -> None:
    """By mail address how much somebody did, by number whose address it is."""
    snapshot = parse(json.dumps([TASK, {"annotations": [{"completed_by": {"email": ""}}]}]).encode(), "")  # fmt: skip  # noqa: E501

    assert workers(snapshot) == {"ada@example.org": 1, "ben@example.org": 1}
    assert accounts(snapshot) == {2: "ada@example.org"}


def test_who_is_assumed_is_who_nobody_named() -> None:
    """And only where it can be told at all."""
    people = People({"ben": Person("ben", "ben@x.org")})
    who = {"ada": {"a@x.org"}, "ben": {"ben@x.org"}, "cleo": {"c@x.org", "d@x.org"}, "dora": set()}

    assert assumed(who, people) == {"ada": "a@x.org"}
    assert identify(who, people) == {"ben@x.org": "ben", "a@x.org": "ada"}


@pytest.mark.parametrize(
    "faults", ['["Too long"]', '"Too long"', '{"title": "Too long"}', "7", "{}"]
)
def test_a_refusal_is_told_whatever_its_form(faults: str) -> None:
    """Faults of fields may be a list, a text, or by field."""
    text = f'{{"detail": "No.", "validation_errors": {faults}}}'
    problem = refused("http://ls.example", "/api", 400, text, {})

    assert problem.id == "server-refused"
    assert "No." in problem.message
    assert "Too long" not in faults or "Too long" in problem.message
