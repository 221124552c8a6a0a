"""What models put around their answer is left away and counted; what is broken is one problem."""

from __future__ import annotations

import json

import pytest

from newspan.campaign.replies import Reply, read_reply
from newspan.problems import Place, Problem

PLACE = Place("answers/a.json")
GOOD = {"packet": "p1", "claims": [{"p": 1, "quote": 'a "b" {c} \\ \n ``` </p>'}], "looked_at": [1]}
DUMPED = json.dumps(GOOD)


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        (DUMPED, 0),
        (f"\n  {DUMPED}\r\n", 0),
        (f"\ufeff{DUMPED}", 1),
        (f"```json\n{DUMPED}\n```", 10),
        (f"~~~\n{json.dumps(GOOD, indent=2)}\n~~~", 6),
        (f"Here is {{my}} answer:\n\n{DUMPED}\n\nDone {{}}.", 24),
        (f'{{"answer": {DUMPED}}}', 11),
        (f"[{DUMPED}]", 2),
    ],
)
def test_one_object_is_found(text: str, stripped: int) -> None:
    """Fences and prose do not matter; characters left away that are no white space are counted."""
    assert read_reply(text.encode(), PLACE) == Reply(GOOD, stripped)


@pytest.mark.parametrize(
    ("text", "says", "line"),
    [
        ("", "the file is empty", None),
        ("\ufeff \n", "the file is empty", None),
        ("I cannot do this.", "Expecting value", 1),
        ("Well:\n" + DUMPED[:-1], "Expecting ',' delimiter", 2),
        ('{"packet": "p1", "x": "a\nb"}', "Invalid control character", 1),
        ('{"packet": "p1", "x": NaN}', "NaN is not JSON", 1),
        ('{"packet": "p1", "x": "\\ud800"}', "half of a surrogate pair", 1),
        (DUMPED + DUMPED, "it holds 2 answers", None),
        ("{" * 100_000, "Expecting property name", 1),
        ('{"a":' * 50_000, "nested deeper", 1),
        (f'{{"packet": "p1", "claims": {"[" * 300}{"]" * 300}}}', "nested deeper", None),
    ],
)
def test_what_is_broken_is_one_problem(text: str, says: str, line: int | None) -> None:
    """With its line in the file; nothing is guessed."""
    problem = read_reply(text.encode(), PLACE)

    assert isinstance(problem, Problem)
    assert problem.id == "answer-syntax"
    assert says in problem.message
    assert problem.place.line == line


@pytest.mark.parametrize("text", ["[]", "3", '"x"', "null"])
def test_json_that_is_no_object_is_no_answer(text: str) -> None:
    """It is JSON, so the complaint is about its form."""
    problem = read_reply(text.encode(), PLACE)

    assert isinstance(problem, Problem)
    assert problem.id == "answer-schema"
