"""Checks of documents, items, zones, provenance, partisanship and outlets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from newspan.checks.extents import check_extent, clip
from newspan.corpus import Corpus, document_place
from newspan.model import Assertion, Document, Evidence, Item, Outlet, Zone
from newspan.problems import Place, Problem
from newspan.text import is_blank

_SHOWS_URLS = frozenset({"stated_in_text", "found_in_stored_page"})


def check_outlets(corpus: Corpus) -> Iterator[Problem]:
    """Yield problems of the outlets."""
    for index, outlet in enumerate(corpus.outlets.values()):
        place = Place("corpus/outlets.json").at(f"/outlets/{index}")
        holders = {view.holder for view in outlet.views}
        if outlet.contested and len(holders) < 2:
            message = f"{outlet.id} is contested, with views of {len(holders)} holder(s)"
            yield Problem("contested-one-view", place.at("/views"), message)
        for pointer, evidence in _outlet_evidence(outlet):
            if evidence.class_ == "stated_in_text":
                message = "an outlet belongs to no document, so its evidence cannot stand in a text"
                yield Problem("evidence-unresolved", place.at(pointer), message)


def _outlet_evidence(outlet: Outlet) -> Iterator[tuple[str, Evidence]]:
    groups = [("/affiliation", outlet.affiliation.evidence)]
    groups += [(f"/views/{i}", view.evidence) for i, view in enumerate(outlet.views)]
    groups += [(f"/ratings/{i}", rating.evidence) for i, rating in enumerate(outlet.ratings)]
    for pointer, evidence in groups:
        for index, one in enumerate(evidence):
            yield f"{pointer}/evidence/{index}", one


def check_documents(corpus: Corpus) -> Iterator[Problem]:
    """Yield problems of the documents and what they hold."""
    for document in corpus.documents:
        text = corpus.texts[document.id]
        place = document_place(document)
        yield from _check_row(text, document.items, (0, len(text)), "item", place, "/items")
        for index, item in enumerate(document.items):
            here = place.at(f"/items/{index}")
            if item.id in corpus.repeated_items:
                yield Problem("duplicate-id", here.at("/id"), f"{item.id} names several items")
            # A wrong item is reported once, not again for all that stands in it.
            if item.fits(text):
                yield from _check_item(item, document, text, corpus, here)


def _check_item(
    item: Item, document: Document, text: str, corpus: Corpus, place: Place
) -> Iterator[Problem]:
    yield from _check_row(text, item.zones, (item.start, item.end), "zone", place, "/zones")
    for pointer, evidence in _item_evidence(item):
        if evidence.class_ == "stated_in_text":
            yield from _check_evidence(evidence, item, text, place.at(pointer))
    for index, step in enumerate(item.chain):
        here = place.at(f"/chain/{index}")
        if not corpus.knows("outlets", step.outlet):
            message = f"outlets.json has no outlet {step.outlet!r}"
            yield Problem("unknown-reference", here.at("/outlet"), message)
        classes = {evidence.class_ for evidence in step.url.evidence}
        if step.url.value is not None and not classes & _SHOWS_URLS:
            message = f"{step.url.value} rests on {', '.join(sorted(classes))}"
            yield Problem("url-without-evidence", here.at("/url"), message)
    stances = item.partisanship.stance
    towards = Counter(stance.target for stance in stances)
    for index, stance in enumerate(stances):
        here = place.at(f"/partisanship/stance/{index}/target")
        if not corpus.knows("targets", stance.target):
            message = f"targets.json has no target {stance.target!r}"
            yield Problem("unknown-reference", here, message)
        if towards[stance.target] > 1:
            message = f"{item.id} has {towards[stance.target]} stances towards {stance.target}"
            yield Problem("repeated-stance", here, message)


def _check_row(
    text: str,
    extents: Sequence[Item | Zone],
    within: tuple[int, int],
    word: str,
    place: Place,
    pointer: str,
) -> Iterator[Problem]:
    """Check extents that follow one another and leave out nothing but white space."""
    reached = within[0]
    sound = True
    for index, extent in enumerate(extents):
        here = place.at(f"{pointer}/{index}")
        faults = list(check_extent(text, extent.start, extent.end, None, here))
        # An item may be a whole document, white space at its edges and all; and scraped pages glue
        # zones together without a space.
        allowed = {"word-cut"} if word == "zone" else {"word-cut", "edge-space"}
        yield from (fault for fault in faults if fault.id not in allowed)
        if any(fault.id == "offset-out-of-range" for fault in faults):
            sound = False
            continue
        where = here.at("", extent.start, extent.end)
        if not within[0] <= extent.start < extent.end <= within[1]:
            message = f"the {word} reaches outside {within[0]}-{within[1]}"
            yield Problem("outside-item", where, message)
            sound = False
        if extent.start < reached:
            message = f"the {word} begins before the one before it ends, at {reached}"
            yield Problem("overlap", where, message)
            sound = False
        elif sound:
            yield from _check_gap(text, reached, extent.start, word, place.at(pointer))
        reached = max(reached, extent.end)
    if sound:
        yield from _check_gap(text, reached, within[1], word, place.at(pointer))


def _check_gap(text: str, start: int, end: int, word: str, place: Place) -> Iterator[Problem]:
    if not all(is_blank(char) for char in text[start:end]):
        message = f"{clip(text[start:end].strip())} is in no {word}"
        yield Problem("uncovered-text", place.at("", start, end), message)


def _check_evidence(evidence: Evidence, item: Item, text: str, place: Place) -> Iterator[Problem]:
    start, end = evidence.start, evidence.end
    if start is None or end is None:  # the schema has refused it
        return
    faults = list(check_extent(text, start, end, evidence.text, place, "evidence-unresolved"))
    yield from faults
    if not faults and not item.start <= start < end <= item.end:
        message = f"it stands outside the item, {item.start}-{item.end}"
        yield Problem("evidence-unresolved", place.at("", start, end), message)


def _item_evidence(item: Item) -> Iterator[tuple[str, Evidence]]:
    assertions: list[tuple[str, Assertion]] = [
        ("/title", item.title),
        ("/published", item.published),
        ("/partisanship/right_of_reply", item.partisanship.right_of_reply),
    ]
    assertions += [(f"/authors/{i}", author) for i, author in enumerate(item.authors)]
    groups = [(pointer, assertion.evidence) for pointer, assertion in assertions]
    for i, step in enumerate(item.chain):
        groups.append((f"/chain/{i}", step.evidence))
        groups.append((f"/chain/{i}/language", step.language.evidence))
        groups.append((f"/chain/{i}/published", step.published.evidence))
        groups.append((f"/chain/{i}/url", step.url.evidence))
    groups += [
        (f"/partisanship/stance/{i}", stance.evidence)
        for i, stance in enumerate(item.partisanship.stance)
    ]
    for pointer, evidence in groups:
        for index, one in enumerate(evidence):
            yield f"{pointer}/evidence/{index}", one
