"""The reprint network is GraphML that other programs open, and says no more than is known."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pytest

from newspan.reuse.network import KEYS, graphml

NS = "{http://graphml.graphdrawing.org/xmlns}"
SCHEMA = pa.schema(
    [
        ("cluster", pa.string()),
        ("doc", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("copy_role", pa.string()),
        ("match", pa.string()),
        ("similarity", pa.float64()),
        ("source", pa.string()),
        ("date", pa.string()),
    ]
)
Row = tuple[str, str, str | None, str | None]


def members(rows: list[Row], length: int = 100) -> pa.Table:
    """Return members from (cluster, doc, source, date); each cluster's first one is canonical."""
    seen: set[str] = set()
    table = []
    for cluster, doc, source, date in rows:
        role = "copy" if cluster in seen else "canonical"
        # A copy's own length differs, and must not count.
        end = length if role == "canonical" else length + 7
        table.append([cluster, doc, 0, end, role, "exact", 1.0, source, date])
        seen.add(cluster)
    columns = [[row[i] for row in table] for i in range(len(SCHEMA))]
    return pa.table(columns, schema=SCHEMA)


def read(rows: list[Row], **options: int) -> tuple[dict[str, Any], dict[tuple[str, str], Any]]:
    """Return nodes by label and edges by labels, as another program reads them."""
    root = ElementTree.fromstring("".join(graphml(members(rows), **options)).encode())
    keys = {key.get("id"): key for key in root.iter(f"{NS}key")}
    casts = {"string": str, "long": int, "double": float, "boolean": lambda value: value == "true"}

    def values(element: ElementTree.Element) -> dict[str, Any]:
        found = {}
        for data in element.iter(f"{NS}data"):
            key = keys[data.get("key")]
            assert key.get("for") == element.tag.removeprefix(NS)
            found[key.get("attr.name")] = casts[key.get("attr.type") or ""](data.text or "")
        return found

    nodes = {node.get("id"): values(node) for node in root.iter(f"{NS}node")}
    assert len(nodes) == len(list(root.iter(f"{NS}node")))
    edges = {}
    for edge in root.iter(f"{NS}edge"):
        ends = (nodes[edge.get("source")]["label"], nodes[edge.get("target")]["label"])
        assert ends not in edges and ends[::-1] not in edges
        edges[ends] = values(edge)
    return {node["label"]: node for node in nodes.values()}, edges


def test_sources_that_share_clusters_are_joined() -> None:
    """An edge counts shared clusters and the code points of their canonical members."""
    nodes, edges = read(
        [
            ("c1", "d1", "Harbour Post", None),
            ("c1", "d2", "Daily", None),
            ("c1", "d3", "Daily", None),
            ("c2", "d2", "Daily", None),
            ("c2", "d1", "Harbour Post", None),
            ("c3", "d1", "Harbour Post", None),
            ("c3", "d4", "Tide", None),
        ]
    )

    assert nodes["Daily"] == {
        "label": "Daily",
        "kind": "source",
        "documents": 2,
        "members": 3,
        "clusters": 2,
    }
    assert edges == {
        ("Daily", "Harbour Post"): {"weight": 2.0, "clusters": 2, "characters": 200},
        ("Harbour Post", "Tide"): {"weight": 1.0, "clusters": 1, "characters": 100},
    }


def test_documents_are_nodes_where_no_source_is_known() -> None:
    """A member without a source stands as its document, even beside a source of that name."""
    nodes, edges = read([("c", "d1", None, None), ("c", "d2", None, None), ("c", "d3", "S", None)])

    assert {label: node["kind"] for label, node in nodes.items()} == {
        "d1": "document",
        "d2": "document",
        "S": "source",
    }
    assert set(edges) == {("d1", "d2"), ("d1", "S"), ("d2", "S")}

    text = "".join(graphml(members([("c", "x", None, None), ("c", "y", "x", None)])))
    assert text.count("<node ") == 2 and text.count("<edge ") == 1


def test_a_source_that_repeats_itself_has_no_edge() -> None:
    """What one node shares with itself shows in its numbers of members alone."""
    nodes, edges = read([("c", "d1", "S", None), ("c", "d1", "S", None)])

    assert nodes["S"]["members"] == 2 and nodes["S"]["documents"] == 1
    assert edges == {}


