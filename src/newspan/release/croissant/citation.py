"""The citation of a release, from CITATION.cff and the corpus's own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from newspan.model import CorpusInfo


def read_citation(text: str) -> Mapping[str, Any]:
    """Return the content of a CITATION.cff; empty for an empty text, or one that isn't one.

    Raises:
        ValueError: when it is no YAML.
    """
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"CITATION.cff is no YAML: {error}") from error
    return content if isinstance(content, dict) else {}


def bibtex(info: CorpusInfo, cited: Mapping[str, Any]) -> str:
    """Return a BibTeX entry that names the version; a year only where one was recorded.

    Args:
        info: the corpus's head.
        cited: the content of CITATION.cff; empty where there is none.
    """
    fields = {
        "title": str(cited.get("title") or info.title),
        "author": " and ".join(f"{{{author['name']}}}" for author in authors(cited)),
        "version": info.version,
        "year": str(cited.get("date-released") or "")[:4],
        "doi": str(cited.get("doi") or ""),
        "url": str(cited.get("url") or cited.get("repository-code") or ""),
    }
    lines = "".join(f",\n  {key} = {{{value}}}" for key, value in fields.items() if value)
    return f"@misc{{{info.name}{lines}\n}}"


def authors(cited: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the authors of CITATION.cff as schema.org's persons and organisations."""
    found = []
    for author in cited.get("authors") or ():
        parts = [author.get(key) for key in ("given-names", "name-particle", "family-names")]
        name = " ".join(str(part) for part in parts if part)
        kind = "sc:Person" if name else "sc:Organization"
        if name or author.get("name"):
            found.append({"@type": kind, "name": name or str(author["name"])})
    return found
