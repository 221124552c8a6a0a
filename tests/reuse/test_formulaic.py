"""Articles that share a template: a true copy among them is found, and templates are no copies."""

from __future__ import annotations

import random
from typing import Any

import pytest

from newspan.reuse import clusters, weaker
from newspan.reuse.loops import BOTH, EQUAL, FIRST_RUN, RUNS
from newspan.reuse.parameters import Parameters
from reuse_texts import Result, buffered, check_members, ids_of, plain, repetitive, with_reuse

SIZES = [5, 25, 40, 60]
WHO = ["Mayor Lind", "Ana Peña", "the harbour master", "Captain Østby", "Councillor Weir"]
SAYS = ["said", "insisted", "claimed", "told reporters", "denied"]
THINGS = ["ferries", "cranes", "nets", "buoys", "tugs", "piers", "lamps", "ropes", "gulls", "sheds"]
STATES = ["late", "idle", "rusty", "busy", "closed", "painted", "crowded", "leaking", "lit", "sold"]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
CALLED = ["shabby excuse", "shameful deal", "heroic crew", "rotten plan", "brazen lie"]


def article(number: int) -> str:
    """Return an article of 50 to 52 words by a template that leaves some two thirds of them."""
    rng = random.Random(number)
    thing, other = rng.sample(THINGS, 2)
    who, day = rng.choice(WHO), rng.choice(DAYS)
    return "\r\n\r\n".join(
        [
            f"Berth {number}: {thing} {rng.choice(STATES)} 🚢",
            f"{who} {rng.choice(SAYS)} that {rng.randint(2, 99)} {thing} were {rng.choice(STATES)} "
            f"on {day}. It was a {rng.choice(CALLED)} at quay {number}.",
            f"The council counted {rng.randint(100, 9999)} {other} near pier "
            f"{rng.randint(1, 999)}, and {rng.randint(2, 60)} {rng.choice(THINGS)} will be "
            f"{rng.choice(STATES)} by {day}.",
            f"“Number {number * 7 + 3} leaks”, wrote {rng.choice(WHO)}\u00a0— in "
            f"{rng.choice(DAYS)}’s log {rng.randint(10, 99)}/{rng.randint(10, 99)}.",
        ]
    )


def near_copy(text: str) -> str:
    """Return an article with three words changed."""
    return text.replace("council", "board").replace("counted", "tallied").replace("log", "diary")


def formulaic(articles: int, copies: bool = True) -> list[str]:
    """Return articles; the last one is a near copy of the third, the one before it of the second
    an exact one."""
    texts = [article(number) for number in range(1, articles + 1)]
    if copies:
        texts[-2], texts[-1] = texts[1], near_copy(texts[2])
    return texts


def found_in(texts: list[str]) -> Result:
    """Return what plain Python finds, with what holds of all members checked."""
    result = Result(plain(texts), Parameters())
    check_members(result.members, dict(zip(ids_of(texts), texts, strict=True)), Parameters())
    return result


def clusters_with(result: Result, doc: str) -> list[list[dict[str, Any]]]:
    """Return the clusters in which a document has a member."""
    names = [row["cluster"] for row in result.members if row["doc"] == doc]
    return [[row for row in result.members if row["cluster"] == name] for name in names]


@pytest.mark.parametrize("articles", SIZES[1:])
def test_an_exact_copy_is_found_whole_however_many_share_its_template(articles: int) -> None:
    """An article and its exact copy are one cluster, from the first word to the last, with the
    earlier one canonical and no other article in it."""
    texts = formulaic(articles)
    result = found_in(texts)
    original, copy = ids_of(texts)[1], ids_of(texts)[-2]
    (members,) = clusters_with(result, original)

    assert [row["doc"] for row in members] == [original, copy]
    assert [row["copy_role"] for row in members] == ["canonical", "copy"]
    assert {row["match"] for row in members} == {"exact"}
    assert {(row["start"], row["end"]) for row in members} == {(0, len(texts[1]) - 1)}
    assert clusters_with(result, copy) == [members]


@pytest.mark.parametrize("articles", SIZES[1:])
def test_a_near_copy_is_found_however_many_share_its_template(articles: int) -> None:
    """Clusters of an article and its near copy alone have three quarters of it and more, with the
    earlier one canonical."""
    texts = formulaic(articles)
    result = found_in(texts)
    original, copy = ids_of(texts)[2], ids_of(texts)[-1]
    covered = 0
    for members in clusters_with(result, original):
        if [row["doc"] for row in members] == [original, copy]:
            assert [row["copy_role"] for row in members] == ["canonical", "copy"]
            assert members[1]["similarity"] > 0.85
            covered += members[0]["end"] - members[0]["start"]

    assert covered > 0.75 * len(texts[2])


