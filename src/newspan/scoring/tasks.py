"""The measures of SemEval-2020 task 11 and of the Propaganda Techniques Corpus, on plain spans.

Da San Martino et al. 2020, "SemEval-2020 Task 11: Detection of Propaganda Techniques in News
Articles" (SI, TC); Da San Martino et al. 2019, "Fine-Grained Analysis of Propaganda in News
Articles" (FLC). Written from the formulas: P is the mean, over predicted spans, of the part of a
span that the reference has too; R the same of the reference's. Sums run over all documents.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from newspan.agreement.figures import VERSION, signature
from newspan.agreement.report import several
from newspan.scoring.extents import Extents, overlap_rows
from newspan.scoring.spans import LabelScore, Score, label_score

Array = Any
#: A span is (start, end) or (start, end, label): code points, half-open.
Spans = Mapping[str, Collection[tuple[Any, ...]]]


def si(reference: Spans, predicted: Spans) -> Score:
    """Return the score of span identification: labels are ignored.

    Overlapping spans are merged on either side, those that only touch are not. Spans of documents
    that the reference lacks count as wrong; spans without any text are set aside; both are told in
    `notes`. Both sides empty score 1.0, one of them 0.

    Args:
        reference: the spans of each document, by its id.
        predicted: the same of the prediction.

    Raises:
        ValueError: when a span isn't made of whole numbers.
    """
    return _si(_sides(reference, predicted, labelled=False))


def flc(reference: Spans, predicted: Spans) -> Score:
    """Return the score of fragment-level classification: spans count where labels are the same.

    As `si`, but merged are spans of one label. `labels` has each label's own precision and recall;
    the official scorer's recall by label is wrong, see docs/scoring.md.

    Args:
        reference: the spans of each document, with labels, by its id.
        predicted: the same of the prediction.

    Raises:
        ValueError: when a span isn't made of whole numbers and a label.
    """
    return _flc(_sides(reference, predicted, labelled=True))


def tc(reference: Spans, predicted: Spans) -> Score:
    """Return the score of technique classification: the labels of the reference's spans.

    An instance is a reference span; a predicted span answers it when their extents are identical.
    Several spans of one extent are aligned so that most labels agree. Where each instance is
    answered, precision, recall and F1 are the accuracy, as in the task. Missing answers lower
    recall, spans that answer nothing are left out, and both are told in `notes`.

    Args:
        reference: the spans of each document, with labels, by its id.
        predicted: the same of the prediction.

    Raises:
        ValueError: when a span isn't made of whole numbers and a label.
    """
    return _tc(_sides(reference, predicted, labelled=True))


def shared_tasks(
    reference: Spans, predicted: Spans, tasks: Collection[str] = ("si", "flc", "tc")
) -> dict[str, Score]:
    """Return the scores of several tasks by name; spans are read once, which takes most time.

    Args:
        reference: the spans of each document, with labels, by its id.
        predicted: the same of the prediction.
        tasks: which ones.

    Raises:
        ValueError: as `flc` does, and for a task that there isn't.
    """
    if unknown := sorted({*tasks} - {*_TASKS}):
        raise ValueError(f"there is no task {unknown[0]!r}; there are {', '.join(_TASKS)}")
    sides = _sides(reference, predicted, labelled=True)
    return {name: _TASKS[name](sides) for name in tasks}


class Answers(NamedTuple):
    """What is answered: (place, reference label or None, predicted label or None), per span."""

    answers: list[tuple[int, Any, Any]]
    missing: int
    surplus: int

    def notes(self) -> tuple[str, ...]:
        """Return what the official scorer would not take."""
        if not self.missing and not self.surplus:
            return ()
        return (
            f"{several(self.missing, 'reference span')} without a predicted span of the same "
            f"extent, counted as missed, and {several(self.surplus, 'predicted span')} beyond "
            "these, left out: the official scorer gives no score here",
        )


def answers(
    reference: Collection[tuple[Any, ...]], predicted: Collection[tuple[Any, ...]]
) -> Answers:
    """Return the answers to reference spans, rows of (place, start, end, label)."""
    asked: dict[Any, Counter[Any]] = {}
    for *extent, label in reference:
        asked.setdefault(tuple(extent), Counter())[label] += 1
    given: dict[Any, Counter[Any]] = {}
    surplus = 0
    for *extent, label in predicted:
        if tuple(extent) in asked:
            given.setdefault(tuple(extent), Counter())[label] += 1
        else:
            surplus += 1
    found: list[tuple[int, Any, Any]] = []
    missing = 0
    for extent, labels in asked.items():
        answered = given.get(extent, Counter())
        agreed = labels & answered
        found += [(extent[0], label, label) for label in sorted(agreed.elements())]
        left = sorted((labels - agreed).elements())
        wrong = sorted((answered - agreed).elements())
        missing += max(len(left) - len(wrong), 0)
        surplus += max(len(wrong) - len(left), 0)
        wrong += [None] * (len(left) - len(wrong))
        found += [(extent[0], a, b) for a, b in zip(left, wrong, strict=False)]
    return Answers(found, missing, surplus)


def tc_rows(
    found: Collection[tuple[int, int, int | None]], labels: int, group: Sequence[int], groups: int
) -> Array:
    """Return the rows of sums (labels, groups, 4) of answers, by the group of their texts."""
    import numpy as np

    rows = np.zeros((labels, groups, 4))
    for place, asked, given in found:
        rows[asked, group[place]] += (0, 0, asked == given, 1)
        if given is not None:
            rows[given, group[place]] += (asked == given, 1, 0, 0)
    return rows


class _Sides(NamedTuple):
    """Both sides as arrays, the numbers of labels, and what must be said of spans.

    `unknown` tells of spans in documents that the reference lacks, but not what becomes of them:
    tasks differ in that.
    """

    extents: tuple[Extents, Extents]
    codes: dict[str, int]
    places: int
    aside: tuple[str, ...]
    unknown: str


def _rows(sides: _Sides, *, by_label: bool) -> Array:
    """Return the rows of sums, one per label (or one, where labels are ignored)."""
    import numpy as np

    reference, predicted = sides.extents
    rows = overlap_rows(
        reference,
        predicted,
        labels=len(sides.codes),
        group=np.zeros(sides.places, dtype=np.int64),
        groups=1,
        by_label=by_label,
        parts=True,
    )
    return rows[:, 0]


_MERGED = (("gold", "merged"), ("pred", "merged"))


def _si(sides: _Sides) -> Score:
    row = _rows(sides, by_label=False)[0]
    return _score("si", row, {}, sides, (("labels", "ignored"), *_MERGED))


def _flc(sides: _Sides) -> Score:
    rows = _rows(sides, by_label=True)
    labels = {name: label_score(rows[code]) for name, code in sorted(sides.codes.items())}
    return _score("flc", rows.sum(axis=0), labels, sides, (("labels", "same"), *_MERGED))


def _tc(sides: _Sides) -> Score:
    found = answers(*(list(zip(*(c.tolist() for c in e), strict=True)) for e in sides.extents))
    rows = tc_rows(found.answers, len(sides.codes), [0] * sides.places, 1)[:, 0]
    labels = {name: label_score(rows[code]) for name, code in sorted(sides.codes.items())}
    return _score("tc", rows.sum(axis=0), labels, sides, (("match", "extent"),), found.notes())


_TASKS = {"si": _si, "flc": _flc, "tc": _tc}


def _sides(reference: Spans, predicted: Spans, *, labelled: bool) -> _Sides:
    import numpy as np

    codes = _Codes()
    places = {name: number for number, name in enumerate(reference)}
    new = [name for name in predicted if name not in places]
    places.update((name, number) for number, name in enumerate(new, len(places)))
    aside: list[str] = []
    unknown = ""
    sides = []
    for name, side in (("reference", reference), ("predicted", predicted)):
        place: Array = np.repeat([places[each] for each in side], [len(s) for s in side.values()])
        flat = list(chain.from_iterable(side.values()))
        start, end = (_offsets(flat, index) for index in (0, 1))
        label = _labels(flat, codes) if labelled else np.zeros(len(flat), dtype=np.int64)
        found = Extents(place.astype(np.int64), start, end, label)
        good = found.end > found.start
        if not good.all():
            bad = several(int((~good).sum()), f"{name} span")
            aside.append(f"{bad} without any text (end not behind start), set aside")
            found = Extents(*(column[good] for column in found))
        sides.append(found)
    if new:
        spans = int(np.isin(sides[1].place, [places[each] for each in new]).sum())
        unknown = (
            f"{several(len(new), 'document')} of the prediction that the reference lacks, "
            f"with {several(spans, 'span')}"
        )
    return _Sides((sides[0], sides[1]), codes, len(places), tuple(aside), unknown)


class _Codes(dict[str, int]):
    """Numbers labels in the order in which they are asked for."""

    def __missing__(self, label: str) -> int:
        if not isinstance(label, str):
            raise TypeError
        return self.setdefault(label, len(self))


def _offsets(flat: list[tuple[Any, ...]], column: int) -> Array:
    try:
        return _numbers(map(itemgetter(column), flat))
    except (TypeError, LookupError, OverflowError):
        raise ValueError("a span begins with two whole numbers below 2**63: start, end") from None


def _labels(flat: list[tuple[Any, ...]], codes: _Codes) -> Array:
    try:
        return _numbers(map(codes.__getitem__, map(itemgetter(2), flat)))
    except (TypeError, LookupError):
        raise ValueError("a span is (start, end, label), its label a string") from None


def _numbers(values: Iterable[int]) -> Array:
    """Return whole numbers as an array; unlike NumPy's own readers, it takes nothing else."""
    import numpy as np

    return np.frombuffer(array("q", values), dtype=np.int64)


