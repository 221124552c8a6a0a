"""The release's README: the card that the Hugging Face Hub shows and `datasets` reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pyarrow as pa
import yaml

from newspan.corpus import Corpus
from newspan.release.configs import CONFIGS
from newspan.release.features import yaml_features
from newspan.release.figures import config_table, producer_table
from newspan.release.markdown import part

_BODY = """\
# {title}

{description}

Version {version}. {items} items in {documents} documents.

> **Content warning.** {warning}

**What labels do not mean.** Loaded is not false, a claim is not checked, an attribution is not an
endorsement, a copy is not a conspiracy, and a missing rating is not "neutral".

## Who assessed and annotated

{producers}
{agreement}
## Configs

{configs}

```python
from datasets import load_dataset

# PATH: this folder, or its name on the Hub
documents = load_dataset("PATH", "documents", split="train")
sentences = load_dataset("PATH", "sentences", split="train")
running_text = sentences.filter(lambda row: row["zone"] == "paragraph")
```

Every `start` and `end` counts Unicode code points, half-open: `text[start:end]` in Python. In
`sentences` and `paragraphs`, the offsets of spans count from the start of the row's own text, and a
layer is null where nobody looked for it, an empty list where nothing was found. Zones other than
`paragraph` (titles, captions, teasers, page furniture) are rows of their own: leave them out of
statistics about an author's voice.

There is one split, `train`; `fold` and `lineage` keep together what shares text, for evaluation
that leaves one lineage out. A config without rows exists so that its columns are known; `datasets`
5.2 can stream it, but not load it (it stops with "corresponds to no data").

The spans, attributions and links of all configs but `annotations` and `duplicates` are those of the
set `{primary}`; `annotation/sets/` holds every set as it was made.

`manifest.json` has each file's SHA-256 and each config's logical hash, which holds under any
Parquet writer; `newspan verify` checks both. `schema/` holds the JSON Schema of every record and
`labels.json`, the definition of every label. `corpus/` has the outlets, with contested views and
who holds them, and the targets of stance.{datasheet}

## Licences

Annotations and metadata: {annotation_license}. Texts: {text_license}
"""

_DATASHEET = """
`DATASHEET.md` says where the texts come from, who published them, how they were assessed, and what
they cannot be used for."""
_AGREEMENT = """
{tables}

Where language models annotated, agreement is machine agreement: it does not tell whether people
would agree, nor whether a label is right. `DATASHEET.md` says how the figures came about and what
they cannot support.
"""
_NO_WARNING = "None is recorded for this corpus."


def card(
    corpus: Corpus,
    made: Mapping[str, pa.Table],
    hashes: Mapping[str, str],
    beside: Collection[str] = (),
) -> str:
    """Return README.md: YAML for the Hub and `datasets`, then prose for people.

    Args:
        corpus: the corpus that the release is built from.
        made: the table of each config, by name.
        hashes: the logical hash of each config, by name.
        beside: names of files that stand beside the card, which it may then point to.
    """
    metadata = _metadata(corpus, made, hashes, "LICENSE-DATA.md" in beside)
    head = yaml.safe_dump(metadata, sort_keys=False, allow_unicode=True)
    info = corpus.info
    body = _BODY.format(
        title=info.title,
        description=info.description,
        version=info.version,
        items=len(corpus.items),
        documents=len(corpus.documents),
        warning=info.content_warning or _NO_WARNING,
        primary=info.primary_set,
        datasheet=_DATASHEET if "DATASHEET.md" in beside else "",
        producers=producer_table(corpus),
        agreement=_agreement(corpus),
        configs=config_table(made),
        annotation_license=info.annotation_license,
        text_license=info.text_license,
    )
    return f"---\n{head}---\n\n{body}"


def _agreement(corpus: Corpus) -> str:
    """Return what a corpus's datasheet says of agreement, for the card."""
    path = corpus.root / "DATASHEET.md"
    sheet = path.read_text(encoding="utf-8") if path.is_file() else ""
    tables = [table for name in ("agreement", "review") if (table := part(sheet, name))]
    return _AGREEMENT.format(tables="\n\n".join(tables)) if tables else ""


def _metadata(
    corpus: Corpus, made: Mapping[str, pa.Table], hashes: Mapping[str, str], has_license: bool
) -> dict[str, Any]:
    info = corpus.info
    languages = list(info.languages)
    return {
        "pretty_name": info.title,
        "language": languages,
        "multilinguality": ["monolingual" if len(languages) == 1 else "multilingual"],
        "license": "other",
        "license_name": "annotations-and-texts-apart",
        "license_link": "LICENSE-DATA.md" if has_license else "README.md",
        "annotations_creators": _creators(corpus),
        "size_categories": [_size(made["sentences"].num_rows)],
        "task_categories": ["token-classification", "text-classification"],
        "tags": ["news", "propaganda", "attribution", "claim-detection", "text-reuse"],
        # datasets caches a local directory by this YAML alone, not by the files: the hash in the
        # description is what keeps one release from being served the rows of another.
        "configs": [
            {
                "config_name": config.name,
                **({"default": True} if config is CONFIGS[0] else {}),
                "version": info.version,
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


def _creators(corpus: Corpus) -> list[str]:
    """Return who assessed and annotated, in the Hub's words."""
    kinds = {item.partisanship.assessor.kind for _, item in corpus.items.values()}
    kinds |= {chosen.info.producer.kind for chosen in corpus.sets.values()}
    words = {"person": "expert-generated", "language_model": "machine-generated"}
    return sorted({words.get(kind, "other") for kind in kinds - {"adjudication"}})


def _size(rows: int) -> str:
    for limit, name in (
        (1_000, "n<1K"),
        (10_000, "1K<n<10K"),
        (100_000, "10K<n<100K"),
        (1_000_000, "100K<n<1M"),
        (10_000_000, "1M<n<10M"),
    ):
        if rows < limit:
            return name
    return "n>10M"
