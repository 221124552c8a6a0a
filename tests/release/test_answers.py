"""What a datasheet answers is found by its questions' ids."""

from __future__ import annotations

from pathlib import Path

from newspan.release.answers import answers


def test_answers_go_from_their_question_to_the_next_heading() -> None:
    """Question and answer are found by id; headings without an id end an answer."""
    sheet = (
        "# Sheet\n\nNo answer.\n\n## Part <!-- s:one-two -->\n\nFirst.\n\nSecond.\n"
        "### Why? <!-- q:why -->\n\nBecause 👩‍👩‍👧 بندر.\n\n## Next\n\nNone.\n"
    )

    found = answers(sheet)

    assert {id_: (each.question, each.text) for id_, each in found.items()} == {
        "one-two": ("Part", "First.\n\nSecond."),
        "why": ("Why?", "Because 👩‍👩‍👧 بندر."),
    }


def test_a_question_without_an_answer_is_left_out() -> None:
    """Nothing, white space, and markers alone are no answer."""
    sheet = "# A <!-- q:a -->\n# B <!-- q:b -->\n\n \n# C <!-- q:c -->\n<!-- newspan:x -->\n"

    assert answers(sheet) == {}
    assert answers("") == {}
    assert answers("no heading") == {}


def test_line_ends_of_other_systems_do_not_hide_a_question() -> None:
    """CR LF is a line end too."""
    found = answers("# A <!-- q:a -->\r\n\r\nYes.\r\n")

    assert {id_: each.prose for id_, each in found.items()} == {"a": "Yes."}


def test_prose_is_an_answer_without_tables_and_markers() -> None:
    """Tables stay with the datasheet."""
    sheet = (
        "# A <!-- q:a -->\n\nBefore.\n\n<!-- newspan:t -->\n| a |\n| --- |\n| 1 |\n"
        "<!-- /newspan:t -->\n\nAfter.\n"
    )

    assert answers(sheet)["a"].prose == "Before.\n\nAfter."


def test_all_questions_of_the_shipped_datasheet_are_found(root: Path) -> None:
    """Its 57 questions and the 9 headings of its data statement have answers."""
    found = answers((root / "DATASHEET.md").read_text(encoding="utf-8"))

    assert len(found) == 57 + 9
    assert all(each.prose for each in found.values())
