"""The page: template, style, script and payloads put together, so that no text can break out."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

import msgspec

#: By which a file shows that a viewer made it, and may replace it.
GENERATOR = '<meta name="generator" content="newspan view">'
SCRIPTS = (
    *("core", "words", "points"),
    *("text-characters", "text", "text-lanes", "text-looks", "text-names", "text-choose"),
    *("details", "details-record", "provenance", "item", "item-marks", "item-tools"),
    *("reuse", "reuse-data", "reuse-words", "reuse-map", "reuse-passage", "reuse-sides"),
    *("comparison", "comparison-data", "comparison-overview", "comparison-figures"),
    *("comparison-list", "comparison-conflict", "comparison-text"),
    *("figures", "fold", "search", "index", "about", "keys", "shell"),
)
STYLES = (
    *("base", "index", "text", "details", "provenance"),
    *("reuse", "comparison", "figures", "print"),
)
MEANING = (
    "Labels describe wording, never truth and never a side: loaded is not false, a claim is not "
    "checked, an attribution is not an endorsement, a copy is not a conspiracy."
)
_ESCAPES = {
    each.encode(): f"\\u{ord(each):04x}".encode() for each in ("<", ">", "&", "\u2028", "\u2029")
}
_UNSAFE = re.compile(b"|".join(map(re.escape, _ESCAPES)))
_PLACEHOLDER = re.compile(r"\{\{([a-z]+)\}\}")


def embedded(payload: Any) -> str:
    """Return a payload as JSON that may stand in a script element, as data or as an expression.

    Characters that could end the element or a line of script are escaped; none of them can occur
    outside a JSON string. It parses to the payload.
    """
    return _UNSAFE.sub(lambda found: _ESCAPES[found[0]], msgspec.json.encode(payload)).decode()


def inline_part(name: str, payload: Any) -> str:
    """Return a part as an element of the page itself."""
    return (
        f'<script type="application/json" id="part-{escape(name)}">{embedded(payload)}</script>\n'
    )


def part_file(name: str, payload: Any) -> str:
    """Return a part as a script of its own, which hands itself to the page that asked for it."""
    return f"newspanPart({embedded(name)}, {embedded(payload)});\n"


def page(head: dict[str, Any], parts: Iterable[str] = ()) -> str:
    """Return the page.

    Args:
        head: the payload HEAD.
        parts: what `inline_part` made of each part that stands in the page.
    """
    corpus = head["corpus"]
    said = {
        "title": escape(corpus["title"]),
        "warning": escape(corpus["content_warning"] or ""),
        "meaning": escape(MEANING),
        "csp": escape(policy(beside=head["parts"] == "beside")),
        "style": style(),
        "script": script(),
        "head": embedded(head),
        "parts": "".join(parts),
    }
    return _PLACEHOLDER.sub(lambda found: said[found[1]], asset("page.html"))


def policy(*, beside: bool) -> str:
    """Return the page's content security policy: its own script and style, and no network.

    Args:
        beside: whether parts are loaded from files beside the page.
    """
    scripts = " ".join([_hash(script()), *(("'self'", "file:") if beside else ())])
    return (
        f"default-src 'none'; script-src {scripts}; style-src {_hash(style())}; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


@cache
def script() -> str:
    """Return the page's one script: all files in order, in one function."""
    body = "\n".join(asset(f"{name}.js") for name in SCRIPTS)
    return f'"use strict";\n(() => {{\n{body}\n}})();\n'


@cache
def style() -> str:
    """Return the page's one style sheet."""
    return "\n".join(asset(f"{name}.css") for name in STYLES)


def asset(name: str) -> str:
    """Return a file of `assets`, with the newlines that a browser sees, for the hashes' sake."""
    path = files("newspan.viewer") / "assets" / name
    if not path.is_file():
        return ""
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
