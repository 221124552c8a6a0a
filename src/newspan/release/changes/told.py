"""A difference as text for people, and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from newspan.release.bump import bumped, is_enough
from newspan.release.changes.columns import ColumnChange
from newspan.release.changes.words import by_column, by_layer, records, step, untold, which

if TYPE_CHECKING:
    from newspan.release.diff import Diff

_SIGNS = {"added": "+", "removed": "-", "moved": ">"}


def as_text(found: Diff, limit: int | None) -> str:
    """Return a difference for people: the verdict, counts, and at most `limit` changes a kind."""
    return "\n".join([*_head(found), *_counts(found), *_details(found, limit)])


def _head(found: Diff) -> Iterator[str]:
    old, new = found.old["version"], found.new["version"]
    yield f"{found.old['name']} {old} → {found.new['name']} {new}"
    if not found:
        yield "nothing differs"
        return
    needed = bumped(old, found.due)
    fits = "is enough" if is_enough(old, new, found.due) else "is too small"
    yield f"due: {found.due}, which is {needed} or higher; {new} {fits}"
    for number, reason in enumerate(found.reasons[:3]):
        yield f"  {'because' if number == 0 else '    and'} {reason}"
    if len(found.reasons) > 3:
        yield f"      … and {len(found.reasons) - 3} more reasons"


def _counts(found: Diff) -> Iterator[str]:
    if found.changes:
        yield ""
    wide = max(map(len, found.changes), default=0)
    for kind, table in found.changes.items():
        yield f"{kind:<{wide}}  " + ", ".join(_by_change(table))
    for one in found.configs:
        yield f"config {one.config}: {one.change}, {one.old or one.new}"
    for name in found.reordered:
        yield f"{name}: the same rows in another order"


def _by_change(table: pa.Table) -> Iterator[str]:
    for change in pc.unique(table["change"]).to_pylist():
        rows = table.filter(pc.equal(table["change"], change))
        inside = "; ".join(part for part in (by_layer(rows), by_column(rows)) if part)
        yield f"{records(rows)} {change}" + (f" ({inside})" if inside else "")


def _details(found: Diff, limit: int | None) -> Iterator[str]:
    for kind, table, twins in untold(found.changes):
        if table.num_rows or twins:
            yield f"\n{kind}"
        shown = table.num_rows if limit is None else min(limit, table.num_rows)
        for event in table.slice(0, shown).to_pylist():
            yield _line(event)
        yield from _more(table.num_rows, limit)
        if twins:
            yield f"  {twins} as told above"
    yield from _block("columns", (_column(one) for one in found.columns), limit)
    said = (f"  {name}: {_step(old, new)}" for name, old, new in found.said)
    yield from _block("metadata", said, limit)
    files = (f"  {word} {name}" for word, names in found.files.items() for name in names)
    yield from _block("files", files, limit)


def _block(title: str, lines: Iterable[str], limit: int | None) -> Iterator[str]:
    every = list(lines)
    if every:
        yield f"\n{title}"
        yield from every[:limit]
        yield from _more(len(every), limit)


def _more(number: int, limit: int | None) -> Iterator[str]:
    if limit is not None and number > limit:
        yield f"  … and {number - limit} more"


def _line(event: dict[str, Any]) -> str:
    change = event["change"]
    line = f"  {_SIGNS.get(change, '~')} {which(event)}"
    if event["new_id"]:
        line += f", now {event['new_id']}"
    if change == "text" and event["column"] != "sha256":
        old, new = json.loads(event["old"]), json.loads(event["new"])
        return (
            f"{line}: {old['characters']} → {new['characters']} characters, differs from character"
            f" {old['at']} on: {_step(old['says'], new['says'])}"
        )
    if change == "moved" and event["old"] is not None:
        old, new = json.loads(event["old"]), json.loads(event["new"])
        steps = (f"{name} {_step(old[name], new[name])}" for name in old)
        return f"{line}: " + ", ".join(steps)
    if event["column"]:
        line += f": {event['column']} {step(event['old'], event['new'])}"
        line += f" ({change})" if change in ("filled", "grown", "split", "reworded") else ""
    return line


def _step(old: Any, new: Any) -> str:
    return step(json.dumps(old, ensure_ascii=False), json.dumps(new, ensure_ascii=False))


def _column(one: ColumnChange) -> str:
    name = f"{one.config}: {one.column}"
    if one.change == "retyped":
        return f"  ~ {name} {one.old} → {one.new}"
    return f"  {_SIGNS[one.change]} {name} {one.old or one.new}"


def as_json(found: Diff) -> dict[str, Any]:
    """Return a difference as plain JSON: what is not there of an event is left out."""
    return {
        "old": found.old,
        "new": found.new,
        "due": found.due,
        "due_version": bumped(found.old["version"], found.due),
        "enough": is_enough(found.old["version"], found.new["version"], found.due),
        "reasons": list(found.reasons),
        "counts": {kind: _numbers(table) for kind, table in found.changes.items()},
        "changes": {
            kind: [_event(event) for event in table.to_pylist()]
            for kind, table in found.changes.items()
        },
        "configs": [_column_json(one) for one in found.configs],
        "columns": [_column_json(one) for one in found.columns],
        "reordered": list(found.reordered),
        "metadata": [{"field": name, "old": old, "new": new} for name, old, new in found.said],
        "files": {word: list(names) for word, names in found.files.items()},
    }


def _numbers(table: pa.Table) -> list[dict[str, Any]]:
    keys = ["change", "set_id", "layer", "column"]
    counted = table.group_by(keys, use_threads=False).aggregate([([], "count_all")])
    return [
        {key: row[key] for key in keys if row[key] is not None} | {"count": row["count_all"]}
        for row in counted.to_pylist()
    ]


def _event(event: dict[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in event.items() if value is not None}
    for side in ("old", "new"):
        if side in found:
            found[side] = json.loads(found[side])
    return found


def _column_json(one: ColumnChange) -> dict[str, Any]:
    named = {"config": one.config, "change": one.change, "old": one.old, "new": one.new}
    return named | ({"column": one.column} if one.column else {})
