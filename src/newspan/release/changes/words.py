"""Changes in words: how many, of what, and which."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from newspan.release.changes.pairs import joined
from newspan.release.changes.values import first_difference

_ONE = {
    "provenance": ("step of a provenance chain", "steps of provenance chains"),
    "partisanship": ("stance", "stances"),
    "perspectives": ("item's perspectives", "items' perspectives"),
    "annotations": ("span of a set", "spans of sets"),
    "duplicates": ("member of a reuse cluster", "members of reuse clusters"),
    "sets": ("annotation set", "annotation sets"),
    "set_attributions": ("attribution of a set", "attributions of sets"),
    "set_links": ("link of a set", "links of sets"),
    "withdrawn": ("tombstone of a withdrawn item", "tombstones of withdrawn items"),
}
#: What has happened, behind one and behind several.
SAID = {
    "added": ("was added", "were added"),
    "removed": ("was removed", "were removed"),
    "moved": ("was moved", "were moved"),
    "relabelled": ("has another label", "have other labels"),
    "renamed": ("has another id", "have other ids"),
    "text": ("has another text", "have other texts"),
    "split": ("is in another fold or lineage", "are in other folds or lineages"),
    "edited": ("was edited", "were edited"),
    "filled": ("was looked at for the first time", "were looked at for the first time"),
    "emptied": ("has nothing now", "have nothing now"),
    "shrunk": ("has less than before", "have less than before"),
    "grown": ("has all it had, and more", "have all they had, and more"),
    "reworded": ("is described otherwise", "are described otherwise"),
}
#: Part of words in many scripts: escaped only in values, where it may be all that differs.
_INVISIBLE = "\u200c\u200d\xa0"
_RECORD = ("set_id", "id", "doc_id", "item_id", "layer", "label", "start", "end", "text")


def noun(kind: str, number: int) -> str:
    """Return what a kind of record is called, for one or for several."""
    one, several = _ONE.get(kind, (kind.removesuffix("s"), kind))
    return one if number == 1 else several


def records(table: pa.Table) -> int:
    """Return how many records changes are of: one may have changed in several columns."""
    return int(pc.count_distinct(joined(table, _RECORD)).as_py()) if table.num_rows else 0


def counted(kind: str, change: str, table: pa.Table) -> str:
    """Return how many records of a kind have changed so, and which is the first, as a clause."""
    number = records(table)
    clause = f"{number} {noun(kind, number)} {SAID[change][number != 1]}"
    inside = "; ".join(part for part in (by_layer(table), by_column(table)) if part)
    first = which(table.slice(0, 1).to_pylist()[0])
    return clause + (f" ({inside})" if inside else "") + (f", first {first}" if first else "")


def by_layer(table: pa.Table) -> str:
    """Return how many records changes are of by layer, as `claim 2, attribution 1`."""
    once = table.group_by(list(_RECORD), use_threads=False).aggregate([])
    return _numbers(once.column("layer"))


def by_column(table: pa.Table) -> str:
    """Return how many changes there are by column, as `note 2, hedged 1`.

    Texts and labels are left out: of these the change itself says which column it is.
    """
    plain = pc.is_in(table.column("change"), pa.array(["text", "relabelled"]))
    return _numbers(table.filter(pc.invert(plain)).column("column"))


def _numbers(column: pa.ChunkedArray) -> str:
    values = pc.value_counts(column.drop_null()).to_pylist()
    ordered = sorted(values, key=lambda one: -one["counts"])
    return ", ".join(f"{one['values']} {one['counts']}" for one in ordered)


def which(event: Mapping[str, Any]) -> str:
    """Return which record an event is of: its id, set, label, place and words."""
    parts = [event["id"] or ""]
    if event["set_id"]:
        parts.append(f"of {event['set_id']}")
    parts += [event[name] for name in ("layer", "label") if event[name]]
    home = event["item_id"] or event["doc_id"]
    if home and home != event["id"]:
        parts.append(f"in {home}")
    if event["start"] is not None:
        parts.append(f"[{event['start']}:{event['end']}]")
    if event["text"]:
        parts.append(f"“{short(event['text'], 60)}”")
    return printable(" ".join(part for part in parts if part), but=_INVISIBLE)


def step(old: str | None, new: str | None, size: int = 80) -> str:
    """Return two values, given as JSON, for people: shortened to where they differ."""
    sides = [_value(old), _value(new)]
    common = first_difference(*sides)
    if max(map(len, sides)) > size and common > size // 2:
        sides = ["…" + side[common - size // 4 :] for side in sides]
    return " → ".join(short(side, size) for side in sides)


def _value(encoded: str | None) -> str:
    if encoded is None or encoded == "null":
        return "nothing"
    found = json.loads(encoded)
    return f"“{printable(found)}”" if isinstance(found, str) else printable(encoded)


def short(text: str, size: int) -> str:
    """Return a text, cut with an ellipsis where it is longer."""
    return text if len(text) <= size else text[: size - 1] + "…"


def printable(text: str, but: str = "") -> str:
    """Return a text with characters escaped that steer a terminal or can't be seen, but some."""
    return "".join(c if c.isprintable() or c in but else ascii(c)[1:-1] for c in text)


def untold(changes: Mapping[str, pa.Table]) -> Iterator[tuple[str, pa.Table, int]]:
    """Yield each kind with what no kind before it has said, and how many changes were left out.

    A span of the primary set is a row of `annotations` too, a duplicate block of two configs.
    """
    told: pa.Array = pa.array([], pa.large_string())
    for kind, table in changes.items():
        if kind not in ("spans", "annotations", "duplicates") or not table.num_rows:
            yield kind, table, 0
            continue
        keys = joined(table, ("change", "set_id", "id", "column", "old", "new"))
        known = pc.is_in(keys, value_set=told)
        told = pa.concat_arrays([told, keys.cast(pa.large_string())])
        rest = table.filter(pc.invert(known))
        yield kind, rest, table.num_rows - rest.num_rows
