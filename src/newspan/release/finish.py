"""What stands beside the Parquet files of a release, and the manifest that seals it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from newspan import schema
from newspan.corpus import Corpus
from newspan.corpus.parts import Parts, Say
from newspan.parquet import read_parquet
from newspan.release.card import card
from newspan.release.croissant import ConfigFile, croissant
from newspan.release.figures import figures
from newspan.release.files import file_sha256, read_text, release_files, sha256sums, write_text
from newspan.release.logical import DEFINITION
from newspan.release.markdown import fill

#: Files of the corpus's root that go into the release as they are, where they exist.
_COMPANIONS = ("CITATION.cff", "CHANGELOG.md", "annotation/guidelines.md")
#: Lists of the corpus that do so too.
_LISTS = ("corpus/outlets.json", "corpus/targets.json", "corpus/withdrawn.json")
#: What determines the bytes besides the corpus.
_TOOLS = ("newspan", "nupunkt", "pyarrow")


def finish(
    directory: Path, outline: Corpus, parts: Parts, configs: Sequence[ConfigFile], say: Say
) -> dict[str, Any]:
    """Write all of a release but its Parquet files, and return its manifest.

    Args:
        directory: of the release, where the Parquet files stand.
        outline: the corpus without texts and records, of the version that is built.
        parts: the corpus.
        configs: what was filled.
        say: is told how far it has come.
    """
    root = outline.root
    sheet = _datasheet(directory, root, parts, configs)
    _copy(root, directory, _COMPANIONS)
    if (root / "LICENSE-DATA.md").is_file():  # the name that the Hub's card may link to
        shutil.copyfile(root / "LICENSE-DATA.md", directory / "LICENSE.md")
    citation = read_text(root / "CITATION.cff")
    beside = {path.name for path in directory.iterdir()}
    page = card(outline, configs, beside=beside, sheet=sheet, citation=citation)
    write_text(directory / "README.md", page)
    _write_json(
        directory / "croissant.json", croissant(outline, configs, sheet=sheet, citation=citation)
    )
    _copy(root, directory, _LISTS)
    head = json.loads((root / "corpus" / "corpus.json").read_bytes())
    _write_json(directory / "corpus" / "corpus.json", head | {"version": outline.info.version})
    for number, set_id in enumerate(outline.sets, 1):
        # The records as they were made: the configs hold all spans, but not all attributions and
        # links, nor what each producer looked at.
        folder = f"annotation/sets/{set_id}"
        names = sorted(path.name for path in (root / folder).glob("[!.]*.jsonl"))
        _copy(root, directory, (f"{folder}/{name}" for name in ("set.json", *names)))
        say("copying sets", number, len(outline.sets))
    (directory / "schema").mkdir()
    for name in schema.names():
        shutil.copyfile(schema.path(name), directory / "schema" / name)
    own_labels = root / "schema" / "labels.json"
    labels = own_labels if own_labels.is_file() else schema.path("labels.json")
    shutil.copyfile(labels, directory / "schema" / "labels.json")
    return _seal(directory, _about(outline, parts, configs), say)


def _datasheet(directory: Path, root: Path, parts: Parts, configs: Sequence[ConfigFile]) -> str:
    """Write the datasheet, if there is one, and return it.

    Its figures are made anew when the corpus is read in one part: they need all of it in memory,
    and list every item. A larger corpus's datasheet stays as it stands.
    """
    sheet = read_text(root / "DATASHEET.md")
    if sheet and len(parts) == 1:
        made = {config.name: read_parquet(directory / config.path) for config in configs}
        sheet = fill(sheet, figures(next(iter(parts)), made))
    if sheet:
        write_text(directory / "DATASHEET.md", sheet)
    return sheet


def _copy(root: Path, directory: Path, names: Iterable[str]) -> None:
    for name in names:
        if (root / name).is_file():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, directory / name)


def _about(outline: Corpus, parts: Parts, configs: Sequence[ConfigFile]) -> dict[str, Any]:
    """Return the manifest but for the files."""
    info = outline.info
    gone = [{"item": w.item, "date": w.date, "reason": w.reason} for w in outline.withdrawn]
    return {
        "name": info.name,
        "version": info.version,
        "schema_version": schema.SCHEMA_VERSION,
        "guidelines_version": info.guidelines_version,
        "labels_sha256": outline.labels.sha256,
        "documents": [
            {"id": d.id, "sha256": d.sha256, "characters": parts.characters[d.id]}
            for d in outline.documents
        ],
        "items": sorted(outline.items),
        "sets": sorted(outline.sets),
        **({"withdrawn": gone} if gone else {}),
        "logical_hash": DEFINITION,
        "configs": {
            config.name: {"files": [config.path], "rows": config.rows, "sha256": config.logical}
            for config in configs
        },
    }


def _seal(directory: Path, about: dict[str, Any], say: Say) -> dict[str, Any]:
    """Write manifest.json and SHA256SUMS over all files of a release; return the manifest."""
    listed = []
    files = release_files(directory)
    for number, (name, path) in enumerate(files, 1):
        listed.append({"path": name, "bytes": path.stat().st_size, "sha256": file_sha256(path)})
        say("hashing files", number, len(files))
    tools = {tool: metadata.version(tool) for tool in _TOOLS}
    manifest = {**about, "files": listed, "tools": tools}
    _write_json(directory / "manifest.json", manifest)
    digest = file_sha256(directory / "manifest.json")
    write_text(directory / "SHA256SUMS", sha256sums(manifest, digest))
    return manifest


def _write_json(path: Path, value: dict[str, Any]) -> None:
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")
