"""A campaign that starts from predictions: what predict writes of it, and what it leaves alone."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from pathlib import Path

from newspan.campaign.settings import check_name, parse_settings
from newspan.corpus import Corpus
from newspan.labelstudio.people import folder
from newspan.whole import whole_file

_WHO = """\

# Say who annotates: take the # away, and repeat the two lines for each. docs/campaigns.md has all
# other keys. Then: newspan annotate push {name}
# [[annotators]]
# alias = "ada"
"""
_SOMEBODY = '\n[[annotators]]\nalias = "a"\n'


def predicted_campaign(
    name: str, layer: str, set_id: str, items: Sequence[tuple[str, float]]
) -> str:
    """Return the campaign.toml of a campaign that shows a set of predictions, annotators aside.

    Args:
        name: the campaign's.
        layer: the one that is predicted, and annotated.
        set_id: the set's.
        items: with the uncertainty of each, in the order in which they are to be annotated.
    """
    listed = "".join(f'  "{item}",  # {unsure:.4f}\n' for item, unsure in items)
    return (
        "# Written by newspan predict; it is yours to change.\n"
        f'name = "{name}"\nlayers = ["{layer}"]\npreannotate = "{set_id}"\n'
        f"# The least certain first, each with its uncertainty.\nitems = [\n{listed}]\n"
    ) + _WHO.format(name=name)


def refuse_campaign(root: Path, name: str) -> None:
    """Stop before work is done for nothing.

    Raises:
        ValueError: when the name can't be a campaign's, or is taken.
    """
    check_name(name)
    _, faults = parse_settings(tomllib.loads(f'name = "{name}"{_SOMEBODY}'), name)
    if faults:
        raise ValueError(f"{name!r} is no name of a campaign: {faults[0].message}")
    if os.path.lexists(folder(root, name)):
        raise ValueError(f"{folder(root, name)} is there; give the campaign another name")


def write_campaign(root: Path, name: str, text: str) -> Path:
    """Write a new campaign's campaign.toml, and return its path.

    Raises:
        OSError: when it cannot be written, or the campaign has come in the meantime.
    """
    path = folder(root, name) / "campaign.toml"
    path.parent.parent.mkdir(parents=True, exist_ok=True)
    path.parent.mkdir()
    with whole_file(path, text):
        return path


def shown_by(root: Path, set_id: str) -> str | None:
    """Return a campaign whose annotators have been shown a set, None if there is none."""
    for state in sorted((root / "annotation/campaigns").glob("*/state.json")):
        try:
            data = tomllib.loads((state.parent / "campaign.toml").read_text(encoding="utf-8-sig"))
        except (OSError, ValueError, RecursionError):
            continue
        if data.get("preannotate") == set_id:
            return state.parent.name
    return None


def annotated(corpus: Corpus, layer: str, by_models: Sequence[str]) -> frozenset[str]:
    """Return the items that somebody has annotated in a layer already.

    Rules have not annotated anything, but what they carry over from annotators counts.

    Args:
        corpus: the corpus.
        layer: the layer.
        by_models: how the names of those producers begin whose sets are predictions.
    """
    found: set[str] = set()
    for each in corpus.sets.values():
        by = each.info.producer
        carried = bool(by.annotators) and not by.name.startswith(tuple(by_models))
        if by.kind != "rule" or carried:
            found |= {item for item, of, _ in each.looked_at if of == layer}
    return frozenset(found)
