"""The page shows clusters side by side, in one file, whatever the texts hold."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newspan.reuse import page as page_module
from newspan.reuse.page import (
    CONTEXT,
    MEMBERS_SHOWN,
    Piece,
    ShownCluster,
    ShownMember,
    differences,
    page,
    page_of,
)

VOID = {"meta", "link", "br", "img", "hr", "input"}
HOSTILE = "</div><script>alert(1)</script> & &amp; \"q\" 'a' \0\x1b\x7f\x85\ufdd0 \ud800 --> ]]>"

PARTS = ["a", "b", "é", "e\u0301", ".", "👍🏽", "港", "می\u200c", "\n"]
TEXTS = st.lists(st.sampled_from(PARTS)).map(" ".join)


class Reader(HTMLParser):
    """Reads a page: elements with attributes, and text; fails where it is not well formed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        assert len(dict(attrs)) == len(attrs), f"an attribute twice in {tag}"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element."""
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        """Note a text with the elements it is in."""
        self.texts.append((tuple(self.open), data))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements of a name."""
        return [attributes for name, attributes in self.elements if name == tag]

    def text(self, tag: str = "body") -> str:
        """Return all text within elements of a name."""
        return "".join(text for elements, text in self.texts if tag in elements)


CANONICAL = ShownMember(
    "d1", 10, 40, "The harbour opens again.", "It said: ", " Later", date="2023"
)
COPY = ShownMember(
    "d2", 0, 30, "The old harbour opens.", match="near", similarity=0.8, source="Tide"
)
CLUSTER = ShownCluster(
    "c3f2a9d0e1b4c5f6", 2, 2, CANONICAL, (COPY,), sources=("Tide",), first_date="2023"
)


def marked(canonical: str, copy: str) -> str:
    """Return a copy with [+words+] that only it has and [-words-] that it lacks."""
    signs = {"equal": "{}", "ins": "[+{}+]", "del": "[-{}-]"}
    pieces = differences(canonical, copy)
    assert pieces is not None
    return "".join(signs[kind].format(text) for kind, text in pieces)


# --- differences ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("canonical", "copy", "expected"),
    [
        ("The port opens.", "The port opens.", "The port opens."),
        ("The port opens.", "“THE port”, opens!", "“THE port”, opens!"),
        ("a b c", "a x c", "a [-b-][+x+] c"),
        ("a b c", "a c", "a [-b-]c"),
        ("a b c.", "a b.", "a b[-c-]."),
        ("a c", "a b c", "a [+b+] c"),
        ("b c", "a b c", "[+a+] b c"),
        ("a, b – c d", "a d", "a [-b – c-]d"),
        ("a b", "", "[-a b-]"),
        ("", "a b.", "[+a b+]."),
        ("go 👩‍👩‍👧 now", "go 🎉 now 👍🏽", "go 🎉 now 👍🏽"),
        ("go now", "go 👩‍👩‍👧 right now 🎉", "go 👩‍👩‍👧 [+right+] now 🎉"),
        ("the caf\u00e9 is", "the cafe\u0301 is", "the cafe\u0301 is"),
        ("the cafe is", "the cafe\u0301 is", "the [-cafe-][+cafe\u0301+] is"),
        ("می‌خواهد برود", "می‌خواست برود", "[-می‌خواهد-][+می‌خواست+] برود"),
        ("港は月曜日に", "港は火曜日に", "港は[-月-][+火+]曜日に"),
    ],
)
def test_words_that_differ_are_marked(canonical: str, copy: str, expected: str) -> None:
    """Whole words are marked, with their marks; case, punctuation and emoji are not compared."""
    assert marked(canonical, copy) == expected


@given(TEXTS, TEXTS)
def test_pieces_are_the_copy_whole_and_in_order(canonical: str, copy: str) -> None:
    """Without the words that it lacks, the pieces of a copy are the copy."""
    pieces = differences(canonical, copy)

    assert pieces is not None
    assert "".join(piece.text for piece in pieces if piece.kind != "del") == copy


