"""What stands below every picture: which corpus and set it shows, and who annotated it."""

from __future__ import annotations

from collections.abc import Sequence

from newspan.viewer.figures import svg
from newspan.viewer.figures.basis import Basis


def finish(
    basis: Basis,
    name: str,
    title: str,
    size: tuple[float, float],
    body: Sequence[str],
    nothing: str = "the set has nothing of it",
) -> str:
    """Return a picture with its foot; one that has nothing to show says so."""
    info = basis.corpus.info
    about = f"{info.name} {info.version}, {basis.source}"
    return framed(name, title, about, size, body, nothing)


def framed(
    name: str,
    title: str,
    about: str,
    size: tuple[float, float],
    body: Sequence[str],
    nothing: str,
) -> str:
    """Return a picture with its title and `about` below; cut there, whole in its description."""
    wide, high = size
    inside = list(body)
    if not inside:
        high = 36.0
        inside.append(svg.text(0, 22, f"Nothing to show: {nothing}.", room=wide, dim=True))
    foot = svg.text(0, high + 22, f"{title}. {about}", room=wide, size=svg.SMALL, dim=True)
    # A margin on every side, so that nothing touches the border of a saved picture.
    moved = svg.element("g", {**svg.INKED, "transform": "translate(12 8)"}, *inside, foot)
    return svg.document(name, title, about, (wide + 24, high + 40), [moved])
