"""The text-reuse benchmark: PAN's measures by hand, and planted reuse that is where it says."""

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from reuse_bench import edits, pan, plan, plant, tables
from reuse_bench.clusters import agreement

Row = tuple[int, int, int]  # document, start, end


def planted(*families: tuple[str, list[Row]]) -> pan.Truth:
    """Families of (kind, copies)."""
    rows = [(n, kind, *copy) for n, (kind, copies) in enumerate(families) for copy in copies]
    family, kind, doc, start, end = zip(*rows, strict=True)
    numbers = [np.array(column, dtype=np.int64) for column in (family, doc, start, end)]
    level = np.zeros(len(rows))
    return pan.Truth(numbers[0], np.array(kind), level, np.full(len(rows), 20), *numbers[1:])


def sides(*rows: Row) -> pan.Spans:
    """Spans as columns."""
    doc, start, end = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return pan.Spans(doc, start, end)


def scored(truth: pan.Truth, *detections: tuple[Row, Row]) -> pan.Scores:
    """Measures of a few detections."""
    return pan.score(truth, sides(*(a for a, _ in detections)), sides(*(b for _, b in detections)))


PAIR = planted(("pair", [(0, 100, 200), (1, 300, 400)]))
WITHIN = planted(("within", [(0, 100, 200), (0, 300, 400)]))
TRIO = planted(("family", [(0, 0, 100), (1, 0, 100), (2, 0, 100)]))


@pytest.mark.parametrize("turn", [1, -1])
def test_all_of_a_pair_is_perfect_whichever_side_comes_first(turn):
    """A detection that is exactly the planted pair has 1.0 in every measure, either way round."""
    found = scored(PAIR, ((0, 100, 200), (1, 300, 400))[::turn])
    assert (found.recall, found.recall_cases, found.granularity) == (1, 1, 1)
    assert (found.strict.precision, found.strict.plagdet) == (1, 1)
    assert found.by_kind == {"pair": 1} and found.doc_pair_recall == 1


def test_half_of_a_pair_is_half_its_recall():
    """Half of both sides is recall 1/2 at precision 1, and a doubled extent precision 1/2."""
    half = scored(PAIR, ((0, 100, 150), (1, 300, 350)))
    assert (half.recall, half.strict.precision) == (0.5, 1)
    double = scored(PAIR, ((0, 100, 300), (1, 300, 500)))
    assert (double.recall, double.strict.precision) == (1, 0.5)


def test_a_split_detection_has_granularity_two():
    """Two detections of one pair cover it, at granularity 2; characters found twice count once."""
    found = scored(PAIR, ((0, 100, 160), (1, 300, 360)), ((0, 140, 200), (1, 340, 400)))
    assert (found.recall, found.granularity) == (1, 2)
    assert found.strict.plagdet == pytest.approx(1 / np.log2(3))


def test_one_side_alone_counts_nothing():
    """A detection whose other side is elsewhere adds no recall and no precision."""
    found = scored(PAIR, ((0, 100, 200), (1, 400, 500)))
    assert (found.recall, found.strict.precision, found.strict.plagdet) == (0, 0, 0)
    assert scored(PAIR, ((0, 100, 200), (0, 100, 200))).recall == 0


def test_touching_is_not_overlapping():
    """Spans are half-open: one that ends where a copy starts has nothing of it."""
    assert scored(PAIR, ((0, 50, 100), (1, 300, 400))).recall == 0
    assert scored(PAIR, ((0, 50, 101), (1, 300, 400))).recall == pytest.approx(101 / 200)


def test_a_repeat_within_a_document_is_measured_like_a_pair():
    """Both copies may stand in one document, and a copy does not match itself."""
    found = scored(WITHIN, ((0, 100, 200), (0, 300, 400)))
    assert (found.recall, found.strict.precision, found.granularity) == (1, 1, 1)
    assert scored(WITHIN, ((0, 100, 150), (0, 150, 200))).recall == 0


def test_each_copy_of_a_family_is_a_case():
    """A family's recall is the mean of its copies, whichever other copy each was found with."""
    one = scored(TRIO, ((0, 0, 100), (1, 0, 100)))
    assert one.recall == pytest.approx(2 / 3)
    chain = scored(TRIO, ((0, 0, 100), (1, 0, 100)), ((1, 0, 100), (2, 0, 50)))
    assert chain.recall == pytest.approx((1 + 1 + 0.5) / 3)
    assert chain.granularity == 1


