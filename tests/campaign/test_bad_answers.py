"""Every fault of an answer is found, named by its id, and shown with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpora import BAD_ANSWERS, apply, problem_id
from newspan import check


@pytest.mark.parametrize("spec", BAD_ANSWERS, ids=lambda spec: spec.stem)
def test_a_bad_answer_raises_its_problem_and_no_other(spec: Path, campaign: Any) -> None:
    """A fixture raises the problem it is named after, where it states, and the set is silent."""
    described = json.loads(spec.read_text(encoding="utf-8"))
    packet = next(each for each in campaign.index.packets if each.item == "d1-i1")
    path = campaign.answer(**described.get("answer", {}))
    if "raw" in described:
        path.write_text(described["raw"].replace("@", packet.id), encoding="utf-8")
    elif "hex" in described:
        path.write_bytes(bytes.fromhex(described["hex"]))
    for edit in described.get("edits", ()):
        file = edit.get("file", "").replace("@", packet.id)
        root = campaign.corpus if "resum" in edit else campaign.folder
        apply({**edit, "file": file} if file else edit, root)

    made = campaign.ingest(path)

    found = {problem.id for problem in made.problems}
    assert found == {problem_id(spec), *described.get("also", ())}
    wanted = described["expect"]
    places = [
        {"pointer": p.place.pointer, "line": p.place.line}
        for p in made.problems
        if p.id == problem_id(spec)
    ]
    assert any(wanted.items() <= place.items() for place in places), places
    messages = [problem.message for problem in made.problems]
    assert any(described.get("says", "") in message for message in messages), messages
    ours = "annotation/sets/pass_a/"
    assert [p for p in check(campaign.corpus) if p.place.file.startswith(ours)] == []
