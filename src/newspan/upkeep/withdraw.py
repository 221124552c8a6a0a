"""Taking an item out of a corpus, for good: its words, its records, its annotations.

A tombstone is written first and says all that is needed to finish: an item half taken out is an
error for `newspan check`, and the same command run again completes it.
"""

from __future__ import annotations

import datetime
import gzip
import hashlib
import json
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from newspan.checks import check_corpus
from newspan.corpus import AnnotationSet, Corpus, read_corpus
from newspan.corpus.pieces import SUM_LINE
from newspan.model import Span, Withdrawn
from newspan.problems import Problem
from newspan.upkeep.files import json_text, write_whole

TOMBSTONES = "corpus/withdrawn.json"
_SUMS = "corpus/raw/SHA256SUMS"
#: What goes into releases as it stands, beside documents and sets.
_SHIPPED = frozenset(
    (
        "CHANGELOG.md",
        "CITATION.cff",
        "DATASHEET.md",
        "LICENSE-DATA.md",
        "annotation/guidelines.md",
        "corpus/corpus.json",
        "corpus/outlets.json",
        "corpus/targets.json",
        "schema/labels.json",
    )
)
#: A run of so many characters of the item in another file is one to look at.
_TELLING = 40


class Withdrawal(msgspec.Struct, frozen=True):
    """What was taken out, or would be.

    `edited` and `deleted` are paths in the corpus; `dropped` says which duplicate clusters went
    with it, by set; `copies` the items that share words with it, with the share of its characters
    that each holds; `mentions` other files of the corpus's folder with words of it, and releases;
    `shipped` those of them that go into releases, and must be mended before the next.
    """

    tombstone: Withdrawn
    edited: tuple[str, ...]
    deleted: tuple[str, ...]
    dropped: dict[str, tuple[str, ...]]
    copies: dict[str, float]
    mentions: tuple[str, ...]
    shipped: tuple[str, ...]