def test_recall_is_the_mean_of_families_not_of_copies():
    """A large family weighs as much as a pair in the headline, and by its copies in the other."""
    many = [(doc, 0, 100) for doc in range(10, 18)]
    truth = planted(("pair", [(0, 0, 100), (1, 0, 100)]), ("boilerplate", many))
    found = scored(truth, ((0, 0, 100), (1, 0, 100)))
    assert found.recall == 0.5
    assert found.recall_cases == pytest.approx(1 / 9)


def test_precision_is_the_mean_of_groups():
    """Detections of one family share a weight; each that hits none has its own."""
    right, wrong = ((0, 0, 100), (1, 0, 100)), ((7, 0, 10), (8, 0, 10))
    found = scored(TRIO, right, right, right, wrong)
    assert found.strict.precision == 0.5
    assert found.strict.precision_detections == 0.75


def test_precision_takes_one_family():
    """A detection over two families has the characters of the better one only."""
    truth = planted(
        ("pair", [(0, 0, 30), (1, 0, 30)]),
        ("pair", [(0, 50, 100), (1, 50, 100)]),
    )
    found = scored(truth, ((0, 0, 100), (1, 0, 100)))
    assert found.recall == 1
    assert found.strict.precision == 0.5


def test_verified_asks_only_of_what_is_not_wholly_right():
    """A detection beyond the planted words counts wholly when its texts are alike."""
    a = sides((0, 100, 200), (5, 0, 10), (6, 0, 10))
    b = sides((1, 300, 400), (7, 0, 10), (8, 0, 10))
    asked: list[int] = []

    def verify(row: int) -> bool:
        asked.append(row)
        return row == 1

    found = pan.score(PAIR, a, b, verify)
    assert asked == [1, 2] and found.verified_share == 0.5
    assert found.strict.precision == pytest.approx(1 / 3)
    assert found.verified and found.verified.precision == pytest.approx(2 / 3)


def test_plagdet_is_the_formula():
    """Plagdet is F1 divided by log2(1 + granularity), 0 when nothing is right."""
    assert pan.plagdet(0.8, 0.5, 1) == pytest.approx(2 * 0.8 * 0.5 / 1.3)
    assert pan.plagdet(0.8, 0.5, 3) == pytest.approx(2 * 0.8 * 0.5 / 1.3 / 2)
    assert pan.plagdet(0, 0, 1) == 0


def test_no_detections_is_no_recall():
    """Without detections every measure is 0."""
    found = pan.score(PAIR, sides(), sides(), lambda row: True)
    assert (found.recall, found.strict.plagdet, found.doc_pair_recall) == (0, 0, 0)


def test_the_fast_measures_agree_with_counting_characters():
    """On random copies and detections the measures equal those of sets of characters."""
    rng = np.random.default_rng(5)
    families: list[tuple[str, list[Row]]] = []
    slots = [(int(doc), 20 * place) for doc in range(4) for place in range(10)]
    rng.shuffle(slots)
    while len(slots) > 4:
        kind = str(rng.choice(["pair", "family", "boilerplate"]))
        copies = [slots.pop() for _ in range(2 if kind == "pair" else 3)]
        families.append((kind, [(doc, at, at + int(rng.integers(5, 20))) for doc, at in copies]))
    starts = rng.integers(0, 180, (150, 2))
    ends = starts + rng.integers(1, 60, (150, 2))
    docs = rng.integers(4, size=(150, 2))
    a, b = (pan.Spans(docs[:, n], starts[:, n], ends[:, n]) for n in (0, 1))
    truth = planted(*families)
    found = pan.score(truth, a, b)
    recall, precision, grain = by_counting(families, a, b)
    assert found.recall == pytest.approx(recall)
    assert found.strict.precision_detections == pytest.approx(precision)
    assert found.granularity == pytest.approx(grain)


