"""Folds never part a lineage or a text; masks keep every offset."""

from __future__ import annotations

import random
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newspan.corpus import read_corpus
from newspan.splits import folds as by_lineage
from newspan.training.examples import Example, examples_of
from newspan.training.folds import folds, parted
from newspan.training.mask import masked, names_of
from newspan.training.words import NAME, form, shape

from .tokenizers import hostile


def example(name: str, lineage: str, text: str | None = None, corpus: int = 0) -> Example:
    """Return an item; its text is its name if none is given."""
    return Example(corpus, name, (corpus, lineage), 0, name if text is None else text, ())


def test_the_shipped_corpus_is_parted_by_lineage(root: Path) -> None:
    """Few lineages: each is a fold, numbered as in the releases."""
    corpus, _ = read_corpus(root)
    assert corpus is not None
    examples, _ = examples_of(corpus, corpus.sets["consensus"], "claim")
    theirs = by_lineage(corpus.documents)

    assert folds(examples) == [theirs[corpus.items[each.item][0].id] for each in examples]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 30)), min_size=1, max_size=60))
def test_nothing_leaks(rows: list[tuple[int, int]]) -> None:
    """Items of one lineage, or of one text in two corpora, share their fold; no fold is empty."""
    examples = [
        example(f"i{n}", f"l{lineage}", f"text {text}", corpus=n % 2)
        for n, (lineage, text) in enumerate(rows)
    ]
    try:
        found = folds(examples)
    except ValueError:
        return
    for key in (lambda e: e.group, lambda e: e.text):
        of: dict[object, set[int]] = {}
        for each, fold in zip(examples, found, strict=True):
            of.setdefault(key(each), set()).add(fold)
        assert all(len(its) == 1 for its in of.values())
    assert set(found) == set(range(max(found) + 1))


def test_many_lineages_are_dealt_out_evenly() -> None:
    """More than ten lineages make five folds of about the same length."""
    examples = [example(f"i{n}", f"l{n}", "x" * (10 + n) + str(n)) for n in range(40)]
    found = folds(examples)
    sizes = [
        sum(len(e.text) for e, f in zip(examples, found, strict=True) if f == n) for n in range(5)
    ]

    assert max(found) == 4
    assert max(sizes) - min(sizes) <= 52


def test_one_lineage_has_no_folds() -> None:
    """There is nothing to hold out; and no more folds than lineages."""
    with pytest.raises(ValueError, match="one lineage"):
        folds([example("a", "l"), example("b", "l")])
    with pytest.raises(ValueError, match="2 to 2 folds"):
        folds([example("a", "l"), example("b", "m")], 3)


def test_names_become_signs_of_the_same_length() -> None:
    """Names, their endings and capitals go; words that merely hold one stay."""
    text = "Norwegian NORWAY, Norway’s Norwayan UN UNIX Kan’ani cafe\u0301 x"
    (found,), places = masked([example("a", "l", text)], ["Norway", "UN", "Kan’ani", "cafe\u0301"])

    assert found.text == "Norwegian XXXXXX, XXXXXX’s XXXXXXXX XX UNIX XXX’XXX XXXXX x"
    assert places == 6
    assert form("XXXXXX") == form("XX") == shape("XXX") == NAME
    assert form("X") != NAME


def test_a_name_is_masked_however_it_is_composed() -> None:
    """What is said of a name composed holds for its letters with marks, and the other way round."""
    composed, apart = "Zoë Café", "Zoe\u0308 Cafe\u0301"
    for names in (composed.split(), apart.split()):
        (found,), places = masked([example("a", "l", f"{composed}, {apart.upper()}")], names)
        assert (found.text, places) == ("XXX XXXX, XXXX XXXXX", 4)


