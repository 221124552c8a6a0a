"""Folds: what shares a lineage, or a text, is held out together."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

from newspan.training.examples import Example

#: With more groups than this, several of them are held out at a time.
MOST = 10
#: How many folds there are then.
FOLDS = 5


def folds(examples: Sequence[Example], number: int | None = None) -> list[int]:
    """Return the fold of each example, from 0.

    A group is a lineage of a corpus; lineages of different corpora that have an item of the same
    text are one. Each group is a fold of its own, in the order of first appearance, as in
    `newspan.splits.folds`; or groups are dealt out to `number` folds, the largest first, each to
    the fold that has least text so far.

    Args:
        examples: in the order of corpora and documents.
        number: how many folds; if not given, one per group, or 5 where there are more than 10.

    Raises:
        ValueError: when there is but one group, so that nothing can be held out, or `number` is
            less than 2 or more than there are groups.
    """
    groups = _groups(examples)
    sizes: Counter[int] = Counter()
    for example, group in zip(examples, groups, strict=True):
        sizes[group] += len(example.text)
    if len(sizes) < 2:
        raise ValueError("all texts are of one lineage: nothing can be held out to score on")
    if number is not None and not 2 <= number <= len(sizes):
        raise ValueError(f"there can be 2 to {len(sizes)} folds, one per lineage")
    if number is None:
        number = len(sizes) if len(sizes) <= MOST else FOLDS
    if number == len(sizes):
        ranks = {group: rank for rank, group in enumerate(dict.fromkeys(groups))}
        return [ranks[group] for group in groups]
    filled = [0] * number
    fold_of = {}
    for group, size in sorted(sizes.items(), key=lambda each: (-each[1], each[0])):
        fold_of[group] = filled.index(min(filled))
        filled[fold_of[group]] += size
    return [fold_of[group] for group in groups]


def _groups(examples: Sequence[Example]) -> list[int]:
    """Return each example's group, as the number of the first example that belongs to it."""
    parent = list(range(len(examples)))

    def root(number: int) -> int:
        while parent[number] != number:
            number = parent[number]
        return number

    first: dict[object, int] = {}
    for number, example in enumerate(examples):
        for key in (example.group, hashlib.sha256(example.text.encode()).digest()):
            one, other = root(first.setdefault(key, number)), root(number)
            parent[max(one, other)] = min(one, other)
    return [root(number) for number in range(len(examples))]
