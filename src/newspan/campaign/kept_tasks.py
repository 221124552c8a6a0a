"""Tasks that are gone from a server stay in the copy, so that no work is lost with them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import msgspec

from newspan.campaign.fetch import Fetched
from newspan.campaign.interface import sha
from newspan.campaign.plan import Campaign
from newspan.labelstudio.archive import ArchiveError, copy_bytes, read_pulls

#: A task of the copy has this where it stands there as an earlier pull had it, and says why.
KEPT = "newspan_kept"
GONE, SENT_AGAIN, ALTERED = "gone", "sent again", "text altered"


_HEAD = f'{{"{KEPT}": '.encode()


class _Data(msgspec.Struct, frozen=True):
    item_id: str
    text: str


class _Annotation(msgspec.Struct, frozen=True):
    completed_by: Any = None


class _Task(msgspec.Struct, frozen=True):
    """What must be known of a task of a copy: a task with aliases instead of people."""

    id: int
    data: _Data
    annotations: list[_Annotation] = []
    newspan_kept: str = ""

    def is_by(self, alias: str) -> bool:
        """Tell whether somebody submitted or skipped it."""
        return any(each.completed_by == alias for each in self.annotations)


_TASK = msgspec.json.Decoder(_Task)


def keeping(campaign: Campaign, fetched: Iterable[Fetched]) -> list[Fetched]:
    """Return snapshots with what the last pull's copies have and the server has lost."""
    pulls, _ = read_pulls(campaign.root, campaign.name)
    found: list[Fetched] = []
    for each in fetched:
        head = each.pulled
        last = pulls.pulls.get(head.alias)
        before = b"[]"
        if last is not None:
            # A copy that somebody has changed is none to keep work from; the snapshot replaces it.
            with suppress(ArchiveError):
                before = copy_bytes(campaign.root, campaign.name, last)
        same = last is not None and (last.server, last.project) == (head.server, head.project)
        texts = {task.item: task.text_sha256 for task in campaign.state.tasks_of(head.alias)}
        copy = with_kept(before, each.copy, head.alias, texts, same_project=same)
        found.append(msgspec.structs.replace(each, copy=copy))
    return found


def with_kept(
    before: bytes, now: bytes, alias: str, handed_out: Mapping[str, str], *, same_project: bool
) -> bytes:
    """Return a copy with the tasks of the copy before that are lost and hold the annotator's work.

    A task is lost when it is gone from the project, or when its text there is no longer the one
    that was handed out. It stays as it was, in place of what is there, until the annotator has
    submitted or skipped its item in another task.

    Args:
        before: the copy that the last pull wrote.
        now: the copy of the snapshot.
        alias: the annotator's.
        handed_out: the SHA-256 of the texts that were handed out to them, by item.
        same_project: whether both are of one project, so that a task's id means the same task.
    """
    if before == now:
        return now
    lines = _lines(now)
    there = [_task(line) for line in lines]
    sound = [_is_sound(task, handed_out) for task in there]
    ids = {t.id for t, ok in zip(there, sound, strict=True) if t and ok} if same_project else set()
    done = {
        task.data.item_id
        for task, ok in zip(there, sound, strict=True)
        if task and ok and task.is_by(alias)
    }
    kept: dict[str, list[bytes]] = {}
    for line in _lines(before):
        task = _task(line)
        if task is None or task.id in ids or task.data.item_id in done:
            continue
        if task.is_by(alias) and _is_sound(task, handed_out):
            kept.setdefault(task.data.item_id, []).append(line)
    if not kept:
        return now
    items = [task.data.item_id if task else None for task in there]
    left = [line for line, item in zip(lines, items, strict=True) if item not in kept]
    for item, its in kept.items():
        why = GONE
        if item in items:
            at = items.index(item)
            # With the hash of what it hides, so that a change there is a change of the copy: else
            # the snapshot that has it would not be kept.
            why = f"{SENT_AGAIN if sound[at] else ALTERED}, {hashlib.sha256(lines[at]).hexdigest()}"
        left += (_marked(line, why) for line in its)
    return b"[\n" + b",\n".join(left) + b"\n]\n"


def kept_in(copy: bytes) -> Iterator[tuple[str, str]]:
    """Yield the items whose tasks stand in a copy as an earlier pull had them, and why."""
    for line in _lines(copy) if KEPT.encode() in copy else ():
        task = _task(line) if line.startswith(_HEAD) else None
        if task is not None:
            yield task.data.item_id, task.newspan_kept.split(",")[0]


def _is_sound(task: _Task | None, handed_out: Mapping[str, str]) -> bool:
    return task is not None and handed_out.get(task.data.item_id) == sha(task.data.text)


def _lines(copy: bytes) -> list[bytes]:
    """Return a copy's tasks, each as JSON."""
    try:
        return [bytes(each) for each in msgspec.json.decode(copy, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, UnicodeDecodeError):
        tasks = json.loads(copy)  # half a character, which Python's own reader takes
    return [
        json.dumps(each, ensure_ascii=False).encode("utf-8", "backslashreplace") for each in tasks
    ]


def _task(line: bytes) -> _Task | None:
    """Return a task, None if it is not as Label Studio writes it."""
    try:
        return _TASK.decode(line)
    except msgspec.ValidationError:
        return None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass  # half a character, which Python's own reader takes
    try:
        return msgspec.convert(json.loads(line), _Task)
    except (ValueError, RecursionError):
        return None


def _marked(line: bytes, why: str) -> bytes:
    if line.startswith(_HEAD):
        line = b"{" + line.split(b'", ', 1)[1]
    return _HEAD + f'"{why}", '.encode() + line.removeprefix(b"{")
