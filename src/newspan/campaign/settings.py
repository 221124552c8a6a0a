"""campaign.toml: what is annotated, by whom, and how."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from newspan.campaign.guidelines import LAYERS
from newspan.campaign.packets import ZONES
from newspan.checks.sets import is_gold
from newspan.corpus import Corpus
from newspan.labelstudio.people import ALIAS, RESERVED
from newspan.problems import Place, Problem
from newspan.schema import read

COPIES = ("project", "leave_out", "annotate")
KINDS = ("person", "language_model")
#: A longer title is refused by Label Studio.
_TITLE = 50
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_VERSION = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", re.ASCII)


class Annotator(msgspec.Struct, frozen=True):
    """An annotator: an alias, and for a language model its id; `replaced_by` is an alias too."""

    alias: str
    kind: str = "person"
    model: str | None = None
    replaced_by: str | None = None


class Settings(msgspec.Struct, frozen=True):
    """A campaign's settings; `items` and `per_item` are None where all are meant."""

    name: str
    annotators: tuple[Annotator, ...]
    items: tuple[str, ...] | None = None
    layers: tuple[str, ...] = LAYERS
    zones: tuple[str, ...] = ZONES
    per_item: int | None = None
    batch_size: int = 20
    training: tuple[str, ...] = ()
    preannotate: str | None = None
    guidelines: str | None = None
    copies: str = "project"
    copied_share: float = 0.95
    server: str | None = None
    seed: int = 0

    @property
    def active(self) -> tuple[str, ...]:
        """Return the aliases of those who get new work, in the file's order."""
        return tuple(each.alias for each in self.annotators if each.replaced_by is None)

    def successor(self, alias: str) -> str:
        """Return who does an annotator's work now: the last one in a row of replacements."""
        by = {each.alias: each.replaced_by for each in self.annotators}
        while (next_one := by.get(alias)) is not None:
            alias = next_one
        return alias

    def set_id(self, alias: str) -> str:
        """Return the id of an annotator's set."""
        return f"{self.name}-{alias}"

    def title(self, alias: str) -> str:
        """Return the title of an annotator's project."""
        return f"newspan {self.name} {alias}"


def settings_place(name: str) -> Place:
    """Return where a campaign's settings stand."""
    return Place(f"annotation/campaigns/{name}/campaign.toml")


def check_name(name: str) -> None:
    """Raise ValueError when a campaign's name is no id."""
    if not _ID.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a campaign: small letters, digits, - and _")


def read_settings(root: Path, name: str) -> tuple[Settings | None, list[Problem]]:
    """Return a campaign's settings, or None and the problems, all of the id `campaign-settings`.

    Raises:
        ValueError: when the name is no id.
    """
    check_name(name)
    place = settings_place(name)
    try:
        data = tomllib.loads((root / place.file).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        message = "there is no such file; docs/campaigns.md shows one to copy"
        return None, [Problem("campaign-settings", place, message)]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, OSError) as error:
        return None, [Problem("campaign-settings", place, f"it can't be read: {error}")]
    return parse_settings(data, name)


def parse_settings(data: dict[str, Any], name: str) -> tuple[Settings | None, list[Problem]]:
    """Return the settings that parsed TOML holds, or None and the problems."""
    place = settings_place(name)
    problems: list[Problem] = []

    def fault(pointer: str, message: str) -> None:
        problems.append(Problem("campaign-settings", place.at(pointer), message))

    found = {key: value for key, value in data.items() if _sound(key, value, fault)}
    if data.get("name") != name:
        fault("/name", f"the folder is named {name!r}, and so must be the campaign")
    annotators = _annotators(data.get("annotators"), name, fault)
    if problems:
        return None, problems
    for key in ("items", "layers", "zones", "training"):
        if key in found:
            found[key] = None if found[key] == "all" else tuple(dict.fromkeys(found[key]))
    if found.get("per_item") == "all":
        found["per_item"] = None
    settings = Settings(**{**found, "annotators": annotators})
    _relations(settings, fault)
    return (None, problems) if problems else (settings, [])


def check_settings(settings: Settings, corpus: Corpus) -> list[Problem]:
    """Return what in the settings does not fit the corpus."""
    place = settings_place(settings.name)
    problems: list[Problem] = []

    def fault(pointer: str, message: str) -> None:
        problems.append(Problem("campaign-settings", place.at(pointer), message))

    for key in ("items", "training"):
        for index, item in enumerate(getattr(settings, key) or ()):
            if item not in corpus.items:
                fault(
                    f"/{key}/{index}", f"the corpus has no item {item!r}{_near(item, corpus.items)}"
                )
    if settings.preannotate is not None and settings.preannotate not in corpus.sets:
        near = _near(settings.preannotate, corpus.sets)
        fault("/preannotate", f"the corpus has no set {settings.preannotate!r}{near}")
    return problems


Fault = Callable[[str, str], None]


def _sound(key: str, value: Any, fault: Fault) -> bool:
    """Tell whether a key's value is of its kind; what is not so is told."""
    if key == "annotators":
        return False  # read by itself
    if key not in _KEYS:
        fault(f"/{key}", f"there is no key {key!r}{_near(key, [*_KEYS, 'annotators'])}")
        return False
    test, told = _KEYS[key]
    if test(value):
        return True
    fault(f"/{key}", f"{key} must be {told}")
    return False


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _among(known: Sequence[str]) -> Callable[[Any], bool]:
    return lambda value: _texts(value) and bool(value) and set(value) <= set(known)


