"""Who annotates what: the promises of the assignment, for any items and annotators."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newspan.campaign.assignment import TRAINING, Task, Text, assign, hand_over, reopened

ALIASES = tuple("abcdefgh")


def texts_of(lengths: list[int], start: int = 0) -> list[Text]:
    """Return items of some lengths."""
    return [Text(f"i{start + n:03}", length, "0") for n, length in enumerate(lengths)]


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[Text], tuple[str, ...], int, int]:
    """Draw items, annotators, annotators per item and a seed."""
    lengths = draw(st.lists(st.integers(1, 5000), min_size=1, max_size=60))
    people = ALIASES[: draw(st.integers(1, len(ALIASES)))]
    return texts_of(lengths), people, draw(st.integers(1, len(people))), draw(st.integers(0, 9))


def loads(tasks: tuple[Task, ...], texts: list[Text], people: tuple[str, ...]) -> list[int]:
    """Return how many characters each annotator has."""
    length = {text.item: text.characters for text in texts}
    found = Counter(dict.fromkeys(people, 0))
    for task in tasks:
        found[task.alias] += length[task.item]
    return list(found.values())


@given(plans())
def test_each_item_has_as_many_annotators_as_asked_for(plan: object) -> None:
    """No item has more or fewer, and nobody has one twice."""
    texts, people, per_item, seed = plan  # type: ignore[misc]
    tasks = assign(texts, people, per_item=per_item, seed=seed)

    assert Counter(task.item for task in tasks) == {text.item: per_item for text in texts}
    assert len({(task.item, task.alias) for task in tasks}) == len(tasks)


@given(plans())
def test_the_same_input_gives_the_same_tasks(plan: object) -> None:
    """Nothing is random: who runs it again gets the same."""
    texts, people, per_item, seed = plan  # type: ignore[misc]

    assert assign(texts, people, per_item=per_item, seed=seed) == assign(
        list(texts), people, per_item=per_item, seed=seed
    )


@given(plans())
def test_nobody_has_much_more_than_another(plan: object) -> None:
    """In characters, the most and the least differ by twice the longest item at most."""
    texts, people, per_item, seed = plan  # type: ignore[misc]
    has = loads(assign(texts, people, per_item=per_item, seed=seed), texts, people)

    assert max(has) - min(has) <= 2 * max(text.characters for text in texts)


@given(
    st.lists(st.integers(500, 5000), min_size=60, max_size=80),
    st.integers(2, 5),
    st.integers(2, 3),
    st.integers(0, 9),
)
def test_every_two_annotators_share_items(
    lengths: list[int], number: int, per_item: int, seed: int
) -> None:
    """With two or more per item, each pair has some in common, and no pair nearly all."""
    people = ALIASES[: max(number, per_item)]
    tasks = assign(texts_of(lengths), people, per_item=per_item, seed=seed)
    having: dict[str, set[str]] = {}
    for task in tasks:
        having.setdefault(task.alias, set()).add(task.item)
    shared = [len(having[one] & having[two]) for one, two in combinations(people, 2)]

    assert min(shared) >= 2
    assert max(shared) <= 2 * min(shared) + 4


@given(plans(), st.lists(st.integers(1, 5000), max_size=20), st.integers(0, 2))
def test_what_is_handed_out_stays(plan: object, more: list[int], joined: int) -> None:
    """Items and annotators that are added change nothing that was handed out."""
    texts, people, per_item, seed = plan  # type: ignore[misc]
    before = assign(texts, people, per_item=per_item, seed=seed)
    wider = [*texts, *texts_of(more, start=500)]
    grown = (*people, *(f"new{n}" for n in range(joined)))
    new = assign(wider, grown, before=before, per_item=per_item, seed=seed + 1)

    assert not {(t.item, t.alias) for t in before} & {(t.item, t.alias) for t in new}
    assert {task.item for task in new} <= {text.item for text in wider[len(texts) :]}
    assert assign(wider, grown, before=(*before, *new), per_item=per_item, seed=3) == ()


@given(plans(), st.integers(1, 10))
def test_batches_follow_the_order_of_items(plan: object, size: int) -> None:
    """Each batch has its size, the last one what is left; the training round is none of them."""
    texts, people, per_item, seed = plan  # type: ignore[misc]
    training = [text.item for text in texts[:2]]
    tasks = assign(texts, people, per_item=per_item, batch_size=size, training=training, seed=seed)
    batch = {task.item: task.batch for task in tasks}

    assert [batch[item] for item in training] == [TRAINING] * len(training)
    rest = [batch[text.item] for text in texts[2:]]
    assert rest == [1 + place // size for place in range(len(rest))]


def test_everybody_gets_the_training_round() -> None:
    """Also those who join when the others have long done it."""
    texts = texts_of([100] * 6)
    before = assign(texts, ("a", "b"), per_item=1, training=["i000", "i001"])
    new = assign(texts, ("a", "b", "c"), before=before, per_item=1, training=["i000", "i001"])

    assert {t.alias for t in before if t.item == "i000"} == {"a", "b"}
    assert [(t.item, t.alias, t.batch) for t in new] == [("i000", "c", 0), ("i001", "c", 0)]


def test_all_means_those_who_join_too() -> None:
    """Where everybody annotates everything, so does a newcomer."""
    texts = texts_of([100] * 3)
    before = assign(texts, ("a", "b"))

    assert len(before) == 6
    assert {(t.item, t.alias) for t in assign(texts, ("a", "b", "c"), before=before)} == {
        (text.item, "c") for text in texts
    }


def test_more_per_item_fills_up_what_was_handed_out() -> None:
    """Items that had one annotator get a second one when two are asked for."""
    texts = texts_of([100] * 4)
    before = assign(texts, ("a", "b"), per_item=1)
    new = assign(texts, ("a", "b"), before=before, per_item=2)

    assert {(t.item, t.alias) for t in (*before, *new)} == {
        (text.item, alias) for text in texts for alias in "ab"
    }
    assert {t.item: t.batch for t in new} == {t.item: t.batch for t in before}


def test_untouched_tasks_go_to_the_replacement() -> None:
    """What the replaced annotator has begun stays theirs; what the other has is not doubled."""
    before = assign(texts_of([100] * 6), ("a", "b", "c"), per_item=2)
    mine = [task.item for task in before if task.alias == "a"]
    touched = {(mine[0], "a")}
    kept, moved = hand_over(before, {"a": "c"}, touched, ("b", "c"), "2.0.0")
    theirs = {task.item for task in before if task.alias == "c"}

    assert [task.handed_to for task in kept if task.item == mine[0] and task.alias == "a"] == [None]
    assert {task.item for task in moved} == set(mine[1:]) - theirs
    assert {(task.alias, task.guidelines) for task in moved} == {("c", "2.0.0")}
    assert [msgspec.structs.replace(task, handed_to=None) for task in kept] == list(before)
    assert hand_over((*kept, *moved), {"a": "c"}, touched, ("b", "c"), "2.0.0")[1] == ()


def test_an_item_that_the_replacement_has_goes_to_somebody_else() -> None:
    """It has to have as many annotators as before, if there are others."""
    before = (Task("i000", "a", 1, "1.0.0", "0"), Task("i000", "c", 1, "1.0.0", "0"))
    kept, moved = hand_over(before, {"a": "c"}, set(), ("b", "c"), "1.0.0")
    new = assign(texts_of([100]), ("b", "c"), before=(*kept, *moved), per_item=2)

    assert moved == ()
    assert [(task.item, task.alias, task.batch) for task in new] == [("i000", "b", 1)]


@pytest.mark.parametrize(("per_item", "expected"), [(None, []), (2, [])])
def test_a_replacement_need_not_repeat_what_is_done(
    per_item: int | None, expected: list[str]
) -> None:
    """What the replaced annotator has done counts as done."""
    before = assign(texts_of([100] * 2), ("a", "b"))
    touched = {(task.item, task.alias) for task in before}
    kept, moved = hand_over(before, {"a": "c"}, touched, ("b", "c"), "1.0.0")
    new = assign(
        texts_of([100] * 2), ("b", "c"), before=(*kept, *moved), successors={"a": "c"},
        per_item=per_item,
    )  # fmt: skip

    assert [task.item for task in new] == expected


def test_an_annotator_who_returns_has_their_tasks_again() -> None:
    """A task that was handed over from them is open again, under the guidelines in force."""
    before = assign(texts_of([100] * 4), ("a", "b"), per_item=2, guidelines="1.0.0")
    kept, moved = hand_over(before, {"a": "c"}, set(), ("b", "c"), "1.0.0")
    back, made = hand_over((*kept, *moved), {"c": "a"}, set(), ("a", "b"), "2.0.0")

    assert {task.item for task in moved} == {text.item for text in texts_of([100] * 4)}
    assert made == ()
    assert [task.handed_to for task in back if task.alias == "a"] == [None] * 4
    assert [task.handed_to for task in back if task.alias == "c"] == ["a"] * 4


def test_a_task_that_is_handed_out_again_is_not_a_second_one() -> None:
    """Whoever is no longer replaced, and gets an item that they had, has it once."""
    before = assign(texts_of([100] * 4), ("a", "b"), per_item=1)
    kept, moved = hand_over(before, {"a": "b"}, set(), ("b",), "1.0.0")
    new = assign(texts_of([100] * 4), ("a", "b"), before=(*kept, *moved), per_item=2)
    tasks, left = reopened((*kept, *moved), new)

    assert len(new) == 4
    assert {task.alias for task in new} == {"a"}
    assert len(tasks) + len(left) == 8 == len({(t.item, t.alias) for t in (*tasks, *left)})
    assert [task for task in tasks if task.handed_to is not None] == []


@given(st.lists(st.tuples(st.sampled_from("abc-"), st.sampled_from("abc"), st.integers(1, 3))))
def test_whoever_leaves_and_returns_no_item_is_handed_out_twice(
    turns: list[tuple[str, str, int]],
) -> None:
    """However often: each item is each annotator's once at most, and has as many as asked for."""
    texts = texts_of([100, 300, 200, 400])
    tasks: tuple[Task, ...] = ()
    for gone, new, per_item in turns:
        successors = {gone: new} if gone not in ("-", new) else {}
        people = [alias for alias in "abc" if alias not in successors]
        kept, moved = hand_over(tasks, successors, set(), people, "1.0.0")
        more = assign(
            texts, people, before=(*kept, *moved), successors=successors,
            per_item=min(per_item, len(people)),
        )  # fmt: skip
        before, more = reopened((*kept, *moved), more)
        tasks = (*before, *more)
        having = Counter(task.item for task in tasks if task.handed_to is None)

        assert len({(task.item, task.alias) for task in tasks}) == len(tasks)
        assert all(having[text.item] >= min(per_item, len(people)) for text in texts)
