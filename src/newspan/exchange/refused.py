"""What `check` would refuse of annotations that come in is left out, with the problem why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from newspan.checks.sets import check_set
from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.write import placed_in
from newspan.model import AnyRecord, SetInfo, Span
from newspan.problems import Place, Problem

ByItem = Mapping[str, Sequence[AnyRecord]]


def without_refused(
    by_item: ByItem, info: SetInfo, corpus: Corpus
) -> tuple[AnnotationSet, list[Problem]]:
    """Return the set of all records that fit each other and the corpus, and why others don't.

    What needs a record that is left out is left out with it.
    """
    problems: list[Problem] = []
    kept = {item: list(records) for item, records in by_item.items()}
    while True:
        made = AnnotationSet(info, placed_in(info.id, kept))
        refused: dict[tuple[str, int], Problem] = {}
        for fault in check_set(made, corpus):
            if fault.severity == "error":
                refused.setdefault((fault.place.file, fault.place.line or 0), fault)
        if not refused:
            return made, problems
        kept = {item: [] for item in kept}
        for placed in made.records:
            line = placed.place.file, placed.place.line or 0
            if line in refused:
                fault, place = refused.pop(line), _where(placed.record, placed.item_id, corpus)
                problems.append(Problem(fault.id, place, f"{fault.message}; left out"))
            else:
                kept[placed.item_id].append(placed.record)
        if refused:  # of the set as a whole, which nothing can be left out of
            problems += refused.values()
            return msgspec.structs.replace(made, complete=False), problems


def _where(record: AnyRecord, item: str, corpus: Corpus) -> Place:
    place = Place(f"{corpus.document_of(item) or item}: {record.id}")
    return place.at("", record.start, record.end) if isinstance(record, Span) else place
