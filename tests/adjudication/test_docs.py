"""What docs/adjudication.md shows is what happens."""

from __future__ import annotations

import json
import re
from pathlib import Path

from adjudication_texts import Pass, corpus_of
from newspan import schema
from newspan.adjudication.conflicts import KINDS, compare, to_json
from newspan.adjudication.settle import settle
from newspan.model import Span
from newspan.problems import Place


def test_the_example(root: Path) -> None:
    """The passes make the conflict shown, and the decisions shown the records that it tells of."""
    page = (root / "docs/adjudication.md").read_text(encoding="utf-8")
    conflict, first, second, amendment = (
        json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    )
    corpus = corpus_of(re.findall(r"^> (.*)$", page, re.MULTILINE)[0] + "\n")
    a, b = Pass("pass_a", corpus), Pass("pass_b", corpus)
    whole = "the ferries are late, and the council blames the wind"
    a.claim(whole, check_worthy=True)
    b.claim("the ferries are late", check_worthy=True)
    b.claim("the council blames the wind")
    for each in (a, b):
        each.says("Mayor Lind", "said", whole)
    a.loaded("shabby", target="council")
    b.loaded("a shabby excuse", target="council")
    found = compare([a.done(), b.done()], corpus)

    assert to_json(found.conflicts[0], found, corpus) == conflict
    lines = [Place("decisions.jsonl", number) for number in (1, 2, 3)]
    decisions = {
        each.id: (decision, line)
        for each, decision, line in zip(found.conflicts, (first, second), lines, strict=False)
    }
    for line in [conflict | {"decision": first}, conflict | {"decision": second}, amendment]:
        assert list(schema.violations("decision.json", line)) == []
    made = settle(found, decisions, [(amendment, lines[2])], corpus, Place("decisions.jsonl"))
    spans = [record for record in made.records["d1-i1"] if isinstance(record, Span)]

    assert made.problems == []
    assert [(s.text, s.label) for s in spans if s.layer != "attribution"] == [
        ("the ferries are late", "factual"),
        ("the council blames the wind", "factual"),
        ("It was a shabby excuse", "opinion"),
        ("shabby excuse", "Loaded_Language"),
    ]


def test_the_reasons_are_those_of_the_schema(root: Path) -> None:
    """The table has each code of the schema with its definition, and no other."""
    page = (root / "docs/adjudication.md").read_text(encoding="utf-8")
    table = page.split("<!-- reasons -->\n")[1].split("\n\n")[0]
    reasons = schema.read("decision.json")["$defs"]["reason"]["oneOf"]

    assert table.splitlines() == [
        f"| `{each.get('const', 'guideline-<n>')}` | {each['description']} |" for each in reasons
    ]


def test_the_kinds_are_those_of_the_code(root: Path) -> None:
    """The table of kinds is complete and in their order."""
    page = (root / "docs/adjudication.md").read_text(encoding="utf-8")
    table = page.split("| kind | means |")[1].split("\n\n")[0]

    assert tuple(re.findall(r"^\| `(\w+)", table, re.MULTILINE)) == KINDS
