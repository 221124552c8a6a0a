"""Adjudication of a corpus's annotation sets, from their files and decisions to a new set."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec

from newspan.adjudication.case import PRODUCER, AdjudicateError, Case, open_case
from newspan.adjudication.conflicts import Comparison
from newspan.adjudication.lines import Layout, Lines, archive_name, same_lines
from newspan.adjudication.report import Report, figures
from newspan.adjudication.reviewed import misplaced, verified, without_unread
from newspan.adjudication.settle import Settled
from newspan.checks import in_order
from newspan.checks.sets import check_set
from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.write import placed_in, write_set
from newspan.model import AnyRecord, SetInfo
from newspan.problems import Place, Problem
from newspan.whole import whole_directory, whole_file


def adjudicate_sets(
    corpus_dir: str | Path,
    set_ids: Sequence[str],
    into: str,
    *,
    auto: bool = False,
    blocks_id: str | None = None,
    created: str | None = None,
) -> Report:
    """Compare annotation sets, list their conflicts, and write what is alike and decided as a set.

    Conflicts, decisions and amendments stand in annotation/campaigns/<into>/decisions.jsonl, which
    is brought up to date each time; no decision is ever lost. The set is written whole, and only
    when every conflict is decided and nothing is wrong with the decisions. The same sets and
    decisions give the same bytes.

    Of a single set the amendments and reviews in that file are followed: the result holds the items
    whose review is on file, human-verified.

    Args:
        corpus_dir: the corpus.
        set_ids: the sets to compare, two or more, whose order doesn't matter; or one to review.
        into: id of the set to write.
        auto: write the set although conflicts are open, without them.
        blocks_id: the set with the duplicate blocks; `reuse_v1`, if it is there, when not given;
            `none` for none.
        created: the day to write into its head; the latest of the sets' if not given.

    Raises:
        AdjudicateError: when the corpus or the file of decisions has errors.
        ValueError: when a set is not there, nothing was looked at by two sets, `into` is no id,
            names what adjudication did not make, or is gold without a review; or `created` is no
            day.
        OSError: when something can't be written.
    """
    case = open_case(Path(corpus_dir), set_ids, into, blocks_id=blocks_id, created=created)
    return finish(case, case.lines, auto=auto)


#: Under the verb's name, as every verb has its function.
adjudicate = adjudicate_sets


def finish(case: Case, lines: Lines, *, auto: bool = False) -> Report:
    """Bring the file of decisions up to date with these lines, and write the set if it can be.

    Raises:
        OSError: when something can't be written.
    """
    target = case.root / "annotation" / "sets" / case.into
    layout = case.laid_out(lines)
    settled = case.settled(layout)
    records = settled.records
    reviewed: dict[str, list[AnyRecord]] = {}
    waiting = len(settled.waiting)
    if case.is_review:
        reviewed, unread = verified(records, layout.reviews, case.corpus)
        reviewed, waiting = without_unread(reviewed)
        records = reviewed
    else:
        unread = misplaced(layout.reviews)
    info = _described(case, layout, settled, reviewed)
    made = AnnotationSet(info, placed_in(case.into, records))
    problems = in_order(settled.problems)
    if not problems and info.coverage:  # else what they leave out would look like more faults
        problems = in_order(list(_faults(made, settled, case.corpus, case.place)))
    # What can't be followed is no matter of severity: the set would lack it.
    sound = not settled.problems and not any(each.severity == "error" for each in problems)
    write = sound and (auto or not layout.open) and bool(info.coverage)
    path = case.root / case.place.file
    archived = _write(path, layout, target if write else None, info, records)
    return Report(
        sets=tuple(each.info.id for each in case.sets),
        path=target if write else None,
        decisions=path if layout.lines else None,
        archived=archived,
        layers=figures(case.comparison, set(layout.decisions) - settled.refused),
        waiting=waiting,
        stale=len(layout.stale),
        amendments=len(layout.amendments),
        problems=tuple(
            in_order([*problems, *_open(layout, case.comparison), *_stale(layout), *unread])
        ),
        aside=case.comparison.aside,
        reviewed=len(reviewed) if case.is_review else None,
        items=len({each.item for each in case.comparison.coverage}),
    )


def _described(
    case: Case, layout: Layout, settled: Settled, reviewed: dict[str, list[AnyRecord]]
) -> SetInfo:
    """Return a set's head with its coverage, and in words how it came about."""
    by = Counter(_who(decision) for decision, _ in layout.decisions.values())
    by.update(_who(line) for line, _ in layout.amendments)
    readers = {_who(line) for line, _ in layout.reviews if line["item"] in reviewed}
    comparison, coverage = case.comparison, case.comparison.coverage
    items = len({each.item for each in coverage})
    names = _listed([each.info.id for each in case.sets])
    told = [f"{names}, {'reviewed' if case.is_review else 'adjudicated'}."]
    figures = {
        "units alike": len(comparison.alike),
        "conflicts decided": len(layout.decisions),
        "amendments": len(layout.amendments),
    }
    if case.is_review:
        told.append(f"Items read whole {len(reviewed)} of {items}.")
        coverage = tuple(each for each in coverage if each.item in reviewed)
    shown = ", ".join(f"{word} {number}" for word, number in figures.items() if number)
    if shown:
        told.append(f"{shown[0].upper()}{shown[1:]}.")
    if readers:
        told.append(f"Read by: {', '.join(sorted(readers))}.")
    if by:
        who = (f"{name} ({number})" for name, number in sorted(by.items()))
        told.append(f"{'Amended' if case.is_review else 'Decided'} by: {', '.join(who)}.")
    if layout.open:
        told.append(f"Open conflicts, which stand in no record: {len(layout.open)}.")
    if settled.waiting:
        told.append(f"Records that wait for them: {len(settled.waiting)}.")
    if case.blocks is not None and any(each.reason == "copy" for each in comparison.aside):
        told.append(f"What lies wholly in copies of {case.blocks.info.id} is left to projection.")
    annotators = {each for annotated in case.sets for each in annotated.info.producer.by}
    annotators |= {*by, *readers}
    return msgspec.structs.replace(
        case.info,
        producer=msgspec.structs.replace(case.info.producer, annotators=tuple(sorted(annotators))),
        coverage=coverage,
        description=" ".join(told),
    )


