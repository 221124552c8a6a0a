"""Names that a project's configuration, its tasks and its exports share: controls, values, ids."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable

import msgspec

from newspan.schema import Labels

#: The one object of a task: `<Text name="text" value="$text" granularity="symbol">`.
TEXT = "text"

#: The layers that people annotate, each a `<Labels>` control; blocks of reuse are computed.
LAYERS = ("claim", "attribution", "loaded_language")

#: The attribute whose values are a layer's labels.
LABEL_OF = {"claim": "factuality", "attribution": "role", "loaded_language": "technique"}

CUE = "cue"
#: A content that no cue introduces; it carries its attribution's attributes.
FREE_QUOTE = "free_quote"
#: A stretch whose end is where an open scope ends; it becomes no record.
SCOPE_END = "scope_end"
#: Labels of layer attribution beyond the roles in labels.json.
EXTRA_LABELS = (FREE_QUOTE, SCOPE_END)
#: The regions that stand for an attribution: they have its attributes, its relations start there.
ANCHORS = (CUE, FREE_QUOTE)

#: Relations from an anchor to a part; each is named after the part's label.
PARTS = ("source", "medium", "content", SCOPE_END)
#: From an anchor to the anchor of the attribution in whose content it is nested.
NESTED_IN = "nested_in"
#: From a claim to the earlier claim that it repeats.
REPEATS = "repeats"
RELATIONS = (*PARTS, NESTED_IN, REPEATS)

YES, NO = "yes", "no"
UNSURE, NOTE = "unsure", "note"
OPEN = "open"
#: Of a review: what becomes of a region, and why.
VERDICT, REASON = "verdict", "reason"
VERDICTS = ("take", "reject")
#: The field of a task's data that says how much is to be decided there.
TO_DECIDE = "to_decide"


class Control(msgspec.Struct, frozen=True):
    """One control of the configuration.

    `kind` is Label Studio's result type: `labels`, `choices` or `textarea`. `values` are the ids
    it may give (none: free text). `layer` is None and `on` is empty where it stands at every
    region; else it stands at regions of that layer, and of those only at the labels `on`, if any.
    """

    name: str
    kind: str
    layer: str | None
    values: tuple[str, ...] = ()
    on: tuple[str, ...] = ()

    def stands_at(self, layer: str, label: str) -> bool:
        """Tell whether a region of this layer and label has the control."""
        if self.kind == "labels":
            return self.layer == layer
        return self.layer in (None, layer) and (not self.on or label in self.on)


def labels_of(labels: Labels, layer: str) -> tuple[str, ...]:
    """Return the values of a layer's `<Labels>` control: all in force, in the file's order."""
    extra = EXTRA_LABELS if layer == "attribution" else ()
    return (*labels.of(layer, LABEL_OF[layer]), *extra)


def controls(labels: Labels, targets: Iterable[str], reasons: Iterable[str] = ()) -> list[Control]:
    """Return every control, those of the layers first, then the answers at a region.

    Args:
        labels: the labels in force.
        targets: the ids of the corpus's targets.
        reasons: of a review: the reasons to choose from; without any there is no review.
    """
    at_anchor, at_cue = ("attribution", ANCHORS), ("attribution", (CUE,))
    yes_no = (YES, NO)

    def values(name: str) -> tuple[str, ...]:
        return labels.of("attribution", name)

    found = [Control(layer, "labels", layer, labels_of(labels, layer)) for layer in LAYERS]
    found += [
        Control("check_worthy", "choices", "claim", yes_no, ("factual",)),
        Control("hedged", "choices", "claim", yes_no),
        Control("mode", "choices", at_anchor[0], values("mode"), at_anchor[1]),
        Control("source_kind", "choices", at_anchor[0], values("source_kind"), at_anchor[1]),
        Control("source_named", "choices", at_anchor[0], yes_no, at_anchor[1]),
        Control("source_name", "textarea", at_anchor[0], (), at_anchor[1]),
        Control("scope", "choices", at_cue[0], (OPEN,), at_cue[1]),
        Control("cue_type", "choices", at_cue[0], values("cue_type"), at_cue[1]),
        Control("cue_force", "choices", at_cue[0], values("cue_force"), at_cue[1]),
        Control("target", "choices", "loaded_language", tuple(targets)),
        Control("polarity", "choices", "loaded_language", labels.of("loaded_language", "polarity")),
        Control(UNSURE, "choices", None, (UNSURE,)),
        Control(NOTE, "textarea", None),
    ]
    reasons = tuple(reasons)
    if reasons:
        found += [
            Control(VERDICT, "choices", None, VERDICTS),
            Control(REASON, "choices", None, reasons),
        ]
    return found


def minted_id(prefix: str, *identity: str) -> str:
    """Return an id for what was drawn: the same whenever the same things are said of it.

    Args:
        prefix: one letter: c claim, l loaded language, r role span, a attribution, k link.
        identity: what it is a hash of, such as the set's id, the item's, the region's, the layer.
    """
    told = "\x1f".join(identity).encode("utf-8", "surrogatepass")
    return prefix + hashlib.sha256(told).hexdigest()[:15]


def free_id(prefix: str, taken: Collection[str], *identity: str) -> str:
    """Return a `minted_id` that is not among those taken."""
    found = minted_id(prefix, *identity)
    number = 2
    while found in taken:
        found = minted_id(prefix, *identity, str(number))
        number += 1
    return found
