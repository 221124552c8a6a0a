"""Whatever reads the release reads the same rows."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import polars
import pyarrow.parquet as pq
import pytest

import newspan
from corpora import copy_good
from croissant_records import read_records, readable
from newspan.parquet import read_parquet
from newspan.release.configs import CONFIGS

RELEASES = ["shipped_release", "good_release"]


@pytest.fixture
def release(request: pytest.FixtureRequest) -> Path:
    """Return the release that the test is parametrized with."""
    path: Path = request.getfixturevalue(request.param)
    return path


def rows_by_pyarrow(release: Path, name: str) -> list[dict[str, Any]]:
    """Return a config's rows as pyarrow reads them, the yardstick of the others."""
    rows: list[dict[str, Any]] = pq.read_table(
        release / name / "train-00000-of-00001.parquet"
    ).to_pylist()
    return rows


@pytest.mark.parametrize("release", RELEASES, indirect=True)
@pytest.mark.parametrize("name", [config.name for config in CONFIGS])
def test_all_readers_give_the_same_rows(release: Path, name: str) -> None:
    """newspan, datasets (loaded and streamed), polars, duckdb and pandas agree with pyarrow."""
    import datasets

    expected = rows_by_pyarrow(release, name)
    path = release / name / "train-00000-of-00001.parquet"

    assert newspan.load(name, release).to_list() == expected
    streamed = datasets.load_dataset(str(release), name, split="train", streaming=True)
    assert list(streamed) == expected
    assert polars.read_parquet(path).to_dicts() == expected
    result = duckdb.sql(f"SELECT * FROM '{path}'")
    found = [dict(zip(result.columns, row, strict=True)) for row in result.fetchall()]
    assert found == expected
    assert rows_by_pandas(path) == expected
    if expected:
        loaded = datasets.load_dataset(str(release), name, split="train")
        assert loaded.to_list() == expected
        assert loaded.features == newspan.load(name, release).features


@pytest.mark.parametrize("release", RELEASES, indirect=True)
@pytest.mark.parametrize("name", [config.name for config in CONFIGS])
def test_mlcroissant_gives_the_same_rows(release: Path, name: str) -> None:
    """Every record of every record set is pyarrow's row, but for what mlcroissant can't read."""
    schema = next(config.schema for config in CONFIGS if config.name == name)
    expected = readable(rows_by_pyarrow(release, name), schema)

    assert read_records(release, name, schema) == expected


def rows_by_pandas(path: Path) -> list[dict[str, Any]]:
    """Return rows as pandas reads them into columns that know null."""
    import pandas

    rows = pandas.read_parquet(path, dtype_backend="pyarrow").to_dict("records")
    return [{k: None if v is pandas.NA else v for k, v in row.items()} for row in rows]


def test_nothing_was_asked_of_the_network() -> None:
    """These tests run offline, with a cache of their own."""
    import datasets
    from huggingface_hub import constants

    assert constants.HF_HUB_OFFLINE
    assert "newspan-test-cache-" in str(datasets.config.HF_CACHE_HOME)


def test_datasets_still_cannot_load_a_config_without_rows(tmp_path: Path) -> None:
    """The card tells users of this limit of datasets 5.2; when it goes, so can that sentence."""
    import datasets

    corpus = copy_good(tmp_path)
    shutil.rmtree(corpus / "annotation" / "sets")
    release = newspan.build(corpus).path

    with pytest.raises(ValueError, match="corresponds to no data"):
        datasets.load_dataset(str(release), "links", split="train")


def test_the_default_config_is_documents(shipped_release: Path) -> None:
    """Who names no config gets the documents."""
    import datasets

    assert datasets.load_dataset(str(shipped_release), split="train").num_rows == 5


@pytest.mark.parametrize("name", [config.name for config in CONFIGS])
def test_the_card_states_the_features_that_the_files_have(shipped_release: Path, name: str) -> None:
    """datasets' own reading of the Arrow schema equals the card's YAML and the file's metadata."""
    import datasets

    config = next(config for config in CONFIGS if config.name == name)
    expected = datasets.Features.from_arrow_schema(config.schema)
    builder = datasets.load_dataset_builder(str(shipped_release), name)
    in_file = datasets.Features.from_arrow_schema(pq.read_schema(shipped_release / config.path))

    assert builder.info.features == expected
    assert in_file == expected
    manifest = json.loads((shipped_release / "manifest.json").read_bytes())
    assert builder.config.version == manifest["version"]


