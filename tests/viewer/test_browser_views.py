"""The list, search, shared passages and figures in a real browser; narrow, on paper, by theme."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpora import GOOD
from newspan import view
from newspan.corpus import Corpus
from newspan.model import Span
from view_reader import EVERYWHERE, Reader

View = Callable[..., Reader]
ROOT = Path(__file__).parents[2]


def number_of(text: str) -> int:
    """Return the first number in a text."""
    found = re.search(r"[\d,]+", text)
    assert found, text
    return int(found[0].replace(",", ""))


def payload(reader: Reader, name: str) -> Any:
    """Return a part as it stands in the page."""
    return json.loads(reader.text(f"#part-{name}"))


# --- the first screen -----------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1440, 390])
def test_the_first_screen_warns_and_says_what_labels_do_not_mean(
    viewed: View, shipped: Path, corpus: Corpus, width: int
) -> None:
    """Warning, meaning and who annotated are seen without a click; wide, without scrolling."""
    reader = viewed(shipped, width=width, height=900)

    for selector, said in (
        ("#warning", str(corpus.info.content_warning)),
        ("#meaning", "never truth and never a side"),
        ("#made", "no person has verified any of them"),
    ):
        place = reader.page.locator(selector)
        assert said in place.inner_text()
        if width == 1440:
            box = place.bounding_box()
            assert box["y"] + box["height"] <= 900
    assert reader.page.locator("#view tbody tr").count() == len(corpus.items)


def test_the_list_is_filtered_and_sorted(viewed: View, shipped: Path, corpus: Corpus) -> None:
    """By words of title, outlet or id; by any column, both ways; both are in the address."""
    reader = viewed(shipped)
    rows = reader.page.locator("#view tbody tr")

    reader.page.get_by_role("button", name=re.compile("Characters")).click()

    lengths = [item.end - item.start for _, item in corpus.items.values()]
    longest = max(lengths)
    names = reader.page.locator("#view thead th").all_text_contents()
    column = next(n for n, name in enumerate(names) if name.startswith("Characters"))
    assert number_of(rows.first.locator("td, th").nth(column).inner_text()) == longest
    assert "sort=" in reader.hash
    reader.page.get_by_label("Find").fill("004-i")
    reader.page.wait_for_function("() => location.hash.includes('filter=')")
    expected = sum(item.startswith("004-i") for item in corpus.items)
    reader.page.wait_for_timeout(100)
    assert rows.count() == expected


# --- search ---------------------------------------------------------------------------------------


def test_every_place_of_a_word_is_found_and_can_be_gone_to(
    viewed: View, shipped: Path, corpus: Corpus
) -> None:
    """Case does not matter; a result leads to the very characters."""
    slices = [
        corpus.texts[document.id][item.start : item.end] for document, item in corpus.items.values()
    ]
    expected = sum(text.lower().count("troll") for text in slices)
    reader = viewed(shipped, "#items")

    reader.press("/")
    reader.page.keyboard.type("TROLL")
    reader.press("Enter")
    reader.page.wait_for_function("() => /\\.$/.test(document.querySelector('#search-said')"
                                  "?.textContent || '')")  # fmt: skip

    assert number_of(reader.text("#search-said")) == expected
    reader.page.locator("#view a[href*='at=']").first.click()
    reader.settle()
    marked = reader.page.locator("#view .text .evidence").all_text_contents()
    assert "".join(marked).lower() == "troll"


def test_spans_are_found_by_label(viewed: View, shipped: Path, corpus: Corpus) -> None:
    """As many as the set has; a result chooses the span."""
    label = "Exaggeration-Minimisation"
    expected = [each for each in corpus.sets["consensus"].spans.values() if each.label == label]
    reader = viewed(shipped, f"#search?in=label&q={label}")
    reader.page.wait_for_selector("#view a[href*='span=']")

    assert number_of(reader.text("#search-said")) == len(expected)
    reader.page.locator("#view a[href*='span=']").first.click()
    reader.settle()
    assert any(span.id in reader.hash for span in expected)


def test_attributions_are_found_by_source(viewed: View, shipped: Path, corpus: Corpus) -> None:
    """By the words of the text or the name on record, of the set that is chosen."""
    chosen = corpus.sets["consensus"]
    words = {
        each.id: [each.source_name or "", *(chosen.spans[s].text for s in each.source_ids)]
        for each in chosen.attributions.values()
    }
    expected = sum(
        any("jazexhi" in name.lower() for name in names) for names in words.values()
    ) or sum(any("media" in name.lower() for name in names) for names in words.values())
    asked = "jazexhi" if any("azexhi" in n for names in words.values() for n in names) else "media"
    reader = viewed(shipped, f"#search?in=source&q={asked}")
    reader.page.wait_for_selector("#view a[href*='span=']")

    assert number_of(reader.text("#search-said")) == expected > 0


def test_nothing_found_is_said(viewed: View, shipped: Path) -> None:
    """A search without results says so, and accents and width of letters are no matter."""
    reader = viewed(shipped, "#search?q=zzzzqq")

    reader.page.wait_for_function(
        "() => document.querySelector('#search-said').textContent.includes('Nothing found')"
    )


# --- shared passages ------------------------------------------------------------------------------


def near(corpus: Corpus) -> tuple[Span, Span]:
    """Return a canonical block and a copy that differs from it."""
    blocks = corpus.sets["reuse_v1"].spans.values()
    copy = next(each for each in blocks if each.match == "near" and each.alignment)
    head = next(
        each for each in blocks if each.cluster == copy.cluster and each.copy_role == "canonical"
    )
    return head, copy


def test_copies_stand_side_by_side_aligned_to_the_character(
    viewed: View, shipped: Path, corpus: Corpus
) -> None:
    """Both sides have their whole text; pieces that are called equal are, and stand abreast."""
    head, copy = near(corpus)
    reader = viewed(shipped, f"#reuse?cluster={copy.cluster}&member={copy.id}")

    sides = reader.page.locator(".reuse-passage").evaluate_all(
        "(all) => all.map((at) => at.textContent)"
    )
    pairs = reader.page.evaluate(
        """() => {
          const of = (side) => new Map([...document.querySelectorAll(
            `.is-${side} .reuse-equal`)].map((at) => [at.dataset.piece, at.textContent]));
          const [one, other] = [of("head"), of("copy")];
          return [...one].map(([piece, text]) => [text, other.get(piece)]);
        }"""
    )

    assert sides == [head.text, copy.text]
    assert pairs
    assert all(one == other for one, other in pairs)
    assert sum(len(one) for one, _ in pairs) == sum(run.end - run.start for run in copy.alignment)


def test_one_goes_from_copy_to_copy_and_on_to_the_item(
    viewed: View, shipped: Path, corpus: Corpus
) -> None:
    """n shows the next copy; the link opens the item at the passage."""
    clusters = corpus.sets["reuse_v1"].clusters
    many = next(name for name, each in clusters.items() if each.members > 2)
    reader = viewed(shipped, f"#reuse?cluster={many}")
    seen = set()
    for _ in range(clusters[many].members - 1):
        reader.press("n")
        reader.page.wait_for_timeout(150)
        seen.add(reader.hash)

    assert len(seen) == clusters[many].members - 1
    reader.page.get_by_role("link", name="Go to this place").last.click()
    reader.settle()
    marked = "".join(reader.page.locator("#view .text .evidence").all_text_contents())
    texts = {span.text for span in corpus.sets["reuse_v1"].spans.values() if span.cluster == many}
    assert marked in texts


def test_the_map_leads_to_every_passage(viewed: View, shipped: Path, corpus: Corpus) -> None:
    """Every cluster with two members or more can be opened from the first view."""
    reader = viewed(shipped, "#reuse")
    for more in reader.page.locator("#view button:visible", has_text="more").all():
        more.click()

    linked = reader.page.locator("#view a[href*='cluster=']").evaluate_all(
        "(all) => all.map((at) => at.getAttribute('href'))"
    )

    found = {re.search(r"cluster=([^&]+)", each)[1] for each in linked}  # type: ignore[index]
    assert set(corpus.sets["reuse_v1"].clusters) <= found


@pytest.mark.parametrize("width", [1440, 390])
def test_what_is_opened_from_far_down_is_shown_from_its_beginning(
    viewed: View, shipped: Path, width: int
) -> None:
    """A passage, a conflict, an item begin at their heading; back leads to the place before."""
    for place, link in (
        ("#reuse", "#view table a[href*='cluster=']"),
        ("#comparison", "#view li a[href*='conflict=']"),
        ("#comparison", "#view table a[href^='#comparison/']"),
        ("#search?q=media", "#view a[href*='#item']"),
        ("#items", "#view tbody a"),
    ):
        reader = viewed(shipped, place, width=width, height=500)
        if place.startswith("#search"):
            reader.page.wait_for_selector(link)
        last = reader.page.locator(link).last
        last.scroll_into_view_if_needed()
        reader.page.wait_for_timeout(400)  # what is filled in once it is near has its height
        last.scroll_into_view_if_needed()
        last.click()
        reader.settle()
        reader.page.wait_for_timeout(100)

        seen = reader.page.evaluate(
            """() => { const at = [...document.querySelectorAll("#main h1")].find((each) =>
                 each.checkVisibility()).getBoundingClientRect();
               const found = document.querySelector("#view .text .evidence");
               const place = (found || { getBoundingClientRect: () => at }).getBoundingClientRect();
               return place.top >= 0 && place.top < innerHeight; }"""
        )
        assert seen, (place, link)
        reader.page.go_back()
        reader.settle()
        reader.page.wait_for_timeout(500)
        box = reader.page.locator(link).last.bounding_box()
        assert -50 < box["y"] < 550, (place, link)


# --- figures --------------------------------------------------------------------------------------


#: Keeps what a button hands to the reader, instead of saving it.
_KEEP = """() => {
  window.handed = [];
  URL.createObjectURL = (blob) => { window.handed.push(blob); return "blob:kept"; };
  HTMLAnchorElement.prototype.click = function () { window.handed.name = this.download; };
}"""
#: As it is in its bytes: `text` would drop the mark of UTF-8.
_HANDED = """async () => [window.handed.name, Array.from(new Uint8Array(
  await window.handed.pop().arrayBuffer()))]"""


def handed(reader: Reader, button: Any) -> tuple[str, str]:
    """Return the name and the text of what a button hands to the reader."""
    button.click()
    name, content = reader.page.evaluate(_HANDED)
    return name, bytes(content).decode("utf-8")


def test_a_picture_is_saved_as_a_file(viewed: View, shipped: Path) -> None:
    """The browser saves the SVG of the data, under a name that says what it is of."""
    reader = viewed(shipped, "#figures")
    figure = payload(reader, "figures")[0]

    with reader.page.expect_download(timeout=30_000) as download:
        reader.page.get_by_role("button", name=re.compile("SVG")).first.click()

    assert Path(download.value.path()).read_bytes().decode("utf-8") == figure["svg"]
    assert download.value.suggested_filename.endswith(f"{figure['id']}.svg")


def test_every_picture_and_every_table_can_be_saved(viewed: View, shipped: Path) -> None:
    """The SVG is the one of the data, whole; the CSV has the table's head and rows."""
    reader = viewed(shipped, "#figures")
    figures = payload(reader, "figures")
    shown = reader.page.locator("#view figure")
    assert shown.count() == len(figures) >= 6
    reader.page.evaluate(_KEEP)

    for number, figure in enumerate(figures):
        one = shown.nth(number)
        name, picture = handed(reader, one.get_by_role("button", name=re.compile("SVG")))
        assert (name.rpartition(".")[2], picture) == ("svg", figure["svg"])
        name, table = handed(reader, one.get_by_role("button", name=re.compile("CSV")))
        rows = list(csv.reader(io.StringIO(table.removeprefix("\ufeff"))))
        assert name.endswith(".csv")
        assert rows[0] == [str(each) for each in figure["head"]]
        assert len(rows) == len(figure["rows"]) + 1
        for row, expected in zip(rows[1:], figure["rows"], strict=True):
            for cell, value in zip(row, expected, strict=True):
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    assert float(cell) == pytest.approx(value)
                elif isinstance(value, str):
                    assert cell.removeprefix("'") == value.removeprefix("'")


