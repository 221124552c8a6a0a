"""What a project shows under “Instructions”: how the interface works, then the guidelines."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

_HOW_TO = """\
**Mark words.** Choose a label, by mouse or by its key, and drag over the words. What is marked ends
in the letter of its key. The same words can be marked many times, with a label each time. Two
labels of different kinds both chosen go to the same words: click on one again to let it go. Words
that turn grey, without a name in the list *Regions*, have no label: delete them, wait until the
label you choose is filled with its colour, and mark them again.

**Say more about them.** Click on marked words, or on their line in the list *Regions*; that helps
where words are marked more than once. What can be said of them is asked beside the text. Drag the
ends of what is marked to move them, choose another label of its kind to change it, press Backspace
to delete it. Press Escape before you mark the next words: as long as a stretch is chosen, a label
goes to that.

**What is needed.** What has a star must be answered: of an attribution *Mode* and *Source is*, and
at a cue *Cue type* and *Cue force* too. The page lets you submit without them, but an attribution
that lacks one is left out until you add it.

**Tie an attribution together.** Click on the *Cue* (or on the *Free quote*, where there is no cue),
press Alt+R, and click on the source. Do so for each source, medium and content. An attribution that
stands inside another's content is tied from its cue to the outer cue; a claim that repeats an
earlier one is tied to that. What is tied is seen from the labels, so a tie needs no name.

**Hand it in.** *Submit* stores your work, *Update* stores it again. *Skip* is for a text that you
cannot judge at all.
"""

_STYLE = """\
.newspan-guide { line-height: 1.5; }
.newspan-guide h3, .newspan-guide h4 { font-weight: bold; margin: 1em 0 .4em; }
.newspan-guide p, .newspan-guide ul, .newspan-guide ol, .newspan-guide table { margin: .5em 0; }
.newspan-guide ul { list-style: disc; padding-left: 1.5em; }
.newspan-guide ol { list-style: decimal; padding-left: 1.5em; }
.newspan-guide blockquote { border-left: 3px solid #999; margin: .5em 0; padding-left: .8em; }
.newspan-guide td, .newspan-guide th { border: 1px solid #999; padding: 3px 6px; }
.newspan-guide td { vertical-align: top; }
.newspan-guide summary { cursor: pointer; font-weight: bold; padding: .4em 0; }
.newspan-guide code { background: rgba(128, 128, 128, .18); padding: 0 3px; }
"""

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_COMMENT = re.compile(r"^<!--.*?-->$\n?", re.DOTALL | re.MULTILINE)


#: What stretches of an item are for, in an annotator's words, by kind of zone.
_ZONES = {
    "title": "titles",
    "byline": "bylines",
    "heading": "headings",
    "paragraph": "running text",
    "caption": "captions",
    "teaser": "teasers for other stories",
    "boilerplate": "page furniture such as menus and footers",
}


def instruction(
    guidelines_md: str, *, zones: Collection[str] = tuple(_ZONES), first: str = ""
) -> str:
    """Return HTML for a project's instruction: how the interface works, then the guidelines.

    `first` is Markdown to begin with; `zones` are the kinds of zones that are annotated. Each
    section of the guidelines can be opened and closed. Front matter and comments are left out.
    Label Studio puts the instruction into its page as it is, so HTML in the guidelines is shown as
    text, pictures give way to their text, and only links to web pages stay links.
    """
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")

    def html(tokens: Sequence[Token]) -> str:
        return str(markdown.renderer.render(tokens, markdown.options, {}))

    text = guidelines_md.removeprefix("\ufeff").replace("\r\n", "\n")
    text = _COMMENT.sub("", _FRONT_MATTER.sub("", text))
    sections = "".join(
        f"<details>\n<summary>{html(heading) or 'Guidelines'}</summary>\n{html(body)}</details>\n"
        for heading, body in _sections(list(_harmless(markdown.parse(text))))
    )
    return (
        f'<style>\n{_STYLE}</style>\n<div class="newspan-guide">\n'
        f"{markdown.render(first + _where(zones) + _HOW_TO)}{sections}</div>\n"
    )


def _where(zones: Collection[str]) -> str:
    """Return a paragraph on what is annotated and what is not; none where everything is."""
    others = [words for kind, words in _ZONES.items() if kind not in zones]
    if not others:
        return ""
    these = _listed([words for kind, words in _ZONES.items() if kind in zones])
    return (
        f"**Where.** Annotate {these}. Leave the rest alone ({_listed(others)}): what is marked "
        "there is not kept.\n\n"
    )


def _listed(words: Sequence[str]) -> str:
    """Return words joined as in a sentence."""
    *rest, last = words
    return f"{', '.join(rest)} and {last}" if rest else last


def _sections(tokens: Sequence[Token]) -> Iterator[tuple[Sequence[Token], Sequence[Token]]]:
    """Yield the words of each heading of the first two levels, and what stands below it."""
    heads = [
        number
        for number, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag in ("h1", "h2") and not token.level
    ]
    ends = [*heads, len(tokens)]
    if ends[0]:
        yield (), tokens[: ends[0]]
    for start, end in pairwise(ends):
        if end > start + 3:
            yield tokens[start + 1 : start + 2], tokens[start + 3 : end]


def _harmless(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield tokens without pictures, and without links to anything but web pages."""
    kept: list[bool] = []
    for token in tokens:
        if token.type == "link_open":
            kept.append(str(token.attrGet("href")).startswith(("http://", "https://")))
            token.attrSet("target", "_blank")
            token.attrSet("rel", "noreferrer")
            if kept[-1]:
                yield token
        elif token.type == "link_close":
            if kept.pop():
                yield token
        elif token.type == "image":
            yield from _harmless(token.children or ())
        else:
            if token.children:
                token.children = list(_harmless(token.children))
            yield token
