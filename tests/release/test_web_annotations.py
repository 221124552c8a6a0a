"""Sets as W3C Web Annotations: valid, expanding to RDF, and pointing where the spans are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rdflib

from corpora import GOOD
from newspan import schema
from newspan.corpus import Corpus, read_corpus
from newspan.model import Span
from newspan.release.web_annotations import (
    CONTEXT,
    FOLDER,
    web_annotations,
    with_quotes,
    without_quotes,
    write_web_annotations,
)

OA = rdflib.Namespace("http://www.w3.org/ns/oa#")
#: The terms of the W3C's context that we use, written down from the Recommendation: nothing is
#: fetched, and a term that is not here would be lost without a word.
TERMS: dict[str, Any] = {
    "oa": str(OA),
    "as": "http://www.w3.org/ns/activitystreams#",
    "dc": "http://purl.org/dc/terms/",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "id": {"@type": "@id", "@id": "@id"},
    "type": {"@type": "@id", "@id": "@type"},
    "Annotation": "oa:Annotation",
    "TextualBody": "oa:TextualBody",
    "SpecificResource": "oa:SpecificResource",
    "TextQuoteSelector": "oa:TextQuoteSelector",
    "TextPositionSelector": "oa:TextPositionSelector",
    "Person": "foaf:Person",
    "Software": "as:Application",
    "classifying": "oa:classifying",
    "commenting": "oa:commenting",
    "identifying": "oa:identifying",
    "linking": "oa:linking",
    "tagging": "oa:tagging",
    "body": {"@type": "@id", "@id": "oa:hasBody"},
    "target": {"@type": "@id", "@id": "oa:hasTarget"},
    "source": {"@type": "@id", "@id": "oa:hasSource"},
    "selector": {"@type": "@id", "@id": "oa:hasSelector"},
    "refinedBy": {"@type": "@id", "@id": "oa:refinedBy"},
    "motivation": {"@type": "@vocab", "@id": "oa:motivatedBy"},
    "purpose": {"@type": "@vocab", "@id": "oa:hasPurpose"},
    "exact": "oa:exact",
    "prefix": "oa:prefix",
    "suffix": "oa:suffix",
    "start": {"@type": "xsd:nonNegativeInteger", "@id": "oa:start"},
    "end": {"@type": "xsd:nonNegativeInteger", "@id": "oa:end"},
    "value": "rdf:value",
    "creator": {"@type": "@id", "@id": "dcterms:creator"},
    "generator": {"@type": "@id", "@id": "as:generator"},
    "created": {"@type": "xsd:dateTime", "@id": "dcterms:created"},
    "name": "foaf:name",
}


@pytest.fixture(scope="module", params=["shipped", "good"])
def corpus(request: pytest.FixtureRequest, root: Path) -> Corpus:
    """Return the shipped corpus, and the one with hostile text and every kind of record."""
    found, _ = read_corpus(root if request.param == "shipped" else GOOD)
    assert found is not None
    return found


def made(corpus: Corpus) -> list[dict[str, Any]]:
    """Return the annotations of the primary set."""
    return list(web_annotations(corpus, corpus.sets[corpus.info.primary_set]))


def test_every_record_is_one_valid_annotation(corpus: Corpus) -> None:
    """Spans, attributions and links of every set fit our schema, each under its own name."""
    for chosen in corpus.sets.values():
        found = list(web_annotations(corpus, chosen))

        assert len(found) == len(chosen.records)
        assert len({each["id"] for each in found}) == len(found)
        for each in found:
            assert list(schema.violations("web_annotation.json", each)) == []


def test_all_selectors_of_a_span_select_its_words(corpus: Corpus) -> None:
    """Places in the document, quotations with their surroundings, and places in the item agree."""
    texts = {f"urn:sha256:{d.sha256}": corpus.texts[d.id] for d in corpus.documents}
    spans = corpus.sets[corpus.info.primary_set].spans
    checked = 0
    for each in made(corpus):
        if each["motivation"] != "classifying":
            continue
        span = spans[each["id"].split(":")[-1]]
        text = texts[each["target"]["source"]]
        place, quote, inside = each["target"]["selector"]
        item, refined = text[inside["start"] : inside["end"]], inside["refinedBy"]
        assert text[place["start"] : place["end"]] == span.text
        assert quote["exact"] == span.text
        assert quote["prefix"] + quote["exact"] + quote["suffix"] in text
        assert text[: place["start"]].endswith(quote["prefix"])
        assert len(quote["prefix"]) <= 32
        assert item[refined["start"] : refined["end"]] == span.text
        checked += 1
    assert checked == len(spans)


def test_who_annotated_is_named_as_what_they_are(root: Path) -> None:
    """A language model is software, and its name says that it is a language model."""
    corpus, _ = read_corpus(root)
    assert corpus is not None
    first = next(web_annotations(corpus, corpus.sets["pass_a"]))

    assert [agent["type"] for agent in first["creator"]] == ["Software"]
    assert first["creator"][0]["name"].startswith("language model ")
    consensus = next(web_annotations(corpus, corpus.sets["consensus"]))
    assert "language model" in json.dumps(consensus["creator"])


def test_labels_are_names_and_the_rest_are_tags(corpus: Corpus) -> None:
    """Each label is a body that classifies; layer, flags and decision are tags; notes comments."""
    chosen = corpus.sets[corpus.info.primary_set]
    for each in made(corpus):
        record = next(p.record for p in chosen.records if each["id"].endswith(f":{p.record.id}"))
        if isinstance(record, Span):
            names = [b["source"] for b in each["body"] if b["purpose"] == "classifying"]
            tags = [b["value"] for b in each["body"] if b["purpose"] == "tagging"]
            assert any(name.endswith(f":{record.label}") for name in names)
            assert record.layer in tags
        comments = [b["value"] for b in each["body"] if b["purpose"] == "commenting"]
        assert comments == ([] if record.note is None else [record.note])


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # within rdflib
def test_they_expand_to_the_graph_that_the_recommendation_means(corpus: Corpus) -> None:
    """With the W3C's terms, a JSON-LD parser finds targets, selectors, bodies and motivations."""
    found = made(corpus)[:300]
    documents = [{**each, "@context": TERMS} for each in found]
    graph = rdflib.Graph().parse(data=json.dumps(documents), format="json-ld")

    annotations = set(graph.subjects(rdflib.RDF.type, OA.Annotation))
    assert annotations == {rdflib.URIRef(each["id"]) for each in found}
    for each in found:
        subject = rdflib.URIRef(each["id"])
        assert graph.value(subject, OA.motivatedBy) == OA[each["motivation"]]
        assert len(list(graph.objects(subject, OA.hasBody))) == len(each["body"])
        if each["motivation"] == "classifying":
            target = graph.value(subject, OA.hasTarget)
            quotes = [
                graph.value(selector, OA.exact)
                for selector in graph.objects(target, OA.hasSelector)
                if (selector, rdflib.RDF.type, OA.TextQuoteSelector) in graph
            ]
            assert [str(q) for q in quotes] == [each["target"]["selector"][1]["exact"]]
            assert str(graph.value(target, OA.hasSource)) == each["target"]["source"]


