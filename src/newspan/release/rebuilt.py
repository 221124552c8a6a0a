"""The corpus that a release was built from, made again from the release alone."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from newspan import schema
from newspan.corpus import Corpus, read_corpus
from newspan.model import DEFAULT_PRIMARY_SET
from newspan.problems import Place, Problem
from newspan.release.intact import Manifest, read_manifest
from newspan.release.rows import ConfigRows

_ASSERTION = ("confidence", "evidence", "note")
#: Files of a release that a corpus has under the same names.
_SAME = (
    "corpus/corpus.json",
    "corpus/outlets.json",
    "corpus/targets.json",
    "corpus/withdrawn.json",
    "schema/labels.json",
)


class Rebuilt(msgspec.Struct, frozen=True):
    """A corpus made again from a release, or None where that failed, and what is wrong with it."""

    corpus: Corpus | None
    problems: list[Problem]


class Folder(msgspec.Struct, frozen=True):
    """A corpus's folder made again from a release, and what is wrong with the release's documents.

    `rows` has the row in which each document stands, counted from 1, by its id; `files` the id of
    the document of each raw file. `config` is the Parquet file of the documents.
    """

    path: Path
    config: str
    rows: dict[str, int]
    files: dict[str, str]
    problems: list[Problem]

    def placed(self, problem: Problem) -> Problem:
        """Return a problem of the corpus with its place in the release."""
        head, _, name = problem.place.file.rpartition("/")
        document = name.removesuffix(".json")
        if head == "corpus/raw":
            document = self.files.get(name, "")
        elif head != "corpus/documents":
            return problem
        if document not in self.rows:
            return problem
        old = problem.place
        place = Place(self.config, self.rows[document], old.pointer, old.start, old.end)
        return Problem(problem.id, place, f"document {document}: {problem.message}")


def corpus_of(directory: str | Path, manifest: Manifest | None = None) -> Rebuilt:
    """Make the corpus of a full release again: documents from their config, the rest from files.

    Args:
        directory: a release whose files are intact and whose columns are right.
        manifest: its manifest; read if not given.
    """
    directory = Path(directory)
    if manifest is None:
        manifest, problems = read_manifest(directory)
        if manifest is None:
            return Rebuilt(None, problems)
    with corpus_folder(directory, manifest) as folder:
        if folder.problems:
            return Rebuilt(None, folder.problems)
        corpus, problems = read_corpus(folder.path)
    if corpus is None or problems:
        return Rebuilt(None, [folder.placed(problem) for problem in problems])
    return Rebuilt(msgspec.structs.replace(corpus, root=directory), [])


@contextmanager
def corpus_folder(directory: Path, manifest: Manifest) -> Iterator[Folder]:
    """Write the corpus of a full release into a temporary folder, as `read_corpus` reads one.

    Where a document is faulty, the folder holds only those before it, and the problems say why.

    Args:
        directory: a release whose files are intact and whose columns are right.
        manifest: its manifest.
    """
    files = manifest["configs"]["documents"]["files"]
    with tempfile.TemporaryDirectory(prefix="newspan-rebuilt-") as work:
        path = Path(work)
        for name in ("corpus/documents", "corpus/raw", "annotation", "schema"):
            (path / name).mkdir(parents=True)
        for name in _SAME:
            if (directory / name).is_file():
                shutil.copyfile(directory / name, path / name)
        if (directory / "annotation/sets").is_dir():
            _link(directory / "annotation/sets", path / "annotation/sets")
        if not (directory / "corpus/corpus.json").is_file():
            head = json.dumps(_head(directory, manifest))
            (path / "corpus/corpus.json").write_text(head, encoding="utf-8")
        folder = Folder(path, files[0], {}, {}, [])
        sums = []
        for number, row in enumerate(_rows(ConfigRows(directory, files)), 1):
            line = _write_document(row, number, folder)
            sums.append(line)
            if folder.problems:
                break
        (path / "corpus/raw/SHA256SUMS").write_text(
            "".join(sums) or "# no files\n", encoding="utf-8"
        )
        yield folder


def _rows(config: ConfigRows) -> Iterator[dict[str, Any]]:
    for table in config.groups():
        for batch in table.to_batches(max_chunksize=500):
            yield from batch.to_pylist()


def _link(source: Path, target: Path) -> None:
    with suppress(OSError, NotImplementedError):
        target.symlink_to(source.resolve(), target_is_directory=True)
    if not target.exists():  # a system that lets only some users make links
        shutil.copytree(source, target)


def _write_document(row: Mapping[str, Any], number: int, folder: Folder) -> str:
    """Write a document's record and text if they are sound; return its line of SHA256SUMS."""
    here = Place(folder.config, number)
    data = document_json(row)
    text, own = row["text"], row["doc_id"]
    faults = [
        Problem("schema", here.at(each.pointer), f"document.json: {each.message}")
        for each in _violations(data)
    ]
    if not isinstance(text, str):
        faults.append(Problem("rows-changed", here.at("/text"), f"document {own} has no text"))
    elif sha256(text.encode()).hexdigest() != row["sha256"]:
        message = f"document {own}: its text has another SHA-256 than its row says"
        faults.append(Problem("checksum-mismatch", here.at("/sha256"), message))
    if own in folder.rows:
        message = f"{own} is already the document of row {folder.rows[own]}"
        faults.append(Problem("duplicate-id", here.at("/doc_id"), message))
    elif row["file"] in folder.files:
        message = f"{row['file']} is already the file of {folder.files[row['file']]}"
        faults.append(Problem("duplicate-id", here.at("/file"), message))
    if faults:  # an id or a file name that is none may lead out of the folder
        folder.problems.extend(faults)
        return ""
    folder.rows[own], folder.files[row["file"]] = number, own
    (folder.path / "corpus/raw" / row["file"]).write_bytes(text.encode())
    record = json.dumps(data, ensure_ascii=False).encode()
    (folder.path / "corpus/documents" / f"{own}.json").write_bytes(record)
    return f"{row['sha256']}  {row['file']}\n"


