"""The best alignment of several sets' units, of which gamma is made.

A unitary alignment T of n sets costs the mean of its C = n(n-1)/2 pairs: d(u, v) for two units, 1
for a unit and nothing, or for nothing twice. So a unit by itself costs 1, and T costs
1 + sum of (d - 1) / C over the pairs of units in T. The best alignment is a partition of all units
into such T, at most one unit of each set in each, of the least sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from newspan.agreement.gamma import Units

Array = Any

#: About so many candidates go into one assignment problem; more would cost their square.
_ROWS = 1500
#: A table of so many cells is solved as it is.
_DENSE = 40_000


class Alignment(NamedTuple):
    """Unitary alignments: the index of each set's unit, or -1, and their costs."""

    members: Array
    cost: Array
    exact: bool


def positional(a: Units, b: Units) -> Array:
    """Return the positional dissimilarity of units, pair by pair."""
    import numpy as np

    apart = np.abs(a.start - b.start) + np.abs(a.end - b.end)
    both = (a.end - a.start) + (b.end - b.start)
    return (apart / both) ** 2


def dissimilarity(a: Units, b: Units) -> Array:
    """Return the combined dissimilarity of units, pair by pair."""
    return positional(a, b) + (a.label != b.label)


def best_alignment(sets: Sequence[Units]) -> Alignment:
    """Return an alignment of the least cost; two units are aligned only where that costs less.

    For two sets it is an assignment problem, solved exactly; for more see `newspan.agreement.many`.
    """
    if len(sets) == 2:
        return _of_two(sets[0], sets[1])
    from newspan.agreement.many import of_many

    return of_many(sets)


def near_pairs(a: Units, b: Units, limit: float) -> tuple[Array, Array, Array]:
    """Return the pairs of indexes whose dissimilarity is below a limit, and it."""
    import numpy as np

    if not len(a.start) or not len(b.start):
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, np.zeros(0)
    order = np.argsort(b.start, kind="stable")
    starts = b.start[order]
    reach = np.sqrt(limit) * ((a.end - a.start) + (b.end - b.start).max())
    low = np.searchsorted(starts, a.start - reach, side="left")
    high = np.searchsorted(starts, a.start + reach, side="right")
    counts = high - low
    left = np.repeat(np.arange(len(a.start)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    right = order[np.repeat(low, counts) + within]
    values = dissimilarity(_take(a, left), _take(b, right))
    kept = values < limit
    return left[kept], right[kept], values[kept]


def _take(units: Units, index: Array) -> Units:
    return type(units)(units.start[index], units.end[index], units.label[index])


def _of_two(a: Units, b: Units) -> Alignment:
    import numpy as np

    left, right, values = near_pairs(a, b, 2.0)
    i, j, d = matching(left, right, values - 2.0, len(a.start), len(b.start))
    alone_a = np.setdiff1d(np.arange(len(a.start)), i, assume_unique=True)
    alone_b = np.setdiff1d(np.arange(len(b.start)), j, assume_unique=True)
    members = np.concatenate(
        [
            np.stack([i, j], axis=1),
            np.stack([alone_a, np.full_like(alone_a, -1)], axis=1),
            np.stack([np.full_like(alone_b, -1), alone_b], axis=1),
        ]
    )
    cost = np.concatenate([d + 2.0, np.ones(len(alone_a) + len(alone_b))])
    return Alignment(members, cost, True)


def matching(
    left: Array, right: Array, gain: Array, rows: int, columns: int
) -> tuple[Array, Array, Array]:
    """Return the pairs of a matching whose gains, all below 0, have the least sum.

    Nobody need be matched. Of a large problem, candidates that share nobody are solved apart.
    """
    import numpy as np

    if rows * columns <= _DENSE:
        chosen = _solved_dense(left, right, gain, rows, columns)
        return left[chosen], right[chosen], gain[chosen]
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    nodes = rows + columns
    graph = coo_array((np.ones(len(left)), (left, rows + right)), shape=(nodes, nodes))
    _, group = connected_components(graph, directed=False)
    edges = np.bincount(group[left], minlength=nodes)
    single = edges[group[left]] == 1
    found = [np.flatnonzero(single)]
    rest = np.flatnonzero(~single)
    rest = rest[np.argsort(group[left[rest]], kind="stable")]
    ends = np.flatnonzero(np.diff(group[left[rest]], append=-1)) + 1
    begin = 0
    for end in ends.tolist():
        if end - begin >= _ROWS or end == len(rest):
            part = rest[begin:end]
            found.append(part[_solved(left[part], right[part], gain[part])])
            begin = end
    chosen = np.sort(np.concatenate(found))
    return left[chosen], right[chosen], gain[chosen]


def _solved_dense(left: Array, right: Array, gain: Array, rows: int, columns: int) -> Array:
    """Return which edges are chosen; who is given somebody without an edge, at 0, has nobody."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    table = np.zeros((rows, columns))
    table[left, right] = gain
    partner = np.full(rows, -1)
    row, column = linear_sum_assignment(table)
    partner[row] = column
    return np.flatnonzero(partner[left] == right)


def _solved(left: Array, right: Array, gain: Array) -> Array:
    """Return which edges are chosen.

    Each node gets a partner of its own that stands for nobody, at no gain; where two nodes are
    matched, these two partners are matched with each other. So every node is matched, as SciPy's
    solver for sparse graphs (LAPJVsp) asks.
    """
    import numpy as np
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    rows, i = np.unique(left, return_inverse=True)
    columns, j = np.unique(right, return_inverse=True)
    n, m = len(rows), len(columns)
    at = np.concatenate([i, np.arange(n), n + np.arange(m), n + j])
    to = np.concatenate([j, m + np.arange(n), np.arange(m), m + i])
    # The solver takes no weight of 0; all are lifted alike, which changes no choice.
    lift = 1.0 - gain.min()
    weight = np.concatenate([gain, np.zeros(n + m + len(i))]) + lift
    graph = csr_array((weight, (at, to)), shape=(n + m, m + n))
    row, column = min_weight_full_bipartite_matching(graph)
    partner = np.full(n + m, -1)
    partner[row] = column
    return np.flatnonzero(partner[i] == j)
