"""An item can be taken out for good, and says so."""

from __future__ import annotations

import datetime
import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpora import copy_good
from newspan import build, check, withdraw
from newspan.cli import main
from newspan.corpus import read_corpus
from newspan.upkeep import withdraw as module
from newspan.upkeep.withdraw import WithdrawalError, blank

DAY = datetime.date(2026, 3, 1)


def snapshot(root: Path) -> dict[str, bytes]:
    """Return every file's bytes by its path."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def errors(root: Path) -> list[str]:
    """Return the ids of a corpus's errors."""
    return [problem.id for problem in check(root) if problem.severity == "error"]


def test_an_item_goes_and_the_rest_stays_where_it_was(tmp_path: Path) -> None:
    """Other items keep their words and offsets; the item's words are nowhere in the corpus."""
    root = copy_good(tmp_path)
    before, _ = read_corpus(root)
    assert before is not None
    item = before.items["d1-i1"][1]
    words = before.texts["d1"][item.start : item.end]

    withdraw("d1-i1", "asked by its author", root, today=DAY)

    after, _ = read_corpus(root)
    assert after is not None
    assert errors(root) == []
    assert "d1-i1" not in after.items
    assert after.texts["d1"][item.end :] == before.texts["d1"][item.end :]
    assert len(after.texts["d1"]) == len(before.texts["d1"])
    longest = max(words.split("\n"), key=len)
    assert not [name for name, raw in snapshot(root).items() if longest.encode() in raw]


def test_a_document_without_another_item_goes_whole(tmp_path: Path) -> None:
    """Neither its record nor its raw file nor its checksum stays."""
    root = copy_good(tmp_path)
    before, _ = read_corpus(root)
    assert before is not None
    ((name, document),) = [
        (item.id, d) for d in before.documents if len(d.items) == 1 for item in d.items[:1]
    ][:1]

    withdraw(name, "asked by its publisher", root, today=DAY)

    assert errors(root) == []
    assert not (root / "corpus/raw" / document.file).exists()
    assert not (root / f"corpus/documents/{document.id}.json").exists()
    assert document.file not in (root / "corpus/raw/SHA256SUMS").read_text(encoding="utf-8")


def test_the_tombstone_tells_what_when_and_why(tmp_path: Path) -> None:
    """All ids of the item's records stand in it, set by set."""
    root = copy_good(tmp_path)
    before, _ = read_corpus(root)
    assert before is not None

    done = withdraw("d1-i1", "asked by its author", root, today=DAY)

    (told,) = json.loads((root / "corpus/withdrawn.json").read_bytes())["withdrawn"]
    assert (told["item"], told["document"], told["date"], told["reason"]) == (
        "d1-i1",
        "d1",
        "2026-03-01",
        "asked by its author",
    )
    for name, chosen in before.sets.items():
        own = {p.record.id for p in chosen.records if p.item_id == "d1-i1"}
        assert own <= set(told["ids"].get(name, ()))
    assert json.loads(json.dumps(done.tombstone.to_json())) == told


def test_a_withdrawn_id_is_never_used_again(tmp_path: Path) -> None:
    """Whoever puts the item, its records or its words back is told."""
    root = copy_good(tmp_path)
    (tmp_path / "old").mkdir()
    old = copy_good(tmp_path / "old")
    withdraw("d1-i1", "asked by its author", root, today=DAY)
    for name in ("corpus/documents/d1.json", "corpus/raw/d1.txt", "corpus/raw/SHA256SUMS"):
        shutil.copyfile(old / name, root / name)
    for path in (old / "annotation/sets").rglob("d1-i1.jsonl"):
        shutil.copyfile(path, root / path.relative_to(old))

    found = [problem for problem in check(root) if problem.id == "withdrawn-id"]

    assert {problem.place.file.split("/")[0] for problem in found} == {"corpus", "annotation"}
    assert len(found) > 10


def test_what_would_be_done_can_be_seen_before(tmp_path: Path) -> None:
    """A dry run tells the same and changes nothing."""
    root = copy_good(tmp_path)
    before = snapshot(root)

    planned = withdraw("d1-i1", "asked by its author", root, today=DAY, dry_run=True)

    assert snapshot(root) == before
    assert withdraw("d1-i1", "asked by its author", root, today=DAY) == planned


