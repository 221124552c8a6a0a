"""Text as two copies of it are compared: without white space, case and typographic variants."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from functools import cache

import msgspec

#: Typographic variants that copying a text tends to change.
_VARIANTS = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»〝〞", '"'),
        **dict.fromkeys("‘’‚‛`´‹›", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)
#: White space, controls and format characters such as ZWJ, BOM and direction marks.
_DROPPED = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})


class Folded(msgspec.Struct, frozen=True):
    """A text folded, with the code point in the unaltered text that each character came from."""

    text: str
    origin: tuple[int, ...]

    def at(self, offset: int) -> int:
        """Return the place among the folded characters that an offset of the text has."""
        return bisect_left(self.origin, offset)

    def start(self, place: int) -> int:
        """Return the offset at which the folded character of a place begins."""
        return self.origin[place] if place < len(self.origin) else self._behind

    def end(self, place: int) -> int:
        """Return the offset at which the folded character before a place ends."""
        return self.origin[place - 1] + 1 if place else 0

    @property
    def _behind(self) -> int:
        return self.origin[-1] + 1 if self.origin else 0


def fold(text: str) -> Folded:
    """Return a text folded: NFKD, case folded, quotation marks and dashes of one kind each.

    White space, controls and format characters are left out, so that copies with other line ends,
    NBSP for a space or NFD for NFC fold to the same.
    """
    parts: list[str] = []
    origin: list[int] = []
    for place, char in enumerate(text):
        folded = _fold(char)
        parts.append(folded)
        origin.extend([place] * len(folded))
    return Folded("".join(parts), tuple(origin))


@cache
def _fold(char: str) -> str:
    plain = unicodedata.normalize("NFKD", char.translate(_VARIANTS)).casefold()
    return "".join(
        part
        for part in unicodedata.normalize("NFKD", plain)
        if unicodedata.category(part) not in _DROPPED and not "\ufe00" <= part <= "\ufe0f"
    )