@pytest.mark.parametrize("articles", SIZES)
def test_templates_alone_are_no_copies(articles: int) -> None:
    """Articles of one template make one cluster: of what the template leaves as it is, alike to
    its canonical member but never exact, one member an article."""
    texts = formulaic(articles, copies=False)
    result = found_in(texts)
    docs = [row["doc"] for row in result.members]

    assert len(result.clusters) == 1
    assert len(docs) == len(set(docs)) >= articles / 2
    assert {row["match"] for row in result.members if row["copy_role"] == "copy"} == {"near"}
    for row in result.members:
        text = texts[ids_of(texts).index(row["doc"])]
        assert row["similarity"] == 1 or row["similarity"] < 0.85
        assert "The council counted" in text[row["start"] : row["end"]]


def test_a_piece_that_is_too_short_is_never_canonical() -> None:
    """Where a cluster's commonest words are a piece too short to be a passage, a longer member is
    canonical, so that the others are compared with what they are alike to."""
    texts = formulaic(40)
    words = {row["cluster"]: row["text"].split() for row in found_in(texts).clusters}

    assert len(words) >= 3
    assert min(len(each) for each in words.values()) >= Parameters().min_words


def test_a_strong_passage_that_clusters_have_sets_nothing_aside() -> None:
    """A sentence that stands in five articles of which two are copies stays a cluster of five:
    only what clusters would lose takes weaker passages' place."""
    rng = random.Random(3)
    prose = [" ".join(f"w{rng.randrange(9**6)}" for _ in range(80)) for _ in range(5)]
    shared = [f"s{number}" for number in range(30)]
    texts = []
    for number in range(5):
        words = [*shared[:20], f"n{number}", *shared[21:25], f"m{number}", *shared[26:]]
        texts.append(
            f"{prose[min(number, 3)][:300]} {' '.join(words)} {prose[min(number, 3)][300:]}"
        )
    result = found_in(texts)

    assert max(row["size"] for row in result.clusters) == 5
    assert sorted(row["size"] for row in result.clusters)[:-1] == [2, 2]


@pytest.mark.parametrize(
    "texts",
    [formulaic(12), formulaic(25), with_reuse(3, 12, 20), repetitive(5, 3, 150, 3)],
    ids=["few articles", "articles", "reuse", "few words"],
)
def test_what_is_set_aside_is_what_the_rule_says(
    texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted word by word and block by block, the same passages are lost, and the same are much
    weaker than one of them that they touch."""
    monkeypatch.setattr(clusters, "ROUNDS", 0)
    read = plain(texts)
    blocks, runs = read.blocks(Parameters())
    found = clusters.families(read, blocks, runs, Parameters())
    cluster = {
        (doc, word): head
        for (_, doc, first, last), head in zip(found.members, found.canonical, strict=True)
        for word in range(first, last)
    }
    rows = blocks.tolist()

    def is_lost(row: list[int]) -> bool:
        pairs = [
            (cluster.get((row[0], a + step)), cluster.get((row[3], b + step)))
            for a, b, size in runs[row[FIRST_RUN] : row[FIRST_RUN] + row[RUNS]].tolist()
            for step in range(size)
        ]
        return sum(a is not None and a == b for a, b in pairs) < weaker.LOST * len(pairs)

    def touches(row: list[int], other: list[int]) -> bool:
        return any(
            row[a] == other[b] and row[a + 1] < other[b + 2] and other[b + 1] < row[a + 2]
            for a in (0, 3)
            for b in (0, 3)
        )

    def identity(row: list[int]) -> int:
        return 2_000_000 * row[EQUAL] // row[BOTH]

    lost = [row for row in rows if is_lost(row)]
    expected = [
        not any(
            other[EQUAL] > row[EQUAL]
            and identity(other) > identity(row) + weaker.WEAKER
            and touches(row, other)
            for other in lost
        )
        for row in rows
    ]
    stays = weaker.without_weaker(blocks, runs, read.sizes, found.members, found.canonical)

    assert 0 < sum(expected) < len(rows)
    assert [bool(each) for each in stays] == expected


@pytest.mark.parametrize("copies", [True, False])
@pytest.mark.parametrize("articles", SIZES)
def test_formulaic_articles_are_found_alike(articles: int, copies: bool) -> None:
    """Plain Python and the compiled loops give the same rows, passages set aside or not."""
    pytest.importorskip("numba")
    texts = formulaic(articles, copies)

    assert Result(plain(texts), Parameters()) == Result(buffered(texts), Parameters())