def _whole(least: int) -> Callable[[Any], bool]:
    return lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= least


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://"))


_ZONES = tuple(read("common.json")["$defs"]["zone_kind"]["enum"])
#: What each key's value must be, as a test and in words.
_KEYS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "name": (lambda v: isinstance(v, str), "a text"),
    "items": (lambda v: v == "all" or (_texts(v) and bool(v)), 'a list of item ids, or "all"'),
    "layers": (_among(LAYERS), f"a list of {', '.join(LAYERS)}"),
    "zones": (_among(_ZONES), f"a list of {', '.join(_ZONES)}"),
    "per_item": (lambda v: v == "all" or _whole(1)(v), 'a number from 1, or "all"'),
    "batch_size": (_whole(1), "a number from 1"),
    "training": (_texts, "a list of item ids"),
    "preannotate": (lambda v: isinstance(v, str), "the id of a set"),
    "guidelines": (lambda v: isinstance(v, str) and bool(_VERSION.fullmatch(v)), 'like "1.0.0"'),
    "copies": (lambda v: v in COPIES, f"one of {', '.join(COPIES)}"),
    "copied_share": (_is_share, "a number above 0 and at most 1"),
    "server": (_is_url, "an address that begins with http:// or https://"),
    "seed": (_whole(0), "a number from 0"),
}


def _annotators(value: Any, name: str, fault: Fault) -> tuple[Annotator, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(e, dict) for e in value):
        fault("/annotators", 'write [[annotators]] and under it alias = "…", once per annotator')
        return ()
    found: list[Annotator] = []
    known = Annotator.__struct_fields__
    for index, entry in enumerate(value):
        at = f"/annotators/{index}"
        for key, inner in entry.items():
            if key not in known:
                fault(f"{at}/{key}", f"there is no key {key!r}{_near(key, known)}")
            elif not isinstance(inner, str):
                fault(f"{at}/{key}", f"{key} must be a text")
        kept = {k: v for k, v in entry.items() if k in known and isinstance(v, str)}
        alias = kept.setdefault("alias", "")
        if not ALIAS.fullmatch(alias):
            told = "small letters, digits, - and _, at most 40 of them"
            fault(f"{at}/alias", f"{alias!r} is no alias: {told}")
        elif alias in RESERVED:
            fault(
                f"{at}/alias", f"{alias!r} has another meaning, so nobody can have it as an alias"
            )
        elif len(f"newspan {name} {alias}") > _TITLE or len(f"{name}-{alias}-all") > 64:
            most = _TITLE - len("newspan  ")
            fault(f"{at}/alias", f"the campaign's name and the alias have over {most} characters")
        if is_gold(f"{name}-{alias}"):
            fault(f"{at}/alias", f"{name}-{alias} would be called gold, and nobody has reviewed it")
        found.append(Annotator(**kept))
        _check_kind(found[-1], at, fault)
    return tuple(found)


def _check_kind(annotator: Annotator, at: str, fault: Fault) -> None:
    if annotator.kind not in KINDS:
        fault(f"{at}/kind", f"{annotator.kind!r} is no kind: {', '.join(KINDS)}")
    elif (annotator.kind == "language_model") != (annotator.model is not None):
        fault(f"{at}/model", "a language_model, and nobody else, has a model")
    elif annotator.model is not None and not annotator.model.strip():
        fault(f"{at}/model", "model must be the model's id")


def _relations(settings: Settings, fault: Fault) -> None:
    """Check what several keys say together."""
    aliases = [each.alias for each in settings.annotators]
    for index, annotator in enumerate(settings.annotators):
        at = f"/annotators/{index}"
        if aliases.index(annotator.alias) != index:
            fault(f"{at}/alias", f"{annotator.alias} is there already")
        if annotator.alias.endswith("-all") and annotator.alias[:-4] in aliases:
            message = f"{annotator.alias[:-4]}'s projected set will have that name"
            fault(f"{at}/alias", message)
        if annotator.replaced_by is not None and annotator.replaced_by not in aliases:
            near = _near(annotator.replaced_by, aliases)
            fault(f"{at}/replaced_by", f"there is no annotator {annotator.replaced_by!r}{near}")
        elif _circles(settings, annotator.alias):
            fault(f"{at}/replaced_by", "the replacements form a circle")
    if settings.items is not None:
        for index, item in enumerate(settings.training):
            if item not in settings.items:
                fault(f"/training/{index}", f"{item} is not among the items")
    if settings.per_item is not None and settings.per_item > len(settings.active):
        told = f"{settings.per_item} annotators per item, of {len(settings.active)} at work"
        fault("/per_item", f"there aren't as many annotators: {told}")


def _circles(settings: Settings, alias: str) -> bool:
    by = {each.alias: each.replaced_by for each in settings.annotators}
    seen: set[str | None] = set()
    now: str | None = alias
    while now is not None and now not in seen:
        seen.add(now)
        now = by.get(now)
    return now is not None


def _near(word: str, known: Any) -> str:
    """Return a guess at what was meant, for the end of a message."""
    found = difflib.get_close_matches(word, list(known), 1)
    return f"; {found[0]!r} is meant?" if found else ""
