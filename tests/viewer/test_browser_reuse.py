"""Shared passages in a real browser: the map, the table, two places side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from newspan.corpus import Corpus, read_corpus
from newspan.viewer.data.reuse import reuse
from view_reader import Reader

View = Callable[..., Reader]
Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
#: The text of both passages, and of each piece of theirs, by its number.
_SIDES = """() => ["head", "copy"].map((side) => {
  const passage = document.querySelector(`.reuse-panel.is-${side} .reuse-passage`);
  const pieces = [...passage.querySelectorAll("[data-piece]")];
  return {
    text: passage.textContent,
    context: passage.parentElement.textContent,
    pieces: pieces.map((at) => [at.dataset.piece, at.textContent, at.className]),
  };
})"""


@pytest.fixture(scope="module")
def payload(corpus: Corpus) -> Json:
    """Return what the view is given."""
    found = reuse(corpus, ())
    assert found is not None
    return found


def pairs(payload: Json) -> Iterator[tuple[Json, Json, Json]]:
    """Yield each copy with its cluster and the canonical member."""
    for cluster in payload["clusters"]:
        head, *copies = cluster["members"]
        for copy in copies:
            yield cluster, head, copy


def cluster_of(payload: Json, places: int) -> Json:
    """Return the largest cluster with at least so many places."""
    found: Json = next(each for each in payload["clusters"] if len(each["members"]) >= places)
    return found


def at(cluster: Json, member: Json | None = None) -> str:
    """Return a passage's address in the page."""
    return f"#reuse?cluster={cluster['id']}" + (f"&member={member['id']}" if member else "")


def test_both_sides_are_the_text(
    viewed: View, shipped: Path, corpus: Corpus, payload: Json
) -> None:
    """Of every copy both passages are exact; equal pieces are equal, and no other one is."""
    reader = viewed(shipped, "#reuse")
    for cluster, head, copy in pairs(payload):
        reader.go(at(cluster, copy))
        sides = reader.page.evaluate(_SIDES)
        for side, member in zip(sides, (head, copy), strict=True):
            text = corpus.texts[member["doc"]]
            assert side["text"] == text[member["start"] : member["end"]]
            assert "".join(piece[1] for piece in side["pieces"]) == side["text"]
            assert side["context"] in text
            assert side["text"] in side["context"]
        left, right = (side["pieces"] for side in sides)
        assert [piece[0] for piece in left] == [piece[0] for piece in right]
        for one, other in zip(left, right, strict=True):
            assert ("reuse-equal" in one[2]) == (one[1] == other[1])


def test_hostile_passages_are_the_text(viewed: View, hostile: Path, hostile_corpus: Path) -> None:
    """Controls, overrides and emoji of a passage stand in the page as in the text."""
    corpus, _ = read_corpus(hostile_corpus)
    assert corpus is not None
    payload = reuse(corpus, ())
    assert payload is not None
    for cluster, head, copy in pairs(payload):
        sides = viewed(hostile, at(cluster, copy)).page.evaluate(_SIDES)
        for side, member in zip(sides, (head, copy), strict=True):
            assert side["text"] == corpus.texts[member["doc"]][member["start"] : member["end"]]


def test_the_map_has_every_place(viewed: View, shipped: Path, payload: Json) -> None:
    """Each member of each cluster is a link with a name; the map is one stop for Tab."""
    reader = viewed(shipped, "#reuse")
    links = reader.page.locator(".reuse-svg a.reuse-link")
    members = [member for each in payload["clusters"] for member in each["members"]]
    assert links.count() == len(members)
    names = links.evaluate_all("(all) => all.map((at) => at.getAttribute('aria-label'))")
    assert all(name.startswith("Passage ") for name in names)
    for role in ("canonical", "exact copy", "near copy"):
        assert any(f", {role}, in " in name for name in names)
    assert reader.page.locator('.reuse-svg a[tabindex="0"]').count() == 1


def test_the_map_by_keys(viewed: View, shipped: Path) -> None:
    """Arrows go from place to place, light up all places of a passage, and Enter opens it."""
    reader = viewed(shipped, "#reuse")
    reader.page.locator('.reuse-svg a[tabindex="0"]').focus()
    before = reader.focused()
    reader.press("ArrowRight")
    assert reader.focused() != before
    reader.press("ArrowDown", "ArrowRight")
    cluster = reader.page.evaluate("() => document.activeElement.dataset.cluster")
    lit = reader.page.locator(".reuse-link.lit").evaluate_all(
        "(all) => all.map((at) => at.dataset.cluster)"
    )
    assert len(lit) > 1
    assert set(lit) == {cluster}
    reader.press("Enter")
    reader.settle()
    assert f"cluster={cluster}" in reader.hash
    assert reader.focused().startswith("Passage ")


def test_filters(viewed: View, shipped: Path, payload: Json) -> None:
    """Item, place and wording narrow table and map alike, and stand in the address."""
    reader = viewed(shipped, "#reuse?of=004-i2&match=exact")
    wanted = [
        each
        for each in payload["clusters"]
        if each["match"] == "exact" and any(m["item"] == "004-i2" for m in each["members"])
    ]
    rows = reader.page.locator(".reuse-table tbody tr")
    assert rows.count() == len(wanted) > 0
    drawn = reader.page.locator("a.reuse-link").evaluate_all(
        "(all) => [...new Set(all.map((at) => at.dataset.cluster))]"
    )
    assert set(drawn) == {each["id"] for each in wanted}
    reader.page.select_option("#reuse-scope", "item")
    reader.settle()
    assert "scope=item" in reader.hash
    alone = [each for each in wanted if len({m["item"] for m in each["members"]}) == 1]
    assert rows.count() == len(alone)


