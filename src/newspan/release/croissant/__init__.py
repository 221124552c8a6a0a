"""croissant.json: what a release holds and where that came from, for programs.

Croissant 1.1 (https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html) with the RAI
vocabulary 1.0 and PROV-O.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from newspan import schema
from newspan.corpus import Corpus
from newspan.release.answers import answers
from newspan.release.croissant import provenance
from newspan.release.croissant.citation import authors, bibtex, read_citation
from newspan.release.croissant.record_sets import ConfigFile, Node, record_sets
from newspan.release.croissant.responsible import responsible

__all__ = ["ConfigFile", "croissant"]

_VERSION = "http://mlcommons.org/croissant/1.1"
_RAI_VERSION = "http://mlcommons.org/croissant/RAI/1.0"
_CR = (
    "annotation arrayShape citeAs column containedIn equivalentProperty excludes extract field "
    "fileObject fileProperty fileSet format includes isArray isLiveDataset jsonPath key md5 "
    "parentField path readLines recordSet references regex repeated replace samplingRate sdVersion "
    "separator source subField transform unArchive"
)
#: Croissant 1.1's own context, PROV-O, and what PROV-O has no word for.
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    **{name: f"cr:{name}" for name in _CR.split()},
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    "newspan": "https://newspan.example/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
}
_NO_TEXT = " In this release, columns that hold a document's words are null."
#: The registered type, and the one that mlcroissant reads.
_PARQUET = ["application/vnd.apache.parquet", "application/x-parquet"]


def croissant(
    corpus: Corpus,
    configs: Iterable[ConfigFile],
    *,
    citation: str = "",
    sheet: str = "",
    profile: str = "full",
) -> dict[str, Any]:
    """Return the content of a release's croissant.json; no file is read, and no clock.

    Args:
        corpus: the corpus that the release is built from.
        configs: what is in each config's Parquet file, with the columns of this profile.
        citation: the text of CITATION.cff; empty where there is none.
        sheet: the text of DATASHEET.md, with its figures; empty where there is none.
        profile: full, or no-text, which is released without the texts.

    Raises:
        ValueError: when it doesn't fit schema/croissant.json, as with a language that is no tag.
    """
    configs = list(configs)
    info = corpus.info
    cited = read_citation(citation)
    node: Node = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": info.name,
        "alternateName": info.title,
        "description": info.description + ("" if profile == "full" else _NO_TEXT),
        "conformsTo": [_VERSION, _RAI_VERSION],
        "version": info.version,
        "isLiveDataset": False,
        "inLanguage": list(info.languages),
        "license": _licenses(corpus, profile),
        "citeAs": bibtex(info, cited),
        **_told(cited),
        **responsible(corpus, answers(sheet)),
        "distribution": [_file(config) for config in configs],
        "recordSet": record_sets(configs, corpus.labels, corpus.targets),
    }
    names = {config.name for config in configs}
    _derive([each for each in node["recordSet"] if each["name"] in names], corpus)
    if not schema.is_valid("croissant.json", node):
        fault = next(schema.violations("croissant.json", node))
        raise ValueError(f"croissant.json{fault.pointer}: {fault.message}")
    return node


def _told(cited: Mapping[str, Any]) -> Node:
    """Return what CITATION.cff tells besides the citation."""
    told = {
        "creator": authors(cited),
        "url": cited.get("url") or cited.get("repository-code"),
        # The day that people wrote down; a build knows none, or it would give other bytes each day.
        "datePublished": str(cited.get("date-released") or ""),
        "keywords": list(cited.get("keywords") or ()),
    }
    return {key: value for key, value in told.items() if value}


def _licenses(corpus: Corpus, profile: str) -> list[Node]:
    """Return the licences, apart: of what was made here, and of the texts."""
    made = corpus.info.annotation_license
    node: Node = {"@type": "sc:CreativeWork", "name": f"Annotations and metadata: {made}"}
    if re.fullmatch(r"[A-Za-z0-9.+-]+", made):  # an SPDX id, and not words of the corpus's own
        node["url"] = f"https://spdx.org/licenses/{made}.html"
    texts = corpus.info.text_license
    if profile == "no-text":
        texts = f"Not in this release, but for short quotations. {texts}"
    return [node, {"@type": "sc:CreativeWork", "name": "Texts", "description": texts}]


def _file(config: ConfigFile) -> Node:
    name = f"{config.name}.parquet"
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "description": f"The rows of the config `{config.name}`.",
        "contentUrl": config.path,
        "contentSize": f"{config.size} B",
        "encodingFormat": _PARQUET,
        "sha256": config.sha256,
    }


def _derive(configs: Iterable[Node], corpus: Corpus) -> None:
    """Add to the configs' record sets where their rows come from."""
    primary = corpus.info.primary_set
    blocks = [
        {"@id": f"set/{id_}"}
        for id_, chosen in sorted(corpus.sets.items())
        if any("duplicate_block" in coverage.layers for coverage in chosen.info.coverage)
    ]
    for node in configs:
        if node["name"] == "documents":
            node |= provenance.origins(corpus)
            for field in node["field"]:
                if field["name"] == "partisanship" and corpus.items:
                    field["prov:wasAttributedTo"] = provenance.assessors(corpus)
        elif node["name"] == "annotations":
            node["prov:wasDerivedFrom"] = provenance.sets(corpus)
        elif node["name"] == "duplicates":
            node["prov:wasDerivedFrom"] = blocks
        elif primary in corpus.sets:
            node["prov:wasDerivedFrom"] = [{"@id": f"set/{primary}"}]
