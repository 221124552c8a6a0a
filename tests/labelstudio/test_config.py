"""The labelling interface and the instruction, as Label Studio gets them."""

from __future__ import annotations

from itertools import combinations, product
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import msgspec
import pytest

from newspan.corpus import read_corpus
from newspan.labelstudio import names
from newspan.labelstudio.config import label_config
from newspan.labelstudio.instruction import instruction
from newspan.labelstudio.look import COLOURS, INK, PAPER
from newspan.model import Target
from newspan.schema import Label, Labels, read, read_labels

ROOT = Path(__file__).parents[2]
LAYERS = ("claim", "attribution", "loaded_language")
REASONS = [("missed", "It was overlooked."), ("other", "The note says why.")]
TARGETS = {"council": Target("council", "The council", "organisation", "The town council.")}
#: Label Studio's keys that work in texts; with pictures it has h and r too.
TAKEN = {"u", "h", "r", "escape", "enter", "backspace", "delete"}


def config(labels: Labels | None = None, **more: Any) -> Element:
    """Return a configuration, parsed."""
    arguments: dict[str, Any] = {"targets": TARGETS, "layers": LAYERS} | more
    return fromstring(label_config(labels or read_labels(), **arguments))


def with_techniques(*techniques: tuple[str, str]) -> Labels:
    """Return the shipped labels with other techniques, given as id and title."""
    shipped = read_labels()
    (model, *_) = (x for x in shipped.labels if x.attribute == "technique")
    rest = tuple(x for x in shipped.labels if x.attribute != "technique")
    own = tuple(msgspec.structs.replace(model, id=i, title=t) for i, t in techniques)
    return Labels((*rest, *own), "0" * 64)


def test_shipped_configuration_is_fresh() -> None:
    """annotation/label_config.xml is what the shipped labels and targets give."""
    corpus, _ = read_corpus(ROOT)
    assert corpus is not None
    path = ROOT / "annotation" / "label_config.xml"
    expected = label_config(corpus.labels, corpus.targets, LAYERS)
    assert path.read_text(encoding="utf-8") == expected, "python scripts/regenerate.py writes it"


def where(control: names.Control) -> str:
    """Return the labels that a control is for, joined by commas; none for one that is for all."""
    if control.layer is None or control.kind == "labels":
        return ""
    return ",".join(control.on or names.labels_of(read_labels(), control.layer))


@pytest.mark.parametrize("reasons", [[], REASONS], ids=["annotation", "review"])
def test_controls_are_those_that_exports_are_read_by(reasons: list[tuple[str, str]]) -> None:
    """Each control is there under its name, with its values, where it applies, and no other is."""
    view = config(review=bool(reasons), reasons=reasons)
    (text,) = view.iter("Text")
    assert text.attrib["name"] == names.TEXT
    assert (text.attrib["value"], text.attrib["granularity"]) == ("$text", "symbol")
    imported = {label.id for label in read_labels().labels if label.status == "import_only"}
    found = {
        each.attrib["name"]: (
            each.tag.lower(),
            tuple(option.attrib["alias"] for option in each),
            each.attrib.get("whenLabelValue", ""),
        )
        for tag in ("Labels", "Choices", "TextArea")
        for each in view.iter(tag)
    }
    assert found == {
        control.name: (
            control.kind,
            tuple(value for value in control.values if value not in imported),
            where(control),
        )
        for control in names.controls(read_labels(), TARGETS, [key for key, _ in reasons])
    }
    for each in view.iter("View"):
        for control in (*each.findall("Choices"), *each.findall("TextArea")):
            assert control.attrib["perRegion"] == "true"
            assert each.attrib["visibleWhen"] == "region-selected"
            assert each.attrib.get("whenLabelValue") == control.attrib.get("whenLabelValue")
    assert [r.attrib["value"] for r in view.iter("Relation")] == list(names.RELATIONS)


def test_only_the_layers_asked_for() -> None:
    """A project for claims has no controls and relations of other layers."""
    view = config(layers=["claim"])
    assert [each.attrib["name"] for each in view.iter("Labels")] == ["claim"]
    assert [each.attrib["value"] for each in view.iter("Relation")] == ["repeats"]
    asked = [each.attrib["name"] for each in view.iter("Choices")]
    assert asked == ["check_worthy", "hedged", "unsure"]
    order = label_config(read_labels(), TARGETS, ["loaded_language", "claim"])
    assert order == label_config(read_labels(), TARGETS, ["claim", "loaded_language"])


@pytest.mark.parametrize(
    ("layers", "more"),
    [(["duplicate_block"], {}), ([], {}), (["claim", "voice"], {}), (["claim"], {"review": True})],
)
def test_wrong_use(layers: list[str], more: dict[str, Any]) -> None:
    """A layer that is computed or unknown, none, and a review without reasons are refused."""
    with pytest.raises(ValueError, match=r"layers to annotate|reasons"):
        label_config(read_labels(), {}, layers, **more)


