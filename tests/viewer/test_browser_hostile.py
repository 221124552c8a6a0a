"""Whatever texts and records hold is shown, and does nothing, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import hostile_page
from newspan import view
from newspan.corpus import Corpus, read_corpus
from view_reader import Reader

View = Callable[..., Reader]

PLACES = (
    "#items",
    "#search?q=%3Cscript%3E",
    "#search?in=source&q=script",
    "#search?in=source&q=constructor",
    "#search?in=label&q=Belittling",
    "#item/constructor-i1?set=consensus",
    "#item/constructor-i1?set=constructor&span=kc-c1",
    "#item/constructor-i1?set=consensus&span=kc-p0",
    "#item/constructor-i1?set=consensus&span=kc-s1",
    "#item/constructor-i1?set=consensus&span=kc-s2",
    "#item/constructor-i1?set=consensus&span=kc-c2",
    "#item/constructor-i1?set=adjudicated",
    "#item/other-i1?set=reuse_v1&span=b-other",
    "#reuse",
    "#reuse?cluster=constructor",
    "#comparison",
    "#comparison/constructor-i1",
    "#figures",
    "#about",
    "#nothing/<script>?at=<img src=x onerror=window.planted=9>",
    "#item/%3Cimg%20src%3Dx%20onerror%3Dwindow.planted%3D9%3E?set=%22%3E%3Cscript%3E",
)


@pytest.fixture(scope="module")
def corpus(hostile_corpus: Path) -> Iterator[Corpus]:
    """Return the corpus that tries to break out."""
    corpus, _ = read_corpus(hostile_corpus)
    assert corpus is not None
    yield corpus


def assert_harmless(reader: Reader) -> None:
    """Nothing has run, and nothing can: no element, link or attribute came out of a text."""
    page = reader.page
    assert page.evaluate(f"() => window.{hostile_page.FLAG}") is None
    planted = page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter((at) =>
             ["IMG", "IFRAME", "OBJECT", "EMBED"].includes(at.tagName) ||
             (at.tagName === "SCRIPT" && at.hasAttribute("src")) ||
             [...at.attributes].some((each) => /^on/i.test(each.name)))
           .map((at) => at.outerHTML.slice(0, 200))"""
    )
    assert planted == []
    links = page.evaluate(
        """() => [...document.querySelectorAll("[href], [src], [action], [formaction]")].map((at) =>
             ["href", "xlink:href", "src", "action", "formaction"].map((each) =>
               at.getAttribute(each)).find(Boolean) || "")"""
    )
    assert [link for link in links if not link.startswith(("#", "https://", "http://"))] == []


def every_conflict(reader: Reader) -> list[str]:
    """Return the addresses of the comparison that its list of conflicts leads to."""
    reader.go("#comparison")
    found: list[str] = reader.page.evaluate(
        """() => [...new Set([...document.querySelectorAll("#view a[href*='conflict=']")]
             .map((at) => at.getAttribute("href")))]"""
    )
    return found


def test_nothing_planted_runs_in_any_view(viewed: View, hostile: Path) -> None:
    """Scripts, handlers and addresses in titles, notes, names and texts stay text everywhere."""
    reader = viewed(hostile, allowed=("This page has no", "There is no item"))

    for place in PLACES:
        reader.go(place)
        assert_harmless(reader)
        for summary in reader.page.locator("#view details:not([open]) > summary").all():
            if summary.is_visible():
                summary.click()
        assert_harmless(reader)


def test_nothing_planted_runs_in_the_comparison(viewed: View, hostile: Path) -> None:
    """Remarks on decisions, records' notes and names of those who decided stay text."""
    reader = viewed(hostile)
    conflicts = every_conflict(reader)

    assert conflicts
    for place in conflicts:
        reader.go(place)
        assert_harmless(reader)


def test_nothing_planted_runs_from_files_beside_the_page(
    viewed: View, hostile_corpus: Path, tmp_path: Path
) -> None:
    """A folder's parts are scripts; texts in them are strings all the same."""
    page = view(hostile_corpus, out=tmp_path / "view", folder=True).page
    reader = viewed(page, allowed=("This page has no", "There is no item"))

    for place in PLACES:
        reader.go(place)
        assert_harmless(reader)


def test_hostile_text_is_in_the_page_to_the_last_character(
    viewed: View, hostile: Path, corpus: Corpus
) -> None:
    """Markup, NUL, a lone CR, overrides and controls are in the page as in the document."""
    reader = viewed(hostile)

    for set_id, chosen in corpus.sets.items():
        for item_id, (document, item) in corpus.items.items():
            reader.go(f"#item/{item_id}?set={set_id}")
            text = corpus.texts[document.id][item.start : item.end]
            assert reader.text("#view .text") == text
            expected = {span.id: span.text for span in chosen.spans_in.get(item_id, ())}
            found = reader.segments(".text")
            assert {key: found.get(key) for key in expected} == expected


def test_overrides_do_not_reverse_anything(viewed: View, hostile: Path, corpus: Corpus) -> None:
    """The page's own words, beside hostile names and texts, run from left to right."""
    reader = viewed(hostile)
    described = " ".join(str(each.info.description) for each in corpus.sets.values())
    texts = f"{hostile_page.PLANT} {hostile_page.WORDS} {described}"
    planted = set(re.findall(r"[A-Za-z]+", texts))

    for place in PLACES:
        reader.go(place)
        # In a text's direction, a word's later letters stand further right.
        reversed_ = reader.page.evaluate(
            """(planted) => {
              const wrong = [], range = document.createRange(), known = new Set(planted);
              const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                if (node.parentElement.closest("script, style, option, [hidden]")) continue;
                for (const word of node.data.matchAll(/[A-Za-z]{4,}/g)) {
                  if (known.has(word[0])) continue;
                  const boxes = [0, 3].map((at) => {
                    range.setStart(node, word.index + at);
                    range.setEnd(node, word.index + at + 1);
                    return range.getBoundingClientRect();
                  });
                  if (!boxes[0].width || !boxes[1].width) continue;
                  if (boxes[0].top === boxes[1].top && boxes[0].left >= boxes[1].left)
                    wrong.push([word[0], node.parentElement.outerHTML.slice(0, 120)]);
                }
              }
              return wrong;
            }""",
            sorted(planted),
        )
        assert reversed_ == [], place


def test_long_words_do_not_widen_the_page(viewed: View, hostile: Path) -> None:
    """A word of two thousand letters in a title, a text or a name is broken or scrolled inside."""
    for width in (1440, 390):
        reader = viewed(hostile, width=width, height=844)
        for place in PLACES:
            reader.go(place)
            assert reader.overflows() <= 0, (width, place)


def test_links_out_name_their_address_and_give_nothing_away(viewed: View, hostile: Path) -> None:
    """A link to the web shows its address, has no opener and no referrer."""
    reader = viewed(hostile, "#item/constructor-i1?set=consensus")
    reader.page.get_by_role("button", name="Provenance").first.click()

    links = reader.page.evaluate(
        """() => [...document.querySelectorAll("a[href^='http']")].map((at) =>
             [at.getAttribute("href"), at.textContent, at.rel])"""
    )

    assert links
    for href, text, rel in links:
        assert {"noreferrer", "noopener"} <= set(rel.split())
        assert text.strip() in href or href in text