def test_long_texts_are_not_compared() -> None:
    """Above 2,000 words there are no differences, unless all words are equal."""
    text = "word " * 2_001

    assert differences(text, text) == [Piece("equal", text)]
    assert differences(text, f"{text}more") is None


def test_repetitive_texts_take_no_minutes() -> None:
    """A list that repeats a word between words that differ is given up, or done in seconds."""
    for size in (300, 900):
        sides = [" ".join(f"the {side}{i}" for i in range(size)) for side in "ab"]
        start = time.monotonic()
        differences(*sides)
        assert time.monotonic() - start < 10


# --- the page -------------------------------------------------------------------------------


def test_a_cluster_is_shown_side_by_side() -> None:
    """A member has its document, offsets, source, date and text, differences marked in the copy."""
    html = page("Shared passages", [CLUSTER], ["A note."])
    text = Reader(html).text()

    for part in ("Shared passages", "A note.", "Cluster c3f2a9d0e1b4c5f6", "2 members"):
        assert part in text
    assert "Canonical member d1" in text and "10 to 40 · 2023" in text
    assert "Copy d2" in text and "0 to 30 · Tide · near, similarity 0.80" in text
    assert 'The <ins>old</ins> harbour opens <del dir="auto">again</del>.' in html
    assert "It said:</span> The harbour opens again. <span" in html


def test_words_that_a_copy_lacks_do_not_stick_to_its_own() -> None:
    """Missing words are parted from their neighbours, except where a script has no spaces."""
    japanese = replace(CLUSTER, canonical=replace(CANONICAL, text="港は月曜"))
    japanese = replace(japanese, copies=(replace(COPY, text="港は火曜"),))

    assert 'opens <del dir="auto">again</del>.' in page("", [CLUSTER])
    assert '港は<del dir="auto">月</del><ins>火</ins>曜' in page("", [japanese])