def test_hints_say_what_labels_mean() -> None:
    """Each label and answer of labels.json shows its definition and test; a target, what it is."""
    shown = {
        (parent.attrib["name"], option.attrib["alias"]): option.attrib.get("hint", "")
        for parent in config().iter()
        if parent.tag in ("Labels", "Choices")
        for option in parent
    }
    by_control = {"factuality": "claim", "role": "attribution", "technique": "loaded_language"}

    def told(label: Label) -> str:
        return shown[by_control.get(label.attribute, label.attribute), label.id]

    asked = {name for name, _ in shown}
    for label in read_labels().labels:
        control = by_control.get(label.attribute, label.attribute)
        if label.status == "shipped" and control in asked and (control, label.id) in shown:
            assert label.definition in told(label)
            assert label.test in told(label)
    assert shown["target", "council"] == "The town council."
    assert all(shown["attribution", role] for role in names.EXTRA_LABELS)


def test_what_is_needed_is_marked() -> None:
    """A star is at what `newspan check` wants of every attribution, and at nothing else."""
    marked = {
        control.attrib["name"]
        for place in config(review=True, reasons=REASONS).iter("View")
        if "newspan-needed" in place.attrib.get("className", "").split()
        for control in place.findall("Choices")
    }
    assert marked == {"mode", "source_kind", "cue_type", "cue_force"}


def test_hint_and_count_of_each_kind_of_project() -> None:
    """Annotators, adjudicators and reviewers are told what to do; only to decide is counted."""

    def told(**more: Any) -> list[str]:
        return [h.attrib["value"] for h in config(**more).iter("Header")]

    review: dict[str, Any] = {"review": True, "reasons": REASONS}
    annotating, deciding, reviewing = told(), told(**review, decide=True), told(**review)
    assert len({annotating[-1], deciding[-1], reviewing[-1]}) == 3
    assert "press j to take it or v to reject it" in deciding[-1]
    assert "press v to reject it" in reviewing[-1]
    assert deciding[0].startswith("To decide here: $to_decide,")
    assert not any("$" in each for each in annotating + reviewing)


def test_awkward_titles() -> None:
    """Markup, quotes, dollar signs and repeated titles are shown as they are, and stay apart."""
    labels = with_techniques(
        ("A", 'Fear & <b>"loathing"</b>'),
        ("B", "It’s\n$text"),
        ("C", "Same"),
        ("D", "Same"),
        ("E", "C"),
        ("Same", "Other"),
    )
    view = config(labels, targets={"x": Target("x", "<&>", "group", "“&”")})
    (control,) = (each for each in view.iter("Labels") if each.attrib["name"] == "loaded_language")
    titles = {option.attrib["alias"]: option.attrib["value"] for option in control}
    assert titles == {
        "A": 'Fear & <b>"loathing"</b>',
        "B": "It’s ＄text",
        "C": "Same (C)",
        "D": "Same (D)",
        "E": "C (E)",
        "Same": "Other",
    }
    (style,) = view.iter("Style")
    assert style.text is not None
    assert not set("<>&") & set(style.text)


def keys(view: Element) -> list[str]:
    """Return all keys of a configuration."""
    return [each.attrib["hotkey"] for tag in ("Label", "Choice") for each in view.iter(tag)]


@pytest.mark.parametrize(
    "labels",
    [
        read_labels(),
        with_techniques(("Doubt", "Doubt")),
        with_techniques(*((f"T{n}", f"Technique {n}") for n in range(60))),
    ],
    ids=["shipped", "one", "sixty"],
)
def test_keys(labels: Labels) -> None:
    """Each key is given once, and none is Label Studio's own; nothing is left without a key."""
    view = config(labels, review=True, reasons=REASONS)
    given = keys(view)
    assert len(given) == len(set(given))
    assert not TAKEN & set(given)
    for key in given:
        letter = key.removeprefix("shift+")
        # What no keyboard sends is for answers in lists, where keys are not shown.
        assert (letter.isascii() and letter.isalnum() and len(letter) == 1) or ord(key) > 255
    for choices in view.iter("Choices"):
        if choices.attrib["layout"] == "inline":
            assert all(option.attrib["hotkey"].isascii() for option in choices)


def test_keys_of_many_labels() -> None:
    """As many labels as there are letters, with shift and without, can be chosen by key."""
    view = config(with_techniques(*((f"T{n}", f"Technique {n}") for n in range(20))))
    assert all(each.attrib["hotkey"].isascii() for each in view.iter("Label"))


Colour = tuple[float, float, float]
#: What people see in linear light, by Machado, Oliveira and Fernandes (2009), severity 1.
SIGHT = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
}


