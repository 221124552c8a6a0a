"""Reading an item in a real browser: choosing spans, filters, links, keys, provenance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from newspan.corpus import AnnotationSet, Corpus
from newspan.model import Item, Span
from view_reader import Reader

View = Callable[..., Reader]
ROOT = Path(__file__).parents[2]
ITEM = "001-i1"
AT = f"#item/{ITEM}?set=consensus"


@pytest.fixture(scope="module")
def consensus(corpus: Corpus) -> AnnotationSet:
    """Return the set that is shown first."""
    return corpus.sets["consensus"]


@pytest.fixture(scope="module")
def item(corpus: Corpus) -> Item:
    """Return the item that is read."""
    return corpus.items[ITEM][1]


def chosen(reader: Reader) -> str | None:
    """Return the id of the span that the address says is chosen."""
    _, _, query = reader.hash.partition("?")
    return dict(part.split("=") for part in query.split("&") if part).get("span")


def around(spans: list[Span], span: Span) -> list[str]:
    """Return the ids of the spans that hold all of one, innermost first, itself among them."""
    holders = [each for each in spans if each.start <= span.start and span.end <= each.end]
    return [each.id for each in sorted(holders, key=lambda each: each.end - each.start)]


def nested(spans: list[Span]) -> Span:
    """Return a span that stands inside two others, of different extents, and holds none."""
    for span in spans:
        inside = [s for s in spans if s is not span and s.start < span.end and span.start < s.end]
        extents = {(s.start, s.end) for s in inside} | {(span.start, span.end)}
        holders = all(s.start <= span.start and span.end <= s.end for s in inside)
        if len(inside) >= 2 and holders and len(extents) == len(inside) + 1:
            return span
    raise AssertionError("no span of the item is nested in two others")


def click(reader: Reader, span_id: str) -> None:
    """Click on the first letters of a span, as with a mouse."""
    place = reader.page.evaluate(
        """(id) => {
          const seg = [...document.querySelectorAll("#view .seg")].find((at) =>
            at.marks && at.marks.includes(id) && at.textContent.trim());
          seg.scrollIntoView({ block: "center" });
          const range = document.createRange(), text = document.createTreeWalker(seg, 4).nextNode();
          range.setStart(text, 0);
          range.setEnd(text, 1);
          const box = range.getBoundingClientRect();
          return [box.left + 2, box.top + box.height / 2];
        }""",
        span_id,
    )
    reader.page.mouse.click(*place)
    reader.page.wait_for_timeout(80)


def shown_panel(reader: Reader) -> str:
    """Return the words of the panel beside the text, as they are seen."""
    return str(reader.page.locator("#view aside, #view .panel, #view .details").first.inner_text())


def test_a_click_chooses_the_innermost_span_and_more_clicks_those_around_it(
    viewed: View, shipped: Path, consensus: AnnotationSet
) -> None:
    """Each further click on the same place goes one outwards, and then begins again inside."""
    span = nested(consensus.spans_in[ITEM])
    holders = around(consensus.spans_in[ITEM], span)
    reader = viewed(shipped, AT)

    seen = []
    for _ in range(len(holders) + 1):
        click(reader, span.id)
        seen.append(chosen(reader))

    assert seen == [*holders, holders[0]]


def test_a_chosen_spans_attributes_producer_and_decision_are_told(
    viewed: View, shipped: Path, consensus: AnnotationSet
) -> None:
    """The panel has the label, what the label means, the ends, who annotated, and the decision."""
    reader = viewed(shipped, f"{AT}&span=cf47fcb48c6da523")

    panel = shown_panel(reader)

    for said in ("Factual", "Claude", "8,794", "8,855"):
        assert said in panel, (said, panel)
    assert str(consensus.spans["cf47fcb48c6da523"].decision) in panel.lower()
    assert "indirect" in panel


def test_the_parts_of_an_attribution_are_drawn_together(
    viewed: View, shipped: Path, consensus: AnnotationSet
) -> None:
    """Choosing its cue lets source and content stand out, each by what it is."""
    attribution = consensus.attributions["a0733b38005e1253"]
    reader = viewed(shipped, f"{AT}&span={attribution.cue_id}")

    parts = reader.page.evaluate(
        """() => { const found = {};
          for (const seg of document.querySelectorAll("#view .seg.on"))
            for (const key of seg.marks) found[key] = true;
          return Object.keys(found); }"""
    )

    assert set(attribution.part_ids) <= set(parts)


def test_a_layer_and_a_label_are_switched_off_and_on_again(
    viewed: View, shipped: Path, consensus: AnnotationSet
) -> None:
    """Spans of what is off can't be clicked or stepped to; the text stays as it was."""
    reader = viewed(shipped, AT)
    before = reader.text("#view .text")
    (claims,) = reader.page.locator(".legend button", has_text="Claims").all()

    claims.click()

    assert claims.get_attribute("aria-pressed") == "false"
    assert reader.text("#view .text") == before
    shown = stepped(reader)
    layers = {span.id: span.layer for span in consensus.spans_in[ITEM]}
    assert {layers[each] for each in shown} == {"attribution", "loaded_language"}
    claims.click()
    reader.page.locator(".legend button", has_text="Factual").first.click()
    labels = {span.id: span.label for span in consensus.spans_in[ITEM]}
    assert "factual" not in {labels[each] for each in stepped(reader)}


