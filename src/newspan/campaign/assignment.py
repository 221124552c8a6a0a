"""Who annotates what: balanced, with overlap, and never changed once it is handed out.

Items are taken in their order. The training round comes first and goes to everybody; the others
follow in batches. Each item goes to the annotators who have the least text of what is new, within
twice the longest item; among these, to those who share the fewest items with each other, so that
soon every two annotators have some in common and agreement can be measured.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations

import msgspec

#: The batch of the training round.
TRAINING = 0


class Task(msgspec.Struct, frozen=True, omit_defaults=True):
    """An item in an annotator's hands.

    `text_sha256` is of the item's text as it was pushed; `handed_to` who got the task since, when
    the annotator was replaced before touching it.
    """

    item: str
    alias: str
    batch: int
    guidelines: str
    text_sha256: str
    handed_to: str | None = None


class Text(msgspec.Struct, frozen=True):
    """An item to hand out: its id, its length in characters, and its text's hash."""

    item: str
    characters: int
    sha256: str


def assign(
    texts: Sequence[Text],
    aliases: Sequence[str],
    *,
    before: Sequence[Task] = (),
    successors: Mapping[str, str] | None = None,
    training: Collection[str] = (),
    per_item: int | None = None,
    batch_size: int = 20,
    guidelines: str = "",
    seed: int = 0,
) -> tuple[Task, ...]:
    """Return the tasks to hand out beyond those that are handed out already.

    The same arguments give the same tasks. What is in `before` is never taken back; an item that
    has fewer annotators than it should gets more.

    Args:
        texts: the campaign's items in order.
        aliases: who gets work.
        before: what was handed out.
        successors: who does a replaced annotator's work now; what these have done, the successor
            need not do again.
        training: items that everybody annotates, successors too.
        per_item: annotators per item; None for all of them.
        batch_size: items per batch.
        guidelines: the version that the new tasks are annotated under.
        seed: decides between annotators where nothing else does.
    """
    batches = _batches(texts, before, training, batch_size)
    hands = _Hands(aliases, before, {text.item: text.characters for text in texts}, seed)
    hands.cover((task for task in before if task.item not in training), successors or {})
    found: list[Task] = []
    for text in sorted(texts, key=lambda each: batches[each.item]):  # stable: in order within
        everybody = text.item in training or per_item is None
        wanted = len(aliases) if everybody or per_item is None else per_item
        for alias in hands.take(text, wanted):
            found.append(Task(text.item, alias, batches[text.item], guidelines, text.sha256))
    return tuple(found)


def hand_over(
    tasks: Sequence[Task],
    successors: Mapping[str, str],
    touched: Collection[tuple[str, str]],
    aliases: Sequence[str],
    guidelines: str,
) -> tuple[tuple[Task, ...], tuple[Task, ...]]:
    """Return all tasks with those of replaced annotators marked, and the tasks that this makes.

    A task that its annotator has touched stays theirs. One whose item the successor has already
    goes to nobody here: `assign` finds another annotator for the item, if there is one. One that
    the successor had before, and that was handed over from them, is theirs again.

    Args:
        tasks: what was handed out.
        successors: who does a replaced annotator's work now.
        touched: items and aliases of tasks with an annotation, a skip or a draft.
        aliases: who gets work.
        guidelines: the version in force.
    """
    has = {(task.item, task.alias) for task in tasks if task.handed_to is None}
    kept: list[Task] = []
    made: list[Task] = []
    for task in tasks:
        new = successors.get(task.alias)
        if new is None or task.handed_to is not None or (task.item, task.alias) in touched:
            kept.append(task)
            continue
        kept.append(msgspec.structs.replace(task, handed_to=new))
        if new in aliases and (task.item, new) not in has:
            has.add((task.item, new))
            made.append(msgspec.structs.replace(task, alias=new, guidelines=guidelines))
    return reopened(kept, made)


