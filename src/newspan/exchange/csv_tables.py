"""Rows of tables whose cells are parted by commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from newspan.problems import Place, Problem


def too_many(row: dict[str, Any]) -> str | None:
    """Take the cells beyond the columns out of a row; return what is to be told of them."""
    more = row.pop(None, None)  # type: ignore[call-overload]  # as csv has what is too many
    return more and f"{len(row) + len(more)} cells, where there are {len(row)} columns"


def csv_rows(
    text: str, place: Place, problems: list[Problem]
) -> Iterator[tuple[dict[str, Any], Place]]:
    """Yield the rows of a table by its columns, which its first line names, each with its place.

    What the first line has most of, commas, semicolons or tabs, parts cells; quotation marks keep
    them together, lines and all. Cells beyond the columns stand under the key None, missing ones
    are None. A line whose quotation marks go wrong becomes a problem, and the next one is read.
    """
    text = text.removeprefix("\ufeff")
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    lines = list(io.StringIO(text, newline=""))
    parting = max(",;\t", key=lines[0].count) if lines else ","
    columns: Sequence[str] | None = None
    begin = 0
    while begin < len(lines):
        # Strict, as an open quotation mark would have a cell of all the rows that follow.
        rest = (lines[number] for number in range(begin, len(lines)))
        reader = csv.DictReader(rest, columns, delimiter=parting, strict=True)
        at = begin
        try:
            if columns is None:
                columns = reader.fieldnames or ()
                at = reader.line_num
                if several := sorted(
                    {each for each in columns if each and columns.count(each) > 1}
                ):
                    message = f"several columns of one name: {', '.join(several)}"
                    problems.append(Problem("row-syntax", Place(place.file, 1), message))
                    return
            for row in reader:
                yield row, Place(place.file, at + 1)
                at = begin + reader.line_num
            return
        except csv.Error as error:
            message = f"{error}: the line is left out"
            problems.append(Problem("row-syntax", Place(place.file, at + 1), message))
            if columns is None:
                return
            begin = at + 1
