"""Loading a release with Hugging Face `datasets`."""

from __future__ import annotations

import glob
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from newspan.parquet import read_config

if TYPE_CHECKING:
    import datasets


def load(config: str = "documents", release: str | Path | None = None) -> datasets.Dataset:
    """Load one config of a release.

    The rows are those of `datasets.load_dataset(release, config, split="train")`; a config without
    rows loads too, where `datasets` 5.2 stops with an error.

    Args:
        config: a config's name, such as `sentences`.
        release: the release's directory; if not given, the one built last in ./dist.

    Raises:
        FileNotFoundError: when there is no release there.
        ValueError: when the release has no such config.
    """
    directory = _newest(Path("dist")) if release is None else Path(release)
    if not (directory / "manifest.json").is_file():
        raise FileNotFoundError(f"{directory} is no release: it has no manifest.json")
    configs = json.loads((directory / "manifest.json").read_bytes())["configs"]
    if config not in configs:
        raise ValueError(f"no config {config!r} in {directory}; it has {', '.join(configs)}")
    import datasets

    # datasets reads a path with such characters as a pattern.
    if configs[config]["rows"] and not glob.has_magic(os.fspath(directory.absolute())):
        return datasets.load_dataset(os.fspath(directory), config, split="train")
    return datasets.Dataset(read_config(directory, configs[config]["files"]), split="train")


def _newest(folder: Path) -> Path:
    built = [path.parent for path in folder.glob("*/manifest.json")]
    if not built:
        raise FileNotFoundError(f"no release in {folder.absolute()}; newspan build makes one")
    return max(built, key=lambda path: (path / "manifest.json").stat().st_mtime)
