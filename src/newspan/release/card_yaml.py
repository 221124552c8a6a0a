"""The card's YAML: what the Hugging Face Hub and `datasets` read of a release."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from newspan import schema
from newspan.corpus import Corpus
from newspan.release.croissant import ConfigFile
from newspan.release.features import yaml_features

_CREATORS = {
    "person": "expert-generated",
    "language_model": "machine-generated",
    "rule": "machine-generated",
}
_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
    (1_000_000_000, "100M<n<1B"),
    (10_000_000_000, "1B<n<10B"),
    (100_000_000_000, "10B<n<100B"),
    (1_000_000_000_000, "100B<n<1T"),
)


def card_yaml(
    corpus: Corpus,
    configs: Sequence[ConfigFile],
    beside: Collection[str] = (),
    profile: str = "full",
) -> dict[str, Any]:
    """Return the card's YAML as plain data.

    Args:
        corpus: the corpus that the release is built from.
        configs: what is in each config's Parquet file; the first is the default.
        beside: names of files that stand beside the card.
        profile: full, or no-text, which is released without the texts.

    Raises:
        ValueError: when it doesn't fit schema/dataset_card.json.
    """
    info = corpus.info
    # The Hub's field `language` takes a language alone; its variety goes to `language_details`.
    languages = sorted({tag.split("-")[0] for tag in info.languages})
    rows = {config.name: config.rows for config in configs}
    head: dict[str, Any] = {
        "pretty_name": info.title,
        "language": languages,
        "language_details": sorted(info.languages),
        "language_creators": ["found"],
        "multilinguality": ["monolingual" if len(languages) == 1 else "multilingual"],
        "license": "other",
        "license_name": "annotations-and-texts-apart",
        # The Hub links to a file of this name, and to no LICENSE-DATA.md.
        **({"license_link": "LICENSE.md"} if "LICENSE.md" in beside else {}),
        "annotations_creators": _creators(corpus),
        "source_datasets": ["original"],
        "size_categories": [_size(rows.get("sentences", 0))],
        "task_categories": ["token-classification", "text-classification"],
        "task_ids": ["multi-class-classification", "multi-label-classification"],
        "tags": ["news", "propaganda", "attribution", "claim-detection", "text-reuse"],
    }
    if info.content_warning:
        # Shown where the publisher turns the Hub's gate on; without that it does nothing.
        parts = (info.content_warning, *((info.text_license,) if profile == "full" else ()))
        head["extra_gated_prompt"] = " ".join(parts)
    # datasets caches a local directory by this YAML alone, not by the files: the hash in the
    # description is what keeps one release from being served the rows of another.
    head["configs"] = [
        {
            "config_name": config.name,
            **({"default": True} if number == 0 else {}),
            "version": info.version,
            "description": f"sha256:{config.logical}",
            "data_files": [{"split": "train", "path": config.path}],
        }
        for number, config in enumerate(configs)
    ]
    head["dataset_info"] = [_dataset_info(config) for config in configs]
    if not schema.is_valid("dataset_card.json", head):
        fault = next(schema.violations("dataset_card.json", head))
        raise ValueError(f"the card's YAML, {fault.pointer}: {fault.message}")
    return head


def _dataset_info(config: ConfigFile) -> dict[str, Any]:
    return {
        "config_name": config.name,
        "features": yaml_features(config.schema),
        "splits": [{"name": "train", "num_bytes": config.nbytes, "num_examples": config.rows}],
        "download_size": config.size,
        "dataset_size": config.nbytes,
    }


def _creators(corpus: Corpus) -> list[str]:
    """Return who assessed and annotated, in the Hub's words."""
    kinds = {item.partisanship.assessor.kind for _, item in corpus.items.values()}
    kinds |= {chosen.info.producer.kind for chosen in corpus.sets.values()}
    # An adjudication puts together what others annotated.
    found = {_CREATORS.get(kind, "other") for kind in kinds - {"adjudication"}}
    return sorted(found) or ["no-annotation"]


def _size(rows: int) -> str:
    return next((name for limit, name in _SIZES if rows < limit), "n>1T")