def stepped(reader: Reader, number: int = 25) -> list[str]:
    """Return the ids of the first spans that the key j steps to, from none chosen."""
    reader.page.locator("#main").focus()
    reader.press("Escape")
    seen: list[str] = []
    for _ in range(number):
        reader.press("j")
        here = chosen(reader)
        if here is None or here in seen:
            break
        seen.append(here)
    return seen


def test_what_was_switched_off_is_remembered_and_does_not_hide_what_a_link_asks_for(
    viewed: View, shipped: Path
) -> None:
    """A link to a span of a layer that is off still shows its details."""
    reader = viewed(shipped, AT)
    reader.page.locator(".legend button", has_text="Claims").click()

    reader.go(f"{AT}&span=cf47fcb48c6da523")

    assert "Factual" in shown_panel(reader)


def test_j_and_k_step_through_all_spans_in_the_texts_order(
    viewed: View, shipped: Path, consensus: AnnotationSet
) -> None:
    """j goes on, k goes back, Escape lets go; each step is in the address."""
    spans = consensus.spans_in[ITEM]
    reader = viewed(shipped, AT)

    seen = stepped(reader, 12)

    starts = {span.id: span.start for span in spans}
    assert len(seen) == 12
    assert [starts[each] for each in seen] == sorted(starts.values())[:12]
    reader.press("k", "k")
    assert chosen(reader) == seen[-3]
    reader.press("Escape")
    assert chosen(reader) is None


def test_a_link_to_a_span_shows_it(viewed: View, shipped: Path, consensus: AnnotationSet) -> None:
    """The span is chosen, in the window, and a screen reader is told what it is."""
    span = consensus.spans_in[ITEM][-1]
    reader = viewed(shipped, f"{AT}&span={span.id}")

    assert chosen(reader) == span.id
    assert in_window(reader, span.id)
    reader.page.wait_for_function("() => document.getElementById('live').textContent")
    assert span.text.split()[0] in reader.text("#live")


def in_window(reader: Reader, span_id: str) -> bool:
    """Tell whether a span's first piece can be seen without scrolling."""
    return bool(
        reader.page.evaluate(
            """(id) => {
              const seg = [...document.querySelectorAll("#view .seg")].find((at) =>
                at.marks.includes(id) && at.textContent.trim());
              const box = seg.getClientRects()[0];
              const top = document.elementFromPoint(box.left + 2, box.top + 4);
              return box.top >= 0 && box.bottom <= innerHeight && seg.contains(top);
            }""",
            span_id,
        )
    )


@pytest.mark.parametrize("width", [1440, 390])
def test_a_link_to_an_extent_shows_it(
    viewed: View, shipped: Path, item: Item, corpus: Corpus, width: int
) -> None:
    """The characters from one offset of the document to another are marked, and in the window."""
    text = corpus.texts["001"]
    start = text.index("Wikipedia", item.start + 4000)
    reader = viewed(shipped, f"{AT}&at={start}-{start + 9}", width=width)

    marked = reader.page.evaluate(
        """() => [...document.querySelectorAll("#view .text .evidence")].map((at) =>
             [at.textContent, at.getBoundingClientRect().top])"""
    )

    assert "".join(words for words, _ in marked) == "Wikipedia"
    assert 0 <= marked[0][1] <= 900


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("#item/nowhere-i9", "nowhere-i9"),
        ("#item/", "item"),
        ("#nothing", "nothing"),
        (f"#item/{ITEM}?set=nobody", "nobody"),
        ("#reuse?cluster=none", "none"),
        ("#comparison?conflict=none", "none"),
        ("#comparison/nowhere-i9", "nowhere-i9"),
        ("#%E0%A4%A", "%E0%A4%A"),
    ],
)
def test_a_link_to_what_is_not_there_says_so(
    viewed: View, shipped: Path, place: str, said: str
) -> None:
    """A message names what was asked for, and leads back to what there is."""
    reader = viewed(shipped, place)

    alert = reader.page.locator("#view [role=alert]").first

    assert said in alert.inner_text()
    assert reader.page.locator("#view a").count()