def colour(code: str) -> Colour:
    """Return red, green and blue of a code, 0 to 1."""
    red, green, blue = (int(code[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return red, green, blue


def over(top: Colour, share: float, below: Colour) -> Colour:
    """Return a colour laid over another."""
    red, green, blue = (share * t + (1 - share) * b for t, b in zip(top, below, strict=True))
    return red, green, blue


def light(seen: Colour) -> Colour:
    """Return a colour in linear light."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in seen)
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast of two colours by WCAG 2, 1 to 21."""
    dark, bright = sorted(
        0.2126 * red + 0.7152 * green + 0.0722 * blue
        for red, green, blue in (light(one), light(other))
    )
    return (bright + 0.05) / (dark + 0.05)


def lab(seen: Colour, sight: str) -> Colour:
    """Return a colour in CIE L*a*b* as it looks with some sight."""
    linear = light(seen)
    red, green, blue = (
        max(0.0, min(1.0, sum(m * c for m, c in zip(row, linear, strict=True))))
        for row in SIGHT[sight]
    )
    x, y, z = (
        c ** (1 / 3) if c > 0.008856 else 7.787 * c + 16 / 116
        for c in (
            (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047,
            0.2126 * red + 0.7152 * green + 0.0722 * blue,
            (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883,
        )
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one: Colour, other: Colour, sight: str) -> float:
    """Return how far apart two colours look; from about 2 on it can be seen side by side."""
    pairs = zip(lab(one, sight), lab(other, sight), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


def test_text_stays_readable() -> None:
    """Text on any three colours laid over each other, the last one chosen, has contrast 4.5."""
    every = [colour(code) for codes in COLOURS.values() for code in codes.values()]
    for first, second, third in product(every, repeat=3):
        below = over(second, 0.3, over(first, 0.3, colour(PAPER)))
        assert contrast(colour(INK), over(third, 0.3, below)) >= 4.5
        assert contrast(colour(INK), over(third, 0.8, below)) >= 4.5


@pytest.mark.parametrize("sight", SIGHT)
def test_layers_can_be_told_apart(sight: str) -> None:
    """Every label's tint differs from the paper and from those of other layers."""
    paper = colour(PAPER)
    tints = {
        layer: [over(colour(code), 0.3, paper) for code in codes.values()]
        for layer, codes in COLOURS.items()
    }
    for one, other in combinations([*tints.values(), [paper]], 2):
        assert min(difference(a, b, sight) for a, b in product(one, other)) >= 10


def test_instruction_is_harmless() -> None:
    """HTML in the guidelines is shown as text; scripts, pictures and other links are left out."""
    html = instruction(
        "\ufeff---\r\ntitle: T\r\n---\r\nFirst [a](x.md) ![pic](http://x.example/p.png)\n"
        "# One <script>alert(1)</script> [b](javascript:alert(2))\n<!-- a\nremark -->\n"
        "<img src=x onerror=alert(3)> [c](https://x.example) `<i>`\n\n> # inner\n\n"
        "## Two\n\n| h | i |\n|---|---|\n| 1 | 2 |\n"
    )
    guidelines = html[html.index("<details>") :]
    assert "title: T" not in html
    assert "remark" not in html
    for tag in ("<script", "<img", "<i>", 'href="x.md', 'href="javascript'):
        assert tag not in guidelines
    assert '<a href="https://x.example" target="_blank" rel="noreferrer">c</a>' in guidelines
    assert "First a pic" in guidelines
    assert guidelines.count("<details>") == guidelines.count("</details>") == 3
    assert "<summary>Two</summary>" in guidelines
    assert "<td>2</td>" in guidelines


def test_instruction_says_where_to_annotate() -> None:
    """The kinds of zones that are annotated are told, and those that are not; of all, nothing."""
    assert "Annotate" not in instruction("")
    html = instruction("", zones=["title", "paragraph", "heading"], first="**First of *all*.**\n\n")
    assert "Annotate titles, headings and running text. Leave the rest alone (bylines, " in html
    told = ("First of <em>all</em>.", "Where.", "Mark words.", "What is needed.")
    assert sorted(told, key=html.index) == list(told)
    kinds = read("common.json")["$defs"]["zone_kind"]["enum"]
    assert instruction("", zones=kinds) == instruction("")
    for kind in kinds:
        rest = [each for each in kinds if each != kind]
        assert "Leave the rest alone (" in instruction("", zones=rest)


def test_instruction_of_the_shipped_guidelines() -> None:
    """The shipped guidelines' sections are there, with their tables, after the how-to."""
    text = (ROOT / "annotation" / "guidelines.md").read_text(encoding="utf-8")
    html = instruction(text)
    assert html.index("Mark words.") < html.index("<summary>Annotation guidelines</summary>")
    for title in ("Claim", "Attribution", "Loaded language", "Hard cases"):
        assert f"<summary>{title}</summary>" in html
    assert "<strong>H34." in html
    assert "<table>" in html
    assert "newspan:labels" not in html
    assert html == instruction(text)
