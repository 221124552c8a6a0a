"""croissant.json is valid, complete, and true; test_load.py reads its records."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpora import GOOD
from croissant_records import is_nested, open_croissant, records
from newspan import schema
from newspan.corpus import Corpus, read_corpus
from newspan.release.configs import CONFIGS
from newspan.release.croissant import ConfigFile, croissant, provenance
from newspan.release.croissant.meanings import meaning

Node = dict[str, Any]
RELEASES = ["shipped_release", "good_release"]
TYPES = {"string": "sc:Text", "int64": "sc:Integer", "bool": "sc:Boolean", "double": "sc:Float"}
FILES = [ConfigFile(c.name, c.row, c.schema, c.path, 1, 1, "0" * 64, 1, "0" * 64) for c in CONFIGS]
SHEET = "# A <!-- q:composition-identifiable -->\n\nThe mayor is named.\n"


@pytest.fixture
def release(request: pytest.FixtureRequest) -> Path:
    """Return the release that the test is parametrized with."""
    path: Path = request.getfixturevalue(request.param)
    return path


@pytest.fixture(scope="module")
def good() -> Corpus:
    """Return the small corpus."""
    corpus, _ = read_corpus(GOOD)
    assert corpus is not None
    return corpus


@pytest.fixture(scope="module")
def shipped(root: Path) -> Corpus:
    """Return the shipped corpus."""
    corpus, _ = read_corpus(root)
    assert corpus is not None
    return corpus


def described(release: Path) -> Node:
    """Return a release's croissant.json."""
    node: Node = json.loads((release / "croissant.json").read_bytes())
    return node


def record_set(node: Node, name: str) -> Node:
    """Return a record set by its name."""
    found: Node = next(each for each in node["recordSet"] if each["name"] == name)
    return found


def fields(node: Node) -> Iterator[Node]:
    """Yield all fields below a node, annotations and sub-fields too, but no references."""
    for key in ("field", "subField", "annotation"):
        for field in node.get(key, ()):
            if field["name"] != "refers_to":
                yield field
                yield from fields(field)


# --- valid ------------------------------------------------------------------------------------


@pytest.mark.parametrize("release", RELEASES, indirect=True)
def test_mlcroissant_finds_no_error_and_misses_nothing_but_a_date(release: Path) -> None:
    """A build has no day of publication, unless people wrote one down."""
    issues = open_croissant(release / "croissant.json").metadata.ctx.issues

    assert not issues.errors
    assert [w for w in issues.warnings if "datePublished" not in w] == []


def test_a_date_that_people_wrote_down_is_the_date(good: Corpus) -> None:
    """With a date in CITATION.cff mlcroissant has nothing to warn of."""
    citation = (
        "authors:\n- {given-names: Ada, family-names: Lind}\n- name: The harbour office\n"
        "date-released: 2026-05-04\nurl: https://harbour.example/\nkeywords: [ferries]\n"
    )
    node = croissant(good, FILES, citation=citation)

    assert not open_croissant(node).metadata.ctx.issues.warnings
    assert node["datePublished"] == "2026-05-04"
    assert [author["name"] for author in node["creator"]] == ["Ada Lind", "The harbour office"]
    assert node["creator"][0]["@type"] == "sc:Person"
    assert node["citeAs"] == (
        "@misc{harbour,\n  title = {Harbour news},\n"
        "  author = {{Ada Lind} and {The harbour office}},\n  version = {0.2.0},\n"
        "  year = {2026},\n  url = {https://harbour.example/}\n}"
    )


def test_a_citation_that_is_no_yaml_is_wrong_use(good: Corpus) -> None:
    """It is told, and nothing is guessed."""
    with pytest.raises(ValueError, match=r"CITATION\.cff is no YAML"):
        croissant(good, FILES, citation="a: [")


@pytest.mark.parametrize(
    ("pointer", "change"),
    [
        ("", {"licence": "x"}),
        ("", {"rai:dataBias": ["x"]}),
        ("", {"isLiveDataset": True}),
        ("/distribution/0", {"contentUrl": "../secret.parquet"}),
        ("/distribution/0", {"contentUrl": "https://harbour.example/a.parquet"}),
        ("/distribution/0", {"sha256": "0"}),
        ("/recordSet/0", {"fields": []}),
        ("/recordSet/1/field/0", {"dataType": "sc:Txt"}),
    ],
)
def test_a_slip_of_the_builder_is_refused(pointer: str, change: Node, good: Corpus) -> None:
    """The schema is closed: names and types that Croissant doesn't have are told."""
    node = json.loads(json.dumps(croissant(good, FILES)))
    holder = node
    for step in pointer.split("/")[1:]:
        holder = holder[int(step) if step.isdigit() else step]
    holder.update(change)

    assert list(schema.violations("croissant.json", node))


