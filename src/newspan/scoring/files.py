"""SI, FLC and TC of files of labels, as the shared tasks have them: no corpus and no texts needed.

Rows are parted by tabs: `id, begin, end` (SI) or `id, technique, begin, end` (TC, FLC).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from newspan.agreement.report import number, table
from newspan.corpus.files import decode
from newspan.problems import Place, Problem
from newspan.scoring.spans import LabelScore, Score
from newspan.scoring.tasks import shared_tasks, si

#: The names of files of labels.
LABEL_FILE = re.compile(r".*(\.labels|labels.*\.(tsv|txt)|task.*\.(tsv|txt|out))", re.IGNORECASE)
_ARTICLE = re.compile(r"article([^.]+)\.txt")
_OF_ARTICLE = re.compile(r"article([^.]+)\..+")
_NUMBER = re.compile(r"\s*-?[0-9]{1,15}\s*")
#: What a template has in place of a technique.
_ASKED = "?"
#: What 2019's rows of whole sentences end with; their files lie beside those of spans.
SENTENCES = frozenset({"propaganda", "non-propaganda"})


class FileScores(msgspec.Struct, frozen=True):
    """The scores of a prediction's files.

    `tasks` has si, and flc and tc where both sides name techniques; `whole_articles` is SI of one
    span over each article, None where their texts are not beside the reference.
    """

    reference: str
    predicted: str
    tasks: dict[str, Score]
    whole_articles: Score | None
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return them as plain JSON."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        return data

    def __str__(self) -> str:
        """Return them for people."""
        return "\n".join(_lines(self))


class _Side(NamedTuple):
    """The rows of one side by article, and articles' lengths.

    `labelled` has rows with a technique, `asked` those of which it is not told, and `bare` rows of
    SI, which have no place for one.
    """

    labelled: dict[str, list[tuple[int, int, str]]]
    asked: dict[str, list[tuple[int, int]]]
    bare: dict[str, list[tuple[int, int]]]
    lengths: dict[str, int]

    @property
    def has_techniques(self) -> bool:
        return any(self.labelled.values()) or not (self.asked or self.bare)

    @property
    def extents(self) -> dict[str, list[tuple[int, ...]]]:
        """Return what SI is of: its own rows, which folders have beside TC's; else all rows."""
        own = (self.bare,) if self.bare else (self.labelled, self.asked)
        found: dict[str, list[tuple[int, ...]]] = {name: [] for name in self.labelled}
        for side in own:
            for name, rows in side.items():
                found.setdefault(name, []).extend(row[:2] for row in rows)
        return found


def score_files(reference: str | Path, predicted: str | Path) -> tuple[FileScores, list[Problem]]:
    """Return the scores of files of labels, and what is wrong with their rows.

    Each side is a file, or a folder of files, one per article or one for all; a row that several
    files have counts as often as in one. Rows that are none become problems; the rest is scored.

    Args:
        reference: the file or folder that is held to be right.
        predicted: that of the prediction.

    Raises:
        ValueError: when nothing is there, a folder has no file of labels, or a side has labels of
            sentences only.
    """
    problems: list[Problem] = []
    notes: list[str] = []
    right, guess = (_read(Path(path), problems, notes) for path in (reference, predicted))
    tasks = {"si": si(right.extents, guess.extents)}
    if right.has_techniques and guess.has_techniques:
        tasks |= shared_tasks(right.labelled, guess.labelled, ("flc", "tc"))
        for path, side in ((reference, right), (predicted, guess)):
            if asked := sum(map(len, side.asked.values())):
                notes.append(f"{path}: rows without a technique, left out of FLC and TC: {asked}")
    else:
        bare = predicted if right.has_techniques else reference
        notes.append(f"{bare} names no techniques: FLC and TC are left out")
    lengths = {**guess.lengths, **right.lengths}
    whole = None
    if {*right.extents} <= {*lengths}:
        spans = {name: [(0, lengths[name])] for name in right.extents if lengths[name]}
        whole = si(right.extents, spans)
    else:
        notes.append(
            "what whole articles as spans would score is not known: not every article*.txt is "
            "beside the labels"
        )
    return FileScores(str(reference), str(predicted), tasks, whole, tuple(notes)), problems


