"""Who the annotators are: aliases in public, mail addresses in a folder that is never committed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from newspan.problems import Place, Problem
from newspan.whole import whole_file

#: A set of a campaign is named <campaign>-<alias>, so an alias is made of what ids are made of.
ALIAS = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
#: In a copy, `unknown` is the user whom nobody knows; pulls/pulls.json is the list of copies.
RESERVED = frozenset({"unknown", "pulls"})
_KEYS = {"email", "server", "token_env"}


class Person(msgspec.Struct, frozen=True):
    """An annotator: the mail address they log in with, and their own server if they have one.

    `token_env` names the environment variable that holds the token for that server.
    """

    alias: str
    email: str | None = None
    server: str | None = None
    token_env: str | None = None


class People(msgspec.Struct, frozen=True):
    """The people of a campaign, by alias; those whom people.toml leaves out are not in it."""

    by_alias: dict[str, Person] = {}

    def of(self, alias: str) -> Person:
        """Return a person; one of whom nothing but the alias is known, if people.toml is silent."""
        return self.by_alias.get(alias, Person(alias))


def folder(root: Path, campaign: str) -> Path:
    """Return a campaign's folder."""
    return root / "annotation" / "campaigns" / campaign


def private(root: Path, campaign: str) -> Path:
    """Return a campaign's private folder, made if it isn't there; git leaves it alone."""
    path = folder(root, campaign) / "private"
    path.mkdir(parents=True, exist_ok=True)
    ignore = path / ".gitignore"
    if not ignore.exists():
        with whole_file(ignore, "*\n"):
            pass
    return path


def write_template(root: Path, campaign: str, aliases: Iterable[str]) -> None:
    """Write a people.toml to be filled in, unless there is one."""
    path = private(root, campaign) / "people.toml"
    if path.exists():
        return
    lines = [
        "# Who is who. This folder is never committed: sets and releases have aliases only.",
        "# Without an address, an alias is the one user who works in its project.",
        "# Where an annotator has a server of their own, add server and token_env, the name of the",
        "# environment variable that holds its token.",
    ]
    for alias in aliases:
        lines += ["", f"[{alias}]", f'# email = "{alias}@example.org"']
    with whole_file(path, "\n".join(lines) + "\n"):
        pass


def read_people(root: Path, campaign: str) -> tuple[People, list[Problem]]:
    """Return the people of a campaign's private/people.toml; nobody, where there is no such file.

    Each alias is a table with `email` and, where an annotator has a server of their own, `server`
    and `token_env`. Problems are of the id `campaign-settings`.
    """
    place = Place(f"annotation/campaigns/{campaign}/private/people.toml")
    try:
        data = tomllib.loads((root / place.file).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return People(), []
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, OSError) as error:
        return People(), [Problem("campaign-settings", place, f"it can't be read: {error}")]
    problems: list[Problem] = []
    found: dict[str, Person] = {}
    for alias, entry in data.items():
        person = _person(alias, entry, place, problems)
        if person is None:
            continue
        twin = next((p for p in found.values() if person.email and p.email == person.email), None)
        if twin is not None:
            message = f"{alias} and {twin.alias} have one mail address: one person, two aliases"
            problems.append(Problem("campaign-settings", place.at(f"/{alias}/email"), message))
        found[alias] = person
    return People(found), problems


def _person(alias: str, entry: Any, place: Place, problems: list[Problem]) -> Person | None:
    def fault(pointer: str, message: str) -> None:
        problems.append(Problem("campaign-settings", place.at(pointer), message))

    if not isinstance(entry, dict):
        fault(f"/{alias}", f'write [{alias}], and under it email = "…"')
        return None
    if not ALIAS.fullmatch(alias):
        fault(f"/{alias}", "an alias is of small letters, digits, - and _, at most 40 of them")
    elif alias in RESERVED:
        fault(f"/{alias}", f"{alias!r} has another meaning, so nobody can have it as an alias")
    for key, value in entry.items():
        if key not in _KEYS:
            fault(
                f"/{alias}/{key}", f"there is no key {key!r}; there are {', '.join(sorted(_KEYS))}"
            )
        elif not isinstance(value, str) or not value.strip():
            fault(f"/{alias}/{key}", f"{key} must be a text")
    kept = {k: v.strip() for k, v in entry.items() if k in _KEYS and isinstance(v, str)}
    if "email" in kept:
        kept["email"] = kept["email"].casefold()
        if "@" not in kept["email"]:
            fault(f"/{alias}/email", f"{kept['email']!r} is no mail address")
    return Person(alias, **kept)


def assumed(workers: Mapping[str, Iterable[str]], people: People) -> dict[str, str]:
    """Return who is an annotator for no better reason than that they worked in the project.

    Returns:
        mail addresses by alias, of those whom people.toml leaves out.
    """
    told = identify(workers, people)
    return {
        alias: email
        for alias, who in sorted(workers.items())
        if people.of(alias).email is None
        for email in sorted(who)
        if alias in told.get(email, "").split("+")
    }


def identify(workers: Mapping[str, Iterable[str]], people: People) -> dict[str, str]:
    """Tell who is who, from people.toml or else from who did the work, as aliases by mail address.

    Where people.toml is silent of an alias, it is the one user who worked in its project and is
    nobody else. A user whom that makes two annotators has both aliases, joined by `+`; users who
    can't be told apart are left out.

    Args:
        workers: by alias, the mail addresses of those who worked in the alias's project.
        people: the campaign's people.
    """
    found = {person.email: {alias} for alias, person in people.by_alias.items() if person.email}
    open_ = {alias: set(who) for alias, who in workers.items() if people.of(alias).email is None}
    while True:
        # Who is known is not the one in another's project: of two users there, one may be left.
        left = {alias: who - set(found) for alias, who in open_.items()}
        single = {alias: who for alias, who in left.items() if len(who) == 1}
        if not single:
            return {email: "+".join(sorted(aliases)) for email, aliases in found.items()}
        for alias, who in single.items():
            found.setdefault(next(iter(who)), set()).add(alias)
            del open_[alias]
