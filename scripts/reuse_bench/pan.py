"""PAN's measures for text reuse (Potthast et al., COLING 2010), for planted pairs and families.

A *detection* is two spans, unordered, perhaps of one document. A planted *copy* is one span; the
copies of a family do not overlap. A detection *matches* two copies of one family when one side
overlaps the one and the other side the other. Nothing else counts: a side alone is worth nothing.

- Recall of a copy: its characters covered by sides of detections that match it with another copy
  of its family / its characters.
- Case: both copies of a `pair` or `within` together, their covered characters / their characters;
  each copy of a `family` or `boilerplate` by itself.
- Recall of a family: the mean of its cases. **Recall**: the mean of the families, so that a family
  of a thousand copies weighs no more than a pair. `recall_cases` is PAN's own mean of the cases.
- Precision of a detection, strict: the characters of both sides inside copies of one family that it
  matches / the characters of both sides; of several families the best. Verified: 1 when the texts
  of the sides, casefolded and with white space collapsed, have a rapidfuzz ratio of at least 60,
  since texts also share what nobody planted.
- **Precision**: detections are grouped by the family they match (one that matches none is a group
  of its own); the mean over the groups of the mean inside. `precision_detections` is PAN's own mean
  of the detections.
- Granularity: the mean number of detections per matched pair of copies.
- **plagdet**: F1(precision, recall) / log2(1 + granularity); `plagdet_pan` is PAN's own, of
  `precision_detections` and `recall_cases`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Verify = Callable[[int], bool]

PAIRED = ("pair", "within")
BANDS = ((15, 30), (31, 60), (61, 120), (121, 300))  # words of the verbatim passage
VERIFIED_MOST = 20_000  # detections whose texts are compared; of more, a sample
_DOC = 1 << 32  # one position for (document, offset)


@dataclass(frozen=True, slots=True)
class Truth:
    """Planted copies, one row each; `doc` are numbers, `level` is the edit rate of the family."""

    family: Ints
    kind: npt.NDArray[np.str_]
    level: Floats
    words: Ints
    doc: Ints
    start: Ints
    end: Ints


@dataclass(frozen=True, slots=True)
class Spans:
    """One side of detections, or members of clusters: half-open code points in documents."""

    doc: Ints
    start: Ints
    end: Ints

    def rows(self, chosen: Any) -> Spans:
        """Return the chosen rows."""
        return Spans(self.doc[chosen], self.start[chosen], self.end[chosen])


@dataclass(frozen=True, slots=True)
class Precision:
    """Macro precision over groups, over detections, and plagdet with the macro recall."""

    precision: float
    precision_detections: float
    plagdet: float
    plagdet_pan: float


@dataclass(frozen=True, slots=True)
class Scores:
    """All measures of one run; shares are from 0 to 1, absent ones (nothing to average) 0."""

    detections: int
    recall: float
    recall_cases: float
    by_kind: dict[str, float]
    by_level: dict[str, float]
    by_words: dict[str, float]
    granularity: float
    strict: Precision
    verified: Precision | None
    verified_share: float | None
    doc_pair_recall: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Matches:
    """One row per detection and ordered pair of copies that it matches.

    `detection`, `copy_a`, `copy_b` are row numbers; the rest is what each side has of its copy,
    as offsets into that copy's document.
    """

    detection: Ints
    copy_a: Ints
    copy_b: Ints
    start_a: Ints
    end_a: Ints
    start_b: Ints
    end_b: Ints


def score(truth: Truth, a: Spans, b: Spans, verify: Verify | None = None) -> Scores:
    """Return all measures of the detections with sides `a` and `b`, row by row.

    `verify(row)` says whether the texts of a detection's sides are alike; it is asked only of
    detections that are not wholly right, and of a seeded sample of VERIFIED_MOST of them at most:
    the others then count with the sample's share.
    """
    found = matches(truth, a, b)
    covered = covered_chars(truth, found)
    recalls, cases = family_recalls(truth, covered)
    first = np.unique(truth.family, return_index=True)[1]
    kind, level, words = truth.kind[first], truth.level[first], truth.words[first]
    recall = _mean(recalls)
    grain = granularity(found)
    strict, group = precisions(truth, a, b, found)
    verified, share = (None, None) if verify is None else _verified(strict, verify)
    return Scores(
        detections=len(a.doc),
        recall=recall,
        recall_cases=_mean(cases),
        by_kind={str(name): _mean(recalls[kind == name]) for name in dict.fromkeys(kind.tolist())},
        by_level={f"{rate:g}": _mean(recalls[level == rate]) for rate in np.unique(level).tolist()},
        by_words={
            f"{least}-{most}": _mean(recalls[(words >= least) & (words <= most)])
            for least, most in BANDS
        },
        granularity=grain,
        strict=_precision(strict, group, recall, _mean(cases), grain),
        verified=(
            None if verified is None else _precision(verified, group, recall, _mean(cases), grain)
        ),
        verified_share=share,
        doc_pair_recall=doc_pair_recall(truth, a.doc, b.doc),
    )


def plagdet(precision: float, recall: float, grain: float) -> float:
    """Return F1 / log2(1 + granularity) (Potthast et al. 2010, section 2)."""
    if precision + recall == 0:
        return 0.0
    return float(2 * precision * recall / (precision + recall) / np.log2(1 + max(grain, 1.0)))


def overlapping(truth: Truth, spans: Spans) -> tuple[Ints, Ints]:
    """Return (row of spans, row of truth) of each overlap, by row of spans.

    Copies do not overlap, so in the order of (document, start) their ends rise too, and the copies
    that a span overlaps are neighbours: two binary searches, no comparison of all with all.
    """
    order = np.lexsort((truth.start, truth.doc))
    starts = truth.doc[order] * _DOC + truth.start[order]
    ends = truth.doc[order] * _DOC + truth.end[order]
    first = np.searchsorted(ends, spans.doc * _DOC + spans.start, side="right")
    last = np.searchsorted(starts, spans.doc * _DOC + spans.end, side="left")
    number = np.where(spans.end > spans.start, np.maximum(last - first, 0), 0)
    row, nth = _expand(number)
    return row, order[first[row] + nth].astype(np.int64)


def matches(truth: Truth, a: Spans, b: Spans) -> Matches:
    """Return what each detection has of two different copies of one family."""
    row_a, copy_a = overlapping(truth, a)
    row_b, copy_b = overlapping(truth, b)
    # Join the two on the detection: each overlap of side a with each of side b.
    first = np.searchsorted(row_b, row_a, side="left")
    number = np.searchsorted(row_b, row_a, side="right") - first
    left, nth = _expand(number)
    right = first[left] + nth
    same = truth.family[copy_a[left]] == truth.family[copy_b[right]]
    keep = same & (copy_a[left] != copy_b[right])
    row, one, two = row_a[left[keep]], copy_a[left[keep]], copy_b[right[keep]]
    return Matches(
        detection=row,
        copy_a=one,
        copy_b=two,
        start_a=np.maximum(a.start[row], truth.start[one]),
        end_a=np.minimum(a.end[row], truth.end[one]),
        start_b=np.maximum(b.start[row], truth.start[two]),
        end_b=np.minimum(b.end[row], truth.end[two]),
    )


def covered_chars(truth: Truth, found: Matches) -> Ints:
    """Return for each copy how many of its characters the matches cover, each counted once."""
    copy = np.concatenate([found.copy_a, found.copy_b])
    start = copy * _DOC + np.concatenate([found.start_a, found.start_b])
    end = copy * _DOC + np.concatenate([found.end_a, found.end_b])
    order = np.lexsort((end, start))
    copy, start, end = copy[order], start[order], end[order]
    # In the order of starts, an interval adds what lies beyond the furthest end so far.
    furthest = np.maximum.accumulate(end) if len(end) else end
    before = np.concatenate([[0], furthest[:-1]])
    added = np.maximum(end - np.maximum(start, before), 0)
    return np.bincount(copy, weights=added, minlength=len(truth.doc)).astype(np.int64)


def family_recalls(truth: Truth, covered: Ints) -> tuple[Floats, Floats]:
    """Return the recall of each family, by its number, and the recall of each case."""
    chars = truth.end - truth.start
    paired = np.isin(truth.kind, PAIRED)
    # A case is a pair's family, or a copy; number them apart.
    case = np.where(paired, truth.family, truth.family.max(initial=0) + 1 + np.arange(len(paired)))
    _, first, number = np.unique(case, return_index=True, return_inverse=True)
    cases = np.bincount(number, weights=covered) / np.bincount(number, weights=chars)
    family = np.unique(truth.family[first], return_inverse=True)[1]
    recalls = np.bincount(family, weights=cases) / np.bincount(family)
    return recalls, cases


def granularity(found: Matches) -> float:
    """Return the mean number of detections per matched pair of copies; 1 when there are none."""
    pairs = np.stack(
        [
            np.minimum(found.copy_a, found.copy_b),
            np.maximum(found.copy_a, found.copy_b),
            found.detection,
        ]
    )
    each = np.unique(pairs, axis=1)
    if not each.shape[1]:
        return 1.0
    return float(each.shape[1] / np.unique(each[:2], axis=1).shape[1])


def precisions(truth: Truth, a: Spans, b: Spans, found: Matches) -> tuple[Floats, Ints]:
    """Return each detection's strict precision and its group: its family, or below 0 for none."""
    total = (a.end - a.start + b.end - b.start).astype(np.float64)
    rows, copies, chars = [], [], []
    for copy, start, end in (
        (found.copy_a, found.start_a, found.end_a),
        (found.copy_b, found.start_b, found.end_b),
    ):
        once = np.unique(found.detection * len(truth.doc) + copy, return_index=True)[1]
        rows.append(found.detection[once])
        copies.append(copy[once])
        chars.append((end - start)[once])
    row, family = np.concatenate(rows), truth.family[np.concatenate(copies)]
    width = truth.family.max(initial=0) + 1
    key, number = np.unique(row * width + family, return_inverse=True)
    inside = np.bincount(number, weights=np.concatenate(chars), minlength=len(key))
    strict = np.zeros(len(total))
    group = -1 - np.arange(len(total), dtype=np.int64)
    order = np.argsort(inside, kind="stable")  # the best family is written last
    row, family = key[order] // width, key[order] % width
    strict[row] = inside[order] / total[row]
    group[row] = family
    return strict, group


