"""docs/campaigns.md: its files are read, and its commands print what the page says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

import newspan.labelstudio.servers
from fake_label_studio import FakeServer
from harbour_news import add_article, article, write_campaign, write_corpus
from harbour_work import COPIES, KEYS, REPLACED, seen
from newspan.campaign.plan import load
from newspan.campaign.settings import Settings, parse_settings
from newspan.cli import main

URL = "http://127.0.0.1:8080"


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    """Return the page."""
    return (root / "docs/campaigns.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """Return the page's blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def test_the_settings_are_read_and_show_every_key(page: str) -> None:
    """A newcomer can copy them; and what is left out is as the page shows it, where it says so."""
    text = blocks(page, "toml")[0]
    settings, problems = parse_settings(tomllib.loads(text), "quay")
    shown = set(re.findall(r"^(?:# )?(\w+) =", text.split("[[")[0], re.MULTILINE))
    bare, _ = parse_settings({"name": "quay", "annotators": [{"alias": "ada"}]}, "quay")

    assert problems == []
    assert settings is not None
    assert shown == {*Settings.__struct_fields__} - {"annotators"}
    assert bare is not None
    for key in ("items", "layers", "zones", "batch_size", "copies", "copied_share", "seed"):
        assert getattr(settings, key) == getattr(bare, key), key


def test_the_settings_in_comments_are_right(page: str, tmp_path: Path) -> None:
    """The model's entry and the replaced annotator's can be copied too."""
    text = blocks(page, "toml")[0].replace("# [[", "[[").replace("\n# ", "\n")
    model, problems = parse_settings(tomllib.loads(text), "quay")
    replaced = 'name = "quay"\n' + blocks(page, "toml")[2]
    assert problems == []
    assert model is not None
    assert model.annotators[-1].model == "model-x"
    assert parse_settings(tomllib.loads(replaced), "quay")[1] == []


def test_the_people_are_read(page: str, tmp_path: Path) -> None:
    """With and without a server of their own."""
    root = write_corpus(tmp_path / "corpus", 1)
    path = write_campaign(root).parent / "private/people.toml"
    path.parent.mkdir()
    for index in (1, 3):
        path.write_text(blocks(page, "toml")[index])
        assert load(root, "quay").people.of("ben").email == "ben@example.org"


def test_the_commands_print_what_the_page_says(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the first push to the pull, with the work that a test's annotators do."""
    server = FakeServer(URL)
    monkeypatch.setattr(newspan.labelstudio.servers, "connect", lambda url, token: server)
    monkeypatch.setenv("LABEL_STUDIO_URL", URL)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "t")
    root = write_corpus(tmp_path / "corpus", 60, COPIES)
    told = iter(blocks(page, "console"))

    def runs() -> None:
        command, _, expected = next(told).partition("\n")
        words = command.removeprefix("$ newspan ").split()
        result = CliRunner().invoke(main, [*words, "--corpus", str(root)])
        assert result.output == expected, result.exception

    def work(alias: str, first: int, last: int | None) -> None:
        titles = {number: p["title"] for number, p in server.projects.items()}
        own = [t for t in server.tasks.values() if titles[t["project"]].endswith(f" {alias}")]
        for task in own[first:last]:
            if not task["annotations"]:
                result = list(seen(alias, task["data"]["text"]))
                server.submit(alias, task["data"]["item_id"], result, seconds=300.0)

    runs()
    write_campaign(root, **KEYS)
    runs()
    aliases = ("ada", "ben", "cleo", "dora")
    people = "".join(f'[{alias}]\nemail = "{alias}@example.org"\n' for alias in aliases)
    (root / "annotation/campaigns/quay/private/people.toml").write_text(people)
    server.user("dora@example.org")
    for alias in ("ada", "ben", "cleo"):
        work(alias, 0, 14)
    runs()
    for number in (61, 62, 63, 64):
        add_article(root, number, article(number))
    write_campaign(root, text=REPLACED, **KEYS)
    runs()
    for alias in ("ben", "cleo", "dora"):
        work(alias, 0, None)
    work("ada", 15, 16)
    runs()
    assert next(told, None) is None