def reopened(
    tasks: Sequence[Task], new: Sequence[Task]
) -> tuple[tuple[Task, ...], tuple[Task, ...]]:
    """Return tasks with those open again that somebody gets a second time, and what is really new.

    An annotator who is replaced and returns has tasks on the server that are nobody's; a second
    one of the same item would be one too many.
    """
    again = {(task.item, task.alias) for task in tasks if task.handed_to is not None}
    wanted = {(task.item, task.alias) for task in new} & again
    open_now = [
        msgspec.structs.replace(task, handed_to=None) if (task.item, task.alias) in wanted else task
        for task in tasks
    ]
    return tuple(open_now), tuple(t for t in new if (t.item, t.alias) not in again)


def _batches(
    texts: Sequence[Text], before: Iterable[Task], training: Collection[str], size: int
) -> dict[str, int]:
    """Return each item's batch; new items begin a batch of their own."""
    found = {task.item: task.batch for task in before}
    first = max(found.values(), default=0) + 1
    fresh = [text.item for text in texts if text.item not in found]
    found |= {item: TRAINING for item in fresh if item in training}
    rest = [item for item in fresh if item not in training]
    return found | {item: first + index // size for index, item in enumerate(rest)}


class _Hands:
    """Who has what so far; `new` counts only what is handed out now, so that it is shared fairly.

    An annotator who joins late is not given all that is new until they have as much as the others.
    """

    def __init__(
        self,
        aliases: Sequence[str],
        before: Sequence[Task],
        characters: Mapping[str, int],
        seed: int,
    ) -> None:
        self._seed = seed
        self._longest = max(characters.values(), default=0)
        self._new: dict[str, int] = dict.fromkeys(aliases, 0)
        self._all: Counter[str] = Counter()
        self._pairs: Counter[frozenset[str]] = Counter()
        self._having: dict[str, set[str]] = {}
        self._covered: set[tuple[str, str]] = set()
        for task in before:
            if task.handed_to is None:
                self._having.setdefault(task.item, set()).add(task.alias)
                self._all[task.alias] += characters.get(task.item, 0)
        for having in self._having.values():
            self._share(having, ())

    def cover(self, tasks: Iterable[Task], successors: Mapping[str, str]) -> None:
        """Count tasks as their annotators' successors', so that they don't get them as well."""
        for task in tasks:
            if task.handed_to is None and task.alias in successors:
                self._covered.add((task.item, successors[task.alias]))

    def take(self, text: Text, wanted: int) -> list[str]:
        """Return who gets an item beyond those who have it, in the order of aliases."""
        having = self._having.setdefault(text.item, set())
        free = [a for a in self._new if a not in having and (text.item, a) not in self._covered]
        needed = min(wanted - len(having), len(free))
        if wanted >= len(self._new):  # everybody, also those who joined after others had it
            needed = len(free)
        if needed <= 0:
            return []
        least = min(self._new[alias] for alias in free)
        room = least + 2 * self._longest - text.characters
        fit = [alias for alias in free if self._new[alias] <= room]
        chosen: list[str] = []
        if len(fit) <= needed:
            chosen = sorted(free, key=lambda alias: self._rank(alias, text.item))[:needed]
        while len(chosen) < needed:
            others = [*having, *chosen]
            left = [alias for alias in fit if alias not in chosen]

            def rank(alias: str, others: list[str] = others) -> tuple[int, int, int, str]:
                shared = sum(self._pairs[frozenset((alias, other))] for other in others)
                return shared, *self._rank(alias, text.item)

            chosen.append(min(left, key=rank))
        self._share(chosen, having)
        for alias in chosen:
            having.add(alias)
            self._new[alias] += text.characters
            self._all[alias] += text.characters
        return [alias for alias in self._new if alias in chosen]

    def _rank(self, alias: str, item: str) -> tuple[int, int, str]:
        digest = hashlib.sha256(f"{self._seed}:{item}:{alias}".encode()).hexdigest()
        return self._new[alias], self._all[alias], digest

    def _share(self, new: Iterable[str], having: Iterable[str]) -> None:
        new = list(new)
        for pair in [*combinations(new, 2), *((a, b) for a in new for b in having)]:
            self._pairs[frozenset(pair)] += 1
