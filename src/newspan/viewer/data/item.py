"""One item as its page reads it: its text, its curated record, and what each set says of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from newspan.corpus import AnnotationSet, Corpus
from newspan.derive import open_scope
from newspan.model import Document, Item
from newspan.release.tables.views import ItemView, Seen

_JSON = dict[str, Any]


class ItemParts:
    """Makes the payloads `item-<id>` of a corpus.

    Args:
        corpus: the corpus.
        set_ids: the sets that are viewed, in order.
    """

    def __init__(self, corpus: Corpus, set_ids: Iterable[str]) -> None:
        self._corpus = corpus
        self._sets = [corpus.sets[set_id] for set_id in set_ids]
        self._covered = {each.info.id: _covered(each) for each in self._sets}
        self._links = {each.info.id: _links(each) for each in self._sets}

    def part(self, document: Document, item: Item) -> _JSON:
        """Return an item's payload.

        `text` is the item's slice of the document's text; all offsets count in the document. A set
        that did not look at the item and has nothing in it is left out. Spans stand in text order,
        attributions in the order of their first parts, links in that of their records.
        """
        said = {each.info.id: self._said(each, document, item) for each in self._sets}
        return {
            **item.to_json(),
            "doc": document.id,
            "language": document.language,
            "text": self._corpus.texts[document.id][item.start : item.end],
            "sets": {set_id: each for set_id, each in said.items() if any(each.values())},
        }

    def _said(self, chosen: AnnotationSet, document: Document, item: Item) -> _JSON:
        view = ItemView(self._corpus, chosen, document, item)
        return {
            "covered": self._covered[chosen.info.id].get(item.id, {}),
            "spans": [_span(seen) for seen in view.spans],
            "attributions": [
                _attribution(each.to_json(), open_scope(each, item, chosen.spans))
                for each in chosen.attributions_in.get(item.id, ())
            ],
            "links": self._links[chosen.info.id].get(item.id, []),
        }


def _covered(chosen: AnnotationSet) -> dict[str, dict[str, list[str]]]:
    """Return in which kinds of zones a set looked for what: by item id, then by layer."""
    found: dict[str, dict[str, list[str]]] = {}
    for coverage in chosen.info.coverage:
        layers = found.setdefault(coverage.item, {})
        for layer in coverage.layers:
            layers[layer] = list(dict.fromkeys([*layers.get(layer, ()), *coverage.zones]))
    return found


def _links(chosen: AnnotationSet) -> dict[str, list[_JSON]]:
    found: dict[str, list[_JSON]] = {}
    for link in chosen.links.values():
        found.setdefault(chosen.item_of[link.id], []).append(link.to_json())
    return found


def _span(seen: Seen) -> _JSON:
    record = seen.span.to_json()
    del record["text"]  # the item's text has it
    record.pop("alignment", None)  # the part `reuse` has it
    record["label"] = seen.span.label
    if seen.voice is not None:
        record["voice"] = seen.voice
    if seen.attribution_ids:
        record["attribution_ids"] = seen.attribution_ids
    return record


def _attribution(record: _JSON, governs: tuple[int, int] | None) -> _JSON:
    return record if governs is None else {**record, "governs": list(governs)}