def test_earlier_counts_each_sides_first_date() -> None:
    """Each side's earliest date counts, and clusters without dates on both sides do not."""
    _, edges = read(
        [
            ("c1", "d1", "A", "2023-12-14"),
            ("c1", "d2", "A", "2023-12-01"),
            ("c1", "d3", "B", "2023-12-02"),
            ("c2", "d1", "A", "2023-12-14"),
            ("c2", "d3", "B", "2023-12-02"),
            ("c3", "d1", "A", "2023-12-14"),
            ("c3", "d3", "B", None),
            ("c4", "d5", "C", None),
            ("c4", "d3", "B", "2023-12-02"),
        ]
    )

    assert edges["A", "B"]["clusters"] == 3
    assert {name: edges["A", "B"][name] for name in ("dated", "earlier_a", "earlier_b")} == {
        "dated": 2,
        "earlier_a": 1,
        "earlier_b": 1,
    }
    assert not {"dated", "earlier_a", "earlier_b"} & set(edges["B", "C"])


@pytest.mark.parametrize("dates", [("2023", "2023-12-01"), ("2023-12-01", "2023-12-01T08:00Z")])
def test_a_coarser_date_that_agrees_is_not_earlier(dates: tuple[str, str]) -> None:
    """Of a year and a day in that year neither is earlier."""
    _, edges = read([("c", "d1", "A", dates[0]), ("c", "d2", "B", dates[1])])

    assert edges["A", "B"]["dated"] == 1
    assert edges["A", "B"]["earlier_a"] == edges["A", "B"]["earlier_b"] == 0


def test_large_families_become_stars() -> None:
    """Above the limit a cluster of n nodes has n - 1 edges, to its canonical node, marked so."""
    family: list[Row] = [("c", f"d{i}", None, None) for i in (5, 1, 2, 3, 4)]

    _, edges = read(family, limit=4)
    assert len(edges) == 4
    assert all("d5" in ends and edge["star"] for ends, edge in edges.items())

    _, edges = read(family, limit=5)
    assert len(edges) == 10
    assert not any("star" in edge for edge in edges.values())


def test_the_star_keeps_what_other_clusters_share() -> None:
    """An edge that both a star and another cluster make counts both."""
    _, edges = read(
        [("c1", f"d{i}", None, None) for i in range(4)]
        + [("c2", "d1", None, None), ("c2", "d0", None, None)],
        limit=3,
    )

    assert edges["d0", "d1"] == {"weight": 2.0, "clusters": 2, "characters": 200, "star": True}


def test_names_are_escaped_and_illegal_characters_replaced() -> None:
    """Markup in a name is text; what XML 1.0 does not allow becomes U+FFFD; the rest is kept."""
    names = ["<data>&amp; \"'", "a\r\nb\tc", "bidi \u202e 👩‍👩‍👧 é é"]
    hostile = "nul\0 esc\x1b \ufffe \uffff"

    nodes, _ = read([("c", name, None, None) for name in [*names, hostile]])

    assert set(nodes) == {*names, "nul\ufffd esc\ufffd \ufffd \ufffd"}


def test_names_that_become_equal_stay_two_nodes() -> None:
    """Nodes are told apart by ids, not by what is left of their names."""
    text = "".join(graphml(members([("c", "a\0", None, None), ("c", "a\1", None, None)])))

    assert text.count("<node ") == 2 and text.count("<edge ") == 1


def test_every_key_is_declared_and_the_file_says_what_it_does_not_say() -> None:
    """Attributes have a type and a description, and earlier is told apart from source."""
    root = ElementTree.fromstring("".join(graphml(members([]))).encode())

    declared = [(key.get("for"), key.get("attr.name")) for key in root.findall(f"{NS}key")]
    assert declared == [(key.of, key.name) for key in KEYS]
    assert all(key.findtext(f"{NS}desc") for key in root.findall(f"{NS}key"))
    assert "the earlier text is not the source" in (root.findtext(f"{NS}desc") or "")
    assert "star" in {name for _, name in declared}
    graph = root.find(f"{NS}graph")
    assert graph is not None and graph.get("edgedefault") == "undirected" and len(graph) == 0


def test_the_file_does_not_depend_on_batches_or_on_the_order_of_clusters() -> None:
    """The same members give the same bytes, however they are chunked or ordered by cluster."""
    first: list[Row] = [("c1", "d1", "A", "2023"), ("c1", "d2", "B", None), ("c1", "d3", "C", None)]
    second: list[Row] = [("c2", "d2", "B", "2024"), ("c2", "d1", "A", "2023")]
    whole = members(first + second)
    chunked = pa.concat_tables([whole.slice(i, 1) for i in range(len(whole))])

    expected = "".join(graphml(whole))

    assert "".join(graphml(chunked)) == expected
    assert "".join(graphml(members(second + first))) == expected
