"""What stands in one annotation's results: regions, the answers at them, and relations.

Label Studio's server checks next to nothing, so every value may be any JSON. What is not as Label
Studio's browser or newspan writes it becomes a fault; the rest is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from newspan.checks.extents import clip
from newspan.labelstudio.names import LAYERS, RELATIONS, TEXT, Control
from newspan.labelstudio.results import Result, Value, as_result
from newspan.offsets import OffsetError, OffsetMap


class Fault(msgspec.Struct, frozen=True):
    """A fault of an annotation: a problem's id, which result it is in, and in which region."""

    id: str
    index: int | None
    message: str
    region: str | None = None
    start: int | None = None
    end: int | None = None


class Region(msgspec.Struct):
    """A labelled stretch of the task's text, in code points of it, and the answers given there."""

    id: str
    layer: str
    label: str
    start: int
    end: int
    index: int
    origin: str = "manual"
    answers: dict[str, str] = msgspec.field(default_factory=dict)


class Relation(msgspec.Struct):
    """A line from one region to another; without a label, newcomers' way, what its ends say."""

    from_id: str
    to_id: str
    label: str | None
    index: int


class Drawn(msgspec.Struct):
    """All that an annotation's results hold, as far as it can be read."""

    regions: list[Region]
    relations: list[Relation]
    faults: list[Fault]


ORIGINS = ("manual", "prediction", "prediction-changed")


def shown(value: object) -> str:
    """Return any JSON value, short, for a message."""
    return clip(value) if isinstance(value, str) else clip(repr(value))


def draw(
    results: Sequence[Any],
    length: int,
    controls: Mapping[str, Control],
    layers: Collection[str] = LAYERS,
    utf16: OffsetMap | None = None,
) -> Drawn:
    """Return what an annotation's results hold.

    Args:
        results: the list `result` of an annotation, prediction or draft; `Result`s, or any JSON.
        length: of the task's text, in code points.
        controls: all controls of the configuration by name.
        layers: those that were asked for.
        utf16: where offsets count UTF-16 units, the map of the task's text.
    """
    reader = _Reader(length, controls, layers, utf16)
    for index, result in enumerate(results):
        reader.add(index, result if isinstance(result, Result) else as_result(result))
    return reader.finish()


