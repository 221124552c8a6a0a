"""What a quality report is made of: counts, each with its places."""

from __future__ import annotations

from typing import Any

import msgspec

from newspan.agreement.copies import CopyConsistency

#: The layers that people and models annotate; duplicate blocks are computed.
LAYERS = ("claim", "attribution", "loaded_language")


class Where(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place that a figure is about.

    `file` and `line` are those of the record, or of the raw text where nobody annotated anything.
    `start` and `end` are code points, half-open, into the document's unaltered text; null where a
    record has no extent. `detail` says what is the matter there.
    """

    file: str
    line: int | None
    item: str
    start: int | None
    end: int | None
    text: str
    id: str | None = None
    layer: str = ""
    label: str = ""
    detail: str = ""


class LintResult(msgspec.Struct, frozen=True):
    """What one lint found in a set: `count` places among the `n` records that it looks at.

    `rate` is per 1,000 of them, None where there are none. `by_layer` splits the count.
    `ptc_2020` is that corpus's rate, and `ptc_2019` a plain count, where there is a counterpart.
    """

    title: str
    kind: str
    count: int
    n: int
    rate: float | None
    by_layer: dict[str, int]
    places: tuple[Where, ...]
    ptc_2020: float | None = None
    ptc_2019: int | None = None


class LabelUse(msgspec.Struct, frozen=True):
    """How often a shipped label is used where it could be; 0 and 1 are worth a look."""

    layer: str
    attribute: str
    label: str
    count: int


class RepeatedString(msgspec.Struct, frozen=True):
    """A string with a label at some of its occurrences only.

    `same_context` counts the occurrences without the label that have the same neighbour words as
    one with it. `places` are its occurrences, those without the label first, at most 1,000;
    their detail is exact, covered, partly, other or none.
    """

    string: str
    occurrences: int
    annotated: int
    same_context: int
    suspicion: float
    places: tuple[Where, ...]


class Consistency(msgspec.Struct, frozen=True):
    """At how many occurrences of its repeated strings a label is annotated.

    `annotated` is exact + covered. `by_voice` and `by_zone` give (annotated, occurrences).
    `strings` counts the strings with the label at two places or more; `inconsistent` lists those
    that lack it somewhere, most suspicious first.
    """

    strings: int
    occurrences: int
    annotated: int
    share: float
    exact: int
    covered: int
    partly: int
    other: int
    none: int
    by_voice: dict[str, tuple[int, int]]
    by_zone: dict[str, tuple[int, int]]
    inconsistent: tuple[RepeatedString, ...]
    ptc_2020: float | None = None


class Length(msgspec.Struct, frozen=True):
    """Figures of the lengths of one label's spans, in one unit."""

    median: float
    mean: float
    p90: float
    p99: float
    max: int


class Lengths(msgspec.Struct, frozen=True):
    """The lengths of one label's spans in words and characters, and which of them stand out.

    `beyond_p99` is empty for fewer than 100 spans, where the longest alone would be it.
    """

    n: int
    words: Length
    characters: Length
    outliers: tuple[Where, ...]
    beyond_p99: tuple[Where, ...]
    ptc_2020_median: float | None = None


class ItemDensity(msgspec.Struct, frozen=True):
    """An item's spans of one layer beside what the corpus's rate lets expect."""

    item: str
    words: int
    spans: int
    per_1000_words: float
    expected: float
    z: float
    far: bool
    divergence: float | None


class Density(msgspec.Struct, frozen=True):
    """Spans per 1,000 words of the text that was looked at, in a layer and in each item."""

    words: int
    spans: int
    per_1000_words: float
    items: tuple[ItemDensity, ...]


class Line(msgspec.Struct, frozen=True):
    """A line of the summary: what to look at, how often, and where its list stands."""

    kind: str
    count: int
    text: str
    list: str


class SetReport(msgspec.Struct, frozen=True):
    """The quality of one set; lints by id, the rest by layer and label.

    `spans` and `attributions` count all records; `unusable` counts the spans that do not point to
    text of their item, which only the first lints see.
    """

    spans: dict[str, int]
    attributions: int
    unusable: int
    summary: tuple[Line, ...]
    lints: dict[str, LintResult]
    labels: tuple[LabelUse, ...]
    consistency: dict[str, dict[str, Consistency]]
    copies: dict[str, CopyConsistency]
    lengths: dict[str, dict[str, Lengths]]
    density: dict[str, Density]
    notes: tuple[str, ...] = ()


class Report(msgspec.Struct, frozen=True):
    """The quality of a corpus's sets, by id."""

    sets: dict[str, SetReport]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON, as `newspan check --quality --json` prints it."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        return data
