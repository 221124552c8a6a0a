"""All formats, by name; the code of each is imported when it is used."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from newspan.corpus import AnnotationSet, Corpus
from newspan.exchange.shapes import Format, Options, Reading, Writing


def _reader(module: str, name: str = "read") -> Callable[[Path, Options], Reading]:
    def read(path: Path, options: Options) -> Reading:
        found: Reading = getattr(import_module(f"newspan.exchange.{module}"), name)(path, options)
        return found

    return read


def _writer(
    module: str, name: str = "write"
) -> Callable[[Corpus, AnnotationSet, Options], Writing]:
    def write(corpus: Corpus, chosen: AnnotationSet, options: Options) -> Writing:
        function = getattr(import_module(f"newspan.exchange.{module}"), name)
        found: Writing = function(corpus, chosen, options)
        return found

    return write


_ONLY_TECHNIQUES = (
    "claims, attributions, duplicate blocks and links",
    "all attributes but the technique",
    "notes, and what is unsure, decided or verified",
)

_ONLY_TAGS = (
    "duplicate blocks and links; attributions: which source, cue and content belong together",
    "all attributes but a span's label",
    "where in a word a span begins or ends",
    "of spans of one column that overlap, all but the first",
    "notes, and what is unsure, decided or verified",
)

#: Where types alone say what was looked for, nobody knows it of files that have none.
_BY_TYPES = (("uncovered", True),)

FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format(
            name="newspan-jsonl",
            title="Plain JSON Lines",
            about="One document per line, with its text and records.",
            source="newspan; records follow schema/record.json",
            loses=("nothing",),
            read=_reader("newspan_jsonl"),
            write=_writer("newspan_jsonl"),
        ),
        Format(
            name="ptc",
            title="Propaganda Techniques Corpus (2019)",
            about="`article*.txt`, spans with 18 techniques (FLC). Reads SemEval-2020's files too.",
            source="Da San Martino et al. 2019, Fine-Grained Analysis of Propaganda",
            loses=(
                *_ONLY_TECHNIQUES,
                "techniques that 2019 did not know; some merge, see [labels](labels.md)",
            ),
            read=_reader("ptc"),
            write=_writer("ptc", "write_2019"),
        ),
        Format(
            name="semeval-2020",
            title="SemEval-2020 task 11",
            about="`article*.txt`, spans (SI) with 14 techniques (TC). Reads 2019's files too.",
            source="Da San Martino et al. 2020, SemEval-2020 Task 11",
            loses=(
                *_ONLY_TECHNIQUES,
                "techniques that the 14 lack; some merge, see [labels](labels.md)",
            ),
            read=_reader("ptc"),
            write=_writer("ptc", "write_2020"),
        ),
        Format(
            name="semeval-2023",
            title="SemEval-2023 task 3, subtask 3",
            about="`article*.txt`, and the techniques (of 23) of each paragraph, which is a line.",
            source="Piskorski et al. 2023, SemEval-2023 Task 3",
            loses=(
                *_ONLY_TECHNIQUES,
                "where in its lines a span stands, and how many of a technique a line has",
                "techniques that the 23 lack",
            ),
            read=_reader("semeval2023"),
            write=_writer("semeval2023"),
        ),
        Format(
            name="babe",
            title="BABE",
            about="Rows of a sentence, whether it is biased, and its biased words.",
            source="Spinde et al. 2021, Neural Media Bias Detection",
            loses=(
                *_ONLY_TECHNIQUES,
                "techniques: all become biased words",
                "which of several occurrences of a word is meant",
            ),
            read=_reader("babe"),
            write=_writer("babe"),
        ),
        Format(
            name="brat",
            title="brat stand-off",
            about="`NAME.txt` beside `NAME.ann`. Types become labels, or what `--map` says.",
            source="Stenetorp et al. 2012, brat: a Web-based Tool for NLP-Assisted Text Annotation",
            loses=(
                "how a duplicate block's text is aligned with its cluster's",
                "parts, parents and links in another document",
                "which texts nobody looked at",
            ),
            read=_reader("brat"),
            write=_writer("brat"),
            adds=_BY_TYPES,
        ),
        Format(
            name="polnear",
            title="PolNeAR",
            about="`text/`, and `attributions/` as brat has them: sources, cues, contents.",
            source="Newell et al. 2018, An Attribution Relations Corpus for Political News",
            loses=(
                "claims, loaded language, duplicate blocks and links",
                "attributions that stand in others or share a word with one before them",
                "all that is said of an attribution, but that it has no source; media are sources",
                "notes, and what is unsure, decided or verified; which texts nobody looked at",
            ),
            read=_reader("polnear"),
            write=_writer("polnear"),
        ),
        Format(
            name="conll",
            title="CoNLL columns",
            about="One token per line, with BIO tags in a column per layer or role, and offsets.",
            source="Tjong Kim Sang and De Meulder 2003, and CoNLL-U Plus's names of columns",
            loses=_ONLY_TAGS,
            read=_reader("conll"),
            write=_writer("conll"),
        ),
        Format(
            name="bio-jsonl",
            title="BIO JSON Lines",
            about="A document per line: tokens and their BIO tags, with offsets. Reads CofeNet's.",
            source="newspan; tokens with labels as in Wang et al. 2022, CofeNet",
            loses=_ONLY_TAGS,
            read=_reader("bio_jsonl"),
            write=_writer("bio_jsonl"),
        ),
        Format(
            name="web-annotation",
            title="W3C Web Annotation",
            about="JSON-LD beside texts: positions, quotations. Reads a release's, and anybody's.",
            source="Web Annotation Data Model, W3C Recommendation of 2017-02-23",
            loses=("the alignment of duplicate blocks; which texts nobody looked at",),
            read=_reader("web_annotation"),
            write=_writer("web_annotation"),
            adds=_BY_TYPES,
        ),
        Format(
            name="label-studio",
            title="Label Studio",
            about="Tasks with annotations, as JSON. Reads any project's `<Labels>` on `<Text>`.",
            source="Label Studio's JSON export; newspan keeps in `meta` what regions can't say",
            loses=("nothing",),
            read=_reader("label_studio"),
            write=_writer("label_studio"),
        ),
        Format(
            name="spacy",
            title="spaCy",
            about="DocBin: span groups, one per layer; reads entities too. Needs `newspan[spacy]`",
            source="spaCy 3's DocBin and SpanGroup; `user_data` has what groups can't say",
            loses=("nothing",),
            read=_reader("spacy_docs"),
            write=_writer("spacy_docs"),
        ),
    )
}


def format_named(name: str) -> Format:
    """Return a format.

    Raises:
        ValueError: when there is none of that name; the message names those there are.
    """
    if name not in FORMATS:
        raise ValueError(f"there is no format {name!r}; there are {', '.join(FORMATS)}")
    return FORMATS[name]
