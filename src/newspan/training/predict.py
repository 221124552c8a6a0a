"""What a saved model says of a corpus: `newspan predict`."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from newspan.agreement.report import several
from newspan.campaign.predicted import (
    annotated,
    predicted_campaign,
    refuse_campaign,
    write_campaign,
)
from newspan.checks import read_sound
from newspan.corpus import Corpus
from newspan.model import Producer
from newspan.training.examples import LABELS, Example, Predicted, Progress, unmarked
from newspan.training.folds import words_sha256
from newspan.training.mask import masked
from newspan.training.saved import Head, load
from newspan.training.sets import (
    PREDICT,
    TRAIN,
    TrainingError,
    refuse_to_overwrite,
    refuse_unsound,
    set_of,
    write,
)


class Guess(msgspec.Struct, frozen=True):
    """A predicted span: document offsets in code points, half-open, and a confidence in 0 to 1.

    The confidence is rounded to four digits.
    """

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
    whose label the corpus does not know, which a set leaves out. `path` is the set's folder and
    `campaign` the campaign's file, None where none was asked for; it lists the `to_annotate` items
    that nobody has annotated yet. `learnt_from` counts items with the same words as a text that
    the model learnt from, capitals and line ends aside: scores on them say nothing of other texts.
    """

    layer: str
    guesses: tuple[Guess, ...]
    items: tuple[tuple[str, float], ...]
    unknown: int
    path: Path | None
    campaign: Path | None = None
    to_annotate: int = 0
    learnt_from: int = 0


def predict(
    model: str | Path,
    corpus_dir: str | Path = ".",
    *,
    into: str | None = None,
    campaign: str | None = None,
    created: str | None = None,
    progress: Progress | None = None,
) -> Predictions:
    """Predict a layer of all items of a corpus, by a model that `newspan train` saved.

    Read are zones of the kinds that the model learnt from; names that were masked in training are
    masked here too.

    Args:
        model: the model's folder.
        corpus_dir: the corpus.
        into: the id of the set to write; none is written, if not given, but for a campaign:
            `<campaign>-guess`.
        campaign: the name of a new campaign that shows its annotators the set: of the items that
            nobody has annotated in the layer yet, those that the model is least sure of first.
        created: the day for the set's head; today if not given.
        progress: told the stage, the steps done and the steps in all.

    Raises:
        TrainingError: when the corpus has errors; those of its sets only matter to a campaign.
        ValueError: when the folder holds no model, `into` or the campaign is taken, or there is
            nothing to read or to annotate.
        OSError: when something cannot be written.
    """
    tell = progress or (lambda stage, done, total: None)
    root = Path(corpus_dir)
    head, fitted = load(Path(model))
    if head.layer not in LABELS:
        raise ValueError(f"{model} predicts {head.layer!r}, which is no layer to predict")
    # Sets tell what is annotated: one that can't be read would have it annotated again.
    sets = (root / "annotation" / "sets").glob("*") if campaign is not None else ()
    corpus, errors = read_sound(root, [each.name for each in sets])
    if corpus is None or errors:
        raise TrainingError(errors)
    done: frozenset[str] = frozenset()
    if campaign is not None:
        refuse_campaign(root, campaign)
        into = into or f"{campaign}-guess"
        done = annotated(corpus, head.layer, (TRAIN, PREDICT))
    if into is not None:
        refuse_to_overwrite(corpus, into, PREDICT)
    examples = unmarked(corpus, head.zones)
    if not examples:
        raise ValueError(f"no item of {corpus.info.name} has a zone that is {_one_of(head.zones)}")
    if campaign is not None and all(example.item in done for example in examples):
        raise ValueError(f"somebody has annotated {head.layer} in all items: nothing is left to do")
    found: list[Predicted] = []
    for number, example in enumerate(masked(examples, head.names)[0]):
        tell("items", number, len(examples))
        found.append(fitted.predict(example))
    tell("items", len(examples), len(examples))
    texts = frozenset(head.texts)
    known = sum(words_sha256(example).hex() in texts for example in examples)
    ranked = sorted(zip(examples, found, strict=True), key=lambda p: (-p[1].uncertainty, p[0].item))
    made = set_of(
        corpus,
        head.layer,
        [(example, each.marks) for example, each in zip(examples, found, strict=True)],
        name=into or "predictions",
        producer=Producer("rule", f"{PREDICT} {head.kind}", annotators=_by(head)),
        created=created or datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        description=_described(head, Path(model), known, len(examples)),
    )
    items = tuple((example.item, each.uncertainty) for example, each in ranked)
    path = None
    if into is not None:
        refuse_unsound(corpus, made.set)
        path = write(corpus, made.set)
    to_annotate = [each for each in items if each[0] not in done]
    settings = None
    if campaign is not None and into is not None:
        text = predicted_campaign(campaign, head.layer, into, to_annotate)
        settings = write_campaign(root, campaign, text)
    return Predictions(
        head.layer,
        tuple(_guesses(corpus, head.layer, examples, found)),
        items,
        made.unknown,
        path,
        settings,
        len(to_annotate) if settings is not None else 0,
        known,
    )


def _guesses(
    corpus: Corpus, layer: str, examples: Sequence[Example], found: Sequence[Predicted]
) -> Iterator[Guess]:
    # The examples here are not masked: surfaces are the text's own.
    for example, predicted in zip(examples, found, strict=True):
        for start, end, label, sure in predicted.marks:
            text = example.text[start:end]
            at = example.start
            yield Guess(example.item, start + at, end + at, text, layer, label, round(sure, 4))


def said_of_known(known: int, items: int) -> str:
    """Return what must be said of predictions of texts that the model learnt from."""
    return f"the model learnt from {known} of {several(items, 'item')}: scores there say nothing"


def _one_of(kinds: Sequence[str]) -> str:
    return " or ".join(kinds) or "known to the model"


def _by(head: Head) -> tuple[str, ...]:
    return tuple(dict.fromkeys(by for source in head.sources for by in source.by))


def _described(head: Head, folder: Path, known: int, items: int) -> str:
    """Say what predicted: the head lists the sums of all other files, so its own names them all."""
    digest = hashlib.sha256((folder / "model.json").read_bytes()).hexdigest()
    learnt = ", ".join(f"{s.set} of {s.corpus} {s.version}" for s in head.sources)
    hidden = " Names were masked." if head.names else ""
    told = f"Predictions of {head.layer} by {head.kind}, learnt from {learnt}.{hidden}"
    if known:
        told += f" In this corpus {said_of_known(known, items)}."
    return f"{told} SHA-256 of model.json: {digest}."
