"""`newspan view` writes what there is to see, whole or not at all, and nothing over other files."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import newspan
from corpora import GOOD, copy_good
from killed import Forks
from newspan import view
from newspan.cli import main
from newspan.corpus import read_corpus
from newspan.release.no_text import no_text
from newspan.viewer.data.comparison import split
from newspan.viewer.view import page_of
from pages import Page, part_of
from publishing import files_of


def run(*arguments: str | Path) -> tuple[int, str, str]:
    """Run newspan and return its exit code, stdout and stderr."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def edit(path: Path, change: Callable[[Any], None]) -> None:
    """Change a JSON file."""
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


# --- what is written ----------------------------------------------------------------------------


def test_the_shipped_corpus_is_one_small_file(root: Path, tmp_path: Path) -> None:
    """All sets, all items, the comparison, shared passages and figures, in three megabytes."""
    viewed = view(root, out=tmp_path / "view.html")
    page = Page(viewed.path)

    assert viewed.items == len(page.head["items"]) == 12
    assert viewed.sets == tuple(each["id"] for each in page.head["sets"])
    assert viewed.compared == tuple(page.head["compared"]) == ("pass_a", "pass_b")
    assert viewed.bytes == viewed.path.stat().st_size <= 3_000_000
    items = {f"part-item-{each['id']}" for each in page.head["items"]}
    assert page.data.keys() == {
        "head", *items, "part-comparison", "part-reuse", "part-figures",
    }  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["view.html"]


def test_a_folder_has_the_same_parts_beside_the_page(root: Path, tmp_path: Path) -> None:
    """One file each, of its name; what search goes through is there besides."""
    inline = Page(view(root, out=tmp_path / "view.html").path)
    viewed = view(root, out=tmp_path / "site", folder=True)
    parts = dict(part_of(path) for path in viewed.path.glob("parts/*"))
    head = Page(viewed.page).head

    assert viewed.page == tmp_path / "site" / "index.html"
    assert sorted(path.name for path in viewed.path.glob("parts/*")) == sorted(
        f"{name}.js" for name in parts
    )
    expected = {name.removeprefix("part-"): part for name, part in inline.data.items()}
    del expected["head"]
    expected |= dict(split(expected.pop("comparison")))  # each item's own, for their number
    search = [parts.pop(name) for name in head["search"]]
    assert parts == expected
    assert [each["item"] for part in search for each in part] == head["items"]["id"]
    files = [path for path in viewed.path.rglob("*") if path.is_file()]
    assert viewed.bytes == sum(path.stat().st_size for path in files)


def test_the_same_corpus_gives_the_same_bytes(root: Path, tmp_path: Path) -> None:
    """In another process with other hashes of strings too; there is no time stamp."""
    page = view(root, out=tmp_path / "a.html").path
    code = f"import newspan; newspan.view({str(root)!r}, out={str(tmp_path / 'b.html')!r})"
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)

    assert page.read_bytes() == (tmp_path / "b.html").read_bytes()


def test_a_page_of_a_corpus_in_memory_is_the_same(tmp_path: Path) -> None:
    """For those who have a corpus and want no file."""
    corpus, _ = read_corpus(GOOD)
    assert corpus is not None

    assert page_of(corpus) == view(GOOD, out=tmp_path / "p.html").path.read_bytes().decode()


def test_one_set_is_shown_alone(root: Path, tmp_path: Path) -> None:
    """With the shared passages, and nothing of the others, whatever is wrong with them."""
    corpus = tmp_path / "corpus"
    for name in ("corpus", "annotation/sets", "schema"):
        shutil.copytree(root / name, corpus / name)
    (corpus / "annotation/sets/pass_b/set.json").write_text("{", encoding="utf-8")
    page = Page(view(corpus, ["pass_a"], out=tmp_path / "view.html").path)

    assert [each["id"] for each in page.head["sets"]] == ["pass_a", "reuse_v1", "parallels_v1"]
    assert page.head["primary"] == "pass_a"
    assert page.head["compared"] == []
    assert "part-comparison" not in page.data
    assert page.item("000-i1")["sets"].keys() == {"pass_a", "reuse_v1", "parallels_v1"}


def test_two_sets_are_compared(root: Path, tmp_path: Path) -> None:
    """These two, in this order."""
    viewed = view(root, ["adjudicated", "pass_b"], out=tmp_path / "view.html")
    page = Page(viewed.path)

    assert viewed.compared == ("adjudicated", "pass_b")
    assert page.data["part-comparison"]["sets"] == ["adjudicated", "pass_b"]


def test_a_corpus_without_sets_can_be_read_too(tmp_path: Path) -> None:
    """Texts with their provenance: nobody has annotated them yet."""
    corpus = copy_good(tmp_path)
    shutil.rmtree(corpus / "annotation/sets")
    viewed = view(corpus, out=tmp_path / "view.html")
    page = Page(viewed.path)

    assert (viewed.sets, viewed.compared, page.head["primary"]) == ((), (), None)
    assert page.item("d1-i1")["text"]


