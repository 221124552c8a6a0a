"""A difference as a section of CHANGELOG.md."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from newspan.release.changes.words import by_layer, noun, printable, records, untold

if TYPE_CHECKING:
    from newspan.release.diff import Diff

#: Paragraphs, with the changes that each one takes in.
_PARTS = {
    "Added": ("added",),
    "Removed": ("removed",),
    "Changed": ("text", "moved", "relabelled", "renamed", "edited"),
    "Without what they had": ("emptied", "shrunk"),
    "In another fold or lineage": ("split",),
    "With annotations where nobody had looked": ("filled",),
    "With more than before, and all they had": ("grown",),
    "Described otherwise": ("reworded",),
}
#: What the corpus says of itself that a reader must know to have changed.
_TERMS = ("name", "annotation_license", "text_license", "content_warning", "contact")
_WORDS = {
    "text": "with another text",
    "moved": "moved",
    "relabelled": "relabelled",
    "renamed": "under another id",
}
#: Of so few records the ids are given.
_NAMED = 10


def as_changelog(found: Diff) -> str:
    """Return the section: the version, then what was added, removed and changed."""
    lines = [f"## {found.new['version']}", ""]
    if found.due in ("none", "patch"):
        lines += [f"The data are those of {found.old['version']}.", ""]
    lines += [
        textwrap.fill(
            f"- {entry}.",
            100,
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for entry in _entries(found)
    ]
    return "\n".join(lines).rstrip() + "\n"


def _entries(found: Diff) -> Iterator[str]:
    told = [(kind, table) for kind, table, _ in untold(found.changes) if table.num_rows]
    for title, changes in _PARTS.items():
        parts = [
            part for kind, table in told for change in changes for part in _of(kind, table, change)
        ]
        if parts:
            yield f"{title}: " + "; ".join(parts)
    for one in (*found.configs, *found.columns):
        what = f"the column `{one.column}`" if one.column else "the config"
        where = f" of `{one.config}`" if one.column else f" `{one.config}`"
        now = f" from `{one.old}` to `{one.new}`" if one.change == "retyped" else ""
        yield f"{what}{where} was {one.change}{now}".capitalize()
    for name, old, new in found.said:
        if name in ("guidelines_version", "schema_version"):
            yield f"{name.replace('_', ' ')}: {new}, {old or 'none'} before".capitalize()
        elif name in _TERMS:
            said = name.replace("_", " ").capitalize()
            yield f"{said}: {_told(new)}; before: {_told(old)}"


def _told(value: object) -> str:
    words = "none" if value is None else printable(str(value))
    return words.rstrip(".").replace("`", "'").replace("<", "&lt;")


def _of(kind: str, table: pa.Table, change: str) -> Iterator[str]:
    """Yield a phrase for each set whose records have changed so, and for each of their columns."""
    rows = table.filter(pc.equal(table["change"], change))
    for name in pc.unique(rows["set_id"]).to_pylist():
        same = pc.is_null(rows["set_id"]) if name is None else pc.equal(rows["set_id"], name)
        part = rows.filter(same)
        columns = pc.unique(part["column"].drop_null()).to_pylist()
        if not columns or change in ("relabelled", "text"):
            yield _phrase(kind, part, name, change)
            continue
        parts = {one: part.filter(pc.equal(part["column"], one)) for one in columns}
        if len({records(part), *map(records, parts.values())}) == 1:  # the same records each time
            yield f"{_listed(columns)} of {_phrase(kind, part, name, change)}"
        else:
            for one, of_column in parts.items():
                yield f"{_listed([one])} of {_phrase(kind, of_column, name, change)}"


def _phrase(kind: str, part: pa.Table, set_id: str | None, change: str) -> str:
    number = records(part)
    phrase = f"{number} {_without_set(kind, number) if set_id else noun(kind, number)}"
    phrase += f" of `{set_id}`" if set_id else ""
    phrase += f" ({by_layer(part)})" if by_layer(part) else ""
    phrase += f" {_WORDS[change]}" if change in _WORDS else ""
    if kind in ("documents", "items", "sets", "withdrawn", "outlets", "targets", "labels"):
        ids = pc.unique(part["id"].drop_null()).to_pylist()
        rest = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
        phrase += ": " + ", ".join(f"`{one}`" for one in ids[:_NAMED]) + rest
    return phrase


def _listed(names: list[str]) -> str:
    *most, last = [f"`{name}`" for name in names]
    return f"{', '.join(most)} and {last}" if most else last


def _without_set(kind: str, number: int) -> str:
    plain = {"annotations": "spans", "set_attributions": "attributions", "set_links": "links"}
    return noun(plain.get(kind, kind), number)