def _read(path: Path, problems: list[Problem], notes: list[str]) -> _Side:
    files = _files(path)
    side = _Side({}, {}, {}, {})
    several: Counter[tuple[str, str | None, int, int]] = Counter()
    sentences = 0
    for each in files:
        place = Place(each.name if each == path else each.relative_to(path).as_posix())
        text = _text(each, place, problems)
        if text is None:
            continue
        if article := _ARTICLE.fullmatch(each.name):
            side.lengths[article[1]] = len(text)
            continue
        if each != path and (article := _OF_ARTICLE.fullmatch(each.name)):
            # An article without a row is one of the reference's too.
            side.labelled.setdefault(article[1], [])
        sentences += sum(map(_is_of_sentence, text.split("\n")))
        several |= Counter(_rows(text, place.file, problems))
    if sentences and not several:
        raise ValueError(f"{path} has labels of sentences only, which are not scored")
    if sentences:
        notes.append(f"{path}: labels of sentences, left out: {sentences}")
    for (name, technique, start, end), times in several.items():
        if technique is None:
            side.bare.setdefault(name, []).extend([(start, end)] * times)
        elif technique in ("", _ASKED):
            side.asked.setdefault(name, []).extend([(start, end)] * times)
        else:
            side.labelled.setdefault(name, []).extend([(start, end, technique)] * times)
    return side


def _files(path: Path) -> list[Path]:
    """Return a file, or a folder's articles and files of labels.

    Raises:
        ValueError: when there is none.
    """
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise ValueError(f"there is no file or folder {path}")
    below = sorted(each for each in path.rglob("*") if each.is_file())
    found = [
        each for each in below if _ARTICLE.fullmatch(each.name) or LABEL_FILE.fullmatch(each.name)
    ]
    if not any(_ARTICLE.fullmatch(each.name) is None for each in found):
        raise ValueError(
            f"{path} has no file of labels: *.labels, or labels or task in the name of a .tsv, "
            ".txt or .out; or name the file itself"
        )
    return found


def _text(path: Path, place: Place, problems: list[Problem]) -> str | None:
    try:
        return decode(path.read_bytes(), place, problems)
    except OSError as error:
        problems.append(Problem("file-unreadable", place, error.strerror or str(error)))
        return None


def _is_of_sentence(row: str) -> bool:
    cells = row.split("\t")
    return len(cells) > 1 and cells[-1].strip() in SENTENCES


def _rows(
    text: str, file: str, problems: list[Problem]
) -> Iterator[tuple[str, str | None, int, int]]:
    """Yield article, technique, start and end of each row; of SI's rows, None as the technique."""
    for line, row in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        cells = [cell.strip() for cell in row.split("\t")]
        if not any(cells) or _is_of_sentence(row):
            continue
        bare = len(cells) == 3
        if bare:
            cells.insert(1, "")
        if len(cells) < 4 or not cells[0] or not all(map(_NUMBER.fullmatch, cells[2:4])):
            message = f"neither id, begin, end nor id, technique, begin, end: {row.strip()!r:.90}"
            problems.append(Problem("row-syntax", Place(file, line), message))
            continue
        yield cells[0], None if bare else cells[1], int(cells[2]), int(cells[3])


def _lines(scores: FileScores) -> Iterator[str]:
    yield f"score of files: {scores.predicted} against {scores.reference}"
    yield from scores.notes
    rows = [["", "n", "P", "R", "F1", "signature"]]
    rows += [[name.upper(), *_cells(each), each.signature] for name, each in scores.tasks.items()]
    if scores.whole_articles is not None:
        rows.append(["SI of whole articles", *_cells(scores.whole_articles), ""])
    yield ""
    yield from table(rows)
    for name, each in scores.tasks.items():
        yield from (f"  {name}: {note}" for note in each.notes)
    tc, flc = scores.tasks.get("tc"), scores.tasks.get("flc")
    if tc is None or flc is None or not flc.labels:
        return
    rows = [["by label", "n, FLC", "P", "R", "F1", "n, TC", "F1, TC"]]
    for label, of in flc.labels.items():
        answers = tc.labels[label]
        rows.append(
            [label, *_cells(of), f"{answers.reference}+{answers.predicted}", number(answers.f1)]
        )
    yield ""
    yield from table(rows)


def _cells(score: Score | LabelScore) -> list[str]:
    values = (score.precision, score.recall, score.f1)
    return [f"{score.reference}+{score.predicted}", *map(number, values)]
