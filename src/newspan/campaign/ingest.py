"""`newspan annotate ingest`: answers into an annotation set, and a record of the run."""

from __future__ import annotations

import datetime
import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from newspan import schema
from newspan.campaign.answer_schema import KINDS
from newspan.campaign.archive import (
    archived,
    keep_answers,
    keep_packets,
    offered,
    read_run,
    require_unaltered,
)
from newspan.campaign.outcome import Outcome, Read, outcome, read_answers
from newspan.campaign.packets import Index, read_index
from newspan.campaign.prompts import AnnotateError, sound_corpus
from newspan.campaign.reask import reasks
from newspan.checks import in_order
from newspan.checks.sets import check_set
from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.write import placed_in, write_set
from newspan.model import Producer, Protocol, SetInfo
from newspan.problems import Problem
from newspan.whole import whole_directory, whole_file


class Ingested(msgspec.Struct, frozen=True):
    """What was written, and what was not.

    `path` is the set's folder, None while no item is covered; `counts` is that of run.json;
    `problems` are those of the answers given now and of each packet's last answer; `unanswered`
    lists packets without an answer.
    """

    path: Path | None
    run: Path
    counts: dict[str, Any]
    problems: tuple[Problem, ...]
    unanswered: tuple[str, ...]
    reasks: tuple[Path, ...]


def annotate_ingest(
    corpus_dir: str | Path,
    packets_dir: str | Path,
    answers: Sequence[str | Path],
    into: str,
    *,
    model: str | None = None,
    model_version: str | None = None,
    person: str | None = None,
    date: str | None = None,
) -> Ingested:
    """Read answers to packets into an annotation set.

    Packets and raw answers are first archived in annotation/campaigns/<into>/. The set is made
    from all answers archived there, so a later answer to a packet adds to the earlier one, and the
    same answers give the same set. It is written whole or not at all, and `newspan check` finds
    nothing in it; what it would object to is rejected, each entry with its problem.

    Args:
        corpus_dir: the corpus that the packets were made from.
        packets_dir: what `annotate_prompts` wrote.
        answers: files, or folders of files; none reads the archived ones again.
        into: id of the set to write.
        model: the language model's id; or else
        person: an alias of the person who answered.
        model_version: the model's version, if its id doesn't have it.
        date: the day of the answers, such as 2026-11-22; if not given, that of the answers before,
            or else today.

    Raises:
        AnnotateError: when the corpus has errors, other than in annotation sets.
        ValueError: when a folder has no packets, `into` is no id or names what this verb did not
            make, the campaign has other packets or another annotator, its run.json or an archived
            answer is not as it was written, or `date` is no day.
        OSError: when a file cannot be read or written.
    """
    root, source = Path(corpus_dir), Path(packets_dir)
    corpus = sound_corpus(root)
    index = read_index(source)
    campaign = root / "annotation" / "campaigns" / into
    target = root / "annotation" / "sets" / into
    producer = _producer(model, model_version, person)
    before = read_run(campaign / "run.json")
    _require_day(date)
    head = SetInfo(
        id=into,
        producer=producer,
        created=date or before.get("date") or datetime.date.today().isoformat(),
        labels_sha256=index.labels_sha256,
        guidelines_version=index.guidelines_version,
    )
    for violation in schema.violations("annotation_set.json", head.to_json()):
        raise ValueError(f"{violation.pointer.removeprefix('/')}: {violation.message}")
    if (campaign / "decisions.jsonl").exists():
        raise ValueError(f"{campaign} holds the decisions of an adjudication; choose another id")
    if target.exists() and not before:
        raise ValueError(f"{target} is there, and was not made from answers; choose another id")
    if before and before["producer"] != producer.to_json():
        name = before["producer"]["name"]
        raise ValueError(f"the answers in {campaign} are by {name}; choose another set")
    require_unaltered(before, campaign / "answers")
    strays: list[Problem] = []
    given = list(offered([Path(each) for each in answers], index, strays))
    if not given and not strays and not archived(campaign / "answers"):
        raise ValueError("there is no answer to read")

    keep_packets(source, index, campaign / "packets")
    kept = keep_answers(given, campaign / "answers")
    packets = {
        packet.id: (campaign / "packets" / packet.file).read_bytes()
        for packet in index.packets
        if (campaign / "packets" / packet.file).is_file()
    }
    where = f"annotation/campaigns/{into}/answers"
    found = outcome(read_answers(kept, index, packets, corpus, where), index, corpus, into)
    now = {hashlib.sha256(raw).hexdigest() for _, raw in given}
    problems = [*strays, *_problems_to_tell(found, now)]
    counts = _counts(found)
    run = _run(head, index, found, counts, (source / "packets.json").read_bytes())
    protocol = Protocol(
        order=index.options.order,
        rendering=index.options.rendering,
        packets=len(index.packets),
        answers=len(found.reads),
        offered=sum(counts["offered"].values()),
        rejected=sum(sum(each.values()) for each in counts["rejected"].values()),
        run_sha256=hashlib.sha256(run.encode()).hexdigest(),
    )
    info = msgspec.structs.replace(head, coverage=found.coverage, protocol=protocol)
    if found.coverage:
        _require_silence(AnnotationSet(info, placed_in(into, found.records)), corpus)
    again = reasks(found, index)
    with ExitStack() as stack:  # what is entered last takes its place first
        if found.coverage:
            folder = stack.enter_context(whole_directory(target))
            write_set(folder, info, found.records)
        if again:
            folder = stack.enter_context(whole_directory(campaign / "reask"))
            for name, text in again.items():
                (folder / name).write_bytes(text.encode())
        stack.enter_context(whole_file(campaign / "rejections.jsonl", _rejections(found)))
        # A set without run.json would be taken for somebody else's, and never be made again.
        stack.enter_context(whole_file(campaign / "run.json", run))
    if not again:
        shutil.rmtree(campaign / "reask", ignore_errors=True)
    return Ingested(
        path=target if found.coverage else None,
        run=campaign / "run.json",
        counts=counts,
        problems=tuple(in_order(problems)),
        unanswered=found.unanswered,
        reasks=tuple(campaign / "reask" / name for name in again),
    )


