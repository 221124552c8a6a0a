"""The JSON Schema of an answer: self-contained, with the labels and targets of its corpus."""

from __future__ import annotations

from typing import Any

from newspan.campaign.packets import Packet
from newspan.schema import Labels

#: The lists of an answer, by layer. `repeats` joins claims.
LISTS = {
    "claim": ("claims", "repeats"),
    "attribution": ("attributions",),
    "loaded_language": ("loaded_language",),
}
#: What one entry of each list is called in counts.
KINDS = {
    "claims": "claim",
    "repeats": "repeats",
    "attributions": "attribution",
    "loaded_language": "loaded_language",
}
#: The label attributes that the checks demand of every annotator, by layer.
NEEDED = {
    "claim": ("factuality",),
    "attribution": ("mode", "source_kind", "cue_type", "cue_force", "scope"),
    "loaded_language": ("technique",),
}


def shipped(labels: Labels, layer: str, attribute: str) -> list[str]:
    """Return the labels in force that annotators may give, in the file's order."""
    return [
        label.id
        for label in labels.labels
        if (label.layer, label.attribute, label.status) == (layer, attribute, "shipped")
    ]


def answer_schema(
    layers: tuple[str, ...],
    labels: Labels,
    targets: tuple[str, ...],
    packet: Packet | None = None,
    *,
    reverse: bool = False,
) -> dict[str, Any]:
    """Return the schema of an answer.

    Args:
        layers: those that are asked for.
        labels: the labels in force.
        targets: ids for loaded language; none leaves `target` out.
        packet: whose paragraphs' numbers are listed; without one any number fits.
        reverse: give lists of choices, and the layers, in reverse order.
    """

    def choice(layer: str, attribute: str) -> dict[str, Any]:
        values = shipped(labels, layer, attribute)
        return {"enum": values[::-1] if reverse else values}

    remarks: dict[str, Any] = {
        "unsure": {"type": "boolean", "description": "You are not sure."},
        "note": _text("A short remark."),
    }
    ref = _text("A name of your choice, for other entries of this answer to refer to.")
    numbers = None if packet is None else [each.number for each in packet.paragraphs]
    own = None if packet is None else list(packet.annotate)
    definitions: dict[str, Any] = {"quotation": _object(_quotation(numbers), ["p", "quote"])}
    quotation = {"$ref": "#/$defs/quotation"}
    if "claim" in layers:
        claim = {
            **_quotation(own),
            "ref": ref,
            "factuality": choice("claim", "factuality"),
            "check_worthy": {"type": "boolean", "description": "Of factual claims only."},
            "hedged": {"type": "boolean", "description": "false if absent."},
            **remarks,
        }
        definitions["claim"] = _object(claim, ["p", "quote", "factuality"])
        ends = {
            "from": _text("The `ref` of the claim that says it again."),
            "to": _text("The `ref` of the claim that says it first."),
        }
        definitions["repeats"] = _object({**ends, **remarks}, ["from", "to"])
    if "attribution" in layers:
        attribution = {
            "ref": ref,
            "sources": {"type": "array", "items": quotation},
            "media": {"type": "array", "items": quotation},
            "cue": {**quotation, "description": "Absent in a free-standing quotation."},
            "contents": {
                "type": "array",
                "items": _object(_quotation(own), ["p", "quote"]),
                "description": "One for each paragraph that it runs over.",
            },
            "parent": _text("The `ref` of the attribution in whose content this one stands."),
            "mode": choice("attribution", "mode"),
            "source_kind": choice("attribution", "source_kind"),
            "source_named": {"type": "boolean", "description": "true where source_name is given."},
            "source_name": _text("The source's name, as the item gives it anywhere."),
            "cue_type": {**choice("attribution", "cue_type"), "description": "With a cue only."},
            "cue_force": {**choice("attribution", "cue_force"), "description": "With a cue only."},
            "scope": {**choice("attribution", "scope"), "description": "closed if absent."},
            "scope_end": _object(
                _quotation(numbers),
                ["p"],
                "Of an open scope that ends before the item does: at this quotation's end, or "
                "without quote at the end of paragraph p.",
            ),
            **remarks,
        }
        definitions["attribution"] = _object(attribution, ["mode", "source_kind"])
        definitions["attribution"]["dependentRequired"] = {"cue": ["cue_type", "cue_force"]}
    if "loaded_language" in layers:
        loaded = {**_quotation(own), "technique": choice("loaded_language", "technique")}
        if targets:
            ids = list(targets[::-1] if reverse else targets)
            loaded["target"] = {"enum": ids, "description": "Whom or what the words are aimed at."}
        if shipped(labels, "loaded_language", "polarity"):
            loaded["polarity"] = choice("loaded_language", "polarity")
        definitions["loaded_language"] = _object({**loaded, **remarks}, ["p", "quote", "technique"])
    names = [name for layer in layers for name in LISTS[layer]]
    properties: dict[str, Any] = {"packet": {} if packet is None else {"const": packet.id}}
    for name in names[::-1] if reverse else names:
        properties[name] = {"type": "array", "items": {"$ref": f"#/$defs/{KINDS[name]}"}}
    properties["looked_at"] = {
        "type": "array",
        "items": {"type": "integer"} if own is None else {"enum": own},
        "description": "The paragraphs that you have read to their end, for all that is asked.",
    }
    required = ["packet", *(name for name in properties if name not in ("packet", "repeats"))]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_object(properties, list(dict.fromkeys(required))),
        "$defs": definitions,
    }


def _quotation(numbers: list[int] | None) -> dict[str, Any]:
    return {
        "p": {"type": "integer"} if numbers is None else {"enum": numbers},
        "quote": _text("Words of paragraph p, verbatim."),
        "occurrence": {
            "type": "integer",
            "minimum": 1,
            "description": "Which one it is, where the words stand in the paragraph repeatedly.",
        },
    }


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "description": description}


def _object(properties: dict[str, Any], required: list[str], about: str = "") -> dict[str, Any]:
    described = {"description": about} if about else {}
    return {
        "type": "object",
        **described,
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
