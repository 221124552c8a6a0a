"""What to give back to an annotator, together with the packet, where an answer had faults."""

from __future__ import annotations

import json
import re

from newspan.campaign.outcome import Fate, Outcome, Read
from newspan.campaign.packets import Index, Packet
from newspan.problems import Problem


def reasks(found: Outcome, index: Index) -> dict[str, str]:
    """Return a text for each packet whose last answer had faults, by file name.

    It lists each rejected entry with its problem, and the paragraphs that nobody looked at.
    """
    last = {read.packet: read for read in found.reads if read.packet is not None}
    looked: dict[str, set[int]] = {}
    for read in found.reads:
        if read.answer is not None:
            looked.setdefault(read.answer.packet.id, set()).update(read.answer.looked_at)
    texts = {}
    for packet in index.packets:
        answer = last.get(packet.id)
        if answer is None or answer.answer is None:  # a changed packet must be written anew
            continue
        rejected = [
            fate
            for fate in found.fates
            if fate.status == "rejected"
            and (fate.entry.packet, fate.entry.round) == (packet.id, answer.round)
        ]
        missing = [n for n in packet.annotate if n not in looked.get(packet.id, set())]
        if rejected or missing or answer.problems:
            texts[packet.file] = _text(packet, answer, rejected, missing)
    return texts


def _text(packet: Packet, answer: Read, rejected: list[Fate], missing: list[int]) -> str:
    lines = [
        f"# Packet {packet.id}: answer {answer.round} had faults",
        "",
        "Below is what could not be taken from your answer, and why. Answer once more, with one "
        "JSON object of the packet's form that holds these entries only, set right; leave out "
        "those that you withdraw. What is not listed has been taken: don't repeat it, but refer to "
        "it by its `ref` where you need to. Give all lists, be they empty, and looked_at.",
        "",
    ]
    lines += [f"- {_told(problem)}" for problem in answer.problems]
    if missing:
        numbers = ", ".join(map(str, missing))
        lines.append(f"- These paragraphs were not looked at: {numbers}. Annotate them too.")
    for fate in rejected:
        entry = json.dumps(fate.entry.raw, ensure_ascii=False)
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", entry)), default=0))
        lines += ["", f"## {fate.entry.place.pointer}", ""]
        if fate.problem is not None:
            lines += [_told(fate.problem), ""]
        lines += [f"{fence}json", entry, fence]
    return "\n".join(lines) + "\n"


def _told(problem: Problem) -> str:
    return f"{problem.id}: {problem.message}. {problem.hint}"
