"""Folds: what shares a lineage, or a text, is held out together."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from newspan.text import words
from newspan.training.examples import Example
from newspan.training.mask import masked
from newspan.training.words import form

#: With more groups than this, several of them are held out at a time.
MOST = 10
#: How many folds there are then.
FOLDS = 5
#: An item is a copy of another if as large a part of the shorter one's runs of words, of
#: this length, stands in both; runs of more items than this are a publisher's, not a text's.
_COPIED, _RUN, _COMMON = 0.5, 8, 50


def folds(examples: Sequence[Example], number: int | None = None) -> list[int]:
    """Return the fold of each example, from 0.

    A group is a lineage of a corpus; lineages, also of different corpora, where one item has half
    of another's text are one: nobody need have said that they are. Each group is a fold of its own,
    in the order of first appearance, as in `newspan.splits.folds`; or groups are dealt out to
    `number` folds, the largest first, each to the fold that has least text so far.

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
        raise ValueError(
            "all texts are of one lineage, or copies of each other: nothing can be held out"
        )
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


class Fold(NamedTuple):
    """What a model learns from, and the examples that are held out, by their numbers."""

    learnt: list[Example]
    held: dict[int, Example]


def parted(
    examples: Sequence[Example],
    fold_of: Sequence[int],
    names: Callable[[Sequence[Example]], Collection[str]],
) -> list[Fold]:
    """Return what each fold learns from and holds out.

    Args:
        examples: all of them.
        fold_of: the fold of each, from 0.
        names: returns the names to be masked in a fold, from the examples that it learns from.
    """
    found = []
    for fold in range(max(fold_of) + 1):
        learnt = [e for e, its in zip(examples, fold_of, strict=True) if its != fold]
        hidden = names(learnt)
        places = [place for place, its in enumerate(fold_of) if its == fold]
        held = masked([examples[place] for place in places], hidden)[0]
        found.append(Fold(masked(learnt, hidden)[0], dict(zip(places, held, strict=True))))
    return found


def _groups(examples: Sequence[Example]) -> list[int]:
    """Return each example's group, as the number of the first example that belongs to it."""
    parent = list(range(len(examples)))

    def root(number: int) -> int:
        while parent[number] != number:
            number = parent[number]
        return number

    def join(one: int, other: int) -> None:
        one, other = root(one), root(other)
        parent[max(one, other)] = min(one, other)

    first: dict[object, int] = {}
    for number, example in enumerate(examples):
        for key in (example.group, words_sha256(example)):
            join(first.setdefault(key, number), number)
    for one, other in _copies(examples):
        join(one, other)
    return [root(number) for number in range(len(examples))]


def _copies(examples: Sequence[Example]) -> Iterator[tuple[int, int]]:
    """Yield the numbers of items of which one has half of the other's text."""
    runs = [_runs(example) for example in examples]
    places: dict[int, list[int]] = {}
    for number, its in enumerate(runs):
        for run in its:
            places.setdefault(run, []).append(number)
    shared: Counter[tuple[int, int]] = Counter()
    for those in places.values():
        if len(those) <= _COMMON:
            shared.update(combinations(those, 2))
    for (one, other), number in shared.items():
        if number >= _COPIED * min(len(runs[one]), len(runs[other])):
            yield one, other


def _runs(example: Example) -> set[int]:
    """Return the hashes of a text's runs of eight words."""
    forms = [form(example.text[start:end]) for start, end in words(example.text)]
    return {hash(tuple(forms[at : at + _RUN])) for at in range(len(forms) - _RUN + 1)}


def words_sha256(example: Example) -> bytes:
    """Return what two copies of a text share: a BOM, line ends and capitals make none another."""
    forms = (form(example.text[start:end]) for start, end in words(example.text))
    return hashlib.sha256("\n".join(each for each in forms if each != "\ufeff").encode()).digest()
