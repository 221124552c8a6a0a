"""What a folder ships of each item's characters, whatever file they stand in.

The measure trusts nothing that `no_text` says of itself: it reads every string of every file, and
counts each stretch of 20 characters or more that an item has too, and every surface and selector
however short.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from newspan.corpus import Corpus
from newspan.release.stand_off.budget import Shipped
from newspan.release.stand_off.common_words import SHORTEST, CommonWords, plain


def shares(directory: Path, corpus: Corpus) -> dict[str, float]:
    """Return the share of each item's characters that a folder ships, by item id.

    Args:
        directory: a release, or any folder.
        corpus: the corpus that the items are of, with its texts.
    """
    shipped = Shipped(corpus)
    common = CommonWords(corpus.texts)
    for string in dict.fromkeys(each for each in strings(directory) if len(each) >= SHORTEST):
        shipped.add(common.stretches(plain(string).text))
    shipped.add(_surfaces(directory, corpus))
    return shipped.shares()


def strings(directory: Path) -> Iterator[str]:
    """Yield every string of every file of a folder: cells, values, keys, and whole text files."""
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        if path.suffix == ".parquet":
            yield from _of_parquet(path)
            continue
        text = path.read_bytes().decode("utf-8", "replace")
        yield text
        if path.suffix in (".json", ".jsonl"):
            for value in _values(path, text):
                yield from _of_value(value)


def _of_parquet(path: Path) -> Iterator[str]:
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    for value in (file.schema_arrow.metadata or {}).values():
        yield value.decode("utf-8", "replace")
    for batch in file.iter_batches(10_000):
        for column in batch.columns:
            yield from _of_array(column)


def _of_array(array: Any) -> Iterator[str]:
    import pyarrow as pa

    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        yield from (value for value in array.unique().to_pylist() if value is not None)
    elif pa.types.is_list(array.type) or pa.types.is_large_list(array.type):
        yield from _of_array(array.flatten())
    elif pa.types.is_struct(array.type):
        for child in array.flatten():
            yield from _of_array(child)


def _values(path: Path, text: str) -> Iterator[Any]:
    lines = text.split("\n") if path.suffix == ".jsonl" else [text]
    for line in lines:
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError:
                continue  # its raw text counts all the same


def _of_value(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _of_value(each)
    elif isinstance(value, dict):
        if "exact" in value:  # a quotation is one stretch, though it ships in three pieces
            parts = (value.get(key) for key in ("prefix", "exact", "suffix"))
            yield "".join(part for part in parts if isinstance(part, str))
        for key, each in value.items():
            yield key
            yield from _of_value(each)


def _surfaces(directory: Path, corpus: Corpus) -> Iterable[tuple[str, int, int]]:
    """Yield the stretches that annotation records and selectors ship, however short."""
    documents = {item: document.id for item, (document, _) in corpus.items.items()}
    for path in sorted(directory.rglob("*.json*")):
        for value in _values(path, path.read_bytes().decode("utf-8", "replace")):
            name = value.get("document") if isinstance(value, dict) else None
            yield from _placed(value, name or documents.get(path.stem), corpus)
    for path in sorted(directory.rglob("*.parquet")):
        yield from _rows(path, corpus)


def _placed(value: Any, name: str | None, corpus: Corpus) -> Iterator[tuple[str, int, int]]:
    if isinstance(value, list):
        for each in value:
            yield from _placed(each, name, corpus)
    elif isinstance(value, dict):
        start = value.get("start")
        words = [value.get(key) for key in ("text", "exact", "prefix", "suffix")]
        if name in corpus.texts and isinstance(start, int):
            text, exact, prefix, suffix = (each if isinstance(each, str) else "" for each in words)
            if text or exact:
                end = start + len(text or exact) + len(suffix)
                yield str(name), max(0, start - len(prefix)), min(end, len(corpus.texts[str(name)]))
        for each in value.values():
            yield from _placed(each, name, corpus)


def _rows(path: Path, corpus: Corpus) -> Iterator[tuple[str, int, int]]:
    import pyarrow.parquet as pq

    for batch in pq.ParquetFile(path).iter_batches(10_000):
        for row in batch.to_pylist():
            if row.get("doc_id") in corpus.texts:
                yield from _cells(row, row["doc_id"], 0)


def _cells(value: Any, name: str, base: int) -> Iterator[tuple[str, int, int]]:
    if isinstance(value, list):
        for each in value:
            yield from _cells(each, name, base)
    elif isinstance(value, dict):
        start, text = value.get("start"), value.get("text")
        if isinstance(start, int) and isinstance(text, str):
            yield name, base + start, base + start + len(text)
        for key, each in value.items():
            # The spans inside a row of sentences or paragraphs count from the row's own text.
            inner = key in ("claim", "attribution", "loaded_language")
            if isinstance(each, dict | list):
                yield from _cells(each, name, base + (value.get("start") or 0) if inner else base)
