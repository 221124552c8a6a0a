"""`newspan annotate prompts`: a corpus into packets that anybody can annotate."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from newspan.campaign.answer_schema import NEEDED, shipped
from newspan.campaign.guidelines import LAYERS, Guidelines, read_guidelines
from newspan.campaign.packets import (
    FORMAT,
    ORDERS,
    RENDERINGS,
    ZONES,
    Index,
    Options,
    Packet,
    portions,
    read_index,
)
from newspan.campaign.render import Sheet, render
from newspan.checks import read_sound
from newspan.corpus import Corpus
from newspan.model import Target
from newspan.problems import Problem
from newspan.schema import read
from newspan.whole import whole_directory


class AnnotateError(Exception):
    """The corpus has errors; `problems` lists them."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems."""
        super().__init__(f"{len(problems)} errors")
        self.problems = problems


class Prompts(msgspec.Struct, frozen=True):
    """What was written: the folder, and the numbers of packets, items and paragraphs in it."""

    path: Path
    packets: int
    items: int
    paragraphs: int


def annotate_prompts(
    corpus_dir: str | Path,
    out_dir: str | Path,
    *,
    items: Sequence[str] = (),
    layers: Sequence[str] = LAYERS,
    zones: Sequence[str] = ZONES,
    size: int | None = None,
    order: str = "document",
    seed: int = 0,
    rendering: str = "numbered",
) -> Prompts:
    """Write a corpus as packets: Markdown files that hold all that an annotator needs.

    The folder gets one file per packet and packets.json, whole or not at all. The same corpus and
    options give the same bytes. Packets that were written there before are replaced.

    Args:
        corpus_dir: the corpus, with its annotation/guidelines.md.
        out_dir: the folder to write.
        items: ids of items; all of them if none is given.
        layers: which of claim, attribution and loaded_language.
        zones: kinds of zones that are shown and annotated.
        size: how many paragraphs are annotated per packet, with the item's others as context; a
            whole item if not given.
        order: document, reversed or shuffled: the order of items and of paragraphs.
        seed: of the shuffled order.
        rendering: numbered or tagged.

    Raises:
        AnnotateError: when the corpus has errors, other than in annotation sets.
        ValueError: when there are no guidelines, an option is none of its values, or the folder
            holds what was not written by this verb.
        OSError: when the packets cannot be written.
    """
    root, target = Path(corpus_dir), Path(out_dir)
    corpus = sound_corpus(root)
    options = _options(layers, zones, size, order, seed, rendering)
    for item in items:
        if item not in corpus.items:
            raise ValueError(f"the corpus has no item {item!r}")
    _require_labels(corpus, options.layers)
    guidelines = read_guidelines(root, options.layers)
    chosen = [item for item in corpus.items if not items or item in items]
    made = list(_packets(corpus, chosen, options, guidelines))
    if not made:
        raise ValueError("none of the items has a zone of the kinds asked for")
    index = Index(
        format=FORMAT,
        corpus=corpus.info.name,
        guidelines_version=guidelines.version,
        guidelines_sha256=guidelines.sha256,
        labels_sha256=corpus.labels.sha256,
        targets=tuple(target.id for target in _targets(corpus, options)),
        options=options,
        packets=tuple(packet for packet, _ in made),
    )
    _refuse_to_overwrite(target)
    with whole_directory(target) as folder:
        (folder / "packets.json").write_bytes(index.to_json())
        for packet, text in made:
            (folder / packet.file).write_bytes(text.encode())
    return Prompts(
        target,
        len(made),
        len({packet.item for packet, _ in made}),
        sum(len(packet.annotate) for packet, _ in made),
    )


def sound_corpus(root: Path) -> Corpus:
    """Return a corpus whose documents have no errors; other people's sets do not matter.

    Raises:
        AnnotateError: when there are errors.
    """
    corpus, errors = read_sound(root, ())
    if corpus is None or errors:
        raise AnnotateError(errors)
    return corpus


def _options(
    layers: Sequence[str],
    zones: Sequence[str],
    size: int | None,
    order: str,
    seed: int,
    rendering: str,
) -> Options:
    kinds = read("common.json")["$defs"]["zone_kind"]["enum"]
    for name, values, known in (
        ("layer", layers, LAYERS),
        ("zone", zones, kinds),
        ("order", [order], ORDERS),
        ("rendering", [rendering], RENDERINGS),
    ):
        if not values:
            raise ValueError(f"give at least one {name}")
        for value in values:
            if value not in known:
                raise ValueError(f"{value!r} is no {name}: {', '.join(known)}")
    if size is not None and size < 1:
        raise ValueError(f"size is {size}; a packet has at least one paragraph")
    return Options(
        layers=tuple(layer for layer in LAYERS if layer in layers),
        zones=tuple(kind for kind in kinds if kind in zones),
        size=size,
        order=order,
        seed=seed,
        rendering=rendering,
    )


def _require_labels(corpus: Corpus, layers: tuple[str, ...]) -> None:
    for layer in layers:
        for attribute in NEEDED[layer]:
            if not shipped(corpus.labels, layer, attribute):
                message = f"the labels in force have no {attribute} to give, so no {layer} fits"
                raise ValueError(f"{message}; leave the layer out")


def _targets(corpus: Corpus, options: Options) -> tuple[Target, ...]:
    """Return what loaded language can be aimed at; the other layers know no targets."""
    return tuple(corpus.targets.values()) if "loaded_language" in options.layers else ()


def _packets(
    corpus: Corpus, items: Sequence[str], options: Options, guidelines: Guidelines
) -> list[tuple[Packet, str]]:
    made = []
    parts = list(portions(corpus, items, options))
    width = max(3, len(str(len(parts))))
    for number, (item, paragraphs, annotate) in enumerate(parts, 1):
        document = corpus.items[item][0]
        draft = Packet("", "", item, document.sha256, annotate, paragraphs)
        sheet = Sheet(
            packet=draft,
            text=corpus.texts[document.id],
            options=options,
            guidelines=guidelines,
            labels=corpus.labels,
            targets=_targets(corpus, options),
        )
        # The id is bound to all that the packet says, so that no answer is taken for another's.
        digest = hashlib.sha256(render(sheet).encode()).hexdigest()
        named = msgspec.structs.replace(draft, id=f"p{number:0{width}}-{item[:40]}-{digest[:8]}")
        text = render(msgspec.structs.replace(sheet, packet=named))
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        made.append((msgspec.structs.replace(named, sha256=sha256), text))
    return made


def _refuse_to_overwrite(target: Path) -> None:
    """Refuse a folder with anything in it but packets, such as answers that were put there."""
    if not target.exists() and not target.is_symlink():
        return
    if not target.is_dir():
        raise ValueError(f"{target} is there, and is no folder")
    beside = {path.name for path in target.iterdir()}
    if beside:
        ours = {"packets.json", *(packet.file for packet in read_index(target).packets)}
        if beside - ours:
            name = min(beside - ours)
            raise ValueError(f"{target} holds {name}, which is no packet; choose another folder")
