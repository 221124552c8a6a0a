"""The release's README: the card that the Hugging Face Hub shows and `datasets` reads.

Its sections are those of the Hub's template. What people have to say stands in the datasheet, and
is taken from there; what a corpus doesn't answer is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import yaml

from newspan.corpus import Corpus
from newspan.release.answers import Answer, answers
from newspan.release.card_yaml import card_yaml
from newspan.release.croissant import ConfigFile
from newspan.release.croissant.citation import authors, bibtex, read_citation
from newspan.release.figures import producer_table, withdrawn_table
from newspan.release.markdown import markdown_table, part
from newspan.release.usage import usage

_HEAD = """\
# {title}

{description}

Version {version}. {items} items in {documents} documents.

> **Content warning.** {warning}

**What labels do not mean.** Loaded is not false, a claim is not checked, an attribution is not an
endorsement, a copy is not a conspiracy, and a missing rating is not "neutral".
"""
_NO_WARNING = "None is recorded for this corpus."
_NO_TEXT = """\
> **Without the texts.** This release has annotations and metadata that stand off from texts which
> it leaves out, but for short quotations. `newspan hydrate` puts the words back from your own
> copies of the texts, and reports what it could not place.
"""
_FROM_SHEET = """\
Questions in italics, and their answers, are taken from `DATASHEET.md` word for word: “above”,
“below” and the names of sections mean places there.
"""
_STRUCTURE = """\
{configs}

