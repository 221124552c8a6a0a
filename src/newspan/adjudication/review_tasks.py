"""Items to review as Label Studio tasks, in which nothing tells whose reading is whose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from newspan.adjudication.case import Case
from newspan.adjudication.shown import Shown, pass_records
from newspan.labelstudio.names import TEXT, TO_DECIDE, VERDICT
from newspan.labelstudio.regions import to_results
from newspan.labelstudio.tasks import make_task
from newspan.schema import read

#: The prediction that opens by itself: what stands, and every reading of what is to be decided.
OPENING = "all readings"
#: The same where one set is reviewed, of which all stands.
OPENING_OF_ONE = "to review"


def reasons() -> list[tuple[str, str]]:
    """Return the reasons for a decision that can be chosen, and what they mean."""
    listed = read("decision.json")["$defs"]["reason"]["oneOf"]
    return [(each["const"], each["description"]) for each in listed if "const" in each]


def opening(case: Case) -> str:
    """Return the name of the prediction that opens by itself."""
    return OPENING_OF_ONE if case.is_review else OPENING


def review_task(case: Case, shown: Shown, layers: Sequence[str]) -> dict[str, Any]:
    """Return an item as a task: the text, what is shown of it, and each pass on its own.

    What stands already has the verdict `take`. What is to be decided comes first, so that it heads
    the list of regions, and the task's data count it in `to_decide`: readings, and claims that an
    arrow in conflict leads from, since arrows have no verdict.
    """
    task = make_task(case.corpus, shown.item, campaign=case.into, layers=layers)
    text, base = task["data"]["text"], task["data"]["base"]
    results, _ = to_results(shown.records, text, base)
    ends = {(arrow.from_id, arrow.to_id, arrow.label) for arrow in shown.arrows}
    arrows = [
        {
            "from_id": start,
            "to_id": end,
            "type": "relation",
            "direction": "right",
            "labels": [label],
        }
        for start, end, label in sorted(ends)
    ]
    whole = results
    if not case.is_review:
        first = {shown.region_of(name) for name in shown.asked}
        task["data"][TO_DECIDE] = len(first)
        whole = _with_verdicts(results, shown)
        whole.sort(key=lambda result: result.get("id") not in first)
    task["predictions"] = [{"model_version": opening(case), "result": [*whole, *arrows]}]
    for name, set_id in shown.names.items() if not case.is_review else ():
        own, _ = to_results(pass_records(case, shown, set_id), text, base)
        task["predictions"].append({"model_version": name, "result": own})
    return task


def _with_verdicts(results: list[dict[str, Any]], shown: Shown) -> list[dict[str, Any]]:
    """Return results in which each region that stands already is marked as taken."""
    asked = open_regions(shown)
    found: list[dict[str, Any]] = []
    for result in results:
        found.append(result)
        if result["type"] == "labels" and result["id"] not in asked:
            extent = {key: result["value"][key] for key in ("start", "end", "text")}
            verdict = {"value": {**extent, "choices": ["take"]}, "type": "choices"}
            kept = {key: result[key] for key in ("id", "origin")}
            found.append({**kept, "from_name": VERDICT, "to_name": TEXT, **verdict})
    return found


def open_regions(shown: Shown) -> set[str]:
    """Return the regions that are to be decided: of readings, their spans, and links' claims."""
    found: set[str] = set()
    records = shown.by_id
    for name in shown.asked:
        found.add(shown.region_of(name))
        found |= set(getattr(records.get(name), "part_ids", ()))
    return found
