"""The figures of agreement that the viewer shows: of all texts, and of each item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from newspan.agreement import agree, spans
from newspan.agreement.agree import LAYERS, Progress
from newspan.agreement.figures import VERSION, Figure, signature
from newspan.agreement.report import Report
from newspan.agreement.units import ItemView, View, view
from newspan.corpus import AnnotationSet, Corpus
from newspan.reuse.parameters import SET_ID

#: The measures of a label; a layer has all. Those of the text that `newspan agree` prints.
_OF_LABELS = ("alpha|unit:character", "f1_exact", "f1_iou", "gamma_k")
#: The figure of an item.
_OF_ITEMS = "f1_iou"


def measured(
    corpus: Corpus, sets: Sequence[AnnotationSet], progress: Progress | None = None
) -> Report | None:
    """Return the report of `newspan agree` on sets; None where no text was looked at by all."""
    try:
        return agree.compare(corpus, sets, blocks_of(corpus), progress=progress)
    except ValueError:
        return None


def blocks_of(corpus: Corpus) -> AnnotationSet | None:
    """Return the set with the duplicate blocks, None if there is none."""
    found = corpus.sets.get(SET_ID)
    return found if found is not None and found.holds(agree.COMPUTED) else None


def report_of(
    corpus: Corpus, sets: Sequence[AnnotationSet], found: Report | None
) -> dict[str, Any]:
    """Return a report as JSON, without what the viewer does not show.

    Left out are most measures of single labels, and of pairs of three and more sets all but F1.
    `reason` says why there are no figures at all, if so.
    """
    if found is None:
        blocks = blocks_of(corpus)
        return {
            "title": "agreement",
            "notes": [],
            "corpus": f"{corpus.info.name} {corpus.info.version}",
            "blocks": None if blocks is None else blocks.info.id,
            "sets": [each.info.id for each in sets],
            "layers": [],
            "reason": "no text was looked at by all of the sets for one layer",
        }
    return {
        "title": found.title,
        "notes": list(found.notes),
        "corpus": found.corpus,
        "blocks": found.blocks,
        "sets": list(found.ids),
        "layers": [
            {
                "layer": layer.layer,
                "items": layer.items,
                "characters": layer.characters,
                "outside": dict(zip(found.ids, layer.outside, strict=True)),
                "reason": layer.reason,
                "figures": [_figure(f) for f in layer.figures if _is_shown(f, found.ids)],
            }
            for layer in found.layers
        ],
        "reason": None,
    }


def _is_shown(figure: Figure, sets: tuple[str, ...]) -> bool:
    if figure.sets != sets:
        return figure.label is None and figure.measure in ("f1_exact", "f1_iou")
    if figure.label is None:
        return True
    parts = figure.own.split("|")
    return any({*each.split("|")} <= {*parts} for each in _OF_LABELS)


def _figure(figure: Figure) -> dict[str, Any]:
    """Return a figure as JSON; `sets` only where it is of some of the sets."""
    known = figure.to_json()
    return {name: known[name] for name in _FIELDS}


_FIELDS = (
    "measure", "label", "copies", "sets", "value", "low", "high", "counts", "signature", "reason",
)  # fmt: skip


def of_items(corpus: Corpus, sets: Sequence[AnnotationSet]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return F1 of each item by layer: spans of one label, matched from an IoU of 0.5 on.

    By item id and layer: `value` (null where no set has a span), `counts` of spans by set,
    `characters` in view, `signature`. There is no interval: an item is too small to be drawn from.
    """
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for layer in LAYERS:
        if not all(each.holds(layer) for each in sets):
            continue
        whole = view(sets, corpus, layer, blocks_of(corpus))
        if not whole.items:
            continue
        by_item = _grouped_by_item(whole)
        measure = next(
            each
            for each in spans.measures(by_item)
            if (each.name, each.label) == (_OF_ITEMS, None)
            and ("labels", "same") in each.parameters
            and each.sets is None
        )
        own = signature(("v", VERSION), *measure.parameters, ("label", "all"))
        values = measure.value(measure.sums)
        for item, value in zip(whole.items, values, strict=True):
            counts = [len(placed) for placed in item.spans]
            tail = signature(
                ("layer", layer),
                ("copies", "with"),
                ("item", item.item),
                ("characters", str(item.length)),
                ("ci", "none"),
                ("sets", "+".join(whole.sets)),
                ("n", "+".join(map(str, counts))),
            )
            found.setdefault(item.item, {})[layer] = {
                "value": float(value) if value == value else None,
                "counts": counts,
                "characters": item.length,
                "signature": f"{measure.name}|{own}|{tail}",
            }
    return found


def _grouped_by_item(whole: View) -> View:
    """Return a view with each item as a group, so that a measure's sums have a row for each."""
    items = tuple(_in_group(item, number) for number, item in enumerate(whole.items))
    return whole._replace(items=items, groups=len(items))


def _in_group(item: ItemView, number: int) -> ItemView:
    return item._replace(
        stretches=tuple(each._replace(group=number) for each in item.stretches),
        spans=tuple(tuple(p._replace(group=number) for p in placed) for placed in item.spans),
    )
