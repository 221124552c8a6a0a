"""Time newspan's SI and FLC against the formula written as loops over all pairs of spans.

    python scripts/bench_score.py [--articles 400] [--spans 100] [--rounds 7]

All begin with the same Python spans in memory and merge what overlaps. `formula` is the direct one:
two sums over all pairs of an article's spans, of a function of two spans, which subtracts borders
(sets of characters would be far slower) and for FLC compares labels first. `one pass` is the same
tuned by hand: both sums in one loop, nothing called. `by label` puts spans of one label together
before that. Each runs once on a small case before it is timed, since what a first call imports
(numpy, 0.1 s) is no part of the work. Rounds are interleaved; medians of the process's own time and
their ratios to ours are printed, since times on a shared machine mean little. Results must be equal
to 1e-9. The second line has the number of articles and spans of the Propaganda Techniques Corpus,
and both have its density: a span in about 340 characters.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time

from newspan.scoring import shared_tasks

Span = tuple[int, int, str]
Spans = dict[str, list[Span]]
Both = tuple[float, float]

#: As many labels as SemEval-2020 task 11 has; characters per span as its articles have.
LABELS = [f"technique-{number}" for number in range(14)]
CHARACTERS = 340
NEAR = 1e-9
WANTED = 20


def main() -> int:
    """Print the table; 1 when the first ratio is below 20."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--spans", type=float, default=100)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    small = made(4, 4)
    for _, work in WORKS:
        work(small, small)
    names = [name for name, _ in WORKS[1:]]
    heads = ["newspan", *(head for name in names for head in (name, "ratio")), "SI", "FLC"]
    print(f"{'articles':>8} {'spans':>6} " + " ".join(f"{head:>10}" for head in heads))
    first = _compare(options.articles, options.spans, options.rounds)
    _compare(371, 16.5, options.rounds)
    return int(first < WANTED)


def _compare(articles: int, spans: float, rounds: int) -> float:
    reference = made(articles, spans)
    predicted = changed(reference)
    times: list[list[float]] = [[] for _ in WORKS]
    for _ in range(rounds):
        results = []
        for (_, work), taken in zip(WORKS, times, strict=True):
            begin = time.process_time()
            results.append(work(reference, predicted))
            taken.append(time.process_time() - begin)
        for other in results[1:]:
            if any(abs(a - b) > NEAR for a, b in zip(results[0], other, strict=True)):
                sys.exit(f"the results differ: {results}")
    own, *others = (statistics.median(each) * 1000 for each in times)
    told = " ".join(f"{each:7.1f} ms {each / own:10.1f}" for each in others)
    values = " ".join(f"{value:10.4f}" for value in results[0])
    print(f"{articles:8} {spans:6} {own:7.1f} ms {told} {values}")
    return others[0] / own


def made(articles: int, spans: float) -> Spans:
    """Return spans of made-up articles, `spans` of them on average."""
    draw = random.Random(1)
    found: Spans = {}
    for article in range(articles):
        number = int(spans) + (draw.random() < spans % 1)
        starts = [draw.randrange(int(spans * CHARACTERS)) for _ in range(number)]
        found[f"article{article}"] = [
            (start, start + draw.randint(3, 90), draw.choice(LABELS)) for start in starts
        ]
    return found


def changed(reference: Spans) -> Spans:
    """Return a prediction: half of the spans with other borders or labels, and others elsewhere."""
    draw = random.Random(2)
    found: Spans = {}
    for article, spans in reference.items():
        most = int(len(spans) * CHARACTERS) or 1
        found[article] = []
        for start, end, label in spans:
            if draw.random() < 0.5:
                start = draw.randrange(most)
                end = start + draw.randint(3, 90)
            moved = max(start + draw.randint(-5, 5), 0)
            label = label if draw.random() < 0.7 else draw.choice(LABELS)
            found[article].append((moved, max(end + draw.randint(-5, 5), moved + 1), label))
    return found


