from __future__ import annotations

from pathlib import Path

import pytest

from hostile_sets import written
from made_corpus import Maker, corpus_of
from newspan.exchange.conll import read, write
from newspan.exchange.shapes import Found, Options
from newspan.model import Span
from newspan.problems import Problem


def found_in(
    folder: Path, text: str | bytes, name: str = "a.conll", **types: str
) -> tuple[list[Found], list[Problem], list[str]]:
    """Return the documents of a file, the problems, and the labels of its own."""
    raw = text.encode() if isinstance(text, str) else text
    reading = read(written([(name, raw)], folder), Options(types=types))
    return list(reading.documents), reading.problems, [label["id"] for label in reading.labels]


def shown(found: Found) -> list[tuple[str, str]]:
    """Return a document's spans as label and text."""
    return [(r.label, r.text) for r in found.records if isinstance(r, Span)]


def test_what_is_written(tmp_path: Path) -> None:
    """A token per line with its offsets, a column per layer or role, a blank line per sentence."""
    corpus = corpus_of({"tide": ["The leaky piers rot. Sad!"]})
    make = Maker(corpus)
    spans = [
        make.span("tide-i1", "leaky piers", "l1", technique="Loaded_Language"),
        make.span("tide-i1", "piers", "l2", technique="Doubt"),
        make.span("tide-i1", "iers rot", "c1", factuality="factual"),
    ]
    writing = write(corpus, make.set("x", spans), Options(layers=("claim", "loaded_language")))

    assert dict(writing.files)["documents.conll"].decode() == (
        "# global.columns = FORM START END claim loaded_language\n"
        "# newdoc id = tide\n"
        '# newspan.text = "The leaky piers rot. Sad!"\n'
        "The\t0\t3\tO\tO\n"
        "leaky\t4\t9\tO\tB-Loaded_Language\n"
        "piers\t10\t15\tB-factual\tI-Loaded_Language\n"
        "rot\t16\t19\tI-factual\tO\n"
        ".\t19\t20\tO\tO\n"
        "\n"
        "Sad\t21\t24\tO\tO\n"
        "!\t24\t25\tO\tO\n"
        "\n"
    )
    # The one that overlaps is gone, and the one that cut a word is wider.
    assert {loss.what: loss.number for loss in writing.losses} == {
        "label:factuality": 1,
        "label:technique": 1,
        "layer:claim": 1,
        "layer:loaded_language": 1,
    }


def test_a_file_of_2003_is_read(tmp_path: Path) -> None:
    """Columns by spaces, tags last, documents behind -DOCSTART-, IOB1; the text is made up."""
    text = (
        "-DOCSTART- -X- O O\r\n\r\n# NN B O\r\nMayor NN B I-Source\r\nQuay NN I I-Source\r\n"
        "said VB B I-Cue\r\n\r\nso RB B I-Cue\r\nthe DT B B-Rare\r\ntide NN B B-Rare\r\n"
        "-DOCSTART- -X- O O\r\n\r\nEbb NN B O\r\n"
    )
    (first, second), problems, own = found_in(tmp_path, text)

    assert first.text == "# Mayor Quay said\nso the tide"
    # A sentence's end is a span's end; B begins another.
    assert shown(first) == [
        ("source", "Mayor Quay"),
        ("cue", "said"),
        ("cue", "so"),
        ("Rare", "the"),
        ("Rare", "tide"),
    ]
    assert (first.name, second.name, second.text) == ("a-1", "a-2", "Ebb")
    assert (problems, own) == ([], ["Rare"])


def test_offsets_without_a_text_place_the_tokens(tmp_path: Path) -> None:
    """Between tokens with offsets stands white space; those that can't be are not used."""
    head = "# global.columns = FORM START END loaded_language\n"
    text = head + "Ebb\t2\t5\tB-Doubt\nand\t7\t10\tI-Doubt\n\nflow\t11\t15\tO\n"
    (found,), problems, _ = found_in(tmp_path, text)

    assert (found.text, shown(found)) == ("  Ebb  and\nflow", [("Doubt", "Ebb  and")])
    assert problems == []

    (found,), problems, _ = found_in(tmp_path / "x", text.replace("11\t15", "8\t15"))
    assert found.text == "Ebb and\nflow"
    assert [problem.id for problem in problems] == ["offset-out-of-range"]


@pytest.mark.parametrize(
    "tags", ["B-Doubt I-Doubt E-Doubt S-Doubt", "B-Doubt I-Doubt L-Doubt U-Doubt"]
)
def test_other_schemes_of_tags_are_read(tmp_path: Path, tags: str) -> None:
    """BIOES and BILOU say what BIO says."""
    tokens = zip(["the", "ebb", "and", "flow"], tags.split(), strict=True)
    (found,), problems, _ = found_in(tmp_path, "".join(f"{a}\t{b}\n" for a, b in tokens))

    assert shown(found) == [("Doubt", "the ebb and"), ("Doubt", "flow")]
    assert problems == []


