"""One way through the records of a set: what is kept of them to read the set in parts later."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from newspan.corpus.pieces import read_records
from newspan.corpus.records import Cluster, Placed, SetRest
from newspan.model import AnyRecord, Attribution, Span
from newspan.problems import Place

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class SetScan:
    """Gathers what must be known of a whole set, file by file, in the order of its files."""

    def __init__(self, root: Path, set_id: str) -> None:
        self.names: dict[str, bool] = {}
        self._root, self._set = root, set_id
        # 64-bit hashes of all ids, and how many there are up to the end of each file: 8 bytes a
        # record tell whether an id is repeated, and in which file to look for it.
        self._hashes = array("q")
        self._ends = array("q")
        self._verified = 0
        self._unverified: Placed | None = None
        self._wanted: set[str] = set()
        self._used: set[str] = set()
        self._clusters: dict[str, Cluster] = {}
        self._parents: dict[str, list[str]] = {}
        self._repeats: dict[str, list[str]] = {}

    def add(self, name: str, records: list[Placed], *, is_sound: bool) -> None:
        """Take the records of a file; it is sound when all of it could be read."""
        self.names[name] = is_sound
        own = {placed.record.id for placed in records}
        self._hashes.extend(hash(placed.record.id) for placed in records)
        self._ends.append(len(self._hashes))
        for placed in records:
            record = placed.record
            if record.human_verified:
                self._verified += 1
            elif self._unverified is None:
                self._unverified = placed
            if isinstance(record, Span):
                if record.cluster is not None:
                    cluster = self._clusters.setdefault(record.cluster, Cluster(placed.place))
                    cluster.add(record, placed)
            elif isinstance(record, Attribution):
                self._used.update(part for part in record.part_ids if part not in own)
                if record.parent_id is not None:
                    self._parents[record.id] = [record.parent_id]
                    self._wanted |= {record.parent_id} - own
            else:
                self._repeats.setdefault(record.from_id, []).append(record.to_id)
                self._wanted |= {record.from_id, record.to_id} - own

    def close(self, covers: bool) -> SetRest:
        """Return what the parts of the set must know; `covers`: it says what was looked at."""
        return SetRest(
            number=len(self._hashes),
            verified=self._verified,
            unverified=self._unverified,
            covers=covers,
            repeated=self._repeated(),
            beyond=self.find(self._wanted | self._used),
            used=frozenset(self._used),
            clusters=self._clusters,
            parents=self._parents,
            repeats=self._repeats,
            find=self.find,
        )

    def find(self, ids: Collection[str]) -> dict[str, Placed]:
        """Return the records of these ids that there are, by id."""
        import numpy as np

        if not ids:
            return {}
        hashes = np.fromiter(map(hash, ids), np.int64, len(ids))
        return {p.record.id: p for p in self._records_with(hashes) if p.record.id in ids}

    def _repeated(self) -> dict[str, int]:
        import numpy as np

        ordered = np.sort(np.frombuffer(self._hashes, np.int64))
        twice = ordered[1:][ordered[1:] == ordered[:-1]]
        uses = Counter(placed.record.id for placed in self._records_with(twice))
        return {record_id: number for record_id, number in uses.items() if number > 1}

    def _records_with(self, hashes: npt.NDArray[np.int64]) -> Iterator[Placed]:
        """Yield all records of the files in which there are ids with these hashes."""
        import numpy as np

        if not hashes.size:
            return
        rows = np.flatnonzero(np.isin(np.frombuffer(self._hashes, np.int64), hashes))
        ends = np.frombuffer(self._ends, np.int64)
        names = list(self.names)
        for number in np.unique(np.searchsorted(ends, rows, side="right")).tolist():
            yield from self.read_again(names[number])

    def read_again(self, name: str) -> Iterable[Placed]:
        """Return the records of a file once more; those of no file if there is none."""
        if name not in self.names:
            return ()
        if not self.names[name]:
            return read_records(self._root, self._set, name, [])
        file = f"annotation/sets/{self._set}/{name}"
        item_id = name.removesuffix(".jsonl")
        raw = (self._root / file).read_bytes().removesuffix(b"\n")
        return [
            Placed(record, item_id, Place(file, line))
            for line, text in enumerate(raw.split(b"\n"), 1)
            for record in _decoded(text)
        ]


_DECODER = msgspec.json.Decoder(AnyRecord)


def _decoded(line: bytes) -> tuple[AnyRecord, ...]:
    return (_DECODER.decode(line),) if line.strip() else ()