def by_counting(
    families: list[tuple[str, list[Row]]], a: pan.Spans, b: pan.Spans
) -> tuple[float, float, float]:
    """Recall, plain precision and granularity from the definitions, with sets of characters."""
    copies = [[{(doc, c) for c in range(s, e)} for doc, s, e in rows] for _, rows in families]
    covered = [[set() for _ in family] for family in copies]
    pairs: Counter[tuple[int, int, int]] = Counter()
    precision = []
    for row in range(len(a.doc)):
        one, two = ({(int(x.doc[row]), c) for c in range(x.start[row], x.end[row])} for x in (a, b))
        best = 0.0
        for number, family in enumerate(copies):
            inside: list[set[tuple[int, int]]] = [set(), set()]
            hit = set()
            for i, left in enumerate(family):
                for j, right in enumerate(family):
                    if i != j and one & left and two & right:
                        covered[number][i] |= one & left
                        covered[number][j] |= two & right
                        inside[0] |= one & left
                        inside[1] |= two & right
                        hit.add((number, min(i, j), max(i, j)))
            pairs.update(hit)
            best = max(best, sum(map(len, inside)) / (len(one) + len(two)))
        precision.append(best)
    recalls = []
    for (kind, _), family, got in zip(families, copies, covered, strict=True):
        if kind == "pair":
            recalls.append(sum(map(len, got)) / sum(map(len, family)))
        else:
            recalls.append(np.mean([len(g) / len(f) for g, f in zip(got, family, strict=True)]))
    return float(np.mean(recalls)), float(np.mean(precision)), pairs.total() / len(pairs)


def test_clusters_are_whole_when_all_found_copies_share_one():
    """Agreement counts families in one cluster, and pairs of copies that share a cluster."""
    four = planted(
        ("family", [(doc, 0, 100) for doc in range(4)]), *[("pair", [(8, 0, 9), (9, 0, 9)])]
    )
    members = sides((0, 5, 95), (1, 0, 100), (2, 0, 100), (3, 0, 100), (8, 0, 9))
    split = agreement(four, np.array([1, 1, 2, 2, 3]), members)
    assert (split.families, split.whole) == (1, 0)
    assert split.pair_recall == pytest.approx((2 / 6 + 0) / 2)
    joined = agreement(four, np.array([1, 1, 1, 1, 3]), members)
    assert (joined.whole, joined.pair_recall) == (1, 0.5)


# The generator


@pytest.fixture(scope="module")
def base_folder(tmp_path_factory) -> Path:
    """A small base with letters of one to four bytes, quotes and blank lines."""
    folder = tmp_path_factory.mktemp("base")
    rng = np.random.default_rng(3)
    words = ["naïve", "“quoted”", "it's", "Übung", "слово", "中文", "𝔘nicode", "e\u0301t\u0301e"]
    words += [f"{a}{b}" for a in ("ba", "ko", "li", "mu") for b in ("na", "ré", "sto", "ti", "x")]
    for number in range(3):
        drawn = rng.choice(words, 20_000).tolist()
        spaces = rng.choice([" ", " ", " ", "\n", ".\n\n"], 20_000).tolist()
        text = "".join(w + s for w, s in zip(drawn, spaces, strict=True))
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module", params=["texts", "made up"])
def collection(request, base_folder, tmp_path_factory):
    """A planted collection from the base, which is too small for it, and one from nothing."""
    out = tmp_path_factory.mktemp("planted")
    made = plant.plant(base_folder if request.param == "texts" else None, 200, 7, out)
    texts = dict(tables.documents(out / plant.DOCS))
    return made, texts, pq.read_table(out / plant.TRUTH).to_pylist()


def test_offsets_are_the_planted_words(collection):
    """Verbatim copies are the same words, cut between words, as many as the table says."""
    _, texts, rows = collection
    for row in rows:
        text = texts[row["doc"]]
        copy = text[row["start"] : row["end"]]
        assert copy == copy.strip()
        assert not text[: row["start"]] or text[row["start"] - 1].isspace()
        assert not text[row["end"] :] or text[row["end"]].isspace()
        if row["copy"] == 0:
            assert len(copy.split()) == row["words"]


def test_unedited_copies_have_the_same_words(collection):
    """At edit rate 0 only quotes, white space and case differ."""
    _, texts, rows = collection
    first: dict[int, str] = {}
    for row in rows:
        copy = texts[row["doc"]][row["start"] : row["end"]]
        said = re.sub(r"[“”\"‘’']", "'", " ".join(copy.upper().split()))
        if row["copy"] == 0:
            first[row["family"]] = said
        elif row["level"] == 0:
            assert said == first[row["family"]]