def test_each_defect_is_a_problem_and_the_rest_is_read(tmp_path: Path) -> None:
    """Missing columns, tags that are none, tokens that the text lacks, a text that is none."""
    text = (
        "# global.columns = FORM START END claim loaded_language\n"
        "# newdoc id = d1\n"
        '# newspan.text = "Ebb and flow"\n'
        "Ebb\t0\t3\tB-factual\tX-Doubt\n"
        "and\t4\n"
        "flaw\t8\t12\tO\tB-Doubt\n"
        "flow\t8\t12\tB-surely\tB-Doubt\n"
        "and\t4\t7\tO\tI-Doubt\n"
        "\t12\t12\tO\tI-Doubt\n"
        "# newdoc id = d1\n"
        "# newspan.text = {}\n"
        "Low\t0\t3\tO\tO\n"
    )
    (found,), problems, _ = found_in(tmp_path, text)

    assert shown(found) == [("factual", "Ebb"), ("Doubt", "flow")]
    assert sorted((problem.id, problem.place.line) for problem in problems) == [
        ("attribute-value", 7),
        ("duplicate-id", 10),
        ("row-syntax", 4),
        ("row-syntax", 5),
        ("row-syntax", 9),
        ("row-syntax", 11),
        ("surface-mismatch", 6),
        ("surface-mismatch", 8),
    ]


def test_columns_of_other_names_and_the_users_mapping(tmp_path: Path) -> None:
    """Where no column is newspan's, the last has the tags, and a user may say what they mean."""
    text = "# global.columns = FORM POS NER\nAda\tN\tB-PER\nsaid\tV\tB-CUE\n"
    types = {"PER": "attribution:source", "CUE": "none"}
    (found,), problems, own = found_in(tmp_path, text, **types)

    assert shown(found) == [("source", "Ada")]
    assert (problems, own) == ([], [])


def test_files_without_columns_are_left_out(tmp_path: Path) -> None:
    """A read-me beside the data is no document."""
    written([("README.txt", b"About\n\ntides\n")], tmp_path)
    (found,), problems, _ = found_in(tmp_path, "Ebb\tB-Doubt\n", "train.txt")

    assert shown(found) == [("Doubt", "Ebb")]
    assert [(problem.id, problem.place.file) for problem in problems] == [
        ("file-left-out", "README.txt")
    ]
    with pytest.raises(ValueError, match="columns"):
        read(written([("x.json", b"{}")], tmp_path / "y"), Options())


def test_layers_are_those_of_the_columns(tmp_path: Path) -> None:
    """A column in which nothing is tagged was looked at all the same."""
    path = written([("a.conll", b"# global.columns = FORM cue claim\nEbb\tO\tO\n")], tmp_path)

    assert read(path, Options()).layers == ("claim", "attribution")


TABLE = "# global.columns = FORM START END loaded_language\n# newdoc id = a\n"


@pytest.mark.parametrize("offset", ["x", "", "9999999999999999"])
def test_a_text_that_is_given_is_kept_whatever_its_offsets(tmp_path: Path, offset: str) -> None:
    """A token without offsets is left out and told; the text is not made of the tokens."""
    rows = f"the\t0\t3\tO\npier\t{offset}\t9\tB-Doubt\nrots\t10\t14\tB-Doubt\n"
    (found,), problems, _ = found_in(tmp_path, f'{TABLE}# newspan.text = "the  pier rots"\n{rows}')

    assert found.text == "the  pier rots"
    assert shown(found) == [("Doubt", "rots")]
    assert [(p.id, p.place.line) for p in problems] == [("surface-mismatch", 5)]


def test_tokens_without_offsets_are_looked_for_in_the_text(tmp_path: Path) -> None:
    """One behind the other; what isn't there is told."""
    table = TABLE.replace(" START END", "")
    rows = "the\tO\nwharf\tO\npier\tB-Doubt\n"
    (found,), problems, _ = found_in(tmp_path, f'{table}# newspan.text = "the\\r\\n pier"\n{rows}')

    assert found.text == "the\r\n pier"
    assert shown(found) == [("Doubt", "pier")]
    assert [(p.id, p.place.line) for p in problems] == [("surface-mismatch", 5)]


@pytest.mark.parametrize(
    "rows", ["pier\tx\t4\tO\nrots\t5\t9\tO\n", "pier\t99999999999999\t100000000000003\tO\n"]
)
def test_offsets_that_make_no_text_are_told(tmp_path: Path, rows: str) -> None:
    """Where one is missing, or is further than any text reaches, the text is made of the tokens."""
    (found,), problems, _ = found_in(tmp_path, TABLE + rows)

    assert found.text == " ".join(row.split("\t")[0] for row in rows.splitlines())
    assert [problem.id for problem in problems] == ["offset-out-of-range"]


def test_plain_text_is_no_column_of_tags(tmp_path: Path) -> None:
    """Prose has words at its lines' ends, not tags: no text is made of it."""
    prose = "The council met late.\nThe ferries came late.\nNobody said why.\n"
    documents, problems, _ = found_in(tmp_path, prose, "a.txt")

    assert documents == []
    assert [(p.id, p.place.file) for p in problems] == [("file-left-out", "a.txt")]
