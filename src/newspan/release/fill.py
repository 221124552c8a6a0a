"""The Parquet files of a release, filled part by part."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa

from newspan.corpus import Corpus
from newspan.parquet import TableWriter
from newspan.release.configs import CONFIGS, Config
from newspan.release.croissant import ConfigFile
from newspan.release.files import file_sha256
from newspan.release.logical import LogicalHash
from newspan.release.tables import part_tables
from newspan.release.tables.columns import SCHEMAS
from newspan.release.tables.common import reuse_sets
from newspan.release.web_annotations import write_web_annotations
from newspan.splits import folds


def fill_configs(
    directory: Path, outline: Corpus, parts: Iterable[Corpus]
) -> tuple[ConfigFile, ...]:
    """Write the Parquet files of a release.

    Args:
        directory: of the release; it has none of the configs' folders.
        outline: the corpus without texts and records.
        parts: the corpus in parts, in the order of its documents; sound.
    """
    fold_of = folds(outline.documents)
    sets = {
        "annotations": sorted(outline.sets),
        "duplicates": sorted(chosen.info.id for chosen in reuse_sets(outline)),
    }
    with tempfile.TemporaryDirectory(prefix=".waiting-", dir=directory) as waiting:
        writers = {
            config.name: ConfigWriter(directory, config, sets.get(config.name, [""]), Path(waiting))
            for config in CONFIGS
        }
        for part in parts:
            for (name, set_id), table in part_tables(part, fold_of):
                writers[name].write(set_id, table)
            write_web_annotations(directory, [part])
        return tuple(writer.close() for writer in writers.values())


class ConfigWriter:
    """The file of one config: the rows of its sets by id, and of each set those of the parts.

    The first set's rows are written as they come, those of the others wait in files of their own.

    Args:
        directory: of the release.
        config: the config.
        sets: the ids of the sets that it has rows of, in order; one empty one if rows have none.
        waiting: a folder for rows that wait.
    """

    def __init__(self, directory: Path, config: Config, sets: Sequence[str], waiting: Path) -> None:
        self._config = config
        self._path = directory / config.path
        self._path.parent.mkdir()
        self._schema = SCHEMAS[config.name]
        self._writer = TableWriter(self._path, self._schema)
        self._hash = LogicalHash(self._schema)
        self._rows = 0
        self._first = sets[0] if sets else ""
        self._waiting = {
            set_id: pa.ipc.new_file(waiting / f"{config.name}-{set_id}", self._schema)
            for set_id in sets[1:]
        }
        self._files = [waiting / f"{config.name}-{set_id}" for set_id in sets[1:]]

    def write(self, set_id: str, table: pa.Table) -> None:
        """Add the rows of a set in one part."""
        if set_id == self._first:
            self._take(table)
        else:
            self._waiting[set_id].write_table(table)

    def close(self) -> ConfigFile:
        """Finish the file and return what is in it."""
        with self._writer:
            for file, writer in zip(self._files, self._waiting.values(), strict=True):
                writer.close()
                with pa.memory_map(str(file)) as source:
                    reader = pa.ipc.open_file(source)
                    for number in range(reader.num_record_batches):
                        batch = reader.get_batch(number)
                        self._take(pa.Table.from_batches([batch], self._schema))
        return ConfigFile(
            self._config.name,
            self._config.row,
            self._config.schema,
            self._config.path,
            self._rows,
            self._hash.nbytes,
            self._hash.hexdigest(),
            self._path.stat().st_size,
            file_sha256(self._path),
        )

    def _take(self, table: pa.Table) -> None:
        self._rows += table.num_rows
        self._hash.update(table)
        self._writer.write(table)