class WithdrawalError(Exception):
    """The corpus has errors beside an unfinished withdrawal; nothing was changed."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} errors in the corpus")
        self.problems = problems


def withdraw(
    item_id: str,
    reason: str,
    root: str | Path = ".",
    *,
    today: datetime.date | None = None,
    dry_run: bool = False,
) -> Withdrawal:
    """Take an item out of a corpus and leave a tombstone in corpus/withdrawn.json.

    The item's characters in its raw file become spaces (line ends stay), so that no other offset
    moves; a document without any other item goes as a whole. Its records go from every set, and
    with them links that led to them and clusters that lost their canonical member or their last
    copy. Nothing is kept of what is deleted: the corpus's history has it, if there is one.

    Args:
        item_id: the item.
        reason: why, as far as it may be said in public; it stands in every later release.
        root: the corpus.
        today: the date on the tombstone.
        dry_run: change nothing.

    Raises:
        ValueError: when the corpus has no such item, or the reason is empty.
        WithdrawalError: when the corpus has errors.
    """
    root = Path(root)
    if not reason.strip():
        raise ValueError("say why: the reason stands in every later release")
    corpus = _corpus(root, item_id)
    tombstone = next((each for each in corpus.withdrawn if each.item == item_id), None)
    if tombstone is None:
        if item_id not in corpus.items:
            raise ValueError(f"the corpus has no item {item_id!r}")
        date = (today or datetime.datetime.now(tz=datetime.UTC).date()).isoformat()
        tombstone = _tombstone(corpus, item_id, date, reason.strip())
    lost = {
        name: found for name, chosen in corpus.sets.items() if (found := _lost(chosen, item_id))
    }
    edits = list(_edits(corpus, tombstone, lost))
    mentions = tuple(_mentions(corpus, tombstone))
    done = Withdrawal(
        tombstone=tombstone,
        edited=tuple(path for path, text in edits if text is not None),
        deleted=tuple(path for path, text in edits if text is None),
        dropped=lost,
        copies=_copies(corpus, item_id),
        mentions=mentions,
        shipped=tuple(name for name in mentions if name in _SHIPPED),
    )
    if not dry_run:
        for path, text in edits:
            if text is None:
                (root / path).unlink(missing_ok=True)
            else:
                write_whole(root / path, text)
        _remove_empty(root / "annotation" / "sets")
    return done


def _corpus(root: Path, item_id: str) -> Corpus:
    """Return the corpus, which may have errors only where this withdrawal was begun before."""
    corpus, problems = read_corpus(root)
    begun = corpus is not None and any(each.item == item_id for each in corpus.withdrawn)
    if corpus is not None:
        problems = [*problems, *check_corpus(corpus)]
    errors = [problem for problem in problems if problem.severity == "error"]
    if corpus is None or (errors and not begun):
        raise WithdrawalError(errors)
    return corpus


def _tombstone(corpus: Corpus, item_id: str, date: str, reason: str) -> Withdrawn:
    document, item = corpus.items[item_id]
    ids = {}
    for name, chosen in sorted(corpus.sets.items()):
        own = {p.record.id for p in chosen.records if p.item_id == item_id}
        own |= {link.id for link in chosen.links.values() if {link.from_id, link.to_id} & own}
        if own:
            ids[name] = tuple(sorted(own))
    return Withdrawn(item_id, document.id, item.start, item.end, date, reason, ids)


def _edits(
    corpus: Corpus, tombstone: Withdrawn, lost: Mapping[str, Collection[str]]
) -> Iterator[tuple[str, str | None]]:
    """Yield the files to be written, with their text, or to be deleted, in this order.

    Each edit can be made again, and what is left to do shows in the files: the tombstone comes
    first, the document's record, which names the raw file, last.
    """
    told = [each for each in corpus.withdrawn if each.item != tombstone.item]
    yield TOMBSTONES, json_text({"withdrawn": [each.to_json() for each in (*told, tombstone)]})
    for name, chosen in sorted(corpus.sets.items()):
        gone = set(tombstone.ids.get(name, ()))
        gone |= {s.id for s in chosen.spans.values() if s.cluster in lost.get(name, ())}
        yield from _set_edits(corpus.root, chosen, gone, tombstone.item)
    yield from _document_edits(corpus.root, tombstone)


def _set_edits(
    root: Path, chosen: AnnotationSet, gone: Collection[str], item_id: str
) -> Iterator[tuple[str, str | None]]:
    lines: dict[str, set[int | None]] = {}
    for placed in chosen.records:
        if placed.record.id in gone:
            lines.setdefault(placed.place.file, set()).add(placed.place.line)
    for path, numbers in sorted(lines.items()):
        # As they were written: only LF ends a line.
        whole = (root / path).read_bytes().decode("utf-8").split("\n")
        text = "\n".join(line for at, line in enumerate(whole, 1) if at not in numbers)
        yield path, text if text.strip() else None
    head = json.loads((root / chosen.place.file).read_bytes())
    kept = [each for each in head.get("coverage", ()) if each["item"] != item_id]
    if not kept and head.get("coverage"):  # nothing else was looked at: the set goes whole
        folder = Path(chosen.place.file).parent
        if (root / folder / "README.md").is_file():
            yield (folder / "README.md").as_posix(), None
        yield chosen.place.file, None
    elif kept != head.get("coverage", []):
        yield chosen.place.file, json_text({**head, "coverage": kept})


def _remove_empty(sets: Path) -> None:
    """Remove the folders of sets of which nothing is left."""
    for folder in sets.iterdir() if sets.is_dir() else ():
        if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
            folder.rmdir()


def _document_edits(root: Path, tombstone: Withdrawn) -> Iterator[tuple[str, str | None]]:
    record = f"corpus/documents/{tombstone.document}.json"
    if not (root / record).is_file():
        return
    data = json.loads((root / record).read_bytes())
    others = [each for each in data["items"] if each["id"] != tombstone.item]
    raw = f"corpus/raw/{data['file']}"
    sums = (root / _SUMS).read_bytes().decode("utf-8").splitlines(keepends=True)
    if not others:
        # A comment in place of nothing: a file of checksums is never empty.
        left = [line for line in sums if not _is_of(line, data["file"])] or ["# no files\n"]
        yield raw, None
        yield _SUMS, "".join(left)
        yield record, None
        return
    if len(others) == len(data["items"]):
        return
    text = (root / raw).read_bytes().decode("utf-8")
    blanked = blank(text, tombstone.start, tombstone.end)
    digest = hashlib.sha256(blanked.encode("utf-8")).hexdigest()
    yield raw, blanked
    new = f"{digest}  {data['file']}\n"
    yield _SUMS, "".join(new if _is_of(line, data["file"]) else line for line in sums)
    yield record, json_text({**data, "sha256": digest, "items": others})


def _is_of(line: str, file: str) -> bool:
    """Tell whether a line of SHA256SUMS is of a file, as the corpus is read: with BOM, CR LF."""
    match = SUM_LINE.fullmatch(line.removeprefix("\ufeff").rstrip("\r\n"))
    return match is not None and match[2] == file


def blank(text: str, start: int, end: int) -> str:
    """Return a text with a stretch turned into spaces; line ends and all offsets stay."""
    words = "".join(char if char in "\r\n" else " " for char in text[start:end])
    return text[:start] + words + text[end:]


def _clusters(chosen: AnnotationSet) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for span in chosen.spans.values():
        if span.cluster is not None:
            found.setdefault(span.cluster, []).append(span)
    return found


def _lost(chosen: AnnotationSet, item_id: str) -> tuple[str, ...]:
    """Return the clusters that are left without a canonical member, or with one member."""
    lost = []
    for cluster, members in _clusters(chosen).items():
        left = [span for span in members if chosen.item_of[span.id] != item_id]
        if len(left) < 2 or all(span.copy_role != "canonical" for span in left):
            lost.append(cluster)
    return tuple(sorted(lost))


def _copies(corpus: Corpus, item_id: str) -> dict[str, float]:
    """Return the share of an item's characters that other items have too, by their ids."""
    if item_id not in corpus.items:
        return {}
    item = corpus.items[item_id][1]
    shared: dict[str, set[int]] = {}
    for chosen in corpus.sets.values():
        for members in _clusters(chosen).values():
            own = [span for span in members if chosen.item_of[span.id] == item_id]
            places = {place for span in own for place in range(span.start, span.end)}
            for span in members:
                other = chosen.item_of[span.id]
                if other != item_id and places and span.match in ("exact", "near"):
                    shared.setdefault(other, set()).update(places)
    length = item.end - item.start
    return {other: round(len(places) / length, 3) for other, places in sorted(shared.items())}


