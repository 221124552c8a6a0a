"""What sets say alike and differently, what was decided about it, and how far they agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from newspan import schema
from newspan.adjudication.conflicts import (
    Comparison,
    Conflict,
    compare,
    context_of,
    to_json,
)
from newspan.adjudication.extents import hull
from newspan.adjudication.lines import Lines, read_lines
from newspan.adjudication.made import merged
from newspan.adjudication.match import Cluster
from newspan.adjudication.units import LAYERS
from newspan.agreement.agree import Progress
from newspan.agreement.report import Report
from newspan.corpus import AnnotationSet, Corpus
from newspan.model import Attribution, Span
from newspan.problems import Place
from newspan.viewer.data.agreement import blocks_of, measured, of_items, report_of
from newspan.viewer.data.results import made_of, there

NOTHING = "there is no item, layer and zone kind that two of the sets looked at"


#: How many code points of its place name a conflict in a list.
_WORDS = 200


class _Decided(NamedTuple):
    """The adjudication that a comparison belongs to: its set's id, None if there is none.

    `notes` tell of files of decisions that can't be read.
    """

    into: str | None
    lines: Lines
    notes: tuple[str, ...]


def comparison(
    corpus: Corpus,
    sets: Sequence[AnnotationSet],
    progress: Progress | None = None,
    report: Report | None = None,
) -> dict[str, Any]:
    """Return the comparison of annotation sets as the viewer's part `comparison`, plain JSON.

    What is alike and in conflict is what `newspan adjudicate` finds, with the decisions of the
    adjudication that decided most of these conflicts; the figures are those of `newspan agree`.
    Every offset is in code points of the document, half-open.

    Keys: `sets` and `into`, the set where results are looked up (null for none); `decided_in`, the
    adjudication that decided (null for none); `reason`, why nothing was compared (or null);
    `notes`; `alike`, `conflicts` and `aside`; `made`, the records of `into` that stand where the
    conflicts are, by id; `reasons`, in words; `amendments`; `items`, figures of each; `counts`, by
    item and layer what is alike, what is aside and F1; `left_out`, by reason; `report`.

    Args:
        corpus: the corpus.
        sets: two or more of its sets, each once.
        progress: told the stage, the steps done and the steps in all.
        report: what `measured` gave, where it is there already.

    Raises:
        ValueError: when fewer than two sets are given, or one twice.
    """
    ids = [each.info.id for each in sets]
    if len(set(ids)) < 2 or len(set(ids)) < len(ids):
        raise ValueError("a comparison needs two sets or more, each once")
    found = compare(sets, corpus, blocks_of(corpus))
    decided = _decided(corpus, ids, found)
    into = _result_set(corpus, ids, decided.into)
    made: dict[str, dict[str, Any]] = {}
    conflicts = []
    for each in found.conflicts:
        records = [] if into is None else there(into, each)
        if into is not None:
            made |= {record.id: made_of(record, into) for record in records}
        line = decided.lines.decided.get(each.id)
        conflicts.append(
            _conflict(each, found, corpus)
            | {
                "decision": None if line is None else line["decision"],
                "result": [record.id for record in records],
            }
        )
    decisions = [each["decision"] for each in conflicts if each["decision"] is not None]
    alike, figures = _alike(found, corpus), of_items(corpus, sets)
    return {
        "sets": ids,
        "into": None if into is None else into.info.id,
        "decided_in": decided.into,
        "reason": None if found.coverage or found.alike or found.conflicts else NOTHING,
        "notes": list(decided.notes),
        "alike": alike,
        "conflicts": conflicts,
        "aside": [
            {"reason": a.reason, "set": a.set, "item": a.item, "layer": a.layer, "record": a.record}
            for a in found.aside
        ],
        "made": made,
        "reasons": _reasons(each["reason"] for each in (*decisions, *decided.lines.amendments)),
        "amendments": list(decided.lines.amendments),
        "items": figures,
        "counts": _counts(found, figures, corpus),
        "left_out": dict(sorted(Counter(each.reason for each in found.aside).items())),
        "report": report_of(corpus, sets, report or measured(corpus, sets, progress)),
    }


def split(payload: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a comparison as parts for a folder: one for all, and `comparison-<id>` for each item.

    What is alike and aside grows with the corpus, and is asked for item by item; so are figures.
    """
    slim = {name: value for name, value in payload.items() if name not in _OF_ITEMS}
    yield "comparison", slim
    found: dict[str, dict[str, Any]] = {
        item: {"alike": [], "aside": [], "figures": payload["items"].get(item, {})}
        for item in payload["counts"]
    }
    for name in ("alike", "aside"):
        for each in payload[name]:
            found[each["item"]][name].append(each)
    for item, own in found.items():
        yield f"comparison-{item}", own