def test_sorting(viewed: View, shipped: Path, payload: Json) -> None:
    """The table is sorted by the column that is asked for, and says so."""
    reader = viewed(shipped, "#reuse")
    button = reader.page.get_by_role("button", name="Places")
    button.click()
    reader.settle()
    places = reader.page.locator(".reuse-table tbody tr td:nth-child(2)").all_text_contents()
    sizes = sorted((len(each["members"]) for each in payload["clusters"]), reverse=True)
    assert [int(each) for each in places] == sizes
    header = reader.page.locator('.reuse-table th[aria-sort="descending"]')
    assert header.text_content() == "Places ▾"


def test_from_place_to_place(viewed: View, shipped: Path, payload: Json) -> None:
    """The keys n and p go round the copies, arrows to the next passage and back."""
    cluster = cluster_of(payload, 4)
    _, first, second, *_, last = cluster["members"]
    reader = viewed(shipped, at(cluster))
    reader.press("n")
    assert f"member={second['id']}" in reader.hash
    reader.press("p", "p")
    assert f"member={last['id']}" in reader.hash
    reader.press("n")
    assert f"member={first['id']}" in reader.hash
    reader.press("ArrowRight")
    reader.settle()
    following = payload["clusters"][payload["clusters"].index(cluster) + 1]
    assert reader.hash.startswith(at(following))
    reader.press("ArrowLeft")
    assert reader.hash.startswith(at(cluster))


def test_a_difference_lights_up_on_both_sides(viewed: View, shipped: Path, payload: Json) -> None:
    """The key d goes to a difference in words; it and its counterpart are marked and seen."""
    reader = viewed(shipped, at(payload["clusters"][0]))
    reader.press("d")
    lit = reader.page.locator(".reuse-texts .lit")
    pieces = lit.evaluate_all("(all) => all.map((at) => at.dataset.piece)")
    assert len(pieces) == 2
    assert len(set(pieces)) == 1
    assert reader.focused().startswith("Difference ")
    for index in range(2):
        assert lit.nth(index).evaluate(
            """(at) => {
              const [box, frame] = [at, at.closest(".reuse-scroller")].map((each) =>
                each.getBoundingClientRect());
              return frame.top <= box.bottom && box.top <= frame.bottom;
            }"""
        )


def test_sides_scroll_together(viewed: View, shipped: Path, payload: Json) -> None:
    """Scrolling one side brings the other to the piece that stands at the first one's top."""
    reader = viewed(shipped, at(payload["clusters"][0]))
    tops = """() => [...document.querySelectorAll(".reuse-scroller")].map((at) => {
      const top = at.getBoundingClientRect().top;
      return [...at.querySelectorAll("[data-piece]")].find(
        (piece) => piece.getBoundingClientRect().bottom > top + 1).dataset.piece;
    })"""
    assert reader.page.evaluate(tops) == ["0", "0"]
    for side, by in (("head", 4000), ("copy", -1500)):
        reader.page.locator(f".is-{side} .reuse-scroller").evaluate(
            "(at, by) => { at.scrollTop += by; }", by
        )
        reader.page.wait_for_timeout(300)
        left, right = reader.page.evaluate(tops)
        assert abs(int(left) - int(right)) <= 1
        assert int(left) > 1


def test_into_the_item(viewed: View, shipped: Path, payload: Json) -> None:
    """A link goes to the place in the item."""
    cluster = cluster_of(payload, 3)
    copy = cluster["members"][1]
    reader = viewed(shipped, at(cluster, copy))
    reader.page.locator(".is-copy").get_by_text("Go to this place in the item").click()
    reader.settle()
    assert reader.hash == f"#item/{copy['item']}?at={copy['start']}-{copy['end']}"


def test_candidates_are_called_so(viewed: View, shipped: Path, payload: Json) -> None:
    """Parallel translations are candidates for a person, and have no alignment."""
    reader = viewed(shipped, "#reuse")
    assert "candidates for a person to judge" in reader.text(".reuse-parallels")
    assert reader.page.locator(".reuse-pair").count() == len(payload["parallels"])
    reader.go(at(payload["parallels"][0]))
    assert reader.text("#view h1") == "Candidate 1 for a parallel translation"
    assert reader.page.locator("[data-piece]").count() == 0
    assert "canonical" not in reader.text("#view").lower()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_is_not_wider_than_the_window(
    viewed: View, shipped: Path, hostile: Path, payload: Json, width: int
) -> None:
    """Nothing needs scrolling sideways, long words neither."""
    for page, hash_ in (
        (shipped, "#reuse"),
        (shipped, at(payload["clusters"][0])),
        (shipped, at(payload["parallels"][0])),
        (hostile, "#reuse"),
        (hostile, "#reuse?cluster=constructor"),
    ):
        assert viewed(page, hash_, width=width).overflows() <= 0


def test_no_such_passage(viewed: View, shipped: Path) -> None:
    """An address of a passage that is not there says so."""
    reader = viewed(shipped, "#reuse?cluster=none", allowed=("There is no shared passage",))
    assert "There is no shared passage “none”" in reader.text("#view")
