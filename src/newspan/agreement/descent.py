"""Descent to good alignments of many sets, for groups of units that are too large to be solved.

Each set's units are added by an optimal assignment to the unitary alignments so far. Then, for
every division of the sets in two, all unitary alignments are cut in two parts accordingly, and the
parts put together again in the best way (an assignment problem once more), until no division gains
anything: local search for multi-dimensional assignment with decomposable costs (after Bandelt,
Crama & Spieksma 1994, "Approximation algorithms for multi-dimensional assignment problems with
decomposable costs"). Several descents, with the sets in another order, give other alignments; what
they pass through is combined by the caller.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

from newspan.agreement.alignment import matching
from newspan.agreement.many import Members, Problem

Array = Any

#: So many descents are made, or as many as there are sets.
DESCENTS = 4
_LEAST_GAIN = 1e-9


def passed_through(problem: Problem, units: Array) -> list[Members]:
    """Return the unitary alignments of some units that descents pass through, each unit's alone."""
    import numpy as np

    part, names = _part(problem, units)
    found: set[Members] = {(unit,) for unit in range(len(units))}
    for turn in range(min(DESCENTS, problem.sets)):
        order = [(turn + index) % problem.sets for index in range(problem.sets)]
        _descend(part, order, found)
    return sorted(tuple(np.sort(names[list(members)]).tolist()) for members in found)


def _part(problem: Problem, units: Array) -> tuple[Problem, Array]:
    import numpy as np

    names = np.sort(units)
    number = np.full(len(problem.of), -1)
    number[names] = np.arange(len(names))
    kept = number[problem.left] >= 0  # groups are closed: then the other is one of them too
    return (
        Problem(
            problem.sets,
            problem.of[names],
            number[problem.left[kept]],
            number[problem.right[kept]],
            problem.gain[kept],
        ),
        names,
    )


def _descend(problem: Problem, order: list[int], found: set[Members]) -> None:
    import numpy as np

    owner = np.arange(len(problem.of))
    done = problem.of == order[0]
    for index in order[1:]:
        chosen = problem.of == index
        done = done | chosen
        owner, _ = _rematched(problem, owner, chosen, done)
    found |= _members(owner)
    divisions = [
        np.isin(problem.of, [order[index] for index in chosen])
        for size in range(1, problem.sets // 2 + 1)
        for chosen in combinations(range(problem.sets), size)
        if 2 * size < problem.sets or 0 in chosen
    ]
    everything = np.ones(len(owner), dtype=bool)
    turn = idle = 0
    while idle < len(divisions):
        owner, gained = _rematched(problem, owner, divisions[turn % len(divisions)], everything)
        if gained:
            found |= _members(owner)
        idle = 0 if gained else idle + 1
        turn += 1


def _members(owner: Array) -> set[Members]:
    import numpy as np

    order = np.argsort(owner, kind="stable")
    cuts = np.flatnonzero(np.diff(owner[order])) + 1
    return {tuple(sorted(part.tolist())) for part in np.split(order, cuts)}


def _rematched(problem: Problem, owner: Array, chosen: Array, among: Array) -> tuple[Array, bool]:
    """Cut the chosen units off their alignments, and return the best way to join the parts.

    `owner` is the number of each unit's alignment; only units that are `among` take part.
    """
    import numpy as np

    number = len(owner)
    part = owner + number * chosen
    crossing = chosen[problem.left] != chosen[problem.right]
    crossing &= among[problem.left] & among[problem.right]
    left, right = problem.left[crossing], problem.right[crossing]
    swap = chosen[right]
    one, other = part[np.where(swap, right, left)], part[np.where(swap, left, right)]
    keys, which = np.unique(one * (2 * number) + other, return_inverse=True)
    if not len(keys):
        return owner, False
    ones, others = keys // (2 * number), keys % (2 * number)
    sizes = np.bincount(part, minlength=2 * number)
    # All pairs must be near ones: a pair that is not stands in no best alignment.
    whole = np.bincount(which, minlength=len(keys)) == sizes[ones] * sizes[others]
    gain = np.bincount(which, weights=problem.gain[crossing], minlength=len(keys)) - 1.0
    before = gain[whole & (ones - number == others)].sum()
    good = whole & (gain < 0)
    row, i = np.unique(ones[good], return_inverse=True)
    column, j = np.unique(others[good], return_inverse=True)
    i, j, gains = matching(i, j, gain[good], len(row), len(column))
    if gains.sum() > before - _LEAST_GAIN:
        return owner, False
    renamed = np.arange(2 * number)
    renamed[row[i]] = column[j]
    _, numbers = np.unique(renamed[part], return_inverse=True)
    return numbers, True