_OF_ITEMS = ("alike", "aside", "items")


def _counts(
    found: Comparison, figures: dict[str, dict[str, dict[str, Any]]], corpus: Corpus
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return by item and layer what is alike, what is aside, and F1 (null for none)."""
    alike = Counter((each.units[0].item_id, each.units[0].layer) for each in found.alike)
    aside = Counter((each.item, each.layer) for each in found.aside)
    known = {*figures, *(item for item, _ in (*alike, *aside)), *(c.item for c in found.conflicts)}
    return {
        item: {
            layer: {
                "alike": alike[item, layer],
                "aside": aside[item, layer],
                "f1": figures.get(item, {}).get(layer, {}).get("value"),
            }
            for layer in LAYERS
        }
        for item in corpus.items
        if item in known
    }


# --- decisions --------------------------------------------------------------------------------


def _decided(corpus: Corpus, ids: Sequence[str], found: Comparison) -> _Decided:
    """Return the adjudication that decided most of the conflicts; the first by name of several."""
    current = {each.id for each in found.conflicts}
    best, into = 0, None
    lines, notes = Lines({}, ()), []
    for path in sorted(corpus.root.glob("annotation/campaigns/*/decisions.jsonl")):
        name = path.parent.name
        if name in ids:
            continue
        place = Place(f"annotation/campaigns/{name}/decisions.jsonl")
        read, problems = read_lines(path, place)
        if problems:
            notes.append(f"{place.file} can't be read ({problems[0].message}), so it is left out")
            continue
        number = len(current & read.decided.keys())
        if number > best:
            best, into, lines = number, name, read
    return _Decided(into, lines, tuple(notes))


def _result_set(corpus: Corpus, ids: Sequence[str], into: str | None) -> AnnotationSet | None:
    """Return the adjudicated set, or else the primary one where that is none of those compared."""
    for name in (into, corpus.info.primary_set):
        if name is not None and name in corpus.sets and name not in ids:
            return corpus.sets[name]
    return None


def _reasons(used: Iterable[str]) -> dict[str, str]:
    """Return the reasons that decisions give, in words."""
    known = schema.read("decision.json")["$defs"]["reason"]["oneOf"]
    words = {each["const"]: each["description"] for each in known if "const" in each}
    found = {}
    for name in sorted(set(used)):
        rule = name.removeprefix("guideline-")
        found[name] = words.get(name, f"The guidelines' rule {rule}.")
    return found


# --- conflicts --------------------------------------------------------------------------------


def _conflict(conflict: Conflict, found: Comparison, corpus: Corpus) -> dict[str, Any]:
    """Return a conflict with the ids of its units: of spans, attributions and links.

    `words` begins what stands there; `context` has the extents of the zones around it; `refers_to`,
    where it is there, the words of what the readings refer to.
    """
    line = to_json(conflict, found, corpus)
    item = corpus.items[conflict.item][1]
    return {
        "id": conflict.id,
        "kinds": list(conflict.kinds),
        "item": conflict.item,
        "layer": conflict.layer,
        "start": conflict.start,
        "end": conflict.end,
        "words": line["text"][:_WORDS],
        "context": context_of(conflict, item),
        "records": {
            each: [unit.record.id for unit in conflict.units_of(each)] for each in conflict.sets
        },
        **({"refers_to": line["refers_to"]} if "refers_to" in line else {}),
    }


# --- what is alike ----------------------------------------------------------------------------


def _alike(found: Comparison, corpus: Corpus) -> list[dict[str, Any]]:
    """Return what is alike, in text order, with the extent that adjudication takes."""
    order = {item: index for index, item in enumerate(corpus.items)}
    lines = [_one_alike(cluster, corpus) for cluster in found.alike]
    return sorted(lines, key=lambda a: (order[a["item"]], a["start"], a["end"], a["layer"]))


def _one_alike(cluster: Cluster, corpus: Corpus) -> dict[str, Any]:
    first = cluster.units[0]
    made = merged(cluster, corpus)
    if isinstance(made.record, Span):
        start, end, label = made.record.start, made.record.end, made.record.label
    elif isinstance(made.record, Attribution):
        start, end = hull((part.start, part.end) for part in made.parts)
        label = made.record.mode or "attribution"
    else:
        (start, end), label = first.extent, made.record.type
    return {
        "item": first.item_id,
        "layer": first.layer,
        "start": start,
        "end": end,
        "label": label,
        "records": {unit.set_id: unit.record.id for unit in cluster.units},
    }