def test_what_does_not_fit_is_not_written(good: Corpus) -> None:
    """A config's file without a hash is no release."""
    with pytest.raises(ValueError, match=r"croissant\.json/distribution/0"):
        croissant(good, [ConfigFile("a", "b", pa.schema([]), "a/b.parquet", 1, 1, "0")])


def test_the_same_corpus_gives_the_same_bytes(good: Corpus) -> None:
    """Nothing depends on the clock, on hashing order, or on an earlier call."""
    again, _ = read_corpus(GOOD)
    assert again is not None

    first, second = (json.dumps(croissant(c, FILES, sheet=SHEET)) for c in (good, again))

    assert first == second


def test_ids_are_unique(shipped_release: Path) -> None:
    """A node is defined once; what has an id and nothing else is a reference to one."""
    defined: list[str] = []
    referred: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if "@id" in value:
                referred.add(value["@id"]) if len(value) == 1 else defined.append(value["@id"])
            for key, inner in value.items():
                if key not in ("@context", "data"):
                    walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(described(shipped_release))

    assert len(defined) == len(set(defined))
    assert referred <= set(defined)


# --- files ------------------------------------------------------------------------------------


def test_every_parquet_file_is_described_by_its_hash_and_size(shipped_release: Path) -> None:
    """Hashes and sizes are those of the manifest, paths lead to the files."""
    manifest = json.loads((shipped_release / "manifest.json").read_bytes())
    expected = {
        each["path"]: (each["sha256"], f"{each['bytes']} B")
        for each in manifest["files"]
        if each["path"].endswith(".parquet")
    }
    distribution = described(shipped_release)["distribution"]

    assert {f["contentUrl"]: (f["sha256"], f["contentSize"]) for f in distribution} == expected
    assert len(expected) == len(CONFIGS)


def test_a_flipped_byte_stops_the_reading(good_release: Path, tmp_path: Path) -> None:
    """mlcroissant checks the SHA-256 before it gives a record."""
    copy = tmp_path / "release"
    shutil.copytree(good_release, copy)
    path = copy / "links/train-00000-of-00001.parquet"
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)

    dataset = open_croissant(copy / "croissant.json")

    assert len(records(dataset, "attributions")) == 5
    with pytest.raises(Exception, match="specifically during the operation Download"):
        records(dataset, "links")


# --- columns ----------------------------------------------------------------------------------


def leaves(kind: pa.DataType, path: str, nested: bool = False) -> Iterator[tuple[str, str, bool]]:
    """Yield the plain places of a type: path, Croissant's type, whether mlcroissant skips it."""
    if pa.types.is_list(kind):
        kind = kind.value_type
    if pa.types.is_struct(kind):
        for field in kind:
            deep = nested or (path.count("/") > 0 and is_nested(field.type))
            yield from leaves(field.type, f"{path}/{field.name}", deep)
    else:
        yield path, TYPES[str(kind)], nested


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_every_column_is_described_in_full(shipped_release: Path, config: Any) -> None:
    """Each place of each column is there once, with its type and what it means."""
    node = record_set(described(shipped_release), config.name)
    expected = [leaf for f in config.schema for leaf in leaves(f.type, f"{config.name}/{f.name}")]
    found = {
        field["@id"]: field
        for field in fields(node)
        if "subField" not in field and field["name"] != "split"
    }

    assert {path for path, _, _ in expected} == set(found)
    for path, kind, _ in expected:
        types = found[path]["dataType"]
        assert (types if isinstance(types, str) else types[0]) == kind, path
        assert found[path]["description"] == meaning(path) != "", path


def test_lists_in_lists_are_annotations_whose_paths_lead_to_their_values(
    shipped_release: Path,
) -> None:
    """Evidence and authors, which mlcroissant skips, are where croissant.json says."""
    import jsonpath_rw

    config = CONFIGS[0]
    rows = pq.read_table(shipped_release / config.path).to_pylist()
    node = record_set(described(shipped_release), config.name)
    skipped = {
        path
        for f in config.schema
        for path, _, deep in leaves(f.type, f"documents/{f.name}")
        if deep
    }
    checked = set()
    for field in fields(node):
        if field["@id"] in skipped:
            source = field["source"]
            path = jsonpath_rw.parse("[*]." + source["transform"]["jsonPath"])
            for row in rows:
                found = [m.value for m in path.find(row[source["extract"]["column"]])]
                steps = field["@id"].split("/")[2:]
                assert found == list(at(row[source["extract"]["column"]], steps))
            checked.add(field["@id"])

    assert checked == skipped
    assert len(checked) > 50


