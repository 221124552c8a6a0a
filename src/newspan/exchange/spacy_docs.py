"""spaCy's DocBin: documents with span groups, one per layer, whose labels are the layers'.

Tokens are cut wherever a span begins or ends inside one, so that every span stands in its group as
it is. All else that records have stands in the documents' `user_data["newspan"]`, and is found
again by the spans' ids. Read are anybody's documents too: span groups and entities.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.files import parse_json
from newspan.exchange.documents import documents_of
from newspan.exchange.facts import LABELS
from newspan.exchange.files import files_below, read_bytes, relative
from newspan.exchange.kinds import Kinds
from newspan.exchange.names import mint, record_id
from newspan.exchange.shapes import Found, Options, Reading, Writing
from newspan.exchange.spacy_tokens import pieces
from newspan.model import AnyRecord, Attribution, Link, Span
from newspan.problems import Place, Problem
from newspan.schema import read_labels

FILE = "documents.spacy"
#: Where in a document's user data all that is that groups of spans can't hold.
KEY = "newspan"
LABEL_OF = {**LABELS, "attribution": "role"}
_LAYERS = ("claim", "attribution", "loaded_language", "duplicate_block")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_IDS = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def _missing(error: ImportError) -> ImportError:
    return ImportError(f"{error.name} is missing: pip install 'newspan[spacy]'")


def read(path: Path, options: Options) -> Reading:
    """Read a DocBin, or all of a folder.

    Raises:
        ValueError: when there is none, or the user's mapping is wrong.
        ImportError: when spaCy is not installed.
    """
    files = [path] if path.is_file() else [p for p in files_below(path) if p.suffix == ".spacy"]
    if not files:
        raise ValueError(f"{path} has no .spacy files")
    problems: list[Problem] = []
    labels: list[dict[str, Any]] = []
    reader = _Reader(Kinds(options, labels), options, problems)
    found = [each for file in files for each in reader.documents(file, path)]
    layers = {r.layer for each in found for r in each.records if isinstance(r, Span)}
    layers |= reader.layers
    return Reading(found, tuple(x for x in _LAYERS if x in layers), problems, labels)


class _Reader:
    def __init__(self, kinds: Kinds, options: Options, problems: list[Problem]) -> None:
        self._kinds, self._options, self._problems = kinds, options, problems
        self._names: set[str] = set()
        self._ids: set[str] = set()
        self._numbers: Counter[str] = Counter()
        self._techniques = read_labels().of("loaded_language", "technique")
        #: Those whose groups some document has, be they empty.
        self.layers: set[str] = set()

    def documents(self, file: Path, root: Path) -> Iterator[Found]:
        place = Place(relative(file, root))
        for number, doc in enumerate(self._docs(file, place), 1):
            here = place.at(f"/{number - 1}")
            ours = doc.user_data.get(KEY)
            ours = ours if isinstance(ours, dict) else {}
            name = ours.get("id")
            if not isinstance(name, str) or not name:
                name = f"{file.stem}-{number}"
            if name in self._names:
                message = f"another document is called {name!r} too; this one is left out"
                self._problems.append(Problem("duplicate-id", here, message))
                continue
            self._names.add(name)
            language, lineage = ours.get("language"), ours.get("lineage")
            found = Found(
                id=mint(name),
                name=name,
                raw=doc.text.encode(),
                language=language if isinstance(language, str) else self._options.language,
                lineage=mint(lineage) if isinstance(lineage, str) and lineage else None,
            )
            self.layers |= LABEL_OF.keys() & doc.spans.keys()
            yield msgspec.structs.replace(
                found,
                records=tuple(self._records(doc, found, here)),
                looked=ours.get("looked") is not False,
            )

    def _docs(self, file: Path, place: Place) -> Iterator[Any]:
        try:
            from spacy.tokens import DocBin
            from spacy.vocab import Vocab
        except ImportError as error:
            raise _missing(error) from None
        raw = read_bytes(file, place, self._problems)
        if raw is None:
            return
        try:
            yield from DocBin().from_bytes(raw).get_docs(Vocab())
        except Exception as error:  # whatever may be wrong with bytes that are none of spaCy's
            message = f"it is no DocBin: {type(error).__name__}: {str(error).split('. ')[0][:200]}"
            self._problems.append(Problem("file-unreadable", place, message))

    def _records(self, doc: Any, found: Found, place: Place) -> Iterator[AnyRecord]:
        # As lists again, which packed bytes give back as tuples.
        given = json.loads(json.dumps(doc.user_data.get(KEY, {}), default=str, skipkeys=True))
        listed = given.get("records") if isinstance(given, dict) else None
        known = {
            each["id"]: each
            for each in (listed if isinstance(listed, list) else ())
            if isinstance(each, dict) and isinstance(each.get("id"), str)
        }
        made: dict[str, AnyRecord] = {}
        for group, span in _spans(doc):
            data = self._span(group, span, found, known, place)
            if data is not None:
                record = self._valid(data, place)
                if record is not None:
                    made[record.id] = record
        for data in known.values():
            if data.get("record") != "span":
                record = self._valid(data, place)
                if record is not None:
                    made[record.id] = record
        order = {own: number for number, own in enumerate(known)}
        for record in sorted(made.values(), key=lambda each: order.get(each.id, len(order))):
            kept = _without_gone(record, known, made)
            if kept is not None:
                yield kept

    def _span(
        self, group: str, span: Any, found: Found, known: dict[str, Any], place: Place
    ) -> dict[str, Any] | None:
        """Return a span's record as JSON; None if the user wants its kind left out."""
        data = dict(known.get(span.id_, {}))
        label = span.label_
        if group in LABEL_OF and not self._kinds.mapped(label):
            self.layers.add(group)
            if group == "loaded_language" and label not in self._techniques:
                label = self._kinds.technique(label)
            layer = group
        else:
            kind = self._kinds.of(label or group)
            if kind is None:
                return None
            layer, label = kind.layer, kind.label
        own = span.id_
        if not _IDS.fullmatch(own) or own in self._ids:
            own = self._new_id(found.id)
        self._ids.add(own)
        start, end = span.start_char, span.end_char
        extent = {"start": start, "end": end, "text": found.text[start:end]}
        named = {"record": "span", "id": own, "layer": layer, LABEL_OF[layer]: label}
        return {**data, **named, **extent}

    def _new_id(self, document: str) -> str:
        while True:
            self._numbers[document] += 1
            own = record_id(document, "span", self._numbers[document])
            if own not in self._ids:
                return own

    def _valid(self, data: dict[str, Any], place: Place) -> AnyRecord | None:
        if parse_json(json.dumps(data), place, "record.json", self._problems) is None:
            return None
        record: AnyRecord = msgspec.convert(data, AnyRecord)
        return record


