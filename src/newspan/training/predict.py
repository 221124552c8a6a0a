"""What a saved model says of a corpus: `newspan predict`."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from newspan.checks import read_sound
from newspan.corpus import Corpus
from newspan.model import Producer
from newspan.training.examples import LABELS, Example, Predicted, Progress, unmarked
from newspan.training.mask import masked
from newspan.training.saved import Head, load
from newspan.training.sets import PREDICT, TrainingError, refuse_to_overwrite, set_of, write
from newspan.whole import whole_file

#: By this an older file is known, which may be written over.
_FIRST_LINE = "# written by newspan predict, for a campaign.toml"


class Guess(msgspec.Struct, frozen=True):
    """A predicted span: document offsets in code points, half-open, and a confidence in 0 to 1."""

    item: str
    start: int
    end: int
    text: str
    layer: str
    label: str
    confidence: float


class Predictions(NamedTuple):
    """What a model predicts.

    `items` has each item with its uncertainty, the least certain first; `unknown` counts marks
    whose label the corpus does not know, which a set leaves out.
    """

    layer: str
    guesses: tuple[Guess, ...]
    items: tuple[tuple[str, float], ...]
    unknown: int
    path: Path | None

    def toml(self, preannotate: str | None) -> str:
        """Return what campaign.toml says to have the least certain items annotated first."""
        lines = [_FIRST_LINE, f'layers = ["{self.layer}"]']
        if preannotate is not None:
            lines.append(f'preannotate = "{preannotate}"')
        lines += ["# the least certain first, each with its uncertainty", "items = ["]
        lines += [f"  {json.dumps(item)},  # {unsure:.4f}" for item, unsure in self.items]
        return "\n".join([*lines, "]", ""])


def predict(
    model: str | Path,
    corpus_dir: str | Path = ".",
    *,
    into: str | None = None,
    least_certain_first: str | Path | None = None,
    created: str | None = None,
    progress: Progress | None = None,
) -> Predictions:
    """Predict a layer of all items of a corpus, by a model that `newspan train` saved.

    Read are zones of the kinds that the model learnt from; names that were masked in training are
    masked here too.

    Args:
        model: the model's folder.
        corpus_dir: the corpus.
        into: the id of the set to write; none is written, if not given.
        least_certain_first: a file that gets the keys `layers`, `preannotate` and `items` for a
            campaign.toml, the items that the model is least sure of first.
        created: the day for the set's head; today if not given.
        progress: told the stage, the steps done and the steps in all.

    Raises:
        TrainingError: when the corpus, apart from its sets, has errors.
        ValueError: when the folder holds no model, `into` or the file is taken, or there is nothing
            to read.
        OSError: when something cannot be written.
    """
    tell = progress or (lambda stage, done, total: None)
    root = Path(corpus_dir)
    head, fitted = load(Path(model))
    if head.layer not in LABELS:
        raise ValueError(f"{model} predicts {head.layer!r}, which is no layer to predict")
    corpus, errors = read_sound(root, ())
    if corpus is None or errors:
        raise TrainingError(errors)
    if into is not None:
        refuse_to_overwrite(corpus, into, PREDICT)
    queue = None if least_certain_first is None else Path(least_certain_first)
    if queue is not None:
        _refuse_file_of_others(queue)
    examples = unmarked(corpus, head.zones)
    if not examples:
        raise ValueError(f"no item of {corpus.info.name} has a zone that is {_one_of(head.zones)}")
    found: list[Predicted] = []
    for done, example in enumerate(masked(examples, head.names)[0]):
        tell("items", done, len(examples))
        found.append(fitted.predict(example))
    tell("items", len(examples), len(examples))
    ranked = sorted(zip(examples, found, strict=True), key=lambda p: (-p[1].uncertainty, p[0].item))
    made = set_of(
        corpus,
        head.layer,
        [(example, each.marks) for example, each in zip(examples, found, strict=True)],
        name=into or "predictions",
        producer=Producer("rule", f"{PREDICT} {head.kind}", annotators=_by(head)),
        created=created or datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        description=_described(head),
    )
    path = write(corpus, made.set) if into is not None else None
    predictions = Predictions(
        head.layer,
        tuple(_guesses(corpus, head.layer, examples, found)),
        tuple((example.item, each.uncertainty) for example, each in ranked),
        made.unknown,
        path,
    )
    if queue is not None:
        with whole_file(queue, predictions.toml(into)):
            pass
    return predictions


def _refuse_file_of_others(path: Path) -> None:
    """Stop rather than write over a campaign.toml, or whatever else a user named."""
    try:
        ours = path.read_bytes().startswith(_FIRST_LINE.encode())
    except FileNotFoundError:
        return
    if not ours:
        message = f"{path} is there, and newspan predict did not write it; name another file"
        raise ValueError(message)


def _guesses(
    corpus: Corpus, layer: str, examples: Sequence[Example], found: Sequence[Predicted]
) -> Iterator[Guess]:
    # The examples here are not masked: surfaces are the text's own.
    for example, predicted in zip(examples, found, strict=True):
        for start, end, label, sure in predicted.marks:
            text = example.text[start:end]
            at = example.start
            yield Guess(example.item, start + at, end + at, text, layer, label, sure)


def _one_of(kinds: Sequence[str]) -> str:
    return " or ".join(kinds) or "known to the model"


def _by(head: Head) -> tuple[str, ...]:
    return tuple(dict.fromkeys(by for source in head.sources for by in source.by))


def _described(head: Head) -> str:
    learnt = ", ".join(f"{s.set} of {s.corpus} {s.version}" for s in head.sources)
    hidden = " Names were masked." if head.names else ""
    return f"Predictions of {head.layer} by {head.kind}, learnt from {learnt}.{hidden}"
