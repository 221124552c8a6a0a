"""Other finders, each run as a whole process: reads docs.jsonl, writes detections.

    python scripts/reuse_bench/peers.py NAME docs.jsonl out.parquet

The columns written are those of `reuse_bench.tables.read_detections`. Exit status NOT_AT_HAND and a
line on standard error when what a finder needs is not installed.

- `suffix-array`: exact repeats of 60 bytes or more between neighbours in a suffix array.
- `datasketch`, `rensa`: pairs of documents by MinHash and LSH at Jaccard similarity 0.5, sets of
  5-word shingles, 128 permutations; reported as detections of the whole documents.
- `passim`: the extents of `seriatim`, the Viral Texts project's own program, where it is on PATH
  (the package of the name passim on PyPI is something else).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reuse_bench.tables import documents, read_texts, write_detections

NOT_AT_HAND = 69
REPEAT = 60  # bytes
SHINGLE = 5  # words
THRESHOLD = 0.5
PERMUTATIONS = 128
SEPARATOR = b"\xff"  # in no UTF-8 text


class NotAtHandError(Exception):
    """What a finder needs is not installed."""


def suffix_array(docs: Path, out: Path) -> None:
    """Write repeats of at least REPEAT bytes that cannot be extended to the left.

    Each suffix is compared with its neighbour in the suffix array alone (Manber & Myers 1993), by
    the common prefixes of Kasai et al. 2001, so the output is linear in the text, and a family's
    copies are linked in a chain.
    """
    divsuf = _module("pydivsufsort")
    ids, ends, parts = [], [], []
    total = 0
    for name, text in documents(docs):
        data = text.encode()
        parts.append(data)
        total += len(data) + 1
        ids.append(name)
        ends.append(total - 1)
    joined = SEPARATOR.join(parts) + SEPARATOR
    del parts
    chars = np.frombuffer(joined, dtype=np.uint8)
    order = divsuf.divsufsort(joined)
    common = divsuf.kasai(joined, order)  # of order[n] and order[n + 1]
    near = np.flatnonzero(common[: len(order) - 1] >= REPEAT)
    one, two, length = order[near], order[near + 1], common[near]
    del order, common
    first, second = np.minimum(one, two).astype(np.int64), np.maximum(one, two).astype(np.int64)
    border = np.array(ends, dtype=np.int64)
    doc_a = np.searchsorted(border, first, side="right")
    doc_b = np.searchsorted(border, second, side="right")
    # A repeat ends with its document, and one that overlaps itself where its other copy starts.
    length = np.minimum(length, np.minimum(border[doc_a] - first, border[doc_b] - second))
    length = np.minimum(length, second - first)
    maximal = (first == 0) | (chars[first - 1] != chars[second - 1])
    maximal |= (chars[first - 1] == SEPARATOR[0]) | (chars[second - 1] == SEPARATOR[0])
    keep = (length >= REPEAT) & maximal
    first, second, length = first[keep], second[keep], length[keep]
    doc_a, doc_b = doc_a[keep], doc_b[keep]
    begins = np.cumsum((chars & 0xC0) != 0x80, dtype=np.int32)
    origin = np.concatenate([[0], border[:-1] + 1])
    names = np.array(ids)
    columns: dict[str, Any] = {}
    for side, doc, place in (("a", doc_a, first), ("b", doc_b, second)):
        base = _chars_before(begins, origin[doc])
        columns[f"doc_{side}"] = names[doc].tolist()
        columns[f"start_{side}"] = _chars_before(begins, place) - base
        end = place + length
        partial = (chars[end] & 0xC0) == 0x80  # the last character is not whole: leave it out
        columns[f"end_{side}"] = _chars_before(begins, end) - base - partial
    write_detections(out, columns)


def _chars_before(begins: npt.NDArray[np.int32], place: Any) -> npt.NDArray[np.int64]:
    """Return how many characters begin before each byte; `begins` counts them up to and with it."""
    before: npt.NDArray[np.int64] = np.where(place > 0, begins[place - 1], 0).astype(np.int64)
    return before


def datasketch(docs: Path, out: Path) -> None:
    """Write pairs of documents as whole-document detections, by datasketch's MinHash LSH."""
    module = _module("datasketch")
    ids, texts = read_texts(docs)
    index = module.MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    sets = ([shingle.encode() for shingle in _shingles(text)] for text in texts)
    found: list[tuple[int, int]] = []
    for number, sketch in enumerate(module.MinHash.generator(sets, num_perm=PERMUTATIONS)):
        found += [(int(other), number) for other in index.query(sketch)]
        index.insert(number, sketch, check_duplication=False)
    _write_whole(out, ids, texts, found)


def rensa(docs: Path, out: Path) -> None:
    """Write pairs of documents as whole-document detections, by rensa's R-MinHash LSH."""
    module = _module("rensa")
    ids, texts = read_texts(docs)
    index = module.RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=32)
    found: list[tuple[int, int]] = []
    for number, text in enumerate(texts):
        sketch = module.RMinHash(num_perm=PERMUTATIONS, seed=42)
        sketch.update(_shingles(text))
        found += [(int(other), number) for other in index.query(sketch)]
        index.insert(number, sketch)
    _write_whole(out, ids, texts, found)


def passim(docs: Path, out: Path) -> None:
    """Write the extents that `seriatim --to-extents` finds with its defaults.

    Written from its source; it was on no machine where this ran. Its rows are pairs of a document
    and an earlier one, with `begin`, `end` and `begin2`, `end2` in characters.
    """
    program = shutil.which("seriatim")
    if not program:
        raise NotAtHandError("no program seriatim on PATH")
    parquet = import_module("pyarrow.parquet")
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "--to-extents", "--fields", "id", "--", str(docs), folder + "/run"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        table = parquet.read_table(folder + "/run/tmp/extents.parquet")
    names = {"id": "doc_a", "begin": "start_a", "end": "end_a"}
    names |= {"id2": "doc_b", "begin2": "start_b", "end2": "end_b"}
    write_detections(out, {new: table[old] for old, new in names.items()})


PEERS: dict[str, Callable[[Path, Path], None]] = {
    "suffix-array": suffix_array,
    "datasketch": datasketch,
    "rensa": rensa,
    "passim": passim,
}


def _shingles(text: str) -> list[str]:
    words = text.casefold().split()
    rows = range(max(1, len(words) - SHINGLE + 1))
    return list({" ".join(words[row : row + SHINGLE]) for row in rows})


def _write_whole(
    out: Path, ids: list[str], texts: list[str], pairs: Iterable[tuple[int, int]]
) -> None:
    one, two = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2).T
    columns: dict[str, Any] = {}
    for side, rows in (("a", one.tolist()), ("b", two.tolist())):
        columns[f"doc_{side}"] = np.array([ids[row] for row in rows], dtype=np.str_).tolist()
        columns[f"start_{side}"] = np.zeros(len(rows), dtype=np.int64)
        columns[f"end_{side}"] = np.array([len(texts[row]) for row in rows], dtype=np.int64)
    write_detections(out, columns)


def _module(name: str) -> Any:
    if not find_spec(name):
        raise NotAtHandError(f"{name} is not installed")
    return import_module(name)


def main(arguments: list[str]) -> int:
    """Run one finder; 0, 2 on a wrong call or NOT_AT_HAND."""
    if len(arguments) != 3 or arguments[0] not in PEERS:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        PEERS[arguments[0]](Path(arguments[1]), Path(arguments[2]))
    except NotAtHandError as missing:
        print(f"{arguments[0]}: not at hand: {missing}", file=sys.stderr)
        return NOT_AT_HAND
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
