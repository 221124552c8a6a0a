"""How to read a release with what people use: snippets for its card, run by the tests."""

from __future__ import annotations

from collections.abc import Sequence

from newspan.release.croissant import ConfigFile

_USAGE = """\
These run where the release's folder stands, as `{folder}`. With `datasets`, loaded, streamed, or
pinned to one version; instead of the folder, its name on the Hub will do, and `revision` counts
there alone: `datasets` ignores it for a folder.

```python
from datasets import load_dataset

PATH = "{folder}"  # or its name on the Hub: OWNER/NAME

documents = load_dataset(PATH, "documents", split="train")
for row in load_dataset(PATH, "spans", split="train", streaming=True):
    print(row["layer"], row["label"])
    break
sentences = load_dataset(PATH, "sentences", split="train", revision="v{version}")
running_text = sentences.filter(lambda row: row["zone"] == "paragraph")
```

With pandas, polars, DuckDB or pyarrow:

```python
import pandas

spans = pandas.read_parquet("{spans}")
by_pandas = spans.groupby("layer").size()
```

```python
import polars

spans = polars.scan_parquet("{spans}")
by_polars = spans.group_by("layer").len().collect()
```

```python
import duckdb

query = "SELECT layer, count(*) FROM '{spans}' GROUP BY layer"
by_duckdb = duckdb.sql(query).fetchall()
```

```python
import pyarrow.parquet

file = "{spans}"
spans = pyarrow.parquet.read_table(file, columns=["layer"])
by_pyarrow = spans.group_by("layer").aggregate([([], "count_all")])
```

With mlcroissant, which checks a file's SHA-256 before it reads it. It gives strings as bytes, and a
null list as a list with one record of nulls. Lists of evidence and of authors it doesn't read.

```python
import mlcroissant

croissant = mlcroissant.Dataset("{folder}/croissant.json")
documents = [record["documents/doc_id"].decode() for record in croissant.records("documents")]
```
"""


def usage(folder: str, version: str, configs: Sequence[ConfigFile]) -> str:
    """Return snippets for a release, with what has to be said beside them.

    Args:
        folder: the name of the release's folder.
        version: the release's version.
        configs: its configs.
    """
    paths = {config.name: f"{folder}/{config.path}" for config in configs}
    return _USAGE.format(folder=folder, version=version, spans=paths["spans"])
