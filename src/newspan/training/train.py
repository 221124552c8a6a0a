"""Models trained on annotation sets, and scored on what they did not see: `newspan train`."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from pathlib import Path

from newspan.agreement.agree import MOST_REPLICATES
from newspan.corpus import AnnotationSet
from newspan.model import Producer
from newspan.scoring.report import Report
from newspan.scoring.score import compare
from newspan.training.card import card
from newspan.training.data import Data, names_in, read
from newspan.training.encoders import lost_by_reason
from newspan.training.examples import LABELS, Example, Mark, Progress, labels_of
from newspan.training.folds import Fold, folds, parted, words_sha256
from newspan.training.kinds import Kind, kind_of
from newspan.training.mask import masked
from newspan.training.report import OUT_OF_FOLD, Run, Trained
from newspan.training.saved import FORMAT, Head, refuse_to_overwrite, save
from newspan.training.sets import TRAIN, Made, refuse_unsound, set_of, write
from newspan.training.sets import refuse_to_overwrite as refuse_set


def train(
    corpora: str | Path | Sequence[str | Path] = ".",
    *,
    layer: str,
    model: str,
    head: str | None = None,
    annotations: str | None = None,
    seeds: int = 5,
    number_of_folds: int | None = None,
    mask_entities: bool = False,
    by: str = "lineage",
    replicates: int = 1000,
    out: str | Path | None = None,
    into: str | None = None,
    created: str | None = None,
    progress: Progress | None = None,
) -> Trained:
    """Train a model on an annotation set, score it out of fold, and save one trained on all.

    Each document is predicted by a model that saw no document of its lineage. These predictions are
    pooled and scored as `newspan score` does. Nothing is chosen by these scores.

    Args:
        corpora: one corpus or several; a fold is trained on all of them but for what it holds out.
        layer: claim, attribution (its role spans, one by one) or loaded_language.
        model: five-words, lexicon or crf; or an encoder of transformers, as the folder that holds
            it or as OWNER/NAME.
        head: what an encoder is asked: tokens (if not given), bio or spans.
        annotations: the set to learn from; each corpus's primary set, if not given.
        seeds: how many times a model that depends on chance is trained, with seeds from 1.
        number_of_folds: how many folds; if not given, one per lineage, or 5 of more than 10.
        mask_entities: replace names, so that the model cannot learn whom a corpus writes about.
        by: what the bootstrap draws: lineage or document.
        replicates: how many bootstrap replicates are drawn; 0 for no intervals.
        out: the folder of the model; none is saved, if not given.
        into: the id of the set, in each corpus, that gets the predictions of the first seed; no set
            is written, if not given.
        created: the day for the set's head, such as 2026-11-22; today if not given.
        progress: told the stage, the steps done and the steps in all.

    Raises:
        TrainingError: when a corpus, apart from sets that are not read, has errors.
        ValueError: when something that is named isn't there, the set has nothing of the layer, or
            all texts are of one lineage.
    """
    tell = progress or (lambda stage, done, total: None)
    kind = kind_of(model, head)
    _check(layer, seeds, replicates)
    roots = [corpora] if isinstance(corpora, str | Path) else list(corpora)
    data, examples = read([Path(root) for root in roots], layer, annotations)
    if into is not None:
        for each in data:
            refuse_set(each.corpus, into, TRAIN)
    if out is not None:
        refuse_to_overwrite(Path(out))
    fold_of = folds(examples, number_of_folds)

    def named(those: Sequence[Example]) -> list[str]:
        return names_in(data, those, layer) if mask_entities else []

    parts = parted(examples, fold_of, named)
    names = named(examples)
    hidden, places = masked(examples, names)
    tried = range(1, 2 if kind.deterministic else seeds + 1)
    day = created or datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    described = _described(kind, layer, data, fold_of, names)
    runs: list[Run] = []
    sets: list[AnnotationSet] = []
    steps = len(tried) * (max(fold_of) + 1) + (out is not None)
    # The first seed fixes each fold's thresholds; the others take them over.
    fixed: dict[int, tuple[float, ...]] = {}
    for seed in tried:
        found = _out_of_fold(kind, parts, layer, seed, tell, len(runs), steps, fixed)
        told = list(zip(examples, found, strict=True))
        name = into or OUT_OF_FOLD
        made = _sets(kind, layer, data, told, name=name, created=day, description=described)
        reports = tuple(
            _scored(d, m.set, layer, by, replicates) for d, m in zip(data, made, strict=True)
        )
        runs.append(Run(seed, reports, sum(each.unknown for each in made)))
        sets = sets or [each.set for each in made]
    trained = Trained(
        layer=layer,
        kind=kind.name,
        about=kind.about,
        deterministic=kind.deterministic,
        sources=tuple(each.source for each in data),
        folds=max(fold_of) + 1,
        lost=dict(sorted(lost_by_reason(kind.lost(hidden, layer)).items())),
        names=len(names),
        masked=places,
        runs=tuple(runs),
        into=into,
        out=None if out is None else str(out),
    )
    if into is not None:
        for each, predicted in zip(data, sets, strict=True):
            refuse_unsound(each.corpus, predicted)
    if out is not None:
        saved = _head(kind, layer, data, examples, names)
        like = () if kind.deterministic else _middle(fixed.values())
        whole = kind.fit(hidden, layer, saved.seed, _part(tell, steps - 1, steps), like)
        _part(tell, steps, steps)("", 0, None)
        save(Path(out), saved, whole, card(trained, saved))
    if into is not None:
        for each, predicted in zip(data, sets, strict=True):
            write(each.corpus, predicted)
    return trained


def _check(layer: str, seeds: int, replicates: int) -> None:
    if layer not in LABELS:
        raise ValueError(f"there is no layer {layer!r} to learn; there are {', '.join(LABELS)}")
    if seeds < 1:
        raise ValueError("there is one seed at least")
    if not 0 <= replicates <= MOST_REPLICATES:
        raise ValueError(f"bootstrap must be 0 to {MOST_REPLICATES:,}")


def _out_of_fold(
    kind: Kind,
    parts: Sequence[Fold],
    layer: str,
    seed: int,
    tell: Progress,
    run: int,
    steps: int,
    fixed: dict[int, tuple[float, ...]],
) -> list[list[Mark]]:
    """Return the marks of each example, by a model that has not seen its fold.

    `fixed` has the thresholds of folds that were trained before, and gets those of the others.
    """
    found: dict[int, list[Mark]] = {}
    number = len(parts)
    for fold, (learnt, held) in enumerate(parts):
        done = run * number + fold
        _part(tell, done, steps)("", 0, None)
        fitted = kind.fit(learnt, layer, seed, _part(tell, done, steps), fixed.get(fold, ()))
        fixed[fold] = fitted.thresholds
        for place, example in held.items():
            found[place] = fitted.predict(example).marks
    _part(tell, (run + 1) * number, steps)("", 0, None)
    return [found[place] for place in sorted(found)]


def _sets(
    kind: Kind,
    layer: str,
    data: Sequence[Data],
    found: Sequence[tuple[Example, list[Mark]]],
    *,
    name: str,
    created: str,
    description: str,
) -> list[Made]:
    """Return what was found as a set of each corpus."""
    return [
        set_of(
            each.corpus,
            layer,
            [(example, marks) for example, marks in found if example.corpus == number],
            name=name,
            producer=Producer(
                "rule", f"{TRAIN} {kind.name}", annotators=each.reference.info.producer.by
            ),
            created=created,
            description=description,
        )
        for number, each in enumerate(data)
    ]


def _middle(fixed: Collection[tuple[float, ...]]) -> tuple[float, ...]:
    """Return the means of the folds' thresholds; nothing where the folds' chains differ."""
    if len({len(each) for each in fixed}) != 1:
        return ()
    return tuple(sum(values) / len(fixed) for values in zip(*fixed, strict=True))


def _part(tell: Progress, done: int, steps: int) -> Progress:
    """Return what a model tells its own progress to: one bar has all models, in hundredths."""

    def told(stage: str, own: int, total: int | None) -> None:
        tell(
            "models, in hundredths", 100 * done + (100 * own // total if total else 0), 100 * steps
        )

    return told


def _scored(data: Data, predicted: AnnotationSet, layer: str, by: str, replicates: int) -> Report:
    return compare(
        data.corpus,
        data.reference,
        [predicted],
        data.blocks,
        layers=[layer],
        by=by,
        replicates=replicates,
    )


def _described(
    kind: Kind, layer: str, data: Sequence[Data], fold_of: Sequence[int], names: Sequence[str]
) -> str:
    learnt = ", ".join(f"{d.source.set} of {d.source.corpus} {d.source.version}" for d in data)
    hidden = " Names were masked." if names else ""
    return (
        f"Predictions of {layer} by {kind.name}: {kind.about}. Learnt from {learnt}; each document "
        f"by a model that saw none of its lineage, in {max(fold_of) + 1} folds.{hidden}"
    )


def _head(
    kind: Kind,
    layer: str,
    data: Sequence[Data],
    examples: Sequence[Example],
    names: Sequence[str],
) -> Head:
    import newspan

    looked_at = {zone for each in data for _, of, zone in each.reference.looked_at if of == layer}
    return Head(
        format=FORMAT,
        layer=layer,
        kind=kind.name,
        labels=labels_of(examples),
        zones=tuple(sorted(looked_at)),
        names=tuple(names),
        seed=1,
        newspan=newspan.__version__,
        sources=tuple(each.source for each in data),
        texts=tuple(sorted({words_sha256(each).hex() for each in examples})),
    )