@pytest.mark.parametrize("item", ["d1-i1", "d1-i2", "d2-i1"])
def test_a_withdrawal_that_was_killed_is_finished_by_the_next(
    item: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before any of its writes, it ends like one that was not; until then check tells."""
    whole = copy_good(tmp_path / "whole")
    done = withdraw(item, "asked by its author", whole, today=DAY)
    total = len(done.edited) + len(done.deleted)
    assert total > 3
    write, unlink = module.write_whole, Path.unlink
    for stop in range(1, total):
        root = copy_good(tmp_path / str(stop))
        left = [stop]

        def count(left: list[int] = left) -> None:
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1

        def writing(path: Path, text: str, count=count) -> None:  # type: ignore[no-untyped-def]
            count()
            write(path, text)

        def deleting(self: Path, missing_ok: bool = False, count=count) -> None:  # type: ignore[no-untyped-def]
            if self.suffix in (".jsonl", ".txt", ".json"):
                count()
            unlink(self, missing_ok=missing_ok)

        with monkeypatch.context() as patched:
            patched.setattr(module, "write_whole", writing)
            patched.setattr(Path, "unlink", deleting)
            with pytest.raises(KeyboardInterrupt):
                withdraw(item, "asked by its author", root, today=DAY)
        assert errors(root)

        withdraw(item, "said otherwise", root)

        assert snapshot(root) == snapshot(whole), stop


def test_what_a_cluster_lost_is_told(tmp_path: Path) -> None:
    """A cluster whose canonical member went is dropped, and so is one of which one is left."""
    root = copy_good(tmp_path)

    done = withdraw("d1-i1", "asked by its author", root, today=DAY)

    assert list(done.dropped) == ["reuse_v1"]
    assert done.copies == {"d1-i2": pytest.approx(done.copies["d1-i2"])}
    assert 0 < done.copies["d1-i2"] < 1


def test_other_files_with_its_words_are_named(tmp_path: Path) -> None:
    """Packets and answers of campaigns are left for people to look at, but told."""
    root = copy_good(tmp_path)
    corpus, _ = read_corpus(root)
    assert corpus is not None
    item = corpus.items["d1-i1"][1]
    packet = root / "annotation/campaigns/pass_a/packets/p1.md"
    packet.parent.mkdir(parents=True)
    packet.write_text("# Packet\n" + corpus.texts["d1"][item.start : item.end], encoding="utf-8")

    done = withdraw("d1-i1", "asked by its author", root, today=DAY)

    assert done.mentions == ("annotation/campaigns/pass_a/packets/p1.md",)
    assert done.shipped == ()


def test_files_with_its_words_that_go_into_releases_stand_apart(tmp_path: Path) -> None:
    """The next release would have its words in them."""
    root = copy_good(tmp_path)
    corpus, _ = read_corpus(root)
    assert corpus is not None
    item = corpus.items["d1-i1"][1]
    with (root / "annotation/guidelines.md").open("a", encoding="utf-8") as file:
        file.write(corpus.texts["d1"][item.start : item.end])

    done = withdraw("d1-i1", "asked by its author", root, today=DAY)

    assert done.shipped == ("annotation/guidelines.md",)


def test_packed_files_and_files_beside_the_corpus_are_named_too(tmp_path: Path) -> None:
    """A packed snapshot, a file in the corpus's root and an older release hold its words."""
    root = copy_good(tmp_path)
    release = build(root)
    corpus, _ = read_corpus(root)
    assert corpus is not None
    item = corpus.items["d1-i1"][1]
    words = corpus.texts["d1"][item.start : item.end].encode()
    folder = root / "annotation/campaigns/pass_a"
    folder.mkdir(parents=True)
    (folder / "snapshot.json.gz").write_bytes(gzip.compress(words))
    (folder / "broken.json.gz").write_bytes(b"\x1f\x8bno")
    (root / "NOTES.md").write_bytes(words)

    done = withdraw("d1-i1", "asked by its author", root, today=DAY, dry_run=True)

    assert done.mentions == (
        "NOTES.md",
        "annotation/campaigns/pass_a/snapshot.json.gz",
        f"dist/{release.path.name}",
    )


@pytest.mark.parametrize(
    "written", [lambda raw: raw.replace(b"\n", b"\r\n"), lambda raw: b"\xef\xbb\xbf" + raw]
)
@pytest.mark.parametrize("item", ["d1-i1", "d2-i1"])
def test_checksums_are_found_however_their_file_was_written(
    item: str, written: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    """With CR LF or a byte order mark, the line of the raw file is the one that changes."""
    root = copy_good(tmp_path)
    sums = root / "corpus/raw/SHA256SUMS"
    sums.write_bytes(written(sums.read_bytes()))
    assert errors(root) == []

    withdraw(item, "asked by its author", root, today=DAY)

    assert errors(root) == []


def test_a_set_that_looked_at_nothing_else_goes_whole(tmp_path: Path) -> None:
    """Its folder is not left as an error; with the last item, all sets go."""
    root = copy_good(tmp_path)
    sets = root / "annotation/sets"
    head = json.loads((sets / "consensus/set.json").read_bytes())
    coverage = [each for each in head["coverage"] if each["item"] == "d2-i1"]
    (sets / "pilot").mkdir()
    (sets / "pilot/README.md").write_text("A first try.\n", encoding="utf-8")
    (sets / "pilot/set.json").write_text(json.dumps({**head, "id": "pilot", "coverage": coverage}))
    shutil.copy(sets / "consensus/d2-i1.jsonl", sets / "pilot/d2-i1.jsonl")
    assert errors(root) == []

    done = withdraw("d2-i1", "asked by its author", root, today=DAY)

    assert "annotation/sets/pilot/set.json" in done.deleted
    assert not (sets / "pilot").exists()
    assert errors(root) == []
    for item in ("d1-i1", "d1-i2"):
        withdraw(item, "asked by its author", root, today=DAY)
        assert errors(root) == []
    assert list(sets.iterdir()) == []
    assert build(root).manifest["items"] == []


def test_the_next_release_says_so(tmp_path: Path) -> None:
    """Manifest and release carry the tombstone."""
    root = copy_good(tmp_path)
    withdraw("d1-i1", "asked by its author", root, today=DAY)

    release = build(root)

    told = {"item": "d1-i1", "date": "2026-03-01", "reason": "asked by its author"}
    assert release.manifest["withdrawn"] == [told]
    assert (release.path / "corpus/withdrawn.json").is_file()
    card = (release.path / "README.md").read_text(encoding="utf-8")
    assert "| d1-i1 | 2026-03-01 | asked by its author |" in card


def test_wrong_use_changes_nothing(tmp_path: Path) -> None:
    """An unknown item, an empty reason and a corpus with errors are refused."""
    root = copy_good(tmp_path)
    before = snapshot(root)
    with pytest.raises(ValueError, match="no item 'd9-i1'"):
        withdraw("d9-i1", "why", root)
    with pytest.raises(ValueError, match="say why"):
        withdraw("d1-i1", " ", root)
    assert snapshot(root) == before
    (root / "corpus/targets.json").unlink()
    with pytest.raises(WithdrawalError):
        withdraw("d1-i1", "why", root)


def test_blanking_keeps_line_ends_and_length() -> None:
    """CR LF, emoji and right-to-left text become as many characters."""
    text = "ab👩‍🚒\r\nسلام\u00a0cd"

    assert blank(text, 1, len(text) - 1) == "a    \r\n      d"[: len(text) - 1] + "d"
    assert len(blank(text, 1, len(text) - 1)) == len(text)


def test_another_reason_for_what_is_withdrawn_is_not_taken_without_a_word(tmp_path: Path) -> None:
    """The tombstone's reason stays, and stderr says so."""
    root = copy_good(tmp_path)
    withdraw("d1-i1", "asked by its author", root, today=DAY)

    result = CliRunner().invoke(
        main, ["withdraw", "d1-i1", "--reason", "another one", "--corpus", str(root)]
    )

    assert result.exit_code == 0
    assert "2026-03-01 already: asked by its author; this reason stays" in result.stderr
    assert "another one" not in (root / "corpus/withdrawn.json").read_text(encoding="utf-8")


def test_the_verb_tells_what_it_did(tmp_path: Path) -> None:
    """What is written, deleted and left is on stdout."""
    root = copy_good(tmp_path)

    result = CliRunner().invoke(
        main, ["withdraw", "d1-i1", "--reason", "asked by its author", "--corpus", str(root)]
    )

    assert result.exit_code == 0
    assert "written: corpus/withdrawn.json" in result.stdout
    assert "deleted: annotation/sets/consensus/d1-i1.jsonl" in result.stdout
