"""Tables of how a corpus's items and annotations are spread, in Markdown, for the datasheet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from newspan.corpus import Corpus
from newspan.model import Attribution, Link, Span
from newspan.release.markdown import markdown_table
from newspan.release.tables.common import items, primary
from newspan.splits import folds

_WORD = re.compile(r"\w+")
#: What attributions and spans are labelled with; ids, texts and remarks are no labels.
_SAID = {
    Span: ("factuality", "check_worthy", "hedged", "role", "technique", "target", "polarity"),
    Attribution: ("mode", "source_kind", "source_named", "cue_type", "cue_force", "scope"),
    Link: ("type",),
}


def distributions(corpus: Corpus) -> dict[str, str]:
    """Return the tables by the names of their markers."""
    return {
        "items": item_table(corpus),
        "origins": origin_table(corpus),
        "labels": label_table(corpus),
    }


def item_table(corpus: Corpus) -> str:
    """Return each item's size, lineage and fold."""
    fold_of = folds(corpus.documents)
    rows = []
    for document, item in items(corpus):
        text = corpus.texts[document.id][item.start : item.end]
        paragraphs = sum(zone.kind == "paragraph" for zone in item.zones)
        sizes = (len(text), len(_WORD.findall(text)), paragraphs)
        fold = str(fold_of[document.id])
        rows.append((item.id, *(f"{n:,}" for n in sizes), document.lineage, fold))
    return markdown_table(("item", "characters", "words", "paragraphs", "lineage", "fold"), rows)


def origin_table(corpus: Corpus) -> str:
    """Return how the records of the primary set came about, by kind."""
    counts = Counter((kind, record.decision or "") for kind, record in _records(corpus))
    decisions = sorted({decision for _, decision in counts})
    rows = []
    for kind in dict.fromkeys(kind for kind, _ in _records(corpus)):
        found = [counts[kind, decision] for decision in decisions]
        rows.append((kind, *(f"{n:,}" for n in found), f"{sum(found):,}"))
    heads = (decision or "not said" for decision in decisions)
    return markdown_table(("record", *heads, "all"), rows)


def label_table(corpus: Corpus) -> str:
    """Return how often each value of each attribute stands in the primary set."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for kind, record in _records(corpus):
        for name in _SAID[type(record)]:
            value = getattr(record, name)
            if value is not None:
                shown = {True: "yes", False: "no"}.get(value, value)
                counts.setdefault((kind, name), Counter())[shown] += 1
    rows = [
        (kind, f"`{name}`", ", ".join(f"{value} {n:,}" for value, n in found.most_common()))
        for (kind, name), found in counts.items()
    ]
    return markdown_table(("record", "attribute", "values"), rows)


def _records(corpus: Corpus) -> Iterator[tuple[str, Span | Attribution | Link]]:
    """Yield the primary set's records, each with what it is called in a table."""
    chosen = primary(corpus)
    for layer in ("claim", "attribution", "loaded_language"):
        for span in chosen.spans.values():
            if span.layer == layer:
                yield f"span: {layer}", span
    yield from (("attribution", each) for each in chosen.attributions.values())
    yield from (("link", each) for each in chosen.links.values())
