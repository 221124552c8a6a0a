"""The best alignment of three and more sets: a set partitioning problem, solved by HiGHS.

Units that could stand in one unitary alignment, over any chain of others, form a group. The columns
of a group with few enough candidates are all unitary alignments that no cut in two makes cheaper:
then the solution is exact. Those of a larger group are what several descents pass through
(`newspan.agreement.descent`): then it is the best combination of these, and may be improvable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from newspan.agreement.alignment import Alignment, near_pairs

if TYPE_CHECKING:
    from newspan.agreement.gamma import Units

Array = Any

#: A group of units with more candidates than this is not solved exactly.
MOST_CANDIDATES = 5000
_BATCH = 2000

Members = tuple[int, ...]


class Problem(NamedTuple):
    """Units of all sets in one row, and the pairs that may stand in one unitary alignment.

    `gain` is (d - 1) / C: what a pair adds to the cost of its unitary alignment.
    """

    sets: int
    of: Array  # the set of each unit
    left: Array
    right: Array
    gain: Array


def of_many(sets: Sequence[Units]) -> Alignment:
    """Return the best alignment of three or more sets, or a good one where that is too large."""
    import numpy as np

    if not any(len(units.start) for units in sets):
        return Alignment(np.zeros((0, len(sets)), dtype=np.int64), np.zeros(0), True)
    problem, first = _problem(sets)
    gains = {
        (a, b): value
        for a, b, value in zip(
            problem.left.tolist(), problem.right.tolist(), problem.gain.tolist(), strict=True
        )
    }
    groups, large = _candidates(problem, gains)
    if len(large):
        from newspan.agreement.descent import passed_through

        groups.append(passed_through(problem, large))
    chosen: list[Members] = []
    costs: list[float] = []
    for columns in _batches(groups):
        cost = [1.0 + sum(gains[pair] for pair in combinations(each, 2)) for each in columns]
        for index in _partition(columns, cost):
            chosen.append(columns[index])
            costs.append(cost[index])
    members = np.full((len(chosen), problem.sets), -1)
    for row, units in enumerate(chosen):
        for unit in units:
            members[row, problem.of[unit]] = unit - first[problem.of[unit]]
    return Alignment(members, np.array(costs), not len(large))


def _problem(sets: Sequence[Units]) -> tuple[Problem, Array]:
    """Return the units with their near pairs, and where each set's units begin.

    A unit u leaves a unitary alignment T if the sum of d(u, v) - 1 over T reaches C, for T is then
    no cheaper than without it. At most n - 2 of the v can make up 1 each, so a pair with d of
    C + n - 1 or more stands in no best alignment.
    """
    import numpy as np

    number = len(sets)
    pairs = number * (number - 1) // 2
    sizes = [len(units.start) for units in sets]
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    columns: list[tuple[Array, Array, Array]] = []
    for a, b in combinations(range(number), 2):
        i, j, d = near_pairs(sets[a], sets[b], pairs + number - 1)
        columns.append((first[a] + i, first[b] + j, (d - 1.0) / pairs))
    left, right, gain = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    return Problem(number, np.repeat(np.arange(number), sizes), left, right, gain), first


def _candidates(
    problem: Problem, gains: dict[tuple[int, int], float]
) -> tuple[list[list[Members]], Array]:
    """Return all candidates of each group that is small enough, and the units of the others."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    number = len(problem.of)
    graph = coo_array(
        (np.ones(len(problem.left)), (problem.left, problem.right)), shape=(number, number)
    )
    groups, group = connected_components(graph, directed=False)
    after: list[list[int]] = [[] for _ in range(number)]
    for a, b in gains:
        after[a].append(b)
    order = np.argsort(group, kind="stable")
    found: list[list[Members]] = []
    large = []
    # Two units are a candidate themselves where d - 1 < C, so some groups need not be looked at.
    pairs = np.bincount(group[problem.left[problem.gain < 1.0]], minlength=groups)
    for index, units in enumerate(
        np.split(order, np.searchsorted(group[order], np.arange(1, groups)))
    ):
        if pairs[index] > MOST_CANDIDATES:
            large.append(units)
            continue
        every = (each for unit in units.tolist() for each in _from(unit, after, problem, gains))
        columns = list(islice(every, MOST_CANDIDATES + 1))
        if len(columns) > MOST_CANDIDATES:
            large.append(units)
        else:
            found.append(columns)
    return found, np.concatenate(large) if large else np.zeros(0, dtype=np.int64)


def _batches(groups: Sequence[list[Members]]) -> Iterator[list[Members]]:
    """Yield the columns of several small groups, or of one large one, to be solved together."""
    batch: list[Members] = []
    for columns in groups:
        if batch and len(batch) + len(columns) > _BATCH:
            yield batch
            batch = []
        batch = batch + columns
    if batch:
        yield batch


def _from(
    unit: int, after: list[list[int]], problem: Problem, gains: dict[tuple[int, int], float]
) -> Iterator[Members]:
    """Yield the candidates whose first unit is `unit`."""
    step = 1.0 / (problem.sets * (problem.sets - 1) // 2)
    stack: list[tuple[Members, list[int]]] = [((unit,), after[unit])]
    while stack:
        members, others = stack.pop()
        if _holds_together(members, gains):
            yield members
        for other in others:
            # What sets to come can make up for a unit that is far from the others.
            spare = (problem.sets - 1 - int(problem.of[other])) * step
            if sum(gains[each, other] for each in members) < 1.0 + spare:
                near = set(after[other])
                stack.append(((*members, other), [each for each in others if each in near]))


def _holds_together(members: Members, gains: dict[tuple[int, int], float]) -> bool:
    """Tell whether every cut in two costs something."""
    pairs = [(a, b, gains[a, b]) for a, b in combinations(members, 2)]
    for size in range(1, len(members) // 2 + 1):
        for part in combinations(members, size):
            if sum(gain for a, b, gain in pairs if (a in part) != (b in part)) >= 1.0:
                return False
    return True


def _partition(columns: list[Members], cost: list[float]) -> list[int]:
    """Return the indexes of the cheapest columns that hold each of their units once."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csc_array

    units, rows = np.unique([unit for members in columns for unit in members], return_inverse=True)
    pointers = np.concatenate([[0], np.cumsum([len(members) for members in columns])])
    matrix = csc_array((np.ones(len(rows)), rows, pointers), shape=(len(units), len(columns)))
    solved = milp(
        np.array(cost),
        integrality=np.ones(len(columns)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, 1, 1),
        options={"mip_rel_gap": 0.0},
    )
    assert solved.status == 0, solved.message  # all units alone are a solution
    return [int(index) for index in np.flatnonzero(solved.x > 0.5)]