@given(seed=st.integers(0, 2**32))
def test_masks_keep_offsets(seed: int) -> None:
    """Whatever is masked, the text is as long, and what is no letter stands where it stood."""
    rng = random.Random(seed)
    text = hostile(rng)
    names = rng.sample(["ferry", "the", "cafe\u0301", "שלום", "İ", "ß", "shameful"], 3)
    (found,), _ = masked([example("a", "l", text)], names)

    assert len(found.text) == len(text)
    assert all(a == b for a, b in zip(text, found.text, strict=True) if b != "X")


def test_the_shipped_corpus_has_names_to_mask(root: Path) -> None:
    """The group, states and speakers are masked; common nouns with capitals are not."""
    corpus, _ = read_corpus(root)
    assert corpus is not None
    reference = corpus.sets["consensus"]
    examples, _ = examples_of(corpus, reference, "claim")
    names = names_of(corpus, reference, examples, "claim")

    assert {"MKO", "MEK", "Albania", "Rajavi", "Iran", "Tehran", "Kan’ani"} <= set(names)
    assert not {"The", "Its", "Government", "Leaders", "Former"} & set(names)


def test_copies_with_other_line_ends_are_held_out_together() -> None:
    """A byte order mark, CR LF or capitals make no other text of the same words."""
    texts = [
        "The ferry\nsails late.",
        "\ufeffThe ferry\r\nsails late.\r\n",
        "THE FERRY sails late.",
    ]
    examples = [example(f"i{n}", f"l{n}", text, corpus=n) for n, text in enumerate(texts)]
    examples.append(example("other", "m", "The ferry sails."))

    assert folds(examples) == [0, 0, 0, 1]


def test_what_is_held_out_names_nobody() -> None:
    """Names are masked everywhere, but only those that the rest of the examples tells of."""
    examples = [example(name, name, f"Ada and Kan of {name}") for name in ("Ada", "Kan", "Zoe")]
    parts = parted(examples, [0, 1, 2], lambda those: [each.item for each in those])

    assert [part.held[n].text for n, part in enumerate(parts)] == [
        "Ada and XXX of Ada", "XXX and Kan of Kan", "XXX and XXX of Zoe",
    ]  # fmt: skip
    assert [each.text for each in parts[0].learnt] == ["Ada and XXX of XXX", "Ada and XXX of XXX"]


def test_names_are_those_of_the_examples(root: Path) -> None:
    """Sources of other items are not known; where sources are learnt, none is taken."""
    corpus, _ = read_corpus(root)
    assert corpus is not None
    reference = corpus.sets["consensus"]
    examples, _ = examples_of(corpus, reference, "claim")

    bare = msgspec.structs.replace(corpus, targets={})
    parts = (examples[:4], examples[4:])
    found = [set(names_of(bare, reference, part, "claim")) for part in parts]

    assert found[0] - found[1] and found[1] - found[0]
    for part, names in zip(parts, found, strict=True):
        said = [a.source_name for e in part for a in reference.attributions_in.get(e.item, ())]
        assert names <= set(re.findall(r"\w+(?:’\w{2,})?", " ".join(filter(None, said))))
    assert names_of(bare, reference, examples, "attribution") == []


def test_what_is_shared_in_part_is_held_out_together() -> None:
    """Half of the shorter text makes a copy; a line of its publisher's does not."""
    rng = random.Random(1)

    def text(number: int) -> str:
        return " ".join(f"w{rng.randrange(10**6)}" for _ in range(number))

    line, one, two = text(10), text(60), text(60)
    examples = [
        example("a", "north", f"{line} {one}"),
        example("b", "quay", f"{line} {two}"),
        example("c", "north", f"{line} {' '.join(one.split()[:40])} {text(30)}", corpus=1),
        example("d", "south", f"{line} {text(60)}", corpus=1),
    ]
    assert folds(examples) == [0, 1, 0, 2]
    # So it is within a corpus, whose lineages may not say what is copied.
    alone = [msgspec.structs.replace(e, corpus=0, group=(0, e.item)) for e in examples]
    assert folds(alone) == [0, 1, 0, 2]
