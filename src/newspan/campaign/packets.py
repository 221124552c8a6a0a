"""What a packet is: records, the choice of paragraphs, their order, and the index of all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from newspan.campaign.guidelines import LAYERS
from newspan.corpus import Corpus
from newspan.model import Item

ORDERS = ("document", "reversed", "shuffled")
RENDERINGS = ("numbered", "tagged")
#: Page furniture and names of authors say nothing that the layers are about.
ZONES = ("title", "heading", "paragraph", "caption", "teaser")
FORMAT = "newspan packets 1"

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
T = TypeVar("T")


class _Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Options(_Record, frozen=True):
    """How packets were made; `size` is None where a packet holds a whole item."""

    layers: tuple[str, ...]
    zones: tuple[str, ...]
    size: int | None
    order: str
    seed: int
    rendering: str


class Paragraph(_Record, frozen=True):
    """A zone of an item under its number in a packet; code points in the document."""

    number: int
    kind: str
    start: int
    end: int


class Packet(_Record, frozen=True):
    """One packet: the item's paragraphs in text order, and which of them are to be annotated."""

    id: str
    sha256: str
    item: str
    text_sha256: str
    annotate: tuple[int, ...]
    paragraphs: tuple[Paragraph, ...]

    @property
    def file(self) -> str:
        """Return the name of its file."""
        return f"{self.id}.md"


class Index(_Record, frozen=True):
    """packets.json: all packets in their order, with what reading the answers needs."""

    format: str
    corpus: str
    guidelines_version: str
    guidelines_sha256: str
    labels_sha256: str
    targets: tuple[str, ...]
    options: Options
    packets: tuple[Packet, ...]

    def to_json(self) -> bytes:
        """Return the file's bytes."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"


def read_index(folder: Path) -> Index:
    """Return the index of a folder of packets.

    Raises:
        ValueError: when the folder has none, or it is not of this form.
    """
    path = folder / "packets.json"
    try:
        index = msgspec.json.decode(path.read_bytes(), type=Index)
    except FileNotFoundError:
        raise ValueError(
            f"{folder} has no packets.json; newspan annotate prompts writes it"
        ) from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from None
    ids = [packet.id for packet in index.packets]
    sound = len(set(ids)) == len(ids) and all(_ID.fullmatch(each) for each in ids)
    options = index.options
    sound = sound and bool(options.layers) and {*options.layers} <= {*LAYERS}
    sound = sound and options.order in ORDERS and options.rendering in RENDERINGS
    if index.format != FORMAT or not sound:
        raise ValueError(f"{path} is not of the form {FORMAT!r}")
    return index


def paragraphs_of(item: Item, zones: Sequence[str]) -> tuple[Paragraph, ...]:
    """Return an item's zones of some kinds, numbered from 1 in the text's order."""
    chosen = (zone for zone in item.zones if zone.kind in zones)
    return tuple(
        Paragraph(number, zone.kind, zone.start, zone.end) for number, zone in enumerate(chosen, 1)
    )


def portions(
    corpus: Corpus, items: Sequence[str], options: Options
) -> Iterator[tuple[str, tuple[Paragraph, ...], tuple[int, ...]]]:
    """Yield each packet's item, the item's paragraphs, and the numbers of those to annotate.

    Which paragraphs a packet holds does not depend on the order; only their sequence does.
    """
    for item_id in in_order(items, options, "items"):
        paragraphs = paragraphs_of(corpus.items[item_id][1], options.zones)
        size = options.size or max(1, len(paragraphs))
        starts = range(0, len(paragraphs), size)
        for start in in_order(starts, options, item_id):
            part = paragraphs[start : start + size]
            yield item_id, paragraphs, tuple(each.number for each in part)


def in_order(values: Sequence[T], options: Options, salt: str) -> list[T]:
    """Return values in the order that was asked for; shuffled means by a hash with the seed.

    A hash, since the sequence that a random generator gives may change between Python versions.
    """
    if options.order == "document":
        return list(values)
    if options.order == "reversed":
        return list(values)[::-1]

    def key(place: int) -> str:
        return hashlib.sha256(f"{options.seed}:{salt}:{place}".encode()).hexdigest()

    return [values[place] for place in sorted(range(len(values)), key=key)]