def _producer(model: str | None, version: str | None, person: str | None) -> Producer:
    if (model is None) == (person is None):
        raise ValueError("say who answered: a model or a person")
    if person is not None and version is not None:
        raise ValueError("a person has no model version")
    kind = "person" if person is not None else "language_model"
    return Producer(kind, person if person is not None else model or "", version)


def _require_day(date: str | None) -> None:
    try:
        if date is not None:
            datetime.date.fromisoformat(date)
    except ValueError:
        raise ValueError(f"{date!r} is no day such as 2026-11-22") from None


def _problems_to_tell(found: Outcome, now: set[str]) -> list[Problem]:
    """Return the problems of the answers given now and of each packet's last answer.

    What an earlier answer had wrong, a later one had the chance to say right: it is counted and
    kept in rejections.jsonl, but a campaign that has been set right is fine.
    """
    last = {read.packet: read for read in found.reads if read.packet is not None}
    told = [
        read
        for read in found.reads
        if read.kept.sha256 in now or (read.packet is not None and last[read.packet] is read)
    ]
    files = {read.kept.name for read in told}
    problems = [problem for read in told for problem in read.problems]
    problems += [
        fate.problem
        for fate in found.fates
        if fate.problem is not None
        and fate.status == "rejected"
        and Path(fate.entry.place.file).name in files
    ]
    return [*problems, *found.incomplete.values()]


def _require_silence(made: AnnotationSet, corpus: Corpus) -> None:
    problems = list(check_set(made, corpus))
    if problems:
        raise AnnotateError(in_order(problems))


def _counts(found: Outcome) -> dict[str, Any]:
    kinds = dict.fromkeys(KINDS.values())
    by_status = Counter((fate.status, fate.entry.kind) for fate in found.fates)
    why = Counter(
        (fate.entry.kind, fate.problem.id)
        for fate in found.fates
        if fate.status == "rejected" and fate.problem is not None
    )
    rejected = {
        kind: {name: n for (of, name), n in sorted(why.items()) if of == kind} for kind in kinds
    }
    offered = Counter(fate.entry.kind for fate in found.fates)
    total = sum(offered.values())
    stripped = [read.stripped for read in found.reads if read.stripped]
    faults = Counter(problem.id for read in found.reads for problem in read.problems)
    return {
        "offered": {kind: offered[kind] for kind in kinds},
        **{
            status: {kind: by_status[status, kind] for kind in kinds}
            for status in ("placed", "merged", "held_back")
        },
        "rejected": {kind: why for kind, why in rejected.items() if why},
        "rejection_rate": round(sum(why.values()) / total, 4) if total else 0.0,
        "trimmed": sum(fate.entry.trimmed for fate in found.fates),
        "stripped": {"answers": len(stripped), "characters": sum(stripped)},
        "asked_again": sum(read.round > 1 for read in found.reads),
        "answers_with_faults": dict(sorted(faults.items())),
    }


def _run(
    head: SetInfo, index: Index, found: Outcome, counts: dict[str, Any], packets: bytes
) -> str:
    statuses: dict[str, Counter[str]] = {}
    for fate in found.fates:
        name = Path(fate.entry.place.file).name
        statuses.setdefault(name, Counter())[fate.status] += 1
    by_packet: dict[str | None, list[dict[str, Any]]] = {}
    for read in found.reads:
        by_packet.setdefault(read.packet, []).append(_answer(read, statuses))
    run = {
        "set": head.id,
        "producer": head.producer.to_json(),
        "date": head.created,
        "corpus": index.corpus,
        "guidelines_version": index.guidelines_version,
        "guidelines_sha256": index.guidelines_sha256,
        "labels_sha256": index.labels_sha256,
        "packets_sha256": hashlib.sha256(packets).hexdigest(),
        "options": msgspec.to_builtins(index.options),
        "packets": [
            {
                "id": packet.id,
                "item": packet.item,
                "sha256": packet.sha256,
                "answers": by_packet.get(packet.id, []),
            }
            for packet in index.packets
        ],
        "answers_to_no_packet": by_packet.get(None, []),
        "counts": counts,
    }
    return json.dumps(run, ensure_ascii=False, indent=1) + "\n"


def _answer(read: Read, statuses: dict[str, Counter[str]]) -> dict[str, Any]:
    own = statuses.get(read.kept.name, Counter())
    return {
        "file": read.kept.name,
        "sha256": read.kept.sha256,
        "round": read.round,
        "stripped": read.stripped,
        **{status: own[status] for status in ("placed", "merged", "held_back", "rejected")},
        "problems": [problem.to_json() for problem in read.problems],
    }


def _rejections(found: Outcome) -> str:
    lines = [
        {
            "packet": fate.entry.packet,
            "round": fate.entry.round,
            "kind": fate.entry.kind,
            "status": fate.status,
            "entry": fate.entry.raw,
            "problem": fate.problem.to_json(),
        }
        for fate in found.fates
        if fate.problem is not None
    ]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
