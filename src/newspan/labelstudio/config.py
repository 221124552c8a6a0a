"""The labelling interface of a project, as XML, written from the labels and targets in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from newspan.labelstudio import names
from newspan.labelstudio.keys import Keys
from newspan.labelstudio.look import colour, style
from newspan.model import Target
from newspan.schema import Labels


class Option(NamedTuple):
    """Something to choose: the id that is stored, the title that is shown, and what it means."""

    id: str
    title: str
    hint: str = ""


class Question(NamedTuple):
    """How a control that stands at a region is shown."""

    title: str
    #: In a row, or in a list to open.
    layout: str = "inline"
    placeholder: str = ""
    rows: int = 1
    #: Whether what is annotated is incomplete without it; it can be submitted all the same.
    needed: bool = False


_LAYERS = {
    "claim": "Claim",
    "attribution": "Attribution",
    "loaded_language": "Loaded language",
}

_ROLES = (
    Option(
        names.FREE_QUOTE,
        "Free quote",
        "The content of a quotation that has no cue of its own. It takes the attributes; source, "
        "medium and further contents are tied to it.",
    ),
    Option(
        names.SCOPE_END,
        "Scope end",
        "Only where an open scope ends before the text does: mark the last words that it governs "
        "and tie them to its cue.",
    ),
)

_YES_NO = (Option(names.YES, "Yes"), Option(names.NO, "No"))

#: In the order in which they are shown.
_QUESTIONS = {
    names.VERDICT: Question("Verdict"),
    names.REASON: Question("Reason", "select"),
    "check_worthy": Question("Check-worthy"),
    "hedged": Question("Hedged"),
    "mode": Question("Mode", needed=True),
    "source_kind": Question("Source is", "select", needed=True),
    "source_named": Question("Named here"),
    "source_name": Question("Name", placeholder="full name, without titles"),
    "cue_type": Question("Cue type", "select", needed=True),
    "cue_force": Question("Cue force", "select", needed=True),
    "scope": Question("Scope"),
    "target": Question("Target", "select"),
    "polarity": Question("Polarity"),
    names.UNSURE: Question("Sure?"),
    names.NOTE: Question("Note", placeholder="a remark, if any", rows=2),
}

_HINT = (
    "Choose a label, by mouse or key, then drag over the words. Click on marked words to say more "
    "about them: what has a * is needed. How to tie words together, and all rules: "
    "“Instructions”, above."
)
_HINT_TO_DECIDE = (
    "What is open comes first in the list “Regions”. Click on each, press {take} to take it or "
    "{reject} to reject it, and choose a reason. What you take replaces other readings of the same "
    "place that you leave without a verdict. Submit when all is decided. More: “Instructions”, "
    "above."
)
_HINT_TO_REVIEW = (
    "Read all of the text. What you leave or change counts as verified by you. Delete what is "
    "wrong, or click on it and press {reject} to reject it; mark what is missing. Submitting says "
    "that you have read it all. More: “Instructions”, above."
)


def label_config(
    labels: Labels,
    targets: Mapping[str, Target],
    layers: Sequence[str],
    *,
    review: bool = False,
    reasons: Sequence[tuple[str, str]] = (),
    decide: bool = False,
) -> str:
    """Return the XML of a project's labelling interface.

    `layers` are those to annotate, in any order. `review` adds a verdict per region and a reason,
    one of `reasons` (ids and descriptions). In a review to `decide` between readings, the tasks'
    data say in `to_decide` how many are open. The same input gives the same bytes.

    Raises:
        ValueError: a layer that cannot be annotated, no layer, or a review without reasons.
    """
    if review and not reasons:
        raise ValueError("a review needs reasons to choose from")
    unknown = sorted(set(layers) - set(_LAYERS))
    if unknown or not layers:
        raise ValueError(
            f"layers to annotate are {', '.join(_LAYERS)}; not {', '.join(unknown) or 'none'}"
        )
    palette = {
        layer: _distinct(_palette(labels, layer)) for layer in names.LAYERS if layer in layers
    }
    keys = Keys((option.id, option.title) for options in palette.values() for option in options)
    view = Element("View", className="newspan")
    SubElement(view, "Style").text = style(
        (option.title, keys.letter(option.id)) for options in palette.values() for option in options
    )
    relations = SubElement(view, "Relations")
    for relation in names.RELATIONS:
        if ("claim" if relation == names.REPEATS else "attribution") in palette:
            SubElement(relations, "Relation", value=relation)
    body = SubElement(view, "View", className="newspan-text")
    SubElement(
        body, "Text", name=names.TEXT, value="$text", granularity="symbol", saveTextResult="yes",
        showLabels="true",
    )  # fmt: skip
    side = SubElement(view, "View", className="newspan-side")
    if review and decide:
        count = SubElement(side, "View", className="newspan-open")
        says = f"To decide here: ${names.TO_DECIDE}, first in the list “Regions”"
        SubElement(count, "Header", value=says, size="5")
    for layer, options in palette.items():
        _add_palette(side, layer, options, keys)
    answers = _answers(labels, targets, reasons)
    controls = names.controls(labels, targets, [key for key, _ in reasons] if review else ())
    for control in sorted(
        (c for c in controls if c.name in _QUESTIONS and c.layer in (None, *palette)),
        key=lambda control: list(_QUESTIONS).index(control.name),
    ):
        on = control.on or (names.labels_of(labels, control.layer) if control.layer else ())
        _add_question(side, control, on, answers.get(control.name, ()), keys)
    hint = SubElement(side, "View", className="newspan-hint", visibleWhen="no-region-selected")
    says = _HINT
    if review:
        verdicts = {each: keys.of_answer(names.VERDICT, each) for each in names.VERDICTS}
        says = (_HINT_TO_DECIDE if decide else _HINT_TO_REVIEW).format_map(verdicts)
    SubElement(hint, "Header", size="5", value=says)
    indent(view, "  ")
    return tostring(view, encoding="unicode") + "\n"


def choices(labels: Labels, layer: str) -> frozenset[str]:
    """Return the ids of the labels that annotators choose from in a layer."""
    return frozenset(option.id for option in _palette(labels, layer))


def _palette(labels: Labels, layer: str) -> Iterator[Option]:
    """Yield what annotators choose from in a layer; labels for import only are no choice."""
    yield from _options(labels, layer, names.LABEL_OF[layer])
    if layer == "attribution":
        yield from _ROLES


def _options(labels: Labels, layer: str, attribute: str) -> Iterator[Option]:
    for label in labels.labels:
        if (label.layer, label.attribute, label.status) == (layer, attribute, "shipped"):
            yield Option(label.id, label.title, f"{label.definition} Test: {label.test}")


def _answers(
    labels: Labels, targets: Mapping[str, Target], reasons: Sequence[tuple[str, str]]
) -> dict[str, list[Option]]:
    """Return what can be answered to each question, by its control's name."""
    found: dict[str, Iterable[Option]] = {
        "check_worthy": _YES_NO,
        "hedged": _YES_NO,
        "source_named": _YES_NO,
        "target": (Option(t.id, t.title, t.description) for t in targets.values()),
        names.UNSURE: [Option(names.UNSURE, "Unsure", "You waver between labels or borders.")],
    }
    for layer, attribute in (
        *(("attribution", name) for name in ("mode", "source_kind", "cue_type", "cue_force")),
        ("loaded_language", "polarity"),
    ):
        found[attribute] = _options(labels, layer, attribute)
    scopes = _options(labels, "attribution", "scope")
    found["scope"] = [option for option in scopes if option.id == names.OPEN]
    found[names.VERDICT] = (Option(value, value.capitalize()) for value in names.VERDICTS)
    found[names.REASON] = (Option(key, key.replace("-", " "), says) for key, says in reasons)
    return {name: _distinct(options) for name, options in found.items()}