def test_every_table_can_be_read_in_the_page(viewed: View, shipped: Path) -> None:
    """Below its picture, with the same columns."""
    reader = viewed(shipped, "#figures")
    figures = payload(reader, "figures")

    for number, figure in enumerate(figures):
        one = reader.page.locator("#view figure").nth(number)
        one.locator("summary").first.click()
        if not figure["rows"]:
            continue
        one.locator("thead").wait_for()
        assert one.locator("thead th").all_text_contents() == [str(each) for each in figure["head"]]
        assert one.locator("tbody tr").count() == min(len(figure["rows"]), 250)


# --- the frame ------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", EVERYWHERE)
def test_nothing_is_wider_than_a_telephone(viewed: View, shipped: Path, place: str) -> None:
    """At 390 pixels no view scrolls sideways."""
    reader = viewed(shipped, place, width=390, height=844)
    reader.page.wait_for_timeout(150)

    assert reader.overflows() <= 0


@pytest.mark.parametrize("place", EVERYWHERE)
def test_targets_are_large_enough_for_a_finger(viewed: View, shipped: Path, place: str) -> None:
    """Buttons and fields, with their labels, have at least 24 pixels either way."""
    reader = viewed(shipped, place, width=390, height=844)

    small = reader.page.evaluate(
        """() => [...document.querySelectorAll("button, select, input, summary")].map((at) =>
             at.matches("[type=checkbox], [type=radio]") ? at.closest("label") || at : at)
           .filter((at) => {
             const box = at.getBoundingClientRect();
             if (at.closest(".text") || !at.checkVisibility() || !box.width) return false;
             return box.width < 24 || box.height < 23.5;
           }).map((at) => at.outerHTML.slice(0, 90))"""
    )

    assert small == []


