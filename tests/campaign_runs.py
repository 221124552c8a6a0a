"""A small campaign on a stand-in server, to be pushed, worked on and pulled."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

import newspan.labelstudio.servers
from fake_label_studio import FakeServer, region
from harbour_news import item, write_campaign, write_corpus
from newspan.campaign.pull import PullReport, annotate_pull
from newspan.campaign.push import Pushed, annotate_push
from newspan.campaign.state import State, read_state
from newspan.campaign.status import Status, annotate_status

URL = "http://ls.example"


class Run(msgspec.Struct, frozen=True):
    """A corpus with a campaign called quay, and the server that it is on."""

    root: Path
    server: FakeServer

    @property
    def folder(self) -> Path:
        """Return the campaign's folder."""
        return self.root / "annotation/campaigns/quay"

    @property
    def state(self) -> State:
        """Return the campaign's state."""
        state, problems = read_state(self.root, "quay")
        assert state is not None, problems
        return state

    def items_of(self, alias: str) -> list[str]:
        """Return the items that an annotator has now."""
        return [task.item for task in self.state.tasks_of(alias) if task.handed_to is None]

    def push(self) -> Pushed:
        """Push the campaign."""
        return annotate_push(self.root, "quay", server=URL, token="t")

    def pull(self, **options: Any) -> PullReport:
        """Pull the campaign."""
        return annotate_pull(self.root, "quay", server=URL, token="t", **options)

    def status(self, **options: Any) -> Status:
        """Return the campaign's status."""
        return annotate_status(self.root, "quay", server=URL, token="t", **options)

    def submit(self, alias: str, *items: str, words: str = "It was", **options: Any) -> None:
        """Submit items, each with one claim on some words of it; all of the annotator's if none."""
        for name in items or self.items_of(alias):
            text = self.server.task(alias, name)["data"]["text"]
            start = text.index(words)
            result = region("new", start, start + len(words), "opinion")
            self.server.submit(alias, name, result, **options)

    def head(self, set_id: str) -> dict[str, Any]:
        """Return the head of a set."""
        path = self.root / f"annotation/sets/{set_id}/set.json"
        head: dict[str, Any] = json.loads(path.read_bytes())
        return head

    def work(self) -> list[dict[str, Any]]:
        """Return the lines of work.jsonl."""
        lines = (self.folder / "work.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]


def make_run(folder: Path, patch: pytest.MonkeyPatch, articles: int = 4, **keys: Any) -> Run:
    """Write a corpus and a campaign of three annotators; `text` among the keys is their TOML."""
    server = FakeServer(URL)
    patch.setattr(newspan.labelstudio.servers, "connect", lambda url, token: server)
    copies = keys.pop("copies_of", None)
    root = write_corpus(folder / "corpus", articles, copies)
    if copies:
        from newspan import reuse_sets

        reuse_sets(root)
    write_campaign(root, **keys)
    run = Run(root, server)
    settings = tomllib.loads((run.folder / "campaign.toml").read_text(encoding="utf-8"))
    name_people(run, *(each["alias"] for each in settings["annotators"]))
    return run


def name_people(run: Run, *aliases: str, **people: str) -> None:
    """Say who is who in people.toml; aliases have the address that the server gives them."""
    people = {alias: f"{alias}@example.org" for alias in aliases} | people
    text = "".join(f'[{alias}]\nemail = "{email}"\n' for alias, email in people.items())
    (run.folder / "private").mkdir(exist_ok=True)
    (run.folder / "private/people.toml").write_text(text, encoding="utf-8")


__all__ = ["URL", "Run", "item", "make_run", "name_people"]
