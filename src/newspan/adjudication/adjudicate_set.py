"""Adjudication of a corpus's annotation sets, from their files and decisions to a new set."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec

from newspan import schema
from newspan.adjudication.conflicts import Comparison, compare
from newspan.adjudication.lines import Layout, archive_name, lay_out, read_lines, same_lines
from newspan.adjudication.report import Report, figures
from newspan.adjudication.settle import Settled, settle
from newspan.checks import in_order, read_sound
from newspan.checks.sets import check_set
from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.write import head_json, placed_in, write_set
from newspan.model import Producer, SetInfo
from newspan.problems import Place, Problem
from newspan.reuse.parameters import SET_ID
from newspan.whole import whole_directory, whole_file

PRODUCER = Producer("adjudication", "newspan adjudicate", "1")
#: The set with the duplicate blocks, unless another is named.


class AdjudicateError(Exception):
    """The corpus or the file of decisions can't be read; `problems` lists why."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems."""
        super().__init__(f"{len(problems)} errors")
        self.problems = problems


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

    Args:
        corpus_dir: the corpus.
        set_ids: the sets to compare, two or more; their order doesn't matter.
        into: id of the set to write.
        auto: write the set although conflicts are open, without them.
        blocks_id: the set with the duplicate blocks; `reuse_v1`, if it is there, when not given;
            `none` for none.
        created: the day to write into its head; the latest of the sets' if not given.

    Raises:
        AdjudicateError: when the corpus or the file of decisions has errors.
        ValueError: when a set is not there, nothing was looked at by two sets, `into` is no id or
            names what adjudication did not make, or `created` is no day.
        OSError: when something can't be written.
    """
    root = Path(corpus_dir)
    corpus = _sound_corpus(root, {*set_ids, blocks_id or SET_ID})
    sets = _sets(corpus, set_ids, into)
    blocks = _blocks(corpus, blocks_id)
    target = root / "annotation" / "sets" / into
    place = Place(f"annotation/campaigns/{into}/decisions.jsonl")
    comparison = compare(sets, corpus, blocks)
    if not comparison.coverage:
        raise ValueError("there is no item, layer and zone kind that two of the sets looked at")
    info = _head(sets, corpus, into, created)
    _refuse_to_overwrite(target, corpus)
    lines, problems = read_lines(root / place.file, place)
    if problems:
        raise AdjudicateError(in_order(problems))
    layout = lay_out(lines, comparison, corpus, place)
    settled = settle(comparison, layout.decisions, layout.amendments, corpus, place)
    info = _described(info, sets, comparison, layout, settled, blocks)
    made = AnnotationSet(info, placed_in(into, settled.records))
    problems = in_order(settled.problems)
    if not problems:  # else what they leave out would look like more faults
        problems = in_order(list(_faults(made, settled, corpus, place)))
    # What can't be followed is no matter of severity: the set would lack it.
    sound = not settled.problems and not any(each.severity == "error" for each in problems)
    write = sound and (auto or not layout.open)
    archived = _write(root / place.file, layout, target if write else None, info, settled)
    return Report(
        sets=tuple(each.info.id for each in sets),
        path=target if write else None,
        decisions=root / place.file if layout.lines else None,
        archived=archived,
        layers=figures(comparison, set(layout.decisions) - settled.refused),
        waiting=len(settled.waiting),
        stale=len(layout.stale),
        amendments=len(layout.amendments),
        problems=tuple(in_order([*problems, *_open(layout, comparison), *_stale(layout)])),
        aside=comparison.aside,
    )


#: Under the verb's name, as every verb has its function.
adjudicate = adjudicate_sets


def _sound_corpus(root: Path, sets: set[str]) -> Corpus:
    corpus, errors = read_sound(root, sets)
    if corpus is None or errors:
        raise AdjudicateError(errors)
    return corpus


def _sets(corpus: Corpus, set_ids: Sequence[str], into: str) -> list[AnnotationSet]:
    if len(set(set_ids)) < max(2, len(set_ids)):
        raise ValueError("name two sets or more to compare, each once")
    if into in set_ids:
        raise ValueError(f"{into} is a set to read; give the one to write another name")
    return [corpus.set_named(name) for name in sorted(set_ids)]


def _blocks(corpus: Corpus, name: str | None) -> AnnotationSet | None:
    if name == "none":
        return None
    found = corpus.sets.get(SET_ID) if name is None else corpus.set_named(name)
    if name is not None and found is not None and not found.holds("duplicate_block"):
        raise ValueError(f"nobody looked for duplicate blocks in the set {name}")
    return found


def _head(sets: Sequence[AnnotationSet], corpus: Corpus, into: str, created: str | None) -> SetInfo:
    labels = {each.info.labels_sha256 for each in sets}
    guidelines = {each.info.guidelines_version for each in sets}
    info = SetInfo(
        id=into,
        producer=PRODUCER,
        created=created or max(each.info.created for each in sets),
        labels_sha256=labels.pop() if len(labels) == 1 else corpus.labels.sha256,
        guidelines_version=guidelines.pop() if len(guidelines) == 1 else None,
    )
    for violation in schema.violations("annotation_set.json", json.loads(head_json(info))):
        raise ValueError(f"{violation.pointer.removeprefix('/')}: {violation.message}")
    return info


def _described(
    info: SetInfo,
    sets: Sequence[AnnotationSet],
    comparison: Comparison,
    layout: Layout,
    settled: Settled,
    blocks: AnnotationSet | None,
) -> SetInfo:
    """Return a set's head with its coverage, and in words how it came about."""
    by = Counter(_who(decision) for decision, _ in layout.decisions.values())
    by.update(_who(line) for line, _ in layout.amendments)
    told = [f"{_listed([each.info.id for each in sets])}, adjudicated."]
    figures = {
        "units alike": len(comparison.alike),
        "conflicts decided": len(layout.decisions),
        "amendments": len(layout.amendments),
    }
    shown = ", ".join(f"{word} {number}" for word, number in figures.items() if number)
    if shown:
        told.append(f"{shown[0].upper()}{shown[1:]}.")
    if by:
        who = (f"{name} ({number})" for name, number in sorted(by.items()))
        told.append(f"Decided by: {', '.join(who)}.")
    if layout.open:
        told.append(f"Open conflicts, which stand in no record: {len(layout.open)}.")
    if settled.waiting:
        told.append(f"Records that wait for them: {len(settled.waiting)}.")
    if blocks is not None and any(each.reason == "copy" for each in comparison.aside):
        told.append(f"What lies wholly in copies of {blocks.info.id} is left to projection.")
    annotators = {each for annotated in sets for each in annotated.info.producer.by} | set(by)
    return msgspec.structs.replace(
        info,
        producer=msgspec.structs.replace(info.producer, annotators=tuple(sorted(annotators))),
        coverage=comparison.coverage,
        description=" ".join(told),
    )


def _who(decision: dict[str, Any]) -> str:
    by = decision["by"]
    return f"{by['kind'].replace('_', ' ')} {by['name']}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _refuse_to_overwrite(target: Path, corpus: Corpus) -> None:
    before = corpus.sets.get(target.name)
    ours = before is not None and before.info.producer.name == PRODUCER.name
    if os.path.lexists(target) and not ours:
        raise ValueError(f"{target} is there, and adjudication did not make it; choose another id")
    campaign = corpus.root / "annotation" / "campaigns" / target.name
    if (campaign / "answers").exists():
        raise ValueError(f"{campaign} holds an annotator's answers; choose another id")


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
    path: Path, layout: Layout, target: Path | None, info: SetInfo, settled: Settled
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
                write_set(folder, info, settled.records)
    return archived


def _holds_work(raw: bytes) -> bool:
    """Tell whether a file of decisions holds more than open conflicts."""
    lines = [json.loads(line) for line in raw.decode().split("\n") if line.strip()]
    return any(line["record"] == "amendment" or line["decision"] is not None for line in lines)


__all__ = ["PRODUCER", "AdjudicateError", "Report", "adjudicate", "adjudicate_sets"]