@pytest.mark.parametrize("place", ["#item/001-i1?set=consensus", "#comparison", "#items"])
def test_paper_has_the_text_and_no_controls(viewed: View, shipped: Path, place: str) -> None:
    """Printed, controls are gone and the ground is white; the text and its lines are there."""
    reader = viewed(shipped, place, color_scheme="dark")

    reader.page.emulate_media(media="print")

    shown = reader.page.evaluate(
        """() => [...document.querySelectorAll("nav, #find, #theme, #help-open, input, progress")]
             .filter((at) => at.checkVisibility()).map((at) => at.outerHTML.slice(0, 80))"""
    )
    assert shown == []
    ground = reader.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
    if "item" in place and "items" not in place:
        assert reader.page.locator("#view .text").is_visible()
        background = reader.page.evaluate(
            "() => getComputedStyle(document.querySelector('#view .text .seg')).backgroundImage"
        )
        assert "gradient" in background


def test_the_theme_follows_the_system_until_the_reader_chooses(viewed: View, shipped: Path) -> None:
    """Dark where the system is dark; t goes through light and dark, and it is kept."""
    reader = viewed(shipped, color_scheme="dark")

    def ground() -> str:
        return str(
            reader.page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")
            + reader.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        )

    dark = ground()
    reader.press("t")
    light = ground()
    reader.press("t")

    assert light != dark
    assert ground() == dark
    reader.press("t", "t")
    assert ground() == light
    reader.page.reload()
    reader.settle()
    assert ground() == light


