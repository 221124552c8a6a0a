"""The lints: each once, with what it says, how grave it is, and which records it looks at."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from newspan.model import AnyRecord, Attribution, Span

#: From worst to mildest. error: the record does not point to its text. fault: the guidelines say
#: otherwise. look: often a mistake, not always. note: legal, and worth knowing.
KINDS = ("error", "fault", "look", "note")

_Looks = Callable[[AnyRecord], bool]


class Lint(msgspec.Struct, frozen=True):
    """A lint; `looks_at` tells which records it is about, and so what its rate is a share of."""

    id: str
    kind: str
    title: str
    looks_at: _Looks


def _span(record: AnyRecord) -> bool:
    return isinstance(record, Span)


def _attribution(record: AnyRecord) -> bool:
    return isinstance(record, Attribution)


def _claim(record: AnyRecord) -> bool:
    return isinstance(record, Span) and record.layer == "claim"


def _loaded(record: AnyRecord) -> bool:
    return isinstance(record, Span) and record.layer == "loaded_language"


def _one_sentence(record: AnyRecord) -> bool:
    return _span(record) and not _claim(record) and not _content(record)


def _content(record: AnyRecord) -> bool:
    return isinstance(record, Span) and record.role == "content"


def _name_calling(record: AnyRecord) -> bool:
    return isinstance(record, Span) and record.technique == "Name_Calling-Labeling"


def _targeted(record: AnyRecord) -> bool:
    return isinstance(record, Span) and record.target is not None


def _factual(record: AnyRecord) -> bool:
    return isinstance(record, Span) and record.factuality == "factual"


def _catalogue(*lints: tuple[str, str, str, _Looks]) -> dict[str, Lint]:
    return {lint[0]: Lint(*lint) for lint in lints}


#: Every lint, once.
LINTS = _catalogue(
    # Whether there is text at all; a span that fails one of these is not looked at further
    ("unknown-item", "error", "stands in an item that is not there", _span),
    ("out-of-range", "error", "extent outside the text, or reversed", _span),
    ("empty", "error", "no characters, or white space only", _span),
    ("surface-mismatch", "error", "stored text is not the text at the offsets", _span),
    ("outside-item", "error", "extent outside its item", _span),
    # Borders
    ("cut-grapheme", "error", "border inside a character (grapheme cluster)", _span),
    ("cut-word", "fault", "border inside a word", _span),
    ("edge-space", "fault", "white space at an edge", _span),
    ("edge-punctuation", "fault", "mark at an edge that its layer leaves out", _span),
    ("edge-word", "fault", "article or possessive at an edge", _loaded),
    ("newline", "error", "line end inside", _span),
    ("crosses-zone", "error", "not inside one paragraph (zone)", _span),
    ("crosses-sentence", "fault", "crosses a sentence border", _one_sentence),
    ("claim-crosses-sentence", "look", "claim crosses a sentence border", _claim),
    ("unbalanced-quote", "fault", "one quotation mark of a pair", _span),
    ("unbalanced-bracket", "fault", "one bracket of a pair", _span),
    # Several spans
    ("duplicate", "error", "same layer, label, target and extent once more", _span),
    ("same-label-overlap", "look", "overlaps another of its label", _span),
    ("length-outlier", "look", "far longer or shorter than its label's others", _span),
    ("straddles-content", "fault", "only partly inside a content", _loaded),
    ("claim-holds-cue", "look", "claim holds the words that report it", _claim),
    # Attributes
    ("check-worthy-not-factual", "error", "check_worthy though not factual", _claim),
    ("check-worthy-missing", "look", "factual claim without check_worthy", _factual),
    ("target-missing", "fault", "name-calling without a target", _name_calling),
    ("other-without-note", "fault", "target other without a note that says who", _targeted),
    # Attributions
    ("content-without-cue", "fault", "no cue, and no free-standing quotation", _attribution),
    ("source-is-content", "fault", "a source has the extent of a content", _attribution),
    ("source-missing", "look", "a kind of source, but no source", _attribution),
    ("kind-none-with-source", "error", "source_kind none with a source or a name", _attribution),
    ("name-without-named", "error", "source_name without source_named", _attribution),
    ("named-without-name", "look", "source_named without source_name", _attribution),
    ("mode-against-marks", "look", "mode against the quotation marks", _attribution),
    ("cue-type-against-cue", "fault", "punctuation though a word, or the reverse", _attribution),
)
