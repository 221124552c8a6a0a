"""The texts that Web Annotations are of: files beside them, or a release's documents."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from newspan.corpus.files import decode
from newspan.exchange.files import read_bytes, relative
from newspan.exchange.names import mint
from newspan.exchange.shapes import Found, Options
from newspan.problems import Place, Problem
from newspan.release.intact import read_manifest
from newspan.release.rows import ConfigRows

_URN = "urn:sha256:"


class Texts:
    """Documents by what annotations call them."""

    def __init__(
        self, root: Path, files: list[Path], options: Options, problems: list[Problem]
    ) -> None:
        """Read the text files among some, and a release's documents where the folder is one."""
        self.found: dict[str, Found] = {}
        self._by_path: dict[str, str] = {}
        self._by_sha256: dict[str, list[str]] = {}
        self._by_stem: dict[str, list[str]] = {}
        for path, each in _all(root, files, options, problems):
            if each.name in self.found:
                message = f"another text is called {each.name!r} too; this one is left out"
                problems.append(Problem("duplicate-id", Place(path), message))
                continue
            self.found[each.name] = each
            self._by_path[path] = each.name
            self._by_stem.setdefault(each.name, []).append(each.name)
            sha256 = hashlib.sha256(each.raw).hexdigest()
            self._by_sha256.setdefault(sha256, []).append(each.name)

    def of(self, source: str) -> list[str]:
        """Return the names of the documents that a source may be: one, unless their texts agree."""
        if source.startswith(_URN):
            return self._by_sha256.get(source.removeprefix(_URN).lower(), [])
        try:
            path = unquote(urlsplit(source).path).lstrip("/")
        except ValueError:  # an address that is none
            return []
        if path in self._by_path:
            return [self._by_path[path]]
        name = path.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
        return self._by_stem.get(name, []) or self._by_stem.get(name.rsplit(".", 1)[0], [])


def _all(
    root: Path, files: list[Path], options: Options, problems: list[Problem]
) -> Iterator[tuple[str, Found]]:
    if (root / "manifest.json").is_file() and (root / "documents").is_dir():
        yield from _released(root, problems)
    for path in files:
        if path.suffix != ".txt":
            continue
        place = Place(relative(path, root))
        raw = read_bytes(path, place, problems)
        if raw is not None and decode(raw, place, problems) is not None:
            found = Found(id=mint(path.stem), name=path.stem, raw=raw, language=options.language)
            yield place.file, found


def _released(root: Path, problems: list[Problem]) -> Iterator[tuple[str, Found]]:
    import pyarrow as pa

    manifest, faults = read_manifest(root)
    problems += faults
    if manifest is None:
        return
    files = manifest["configs"]["documents"]["files"]
    try:
        rows = ConfigRows(root, files).table(["doc_id", "text", "language", "lineage"]).to_pylist()
    except (OSError, pa.ArrowException) as error:
        problems.append(Problem("file-unreadable", Place(files[0]), str(error)))
        return
    for row in rows:
        if row["text"] is not None:  # as it is in a release without texts
            found = Found(
                id=mint(row["doc_id"]),
                name=row["doc_id"],
                raw=row["text"].encode(),
                language=row["language"],
                lineage=row["lineage"],
            )
            yield found.name, found
