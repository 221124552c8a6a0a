"""What the pages tell people to type is typed here, or by another test, or there is a reason.

A page's blocks run in order, in one folder with a copy of the shipped corpus and its release in
`dist`. A new block needs nothing said of it here, as long as it runs there.
"""

from __future__ import annotations

import ast
import io
import re
import shutil
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from newspan.release.signature import sign
from snippets import Block, blocks, commands, run, shows

PAGES = ["README.md", "CONTRIBUTING.md", "DATASHEET.md"]
PAGES += sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/**/*.md"))
PAGES += ["corpus/README.md", "schema/README.md", "annotation/README.md"]
#: What is run; blocks of other languages are files or output.
TYPED = ("python", "sh", "console", "bash", "shell", "py", "pycon")

#: Pages of which a test runs every block of a language.
PAGE_TESTS = {
    ("docs/annotate.md", "console"): "tests/campaign/test_page.py::test_the_five_steps",
    ("docs/campaigns.md", "console"): (
        "tests/campaign/test_campaigns_page.py::test_the_commands_print_what_the_page_says"
    ),
    ("docs/examples/README.md", "sh"): (
        "tests/test_examples.py::test_the_index_has_every_script_and_runs_it"
    ),
    ("docs/publishing.md", "console"): "tests/release/test_publish_docs.py::test_the_page_is_true",
    ("docs/publishing.md", "sh"): "tests/release/test_publish_docs.py::test_the_page_is_true",
    ("docs/publishing.md", "python"): (
        "tests/release/test_publish_docs.py::test_the_snippets_call_what_there_is"
    ),
    ("docs/quality.md", "console"): (
        "tests/quality/test_report.py::test_the_page_shows_what_the_verb_prints"
    ),
}
#: Blocks that another test runs, by their first line: they need a server, or are cut short.
BLOCK_TESTS = {
    ("docs/adjudication.md", "newspan adjudicate pass_a pass_b --into merged"): (
        "tests/test_snippets.py::test_adjudication_in_three_lines"
    ),
    ("docs/adjudication.md", "newspan adjudicate push pass_a pass_b --into merged --by ada"): (
        "tests/live/test_adjudication.py::test_conflicts_are_decided"
    ),
    ("docs/adjudication.md", "newspan adjudicate push consensus --into gold --by ada"): (
        "tests/live/test_adjudication.py::test_a_set_is_reviewed"
    ),
    ("docs/campaigns.md", "newspan predict models/loaded_language-crf --campaign pier"): (
        "tests/live/test_predictions.py::test_the_least_certain_come_first_and_come_back"
    ),
    ("docs/campaigns.md", "newspan agree quay-ben quay-cleo"): (
        "tests/live/test_campaign.py::test_from_campaign_toml_to_a_release"
    ),
}
#: Blocks that no test can run, and why.
NOT_HERE = {
    ("README.md", "python3 -m venv --without-pip .venv"): (
        "needs the network; .ci/run takes both set-up commands from the page and runs them"
    ),
    ("CONTRIBUTING.md", ".venv/bin/python scripts/regenerate.py"): (
        "the project's own checks, the tests among them; .ci/run runs them"
    ),
    ("docs/campaigns.md", "export LABEL_STUDIO_URL=http://127.0.0.1:8080"): (
        "sets two variables of the reader's own; the live tests set them"
    ),
    ("docs/label-studio-server.md", "export LABEL_STUDIO_URL=http://127.0.0.1:8080"): (
        "sets two variables of the reader's own; the live tests set them"
    ),
    ("docs/training.md", "python3 -m venv --without-pip .venv-transformers"): (
        "needs the network; .ci/run makes such an environment and trains MiniLM in it"
    ),
    ("docs/label-studio-server.md", "$ python3 scripts/label_studio.py"): (
        "needs the network and does not end; tests/live/test_server_start.py starts a server"
    ),
    ("docs/label-studio-server.md", "$ python3 scripts/label_studio.py --user ada"): (
        "needs a server that runs; tests/live/test_server_start.py makes accounts"
    ),
    ("docs/label-studio-server.md", ".label-studio/env/bin/label-studio reset_password"): (
        "a command of Label Studio's own"
    ),
    (
        "docs/label-studio-server.md",
        "sudo -u postgres createuser",
    ): "needs PostgreSQL and its owner",
    ("docs/label-studio-server.md", "export DJANGO_DB=default"): "needs PostgreSQL",
    ("docs/label-studio-server.md", "python3 scripts/label_studio.py --port 8081"): (
        "needs the network and does not end"
    ),
    ("docs/releases.md", "newspan build --reproduce"): (
        "needs the project's history and the network; tests/release/test_reproduce.py has both made"
    ),
    ("docs/view.md", "python3 -m http.server"): "does not end",
    ("docs/reuse.md", "pip install ."): "needs the network and, in part, the system's owner",
    ("docs/reuse.md", "newspan duplicates news.jsonl --out found --engine spark"): (
        "needs a Spark cluster; tests/test_engine_spark.py runs Spark on this machine"
    ),
}


