"""The page says no more than the records do, in a real browser, however fast a reader goes."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpora import GOOD
from newspan import view
from newspan.corpus import Corpus
from newspan.model import Span
from view_reader import Reader

View = Callable[..., Reader]


@pytest.fixture(scope="module")
def partial_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus of which not all was looked at, with names that objects have already.

    For attributions nobody looked at titles. The set `constructor` looked at one item, and found
    nothing; a technique is called `toString`.
    """
    folder = tmp_path_factory.mktemp("partial") / "corpus"
    shutil.copytree(GOOD, folder)
    labels = json.loads((folder / "schema/labels.json").read_bytes())
    for label in labels["labels"]:
        if label["id"] == "Belittling":
            label["id"] = "toString"
    (folder / "schema/labels.json").write_text(json.dumps(labels), encoding="utf-8")
    digest = hashlib.sha256((folder / "schema/labels.json").read_bytes()).hexdigest()
    sets = folder / "annotation/sets"
    for path in sets.glob("*/*.jsonl"):
        renamed = path.read_bytes().replace(b'"Belittling"', b'"toString"')
        path.write_bytes(renamed)
    layers = ["claim", "attribution", "loaded_language"]
    heads: dict[str, dict[str, Any]] = {
        name: json.loads((sets / name / "set.json").read_bytes())
        for name in ("consensus", "reuse_v1")
    }
    heads["consensus"]["coverage"] = [
        {"item": "d1-i1", "layers": layers, "zones": ["paragraph"]},
        {"item": "d1-i1", "layers": ["loaded_language"], "zones": ["title"]},
        {"item": "d2-i1", "layers": layers[1:], "zones": ["paragraph"]},
    ]
    once = {"item": "d1-i2", "layers": layers, "zones": ["paragraph"]}
    heads["constructor"] = {**heads["consensus"], "id": "constructor", "coverage": [once]}
    (sets / "constructor").mkdir()
    for name, head in heads.items():
        content = json.dumps({**head, "labels_sha256": digest})
        (sets / name / "set.json").write_text(content, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def partial(partial_corpus: Path) -> Path:
    """Return its page."""
    return view(partial_corpus, out=partial_corpus.parent / "view.html").page


def legend(reader: Reader) -> list[str]:
    """Return the lines of an item's legend."""
    texts: list[str] = reader.page.locator(".legend .legend-row").all_inner_texts()
    return [" ".join(each.split()) for each in texts]


def test_an_item_that_a_set_did_not_look_at_is_not_called_empty(
    viewed: View, partial: Path, shipped: Path, corpus: Corpus
) -> None:
    """Nothing found is one thing, nobody looked another: for computed passages too."""
    reader = viewed(partial, "#item/d2-i1?set=constructor")
    assert all("not looked at in this item" in row for row in legend(reader))
    assert "did not look at this item" in reader.text(".item-set-says")
    reader.go("#item/d1-i2?set=constructor")
    assert all("looked for, none found" in row for row in legend(reader))
    reader.go("#item/d2-i1?set=consensus")
    assert "not looked at" in legend(reader)[0]

    unseen = [
        item
        for item in corpus.items
        if all(each.item != item for each in corpus.sets["parallels_v1"].info.coverage)
    ]
    assert unseen
    reader = viewed(shipped, f"#item/{unseen[0]}?set=parallels_v1")
    assert "not looked at in this item" in legend(reader)[0]


def test_the_list_tells_none_found_from_not_looked_at(
    viewed: View, partial: Path, partial_corpus: Path
) -> None:
    """A 0 where the set looked, a dash where it did not: in one file and in a folder."""
    folder = view(partial_corpus, out=partial_corpus.parent / "view", folder=True).page
    for page in (partial, folder):
        reader = viewed(page, "#items?set=constructor")
        rows = {
            item: reader.page.locator(f"tr[data-item={item}] td").all_inner_texts()[5:8]
            for item in ("d1-i1", "d1-i2", "d2-i1")
        }
        assert rows == {"d1-i1": ["–"] * 3, "d1-i2": ["0"] * 3, "d2-i1": ["–"] * 3}


def test_a_voice_that_nobody_looked_for_does_not_look_like_the_authors(
    viewed: View, partial: Path
) -> None:
    """Where there are no attributions, the line is another, and the legend says what it means."""
    reader = viewed(partial, "#item/d1-i1?set=consensus")
    unknown, author = (
        reader.page.evaluate(
            """(key) => getComputedStyle([...document.querySelectorAll(".text .seg")]
                 .find((at) => at.marks.includes(key))).backgroundImage""",
            key,
        )
        for key in ("l3", "c2")
    )
    assert "90deg" in unknown  # a pattern along the line
    assert "90deg" not in author
    assert "nobody looked for attributions" in legend(reader)[-1]

    reader.go("#item/d1-i1?set=consensus&span=l3")
    assert "voice" not in reader.text(".side-body").lower()


def test_names_that_objects_have_already_are_names(viewed: View, partial: Path) -> None:
    """A technique called `toString` stands above its spans; a set `constructor` can be searched."""
    reader = viewed(partial, "#item/d1-i1?set=consensus")
    tags = reader.page.evaluate(
        "() => [...document.querySelectorAll('.tag')].map((at) => at.dataset.tag)"
    )
    assert "tostring" in tags
    for place in ("in=label&q=toString", "in=source&q=mayor"):
        reader.go(f"#search?{place}&set=constructor")
        reader.page.get_by_text("Nothing found").wait_for()


def test_a_folder_counts_labels_of_the_set_that_is_chosen(
    viewed: View, shipped_folder: Path, corpus: Corpus
) -> None:
    """As many spans as the set has of a label, not as the set with most of them."""
    spans = {name: list(each.spans.values()) for name, each in corpus.sets.items()}
    counts = {name: Counter(span.label for span in spans[name]) for name in ("pass_a", "pass_b")}
    label = next(each for each, n in counts["pass_a"].items() if n != counts["pass_b"][each])
    reader = viewed(shipped_folder)
    for name, counted in counts.items():
        reader.go(f"#search?in=label&q={label}&set={name}")
        reader.page.wait_for_function(
            "() => /\\.$/.test(document.getElementById('search-said').textContent)"
        )
        found = reader.text("#search-said")
        items = sum(
            any(span.label == label for span in corpus.sets[name].spans_in.get(item, ()))
            for item in corpus.items
        )
        assert found == f"{counted[label]} spans in {items} items."


# --- readers who are faster than their disks ------------------------------------------------------


class Held:
    """Parts of a folder that do not arrive before they are let go."""

    def __init__(self, reader: Reader, name: str) -> None:
        """Hold a part of that name; the page is loaded again, or it would not be noticed."""
        self._routes: list[Any] = []
        self._open = threading.Event()
        reader.page.route(f"**/parts/{name}.js", self._take)
        reader.page.reload()
        reader.settle()

    def _take(self, route: Any) -> None:
        if self._open.is_set():
            route.continue_()
        else:
            self._routes.append(route)

    @property
    def asked(self) -> bool:
        """Tell whether the page has asked for it."""
        return bool(self._routes)

    def let_go(self) -> None:
        """Let what was asked for arrive."""
        self._open.set()
        for route in self._routes:
            route.continue_()


def hold(reader: Reader, name: str, hash_: str) -> Held:
    """Go to an address that needs a part, which does not arrive."""
    held = Held(reader, name)
    reader.page.evaluate("(hash) => { location.hash = hash; }", hash_)
    for _ in range(100):
        if held.asked:
            break
        reader.page.wait_for_timeout(20)
    assert held.asked
    return held


def three_places(corpus: Corpus) -> tuple[Span, list[tuple[str, Span]]]:
    """Return the canonical block of a cluster, and copies of it in two further items."""
    chosen = corpus.sets["reuse_v1"]
    for head in chosen.spans.values():
        if head.copy_role != "canonical":
            continue
        items = {chosen.item_of[head.id]}
        copies = []
        for span in chosen.spans.values():
            if span.cluster == head.cluster and chosen.item_of[span.id] not in items:
                items.add(chosen.item_of[span.id])
                copies.append((chosen.item_of[span.id], span))
        if len(copies) > 1:
            return head, copies
    raise ValueError("no passage stands in three items")


def test_the_copy_that_was_asked_for_last_is_shown(
    viewed: View, shipped_folder: Path, corpus: Corpus
) -> None:
    """A part that comes late does not replace what the reader went on to."""
    head, copies = three_places(corpus)
    (slow_item, slow), (item, copy) = copies[:2]
    reader = viewed(shipped_folder, f"#reuse?cluster={head.cluster}&member={copy.id}")

    held = hold(reader, f"item-{slow_item}", f"#reuse?cluster={head.cluster}&member={slow.id}")
    reader.page.evaluate(
        "(hash) => { location.hash = hash; }", f"#reuse?cluster={head.cluster}&member={copy.id}"
    )
    reader.page.wait_for_timeout(50)
    held.let_go()
    reader.page.wait_for_timeout(300)

    assert item in reader.text(".reuse-panel.is-copy h2")
    assert reader.text(".reuse-panel.is-copy .reuse-passage") == copy.text
    assert item in reader.text(".reuse-choice[aria-current=true]")


def test_what_the_reader_has_left_does_not_come_back(
    viewed: View, shipped_folder: Path, corpus: Corpus
) -> None:
    """A comparison that arrives after another view was opened leaves that one where it is."""
    item = list(corpus.items)[-1]
    reader = viewed(shipped_folder, "#comparison", height=400)
    conflict = reader.page.locator("#comparison-found a[href*='conflict=']").last
    name = str(conflict.get_attribute("href")).rpartition("conflict=")[2]

    held = hold(reader, f"item-{item}", f"#comparison/{item}?conflict={name}")
    reader.go("#about")
    reader.page.evaluate("() => scrollTo(0, 300)")
    held.let_go()
    reader.page.wait_for_timeout(300)

    assert reader.page.locator("#view h1").all_inner_texts() == ["About this page"]
    assert reader.page.evaluate("() => scrollY") == 300
    assert reader.page.locator("#view [role=alert]").count() == 0
