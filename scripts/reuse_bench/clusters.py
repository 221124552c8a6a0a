"""How far clusters of spans agree with planted families."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reuse_bench.pan import Ints, Spans, Truth, overlapping


@dataclass(frozen=True, slots=True)
class Agreement:
    """Clusters against planted families.

    `whole`: of the families with two or more copies in clusters, the share whose clustered copies
    lie all in one. `pair_recall`: the mean over all families of the share of its pairs of copies
    that have a cluster in common. `families`: how many have two or more copies in clusters.
    """

    families: int
    whole: float
    pair_recall: float


def agreement(truth: Truth, cluster: Ints, members: Spans) -> Agreement:
    """Return how clusters (one id per member) agree with the families they overlap."""
    row, copy = overlapping(truth, members)
    hits = np.unique(np.stack([truth.family[copy], copy, cluster[row]]), axis=1)
    family, copy, label = hits
    names, sizes = np.unique(truth.family, return_counts=True)
    first = np.searchsorted(family, names, side="left")
    last = np.searchsorted(family, names, side="right")
    whole: list[bool] = []
    shares = np.zeros(len(names))
    for number, (begin, end, size) in enumerate(
        zip(first.tolist(), last.tolist(), sizes.tolist(), strict=True)
    ):
        copies, rows = np.unique(copy[begin:end], return_inverse=True)
        if len(copies) < 2:
            continue
        labels, columns = np.unique(label[begin:end], return_inverse=True)
        inside = np.zeros((len(copies), len(labels)), dtype=np.float32)
        inside[rows, columns] = 1
        whole.append(bool((inside.sum(axis=0) == len(copies)).any()))
        together = int(((inside @ inside.T) > 0).sum()) - len(copies)
        shares[number] = together / (size * (size - 1))
    return Agreement(
        families=len(whole),
        whole=float(np.mean(whole)) if whole else 0.0,
        pair_recall=float(shares.mean()) if len(shares) else 0.0,
    )
