"""Checks of what upkeep leaves behind: tombstones, and the schemas' version."""

from __future__ import annotations

from collections.abc import Iterator

from newspan.corpus import Corpus, document_place
from newspan.problems import Place, Problem
from newspan.schema import SCHEMA_VERSION


def check_upkeep(corpus: Corpus) -> Iterator[Problem]:
    """Yield uses of withdrawn ids, and a schema version that this newspan does not read."""
    yield from _check_schema_version(corpus.info.schema_version)
    gone = {tombstone.item for tombstone in corpus.withdrawn}
    if not gone:
        return
    for document in corpus.documents:
        for index, item in enumerate(document.items):
            if item.id in gone:
                message = f"the item {item.id} was withdrawn"
                yield Problem(
                    "withdrawn-id", document_place(document).at(f"/items/{index}/id"), message
                )
    here = {document.id for document in corpus.documents}
    for each in corpus.withdrawn:
        if each.document in here:
            text = corpus.texts[each.document]
            if not text[each.start : each.end].isspace():
                message = f"{each.document} still has the words of {each.item}, which was withdrawn"
                place = Place(f"corpus/documents/{each.document}.json")
                yield Problem("withdrawn-id", place.at("", each.start, each.end), message)
    for name, chosen in corpus.sets.items():
        ids = {own for each in corpus.withdrawn for own in each.ids.get(name, ())}
        for placed in chosen.records:
            if placed.record.id in ids or placed.item_id in gone:
                message = f"{placed.record.id} was withdrawn with its item"
                yield Problem("withdrawn-id", placed.place.at("/id"), message)


def _check_schema_version(version: str) -> Iterator[Problem]:
    place = Place("corpus/corpus.json", pointer="/schema_version")
    own, theirs = (_numbers(each) for each in (SCHEMA_VERSION, version))
    if theirs > own:
        message = f"it is {version}, this newspan knows {SCHEMA_VERSION}"
        yield Problem("schema-unknown", place, message)
    elif theirs[0] < own[0]:
        message = f"it is {version}, this newspan reads {SCHEMA_VERSION}"
        yield Problem("schema-outdated", place, message)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
