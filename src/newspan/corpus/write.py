"""Annotation sets into files, as `read_corpus` reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from newspan.corpus.records import Placed
from newspan.model import AnyRecord, SetInfo
from newspan.problems import Place


def head_json(info: SetInfo) -> str:
    """Return the text of a set's head, `set.json`."""
    return json.dumps(info.to_json(), ensure_ascii=False, indent=2) + "\n"


def write_set(folder: Path, info: SetInfo, by_item: Mapping[str, Sequence[AnyRecord]]) -> None:
    """Write a set's head and one JSONL file per item into a folder that is there.

    An item without records gets no file: that it was looked at is for the coverage to say.
    """
    (folder / "set.json").write_bytes(head_json(info).encode())
    for item, records in by_item.items():
        lines = (json.dumps(each.to_json(), ensure_ascii=False) + "\n" for each in records)
        if records:
            (folder / f"{item}.jsonl").write_bytes("".join(lines).encode())


def records_by_item(records: Iterable[Placed]) -> dict[str, list[AnyRecord]]:
    """Return the records of each item, by item id, in their order."""
    found: dict[str, list[AnyRecord]] = {}
    for placed in records:
        found.setdefault(placed.item_id, []).append(placed.record)
    return found


def placed_in(set_id: str, by_item: Mapping[str, Sequence[AnyRecord]]) -> tuple[Placed, ...]:
    """Return records with the places that `write_set` gives them, by item and line."""
    return tuple(
        Placed(record, item, Place(f"annotation/sets/{set_id}/{item}.jsonl", line))
        for item in sorted(by_item)
        for line, record in enumerate(by_item[item], 1)
    )