def test_texts_that_would_end_the_page_are_in_it_unaltered(hostile_corpus: Path) -> None:
    """Each payload parses to what the corpus says, and the page has the elements of any other."""
    corpus, _ = read_corpus(hostile_corpus)
    assert corpus is not None
    page = Page(view(hostile_corpus, out=hostile_corpus.parent / "own.html").path)

    for name, (document, item) in corpus.items.items():
        assert page.item(name)["text"] == corpus.texts[document.id][item.start : item.end]
        assert page.item(name)["title"]["value"] == item.title.value
    assert len(page.scripts) == len(page.styles) == 1
    assert not [tag for tag, _ in page.tags if tag in ("img", "svg", "iframe")]


# --- from a release -----------------------------------------------------------------------------


def test_a_release_gives_the_page_of_its_corpus(good_release: Path, tmp_path: Path) -> None:
    """But for its name, which the page tells."""
    ours = view(release=good_release, out=tmp_path / "release.html").path
    theirs = view(GOOD, out=tmp_path / "corpus.html").path
    told = ours.read_text(encoding="utf-8")

    assert Page(ours).head["release"] == good_release.name
    assert Page(theirs).head["release"] is None
    named = f'"release":"{good_release.name}"'
    assert told.replace(named, '"release":null') == theirs.read_text(encoding="utf-8")


def test_a_release_without_texts_is_refused(good_release: Path, tmp_path: Path) -> None:
    """There is nothing to read in it; the message says what would help."""
    corpus, _ = read_corpus(GOOD)
    assert corpus is not None
    bare = no_text(good_release, tmp_path / "bare", corpus).path

    code, out, err = run("view", "--release", bare, "--out", tmp_path / "view.html")

    assert (code, out) == (2, "")
    assert f"newspan hydrate {bare}" in err
    assert not (tmp_path / "view.html").exists()


@pytest.mark.parametrize("name", ["documents/*.parquet", "corpus/outlets.json"])
def test_a_damaged_release_is_refused(name: str, good_release: Path, tmp_path: Path) -> None:
    """With what is damaged; nothing is written."""
    release = tmp_path / good_release.name
    shutil.copytree(good_release, release)
    (path,) = release.glob(name)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)

    code, out, err = run("view", "--release", release, "--out", tmp_path / "view.html")

    assert (code, out) == (1, "")
    assert "release-changed" in err
    assert path.name in err
    assert "nothing was written" in err
    assert not (tmp_path / "view.html").exists()


def test_what_is_no_release_is_refused(tmp_path: Path) -> None:
    """A folder without a manifest, and one that is not there."""
    for folder in (GOOD, tmp_path / "nowhere"):
        code, _, err = run("view", "--release", folder, "--out", tmp_path / "view.html")
        assert code == 1
        assert "not-a-release" in err


# --- refusals -----------------------------------------------------------------------------------


