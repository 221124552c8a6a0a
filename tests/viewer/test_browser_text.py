"""Every span of every set stands in the page with its whole text, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from corpora import GOOD
from newspan import view
from newspan.corpus import AnnotationSet, Corpus, read_corpus
from newspan.model import Item
from view_reader import Reader

ROOT = Path(__file__).parents[2]
SETS = sorted(path.parent.name for path in (ROOT / "annotation/sets").glob("*/set.json"))
View = Callable[..., Reader]


def read(folder: Path) -> Corpus:
    """Return a corpus."""
    corpus, _ = read_corpus(folder)
    assert corpus is not None
    return corpus


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """Return the shipped corpus."""
    return read(ROOT)


def surfaces(chosen: AnnotationSet, item: Item) -> dict[str, str]:
    """Return the surface of each span that a set has in an item, by id."""
    return {span.id: span.text for span in chosen.spans_in.get(item.id, ())}


def assert_shows(reader: Reader, corpus: Corpus, set_id: str) -> int:
    """Go to each item with a set's annotations, compare, and return how many spans there were."""
    number = 0
    for item_id, (document, item) in corpus.items.items():
        expected = surfaces(corpus.sets[set_id], item)
        reader.go(f"#item/{item_id}?set={set_id}")
        found = reader.segments(".text")
        assert {key: found.get(key) for key in expected} == expected, item_id
        text = corpus.texts[document.id][item.start : item.end]
        assert reader.text("#view .text") == text, item_id
        number += len(expected)
    return number


@pytest.mark.parametrize("set_id", SETS)
def test_the_text_that_a_span_covers_in_the_page_is_its_surface(
    viewed: View, shipped: Path, corpus: Corpus, set_id: str
) -> None:
    """For every span of every set of the shipped corpus; and the whole text is the item's."""
    reader = viewed(shipped)

    number = assert_shows(reader, corpus, set_id)

    assert number == len(corpus.sets[set_id].spans) > 0


def test_text_that_is_hard_on_offsets_is_covered_exactly(viewed: View, tmp_path: Path) -> None:
    """Emoji, accents, zero width, no-break spaces, CR LF and right-to-left script are no matter."""
    page = view(GOOD, out=tmp_path / "view.html").page
    corpus = read(GOOD)
    reader = viewed(page)

    for set_id in corpus.sets:
        assert assert_shows(reader, corpus, set_id) == len(corpus.sets[set_id].spans) > 0


def test_every_span_has_a_place_on_the_page_that_can_be_seen(
    viewed: View, shipped: Path, corpus: Corpus
) -> None:
    """Each piece of a span with letters in it has a box, of a size, in the column of the text."""
    reader = viewed(shipped)

    for item_id in corpus.items:
        reader.go(f"#item/{item_id}?set=consensus")
        lost = reader.page.evaluate(
            """() => [...document.querySelectorAll("#view .text .seg")].filter((seg) => {
                 if (!seg.textContent.trim()) return false;
                 return ![...seg.getClientRects()].some((box) => box.width > 0 && box.height > 8);
               }).map((seg) => seg.textContent)"""
        )
        assert lost == [], item_id


def test_zones_look_like_what_they_are(viewed: View, shipped: Path, corpus: Corpus) -> None:
    """No two kinds of zones of an item look alike, by size, weight, colour, slant or words."""
    reader = viewed(shipped, "#item/001-i1?set=consensus")
    looks: dict[str, tuple[str, ...]] = reader.page.evaluate(
        """() => {
          const found = {};
          for (const zone of document.querySelectorAll("#view .text .zone")) {
            const kind = zone.className.match(/zone-(\\w+)/)[1];
            const style = getComputedStyle(zone);
            const before = getComputedStyle(zone, "::before").content;
            found[kind] = [style.fontSize, style.fontWeight, style.color, style.fontStyle, before];
          }
          return found;
        }"""
    )

    kinds = {zone.kind for zone in corpus.items["001-i1"][1].zones}
    assert kinds <= set(looks)
    assert len({tuple(look) for look in looks.values()}) == len(looks)
