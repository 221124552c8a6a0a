"""What all answers of a campaign come to: records, coverage, and the fate of every entry."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from newspan.campaign.answers import Answer, Entry, entry_validators, read_answer
from newspan.campaign.archive import Kept
from newspan.campaign.assemble import assemble, extents_of, text_order
from newspan.campaign.packets import Index, Packet, paragraphs_of
from newspan.campaign.replies import read_reply
from newspan.checks.extents import clip
from newspan.corpus import Corpus
from newspan.model import AnyRecord, Coverage
from newspan.problems import Place, Problem


class Read(msgspec.Struct, frozen=True):
    """An archived answer as it was read; `answer` is None where nothing could be made of it."""

    kept: Kept
    packet: str | None
    round: int
    stripped: int
    answer: Answer | None
    problems: tuple[Problem, ...]


class Fate(msgspec.Struct, frozen=True):
    """What became of an entry: placed, merged, rejected or held back, the latter two with why."""

    entry: Entry
    status: str
    problem: Problem | None = None


class Outcome(msgspec.Struct, frozen=True):
    """What the answers of a campaign come to."""

    reads: tuple[Read, ...]
    fates: tuple[Fate, ...]
    records: dict[str, list[AnyRecord]]
    coverage: tuple[Coverage, ...]
    #: By item: what of it was left out, because not all of its paragraphs were looked at.
    incomplete: dict[str, Problem]
    unanswered: tuple[str, ...]


def read_answers(
    kept: Sequence[Kept], index: Index, packets: Mapping[str, bytes], corpus: Corpus, where: str
) -> list[Read]:
    """Read archived answers, in the order they came; a packet's second answer is its round 2.

    Args:
        kept: the answers.
        index: that of the packets.
        packets: the bytes of each packet's file, by the packet's id.
        corpus: the corpus as it is now.
        where: the answers' folder, relative to the corpus, for places.
    """
    by_id = {packet.id: packet for packet in index.packets}
    changed = {each.id: _changed(each, index, packets, corpus) for each in index.packets}
    validators = entry_validators(index.options.layers, corpus.labels, index.targets)
    rounds: Counter[str] = Counter()
    reads = []
    for each in kept:
        place = Place(f"{where}/{each.name}")
        reply = read_reply(each.raw, place)
        if isinstance(reply, Problem):
            reads.append(Read(each, None, 0, 0, None, (reply,)))
            continue
        name = reply.value.get("packet")
        packet = by_id.get(name) if isinstance(name, str) else None
        if packet is None:
            problem = _unknown(name, place)
            reads.append(Read(each, None, 0, reply.stripped, None, (problem,)))
            continue
        rounds[packet.id] += 1
        number = rounds[packet.id]
        if changed[packet.id]:
            problem = Problem("packet-changed", place.at("/packet"), changed[packet.id])
            reads.append(Read(each, packet.id, number, reply.stripped, None, (problem,)))
            continue
        text = corpus.texts[corpus.items[packet.item][0].id]
        layers = index.options.layers
        answer = read_answer(reply.value, place, packet, layers, validators, text, number)
        reads.append(Read(each, packet.id, number, reply.stripped, answer, answer.problems))
    return reads


def _unknown(name: Any, place: Place) -> Problem:
    if name is None:
        return Problem("answer-schema", place, "it needs the packet's id under the key 'packet'")
    return Problem(
        "packet-unknown", place.at("/packet"), f"there is no packet {clip(str(name))} here"
    )


def _changed(packet: Packet, index: Index, packets: Mapping[str, bytes], corpus: Corpus) -> str:
    """Say in what a packet is no longer what its annotator saw; nothing where it is the same."""
    raw = packets.get(packet.id)
    if raw is None or hashlib.sha256(raw).hexdigest() != packet.sha256:
        return f"{packet.file} is not the file that was written"
    if packet.item not in corpus.items:
        return f"the corpus has no item {packet.item!r} any more"
    document, item = corpus.items[packet.item]
    if document.sha256 != packet.text_sha256:
        return f"the text of {document.id} is another one now"
    if paragraphs_of(item, index.options.zones) != packet.paragraphs:
        return f"the zones of {packet.item} are others now"
    if corpus.labels.sha256 != index.labels_sha256:
        return "the labels in force are others now"
    return ""


def outcome(reads: Sequence[Read], index: Index, corpus: Corpus, set_id: str) -> Outcome:
    """Return what answers come to.

    An item's layer is covered in a kind of zones when all its paragraphs of the kind were looked
    at for it. What stands elsewhere is held back: it is placed once the rest has been answered.
    """
    answers = [read.answer for read in reads if read.answer is not None]
    fates: list[Fate] = []
    records: dict[str, list[AnyRecord]] = {}
    coverage: list[Coverage] = []
    incomplete: dict[str, Problem] = {}
    items = list(dict.fromkeys(packet.item for packet in index.packets))
    for item in sorted(items):
        own = [answer for answer in answers if answer.packet.item == item]
        if not own:
            continue
        kinds, missing = _looked_at(own, index)
        entries = [entry for answer in own for entry in answer.entries]
        found, held, made = _settle(entries, item, set_id, corpus, kinds)
        fates += found
        if made:
            records[item] = text_order(made)
        coverage += _coverage(item, kinds)
        if missing:
            message = f"{item}: {missing}"
            message += f"; records held back: {held}" if held else ""
            file = f"annotation/campaigns/{set_id}/packets/packets.json"
            incomplete[item] = Problem("coverage-incomplete", Place(file), message)
    answered = {answer.packet.id for answer in answers}
    unanswered = tuple(each.id for each in index.packets if each.id not in answered)
    return Outcome(tuple(reads), tuple(fates), records, tuple(coverage), incomplete, unanswered)


def _looked_at(answers: Sequence[Answer], index: Index) -> tuple[dict[str, set[str]], str]:
    """Return the kinds of zones that are covered by layer, and what is missing, in words."""
    paragraphs = answers[0].packet.paragraphs
    looked: dict[str, set[int]] = defaultdict(set)
    for answer in answers:
        for layer in answer.layers:
            looked[layer] |= answer.looked_at
    kinds: dict[str, set[str]] = {}
    missing: dict[tuple[int, ...], list[str]] = {}
    for layer in index.options.layers:
        lacking = tuple(each.number for each in paragraphs if each.number not in looked[layer])
        kinds[layer] = {each.kind for each in paragraphs} - {
            each.kind for each in paragraphs if each.number in lacking
        }
        if lacking:
            missing.setdefault(lacking, []).append(layer)
    told = [
        f"paragraphs {', '.join(map(str, numbers))} were not looked at for {' and '.join(layers)}"
        for numbers, layers in missing.items()
    ]
    return kinds, "; ".join(told)


def _settle(
    entries: Sequence[Entry], item: str, set_id: str, corpus: Corpus, kinds: Mapping[str, set[str]]
) -> tuple[list[Fate], int, dict[str, AnyRecord]]:
    """Return each entry's fate, how many are held back, and the records."""
    first = assemble(entries, item, set_id, corpus)
    of = corpus.items[item][1]
    held = set()
    for i in first.record_of:
        draft = entries[i].draft
        zones = [of.zone_of(*extent) for extent in extents_of(draft)] if draft else []
        if any(zone is None or zone.kind not in kinds[entries[i].kind] for zone in zones):
            held.add(i)
    # What refers to something held back cannot be placed without it.
    last = assemble(entries, item, set_id, corpus, without={*held, *first.faults})
    held |= set(last.faults)
    fates = []
    for i, entry in enumerate(entries):
        problem = entry.problem or first.faults.get(i)
        if problem is not None:
            fates.append(Fate(entry, "rejected", problem))
        elif i in held:
            message = "not all paragraphs of its kind were looked at"
            fates.append(
                Fate(entry, "held_back", Problem("coverage-incomplete", entry.place, message))
            )
        else:
            fates.append(Fate(entry, "merged" if i in last.merged else "placed"))
    return fates, len(held), last.records


def _coverage(item: str, kinds: Mapping[str, set[str]]) -> list[Coverage]:
    together: dict[tuple[str, ...], list[str]] = {}
    for layer, zones in kinds.items():
        if zones:
            together.setdefault(tuple(sorted(zones)), []).append(layer)
    return [Coverage(item, tuple(layers), zones) for zones, layers in together.items()]
