"""The reprint network: which sources, or documents, share passages, as GraphML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, groupby
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    import pyarrow as pa

ABOUT = (
    "Two nodes are joined when passages of both are in the same cluster. Edges have no direction: "
    "a shared wording does not say who wrote first. earlier_a and earlier_b compare dates (a is "
    "the node that this file lists first, b the other); the earlier text is not the source of the "
    "later one: both may come from a third text, dates may be wrong, and texts may be missing."
)
_COLUMNS = ("cluster", "doc", "start", "end", "copy_role", "source", "date")
# Everything that is no Char of XML 1.0 (section 2.2).
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Key(NamedTuple):
    """An attribute that the GraphML declares."""

    of: str
    name: str
    type: str
    about: str
    default: str | None = None


KEYS = (
    Key("node", "label", "string", "name of the source, or the id of the document"),
    Key("node", "kind", "string", "source, or document where no source is known"),
    Key("node", "documents", "long", "documents that have a passage in a cluster"),
    Key("node", "members", "long", "passages of these documents in clusters"),
    Key("node", "clusters", "long", "clusters that these passages are in"),
    Key("edge", "weight", "double", "the same number as clusters, by the name that tools look for"),
    Key("edge", "clusters", "long", "clusters that both nodes have a passage in"),
    Key("edge", "characters", "long", "code points of these clusters' canonical members"),
    Key("edge", "dated", "long", "clusters of these in which both nodes have a dated passage"),
    Key("edge", "earlier_a", "long", "of the dated, those where node a has the earlier date"),
    Key("edge", "earlier_b", "long", "of the dated, those where node b has the earlier date"),
    Key(
        "edge",
        "star",
        "boolean",
        "a shared cluster has too many nodes to join all pairs: each is joined to the node of the "
        "canonical member alone, which is a choice, not a finding",
        "false",
    ),
)


@dataclass(slots=True)
class _Node:
    documents: set[str] = field(default_factory=set)
    members: int = 0
    clusters: int = 0


@dataclass(slots=True)
class _Edge:
    clusters: int = 0
    characters: int = 0
    dated: int = 0
    earlier: list[int] = field(default_factory=lambda: [0, 0])
    star: bool = False


class _Member(NamedTuple):
    cluster: str
    doc: str
    start: int
    end: int
    copy_role: str
    source: str | None
    date: str | None


# What a node is known by: its kind, and its name. Ordered by kind, then name.
_Name = tuple[str, str]


def graphml(members: pa.Table, limit: int = 100) -> Iterator[str]:
    """Yield the reprint network of clusters' members as GraphML 1.0, in pieces of text.

    Nodes are sources; a member without a source stands as its document, so that the unknown ones
    are not taken for one. Passages that a node shares with itself make no edge. Dates (ISO 8601)
    are compared as written, up to the length of the shorter one: of "2023" and "2023-12" neither
    is earlier. Characters that XML 1.0 does not allow are replaced by U+FFFD.

    Args:
        members: rows of members of clusters, those of one cluster next to each other.
        limit: a cluster of more nodes joins each node to that of its canonical member alone (n - 1
            edges, marked `star`) instead of every two (n * (n - 1) / 2).
    """
    nodes: dict[_Name, _Node] = {}
    edges: dict[tuple[_Name, _Name], _Edge] = {}
    for _, rows in groupby(_rows(members), lambda member: member.cluster):
        _add_cluster(nodes, edges, list(rows), limit)
    yield from _write(nodes, edges)


def _rows(members: pa.Table) -> Iterator[_Member]:
    for batch in members.select(_COLUMNS).to_batches():
        yield from map(_Member._make, zip(*(c.to_pylist() for c in batch.columns), strict=True))


def _add_cluster(
    nodes: dict[_Name, _Node],
    edges: dict[tuple[_Name, _Name], _Edge],
    members: list[_Member],
    limit: int,
) -> None:
    canonical = next((m for m in members if m.copy_role == "canonical"), members[0])
    dates: dict[_Name, str | None] = {}
    for member in members:
        name = _name(member)
        node = nodes.setdefault(name, _Node())
        node.documents.add(member.doc)
        node.members += 1
        node.clusters += name not in dates
        dates[name] = min(filter(None, (dates.get(name), member.date)), default=None)
    star = len(dates) > limit
    for pair in _star(dates, _name(canonical)) if star else combinations(sorted(dates), 2):
        edge = edges.setdefault(pair, _Edge())
        edge.clusters += 1
        edge.characters += canonical.end - canonical.start
        edge.star |= star
        _add_dates(edge, dates[pair[0]], dates[pair[1]])


def _name(member: _Member) -> _Name:
    return ("document", member.doc) if member.source is None else ("source", member.source)


def _star(names: Iterable[_Name], centre: _Name) -> Iterator[tuple[_Name, _Name]]:
    for name in names:
        if name != centre:
            yield min(name, centre), max(name, centre)


def _add_dates(edge: _Edge, a: str | None, b: str | None) -> None:
    if a and b:
        length = min(len(a), len(b))
        edge.dated += 1
        edge.earlier[0] += a[:length] < b[:length]
        edge.earlier[1] += b[:length] < a[:length]


def _write(nodes: dict[_Name, _Node], edges: dict[tuple[_Name, _Name], _Edge]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    yield f"  <desc>{_text(ABOUT)}</desc>\n"
    yield from map(_key, KEYS)
    yield '  <graph id="reprints" edgedefault="undirected">\n'
    ids = {name: f"n{index}" for index, name in enumerate(sorted(nodes))}
    for name, id_ in ids.items():
        yield f'    <node id="{id_}">{_node_data(name, nodes[name])}</node>\n'
    for index, (a, b) in enumerate(sorted(edges)):
        ends = f'source="{ids[a]}" target="{ids[b]}"'
        yield f'    <edge id="e{index}" {ends}>{_edge_data(edges[a, b])}</edge>\n'
    yield "  </graph>\n</graphml>\n"


def _key(key: Key) -> str:
    default = "" if key.default is None else f"<default>{key.default}</default>"
    return (
        f'  <key id="{key.of}_{key.name}" for="{key.of}" attr.name="{key.name}" '
        f'attr.type="{key.type}"><desc>{_text(key.about)}</desc>{default}</key>\n'
    )


def _node_data(name: _Name, node: _Node) -> str:
    return _data(
        "node",
        kind=name[0],
        label=name[1],
        documents=len(node.documents),
        members=node.members,
        clusters=node.clusters,
    )


def _edge_data(edge: _Edge) -> str:
    values: dict[str, str | int] = {"weight": edge.clusters, "clusters": edge.clusters}
    values["characters"] = edge.characters
    if edge.dated:
        values |= {"dated": edge.dated, "earlier_a": edge.earlier[0], "earlier_b": edge.earlier[1]}
    if edge.star:
        values["star"] = "true"
    return _data("edge", **values)


def _data(of: str, **values: str | int) -> str:
    return "".join(
        f'<data key="{of}_{name}">{value if isinstance(value, int) else _text(value)}</data>'
        for name, value in values.items()
    )


def _text(text: str) -> str:
    # A carriage return as it stands would be read as a line feed.
    return escape(_NO_XML.sub("\ufffd", text), {"\r": "&#13;"})