def write_news(folder: Path, page: list[Block]) -> None:
    """Write the notices that docs/reuse.md shows as a file; take away the sets that it makes."""
    for name in ("reuse_v1", "parallels_v1"):
        shutil.rmtree(folder / "annotation/sets" / name)
    text = next(block.text for block in page if block.language == "json")
    (folder / "news.jsonl").write_text(text, encoding="utf-8")


def sign_the_release(folder: Path, page: list[Block]) -> None:
    """Make the key, the list of signers and the recorded manifest of docs/verification.md."""
    release = next(folder.glob("dist/newspan-*"))
    for shown in re.findall(r"corpus/releases/[\d.]+\.json", "".join(b.text for b in page)):
        shutil.copy(release / "manifest.json", folder / shown)
    signer = "releases@harbour.example"
    made = run(f"ssh-keygen -q -t ed25519 -N '' -C {signer} -f KEY", folder)
    assert made.code == 0, made
    public = (folder / "KEY.pub").read_text(encoding="utf-8")
    (folder / "SIGNERS").write_text(f'{signer} namespaces="newspan" {public}', encoding="utf-8")
    sign(release, folder / "KEY")


def write_texts(folder: Path, page: list[Block]) -> None:
    """Write the articles and the annotated ones that a page adds to a corpus."""
    articles, annotated = folder / "articles", folder / "ptc/train-articles"
    for place in (articles, annotated):
        place.mkdir(parents=True)
    text = "Ferries late again\n\nThe council met on Tuesday, the mayor said.\n"
    (articles / "late.txt").write_text(text, encoding="utf-8")
    (annotated / "article7.txt").write_text("The reckless mayor lied.\n", encoding="utf-8")
    labels = annotated / "article7.task-flc-tc.labels"
    labels.write_text("7\tLoaded_Language\t4\t12\n", encoding="utf-8")


def write_articles(folder: Path, page: list[Block]) -> None:
    """Write the articles that docs/own-corpus.md adds, with the sidecar that it shows."""
    write_texts(folder, page)
    said = next(block.text for block in page if block.language == "json")
    (folder / "articles/late.json").write_text(said, encoding="utf-8")


def write_labels(folder: Path, page: list[Block]) -> None:
    """Write the files of labels that docs/scoring.md scores: one for all, and beside articles."""
    gold = "7\tLoaded_Language\t4\t12\n7\tDoubt\t19\t23\n"
    guess = "7\tLoaded_Language\t4\t18\n7\tDoubt\t19\t23\n"
    articles, predicted = folder / "ptc/dev-articles", folder / "predictions"
    for place in (articles, predicted):
        place.mkdir(parents=True)
    (articles / "article7.txt").write_text("The reckless mayor lied.\n", encoding="utf-8")
    for path, rows in (
        (folder / "gold.task-flc-tc.labels", gold),
        (folder / "predictions.tsv", guess),
        (articles / "article7.task-flc-tc.labels", gold),
        (predicted / "article7.task-flc-tc.labels", guess),
    ):
        path.write_text(rows, encoding="utf-8")