def at(value: Any, steps: list[str]) -> Iterator[Any]:
    """Yield what stands at a path of names, through any lists on the way."""
    for each in value:
        if len(steps) == 1:
            yield each[steps[0]]
        else:
            yield from at(each[steps[0]], steps[1:])


def test_evidence_is_what_a_value_was_derived_from(shipped_release: Path) -> None:
    """The evidence of a title annotates the title, that of a step the step."""
    node = record_set(described(shipped_release), "documents")
    held = {
        annotation["@id"]: field["@id"]
        for field in [*node["field"], *fields(node)]
        for annotation in field.get("annotation", ())
        if annotation["name"].endswith("evidence")
    }

    assert held["documents/items/title_evidence"] == "documents/items/title"
    assert held["documents/provenance/evidence"] == "documents/provenance"
    assert held["documents/items/authors/evidence"] == "documents/items/authors"
    assert len(held) == 9


# --- references -------------------------------------------------------------------------------


def references(node: Node) -> Iterator[tuple[Node, str]]:
    """Yield each field that refers to a key, with that key."""
    for field in fields(node):
        for annotation in field.get("annotation", ()):
            if annotation["name"] == "refers_to":
                assert annotation["source"] == field["source"]
                yield field, annotation["references"]["field"]["@id"]


@pytest.mark.parametrize("release", RELEASES, indirect=True)
def test_every_value_is_found_in_the_key_that_it_refers_to(release: Path) -> None:
    """Foreign keys hold: documents, paragraphs, spans, attributions, targets and labels."""
    node = described(release)
    tables = {c.name: pq.read_table(release / c.path) for c in CONFIGS}
    seen: dict[str, int] = {}
    for config in CONFIGS:
        for field, key in references(record_set(node, config.name)):
            holder, _, column = key.partition("/")
            if holder in tables:
                allowed = set(tables[holder][column].to_pylist())
            else:
                allowed = {row[key] for row in record_set(node, holder)["data"]}
            steps = field["@id"].split("/")[1:]
            values = set(flat(list(at_null(tables[config.name].to_pylist(), steps))))
            assert values <= allowed, (field["@id"], key)
            seen[key] = seen.get(key, 0) + len(values)

    assert set(seen) >= {"documents/doc_id", "paragraphs/id", "spans/id", "attributions/id"}
    assert set(seen) >= {"targets/name", "duplicates/id", "label_technique/name"}
    assert all(seen[key] for key in ("documents/doc_id", "spans/id", "label_technique/name"))


def at_null(value: Any, steps: list[str]) -> Iterator[Any]:
    """Yield what stands at a path, through lists; nothing below a null."""
    if isinstance(value, list):
        for each in value:
            yield from at_null(each, steps)
    elif steps and value is not None:
        yield from at_null(value[steps[0]], steps[1:])
    elif value is not None:
        yield value


def flat(values: list[Any]) -> Iterator[Any]:
    """Yield the plain values of lists in lists."""
    for value in values:
        if isinstance(value, list):
            yield from flat(value)
        else:
            yield value


@pytest.mark.parametrize("release", RELEASES, indirect=True)
def test_keys_tell_records_apart(release: Path) -> None:
    """No two records of a record set have the same key."""
    node = described(release)
    for config in CONFIGS:
        key = record_set(node, config.name)["key"]
        names = [each["@id"].split("/")[1] for each in (key if isinstance(key, list) else [key])]
        table = pq.read_table(release / config.path, columns=names)
        values = list(zip(*(table[name].to_pylist() for name in names), strict=True))
        assert len(values) == len(set(values)), config.name


def test_labels_are_enumerations_with_their_definitions(good: Corpus) -> None:
    """A corpus's own labels, each once under its attribute, and its targets."""
    node = croissant(good, FILES)
    found = {
        (
            row[f"{each['name']}/layer"],
            row[f"{each['name']}/name"],
            row[f"{each['name']}/description"],
        )
        for each in node["recordSet"]
        if each["name"].startswith("label_")
        for row in each["data"]
    }

    assert found == {(label.layer, label.id, label.definition) for label in good.labels.labels}
    targets = record_set(node, "targets")["data"]
    assert [row["targets/name"] for row in targets] == list(good.targets)
    assert [row["split/name"] for row in record_set(node, "split")["data"]] == ["train"]