class _Reader:
    def __init__(
        self,
        length: int,
        controls: Mapping[str, Control],
        layers: Collection[str],
        utf16: OffsetMap | None,
    ) -> None:
        self._length, self._controls, self._layers = length, controls, layers
        self._utf16 = utf16
        self._regions: dict[str, list[Region]] = {}
        self._answers: list[tuple[int, str, Control, str]] = []
        self._relations: list[Relation] = []
        self._faults: list[Fault] = []
        self._faulty: set[str] = set()

    def add(self, index: int, result: Any) -> None:
        if not isinstance(result, Result):
            self._fault("export-syntax", index, f"a result is {shown(result)}, not an object")
            return
        kind, region_id, name, value = result.type, result.id, result.from_name, result.value
        if kind == "relation":
            self._add_relation(index, result)
            return
        if not isinstance(region_id, str) or not region_id or "#" in region_id:
            told = "has no id" if region_id is UNSET else f"has the id {shown(region_id)}"
            self._fault("region-id", index, f"a region {told}")
            return
        control = self._controls.get(name) if isinstance(name, str) else None
        if control is None or kind != control.kind or result.to_name != TEXT:
            message = (
                f"from_name {shown(name)}, to_name {shown(result.to_name)} and type {shown(kind)} "
                "are no control of the configuration"
            )
            self._faulty.add(region_id)
            self._fault("region-control", index, message, region_id)
        elif not isinstance(value, Value):
            self._faulty.add(region_id)
            message = f"the value of {control.name} is {shown(value)}, not an object"
            self._fault("export-syntax", index, message, region_id)
        elif kind == "labels":
            self._add_region(index, region_id, control, value, result)
        else:
            answer = _answer(control, value)
            if answer is None:
                told = value.words() if kind == "textarea" else value.choices
                message = f"{control.name} is {shown(told)}"
                self._fault("attribute-value", index, message, region_id)
            elif answer:  # for all regions of this id, and some may still come
                self._answers.append((index, region_id, control, answer))

    def _fault(
        self, fault: str, index: int, message: str, region: str | None = None, *extent: int
    ) -> None:
        self._faults.append(Fault(fault, index, message, region, *extent))

    def _add_region(
        self, index: int, region_id: str, control: Control, value: Value, result: Result
    ) -> None:
        extent = self._extent(index, region_id, value)
        label = value.labels
        if not (isinstance(label, list) and len(label) == 1 and label[0] in control.values):
            message = f"its label is {shown(label)}, which is not one of {control.name}"
            self._fault("region-label", index, message, region_id)
            extent = None
        if extent is None:
            self._faulty.add(region_id)
            return
        if control.name not in self._layers:
            self._faulty.add(region_id)
            message = f"it is in the layer {control.name}, which was not asked for"
            self._fault("layer-not-asked", index, message, region_id)
            return
        others = self._regions.setdefault(region_id, [])
        if others and (
            same := [r for r in others if r.layer == control.name or (r.start, r.end) != extent]
        ):
            message = f"result {same[0].index} has the id {clip(region_id)} too"
            self._fault("region-id-repeated", index, message, region_id)
            return
        region = Region(region_id, control.name, label[0], *extent, index)
        if isinstance(result.origin, str) and result.origin in ORIGINS:
            region.origin = result.origin
        if result.meta and (remark := _remark(result.meta)):
            region.answers["meta"] = remark
        others.append(region)

    def _extent(self, index: int, region_id: str, value: Value) -> tuple[int, int] | None:
        start, end = value.start, value.end
        if type(start) is not int or type(end) is not int:
            message = f"start {shown(start)} and end {shown(end)} are not both whole numbers"
            self._fault("region-offsets", index, message, region_id)
            return None
        try:
            if self._utf16 is not None:
                start, end = self._utf16.from_utf16(start), self._utf16.from_utf16(end)
        except OffsetError as error:
            self._fault("region-offsets", index, str(error), region_id)
            return None
        if not 0 <= start < end <= self._length:
            message = f"{start}-{end} is not an extent within 0-{self._length}"
            self._fault("region-offsets", index, message, region_id)
            return None
        return start, end

    def _add_relation(self, index: int, result: Result) -> None:
        start, end, labels = result.from_id, result.to_id, result.labels
        if not isinstance(start, str) or not isinstance(end, str):
            message = f"a relation goes from {shown(start)} to {shown(end)}"
            self._fault("relation-dangling", index, message)
            return
        if labels is None:
            labels = []
        if (
            not isinstance(labels, list)
            or len(labels) > 1
            or (labels and labels[0] not in RELATIONS)
        ):
            message = f"the relation from {clip(start)} to {clip(end)} has {shown(labels)}"
            self._fault("relation-label", index, message, start)
            return
        if result.direction == "left":
            start, end = end, start
        self._relations.append(Relation(start, end, labels[0] if labels else None, index))

    def finish(self) -> Drawn:
        """Return the regions with their answers, and the relations whose ends are there."""
        known = self._regions
        for index, region_id, control, answer in self._answers:
            if region_id in known:
                self._give(index, known[region_id], control, answer)
            elif region_id not in self._faulty:
                message = f"{control.name} is answered, but no region has this id"
                self._fault("attribute-without-region", index, message, region_id)
        kept = []
        for relation in self._relations:
            if relation.from_id in known and relation.to_id in known:
                kept.append(relation)
                continue
            gone = [end for end in (relation.from_id, relation.to_id) if end not in known]
            left_out = self._faulty.issuperset(gone)
            why = "which was left out" if left_out else "and no region has this id"
            message = f"a relation ends at {clip(gone[0])}, {why}"
            self._fault("relation-dangling", relation.index, message, gone[0])
        drawn = [region for found in known.values() for region in found]
        return Drawn(drawn, kept, self._faults)

    def _give(self, index: int, regions: list[Region], control: Control, answer: str) -> None:
        """Give an answer to the regions of one id that it applies to."""
        name, fitting = control.name, False
        for region in regions:
            if control.stands_at(region.layer, region.label):
                fitting = True
                before = region.answers.get(name)
                if before is None:
                    region.answers[name] = answer
                elif before != answer:
                    message = f"{name} is both {clip(before)} and {clip(answer)}"
                    self._fault("attribute-value", index, message, region.id)
        if not fitting:
            labels = ", ".join(region.label for region in regions)
            message = f"{name} is {clip(answer)}, but the region is {labels}"
            self._fault("attribute-misplaced", index, message, regions[0].id)


def _answer(control: Control, value: Value) -> str | None:
    """Return the one answer of a control at a region, "" if there is none, None for a wrong one."""
    if control.kind == "textarea":
        told = value.words()
        lines: Any = [told] if isinstance(told, str) else told
        if isinstance(lines, list) and all(map(_is_text, lines)):
            return "\n".join(lines) if any(map(str.strip, lines)) else ""
        return None
    chosen = value.choices
    if not isinstance(chosen, list):
        return None
    if len(chosen) == 1 and chosen[0] in control.values:
        answer: str = chosen[0]
        return answer
    return None if chosen else ""


def _is_text(value: object) -> bool:
    """Tell whether a value is a text that UTF-8 can hold."""
    if not isinstance(value, str):
        return False
    return value.isascii() or not any("\ud800" <= char <= "\udfff" for char in value)


def _remark(meta: object) -> str | None:
    """Return what was typed into the region's own panel, which Label Studio keeps as `meta`."""
    told = meta.get("text") if isinstance(meta, dict) else None
    lines: list[Any] = told if isinstance(told, list) else [told]
    if all(_is_text(line) for line in lines) and any(line.strip() for line in lines):
        return "\n".join(lines)
    return None
