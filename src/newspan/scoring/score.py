"""The scores of predicted annotation sets against a reference: `newspan score`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from newspan.agreement.agree import COMPUTED, LAYERS, MOST_REPLICATES
from newspan.agreement.report import several
from newspan.checks import read_sound
from newspan.corpus import AnnotationSet, Corpus
from newspan.problems import Problem
from newspan.reuse.parameters import SET_ID
from newspan.scoring.layer import Settings, layer_report
from newspan.scoring.report import Report
from newspan.scoring.sides import DOCUMENT, LINEAGE

#: Told the stage, the steps done and the steps in all.
Progress = Callable[[str, int, int | None], None]

#: What says that no set of duplicate blocks is wanted.
NO_BLOCKS = "none"


class ScoreError(Exception):
    """The corpus has errors; `problems` lists them."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems."""
        super().__init__(f"{len(problems)} errors")
        self.problems = problems


def score(
    corpus_dir: str | Path,
    reference: str,
    predicted: str,
    other: str | None = None,
    *,
    layers: Sequence[str] = (),
    blocks: str | None = None,
    by: str = LINEAGE,
    replicates: int = 1000,
    seed: int = 1,
    progress: Progress | None = None,
) -> Report:
    """Return how well one or two sets predict another, in all measures that suit spans.

    Compared is the text that the reference looked at: what a prediction did not look at counts as
    missed, and is told. With a set of duplicate blocks every figure is given twice, for all text
    and without the text of copies. docs/scoring.md defines the measures.

    Args:
        corpus_dir: the corpus.
        reference: the set that is held to be right.
        predicted: the set whose score is asked for.
        other: a second one, to be compared with the first.
        layers: claim, attribution, loaded_language; if none is given, those that the reference has
            and a prediction looked for.
        blocks: the set with the duplicate blocks, or none; `reuse_v1`, if the corpus has it, if
            not given.
        by: what the bootstrap draws: lineage or document.
        replicates: how many bootstrap replicates are drawn; 0 for no intervals.
        seed: of the replicates.
        progress: told the stage, the steps done and the steps in all.

    Raises:
        ScoreError: when the corpus, apart from sets that are not compared, has errors.
        ValueError: when a set or layer is not there, or the reference looked at no text.
    """
    named = [predicted] if other is None else [predicted, other]
    if replicates < 0 or seed < 0:
        raise ValueError("bootstrap and seed must be 0 or more")
    if replicates > MOST_REPLICATES:
        raise ValueError(f"bootstrap is at most {MOST_REPLICATES:,}; intervals hardly move by then")
    corpus, errors = read_sound(Path(corpus_dir), {reference, *named, blocks or SET_ID})
    if corpus is None or errors:
        raise ScoreError(errors)
    return compare(
        corpus,
        corpus.set_named(reference),
        [corpus.set_named(each) for each in named],
        _blocks(corpus, blocks),
        layers=layers,
        by=by,
        replicates=replicates,
        seed=seed,
        progress=progress,
    )


def _blocks(corpus: Corpus, name: str | None) -> AnnotationSet | None:
    if name == NO_BLOCKS:
        return None
    found = corpus.set_named(name) if name is not None else corpus.sets.get(SET_ID)
    if found is not None and not found.holds(COMPUTED):
        if name is not None:
            raise ValueError(f"nobody looked for duplicate blocks in the set {name}")
        return None
    return found


def compare(
    corpus: Corpus,
    reference: AnnotationSet,
    predictions: Sequence[AnnotationSet],
    blocks: AnnotationSet | None,
    *,
    layers: Sequence[str] = (),
    by: str = LINEAGE,
    replicates: int = 1000,
    seed: int = 1,
    progress: Progress | None = None,
) -> Report:
    """Return the report on sets of a corpus in memory, as `score` does for a folder.

    Raises:
        ValueError: when a layer is not one of spans, a prediction is given twice, or the reference
            looked at no text.
    """
    if by not in (LINEAGE, DOCUMENT):
        raise ValueError(f"by is {LINEAGE} or {DOCUMENT}, not {by!r}")
    if not predictions or len({each.info.id for each in predictions}) < len(predictions):
        raise ValueError("name one prediction, or two different ones")
    for layer in layers:
        if layer == COMPUTED:
            raise ValueError("duplicate_block is computed: `newspan duplicates --check` checks it")
        if layer not in LAYERS:
            raise ValueError(f"there is no layer {layer!r}; there are {', '.join(LAYERS)}")
    wanted, left_out = _layers(reference, predictions, layers)
    texts = len(wanted) * (1 if blocks is None else 2)
    done = iter(range(1, texts + 1))

    def tick() -> None:
        if progress is not None:
            progress("layers", next(done), texts)

    settings = Settings(by, replicates, seed, tick)
    found = tuple(
        layer_report(corpus, reference, predictions, blocks, each, settings) for each in wanted
    )
    if all(each.reason is not None for each in found):
        raise ValueError(
            f"{reference.info.id} looked at no text for {', '.join(wanted) or 'spans'}"
        )
    verified = bool(reference.number) and reference.verified == reference.number
    return Report(
        "score against gold" if verified else "score against a reference",
        tuple(_notes(reference, predictions, left_out, verified=verified)),
        f"{corpus.info.name} {corpus.info.version}",
        None if blocks is None else blocks.info.id,
        by,
        reference.info,
        tuple(each.info for each in predictions),
        found,
    )


def _layers(
    reference: AnnotationSet, predictions: Sequence[AnnotationSet], asked: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Return the layers to score, and those of the reference that no prediction looked for."""
    if asked:
        return list(dict.fromkeys(asked)), []
    has = [layer for layer in LAYERS if reference.holds(layer)]
    tried = {span.layer for each in predictions for span in each.spans.values()}
    tried |= {layer for layer in LAYERS for each in predictions if each.holds(layer)}
    if not tried & set(has):
        return has, []
    return [each for each in has if each in tried], [each for each in has if each not in tried]


def _makers(given: AnnotationSet) -> tuple[str, ...]:
    producer = given.info.producer
    return producer.annotators if producer.kind == "import" else producer.by


def _notes(
    reference: AnnotationSet,
    predictions: Sequence[AnnotationSet],
    left_out: Sequence[str],
    *,
    verified: bool,
) -> list[str]:
    name = reference.info.id
    notes = []
    if not verified:
        notes.append(
            f"People verified {reference.verified} of {several(reference.number, 'record')} of "
            f"{name}: it is a reference, not gold. Figures say how far a prediction repeats it."
        )
    for each in predictions:
        if each.info.id == name:
            notes.append(f"{name} is held against itself.")
            continue
        # A format that two sets came in says nothing of who made them.
        same = sorted({*_makers(reference)} & {*_makers(each)})
        if same:
            notes.append(
                f"{name} and {each.info.id} both go back to {', '.join(same)}: they share errors, "
                "and one may have been made from the other."
            )
    if left_out:
        notes.append(
            f"Not scored, since no prediction looked for it: {', '.join(left_out)}. "
            "Named with --layer it counts as missed."
        )
    return notes