def test_mlcroissant_still_joins_what_refers_directly(good_release: Path) -> None:
    """It gives no rows when asked twice; when it does, references can be written directly."""
    node = described(good_release)
    field = next(f for f in record_set(node, "links")["field"] if f["name"] == "doc_id")
    field["references"] = {"field": {"@id": "documents/doc_id"}}
    for file in node["distribution"]:
        file["contentUrl"] = str(good_release / file["contentUrl"])
    dataset = open_croissant(node)
    dataset.metadata.ctx.folder = good_release

    assert [len(records(dataset, "links")) for _ in range(2)] == [1, 0]


def test_mlcroissant_still_cuts_lists_in_lists(shipped_release: Path) -> None:
    """It gives the first element's values alone; when it gives all, they can be sub-fields."""
    node = described(shipped_release)
    for file in node["distribution"]:
        file["contentUrl"] = str(shipped_release / file["contentUrl"])
    partisanship = next(
        f for f in record_set(node, "documents")["field"] if f["name"] == "partisanship"
    )
    evidence = partisanship["annotation"].pop()
    assert evidence["name"] == "evidence"
    partisanship["subField"].append(evidence)
    dataset = open_croissant(node)
    dataset.metadata.ctx.folder = shipped_release
    rows = pq.read_table(shipped_release / CONFIGS[0].path).to_pylist()

    # Under a key of its own, one list per document, one element per stance.
    (first, *_) = records(dataset, "documents")
    found = [
        each["documents/partisanship/evidence/start"]
        for each in first["documents/partisanship/evidence"]
    ]

    stances = rows[0]["partisanship"]
    assert any(len(stance["evidence"]) > 1 for stance in stances)
    assert found == [s["evidence"][0]["start"] if s["evidence"] else None for s in stances]


# --- where it comes from ----------------------------------------------------------------------


@pytest.mark.parametrize("corpus", ["shipped", "good"])
def test_each_items_chain_is_told_in_prov(corpus: str, request: pytest.FixtureRequest) -> None:
    """Outlets, roles, classes of evidence and confidence, in the chain's order."""
    records_: Corpus = request.getfixturevalue(corpus)
    node = record_set(croissant(records_, FILES), "documents")
    documents = {each["name"]: each for each in node["prov:wasDerivedFrom"]}
    outlets = {each["@id"]: each for each in node["prov:wasAttributedTo"]}

    assert set(documents) == {document.id for document in records_.documents}
    for document in records_.documents:
        told = documents[document.id]
        assert told["sha256"] == document.sha256
        for item, entity in zip(document.items, told["prov:hadMember"], strict=True):
            found = sorted(steps(entity), key=lambda each: each["@id"])
            assert [
                (e["prov:wasAttributedTo"]["@id"], e["newspan:role"], e["newspan:confidence"])
                for e in found
            ] == [(f"outlet/{step.outlet}", step.role, step.confidence) for step in item.chain]
            for each, step in zip(found, item.chain, strict=True):
                assert set(each["newspan:evidence"]) == {one.class_ for one in step.evidence}
                assert each["prov:wasAttributedTo"]["@id"] in outlets
    assert {each["name"] for each in outlets.values()} == {
        o.name for o in records_.outlets.values()
    }


def steps(entity: Node) -> Iterator[Node]:
    """Yield the versions that an item derives from, and those that it reports on."""
    yield from entity.get("prov:wasInfluencedBy", ())
    while entity := entity.get("prov:wasDerivedFrom", {}):
        yield entity


def test_what_a_text_only_reports_on_is_no_origin(shipped: Corpus) -> None:
    """A quoted source stands beside the chain, not in it."""
    node = record_set(croissant(shipped, FILES), "documents")
    items = [item for each in node["prov:wasDerivedFrom"] for item in each["prov:hadMember"]]
    beside = [v["newspan:role"] for item in items for v in item.get("prov:wasInfluencedBy", ())]

    assert beside and set(beside) == {"quoted_source"}


def test_contested_outlets_keep_all_views(shipped: Corpus) -> None:
    """Views stand with who holds them."""
    outlets = record_set(croissant(shipped, FILES), "documents")["prov:wasAttributedTo"]
    contested = [each for each in outlets if each["newspan:affiliationContested"]]

    assert contested
    assert all(len(each["newspan:view"]) >= 2 for each in contested)


