"""One HTML file that shows clusters of shared passages side by side, with the words that differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from newspan.reuse.words import MARK, WORD, char_class, words_of
from newspan.text import cuts_grapheme

if TYPE_CHECKING:
    import pyarrow as pa

# Of one cluster, with the canonical member.
MEMBERS_SHOWN = 7
CONTEXT = 60
# Copies of a cluster whose texts are fetched, to show different wordings before equal ones.
_LOOKED_AT = 24
_WORDS_COMPARED = 2_000
# Pairs of equal words, which difflib looks at again and again: prose of 2,000 words has 50,000, and
# a list that repeats one word between others would take minutes.
_PAIRS_COMPARED = 100_000
_CHARACTERS_SHOWN = 20_000
# Longer texts get a box of their own height, which scrolls.
_SCROLLS_FROM = 1_200
_IDS_LISTED = 100
_SOURCES_LISTED = 10
_NO_HTML = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane + 0xFFFE) + chr(plane + 0xFFFF) for plane in range(0, 0x110000, 0x10000))
    + "]"
)
_ABOUT = (
    "Each passage below occurs in several places. A shared wording does not say who wrote first, "
    "or who took it from whom: both may come from a third text. Which member is called canonical, "
    "and the order of clusters and copies, are conventions that make the page the same on every "
    "run. Dates and sources are those that came with the texts."
)


_STYLE = """\
:root {
  color-scheme: light dark;
  --page: #fff; --ink: #1a1a1a; --dim: #5c5c5c; --line: #ccc; --side: #f5f5f2; --link: #0b57a4;
  --ins: #d8f0dc; --ins-ink: #0d4a1c; --del: #fbe0dd; --del-ink: #8a1c10;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #16181a; --ink: #e6e6e3; --dim: #a6a6a3; --line: #44484c; --side: #1f2225;
    --link: #8cbcf2; --ins: #173a20; --ins-ink: #b5eac0; --del: #47201b; --del-ink: #ffc0b6;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem 1.25rem 3rem; max-width: 100rem;
  background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
}
header { max-width: 46rem; }
nav { max-width: 64rem; }
h1, h2, h3, p { margin: 0 0 .5rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { font-size: 1.15rem; }
h3 { font-size: 1rem; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
nav ol { margin: 0; padding-inline-start: 2.5rem; }
nav h2 { margin-top: 1.25rem; }
nav .about { white-space: nowrap; }
.about, .role { color: var(--dim); font-size: .875rem; font-weight: normal; }
.context { color: var(--dim); }
.cluster { margin-top: 2rem; border-top: 1px solid var(--line); padding-top: 1rem; }
.about > span { display: inline-block; max-width: 100%; }
.sides { display: grid; grid-template-columns: minmax(15rem, 1fr) 3fr; gap: 1rem; }
.of-1 { grid-template-columns: 1fr 1fr; max-width: 66rem; }
.of-2 { grid-template-columns: minmax(15rem, 1fr) 2fr; }
.copies {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); gap: 1rem;
  align-content: start; min-width: 0;
}
article { border: 1px solid var(--line); border-radius: 4px; padding: .75rem; min-width: 0; }
.canonical { align-self: start; position: sticky; top: 1rem; background: var(--side); }
.text { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
.long { max-height: 28rem; overflow: auto; }
ins, del { border-radius: 2px; padding: 0 .1em; }
ins { background: var(--ins); color: var(--ins-ink); text-underline-offset: .15em; }
del { background: var(--del); color: var(--del-ink); }
.others { margin-top: .75rem; }
summary { cursor: pointer; }
@media (max-width: 45rem) {
  body { padding: .75rem .75rem 2rem; }
  .sides { grid-template-columns: minmax(0, 1fr); }
  .canonical { position: static; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  .sides { grid-template-columns: 1fr 2fr; max-width: none; }
  .of-1 { grid-template-columns: 1fr 1fr; }
  .copies { grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); }
  .canonical { position: static; }
  .long { max-height: none; overflow: visible; }
  article { break-inside: avoid; }
  h2, h3, .about { break-after: avoid; }
}
"""


@dataclass(frozen=True, slots=True)
class ShownMember:
    """A passage as it stands in one document; offsets in code points, half-open.

    The contexts are what stands before and behind it, at most `CONTEXT` code points each.
    """

    doc: str
    start: int
    end: int
    text: str
    context_before: str = ""
    context_after: str = ""
    match: str = "exact"
    similarity: float = 1.0
    source: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class ShownCluster:
    """A cluster: its numbers, the canonical member, and some of its copies.

    `other_docs` are ids of documents of copies not shown, `others` the number of these copies.
    """

    cluster: str
    size: int
    documents: int
    canonical: ShownMember
    copies: tuple[ShownMember, ...] = ()
    others: int = 0
    other_docs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    first_date: str | None = None
    last_date: str | None = None


class Piece(NamedTuple):
    """A stretch of a copy ("equal", "ins"), or canonical words that it lacks ("del")."""

    kind: str
    text: str


def differences(canonical: str, copy: str) -> list[Piece] | None:
    """Return a copy in pieces by how its words differ from the canonical ones.

    The pieces other than "del" are the copy, whole and in order. Words are those of
    `newspan.reuse.words`: case, punctuation and white space make no difference. None when the texts
    are too long, or too repetitive, to be compared in reasonable time.
    """
    ours, theirs = words_of(canonical), words_of(copy)
    if ours.values == theirs.values:
        return [Piece("equal", copy)]
    if max(len(ours.values), len(theirs.values)) > _WORDS_COMPARED:
        return None
    counts = Counter(ours.values)
    if sum(counts[value] for value in theirs.values) > _PAIRS_COMPARED:
        return None
    pieces = []
    at = 0
    matcher = SequenceMatcher(None, ours.values, theirs.values, autojunk=False)
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        # Missing words stand before the next word, at the end behind the last.
        place = theirs.starts[j] if j < len(theirs.starts) else max(theirs.ends, default=0)
        pieces.append(Piece("equal", copy[at:place]))
        at = place
        if i < i_end:
            pieces.append(Piece("del", canonical[ours.starts[i] : ours.ends[i_end - 1]]))
        if j < j_end:
            at = theirs.ends[j_end - 1]
            pieces.append(Piece("ins", copy[place:at]))
    pieces.append(Piece("equal", copy[at:]))
    return [piece for piece in pieces if piece.text]


def page_of(
    members: pa.Table,
    clusters: pa.Table,
    text_of: Callable[[str, int, int], tuple[str, str, str]],
    title: str,
    limit: int = 50,
) -> str:
    """Return the page of the largest clusters: by size, then characters, then id.

    Of each, the canonical member and `MEMBERS_SHOWN` - 1 copies are shown: those that differ from
    it first, and of the first few dozen each wording once before any is repeated.

    Args:
        members: rows of members, the canonical one first in each cluster.
        clusters: a row for each cluster.
        text_of: gives what stands before an extent of a document, in it, and behind it.
        title: of the page.
        limit: clusters to show at most.
    """
    import pyarrow.compute as pc

    order = [("size", "descending"), ("characters", "descending"), ("cluster", "ascending")]
    largest = clusters.sort_by(order).slice(0, limit)
    rows = members.filter(
        pc.is_in(members["cluster"], value_set=largest["cluster"].combine_chunks())
    )
    shown = [
        _shown_cluster(cluster, rows.filter(pc.equal(rows["cluster"], cluster["cluster"])), text_of)
        for cluster in largest.to_pylist()
    ]
    notes = []
    if len(shown) < clusters.num_rows:
        notes.append(f"The {len(shown):,} largest of {clusters.num_rows:,} clusters are shown.")
    return page(title, shown, notes)


def _shown_cluster(
    cluster: dict[str, Any],
    members: pa.Table,
    text_of: Callable[[str, int, int], tuple[str, str, str]],
) -> ShownCluster:
    import pyarrow as pa
    import pyarrow.compute as pc

    is_copy = pc.equal(members["copy_role"], "copy")
    is_exact = pc.equal(members["match"], "exact")
    first = members.filter(pc.invert(is_copy)).slice(0, 1).to_pylist()[0]
    canonical = _shown_member(first, text_of)
    near = members.filter(pc.and_(is_copy, pc.invert(is_exact)))
    copies = pa.concat_tables([near, members.filter(pc.and_(is_copy, is_exact))])
    looked_at = [_shown_member(row, text_of) for row in copies.slice(0, _LOOKED_AT).to_pylist()]
    looked_at = _new_wordings_first(canonical, looked_at)
    shown, others = looked_at[: MEMBERS_SHOWN - 1], looked_at[MEMBERS_SHOWN - 1 :]
    other_docs = [other.doc for other in others] + copies["doc"].slice(_LOOKED_AT).to_pylist()
    return ShownCluster(
        cluster=cluster["cluster"],
        size=cluster["size"],
        documents=cluster["documents"],
        canonical=canonical,
        copies=tuple(shown),
        others=len(other_docs),
        other_docs=tuple(dict.fromkeys(other_docs)),
        sources=tuple(cluster["sources"] or ()),
        first_date=cluster["first_date"],
        last_date=cluster["last_date"],
    )


def _new_wordings_first(canonical: ShownMember, copies: list[ShownMember]) -> list[ShownMember]:
    seen = {" ".join(canonical.text.split())}
    new: list[ShownMember] = []
    known: list[ShownMember] = []
    for copy in copies:
        wording = " ".join(copy.text.split())
        (known if wording in seen else new).append(copy)
        seen.add(wording)
    return new + known


def _shown_member(
    row: dict[str, Any], text_of: Callable[[str, int, int], tuple[str, str, str]]
) -> ShownMember:
    before, text, after = text_of(row["doc"], row["start"], row["end"])
    return ShownMember(
        doc=row["doc"],
        start=row["start"],
        end=row["end"],
        text=text,
        context_before=before[-CONTEXT:],
        context_after=after[:CONTEXT],
        match=row["match"],
        similarity=row["similarity"],
        source=row["source"],
        date=row["date"],
    )


def page(title: str, clusters_shown: Sequence[ShownCluster], notes: Iterable[str] = ()) -> str:
    """Return one HTML file that needs nothing else: no script, font, image or network.

    Args:
        title: of the page.
        clusters_shown: in the order of the page.
        notes: sentences for the page's head.
    """
    return "\n".join(
        [
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            # The texts are data: should one be taken for markup, it still loads and runs nothing.
            '<meta http-equiv="Content-Security-Policy" '
            "content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>{_text(title)}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>",
            f'<header>\n<h1 dir="auto">{_text(title)}</h1>\n<p>{_text(_ABOUT)}</p>',
            *(f'<p dir="auto">{_text(note)}</p>' for note in notes),
            _LEGEND if clusters_shown else "<p>No passage occurs in several places.</p>",
            "</header>",
            *_contents(clusters_shown),
            "<main>",
            *map(_cluster, clusters_shown),
            "</main>\n</body>\n</html>\n",
        ]
    )


_LEGEND = (
    '<p class="legend">In a copy, <ins>words that only the copy has</ins> and '
    "<del>words of the canonical member that it lacks</del> are marked; case, punctuation, emoji "
    'and white space make no difference. <span class="context">What stands before and behind a '
    "passage</span> is dimmed. Numbers are code points of the document.</p>"
)


def _contents(clusters: Sequence[ShownCluster]) -> Iterator[str]:
    if len(clusters) > 1:
        yield '<nav aria-labelledby="contents">\n<h2 id="contents">Clusters</h2>\n<ol>'
        for cluster in clusters:
            words = " ".join(cluster.canonical.text[:400].split())
            yield (
                f'<li><a href="#{_anchor(cluster)}"><bdi lang="">{_text(_cut(words, 90))}</bdi></a>'
                f' <span class="about">{_counted(cluster.size, "member")}</span></li>'
            )
        yield "</ol>\n</nav>"


def _cluster(cluster: ShownCluster) -> str:
    about = [
        _counted(cluster.size, "member"),
        _counted(cluster.documents, "document"),
        *_dates(cluster.first_date, cluster.last_date),
        *_sources(cluster.sources),
    ]
    anchor = _anchor(cluster)
    return "\n".join(
        [
            f'<section class="cluster" aria-labelledby="{anchor}">',
            f'<h2 id="{anchor}">Cluster <code>{_text(cluster.cluster)}</code></h2>',
            f'<p class="about">{_items(about)}</p>',
            f'<div class="sides of-{len(cluster.copies)}">',
            _member("Canonical member", cluster.canonical, None),
            '<div class="copies">',
            *(_member("Copy", copy, cluster.canonical.text) for copy in cluster.copies),
            "</div>\n</div>",
            *_others(cluster),
            "</section>",
        ]
    )


def _others(cluster: ShownCluster) -> Iterator[str]:
    if cluster.others:
        listed = cluster.other_docs[:_IDS_LISTED]
        rest = len(cluster.other_docs) - len(listed)
        ids = ", ".join(f"<bdi>{_text(doc)}</bdi>" for doc in listed)
        more = f", and {_counted(rest, 'more document')}" if rest else ""
        yield (
            f'<details class="others"><summary>And {cluster.others:,} more '
            f"{'copy' if cluster.others == 1 else 'copies'}</summary>\n<p>In {ids}{more}</p>\n"
            "</details>"
        )


def _member(role: str, member: ShownMember, canonical: str | None) -> str:
    about = [f"{member.start} to {member.end}"]
    if member.source is not None:
        about.append(f"<bdi>{_text(member.source)}</bdi>")
    if member.date is not None:
        about.append(f"<bdi>{_text(member.date)}</bdi>")
    if canonical is not None:
        near = f", similarity {member.similarity:.2f}" if member.match != "exact" else ""
        about.append(f"{_text(member.match)}{near}")
    text, note = _marked(member.text, canonical)
    scrolls = (
        f' class="text long" tabindex="0" role="group" aria-label="Text of {_text(member.doc)}"'
        if len(member.text) > _SCROLLS_FROM
        else ' class="text"'
    )
    return "\n".join(
        [
            f'<article class="{"copy" if canonical is not None else "canonical"}">',
            f'<h3><span class="role">{role}</span> <bdi>{_text(member.doc)}</bdi></h3>',
            f'<p class="about">{_items(about)}</p>',
            # An unknown language, and the direction of the passage itself: elements with a
            # direction of their own do not count for that.
            f'<div{scrolls} lang="" dir="auto">{_before(member.context_before)}{text}'
            f"{_after(member.context_after)}</div>",
            *([f'<p class="about">{note}</p>'] if note else []),
            "</article>",
        ]
    )


def _marked(text: str, canonical: str | None) -> tuple[str, str]:
    """Return a member's text as HTML, and what has to be said about it."""
    if len(text) > _CHARACTERS_SHOWN:
        shown = _cut(text, _CHARACTERS_SHOWN)
        return _text(shown), f"The first {len(shown) - 1:,} characters, differences not marked."
    if canonical is None:
        return _text(text), ""
    pieces = differences(canonical, text)
    if pieces is None:
        return _text(text), "Too long to mark the differences."
    return "".join(_pieces(pieces)), ""


def _pieces(pieces: Iterable[Piece]) -> Iterator[str]:
    before = Piece("equal", " ")
    for piece in pieces:
        # The canonical words have no place in the copy, so there may be no space around them.
        if "del" in (piece.kind, before.kind) and _would_join(before.text[-1], piece.text[0]):
            yield " "
        if piece.kind == "equal":
            yield _text(piece.text)
        else:
            direction = ' dir="auto"' if piece.kind == "del" else ""
            yield f"<{piece.kind}{direction}>{_text(piece.text)}</{piece.kind}>"
        before = piece


def _would_join(left: str, right: str) -> bool:
    return all(char_class(char) in (WORD, MARK) for char in (left, right))


def _before(text: str) -> str:
    # A word that the context's length cuts is left out.
    words = text.split(None, 1)
    return _context(words[1] if len(text) >= CONTEXT and len(words) > 1 else text)


def _after(text: str) -> str:
    words = text.rsplit(None, 1)
    return _context(words[0] if len(text) >= CONTEXT and len(words) > 1 else text)


def _context(text: str) -> str:
    # Its direction is its own, so that the white space at its edges must stand outside.
    words = text.strip()
    if not words:
        return _text(text)
    left, right = text.split(words, 1)
    return f'{_text(left)}<span class="context" dir="auto">{_text(words)}</span>{_text(right)}'


def _items(items: Iterable[str]) -> str:
    return " · ".join(f"<span>{item}</span>" for item in items)


def _sources(sources: Sequence[str]) -> Iterator[str]:
    if sources:
        names = ", ".join(f"<bdi>{_text(name)}</bdi>" for name in sources[:_SOURCES_LISTED])
        more = ", …" if len(sources) > _SOURCES_LISTED else ""
        yield f"{_counted(len(sources), 'source')} ({names}{more})"


def _dates(first: str | None, last: str | None) -> Iterator[str]:
    if first is not None:
        until = f" to <bdi>{_text(last)}</bdi>" if last not in (None, first) else ""
        yield f"<bdi>{_text(first)}</bdi>{until}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    # A pile of marks has no border near by, and looking for one would take minutes.
    places = range(length, max(length - 40, 0), -1)
    place = next((place for place in places if not cuts_grapheme(text, place)), length)
    return f"{text[:place]}…"


def _anchor(cluster: ShownCluster) -> str:
    return quote(cluster.cluster, safe="", errors="replace")


def _text(text: str | None) -> str:
    return escape(_NO_HTML.sub(_picture, text or ""))


def _picture(match: re.Match[str]) -> str:
    """Return a visible character for one that HTML does not allow."""
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"