def _violations(data: dict[str, Any]) -> list[schema.Violation]:
    if schema.is_valid("document.json", data):
        return []
    return list(schema.violations("document.json", data))


def document_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of a document, as its corpus had it, from its row in `documents`."""
    items = [_item(item, row) for item in row["items"] or ()]
    named = {key: row[key] for key in ("file", "sha256", "language", "lineage", "note")}
    return _said({"id": row["doc_id"], **named, "items": items})


def _item(item: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    def of(column: str) -> list[dict[str, Any]]:
        return [each for each in row[column] or () if each and each["item_id"] == item["item_id"]]

    stances = of("partisanship")
    voices = of("perspectives")
    first = stances[0] if stances else dict.fromkeys(_STANCE)
    reply = voices[0] if voices else None
    return _said(
        {
            "id": item["item_id"],
            "start": item["start"],
            "end": item["end"],
            "title": _assertion("title", item),
            "authors": [
                _assertion("name", {f"name_{key}": each[key] for key in _ASSERTION} | each)
                for each in item["authors"] or ()
            ],
            "published": _assertion("published", item),
            "zones": [
                _said({key: zone[key] for key in ("start", "end", "kind", "note")})
                for zone in of("zones")
            ],
            "chain": [_step(step) for step in of("provenance")],
            "partisanship": _said(
                {
                    "stance": [_stance(each) for each in stances],
                    "right_of_reply": reply and _assertion("right_of_reply", reply),
                    "missing_perspectives": reply and reply["missing"],
                    "assessor": _said(
                        {
                            "kind": first["assessor_kind"],
                            "name": first["assessor"],
                            "date": first["assessed_on"],
                            "note": first["assessor_note"],
                        }
                    ),
                    "human_verified": first["human_verified"],
                }
            ),
            "note": item["note"],
        }
    )


_STANCE = ("assessor", "assessor_kind", "assessor_note", "assessed_on", "human_verified")


def _step(step: Mapping[str, Any]) -> dict[str, Any]:
    return _said(
        {
            "outlet": step["outlet_id"],
            "role": step["role"],
            "evidence": _evidence(step["evidence"]),
            "confidence": step["confidence"],
            **{name: _assertion(name, step) for name in ("language", "published", "url")},
            "note": step["note"],
        }
    )


def _stance(stance: Mapping[str, Any]) -> dict[str, Any]:
    return _said(
        {
            "target": stance["target"],
            "polarity": stance["polarity"],
            "confidence": stance["confidence"],
            "evidence": _evidence(stance["evidence"]) or None,
            "note": stance["note"],
        }
    )


def _assertion(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    evidence = _evidence(row[f"{name}_evidence"])
    rest = {"confidence": row[f"{name}_confidence"], "note": row[f"{name}_note"]}
    return {"value": row[name], **_said({"evidence": evidence, **rest})}


def _evidence(evidence: Sequence[Mapping[str, Any] | None] | None) -> list[dict[str, Any]]:
    return [_said(each or {}) for each in evidence or ()]


def _said(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record without the fields that its row leaves null."""
    return {key: value for key, value in record.items() if value is not None}


def _head(directory: Path, manifest: Manifest) -> dict[str, Any]:
    """Return what a corpus says of itself, for releases before 1.0.0, which don't hold it."""
    unsaid = "not in the release"
    head = {
        "name": manifest["name"],
        "title": manifest["name"],
        "version": manifest["version"],
        "description": unsaid,
        "languages": ["en"],
        "annotation_license": unsaid,
        "text_license": unsaid,
        "primary_set": _primary_set(directory, manifest),
        "schema_version": manifest["schema_version"],
    }
    version = manifest["guidelines_version"]
    return head if version is None else head | {"guidelines_version": version}


def _primary_set(directory: Path, manifest: Manifest) -> str:
    """Return the set that the configs of the primary set name; the usual one if they are empty."""
    for name in ("spans", "attributions", "links"):
        config = ConfigRows(directory, manifest["configs"][name]["files"])
        for named in config.table(["set_id"]).column("set_id").value_counts().to_pylist()[:1]:
            return str(named["values"])
    return DEFAULT_PRIMARY_SET
