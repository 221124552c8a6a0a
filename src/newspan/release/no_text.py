"""The profile without texts: a full release into annotations that stand off from texts.

What a row or record has from its document is taken out, and can be put back by whoever has the
document (`newspan.release.hydrate`). docs/no-text.md says what ships, and what it gives away.
"""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from newspan.corpus import Corpus
from newspan.release.rebuilt import corpus_of
from newspan.release.stand_off.budget import GREATEST_SHARE
from newspan.release.stand_off.check import check
from newspan.release.stand_off.heads import write_heads
from newspan.release.stand_off.shares import shares
from newspan.release.stand_off.strip import Strip
from newspan.whole import whole_directory

__all__ = ["Stripped", "check", "fill_no_text", "no_text"]


class Stripped(msgspec.Struct, frozen=True):
    """A release without texts: its folder, and what it still ships of each item."""

    path: Path
    shares: dict[str, float]


def no_text(release: str | Path, target: str | Path, corpus: Corpus | None = None) -> Stripped:
    """Write a full release's profile without texts.

    Args:
        release: a full release, sound as `newspan verify` has it.
        corpus: the corpus that it was built from; made again from the release if not given.
        target: the folder to write, whole or not at all; one that is there is replaced.

    Raises:
        ValueError: when the release is no full one, or more than a tenth of an item would ship.
        OSError: when it cannot be read or written.
    """
    target = Path(target)
    with whole_directory(target) as directory:
        found = fill_no_text(Path(release), directory, corpus)
    return Stripped(target, found)


def fill_no_text(release: Path, directory: Path, corpus: Corpus | None = None) -> dict[str, float]:
    """Write a full release's profile without texts into an empty folder; return the shares.

    The returned numbers are the share of each item's characters that ships, by item id. Errors are
    those of `no_text`.
    """
    manifest = json.loads((release / "manifest.json").read_bytes())
    if manifest.get("profile", "full") != "full":
        raise ValueError(f"{release} is no full release, but of the profile {manifest['profile']}")
    if corpus is None:
        rebuilt = corpus_of(release, manifest)
        if rebuilt.corpus is None:
            raise ValueError(f"{release} is not sound: {rebuilt.problems[0].message}")
        corpus = rebuilt.corpus
    strip = Strip(release, directory, manifest, corpus)
    strip.write()
    write_heads(release, directory, manifest, corpus, strip.for_good)
    found = shares(directory, corpus)
    worst = max(found, key=lambda item: found[item], default=None)
    if worst is not None and found[worst] > GREATEST_SHARE:
        raise ValueError(f"{found[worst]:.1%} of the characters of {worst} would still ship")
    return found