def test_a_corpus_with_errors_is_refused(tmp_path: Path) -> None:
    """Its problems are told, and a page that is there already stays."""
    corpus, out = copy_good(tmp_path), tmp_path / "view.html"
    view(corpus, out=out)
    before = out.read_bytes()
    edit(corpus / "corpus/documents/d1.json", lambda document: document["items"][0].pop("title"))

    code, printed, err = run("view", "--corpus", corpus, "--out", out)

    assert (code, printed) == (1, "")
    assert "corpus/documents/d1.json" in err
    assert "nothing was written" in err
    assert out.read_bytes() == before
    with pytest.raises(newspan.ViewError) as raised:
        view(corpus, out=out)
    assert raised.value.problems


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nobody", "--corpus", GOOD], "it has consensus, reuse_v1"),
        (["consensus", "consensus", "--corpus", GOOD], "given twice"),
        (["--corpus", GOOD, "--release", GOOD], "either --corpus or --release"),
    ],
)
def test_wrong_use_is_told(arguments: list[str | Path], told: str, tmp_path: Path) -> None:
    """With exit code 2, and nothing is written."""
    code, out, err = run("view", *arguments, "--out", tmp_path / "view.html")

    assert (code, out) == (2, "")
    assert told in err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_no_viewer_wrote_is_left_alone(tmp_path: Path) -> None:
    """As is a folder of that name, and a link that leads nowhere."""
    (tmp_path / "notes.html").write_text("<!doctype html><p>mine", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")

    for name in ("notes.html", "folder", "link"):
        with pytest.raises(ValueError, match="no page of newspan view"):
            view(GOOD, out=tmp_path / name)
    assert (tmp_path / "notes.html").read_text(encoding="utf-8") == "<!doctype html><p>mine"


@pytest.mark.parametrize("folder", [False, True])
def test_what_came_there_in_the_meantime_is_left_alone(folder: bool, tmp_path: Path) -> None:
    """A large corpus takes its time; what somebody puts in the place until then stays."""
    target = tmp_path / "made"
    own = target / "mine.txt" if folder else target

    def put(*step: object) -> None:
        target.mkdir(exist_ok=True) if folder else None
        own.write_text("mine", encoding="utf-8")

    with pytest.raises(ValueError, match="is there"):
        view(GOOD, out=target, folder=folder, progress=put)
    assert own.read_text(encoding="utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_a_folder_is_replaced_only_if_it_is_a_viewers_alone(tmp_path: Path) -> None:
    """An empty one too; one with a file of somebody's own stays, as does a corpus."""
    site = tmp_path / "site"
    site.mkdir()
    view(GOOD, out=site, folder=True)
    shutil.copy(site / "parts/item-d1-i1.js", site / "parts/item-gone-i1.js")
    view(GOOD, out=site, folder=True)
    assert not (site / "parts/item-gone-i1.js").exists()

    own = copy_good(tmp_path)
    for name in ("notes.txt", "parts/notes.txt", "parts/notes.js", "parts/deep/item.js"):
        path = site / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine", encoding="utf-8")
        before = files_of(site)
        with pytest.raises(ValueError, match="not what newspan view wrote"):
            view(GOOD, out=site, folder=True)
        assert files_of(site) == before
        path.unlink()
    for folder in (own, site / "index.html"):
        with pytest.raises(ValueError, match="not what newspan view wrote"):
            view(GOOD, out=folder, folder=True)


# --- the command line ---------------------------------------------------------------------------


def test_the_verb_prints_where_the_page_is(tmp_path: Path) -> None:
    """The path on stdout, for programs; what to do with it on stderr."""
    out = tmp_path / "view.html"

    code, printed, err = run("view", "--corpus", GOOD, "--out", out)

    assert (code, printed) == (0, f"{out}\n")
    assert f"open {out} in a browser" in err
    assert "no network" in err


def test_the_verb_writes_beside_where_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`view.html`, or with --folder `view`."""
    monkeypatch.chdir(tmp_path)

    assert run("view", "--corpus", GOOD)[1] == "view.html\n"
    assert run("view", "--corpus", GOOD, "--folder")[1] == "view\n"
    assert Page(tmp_path / "view/index.html").head["parts"] == "beside"
    assert Page(tmp_path / "view.html").head["parts"] == "inline"


def test_progress_is_told_item_by_item(tmp_path: Path) -> None:
    """Up to the last one."""
    told: list[tuple[str, int, int | None]] = []
    view(GOOD, out=tmp_path / "v.html", progress=lambda *step: told.append(step))

    assert [step[1:] for step in told if step[0] == "writing items"] == [(1, 3), (2, 3), (3, 3)]


# --- killed at any moment -----------------------------------------------------------------------

VIEW = """
import tempfile
from pathlib import Path
from newspan.viewer.view import view

def run(out, kind, moment="0"):
    left = int(moment)
    def hook(event, arguments):
        nonlocal left
        if left and event.split(".")[0] in ("open", "os", "shutil") and arguments:
            path = arguments[0]
            if isinstance(path, (str, Path)) and str(path).startswith(str(Path(out).parent)):
                left -= 1
                if not left:
                    os.kill(os.getpid(), 9)
    sys.addaudithook(hook)
    view("{corpus}", out=out, folder=kind == "folder")

with tempfile.TemporaryDirectory() as place:
    import_like(run, place + "/view.html", "file")
""".replace("{corpus}", str(GOOD))


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_killed_at_any_step_it_leaves_a_whole_page_or_the_old_one(
    kind: str, tmp_path: Path
) -> None:
    """Before each file that it opens, writes, moves or removes: of a folder perhaps none is left.

    What a killed one left behind is in nobody's way.
    """
    other = copy_good(tmp_path)
    edit(other / "corpus/corpus.json", lambda info: info.update(title="The old harbour"))
    old = _contents(view(other, out=tmp_path / "old", folder=kind == "folder").path)
    new = _contents(view(GOOD, out=tmp_path / "new", folder=kind == "folder").path)
    out = tmp_path / "out" / "view"
    found = {"old": 0, "new": 0, "none": 0}
    with Forks(VIEW, tmp_path / "log", dict(os.environ)) as forks:
        for moment in itertools.count(1):
            if not out.exists() or _contents(out) == new:
                shutil.rmtree(out.parent, ignore_errors=True)
                _copy(tmp_path / "old", out)
            forks.start(out, kind, moment)
            ended = forks.wait()
            if ended == 0:
                assert _contents(out) == new
                break
            assert ended == -signal.SIGKILL, forks.log.read_text()
            content = _contents(out) if out.exists() else None
            assert content in (old, new) if kind == "file" else content in (old, new, None)
            found["none" if content is None else "old" if content == old else "new"] += 1
    print(found)
    assert found["old"] > (2 if kind == "file" else 8)
    assert found["none"] <= (0 if kind == "file" else 2)


def _contents(path: Path) -> Any:
    return files_of(path) if path.is_dir() else path.read_bytes()


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir()
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)