def test_the_page_needs_nothing_else_and_runs_nothing() -> None:
    """No script, no reference to another file, and a policy that would stop one."""
    reader = Reader(page("Title", [CLUSTER, replace(CLUSTER, cluster="c2")]))

    assert not {tag for tag, _ in reader.elements} & {"script", "link", "img", "iframe", "base"}
    for _, attributes in reader.elements:
        assert not {"src", "style", "srcset"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")
    assert not re.search(r"url\(|@import|https?:", reader.text("style"))
    assert any("default-src 'none'" in (meta.get("content") or "") for meta in reader.all("meta"))


def test_hostile_texts_stay_text() -> None:
    """Markup, quotes and characters that HTML does not allow do no harm wherever they stand."""
    member = ShownMember(
        HOSTILE, 0, 9, HOSTILE * 50, HOSTILE, HOSTILE, HOSTILE, 0.5, HOSTILE, HOSTILE
    )
    cluster = ShownCluster(
        HOSTILE, 9, 9, member, (replace(member, text=f"{HOSTILE} new"), member), 3,
        (HOSTILE, "d"), (HOSTILE,), HOSTILE, "2024",
    )  # fmt: skip

    html = page(HOSTILE, [cluster, CLUSTER], [HOSTILE])
    reader = Reader(html)

    html.encode()
    assert not reader.all("script")
    assert not re.search(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0]", html)
    shown = "</div><script>alert(1)</script> & &amp; \"q\" 'a' ␀␛␡\ufffd\ufffd \ufffd --> ]]>"
    assert reader.text("h1") == reader.text("title") == shown
    assert reader.text("article").count("<script>") > 100


def test_texts_have_their_own_direction_and_no_language() -> None:
    """Each text's direction is its passage's: contexts and missing words have their own."""
    persian = replace(
        CANONICAL, text="بندر باز شد", context_before="Desk: ", context_after=" [end]"
    )
    copies = (replace(persian, text="بندر دوباره باز"),)
    html = page("گزارش", [replace(CLUSTER, canonical=persian, copies=copies)])
    reader = Reader(html)

    texts = [element for element in reader.all("div") if element.get("class") == "text"]
    assert [(text["dir"], text["lang"]) for text in texts] == [("auto", "")] * 2
    assert '<span class="context" dir="auto">Desk:</span> بندر <ins>دوباره</ins> باز' in html
    assert '<del dir="auto">شد</del>' in html
    assert "unicode-bidi: plaintext" in html and '<h1 dir="auto">گزارش' in html


def test_the_page_is_accessible() -> None:
    """It has a language, landmarks, headings in order, unique ids, and links that lead to them."""
    long = replace(CANONICAL, text="A long harbour story. " * 100)
    clusters = [replace(CLUSTER, canonical=long), replace(CLUSTER, cluster="a b/ü")]
    reader = Reader(page("Title", clusters))

    assert reader.all("html") == [{"lang": "en"}]
    tags = [tag for tag, _ in reader.elements]
    assert all(tags.count(tag) == 1 for tag in ("header", "nav", "main", "h1", "title"))
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(ids) == len(set(ids)) and not any(" " in (id_ or "") for id_ in ids)
    assert {f"#{id_}" for id_ in ids} >= {link["href"] for link in reader.all("a")}
    boxes = [element for element in reader.all("div") if "tabindex" in element]
    assert [(box["role"], box["aria-label"]) for box in boxes] == [("group", "Text of d1")]


def test_colours_have_enough_contrast() -> None:
    """Every text colour stands out 4.5 to 1 from its backgrounds, in light and in dark."""

    def luminance(colour: str) -> float:
        digits = colour if len(colour) == 6 else "".join(2 * digit for digit in colour)
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    style = Reader(page("", [])).text("style")
    light, dark = (
        dict(re.findall(r"--([a-z-]+): #([0-9a-f]{3,6})", part))
        for part in style.split("prefers-color-scheme: dark")
    )
    for colours in (light, {**light, **dark}):
        pairs = [(ink, back) for ink in ("ink", "dim", "link") for back in ("page", "side")]
        for ink, back in [*pairs, ("ins-ink", "ins"), ("del-ink", "del")]:
            low, high = sorted(luminance(colours[name]) for name in (ink, back))
            assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, back)


def test_the_page_says_what_it_does_not_say() -> None:
    """Order and the canonical member are conventions, and no word blames anyone."""
    text = Reader(page("", [CLUSTER])).text().lower()

    assert "does not say who wrote first" in text and "are conventions" in text
    assert not re.search(r"\b(original|plagiari\w+|stolen|theft|copied)\b", text)


def test_without_clusters_the_page_says_so() -> None:
    """A page without clusters has no list and no legend."""
    reader = Reader(page("Title", []))

    assert "No passage occurs in several places." in reader.text("header")
    assert not reader.all("nav") and not reader.all("ins")


def test_words_that_a_context_cuts_are_left_out() -> None:
    """A context of full length loses the word at its end; a shorter one is shown whole."""
    before = ("ficials " + "x" * CONTEXT)[:CONTEXT]
    cut = replace(CANONICAL, context_before=before, context_after=" in th")
    html = page("", [replace(CLUSTER, canonical=cut)])

    assert "ficials" not in html and "x" * (CONTEXT - 8) in html and "in th<" in html


def test_very_long_texts_are_cut_between_characters() -> None:
    """What is not shown is counted out, and no character is cut in two."""
    text = "👩‍👩‍👧" * 5_000
    html = page("", [replace(CLUSTER, canonical=replace(CANONICAL, text=text))])

    assert "👩‍👩‍👧…" in html and "The first 20,000 characters" in html
    assert "👩‍👩‍👧" * 4_001 not in html


def test_piles_of_marks_are_cut_too() -> None:
    """A character that never ends is cut all the same, and soon."""
    text = "a" + "\u0301" * 30_000
    start = time.monotonic()

    html = page("", [replace(CLUSTER, canonical=replace(CANONICAL, text=text))])

    assert "The first 20,000 characters" in html
    assert time.monotonic() - start < 10


