"""Documents on their way into a corpus: which can be taken, and what they need beside them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from newspan.checks.documents import check_documents
from newspan.checks.sets import is_gold
from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.write import head_json
from newspan.exchange.beside import with_beside
from newspan.exchange.documents import (
    coverage_for,
    coverage_of,
    coverage_said,
    layer_of,
    unmentioned,
    unsaid,
)
from newspan.exchange.documents import records_by_item as by_item
from newspan.exchange.files import refuse_unusable
from newspan.exchange.present import Present
from newspan.exchange.provenance import (
    NO_TARGET,
    document_of,
    outlet_named,
    recordable,
    target_named,
)
from newspan.exchange.refused import without_refused
from newspan.exchange.shapes import Format, Found, Options, Reading
from newspan.exchange.staging import PAGES, Staging, with_entries
from newspan.exchange.texts import Incoming, open_texts
from newspan.model import AnyRecord, Document, Outlet, Producer, SetInfo, Span, Target
from newspan.problems import Place, Problem
from newspan.schema import Labels, violations
from newspan.schema import path as schema_path
from newspan.schema.labels import parse_labels
from newspan.text import paragraphs

#: Told how far a stage is: its name, what is done, of how much (None where nobody knows).
Tick = Callable[[str, int, int | None], None]


class AddError(Exception):
    """Why nothing was added."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems."""
        super().__init__("; ".join(f"{each.place}: {each.message}" for each in problems))
        self.problems = tuple(problems)