def test_many_documents_are_not_told_one_by_one(
    good: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large corpus has its outlets there, and its chains in the column."""
    monkeypatch.setattr(provenance, "MOST_DOCUMENTS", 1)

    node = record_set(croissant(good, FILES), "documents")

    assert "prov:wasDerivedFrom" not in node
    assert [each["name"] for each in node["prov:wasAttributedTo"]] == ["Harbour Gazette"]


def test_each_set_has_its_producer_and_models_are_called_that(shipped: Corpus) -> None:
    """Every set of the corpus, what generated it, and who annotated."""
    node = croissant(shipped, FILES)
    made = {each["name"]: each for each in record_set(node, "annotations")["prov:wasDerivedFrom"]}

    assert set(made) == set(shipped.sets)
    for id_, chosen in shipped.sets.items():
        agents = made[id_]["prov:wasGeneratedBy"]["prov:wasAssociatedWith"]
        assert chosen.info.producer.name in agents[0]["name"]
        assert len(agents) == 1 + len(chosen.info.producer.annotators)
    model = {"@type": "prov:SoftwareAgent", "name": "language model Claude (Anthropic)"}
    assert made["pass_a"]["prov:wasGeneratedBy"]["prov:wasAssociatedWith"] == [model]
    assert model in made["consensus"]["prov:wasGeneratedBy"]["prov:wasAssociatedWith"]
    assert record_set(node, "spans")["prov:wasDerivedFrom"] == [{"@id": "set/consensus"}]
    blocks = record_set(node, "duplicates")["prov:wasDerivedFrom"]
    assert blocks == [{"@id": "set/parallels_v1"}, {"@id": "set/reuse_v1"}]
    field = next(f for f in record_set(node, "documents")["field"] if f["name"] == "partisanship")
    assert field["prov:wasAttributedTo"] == [model]


def test_provenance_survives_mlcroissant(shipped_release: Path) -> None:
    """What mlcroissant writes again has the chains, the producers and the RAI properties."""
    node = described(shipped_release)
    again = open_croissant(shipped_release / "croissant.json").metadata.to_json()

    assert {k for k in node if k.startswith("rai:")} == {k for k in again if k.startswith("rai:")}
    for name in ("documents", "annotations"):
        found = record_set(again, name)["prov:wasDerivedFrom"]
        expected = record_set(node, name)["prov:wasDerivedFrom"]
        assert [each["@id"] for each in found] == [each["@id"] for each in expected]


# --- responsible use --------------------------------------------------------------------------


def test_without_a_datasheet_only_what_the_records_tell_is_said(good: Corpus) -> None:
    """Nothing is made up for a corpus whose people wrote nothing."""
    node = croissant(good, FILES)

    assert {key: node[key] for key in node if key.startswith("rai:")} == {
        "rai:dataCollectionType": ["Web Scraping"],
        "rai:machineAnnotationTools": ["rule duplicates 1"],
    }


def test_what_people_wrote_in_the_datasheet_is_repeated(good: Corpus) -> None:
    """Answers go to the properties that ask for them."""
    node = croissant(good, FILES, sheet=SHEET)

    assert node["rai:personalSensitiveInformation"] == ["The mayor is named."]


def test_the_shipped_corpus_fills_what_applies(shipped_release: Path) -> None:
    """Tools, biases, personal information, limits, uses and maintenance are there."""
    node = described(shipped_release)
    expected = "annotatorDemographics dataBiases dataLimitations dataReleaseMaintenancePlan "
    expected += "dataUseCases machineAnnotationTools personalSensitiveInformation dataSocialImpact"

    assert {f"rai:{name}" for name in expected.split()} <= set(node)
    assert "language model Claude (Anthropic)" in node["rai:machineAnnotationTools"]
    assert node["rai:personalSensitiveInformation"][0].startswith("The texts deal with")
    assert (
        node["rai:annotationsPerItem"]
        == "2 annotation sets by language models for each of 12 items"
    )


def test_licences_stand_apart(good: Corpus, shipped: Corpus) -> None:
    """One for what was made here, one for the texts, and without texts it says so."""
    made, texts = croissant(shipped, FILES)["license"]

    assert made["url"] == "https://spdx.org/licenses/CC-BY-4.0.html"
    assert texts == {
        "@type": "sc:CreativeWork",
        "name": "Texts",
        "description": shipped.info.text_license,
    }
    without = croissant(shipped, FILES, profile="no-text")
    assert without["license"][1]["description"].startswith("Not in this release")
    assert without["description"].endswith("columns that hold a document's words are null.")
