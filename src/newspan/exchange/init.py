"""`newspan init`: an empty corpus, ready for texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from newspan.corpus.files import decode, parse_json, read_bytes
from newspan.exchange.names import mint
from newspan.problems import Place, Problem
from newspan.schema import SCHEMA_VERSION, violations
from newspan.upkeep.files import json_text, write_whole
from newspan.whole import put_back, whole_directory

#: A language that nobody has named (BCP 47).
NO_LANGUAGE = "und"
_SUMS = "# SHA-256 of the files as received, one line each: sha256sum FILE\n"
_UNSAID = "Not said yet."


def init(
    root: str | Path,
    *,
    name: str | None = None,
    title: str | None = None,
    languages: Sequence[str] = (NO_LANGUAGE,),
    description: str | None = None,
    labels: str | Path | None = None,
) -> Path:
    """Make an empty corpus, and return its folder.

    What is not said is marked as such in corpus/corpus.json, for people to correct.

    Args:
        root: the corpus's folder; made where it is missing. What else stands there stays.
        name: names releases, `<name>-<version>`; made from the folder's name if not given.
        title: the corpus's name for people; the folder's name if not given.
        languages: BCP 47 tags of the texts.
        description: what the corpus is, in a sentence or two.
        labels: a labels.json of the corpus's own; newspan's are in force if not given.

    Raises:
        ValueError: when the folder has a corpus, or what is given fits no schema.
    """
    root = Path(root)
    put_back(root / "corpus", "corpus.json")
    for taken in ("corpus", "annotation", "schema/labels.json"):
        if (root / taken).exists() and (labels or not taken.startswith("schema")):
            raise ValueError(f"{root / taken} is there already")
    called = root.resolve().name
    head: dict[str, Any] = {
        "name": mint(called) if name is None else name,
        "title": title or called or "corpus",
        "version": "0.1.0",
        "schema_version": SCHEMA_VERSION,
        "description": description or _UNSAID,
        "languages": list(dict.fromkeys(languages)),
        "annotation_license": "unknown",
        "text_license": _UNSAID,
    }
    for fault in violations("corpus.json", head):
        raise ValueError(f"{fault.pointer.removeprefix('/')}: {fault.message}")
    own = None if labels is None else _labels(Path(labels))
    root.mkdir(parents=True, exist_ok=True)
    if own is not None:
        write_whole(root / "schema" / "labels.json", own)
    with whole_directory(root / "corpus") as new:
        (new / "raw").mkdir()
        (new / "documents").mkdir()
        (new / "raw" / "SHA256SUMS").write_bytes(_SUMS.encode())
        (new / "corpus.json").write_bytes(json_text(head).encode())
        (new / "outlets.json").write_bytes(json_text({"outlets": []}).encode())
        (new / "targets.json").write_bytes(json_text({"targets": []}).encode())
    return root


def _labels(path: Path) -> str:
    """Return the text of a file of labels that fits its schema."""
    problems: list[Problem] = []
    place = Place(str(path))
    raw = read_bytes(path, place, problems)
    text = None if raw is None else decode(raw, place, problems)
    if text is not None:
        parse_json(text, place, "label_list.json", problems)
    if text is None or problems:
        raise ValueError(f"{problems[0].place}: {problems[0].message}")
    return text
