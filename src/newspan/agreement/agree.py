"""The agreement of a corpus's annotation sets: `newspan agree`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import NamedTuple

from newspan.agreement import alpha, attributes, attributions, bootstrap, chance, spans, unitizing
from newspan.agreement.bootstrap import Measure
from newspan.agreement.copies import copy_consistency
from newspan.agreement.figures import VERSION, Figure, signature
from newspan.agreement.report import LayerReport, Report
from newspan.agreement.units import View, view
from newspan.checks import read_sound
from newspan.corpus import AnnotationSet, Corpus
from newspan.model import SetInfo
from newspan.problems import Problem
from newspan.reuse.parameters import SET_ID

LAYERS = ("claim", "attribution", "loaded_language")
COMPUTED = "duplicate_block"


#: Told the stage, the steps done and the steps in all.
Progress = Callable[[str, int, int | None], None]


class _Settings(NamedTuple):
    """What is the same for all layers; `tick` is called after each sample."""

    samples: int
    seed: int
    replicates: int
    tick: Callable[[], None]


class AgreeError(Exception):
    """The corpus has errors; `problems` lists them."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems."""
        super().__init__(f"{len(problems)} errors")
        self.problems = problems


#: Each replicate is held in memory for every figure.
MOST_REPLICATES = 100_000


def agree(
    corpus_dir: str | Path,
    set_ids: Sequence[str],
    *,
    blocks: str | None = None,
    layers: Sequence[str] = (),
    samples: int = 30,
    seed: int = 1,
    replicates: int = 1000,
    progress: Progress | None = None,
) -> Report:
    """Return how far annotation sets say the same, in every measure that suits spans.

    Compared is the text that all sets looked at. With a set of duplicate blocks every figure is
    given twice, for all text and without the text of copies, and the zones that share copied text
    are drawn together in the bootstrap. docs/agreement.md defines the measures.

    Args:
        corpus_dir: the corpus.
        set_ids: two or more of its sets.
        blocks: the set with the duplicate blocks; `reuse_v1`, if the corpus has it, if not given.
        layers: claim, attribution, loaded_language; if none is given, those all sets looked for.
        samples: how many continua are sampled for gamma's expected disorder.
        seed: of these samples, and of the bootstrap.
        replicates: how many bootstrap replicates are drawn; 0 for no intervals.
        progress: told the stage, the steps done and the steps in all.

    Raises:
        AgreeError: when the corpus, apart from sets that are not compared, has errors.
        ValueError: when a set or layer is not there, fewer than two sets are given, or no text was
            looked at by all of them.
    """
    if len(set_ids) < 2:
        raise ValueError("agreement needs two sets or more")
    if len(set(set_ids)) < len(set_ids):
        raise ValueError("a set is given twice; a set always agrees with itself")
    if samples < 1 or replicates < 0 or seed < 0:
        raise ValueError("samples must be 1 or more, bootstrap and seed 0 or more")
    if replicates > MOST_REPLICATES:
        raise ValueError(f"bootstrap is at most {MOST_REPLICATES:,}; intervals hardly move by then")
    corpus = _sound_corpus(Path(corpus_dir), {*set_ids, blocks or SET_ID})
    sets = [corpus.set_named(each) for each in set_ids]
    chosen = corpus.set_named(blocks) if blocks is not None else corpus.sets.get(SET_ID)
    if chosen is not None and not chosen.holds(COMPUTED):
        if blocks is not None:
            raise ValueError(f"nobody looked for duplicate blocks in the set {blocks}")
        chosen = None
    return compare(
        corpus,
        sets,
        chosen,
        layers=layers,
        samples=samples,
        seed=seed,
        replicates=replicates,
        progress=progress,
    )


def compare(
    corpus: Corpus,
    sets: Sequence[AnnotationSet],
    blocks: AnnotationSet | None,
    *,
    layers: Sequence[str] = (),
    samples: int = 30,
    seed: int = 1,
    replicates: int = 1000,
    progress: Progress | None = None,
) -> Report:
    """Return the report on sets of a corpus in memory, as `agree` does for a folder.

    Raises:
        ValueError: when a layer is not one of spans, or no text was looked at by all sets.
    """
    for layer in layers:
        if layer == COMPUTED:
            raise ValueError(
                "duplicate_block is computed: it is the same each time, so there is no agreement "
                "to measure; `newspan duplicates --check` tells whether it is fresh"
            )
        if layer not in LAYERS:
            raise ValueError(f"there is no layer {layer!r}; there are {', '.join(LAYERS)}")
    wanted = tuple(dict.fromkeys(layers)) or tuple(
        layer for layer in LAYERS if all(each.holds(layer) for each in sets)
    )
    settings = _Settings(samples, seed, replicates, _ticks(progress, len(wanted), blocks, samples))
    found = tuple(_layer(corpus, sets, blocks, layer, settings) for layer in wanted)
    if all(each.reason is not None for each in found):
        names = ", ".join(each.info.id for each in sets)
        told = "; ".join(f"{e.info.id}: {_told(e)}" for e in sets)
        raise ValueError(f"no text was looked at by all of {names} for one layer ({told})")
    title, notes = _title([each.info for each in sets])
    return Report(
        title,
        notes,
        f"{corpus.info.name} {corpus.info.version}",
        None if blocks is None else blocks.info.id,
        tuple(each.info for each in sets),
        found,
        tuple(
            copy_consistency(each, blocks, corpus, layer.layer)
            for layer in found
            if layer.reason is None
            for each in sets
        )
        if blocks is not None
        else (),
    )