#: What a page's reader has done by hand before, by page.
BEFORE: dict[str, Callable[[Path, list[Block]], None]] = {
    "README.md": write_texts,
    "docs/own-corpus.md": write_articles,
    "docs/reuse.md": write_news,
    "docs/scoring.md": write_labels,
    "docs/verification.md": sign_the_release,
}


def page_blocks(page: str) -> list[Block]:
    """Return the blocks of a page of the project."""
    return blocks(ROOT / page, page)


def excused(block: Block) -> str:
    """Return the test that runs a block instead, or why none can; empty if it runs here."""
    found = PAGE_TESTS.get((block.page, block.language), "")
    for entries in (BLOCK_TESTS, NOT_HERE):
        for (page, start), why in entries.items():
            if page == block.page and block.first.startswith(start):
                found = found or why
    return found


@pytest.fixture
def folder(tmp_path: Path, shipped_release: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder: a copy of the shipped corpus, with its release in `dist`."""
    place = tmp_path / "newspan"
    for name in ("corpus", "annotation", "schema", "tests/good"):
        shutil.copytree(ROOT / name, place / name)
    for path in [*ROOT.glob("*.md"), *ROOT.glob("*.cff")]:
        shutil.copy(path, place)
    shutil.copytree(shipped_release, place / "dist" / shipped_release.name)
    (place / ".venv").symlink_to(sys.prefix)  # as the set-up command leaves it
    monkeypatch.chdir(place)
    return place


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_tells_to_type_runs(page: str, folder: Path) -> None:
    """Python runs, commands end as the page says, and print what it shows."""
    found = page_blocks(page)
    BEFORE.get(page, lambda place, page: None)(folder, found)
    names: dict[str, Any] = {}
    for number, block in enumerate(found):
        if block.language not in TYPED or excused(block):
            continue
        if block.language == "python":
            printed = run_python(block, names, folder)
            after = found[number + 1] if number + 1 < len(found) else None
            if after and after.language == "text" and not block.before_next.strip():
                assert shows(after.text, printed), f"{block} prints:\n{printed}"
        else:
            run_commands(block, folder)


def at_this_version(text: str, folder: Path) -> str:
    """Return a text with the release that is there, where a page names another version of it."""

    def there(match: re.Match[str]) -> str:
        if (folder / match[0]).exists():
            return match[0]
        found = sorted((folder / match[1]).glob("newspan-*"))
        return f"{match[1]}{found[0].name if found else match[2]}"

    return re.sub(r"((?:[\w.-]+/)+)(newspan-\d+\.\d+\.\d+)\b", there, text)


def run_python(block: Block, names: dict[str, Any], folder: Path) -> str:
    """Run a block of Python and return what it prints."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(at_this_version(block.text, folder), str(block), "exec"), names)
    return printed.getvalue()


def run_commands(block: Block, folder: Path) -> None:
    """Run a block's commands one after the other."""
    assert block.language in ("sh", "console"), f"{block}: fence commands as sh or console"
    found = list(commands(block))
    assert found, f"{block} has no command; fence output as text"
    for command, code, shown in found:
        ended = run(at_this_version(command, folder), folder)
        assert ended.code == code, f"{block}: {command} {ended}"
        shown = at_this_version(shown or "", folder)
        assert not shown or ended.shows(shown), f"{block}: {command} {ended}"


def test_adjudication_in_three_lines(folder: Path) -> None:
    """Conflicts are listed, decided in the file, and give a set: the page's first block."""
    block = next(b for b in page_blocks("docs/adjudication.md") if b.language == "sh")
    (first, _, _), (second, _, _) = commands(block)
    assert [line for line in block.text.splitlines() if line.startswith("#")] == [
        "# decide in annotation/campaigns/merged/decisions.jsonl"
    ]

    listed = run(first, folder)
    shutil.copy(
        folder / "annotation/campaigns/adjudicated/decisions.jsonl",
        folder / "annotation/campaigns/merged/decisions.jsonl",
    )

    assert listed.code == 1, listed
    assert run(second, folder).code == 0
    assert (folder / "annotation/sets/merged/set.json").is_file()


# --- the lists --------------------------------------------------------------------------------


def test_every_list_entry_is_of_a_block_that_is_there() -> None:
    """An excuse for a block that was changed or removed is removed too."""
    found = [block for page in PAGES for block in page_blocks(page) if block.language in TYPED]

    for page, language in PAGE_TESTS:
        assert any((b.page, b.language) == (page, language) for b in found), page
    for page, start in [*BLOCK_TESTS, *NOT_HERE]:
        assert any(b.page == page and b.first.startswith(start) for b in found), (page, start)


@pytest.mark.parametrize("named", [*PAGE_TESTS.values(), *BLOCK_TESTS.values()])
def test_the_tests_that_run_blocks_are_there(named: str) -> None:
    """A test that is said to run a block exists."""
    path, _, name = named.partition("::")

    assert name in functions(path)


def test_the_tests_that_run_pages_read_them() -> None:
    """A test that is said to run a page's blocks reads that page."""
    for (page, _), named in PAGE_TESTS.items():
        path = named.partition("::")[0]
        assert page in (ROOT / path).read_text(encoding="utf-8")


@cache
def functions(path: str) -> set[str]:
    """Return the names of a file's functions."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_the_set_up_commands_are_run_by_the_ci() -> None:
    """.ci/run takes the README's commands from the page, as the list of excuses says."""
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")

    assert "grep '^python3 -m venv' README.md" in script
    for command in ("ruff check", "ruff format", "mypy"):
        assert f".venv/bin/{command}" in script


@pytest.mark.parametrize("page", PAGES)
def test_every_fence_has_a_language(page: str) -> None:
    """A block without a language would be run by nobody: output is `text`, a file its own."""
    assert [str(block) for block in page_blocks(page) if not block.language] == []


# --- the mechanism itself ---------------------------------------------------------------------


def block(text: str, language: str = "console") -> Block:
    """Return a block of a page that is not there."""
    return Block("page.md", 1, language, text)


def test_a_new_block_that_fails_is_found(folder: Path) -> None:
    """A command that ends otherwise, or prints otherwise, fails the page's test."""
    run_commands(block("$ newspan --version\n…\n"), folder)
    run_commands(block("newspan nothing    # exit code 2\n", "sh"), folder)
    for text, language in (
        ("newspan nothing\n", "sh"),
        ("$ newspan nothing\n", "console"),
        ("$ newspan verify dist/newspan-*\nit is broken\n", "console"),
        ("only output\n", "console"),
        ("newspan check\n", "bash"),
    ):
        with pytest.raises(AssertionError, match=r"page\.md:1"):
            run_commands(block(text, language), folder)
    with pytest.raises(NameError):
        run_python(block("missing", "python"), {}, folder)


def test_no_new_block_is_excused() -> None:
    """A block that no list names runs here, whatever its page."""
    for page in (*PAGES, "docs/new.md"):
        for language, text in (("sh", "newspan something new\n"), ("python", "import newspan\n")):
            if (page, language) not in PAGE_TESTS:
                assert not excused(Block(page, 1, language, text))


@pytest.mark.parametrize(
    ("shown", "output", "same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\nb\n", "a\nb", True),
        ("a\n…\n", "a\nb\nc\n", True),
        ("size … bytes\n", "size 12 bytes\n", True),
        ("a\n", "a\nb\n", False),
        ("a…c\n", "a b d\n", False),
        ("a.c\n", "abc\n", False),
    ],
)
def test_an_ellipsis_stands_for_anything(shown: str, output: str, same: bool) -> None:
    """All else is compared to the letter."""
    assert shows(shown, output) is same


def test_blocks_are_found_where_they_stand(tmp_path: Path) -> None:
    """With page, line and language; fences in a list's text or of four marks too."""
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n```sh\nls\n```\n\ntext\n\n````text\n```\nx\n```\n````\n", "utf-8")

    assert [(b.line, b.language, b.text) for b in blocks(page)] == [
        (3, "sh", "ls\n"),
        (9, "text", "```\nx\n```\n"),
    ]
    assert not re.search("sh", blocks(page)[1].text)