def test_two_releases_of_one_name_do_not_share_a_cache(root: Path, tmp_path: Path) -> None:
    """datasets caches a local directory by its name and card; the card's hashes tell rows apart."""

    from corpora import GOOD, copy_good

    first = newspan.build(GOOD, tmp_path / "a").path
    corpus = copy_good(tmp_path)
    outlets = corpus / "corpus/outlets.json"
    outlets.write_text(outlets.read_text(encoding="utf-8").replace("Harbour", "Haven"), "utf-8")
    second = newspan.build(corpus, tmp_path / "b").path

    names = [
        newspan.load("documents", release)[0]["provenance"][0]["outlet"]
        for release in (first, second)
    ]

    assert names == ["Harbour Gazette", "Haven Gazette"]


def test_load_finds_the_release_built_last(
    good_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a path, load takes the newest release in ./dist."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dist").symlink_to(good_release.parent)

    assert newspan.load().num_rows == 2


def test_a_release_in_a_folder_with_pattern_characters_loads(
    good_release: Path, tmp_path: Path
) -> None:
    """A path that datasets would read as a pattern gives the same rows."""
    import shutil

    odd = tmp_path / "a[1] b*"
    shutil.copytree(good_release, odd)

    assert newspan.load("documents", odd).to_list() == rows_by_pyarrow(good_release, "documents")


def test_load_says_what_is_wrong(good_release: Path, tmp_path: Path) -> None:
    """A folder that is no release and a config that is not there are named."""
    with pytest.raises(FileNotFoundError, match="no release"):
        newspan.load("documents", tmp_path)
    with pytest.raises(ValueError, match="no config 'tokens'"):
        newspan.load("tokens", good_release)


def test_one_row_group_with_checksums_and_index(shipped_release: Path, tmp_path: Path) -> None:
    """Files are zstd, carry page indexes and checksums, and are one row group while small."""
    metadata = pq.read_metadata(shipped_release / "sentences/train-00000-of-00001.parquet")
    column = metadata.row_group(0).column(0)

    assert metadata.num_row_groups == 1
    assert column.compression == "ZSTD"
    assert column.has_offset_index
    path = tmp_path / "changed.parquet"
    raw = bytearray((shipped_release / "sentences/train-00000-of-00001.parquet").read_bytes())
    raw[column.data_page_offset + column.total_compressed_size // 2] ^= 1
    path.write_bytes(raw)
    with pytest.raises(OSError, match="CRC checksum verification failed"):
        read_parquet(path)


def test_every_span_field_is_a_column(good_release: Path) -> None:
    """No attribute of a record is lost on its way into the release."""
    from newspan.model import Attribution, Link, Span

    columns = {config.name: set(config.schema.names) for config in CONFIGS}

    assert set(Span.__struct_fields__) <= columns["spans"]
    assert set(Attribution.__struct_fields__) <= columns["attributions"]
    assert set(Link.__struct_fields__) <= columns["links"]
    assert columns["spans"] < columns["annotations"]


def test_the_primary_set_is_in_spans_and_all_sets_in_annotations(good_release: Path) -> None:
    """`spans` holds the consensus alone; `annotations` every set with its producer."""
    spans = newspan.load("spans", good_release)
    annotations = newspan.load("annotations", good_release)

    assert set(spans["set_id"]) == {"consensus"}
    assert set(annotations["set_id"]) == {"consensus", "reuse_v1"}
    assert set(annotations["producer_kind"]) == {"adjudication", "rule"}
    duplicates = newspan.load("duplicates", good_release).to_list()
    assert [(d["id"], d["canonical_id"]) for d in duplicates] == [("b1", "b1"), ("b2", "b1")]


def test_the_manifest_counts_what_is_there(good_release: Path) -> None:
    """Rows in the manifest are rows in the files."""
    manifest = json.loads((good_release / "manifest.json").read_bytes())

    for name, config in manifest["configs"].items():
        assert config["rows"] == len(rows_by_pyarrow(good_release, name))