class Adding:
    """The documents that come in, one after the other, and what they need beside them."""

    staging: Staging

    def __init__(self, present: Present, problems: list[Problem], tick: Tick) -> None:
        self._present, self._problems, self._tick = present, problems, tick
        self.documents: dict[str, str] = {}  # the SHA-256 by id
        self.known: dict[str, None] = {}
        self.outlets: dict[str, Outlet] = {}
        self.labels: list[str] = []
        self.labels_text: str | None = None
        self._languages: dict[str, None] = {}
        self._annotated: dict[str, tuple[Document, str]] = {}
        self._looked: list[Document] = []
        self._unsaid: list[Document] = []  # those of them of which no head says it
        self._records: dict[str, list[AnyRecord]] = {}
        self._readings: list[Reading] = []
        self._targets: dict[str, Target] = {}
        self._items: set[str] = set()

    def take_texts(self, path: Path, columns: Mapping[str, str], language: str) -> None:
        """Take the documents of a file or folder, without annotations."""
        source = open_texts(path, columns, language, self._problems)
        for number, incoming in enumerate(source.documents, 1):
            self._take(incoming)
            self._tick("documents", number, source.number)

    def take_annotated(self, path: Path, format: Format, options: Options) -> None:
        """Take the documents of a format, with their annotations."""
        if format.read is None:
            raise ValueError(f"{format.name} is written only, not read")
        refuse_unusable(path)
        reading = with_beside(format.read(path, options), path)
        self._readings.append(reading)
        for number, each in enumerate(reading.documents, 1):
            found = recordable(each, options.language, self._problems)
            if options.layers:
                kept = tuple(r for r in found.records if layer_of(r) in options.layers)
                found = msgspec.structs.replace(found, records=kept)
            place = Place(found.name)
            if found.id in self._annotated:
                message = f"the document {found.name!r} was there before"
                self._problems.append(Problem("duplicate-id", place, message))
            elif (document := self._take(Incoming(found, place, format.title))) is not None:
                self._annotated[found.id] = (document, found.text)
                self._looked += [document] if found.looked else []
                if found.looked and unsaid(reading, document, found):
                    self._unsaid.append(document)
                for item, records in by_item(found, document).items():
                    self._records.setdefault(item, []).extend(records)
            self._tick("documents", number, None)
        self._problems += reading.problems

    def _take(self, incoming: Incoming) -> Document | None:
        """Write a document, or find it there already; None if it can't be taken."""
        found, place = incoming.found, incoming.place
        digest = hashlib.sha256(found.raw).hexdigest()
        problem = self._clash(found, digest, place)
        if problem is not None:
            self._problems.append(problem)
            return None
        if found.id in self._present.documents:
            self.known[found.id] = None
            there = self._present.document(found.id)
            return None if there is None else there[0]
        document = self._own_record(found, place)
        if document is None:
            document, outlet = document_of(found, place, incoming.said_by, self._problems)
            self._need_outlet(outlet)
        if found.id in self.documents:
            self.known[found.id] = None
            return document
        if incoming.page is not None:
            name = f"{found.id}{incoming.ending}"
            self.staging.keep_page(name, incoming.page.raw)
            note = incoming.page.note(f"corpus/{PAGES}/{name}")
            document = msgspec.structs.replace(document, note=note)
        self.staging.add(document, found.raw)
        self.documents[found.id] = digest
        self._items.update(item.id for item in document.items)
        self._languages[document.language] = None
        return document

    def _own_record(self, found: Found, place: Place) -> Document | None:
        """Return newspan's own record of a document, if it came along and is sound."""
        if found.document is None:
            return None
        document = msgspec.structs.replace(found.document, file=f"{found.id}.txt")
        stances = [s for item in document.items for s in item.partisanship.stance]
        aimed = {s.target: target_named(s.target) for s in stances}
        steps = [step for item in document.items for step in item.chain]
        outlets = {step.outlet: outlet_named(step.outlet, step.outlet) for step in steps}
        corpus = self._corpus((document,), {document.id: found.text}, self._present.labels)
        corpus = msgspec.structs.replace(
            corpus, outlets=outlets, targets={**corpus.targets, **aimed}
        )
        faults = [each for each in check_documents(corpus) if each.severity == "error"]
        taken = [item.id for item in document.items if item.id in self._present.items | self._items]
        if taken:
            message = f"{', '.join(taken)}: the corpus has items of these ids"
            faults.append(Problem("duplicate-id", place, message))
        if faults:
            why = "; newspan's record of the document was left out"
            self._problems += [Problem(each.id, place, each.message + why) for each in faults]
            return None
        for outlet in outlets.values():
            self._need_outlet(outlet)
        missing = set(aimed) - set(self._present.targets)
        self._targets |= {name: aimed[name] for name in sorted(missing)}
        return document

    def _need_outlet(self, outlet: Outlet) -> None:
        if outlet.id not in self._present.outlets:
            self.outlets.setdefault(outlet.id, outlet)

    def _corpus(
        self, documents: tuple[Document, ...], texts: dict[str, str], labels: Labels
    ) -> Corpus:
        """Return documents as a corpus to be checked."""
        return Corpus(
            root=self._present.root,
            info=self._present.info,
            documents=documents,
            texts=texts,
            outlets=self._present.outlets,
            targets={**self._present.targets, **self._targets},
            labels=labels,
            sets={},
        )

    def _clash(self, found: Found, digest: str, place: Place) -> Problem | None:
        """Return why a document can't be taken."""
        present, own = self._present, found.id
        if not paragraphs(found.text):
            return Problem("file-empty", place, "the document has no text but white space")
        if own in present.withdrawn:
            return Problem("withdrawn-id", place, f"{own} was withdrawn")
        there = present.documents.get(own, self.documents.get(own))
        if there is not None and there != digest:
            message = f"the corpus has another text of the id {own}; rename this one"
            return Problem("duplicate-id", place, message)
        if there is None and (own in present.items | self._items or f"{own}.txt" in present.files):
            message = f"{own} is an item, or {own}.txt a file, of another document"
            return Problem("duplicate-id", place, message)
        return None

    def set_of(self, name: str, format: Format, options: Options, day: str) -> AnnotationSet | None:
        """Return the annotation set of all that was taken; None if nobody looked for anything.

        Raises:
            ValueError: when the user's day or layers are none, or the set is called gold and isn't.
        """
        if not self._annotated:
            return None
        records = [record for each in self._records.values() for record in each]
        if is_gold(name) and not all(record.human_verified for record in records):
            raise ValueError(
                f"only what people have verified, record for record, may be called {name}: give "
                "the set another id"
            )
        self._tick("annotations", 0, 1)
        labels = self._own_labels()
        spans = [record for record in records if isinstance(record, Span)]
        aimed = {span.target for span in spans if span.target} - set(self._present.targets)
        self._targets |= {each: target_named(each) for each in sorted(aimed)}
        documents = tuple(document for document, _ in self._annotated.values())
        looked = {layer for reading in self._readings for layer in options.layers or reading.layers}
        looked |= {span.layer for span in spans}
        if len(spans) < len(records):
            looked.add("attribution")
        if not looked or not (self._looked or spans):
            return None
        heads = [each.info for each in self._readings if each.info is not None]
        said = coverage_said(heads, documents)
        later = unmentioned(self._unsaid, said)
        said = coverage_for(said, options.layers) if options.layers else said
        # Heads of several makers: none of them has made all of it.
        info = heads[0] if len({each.producer for each in heads}) == 1 else None
        info = info or SetInfo(name, Producer("import", format.title), day, labels.sha256)
        info = msgspec.structs.replace(
            info,
            id=name,
            labels_sha256=labels.sha256,
            coverage=said + coverage_of(later if said else self._looked, tuple(sorted(looked))),
            protocol=None,
        )
        for fault in violations("annotation_set.json", json.loads(head_json(info))):
            raise ValueError(f"{fault.pointer.removeprefix('/')}: {fault.message}")
        texts = {document.id: text for document, text in self._annotated.values()}
        corpus = self._corpus(documents, texts, labels)
        made, problems = without_refused(self._records, info, corpus)
        if not made.complete:
            raise AddError(problems)
        self._problems += problems
        self._tick("annotations", 1, 1)
        return made

    def _own_labels(self) -> Labels:
        """Return the labels in force once those of the sources are among them."""
        labels = self._present.labels
        there = {(each.layer, each.attribute, each.id) for each in labels.labels}
        new: dict[tuple[str, str, str], dict[str, Any]] = {}
        for reading in self._readings:
            for each in reading.labels:
                key = (each["layer"], each["attribute"], each["id"])
                if key not in there:
                    new.setdefault(key, each)
        if not new:
            return labels
        own = self._present.root / "schema" / "labels.json"
        base = own if own.exists() else schema_path("labels.json")
        self.labels = [key[2] for key in new]
        self.labels_text = with_entries(base.read_bytes().decode(), "labels", list(new.values()))
        return parse_labels(json.loads(self.labels_text), self.labels_text.encode())

    def finish(self) -> None:
        """Write what the documents need beside them."""
        if self.documents and NO_TARGET.id not in self._present.targets:
            self._targets[NO_TARGET.id] = NO_TARGET
        self.staging.append("outlets", list(self.outlets.values()))
        self.staging.append("targets", list(self._targets.values()))
        before = self._present.info.languages if self._present.documents else ()
        spoken = dict.fromkeys((*before, *self._languages)) or dict.fromkeys(
            self._present.info.languages
        )
        self.staging.close(tuple(spoken))