def test_every_key_is_a_term_of_the_context(corpus: Corpus) -> None:
    """JSON-LD drops what its context doesn't know, so that nothing else may be used."""

    def keys(value: Any) -> set[str]:
        if isinstance(value, list):
            return {key for each in value for key in keys(each)}
        if isinstance(value, dict):
            return set(value) | {key for each in value.values() for key in keys(each)}
        return set()

    used = keys(made(corpus)) - {"@context"}
    assert used <= set(TERMS)
    assert {each["@context"] for each in made(corpus)} == {CONTEXT}


def test_quotations_can_be_left_out_and_put_back(corpus: Corpus) -> None:
    """Without quotations nothing of the text is left; with the text all is as it was."""
    texts = {d.sha256: corpus.texts[d.id] for d in corpus.documents}
    for each in made(corpus):
        bare = without_quotes(each)

        assert "exact" not in json.dumps(bare["target"])
        assert list(schema.violations("web_annotation.json", bare)) == []
        assert with_quotes(bare, texts) == each
        assert with_quotes(bare, {}) == bare


def test_a_release_has_them_if_its_corpus_wants_them(corpus: Corpus, tmp_path: Path) -> None:
    """corpus.json decides; the file is JSON Lines, named after the primary set."""
    info = msgspec.structs.replace(corpus.info, web_annotations=False)
    write_web_annotations(tmp_path, [msgspec.structs.replace(corpus, info=info)])
    assert list(tmp_path.iterdir()) == []

    info = msgspec.structs.replace(corpus.info, web_annotations=True)
    write_web_annotations(tmp_path, [msgspec.structs.replace(corpus, info=info)])
    path = tmp_path / FOLDER / f"{corpus.info.primary_set}.jsonl"
    lines = path.read_text(encoding="utf-8").split("\n")
    assert [json.loads(line) for line in lines if line] == made(corpus)