def test_right_to_left_and_cjk_stand_as_they_should(
    viewed: View, hostile: Path, tmp_path: Path
) -> None:
    """Persian paragraphs run from the right, with their lines and marks; Japanese has its spans."""
    reader = viewed(view(GOOD, out=tmp_path / "view.html").page, "#item/d1-i1?set=consensus")

    found = reader.page.evaluate(
        """() => {
          const zone = [...document.querySelectorAll("#view .zone")].find((at) =>
            at.textContent.includes("گفت"));
          const left = (words) => [...zone.querySelectorAll(".seg")].find((at) =>
            at.textContent === words).getBoundingClientRect().left;
          return { direction: getComputedStyle(zone).direction,
                   first: left("شهردار"), second: left("گفت:") };
        }"""
    )
    assert found["direction"] == "rtl"
    assert found["first"] > found["second"]
    other = viewed(hostile, "#item/constructor-i1?set=consensus")
    assert other.segments()["kc-c3"] == "港は開いている"


def test_a_reader_who_wants_no_motion_has_none(viewed: View, shipped: Path) -> None:
    """With reduced motion nothing takes time to move or fade."""
    reader = viewed(shipped, "#item/001-i1?set=consensus", reduced_motion="reduce")

    moving = reader.page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((at) => {
             const style = getComputedStyle(at);
             return style.transitionDuration.split(", ").some((each) => parseFloat(each) > 0.01) ||
               (style.animationName !== "none" && parseFloat(style.animationDuration) > 0.01);
           }).map((at) => at.tagName + at.className)"""
    )

    assert moving == []
