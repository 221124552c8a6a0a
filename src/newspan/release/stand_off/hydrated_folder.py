"""The folder of rows on a user's own texts: like a release, and named as something else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import yaml

from newspan import schema
from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.write import records_by_item, write_set
from newspan.model import CorpusInfo, Outlet, Target
from newspan.parquet import write_parquet
from newspan.release.configs import CONFIGS
from newspan.release.features import yaml_features
from newspan.release.files import file_sha256, release_files, sha256sums
from newspan.release.logical import logical_hash
from newspan.release.stand_off import files
from newspan.release.stand_off.reanchored import Reanchored
from newspan.release.stand_off.restore import Restorer
from newspan.release.stand_off.sources import Source
from newspan.release.tables import tables
from newspan.release.web_annotations import FOLDER as WEB_ANNOTATIONS
from newspan.schema.labels import parse_labels

#: The report in the folder.
REPORT = "hydrated.json"
_CARD = """\
# {title} {version}, on other texts

**This is no release.** It was made on one machine from the annotations of {name} {version} and the
user's own files, at least one of which differs from the text that was annotated. Offsets count in
the user's texts. What could not be placed is missing; `{report}` lists it. Nothing was guessed:
a span is here where its words were found, or both its borders with other words between them
(`changed` in the report).

The texts are whose they were before. Annotations are under the licence of {name} {version}.
"""


def write_hydrated(
    directory: Path,
    release: Path,
    restorer: Restorer,
    moved: Reanchored,
    sources: Mapping[str, Source],
    report: Mapping[str, Any],
) -> None:
    """Write documents and sets on a user's texts into an empty folder, as rows that load.

    Args:
        directory: the folder to fill.
        release: the release without texts.
        restorer: puts back what is quoted from the texts that are those annotated.
        moved: documents and sets.
        sources: the texts at hand.
        report: what became of each extent.
    """
    manifest = json.loads((release / "manifest.json").read_bytes())
    for entry in manifest["files"]:
        if not _is_made_anew(entry["path"], restorer):
            path = directory / entry["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(restorer.file(entry["path"]))
    corpus = _corpus(directory, manifest, moved, sources)
    for chosen in corpus.sets.values():
        folder = directory / "annotation" / "sets" / chosen.info.id
        folder.mkdir(parents=True, exist_ok=True)
        write_set(folder, chosen.info, records_by_item(chosen.records))
    made = tables(corpus)
    hashes = {name: logical_hash(table) for name, table in made.items()}
    for config in CONFIGS:
        (directory / config.path).parent.mkdir(exist_ok=True)
        write_parquet(made[config.name], directory / config.path)
    _write_json(directory / REPORT, report)
    (directory / "README.md").write_bytes(_card(corpus, made, hashes).encode())
    anew = _manifest(directory, manifest, corpus, made, hashes)
    _write_json(directory / "manifest.json", anew)
    sums = sha256sums(anew, file_sha256(directory / "manifest.json"))
    (directory / "SHA256SUMS").write_bytes(sums.encode())


def _is_made_anew(name: str, restorer: Restorer) -> bool:
    """Tell whether a file depends on the texts, so that it is written from rows and records."""
    if name in restorer.configs or name in files.REMADE:
        return True
    return name.startswith((f"{files.FOLDER}/", f"{WEB_ANNOTATIONS}/", "annotation/sets/"))


def _corpus(
    directory: Path, manifest: Mapping[str, Any], moved: Reanchored, sources: Mapping[str, Source]
) -> Corpus:
    def listed(name: str) -> Any:
        return json.loads((directory / "corpus" / f"{name}.json").read_bytes())[name]

    raw = (directory / "schema" / "labels.json").read_bytes()
    outlets = msgspec.convert(listed("outlets"), tuple[Outlet, ...])
    targets = msgspec.convert(listed("targets"), tuple[Target, ...])
    return Corpus(
        root=directory,
        info=_info(directory, manifest, moved.sets),
        documents=moved.documents,
        texts={each.id: sources[each.id].text for each in moved.documents},
        outlets={outlet.id: outlet for outlet in outlets},
        targets={target.id: target for target in targets},
        labels=parse_labels(json.loads(raw), raw),
        sets=moved.sets,
    )


def _info(
    directory: Path, manifest: Mapping[str, Any], sets: Mapping[str, AnnotationSet]
) -> CorpusInfo:
    path = directory / "corpus" / "corpus.json"
    if path.is_file():
        return msgspec.convert(json.loads(path.read_bytes()), CorpusInfo)
    return CorpusInfo(manifest["name"], manifest["name"], manifest["version"], "", (), "", "")


def _card(corpus: Corpus, made: Mapping[str, pa.Table], hashes: Mapping[str, str]) -> str:
    head = {
        "pretty_name": f"{corpus.info.title}, on other texts",
        "configs": [
            {
                "config_name": config.name,
                **({"default": True} if config is CONFIGS[0] else {}),
                "version": corpus.info.version,
                # datasets caches a folder by its card: the hash tells these rows from others.
                "description": f"sha256:{hashes[config.name]}",
                "data_files": [{"split": "train", "path": config.path}],
            }
            for config in CONFIGS
        ],
        "dataset_info": [
            {
                "config_name": config.name,
                "features": yaml_features(config.schema),
                "splits": [
                    {
                        "name": "train",
                        "num_bytes": made[config.name].nbytes,
                        "num_examples": made[config.name].num_rows,
                    }
                ],
            }
            for config in CONFIGS
        ],
    }
    dumped = yaml.safe_dump(head, sort_keys=False, allow_unicode=True)
    info = corpus.info
    body = _CARD.format(title=info.title, name=info.name, version=info.version, report=REPORT)
    return f"---\n{dumped}---\n\n{body}"


def _manifest(
    directory: Path,
    manifest: Mapping[str, Any],
    corpus: Corpus,
    made: Mapping[str, pa.Table],
    hashes: Mapping[str, str],
) -> dict[str, Any]:
    return {
        **manifest,
        "profile": "hydrated",
        "schema_version": schema.SCHEMA_VERSION,
        "documents": [
            {"id": d.id, "sha256": d.sha256, "characters": len(corpus.texts[d.id])}
            for d in corpus.documents
        ],
        "items": sorted(corpus.items),
        "configs": {
            config.name: {
                "files": [config.path],
                "rows": made[config.name].num_rows,
                "sha256": hashes[config.name],
            }
            for config in CONFIGS
        },
        "files": [
            {"path": name, "bytes": path.stat().st_size, "sha256": file_sha256(path)}
            for name, path in release_files(directory)
        ],
    }


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    path.write_bytes((json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode())