@pytest.mark.parametrize("query", ["span=nothing", "at=9-3", "at=x", "at=99999999999-1", "span="])
def test_a_link_to_no_span_or_extent_shows_the_item(
    viewed: View, shipped: Path, query: str
) -> None:
    """What of an address names nothing is left alone; the text is there."""
    reader = viewed(shipped, f"{AT}&{query}")

    assert reader.page.locator("#view .text .seg").count() > 100


def test_another_set_is_chosen(viewed: View, shipped: Path, corpus: Corpus) -> None:
    """The chooser has every set; choosing one shows its spans, and is in the address."""
    reader = viewed(shipped, AT)
    chooser = reader.page.get_by_label("Annotations")
    options = chooser.locator("option").evaluate_all("(all) => all.map((each) => each.value)")

    assert set(options) == set(corpus.sets)
    chooser.select_option("pass_a")
    reader.settle()
    assert "set=pass_a" in reader.hash
    expected = {span.id for span in corpus.sets["pass_a"].spans_in[ITEM]}
    assert expected <= set(reader.segments())


def test_back_and_forward_go_where_the_reader_was(viewed: View, shipped: Path) -> None:
    """From the list to an item and on, and all the way back, with the place in the list."""
    reader = viewed(shipped, "#items")
    reader.page.locator("#view a[href*='004-i3']").first.click()
    reader.settle()
    assert "004-i3" in reader.hash
    reader.page.keyboard.press("]")
    reader.settle()
    assert "004-i4" in reader.hash

    reader.page.go_back()
    reader.settle()
    assert "004-i3" in reader.hash
    assert reader.page.locator("#view .text .seg").count()
    reader.page.go_back()
    reader.settle()
    assert reader.page.locator("#view table").count()
    reader.page.go_forward()
    reader.settle()
    assert "004-i3" in reader.hash


def test_the_evidence_of_a_stance_is_shown_in_the_text(
    viewed: View, shipped: Path, item: Item
) -> None:
    """The provenance names targets and stances; clicking on evidence marks its words."""
    evidence = next(
        each for stance in item.partisanship.stance for each in stance.evidence if each.text
    )
    reader = viewed(shipped, AT)
    reader.page.get_by_role("tab", name="Provenance").or_(
        reader.page.get_by_role("button", name="Provenance")
    ).first.click()
    for summary in reader.page.locator("#view .provenance summary").all():
        summary.evaluate("(at) => { at.parentElement.open = true; }")
    words = str(evidence.text)[:30]

    reader.page.locator(".provenance-stance").get_by_text(words).first.click()
    reader.page.wait_for_timeout(150)

    marked = reader.page.evaluate(
        """() => {
          const range = [...(CSS.highlights.get("flash") || [])][0];
          const evidence = [...document.querySelectorAll("#view .text .evidence")];
          return range ? range.toString() : evidence.map((at) => at.textContent).join("");
        }"""
    )
    assert marked == evidence.text


def test_the_chain_and_who_holds_which_view_are_told(
    viewed: View, shipped: Path, corpus: Corpus, item: Item
) -> None:
    """Every outlet of the chain, its confidence, the contested views with their holders."""
    reader = viewed(shipped, AT)
    reader.page.get_by_role("tab", name="Provenance").or_(
        reader.page.get_by_role("button", name="Provenance")
    ).first.click()
    told = reader.text("#view aside, #view .panel")

    for step in item.chain:
        outlet = corpus.outlets[step.outlet]
        assert outlet.name in told
        for view in outlet.views:
            assert view.holder in told
    for missing in item.partisanship.missing_perspectives:
        assert missing in told


def test_everything_can_be_reached_and_used_without_a_mouse(viewed: View, shipped: Path) -> None:
    """Tab goes through all controls and shows where it is; Enter opens; no trap."""
    reader = viewed(shipped, "#items")
    seen = []
    for _ in range(60):
        reader.press("Tab")
        here = reader.page.evaluate(
            """() => { const at = document.activeElement;
                 if (!at || at === document.body) return null;
                 const style = getComputedStyle(at);
                 const visible = style.outlineStyle !== "none" || style.boxShadow !== "none";
                 return [at.tagName, at.getAttribute("href") || at.id || at.textContent, visible];
               }"""
        )
        if here is None:
            break
        seen.append(here)

    assert all(visible for *_, visible in seen), seen
    assert any("#item/" in name for _, name, _ in seen)
    reader.page.locator(f"#view a[href^='#item/{ITEM}']").first.focus()
    reader.press("Enter")
    reader.settle()
    assert ITEM in reader.hash
    reader.press("?")
    assert reader.page.locator("dialog[open]").is_visible()
    reader.press("Escape")
    assert reader.page.locator("dialog[open]").count() == 0
    reader.press("/")
    reader.page.keyboard.type("council")
    assert reader.page.evaluate("() => document.activeElement.value") == "council"
