"""The guidelines of a corpus, in parts, so that a packet carries those of its layers."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import msgspec

#: The layers that are annotated; duplicate blocks are computed.
LAYERS = ("claim", "attribution", "loaded_language")
FILE = "annotation/guidelines.md"

_HEADINGS = {"claim": "Claim", "attribution": "Attribution", "loaded_language": "Loaded language"}
_VERSION = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", re.ASCII)
# The labels stand in a packet by themselves, in the order that its rendering asks for.
_TABLES = re.compile(r"<!-- newspan:(labels-[a-z_]+) -->\n.*?<!-- /newspan:\1 -->\n", re.DOTALL)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


class Guidelines(msgspec.Struct, frozen=True):
    """Guidelines: their version, and their parts as (layer, text); a general part has layer ""."""

    version: str
    title: str
    sha256: str
    parts: tuple[tuple[str, str], ...]

    def text(self, layers: tuple[str, ...]) -> str:
        """Return the general parts and those of some layers, these in the order they are given.

        The generated tables of labels are left out: a packet has the labels in force itself.
        """
        wanted = iter([text for layer in layers for name, text in self.parts if name == layer])
        shown = [
            text if not layer else next(wanted)
            for layer, text in self.parts
            if not layer or layer in layers
        ]
        text = _TABLES.sub("(The labels are listed under “Labels”.)\n", "".join(shown))
        return text.strip("\n") + "\n"


def read_guidelines(root: Path, layers: tuple[str, ...]) -> Guidelines:
    """Return the guidelines of a corpus, which must have a section for each of the layers.

    Raises:
        ValueError: when there are none, or their head or a section is missing.
    """
    try:
        raw = (root / FILE).read_bytes()
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        message = f"{root / FILE} is not there: annotators need the guidelines, so write them first"
        raise ValueError(message) from None
    except UnicodeDecodeError:
        raise ValueError(f"{root / FILE} is not UTF-8") from None
    head, body = _split_head(text, root / FILE)
    parts = tuple(_parts(body))
    for layer in layers:
        if [name for name, _ in parts].count(layer) != 1:
            message = f"{root / FILE} must have one section “## {_HEADINGS[layer]}”"
            raise ValueError(message)
    return Guidelines(head["version"], head["title"], hashlib.sha256(raw).hexdigest(), parts)


def _split_head(text: str, path: Path) -> tuple[dict[str, str], str]:
    import yaml

    begin, _, rest = text.partition("\n")
    head, found, body = rest.partition("\n---\n")
    if begin.rstrip() != "---" or not found:
        raise ValueError(f"{path} must begin with YAML between two lines of ---")
    try:
        data = yaml.safe_load(head)
    except yaml.YAMLError as error:
        raise ValueError(f"{path}: its head is not YAML: {error}") from None
    data = data if isinstance(data, dict) else {}
    if not _VERSION.fullmatch(str(data.get("version"))):
        raise ValueError(f"{path}: its head must have a version such as 1.0.0")
    if not isinstance(data.get("title"), str) or not data["title"].strip():
        raise ValueError(f"{path}: its head must have a title")
    return {"version": str(data["version"]), "title": data["title"].strip()}, body


def _parts(body: str) -> list[tuple[str, str]]:
    layers = {heading.casefold(): layer for layer, heading in _HEADINGS.items()}
    parts = [("", "")]
    fence = ""
    for line in body.splitlines(keepends=True):
        mark = _FENCE.match(line)
        if fence:
            closes = mark and mark[1].startswith(fence) and not line[mark.end() :].strip()
            fence = "" if closes else fence
        elif mark:
            fence = mark[1]
        elif line.startswith(("# ", "## ")):
            name = line.removeprefix("## ").strip().casefold()
            parts.append((layers.get(name, "") if line.startswith("## ") else "", ""))
        parts[-1] = (parts[-1][0], parts[-1][1] + line)
    return [(layer, text) for layer, text in parts if text]