def _ticks(
    progress: Progress | None, layers: int, blocks: AnnotationSet | None, samples: int
) -> Callable[[], None]:
    """Return what tells the progress, called once per sample."""
    total = layers * (1 if blocks is None else 2) * samples
    steps = count(1)

    def tick() -> None:
        if progress is not None:
            progress("samples of chance", next(steps), total)

    return tick


def _sound_corpus(root: Path, compared: set[str]) -> Corpus:
    corpus, errors = read_sound(root, compared)
    if corpus is None or errors:
        raise AgreeError(errors)
    return corpus


def _told(annotations: AnnotationSet) -> str:
    layers = sorted({layer for _, layer, _ in annotations.looked_at})
    items = sorted({item for item, _, _ in annotations.looked_at})
    return f"{', '.join(layers) or 'nothing'} in {len(items)} items"


def _layer(
    corpus: Corpus,
    sets: Sequence[AnnotationSet],
    blocks: AnnotationSet | None,
    layer: str,
    settings: _Settings,
) -> LayerReport:
    whole = view(sets, corpus, layer, blocks)
    if not whole.items:
        reason = "no text was looked at by all sets"
        return LayerReport(layer, 0, 0, 0, whole.outside, (), reason)
    views = [whole]
    if blocks is not None:
        views.append(view(sets, corpus, layer, blocks, with_copies=False))
    figures: list[Figure] = []
    for each in views:
        if not each.items:
            continue
        drawn = bootstrap.weights(each.groups, settings.replicates, settings.seed)
        common = signature(
            ("layer", layer),
            ("copies", each.copies),
            ("blocks", blocks.info.id if blocks is not None else "none"),
            ("items", str(len(each.items))),
            ("characters", str(each.characters)),
            ("groups", str(each.groups)),
            ("ci", f"percentile{settings.replicates}" if settings.replicates else "none"),
            ("ci-seed", str(settings.seed)),
        )
        for measure in _measures(each, corpus, sets, settings):
            figures.append(_figure(measure, each, drawn, common))
    return LayerReport(
        layer, len(whole.items), whole.characters, whole.groups, whole.outside, tuple(figures)
    )


def _measures(
    each: View, corpus: Corpus, sets: Sequence[AnnotationSet], settings: _Settings
) -> list[Measure]:
    found = chance.measures(each, samples=settings.samples, seed=settings.seed, tick=settings.tick)
    found += alpha.measures(each, corpus)
    found += unitizing.measures(each)
    found += spans.measures(each)
    found += attributes.measures(each)
    if each.layer == "attribution":
        found += attributions.measures(each, sets)
    if each.layer == "claim":
        found += attributions.links(each, sets)
    return found


def _figure(measure: Measure, each: View, drawn: bootstrap.Array, common: str) -> Figure:
    value = bootstrap.value_of(measure)
    extent = None if value is None else bootstrap.interval(measure, drawn)
    low, high = extent if extent is not None else (None, None)
    sets = measure.sets or each.sets
    own = signature(("v", VERSION), *measure.parameters, ("label", measure.label or "all"))
    tail = signature(("sets", "+".join(sets)), ("n", "+".join(map(str, measure.counts))))
    return Figure(
        measure=measure.name,
        layer=each.layer,
        label=measure.label,
        copies=each.copies,
        sets=sets,
        counts=measure.counts,
        value=value,
        low=low,
        high=high,
        reason=measure.reason if value is None else None,
        precision=measure.precision,
        own=f"{measure.name}|{own}",
        common=f"{common}|{tail}",
    )


def _title(sets: Sequence[SetInfo]) -> tuple[str, tuple[str, ...]]:
    """Return what kind of agreement it is, and what must be said of it."""
    kinds = {each.producer.kind for each in sets}
    who = {(each.producer.name, each.producer.version) for each in sets}
    if kinds == {"language_model"}:
        names = ", ".join(sorted(f"{name} {version}" if version else name for name, version in who))
        if len(who) == 1:
            note = f"All sets are by one model, {names}: its passes share their errors."
        elif len({name for name, _ in who}) == 1:
            note = f"The sets are by versions of one model, {names}: they share many errors."
        else:
            note = f"The sets are by different models, {names}, whose errors may still be alike."
        first = "The annotators are language models: this is not inter-annotator agreement."
        return "machine agreement", (first, note)
    if kinds == {"person"}:
        persons = Counter(each.producer.name for each in sets)
        if len(persons) == 1:
            return (
                "intra-annotator agreement",
                ("All sets are by one person: this is consistency over time.",),
            )
        if len(persons) == len(sets):
            return "inter-annotator agreement", ()
        twice = ", ".join(sorted(name for name, number in persons.items() if number > 1))
        note = f"Several sets are by one person, {twice}: this is not inter-annotator agreement."
        return "agreement", (note,)
    told = ", ".join(sorted(kind.replace("_", " ") for kind in kinds))
    note = f"The sets' producers are of the kinds {told}: this is not inter-annotator agreement."
    return "agreement", (note,)
