"""The view of figures in a real browser: pictures, tables, saving, deep links."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from view_reader import Reader

View = Callable[..., Reader]


def payload(page: Path) -> list[dict[str, Any]]:
    """Return the figures that a page holds."""
    text = page.read_text(encoding="utf-8")
    found = re.search(r'id="part-figures">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    figures: list[dict[str, Any]] = json.loads(found[1])
    return figures


def saved(reader: Reader, name: str, button: str) -> bytes:
    """Return what a figure's button saves."""
    with reader.page.expect_download() as waiting:
        reader.page.locator(f"#figure-{name} button", has_text=button).click()
    return Path(waiting.value.path()).read_bytes()


def kept(reader: Reader, name: str, button: str) -> str:
    """Return what a figure's button would save; browsers refuse many downloads in a row."""
    reader.page.evaluate(
        """() => {
          URL.createObjectURL = (blob) => { window.kept = blob.text(); return "#none"; };
          const stop = (event) => event.target.closest("a[download]") && event.preventDefault();
          document.addEventListener("click", stop, true);
        }"""
    )
    reader.page.locator(f"#figure-{name} button", has_text=button).click()
    return str(reader.page.evaluate("() => window.kept"))


def cell(value: Any) -> str:
    """Return a cell as CSV should have it."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def test_every_figure_has_its_picture_and_can_be_saved(viewed: View, shipped: Path) -> None:
    """Each picture is drawn; what is saved is the picture as it was made, and the whole table."""
    reader = viewed(shipped, "#figures")
    figures = payload(shipped)

    assert reader.page.locator(".figure-picture svg").count() == len(figures) >= 10
    assert saved(reader, "labels", "SVG").decode() == figures[0]["svg"]
    assert saved(reader, "labels", "CSV").startswith("\ufeffitem,layer,label,".encode())
    for figure in figures:
        assert kept(reader, figure["id"], "SVG") == figure["svg"]
        table = kept(reader, figure["id"], "CSV")
        read = list(csv.reader(io.StringIO(table, newline=""), strict=True))
        assert read == [figure["head"], *([cell(each) for each in row] for row in figure["rows"])]
        assert table.count("\n") == table.count("\r\n")


def test_a_table_opens_row_by_row(viewed: View, shipped: Path) -> None:
    """The table behind a picture has all its rows, and items in it are links."""
    reader = viewed(shipped, "#figures")
    figure = next(each for each in payload(shipped) if each["id"] == "labels")
    table = reader.page.locator("#figure-labels details")
    assert table.locator("tr").count() == 0
    table.locator("summary").click()

    assert table.locator("tbody tr").count() == len(figure["rows"])
    table.locator("tbody a", has_text="004-i8").first.click()
    reader.settle()
    assert reader.hash.startswith("#item/004-i8")


def test_a_deep_link_shows_its_figure(viewed: View, shipped: Path) -> None:
    """The figure stands at the top, its heading has the focus; another link goes on from there."""
    reader = viewed(shipped, "#figures?figure=lengths")
    at = "() => document.activeElement.closest('figure')?.id"
    reader.page.wait_for_function(f"({at})() === 'figure-lengths'")
    assert 0 <= reader.page.locator("#figure-lengths").bounding_box()["y"] < 200

    reader.go("#figures?figure=voices")
    reader.page.wait_for_function(f"({at})() === 'figure-voices'")
    assert 0 <= reader.page.locator("#figure-voices").bounding_box()["y"] < 200


@pytest.mark.parametrize("width", [390, 1440])
def test_a_wide_picture_scrolls_by_itself(viewed: View, shipped: Path, width: int) -> None:
    """The page is never wider than the window; where a picture is, the keyboard reaches it."""
    reader = viewed(shipped, "#figures", width=width)
    reader.page.wait_for_timeout(100)
    pictures = reader.page.locator(".figure-picture")
    reachable = reader.page.locator(".figure-picture[tabindex='0'][role='region'][aria-label]")

    assert reader.overflows() <= 0
    assert reachable.count() == (pictures.count() if width == 390 else 0)


def test_a_picture_follows_the_theme(viewed: View, shipped: Path) -> None:
    """In the dark its ground is the page's; the colours that it was made with are for saving."""
    light = viewed(shipped, "#figures", color_scheme="light")
    dark = viewed(shipped, "#figures", color_scheme="dark")
    ground = (
        "() => [getComputedStyle(document.querySelector('.figure-picture .f-page')).fill,"
        " getComputedStyle(document.body).backgroundColor]"
    )

    grounds = [reader.page.evaluate(ground) for reader in (light, dark)]
    assert all(of_picture == of_page for of_picture, of_page in grounds)
    assert grounds[0] != grounds[1]


def test_a_cell_is_no_formula(viewed: View, hostile: Path, tmp_path: Path) -> None:
    """What a spreadsheet would run gets an apostrophe; numbers, quotes and line ends are kept."""
    page = tmp_path / "view.html"
    text = hostile.read_text(encoding="utf-8")
    cells = [
        "=1+1",
        "+cmd",
        "-x",
        "@a",
        "\t=1",
        "-1.5",
        "+7",
        'a "b", c',
        "d\r\ne",
        " f ",
        None,
        -2,
    ]
    figure = {
        "id": "x",
        "title": "X",
        "about": "",
        "svg": "<svg/>",
        "head": ["=h"] * 12,
        "rows": [cells],
    }
    part = r'(id="part-figures">).*?(</script>)'
    told = json.dumps([figure]).replace("<", "\\u003c")
    page.write_text(re.sub(part, lambda m: m[1] + told + m[2], text, flags=re.DOTALL), "utf-8")

    table = saved(viewed(page, "#figures"), "x", "CSV").decode("utf-8-sig")
    head, row = csv.reader(io.StringIO(table, newline=""), strict=True)
    assert head == ["'=h"] * 12
    assert row == [
        *("'=1+1", "'+cmd", "'-x", "'@a", "'\t=1", "-1.5", "+7"),
        *('a "b", c', "d\r\ne", " f ", "", "-2"),
    ]


def test_hostile_figures_do_nothing(viewed: View, hostile: Path) -> None:
    """Names that try to break out are text, in pictures as in tables."""
    reader = viewed(hostile, "#figures")
    for summary in reader.page.locator(".figure-table summary").all():
        summary.click()

    assert (
        reader.page.locator("#view script, #view img, #view [onload], #view [onerror]").count() == 0
    )
    assert reader.page.evaluate("() => window.planted") is None