def _who(decision: dict[str, Any]) -> str:
    by = decision["by"]
    return f"{by['kind'].replace('_', ' ')} {by['name']}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _faults(
    made: AnnotationSet, settled: Settled, corpus: Corpus, file: Place
) -> Iterable[Problem]:
    """Yield what `check` finds in the result, at the lines of decisions that brought it there."""
    names = {placed.place: placed.record.id for placed in made.records}
    for problem in check_set(made, corpus):
        name = names.get(Place(problem.place.file, problem.place.line))
        if name in settled.origins:
            start, end = problem.place.start, problem.place.end
            place = Place(file.file, settled.origins[name].line, "", start, end)
            yield Problem(problem.id, place, problem.message)
        elif problem.severity == "error":
            told = f"{name}, which the sets have alike: " if name else "the result: "
            start, end = problem.place.start, problem.place.end
            yield Problem(problem.id, file.at("", start, end), told + problem.message)


def _open(layout: Layout, comparison: Comparison) -> Iterable[Problem]:
    conflicts = {conflict.id: conflict for conflict in comparison.conflicts}
    for name, place in layout.open.items():
        conflict = conflicts[name]
        message = f"{name} ({', '.join(conflict.kinds)}) in {conflict.layer} of {conflict.item}"
        where = place.at("/decision", conflict.start, conflict.end)
        yield Problem("conflict-undecided", where, message)


def _stale(layout: Layout) -> Iterable[Problem]:
    for name, place in layout.stale.items():
        yield Problem("decision-stale", place.at("/id"), f"no conflict has the id {name} any more")


def _write(
    path: Path,
    layout: Layout,
    target: Path | None,
    info: SetInfo,
    records: dict[str, list[AnyRecord]],
) -> Path | None:
    """Write the file of decisions where it has changed, and the set; return the file's archive."""
    before = path.read_bytes() if path.exists() else b""
    changed = not same_lines(before, layout.lines)
    archived = None
    if changed and _holds_work(before):
        archived = path.with_name(archive_name(before))
        if not archived.exists():
            with whole_file(archived, before.decode()):
                pass
    with whole_file(path, layout.text) if changed else nullcontext():
        if target is not None:
            with whole_directory(target) as folder:
                write_set(folder, info, records)
    return archived


def _holds_work(raw: bytes) -> bool:
    """Tell whether a file of decisions holds more than open conflicts."""
    lines = [json.loads(line) for line in raw.decode().split("\n") if line.strip()]
    return any(line["record"] != "conflict" or line["decision"] is not None for line in lines)


__all__ = ["PRODUCER", "AdjudicateError", "Report", "adjudicate", "adjudicate_sets", "finish"]
