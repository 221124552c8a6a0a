"""Regions of any Label Studio project as those of newspan's, and these as records.

A label of a control that isn't newspan's is what `kinds` takes it for; a region with several labels
becomes several. Answers that newspan has no place for are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeGuard

import msgspec

from newspan.exchange.kinds import Kind, Kinds
from newspan.labelstudio.drawn import shown
from newspan.labelstudio.names import LAYERS, TEXT, Control, controls
from newspan.labelstudio.regions import Reader
from newspan.labelstudio.units import unit_of
from newspan.model import AnyRecord
from newspan.problems import Place, Problem
from newspan.schema import read_labels

_ALL = (*LAYERS, "duplicate_block")
_TECHNIQUES, _TARGET = "loaded_language", "target"
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def text_of(data: dict[str, Any], results: list[Any]) -> str | None:
    """Return the text of a task: `text`, or that of its data which most regions fit."""
    texts = {name: value for name, value in data.items() if isinstance(value, str)}
    if TEXT in texts or not texts:
        return texts.get(TEXT)
    values = [each.get("value") for each in results if _is_region(each)]

    def fitting(name: str) -> int:
        text = texts[name]
        return sum(
            type(value.get("start")) is int
            and type(value.get("end")) is int
            and 0 <= value["start"] < value["end"]
            and text[value["start"] : value["end"]] == value.get("text")
            for value in values
            if isinstance(value, dict)
        )

    return texts[max(texts, key=fitting)]


class Projects:
    """Reads the results of annotations, whatever the projects' controls are called."""

    def __init__(self, kinds: Kinds, problems: list[Problem]) -> None:
        """Take what the user said of labels; `problems` gets what is wrong with regions."""
        self._kinds, self._problems = kinds, problems
        self._controls = {each.name: each for each in controls(read_labels(), ())}
        self._told: set[str] = set()

    def learn(self, annotations: Iterable[list[Any]]) -> None:
        """Take techniques and targets from results: an export doesn't name those of its corpus."""
        found: dict[str, dict[str, None]] = {_TECHNIQUES: {}, _TARGET: {}}
        for results in annotations:
            for each in self._translated(results):
                value = each.get("value") if isinstance(each, dict) else None
                for name, key in ((_TECHNIQUES, "labels"), (_TARGET, "choices")):
                    if isinstance(value, dict) and each.get("from_name") == name:
                        said = value.get(key)
                        names = said if isinstance(said, list) else ()
                        found[name] |= dict.fromkeys(filter(_is_name, names))
        found[_TARGET] = {name: None for name in found[_TARGET] if _ID.fullmatch(name)}
        for name, values in found.items():
            known = self._controls[name]
            self._controls[name] = msgspec.structs.replace(
                known, values=tuple(dict.fromkeys((*known.values, *values)))
            )

    def layers(self, results: list[Any]) -> set[str]:
        """Return the layers that regions are in."""
        return {each["from_name"] for each in self._translated(results) if _is_region(each)} & {
            *_ALL
        }

    def records(
        self,
        results: list[Any],
        carried: object,
        text: str,
        base: int,
        salt: tuple[str, str],
        place: Place,
    ) -> tuple[AnyRecord, ...]:
        """Return what the results of an annotation say; offsets are into the document's text.

        Args:
            results: those of an annotation.
            carried: what travelled with the task.
            text: the task's text.
            base: where it begins in its document.
            salt: a set's id and a document's, for ids of what was drawn.
            place: where the annotation stands.
        """
        given = list(self._translated(results, place))
        unit = unit_of(given, text)
        if unit == "contradictory":
            message = "some regions count code points, some UTF-16 units: none of them is read"
            self._problems.append(Problem("offset-unit", place, message))
            return ()
        if unit == "utf-16":
            message = "the offsets count UTF-16 units, as old versions wrote them"
            self._problems.append(Problem("offset-unit-converted", place, message))
        reader = Reader(self._controls, salt[0], _ALL)
        found = reader.read(given, carried, text, base, salt[1], utf16=unit == "utf-16")
        for fault in found.faults:
            region = "" if fault.region is None else f"region {shown(fault.region)}: "
            here = place.at("", fault.start, fault.end)
            self._problems.append(Problem(fault.id, here, region + fault.message))
        return found.records

    def _translated(self, results: list[Any], place: Place | None = None) -> Iterator[Any]:
        """Yield results as newspan's projects have them; with a place, tell what is left out."""
        for each in results:
            name = each.get("from_name") if isinstance(each, dict) else None
            control = self._controls.get(name) if isinstance(name, str) else None
            if _is_region(each):
                yield from self._regions(each, control)
            elif control is not None or not isinstance(name, str):
                yield each
            elif place is not None and name not in self._told:
                self._told.add(name)
                message = f"what the control {shown(name)} says, everywhere"
                self._problems.append(Problem("annotation-left-out", place, message))

    def _regions(self, result: dict[str, Any], control: Control | None) -> Iterator[Any]:
        value = result["value"]
        labels = value.get("labels")
        if not isinstance(labels, list) or not labels or not all(_is_name(x) for x in labels):
            labels = [""] if labels in (None, []) else None
        if labels is None:
            yield result
            return
        for number, label in enumerate(labels):
            kind = self._kind(label, control)
            if kind is not None:
                again = f"-{number + 1}" if number and isinstance(result.get("id"), str) else ""
                yield {
                    **result,
                    "id": f"{result.get('id') or ''}{again}",
                    "from_name": kind.layer,
                    "to_name": TEXT,
                    "type": "labels",
                    "value": {**value, "labels": [kind.label]},
                }

    def _kind(self, label: str, control: Control | None) -> Kind | None:
        """Return what a label means; None if the user wants it left out."""
        layer = None if control is None or control.kind != "labels" else control.name
        if self._kinds.mapped(label) or layer is None:
            return self._kinds.of(label)
        if layer == _TECHNIQUES and label not in self._controls[layer].values:
            return Kind(layer, self._kinds.technique(label))
        return Kind(layer, label)


def _is_region(result: Any) -> bool:
    return (
        isinstance(result, dict)
        and result.get("type") == "labels"
        and isinstance(result.get("value"), dict)
    )


def _is_name(label: Any) -> TypeGuard[str]:
    return isinstance(label, str)
