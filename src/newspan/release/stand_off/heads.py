"""Card, croissant.json, manifest and checksums of a release without texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from newspan.corpus import Corpus
from newspan.parquet import read_config
from newspan.release.card import card
from newspan.release.configs import CONFIGS
from newspan.release.croissant import ConfigFile, croissant
from newspan.release.files import file_sha256, release_files, sha256sums
from newspan.release.logical import DEFINITION, logical_hash

_HYDRATING = """\

## Putting the words back

Columns and fields that hold a document's words are null here, and `[…]` stands where other text
quoted more than a few of them. Offsets, labels and everything else are those of the full release.
Whoever has the documents puts the words back on their own machine, with newspan installed:

```sh
newspan hydrate PATH FOLDER_WITH_YOUR_TEXTS --out OUT
```

With files of the SHA-256 that `documents` names, OUT holds the full release, byte for byte. In a
text that differs, spans are looked for by the hashes in `stand-off/`; nothing is guessed, and a
report lists what was not found. `stand-off/anchors.jsonl` has, beside the hashes, a few short
quotations of each item (W3C TextQuoteSelectors), by which other programs can find its paragraphs.
"""


def write_heads(
    release: Path,
    directory: Path,
    manifest: dict[str, Any],
    corpus: Corpus,
    for_good: Callable[[str, str], str],
) -> None:
    """Write what describes the files of a release without texts, once they are there.

    Args:
        release: the full release.
        directory: the release without texts.
        manifest: the full release's.
        corpus: the corpus that it was built from.
        for_good: takes out of a file's text, by its name, what it quotes.
    """
    configs = [_config_file(directory, name, manifest) for name in manifest["configs"]]
    told: dict[str, Any] = {
        "sheet": _text(release / "DATASHEET.md"),
        "citation": _text(release / "CITATION.cff"),
        "profile": "no-text",
    }
    if (release / "croissant.json").is_file():
        described = croissant(corpus, configs, **told)
        text = json.dumps(described, ensure_ascii=False, indent=1) + "\n"
        _write(directory / "croissant.json", for_good("croissant.json", text))
    beside = {path.name for path in directory.iterdir()}
    page = card(corpus, configs, beside=beside, **told) + _HYDRATING
    _write(directory / "README.md", for_good("README.md", page))
    hashes = {config.name: config.logical for config in configs}
    anew = {
        **manifest,
        "profile": "no-text",
        "logical_hash": DEFINITION,
        "configs": {
            name: {**config, "sha256": hashes[name]} for name, config in manifest["configs"].items()
        },
        "files": [
            {"path": name, "bytes": path.stat().st_size, "sha256": file_sha256(path)}
            for name, path in release_files(directory)
        ],
    }
    _write(directory / "manifest.json", json.dumps(anew, ensure_ascii=False, indent=1) + "\n")
    digest = file_sha256(directory / "manifest.json")
    _write(directory / "SHA256SUMS", sha256sums(anew, digest))


def _config_file(directory: Path, name: str, manifest: dict[str, Any]) -> ConfigFile:
    files = manifest["configs"][name]["files"]
    table = read_config(directory, files)
    return ConfigFile(
        name=name,
        row=next((config.row for config in CONFIGS if config.name == name), "row"),
        schema=table.schema,
        path=files[0],
        rows=table.num_rows,
        nbytes=table.nbytes,
        logical=logical_hash(table),
        size=(directory / files[0]).stat().st_size,
        sha256=file_sha256(directory / files[0]),
    )


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8") if path.is_file() else ""


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode())