def _distinct(options: Iterable[Option]) -> list[Option]:
    """Return options whose titles Label Studio can tell from each other and from all ids."""
    options = list(options)
    ids = {option.id for option in options}
    titles: set[str] = set()
    found = []
    for option in options:
        # What follows a dollar sign would be taken for the name of a field.
        title = " ".join(option.title.split()).replace("$", "＄") or option.id
        if title in titles or title in ids - {option.id}:
            title = f"{title} ({option.id})"
        titles.add(title)
        found.append(option._replace(title=title))
    return found


def _add_palette(side: Element, layer: str, options: list[Option], keys: Keys) -> None:
    SubElement(side, "Header", value=_LAYERS[layer], size="5")
    control = SubElement(side, "Labels", name=layer, toName=names.TEXT, choice="single")
    for number, option in enumerate(options):
        SubElement(
            control, "Label", value=option.title, alias=option.id, hint=option.hint,
            hotkey=keys.of_label(option.id), background=colour(layer, option.id, number),
        )  # fmt: skip


def _add_question(
    side: Element,
    control: names.Control,
    on: Sequence[str],
    options: Sequence[Option],
    keys: Keys,
) -> None:
    """Add what is asked of a region, shown at regions with one of the labels `on`, or at all."""
    question = _QUESTIONS[control.name]
    # A key answers where nothing is asked, too, and answers stay when the label is changed: what
    # does not belong to a region's label, Label Studio drops on saving, if the control says so.
    when = {"whenLabelValue": ",".join(on)} if on else {}
    kind = "newspan-question newspan-needed" if question.needed else "newspan-question"
    shown = {"className": kind, "visibleWhen": "region-selected", **when}
    if control.layer:
        shown["whenTagName"] = control.layer
    place = SubElement(side, "View", shown)
    SubElement(place, "Header", value=question.title, size="5")
    asked = {"name": control.name, "toName": names.TEXT, "perRegion": "true", **when}
    if control.kind == "textarea":
        # Without its button a text is stored when another region is chosen, or on saving.
        asked |= {"maxSubmissions": "1", "editable": "true", "showSubmitButton": "false"}
        rows, hint = str(question.rows), question.placeholder
        SubElement(place, "TextArea", asked, rows=rows, placeholder=hint)
        return
    choices = SubElement(place, "Choices", asked, choice="single", layout=question.layout)
    for option in options:
        key = keys.of_answer(control.name, option.id)
        choice = SubElement(choices, "Choice", value=option.title, alias=option.id, hotkey=key)
        if option.hint:
            choice.set("hint", option.hint)
