"""JSON with some of its values exchanged for others of any type."""

from __future__ import annotations

import copy
import random
from typing import Any

VALUES = [
    *(None, True, 0, -1, 7, 10**20, 1.5, "", "x", "\x00", "urn:newspan:", "a#b", [], {}),
    *([None], [[]], ["x", 1], {"x": None}, {"id": 3}, {"start": "1"}, {"type": "Annotation"}),
]


def mutated(value: Any, rng: random.Random, times: int = 6) -> Any:
    """Return a copy with some values exchanged, left out, or repeated."""
    made = copy.deepcopy(value)
    for _ in range(times):
        places = list(_places(made))
        if not places:
            break
        holder, key = rng.choice(places)
        what = rng.random()
        if what < 0.2 and isinstance(holder, dict):
            del holder[key]
        elif what < 0.3 and isinstance(holder, list):
            holder.append(copy.deepcopy(holder[key]))
        else:
            holder[key] = copy.deepcopy(rng.choice(VALUES))
    return made


def _places(value: Any) -> Any:
    found = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(found):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)