def _spans(doc: Any) -> Iterator[tuple[str, Any]]:
    for key, group in doc.spans.items():
        for span in group:
            yield key, span
    for span in doc.ents:
        yield "ents", span


def _without_gone(
    record: AnyRecord, known: dict[str, Any], made: dict[str, AnyRecord]
) -> AnyRecord | None:
    """Return a record without what its document had and has no more; None if nothing is left."""

    def there(own: str) -> bool:
        return own in made or own not in known

    if isinstance(record, Link):
        return record if there(record.from_id) and there(record.to_id) else None
    if isinstance(record, Attribution):
        parts = {
            name: tuple(filter(there, getattr(record, name)))
            for name in ("source_ids", "medium_ids", "content_ids")
        }
        ends = {
            name: own if own is None or there(own) else None
            for name in ("cue_id", "parent_id")
            for own in (getattr(record, name),)
        }
        record = msgspec.structs.replace(record, **parts, **ends)
        return record if record.part_ids else None
    return record


def write(corpus: Corpus, chosen: AnnotationSet, options: Options) -> Writing:
    """Write all documents into one DocBin.

    Raises:
        ImportError: when spaCy is not installed.
    """
    try:
        import spacy
        from spacy.tokens import DocBin
    except ImportError as error:
        raise _missing(error) from None
    covered = {layer for each in chosen.info.coverage for layer in each.layers}
    documents = documents_of(corpus, chosen)
    blank = spacy.blank("xx")
    tokenizers = {"xx": blank.tokenizer}
    bin_ = DocBin(store_user_data=True)
    for found in documents:
        language = found.language.partition("-")[0]
        if language not in tokenizers:
            tokenizers[language] = _tokenizer(language) or blank.tokenizer
        bin_.add(_doc(found, tokenizers[language], covered, blank.vocab))
    return Writing([(FILE, bin_.to_bytes())])


def _tokenizer(language: str) -> Any:
    """Return a language's tokenizer, None if spaCy has none, or one that needs other packages."""
    import spacy

    if not _LANGUAGE.fullmatch(language):
        return None
    try:
        return spacy.blank(language).tokenizer
    except ImportError:
        return None


def _doc(found: Found, tokenizer: Any, covered: set[str], vocab: Any) -> Any:
    from spacy.tokens import Doc, SpanGroup
    from spacy.tokens import Span as DocSpan

    spans = [record for record in found.records if isinstance(record, Span)]
    borders = [(token.idx, token.idx + len(token)) for token in tokenizer(found.text)]
    cut = pieces(found.text, borders, [(span.start, span.end) for span in spans])
    doc = Doc(vocab, words=list(cut.words), spaces=list(cut.spaces))
    for layer in _LAYERS:
        group = [
            DocSpan(
                doc,
                cut.starts[span.start],
                cut.ends[span.end],
                label=getattr(span, LABEL_OF[layer]),
                span_id=span.id,
            )
            for span in spans
            if span.layer == layer
        ]
        if group or (found.looked and layer in covered):
            doc.spans[layer] = SpanGroup(doc, name=layer, spans=group)
    doc.user_data[KEY] = {
        "id": found.name,
        "language": found.language,
        "lineage": found.lineage,
        **({} if found.looked else {"looked": False}),
        "records": [record.to_json() for record in found.records],
    }
    return doc
