"""The page is put together so that no text can become part of it."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import newspan
from corpora import GOOD
from newspan.viewer import page as pages
from pages import Page

ASSETS = Path(pages.__file__).parent / "assets"
#: What ends elements, comments, lines of script and strings; and what templates are made of.
HOSTILE = (
    "</script>",
    "</SCRIPT >",
    "<!--<script>",
    "-->",
    "]]>",
    "<![CDATA[",
    "\u2028\u2029",
    "&lt;/script&gt;",
    "\\u003c/script",
    "\\",
    '"',
    "'",
    "`${1}`",
    "{{script}}",
    "\x00\x01\x1b\x7f\x85",
    "\r\n\r",
    "\ufeff\ufffe\uffff",
    "\u202e\u2067",
    "👩\u200d👩\u200d👧",
    "__proto__",
)
TEXTS = st.text() | st.lists(st.sampled_from(HOSTILE) | st.text(max_size=3)).map("".join)
PAYLOADS = st.recursive(
    TEXTS | st.integers(-(2**53), 2**53) | st.booleans() | st.none(),
    lambda each: st.lists(each, max_size=4) | st.dictionaries(TEXTS, each, max_size=4),
    max_leaves=12,
)


@given(PAYLOADS)
@example("".join(HOSTILE))
@example({"".join(HOSTILE): ["</script>"]})
def test_any_text_survives_the_embedding_and_ends_nothing(payload: Any) -> None:
    """What comes out is what went in, and nothing on the way could end an element or a line."""
    text = pages.embedded(payload)

    assert json.loads(text) == payload
    assert not re.search("[<>&\u2028\u2029\x00-\x1f]", text)


@given(TEXTS)
def test_any_text_survives_in_a_part(text: str) -> None:
    """In the page it is one element; beside it one call of one function, on one line."""
    payload = {"text": text, "sets": {text: [text]}}
    inline, beside = pages.inline_part("item-d1", payload), pages.part_file("item-d1", payload)

    assert re.findall("</?[a-z]+", inline) == ["<script", "</script"]
    assert inline.count("\n") == beside.count("\n") == 1
    assert beside.startswith('newspanPart("item-d1", {')
    assert json.loads(beside[len('newspanPart("item-d1", ') : -len(");\n")]) == payload


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of the small corpus."""
    return newspan.view(GOOD, out=tmp_path_factory.mktemp("good-view") / "view.html").path


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def test_the_policy_allows_the_very_bytes_of_script_and_style(good: Path) -> None:
    """One script, one style sheet, each by its hash; nothing else, and no network."""
    page = Page(good)

    (script,), (style,) = page.scripts, page.styles
    assert page.policy == (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def test_a_folder_may_load_its_parts_and_nothing_else(tmp_path: Path) -> None:
    """Scripts from its own place, whether from a server or from the disk."""
    page = Page(newspan.view(GOOD, out=tmp_path / "site", folder=True).page)
    (script,) = page.scripts

    assert f"script-src {_hash(script)} 'self' file:; style-src" in page.policy
    assert not page.data.keys() - {"head"}


def test_the_policy_stands_before_all_that_it_is_about(good: Path) -> None:
    """Behind it come style and scripts; before it only the encoding and the mark of the viewer."""
    html = good.read_text(encoding="utf-8")

    assert html.index("Content-Security-Policy") < html.index("<style")
    assert html.index("Content-Security-Policy") < html.index("<script")
    assert html.index('<meta charset="utf-8">') < 1024
    assert html.index(pages.GENERATOR) < 1000


def test_markup_has_no_style_and_no_listener_and_no_address(good: Path) -> None:
    """The policy would refuse them; a page without them needs no exception."""
    for tag, attributes in Page(good).tags:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
        assert not attributes.keys() & {"src", "srcset", "action"}, tag
        assert (attributes.get("href") or "#").startswith("#"), tag


def test_what_the_page_says_without_a_script_is_escaped() -> None:
    """Title and warning are texts, whatever is in them; the labels' meaning is told."""
    planted = "".join(HOSTILE)
    corpus = {"title": planted, "content_warning": f"<img src=x onerror=1>{planted}"}
    html = pages.page({"parts": "inline", "corpus": corpus, "items": []})
    shown = re.sub(r"<(script|style)[ >].*?</\1>", "", html, flags=re.DOTALL)

    assert "<img" not in shown
    assert "</script" not in shown.lower()
    assert "<!--" not in shown
    assert html.count(pages.script()) == 1
    assert "loaded is not false" in shown
    assert "<noscript>" in shown


def test_the_page_says_its_language(good: Path) -> None:
    """The viewer's own words are English; texts say theirs."""
    assert Page(good).language == "en"


def test_every_asset_is_part_of_the_page() -> None:
    """A file that nobody lists would be missing in silence, and so would one that is listed."""
    listed = {f"{name}.js" for name in pages.SCRIPTS} | {f"{name}.css" for name in pages.STYLES}

    assert {path.name for path in ASSETS.iterdir()} == {*listed, "page.html"}


@pytest.mark.parametrize("path", sorted(ASSETS.iterdir()), ids=lambda path: path.name)
def test_assets_keep_to_the_rules(path: Path) -> None:
    """Nothing that parses a text as markup or runs it, and nothing that would end the element."""
    text = path.read_text(encoding="utf-8")

    assert "\r" not in text
    if path.suffix == ".html":
        return
    assert not re.search(r"</(?:script|style)|<!--|<script", text, re.IGNORECASE)
    words = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc"
    assert not re.search(words, text)
    assert not re.search(r"javascript:|@import|url\((?!\"?#)|\bfetch\(|XMLHttpRequest", text)


def test_newlines_of_another_system_change_no_hash(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A browser reads CR LF as LF, and hashes what it read."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/core.js").write_bytes(b"1;\r\n2;\r\n")
    monkeypatch.setattr(pages, "files", lambda _: tmp_path)

    assert pages.asset("core.js") == "1;\n2;\n"