def _mentions(corpus: Corpus, tombstone: Withdrawn) -> Iterator[str]:
    """Yield the other files of the corpus's folder with words that only the item has."""
    if tombstone.item not in corpus.items:
        return
    own = tombstone.document
    words = corpus.texts[own][tombstone.start : tombstone.end]
    others = [text for name, text in corpus.texts.items() if name != own]
    others.append(blank(corpus.texts[own], tombstone.start, tombstone.end))
    runs = [words[at : at + _TELLING] for at in range(0, len(words) - _TELLING + 1, _TELLING // 2)]
    telling = [
        run
        for run in dict.fromkeys(runs)
        if len(run.split()) > 3 and not any(run in text for text in others)
    ]
    folders = [
        (corpus.root / name).rglob("*") for name in ("annotation", "corpus", "docs", "schema")
    ]
    for paths in (corpus.root.glob("*"), *folders):
        for path in sorted(p for p in paths if p.is_file()):
            name = path.relative_to(corpus.root).as_posix()
            if name.startswith(("annotation/sets/", "corpus/raw/")) or name == (
                f"corpus/documents/{own}.json"
            ):
                continue
            text = _written(path)
            if any(run in text for run in telling):
                yield name
    for manifest in sorted(corpus.root.glob("dist/*/manifest.json")):
        with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
            if tombstone.item in json.loads(manifest.read_bytes())["items"]:
                yield manifest.parent.relative_to(corpus.root).as_posix()


def _written(path: Path) -> str:
    """Return what a file says, unpacked if it is packed."""
    raw = path.read_bytes()
    if path.suffix == ".gz":
        with suppress(OSError, EOFError, zlib.error):  # no gzip file after all
            raw = gzip.decompress(raw)
    return raw.decode("utf-8", "replace").replace('\\"', '"')
