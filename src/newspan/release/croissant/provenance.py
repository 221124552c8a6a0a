"""Where texts and annotations come from, in PROV-O: chains of outlets, producers of sets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from newspan.corpus import Corpus
from newspan.model import ChainStep, Document, Item, Outlet, Producer, SetInfo

Node = dict[str, Any]

#: Documents beyond this number are not told one by one: a reader of JSON-LD holds it all in memory.
#: The column `provenance` of the config `documents` has the chains of any number.
MOST_DOCUMENTS = 1_000

_AGENTS = {"person": "prov:Person", "language_model": "prov:SoftwareAgent"}
_AGENTS |= {"rule": "prov:SoftwareAgent"}


def origins(corpus: Corpus) -> Node:
    """Return what the config `documents` derives from: its outlets, and each item's chain.

    An item derives from the version of the page that was scraped, that one from the next in the
    chain. What a text only reports on has influenced it. Each version is attributed to its outlet,
    with the outlet's role, the classes of evidence, and the confidence.
    """
    outlets = [_outlet(outlet) for outlet in corpus.outlets.values()]
    node: Node = {"prov:wasAttributedTo": outlets} if outlets else {}
    if len(corpus.documents) <= MOST_DOCUMENTS:
        documents = sorted(corpus.documents, key=lambda document: document.id)
        node["prov:wasDerivedFrom"] = [_document(document) for document in documents]
    return node


def assessors(corpus: Corpus) -> list[Node]:
    """Return who assessed stance, language models as such."""
    found = {
        (one.kind, one.name)
        for document in corpus.documents
        for item in document.items
        for one in [item.partisanship.assessor]
    }
    return [_agent(kind, name) for kind, name in sorted(found)]


def sets(corpus: Corpus) -> list[Node]:
    """Return each annotation set with the activity and the agents that made it."""
    return [_set(chosen.info) for _, chosen in sorted(corpus.sets.items())]


def _document(document: Document) -> Node:
    return {
        "@type": "prov:Entity",
        "@id": f"document/{document.id}",
        "name": document.id,
        "sha256": document.sha256,
        "prov:hadMember": [_item(item) for item in document.items],
    }


def _item(item: Item) -> Node:
    id_ = f"item/{item.id}"
    steps = [(f"{id_}/version/{number}", step) for number, step in enumerate(item.chain)]
    node: Node = {"@type": "prov:Entity", "@id": id_, "name": item.id}
    reported = [_version(*each) for each in steps if each[1].role == "quoted_source"]
    if reported:
        node["prov:wasInfluencedBy"] = reported
    inner: Node | None = None
    for each in reversed(steps):
        if each[1].role != "quoted_source":
            version = _version(*each)
            if inner:
                version["prov:wasDerivedFrom"] = inner
            inner = version
    if inner:
        node["prov:wasDerivedFrom"] = inner
    return node


def _version(id_: str, step: ChainStep) -> Node:
    told = {
        "inLanguage": step.language.value,
        "datePublished": step.published.value,
        "url": step.url.value,
    }
    return {
        "@type": "prov:Entity",
        "@id": id_,
        **{key: value for key, value in told.items() if value},
        "prov:wasAttributedTo": {"@id": f"outlet/{step.outlet}"},
        "newspan:role": step.role,
        "newspan:evidence": sorted({evidence.class_ for evidence in step.evidence}),
        "newspan:confidence": step.confidence,
    }


def _outlet(outlet: Outlet) -> Node:
    node: Node = {
        "@type": "prov:Organization",
        "@id": f"outlet/{outlet.id}",
        "name": outlet.name,
        "description": outlet.description,
        "newspan:affiliation": outlet.affiliation.value or "unknown",
        "newspan:affiliationContested": outlet.contested,
    }
    if outlet.views:
        node["newspan:view"] = [f"{view.holder}: {view.claim}" for view in outlet.views]
    return node


def _set(info: SetInfo) -> Node:
    node: Node = {"@type": "prov:Entity", "@id": f"set/{info.id}", "name": info.id}
    if info.description:
        node["description"] = info.description
    activity: Node = {
        "@type": "prov:Activity",
        "@id": f"set/{info.id}/making",
        "name": f"making of {info.id}",
        "prov:wasAssociatedWith": list(_agents(info.producer)),
    }
    if info.guidelines_version:
        activity["newspan:guidelinesVersion"] = info.guidelines_version
    return {**node, "dateCreated": info.created, "prov:wasGeneratedBy": activity}


def _agents(producer: Producer) -> Iterable[Node]:
    name = f"{producer.name} {producer.version or ''}".strip()
    yield _agent(producer.kind, name)
    for annotator in producer.annotators:
        kind = next((k for k in _AGENTS if annotator.startswith(k.replace("_", " "))), "")
        yield {"@type": _AGENTS.get(kind, "prov:Agent"), "name": annotator}


def _agent(kind: str, name: str) -> Node:
    return {"@type": _AGENTS.get(kind, "prov:Agent"), "name": f"{kind.replace('_', ' ')} {name}"}
