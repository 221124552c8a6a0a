"""A figure: one measure's value with all that it takes to understand and repeat it."""

from __future__ import annotations

from typing import Any

import msgspec

#: Rises when a definition changes, so that figures are not compared across such a change.
VERSION = "1"


class Figure(msgspec.Struct, frozen=True):
    """A measure's value, its interval, and its signature.

    `value` is None where the measure is not defined, and `reason` then says why. `low` to `high` is
    the bootstrap interval, None where there is none. `counts` has, per set, the spans or
    attributions or links that it was taken from; of attributes, the number of matched pairs.
    """

    measure: str
    layer: str
    label: str | None
    copies: str
    sets: tuple[str, ...]
    counts: tuple[int, ...]
    value: float | None
    low: float | None
    high: float | None
    reason: str | None
    #: Of gamma: half of a 95 % interval of the expected disorder, as a part of it.
    precision: float | None
    #: The signature's part that differs within a layer, and the part that does not.
    own: str
    common: str

    @property
    def signature(self) -> str:
        """Return the whole signature: measure and parameters, then layer, sets, text and draws."""
        return f"{self.own}|{self.common}"

    def to_json(self) -> dict[str, Any]:
        """Return the figure as plain JSON, with its signature in one piece."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        del data["own"], data["common"]
        return {**data, "signature": self.signature}


def signature(*parts: tuple[str, str]) -> str:
    """Return parts as `key:value|key:value`; a key or value never holds a bar."""
    return "|".join(f"{key}:{value.replace('|', '/')}" for key, value in parts)
