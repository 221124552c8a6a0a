"""What an adjudication came to, in figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

import msgspec

from newspan.adjudication.conflicts import KINDS, Comparison
from newspan.adjudication.units import LAYERS, Aside
from newspan.problems import Problem


class Layer(msgspec.Struct, frozen=True):
    """Figures of one layer.

    `alike` counts units; `conflicts` counts conflicts by kind, of which one may have several, so
    that `decided` and `undecided` add up to the conflicts and the kinds need not. `aside` counts
    records that were not compared, by reason.
    """

    alike: int
    conflicts: dict[str, int]
    decided: int
    undecided: int
    aside: dict[str, int]


class Report(msgspec.Struct, frozen=True):
    """What was found and written.

    `path` is the set, None where it was not written; `decisions` the file of conflicts and
    decisions, None where there is nothing to decide; `archived` its former content. `waiting`
    counts decided or alike records that refer to an open conflict, or of a review links to items
    that nobody has read; `stale` decisions without a
    conflict. Of one set that is reviewed, `reviewed` counts the items that the result holds, of
    `items` that the set looked at; else it is None.
    """

    sets: tuple[str, ...]
    path: Path | None
    decisions: Path | None
    archived: Path | None
    layers: dict[str, Layer]
    waiting: int
    stale: int
    amendments: int
    problems: tuple[Problem, ...]
    aside: tuple[Aside, ...]
    reviewed: int | None = None
    items: int = 0

    @property
    def is_complete(self) -> bool:
        """Tell whether the set was written and no error is left, open conflicts among them."""
        errors = any(problem.severity == "error" for problem in self.problems)
        return self.path is not None and not errors

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON, as `newspan adjudicate --json` prints it."""
        return {
            "sets": list(self.sets),
            "path": None if self.path is None else str(self.path),
            "decisions": None if self.decisions is None else str(self.decisions),
            "archived": None if self.archived is None else str(self.archived),
            "layers": msgspec.to_builtins(self.layers),
            "waiting": self.waiting,
            "stale": self.stale,
            "amendments": self.amendments,
            **({} if self.reviewed is None else {"reviewed": self.reviewed, "items": self.items}),
            "problems": [problem.to_json() for problem in self.problems],
            "aside": msgspec.to_builtins(self.aside),
        }


def figures(comparison: Comparison, decided: Collection[str]) -> dict[str, Layer]:
    """Return the figures of each layer; `decided` are ids of conflicts."""
    found = {}
    for layer in LAYERS:
        own = [each for each in comparison.conflicts if each.layer == layer]
        kinds = Counter(kind for each in own for kind in each.kinds)
        order = sorted(kinds, key=lambda kind: (KINDS.index(kind.split(":")[0]), kind))
        done = sum(each.id in decided for each in own)
        aside = Counter(each.reason for each in comparison.aside if each.layer == layer)
        found[layer] = Layer(
            alike=sum(each.units[0].layer == layer for each in comparison.alike),
            conflicts={kind: kinds[kind] for kind in order},
            decided=done,
            undecided=len(own) - done,
            aside=dict(sorted(aside.items())),
        )
    return found