{usage}
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
"""
_AGREEMENT = """\
Where language models annotated, agreement is machine agreement: it does not tell whether people
would agree, nor whether a label is right. `DATASHEET.md` says how the figures came about and what
they cannot support.
"""
_FILES = """\
`manifest.json` has each file's SHA-256 and each config's logical hash, which holds under any
Parquet writer; `newspan verify` checks both. `croissant.json` describes every column, label and
source for programs. `schema/` holds the JSON Schema of every record and `labels.json`, the
definition of every label. `corpus/` has the outlets, with contested views and who holds them, and
the targets of stance.
"""
_DATASHEET = """\
`DATASHEET.md` says where the texts come from, who published them, how they were assessed, and what
they cannot be used for.
"""


def card(
    corpus: Corpus,
    configs: Sequence[ConfigFile],
    *,
    beside: Collection[str] = (),
    sheet: str = "",
    citation: str = "",
    profile: str = "full",
) -> str:
    """Return README.md: YAML for the Hub and `datasets`, then prose for people.

    Args:
        corpus: the corpus that the release is built from.
        configs: what is in each config's Parquet file, with the columns of this profile.
        beside: names of files that stand beside the card, which it may then point to.
        sheet: the text of DATASHEET.md, with its figures; empty where there is none.
        citation: the text of CITATION.cff; empty where there is none.
        profile: full, or no-text, which is released without the texts.

    Raises:
        ValueError: when the YAML doesn't fit schema/dataset_card.json.
    """
    head = yaml.safe_dump(
        card_yaml(corpus, configs, beside, profile), sort_keys=False, allow_unicode=True
    )
    told = answers(sheet) if "DATASHEET.md" in beside else {}
    sections = [
        _opening(corpus, profile, bool(told)),
        _section("## Dataset details", _details(corpus, read_citation(citation), told)),
        _section(
            "## Uses",
            _section("### Direct use", _answer(told, "uses-other-tasks")),
            _section("### Out-of-scope use", _answer(told, "uses-not-recommended")),
        ),
        _section("## Dataset structure", _structure(corpus, configs, profile)),
        _section("## Withdrawn", withdrawn_table(corpus) + "\n" if corpus.withdrawn else ""),
        _creation(corpus, sheet, told),
        _section(
            "## Bias, risks, and limitations",
            _answer(told, "composition-sample", "uses-comments"),
            _section("### Recommendations", _answer(told, "uses-composition-impact")),
        ),
        _section(
            "## Citation", f"```bibtex\n{bibtex(corpus.info, read_citation(citation))}\n```\n"
        ),
        _section("## More information", _FILES, _DATASHEET if told else ""),
        _section(
            "## Licences",
            f"Annotations and metadata: {corpus.info.annotation_license}. "
            f"Texts: {corpus.info.text_license}\n",
        ),
        _section(
            "## Dataset card contact",
            _line(corpus.info.contact) or _answer(told, "maintenance-contact"),
        ),
    ]
    body = "\n".join(section for section in sections if section)
    return f"---\n{head}---\n\n{body}"


def _opening(corpus: Corpus, profile: str, has_sheet: bool) -> str:
    info = corpus.info
    head = _HEAD.format(
        title=info.title,
        description=info.description,
        version=info.version,
        items=len(corpus.items),
        documents=len(corpus.documents),
        warning=info.content_warning or _NO_WARNING,
    )
    without = _NO_TEXT if profile == "no-text" else ""
    return "\n".join(each for each in (head, without, _FROM_SHEET if has_sheet else "") if each)


def _details(corpus: Corpus, cited: Mapping[str, object], told: Mapping[str, Answer]) -> str:
    rows = {
        "Curated by": ", ".join(author["name"] for author in authors(cited)),
        "Created by and for": _flat(told, "motivation-creators"),
        "Funded by": _flat(told, "motivation-funding"),
        "Language(s)": ", ".join(corpus.info.languages),
        "Licence": f"annotations {corpus.info.annotation_license}; texts apart, see below",
        "Repository": str(cited.get("repository-code") or cited.get("url") or ""),
        "Guidelines": f"version {corpus.info.guidelines_version}"
        if corpus.info.guidelines_version
        else "",
    }
    return "".join(f"- **{name}:** {value}\n" for name, value in rows.items() if value)


def _structure(corpus: Corpus, configs: Sequence[ConfigFile], profile: str) -> str:
    info = corpus.info
    folder = f"{info.name}-{info.version}" + ("" if profile == "full" else f"-{profile}")
    rows = ((f"`{c.name}`", c.row, f"{c.rows:,}") for c in configs)
    return _STRUCTURE.format(
        configs=markdown_table(("config", "one row per", "rows"), rows),
        usage=usage(folder, info.version, configs),
        primary=info.primary_set,
    )


def _creation(corpus: Corpus, sheet: str, told: Mapping[str, Answer]) -> str:
    tables = [table for name in ("agreement", "review") if told and (table := part(sheet, name))]
    agreement = "\n\n".join([*tables, _AGREEMENT]) if tables else ""
    return _section(
        "## Dataset creation",
        _section("### Curation rationale", _answer(told, "motivation-purpose")),
        _section(
            "### Source data",
            _section(
                "#### Data collection and processing",
                _answer(told, "collection-acquired", "collection-mechanisms"),
            ),
            _section(
                "#### Who are the source data producers?", _answer(told, "speaker-demographic")
            ),
        ),
        _section(
            "### Annotations",
            _section("#### Annotation process", agreement),
            _section("#### Who are the annotators?", f"{producer_table(corpus)}\n"),
        ),
        _section(
            "### Personal and sensitive information",
            _answer(told, "composition-identifiable", "composition-sensitive"),
        ),
    )


def _section(heading: str, *parts: str) -> str:
    """Return a heading with what stands under it; nothing where nothing does."""
    kept = [part for part in parts if part]
    return "\n".join([f"{heading}\n", *kept]) if kept else ""


def _answer(told: Mapping[str, Answer], *questions: str) -> str:
    """Return some questions with their answers; empty where none was answered."""
    found = [told[question] for question in questions if question in told]
    return "\n".join(f"*{one.question}*\n\n{one.prose}\n" for one in found)


def _flat(told: Mapping[str, Answer], question: str) -> str:
    return " ".join(told[question].prose.split()) if question in told else ""


def _line(text: str | None) -> str:
    return f"{text}\n" if text else ""
