"""Rows of tables whose cells are parted by commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from newspan.problems import Place, Problem


def csv_rows(
    text: str, place: Place, problems: list[Problem]
) -> Iterator[tuple[dict[str, Any], Place]]:
    """Yield the rows of a table by its columns, which its first line names, each with its place.

    What the first line has most of, commas, semicolons or tabs, parts cells; quotation marks keep
    them together, lines and all. Cells beyond the columns stand under the key None, missing ones
    are None. Up to a fault that can't be read over, which becomes a problem.
    """
    text = text.removeprefix("\ufeff")
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    head = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    here = place
    while True:
        try:
            _ = reader.fieldnames  # reads the first line
            here = Place(place.file, reader.line_num + 1)
            row = next(reader, None)
        except csv.Error as error:
            problems.append(Problem("row-syntax", here, str(error)))
            return
        if row is None:
            return
        yield row, here