# --- from tables ----------------------------------------------------------------------------


def tables(sizes: dict[str, int], near: int = 0) -> tuple[pa.Table, pa.Table]:
    """Return members and clusters of given sizes; the last `near` members differ."""
    members, clusters = [], []
    for cluster, size in sizes.items():
        for i in range(size):
            members.append(
                {
                    "cluster": cluster,
                    "doc": f"{cluster}-{i:03}",
                    "start": 5,
                    "end": 15,
                    "copy_role": "copy" if i else "canonical",
                    "match": "near" if i and i >= size - near else "exact",
                    "similarity": 1.0,
                    "source": None,
                    "date": None,
                }
            )
        clusters.append(
            {
                "cluster": cluster,
                "size": size,
                "documents": size,
                "sources": [],
                "first_date": None,
                "last_date": None,
                "text": "",
                "characters": 10,
            }
        )
    strings = {name: pa.string() for name in ("source", "date", "first_date", "last_date")}
    pair = (pa.Table.from_pylist(members), pa.Table.from_pylist(clusters))
    typed = [
        table.cast(pa.schema([(f.name, strings.get(f.name, f.type)) for f in table.schema]))
        for table in pair
    ]
    return typed[0], typed[1]


def text_of(doc: str, start: int, end: int) -> tuple[str, str, str]:
    """Return a text that says where it is from."""
    return "before " * 20, f"words at {start} {end} of {doc}", " after" * 20


def test_the_largest_clusters_are_shown_in_order() -> None:
    """By size, then id; the page says how many there are."""
    members, clusters = tables({"b": 2, "a": 2, "d": 5, "c": 3})

    html = page_of(members, clusters, text_of, "Title", limit=3)

    assert re.findall('<h2 id="([a-d])"', html) == ["d", "c", "a"]
    assert "The 3 largest of 4 clusters are shown." in html
    assert "words at 5 15 of d-000" in html
    assert "largest" not in page_of(members, clusters, text_of, "Title", limit=4)
    assert page_of(members, clusters, text_of, "Title", limit=3) == html


def test_copies_that_do_not_fit_are_listed() -> None:
    """Those that differ are shown first, the others' documents are named up to a hundred."""
    members, clusters = tables({"a": 150}, near=2)

    reader = Reader(page_of(members, clusters, text_of, "Title"))

    headings = [text for elements, text in reader.texts if elements[-2:] == ("h3", "bdi")]
    assert headings == ["a-000", "a-148", "a-149", "a-001", "a-002", "a-003", "a-004"]
    assert len(headings) == MEMBERS_SHOWN
    assert "And 143 more copies" in reader.text("summary")
    assert "a-005" in reader.text("details") and "and 43 more documents" in reader.text("details")


def test_wordings_come_before_their_repetitions() -> None:
    """Of copies with the same text, one is shown before any is shown twice."""
    members, clusters = tables({"a": 12}, near=11)

    def same_but_two(doc: str, start: int, end: int) -> tuple[str, str, str]:
        return "", f"the port {doc}" if doc in ("a-000", "a-009", "a-011") else "the  port", ""

    reader = Reader(page_of(members, clusters, same_but_two, "Title"))

    headings = [text for elements, text in reader.texts if elements[-2:] == ("h3", "bdi")]
    assert headings[:5] == ["a-000", "a-001", "a-009", "a-011", "a-002"]


def test_tables_without_rows_give_an_empty_page() -> None:
    """Nothing found is a page too."""
    members, clusters = tables({"a": 2})

    html = page_of(members.slice(0, 0), clusters.slice(0, 0), text_of, "Title")

    assert "No passage occurs in several places." in html


def test_the_module_needs_no_arrow_to_be_imported() -> None:
    """Heavy imports stand inside the functions that need them."""
    assert not hasattr(page_module, "pa") and not hasattr(page_module, "pc")