def ours(reference: Spans, predicted: Spans) -> Both:
    """Return F1 of both tasks as newspan has it."""
    found = shared_tasks(reference, predicted, ("si", "flc"))
    return found["si"].f1, found["flc"].f1


def formula(reference: Spans, predicted: Spans) -> Both:
    """Return F1 of both tasks, by the formula as it stands."""
    si, flc = [0.0] * 4, [0.0] * 4
    for article, spans in reference.items():
        sides = spans, predicted.get(article, [])
        _add(si, _formula_sums(*([(*span, "") for span in merged(side)] for side in sides)))
        _add(flc, _formula_sums(*(_merged_by_label(side) for side in sides)))
    return _f1(si), _f1(flc)


def _formula_sums(left: list[Span], own: list[Span]) -> tuple[float, ...]:
    right = sum(_part(s, t, s[1] - s[0]) for s in own for t in left)
    found = sum(_part(s, t, t[1] - t[0]) for s in own for t in left)
    return right, len(own), found, len(left)


def _part(s: Span, t: Span, length: int) -> float:
    if s[2] != t[2]:
        return 0.0
    return max(0, min(s[1], t[1]) - max(s[0], t[0])) / length


def loops(reference: Spans, predicted: Spans) -> Both:
    """Return the same in one pass."""
    si, flc = [0.0] * 4, [0.0] * 4
    for article, spans in reference.items():
        left, own = merged(spans), merged(predicted.get(article, []))
        _add(si, _sums(left, own))
        sides = (_merged_by_label(side) for side in (spans, predicted.get(article, [])))
        _add(flc, _labelled_sums(*sides))
    return _f1(si), _f1(flc)


def loops_by_label(reference: Spans, predicted: Spans) -> Both:
    """Return the same, for FLC of pairs of one label only."""
    si, flc = [0.0] * 4, [0.0] * 4
    for article, spans in reference.items():
        left, own = merged(spans), merged(predicted.get(article, []))
        _add(si, _sums(left, own))
        sides = [_by_label(each) for each in (spans, predicted.get(article, []))]
        for label in sides[0].keys() | sides[1].keys():
            _add(flc, _sums(*(merged(side.get(label, [])) for side in sides)))
    return _f1(si), _f1(flc)


def merged(spans: list[Span]) -> list[tuple[int, int]]:
    """Return spans put together where they share a character."""
    found: list[tuple[int, int]] = []
    for start, end, _ in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _merged_by_label(spans: list[Span]) -> list[Span]:
    return [(*span, label) for label, each in _by_label(spans).items() for span in merged(each)]


def _by_label(spans: list[Span]) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for span in spans:
        found.setdefault(span[2], []).append(span)
    return found


def _sums(left: list[tuple[int, int]], own: list[tuple[int, int]]) -> tuple[float, ...]:
    right = found = 0.0
    for start, end in own:
        for first, last in left:
            shared = (end if end < last else last) - (start if start > first else first)
            if shared > 0:
                right += shared / (end - start)
                found += shared / (last - first)
    return right, len(own), found, len(left)


def _labelled_sums(left: list[Span], own: list[Span]) -> tuple[float, ...]:
    right = found = 0.0
    for start, end, label in own:
        for first, last, other in left:
            if label == other:
                shared = (end if end < last else last) - (start if start > first else first)
                if shared > 0:
                    right += shared / (end - start)
                    found += shared / (last - first)
    return right, len(own), found, len(left)


def _add(sums: list[float], others: tuple[float, ...]) -> None:
    for index, value in enumerate(others):
        sums[index] += value


def _f1(sums: list[float]) -> float:
    right, number, found, total = sums
    if not number and not total:
        return 1.0
    precision = right / number if number else 0.0
    recall = found / total if total else 0.0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


WORKS = (("newspan", ours), ("formula", formula), ("one pass", loops), ("by label", loops_by_label))


if __name__ == "__main__":
    raise SystemExit(main())
