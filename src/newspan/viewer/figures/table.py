"""A figure, and what tables have in common: all items, each, and those that are not drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from newspan.model import Item

#: So many rows a picture has at most.
MOST = 40
ALL_ITEMS = "(all items)"
ALL = "(all)"

Cell = str | int | float | None
Row = tuple[Cell, ...]
_T = TypeVar("_T")


class Table(NamedTuple):
    """A table: the names of its columns, and its rows."""

    head: tuple[str, ...]
    rows: list[Row]

    def cells(self, *names: str) -> list[tuple[Any, ...]]:
        """Return some columns, row by row."""
        at = [self.head.index(name) for name in names]
        return [tuple(row[index] for index in at) for row in self.rows]


class Figure(NamedTuple):
    """A picture with the table behind it."""

    id: str
    title: str
    about: str
    svg: str
    table: Table

    def to_json(self) -> dict[str, Any]:
        """Return the figure as the page reads it."""
        return {
            "id": self.id,
            "title": self.title,
            "about": self.about,
            "svg": self.svg,
            "head": list(self.table.head),
            "rows": [list(row) for row in self.table.rows],
        }


def drawn(items: Sequence[_T], weight: Callable[[_T], float]) -> tuple[list[_T], list[_T]]:
    """Return what a picture has room for, in its order, and the others.

    Of too many those with the greatest weight are drawn, the first ones of equal weight.
    """
    if len(items) <= MOST:
        return list(items), []
    order = sorted(range(len(items)), key=lambda index: (-weight(items[index]), index))
    chosen = set(order[: MOST - 1])
    return (
        [each for index, each in enumerate(items) if index in chosen],
        [each for index, each in enumerate(items) if index not in chosen],
    )


def others_name(number: int, what: str = "item") -> str:
    """Return the name of the row that stands for what is not drawn by itself."""
    return f"({number:,} other {what}{'' if number == 1 else 's'}, mean)"


def title_of(item: Item) -> str:
    """Return an item's title, empty where it is not known."""
    return item.title.value or ""