def doc_pair_recall(truth: Truth, doc_a: Ints, doc_b: Ints) -> float:
    """Return the share of pairs of documents with a planted pair or family that some detection has.

    Boilerplate is left out: its pairs are quadratic in its copies and would be all there is.
    """
    planted = np.flatnonzero(np.isin(truth.kind, ("pair", "family")))
    planted = planted[np.argsort(truth.family[planted], kind="stable")]
    sizes = np.unique(truth.family[planted], return_counts=True)[1]
    last = np.repeat(np.cumsum(sizes), sizes)
    left, nth = _expand(last - np.arange(len(planted)) - 1)
    docs = truth.doc[planted]
    wanted = np.unique(_doc_pairs(docs[left], docs[left + 1 + nth]))
    return _mean(np.isin(wanted, _doc_pairs(doc_a, doc_b)).astype(np.float64))


def _doc_pairs(one: Ints, two: Ints) -> Ints:
    pairs: Ints = np.minimum(one, two) * _DOC + np.maximum(one, two)
    return pairs


def _verified(strict: Floats, verify: Verify) -> tuple[Floats, float]:
    """Return verified precisions and the share of doubtful detections that were verified."""
    doubtful = np.flatnonzero(strict < 1)
    asked = doubtful
    if len(doubtful) > VERIFIED_MOST:
        chosen = np.random.default_rng(0).choice(len(doubtful), VERIFIED_MOST, replace=False)
        asked = doubtful[np.sort(chosen)]
    alike = np.array([verify(row) for row in asked.tolist()], dtype=np.float64)
    share = _mean(alike)
    verified = strict.copy()
    verified[doubtful] += (1 - strict[doubtful]) * share
    verified[asked] = np.where(alike == 1, 1.0, strict[asked])
    return verified, share


def _precision(
    each: Floats, group: Ints, recall: float, recall_cases: float, grain: float
) -> Precision:
    number = np.unique(group, return_inverse=True)[1]
    groups = np.bincount(number, weights=each) / np.maximum(np.bincount(number), 1)
    macro = _mean(groups)
    own = plagdet(_mean(each), recall_cases, grain)
    return Precision(macro, _mean(each), plagdet(macro, recall, grain), own)


def _expand(number: Ints) -> tuple[Ints, Ints]:
    """Return (row, 0 .. number[row] - 1) for each row: what a nested loop would visit."""
    row = np.repeat(np.arange(len(number)), number)
    first = np.cumsum(number) - number
    return row, np.arange(len(row)) - first[row]


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else 0.0