def _score(
    measure: str,
    row: Array,
    labels: dict[str, LabelScore],
    sides: _Sides,
    parameters: tuple[tuple[str, str], ...],
    notes: tuple[str, ...] = (),
) -> Score:
    whole = label_score(row)
    told = sides.aside
    if sides.unknown:
        told += (f"{sides.unknown}, {'left out' if measure == 'tc' else 'counted as wrong'}",)
    overlaps = len(sides.extents[1].start) - whole.predicted
    if measure != "tc" and overlaps:
        notes += (overlap_note(overlaps, same_label=measure == "flc"),)
    number = f"{whole.reference}+{whole.predicted}"
    own = signature(("v", VERSION), ("average", "micro"), *parameters, ("n", number))
    return Score(
        measure,
        whole.precision,
        whole.recall,
        whole.f1,
        whole.reference,
        whole.predicted,
        labels,
        (*told, *notes),
        f"{measure}|{own}",
    )


def overlap_note(overlaps: int, *, same_label: bool) -> str:
    """Return what must be said of a prediction whose spans were merged."""
    of = " of the same label" if same_label else ""
    many = "predicted span overlaps others" if overlaps == 1 else "predicted spans overlap others"
    return (
        f"{overlaps} {many}{of} and {'was' if overlaps == 1 else 'were'} merged with them: the "
        "official scorer stops there unless it is told to merge"
    )
