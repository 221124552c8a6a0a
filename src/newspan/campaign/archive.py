"""Answers and packets, kept byte for byte in a campaign's folder."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from newspan.campaign.packets import Index
from newspan.problems import Place, Problem
from newspan.whole import whole_directory

#: What answers are saved as; a folder's other files are told, not read.
SUFFIXES = frozenset({".json", ".txt", ".md"})
_NUMBERED = re.compile(r"(\d{4,})-.+")


class Kept(msgspec.Struct, frozen=True):
    """An archived answer: its file's name, which begins with a running number, and its bytes."""

    name: str
    raw: bytes

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of its bytes."""
        return hashlib.sha256(self.raw).hexdigest()


def keep_packets(packets_dir: Path, index: Index, folder: Path) -> None:
    """Copy the packets into a campaign's folder; one that has others already is refused."""
    raw = (packets_dir / "packets.json").read_bytes()
    if folder.is_dir():
        if (folder / "packets.json").read_bytes() != raw:
            message = f"{folder.parent.name} is a campaign with other packets; choose another set"
            raise ValueError(message)
        return
    with whole_directory(folder) as new:
        (new / "packets.json").write_bytes(raw)
        for packet in index.packets:
            if (packets_dir / packet.file).is_file():
                (new / packet.file).write_bytes((packets_dir / packet.file).read_bytes())


def offered(
    paths: Sequence[Path], index: Index, problems: list[Problem]
) -> Iterator[tuple[str, bytes]]:
    """Yield the name and bytes of each answer among files and folders, in the order of names.

    A folder's files that are no answers become problems; packets and names with a leading dot are
    passed over.
    """
    packets = {packet.sha256 for packet in index.packets}
    for path in paths:
        if not path.is_dir():
            yield path.name, path.read_bytes()
            continue
        for each in sorted(path.iterdir()):
            if each.name.startswith(".") or each.name == "packets.json":
                continue
            if not each.is_file() or each.suffix.lower() not in SUFFIXES:
                message = f"answers are files that end with {', '.join(sorted(SUFFIXES))}"
                problems.append(Problem("unexpected-file", Place(str(each)), message))
                continue
            raw = each.read_bytes()
            if hashlib.sha256(raw).hexdigest() not in packets:
                yield each.name, raw


def keep_answers(given: Sequence[tuple[str, bytes]], folder: Path) -> list[Kept]:
    """Archive answers that are not there yet, and return all that are, in the order they came.

    What is archived is never written again. A new answer gets the next number before its name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = archived(folder)
    known = {each.sha256 for each in kept}
    last = max((_number(each.name) for each in kept), default=0)
    for name, raw in given:
        digest = hashlib.sha256(raw).hexdigest()
        if digest in known:
            continue
        known.add(digest)
        last += 1
        plain = re.sub(r"[^A-Za-z0-9._-]+", "_", name)[-60:]
        new = Kept(f"{last:04}-{plain}", raw)
        part = folder / f".{new.name}.unfinished"
        part.write_bytes(raw)
        part.rename(folder / new.name)
        kept.append(new)
    return kept


def archived(folder: Path) -> list[Kept]:
    """Return the answers of an archive in the order they came."""
    if not folder.is_dir():
        return []
    found = (path for path in folder.iterdir() if _NUMBERED.fullmatch(path.name))
    ordered = sorted(found, key=lambda path: (_number(path.name), path.name))
    return [Kept(path.name, path.read_bytes()) for path in ordered if path.is_file()]


def read_run(path: Path) -> dict[str, Any]:
    """Return what run.json says of the run before; nothing where there was none.

    Raises:
        ValueError: when it is not what was written.
    """
    try:
        run = json.loads(path.read_bytes())
        if not isinstance(run["producer"]["name"], str) or not isinstance(run["date"], str):
            raise TypeError
        _answers_of(run)
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError, LookupError, TypeError):
        raise ValueError(f"{path} is not as it was written; restore it") from None
    return dict(run)


def require_unaltered(run: Mapping[str, Any], folder: Path) -> None:
    """Refuse an archive in which an answer of the run before is another one now, or is gone.

    Raises:
        ValueError: when that is so.
    """
    now = {each.name: each.sha256 for each in archived(folder)}
    for name, sha256 in _answers_of(run).items():
        if now.get(name) != sha256:
            what = "not as it was archived" if name in now else "gone"
            raise ValueError(f"{folder / name} is {what}; restore it, or choose another set")


def _answers_of(run: Mapping[str, Any]) -> dict[str, str]:
    if not run:
        return {}
    lists = [packet["answers"] for packet in run["packets"]]
    return {
        each["file"]: each["sha256"]
        for own in [*lists, run["answers_to_no_packet"]]
        for each in own
    }


def _number(name: str) -> int:
    match = _NUMBERED.fullmatch(name)
    return int(match[1]) if match else 0