def test_planted_passages_do_not_overlap(collection):
    """No two copies share a character, and copies within a document stand apart."""
    _, _, rows = collection
    spans = sorted((row["doc"], row["start"], row["end"]) for row in rows)
    for (doc, _, end), (other, start, _) in pairwise(spans):
        assert doc != other or end < start


def test_what_is_planted_is_what_was_planned(collection):
    """Every kind is there, in as many documents as its name says."""
    made, _, rows = collection
    assert made.copies == len(rows) and set(made.copies_by_kind) == set(plan.KINDS)
    docs: dict[int, list[str]] = {}
    for row in rows:
        docs.setdefault(row["family"], []).append(row["doc"])
    for row in rows:
        copies, different = len(docs[row["family"]]), len(set(docs[row["family"]]))
        assert different == (1 if row["kind"] == "within" else copies)
        assert 15 <= row["words"] <= 300


def test_a_small_base_is_not_repeated(base_folder, tmp_path):
    """What the base lacks is generated, and said to be: real text is never more than there is."""
    made = plant.plant(base_folder, 400, 1, tmp_path)
    assert made.generated_chars > made.real_chars > 0
    assert 0 < made.real_passages < made.families
    assert made.real_chars < made.base_bytes


def test_the_same_seed_gives_the_same_bytes(base_folder, tmp_path):
    """Same base, size and seed, same files; another seed, others."""
    for name, seed in (("a", 4), ("b", 4), ("c", 5)):
        plant.plant(base_folder, 40, seed, tmp_path / name)
    for file in (plant.DOCS, plant.TRUTH):
        one, two, other = ((tmp_path / name / file).read_bytes() for name in "abc")
        assert one == two != other


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.1, 0.2])
def test_edit_rates_edit_that_many_words(rate):
    """About `rate` of the words are substituted, deleted or joined by another, equally often."""
    words = [f"w{n}" for n in range(20_000)]
    changed = edits.edited(
        " ".join(words), rate, ["new", "newer"], np.random.default_rng(1)
    ).split()
    gone = len(set(words) - set(changed)) / len(words)
    new = sum(word.startswith("new") for word in changed) / len(words)
    assert gone == pytest.approx(rate * 2 / 3, abs=0.01)
    assert new == pytest.approx(rate * 2 / 3, abs=0.01)
    assert (rate == 0) == (changed == words)


def test_an_edit_leaves_something():
    """Even when every word is edited the passage keeps a word."""
    for seed in range(50):
        assert edits.edited("one two", 1.0, ["x", "y"], np.random.default_rng(seed)).strip()


def test_surface_changes_keep_the_words():
    """Quotes change both ways, lines are no longer than asked, and the words stay in order."""
    assert edits.other_quotes("He said \"it's so\" ('yes').") == "He said “it’s so” (‘yes’)."
    assert edits.other_quotes("“it’s”") == '"it\'s"'
    text = "some words\nin   lines of their own"
    assert edits.rewrapped(text, 12).split() == text.split()
    assert max(map(len, edits.rewrapped(text, 12).split("\n"))) <= 12
    assert "\n" not in edits.rewrapped(text, 100)


def test_detections_are_read_back_by_document_id(tmp_path):
    """A file of detections becomes row numbers of documents; an unknown document is refused."""
    columns = {"doc_a": ["y"], "start_a": [1], "end_a": [3]}
    columns |= {"doc_b": ["x"], "start_b": [2], "end_b": [4]}
    tables.write_detections(tmp_path / "d.parquet", columns)
    a, b = tables.read_detections(tmp_path / "d.parquet", ["x", "y"])
    assert (a.doc.tolist(), b.doc.tolist(), b.start.tolist()) == ([1], [0], [2])
    with pytest.raises(ValueError, match="not in the collection"):
        tables.read_detections(tmp_path / "d.parquet", ["x"])


def test_plant_json_says_which_base(tmp_path):
    """The summary on disk names the base and how much was generated."""
    made = plant.plant(None, 20, 1, tmp_path)
    summary = json.loads((tmp_path / plant.SUMMARY).read_text())
    assert summary["base"] == "made-up words" and summary["real_chars"] == 0
    assert summary["generated_chars"] == made.generated_chars > 0
