"""Which Label Studio server an annotator's project is on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from newspan.labelstudio.people import People

if TYPE_CHECKING:
    from newspan.labelstudio.server import Server

URL_ENV = "LABEL_STUDIO_URL"
TOKEN_ENV = "LABEL_STUDIO_API_KEY"


class Servers:
    """The servers of a campaign: one for all, or an annotator's own where people.toml names it.

    Args:
        people: the campaign's people.
        url: the server of all others: an option's, the environment's or the settings'.
        token: its token; that of the environment if not given.

    Raises:
        ValueError: when people.toml names another server, and not where its token is.
    """

    def __init__(self, people: People, url: str | None, token: str | None = None) -> None:
        self._people = people
        self._url = url
        self._token = token
        for alias, person in people.by_alias.items():
            # A token is for one server only: the others must not even see it.
            if person.server and not person.token_env and not _same(person.server, url):
                raise ValueError(
                    f"people.toml names a server of {alias}'s own, so it must have token_env too, "
                    f"the name of the environment variable that holds its token"
                )
        self._connected: dict[tuple[str, str], Server] = {}

    def __enter__(self) -> Servers:
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._connected.values():
            server.close()

    def url_of(self, alias: str) -> str:
        """Return the address of an annotator's server, without a slash at its end.

        Raises:
            ValueError: when no server is named anywhere.
        """
        url = self._people.of(alias).server or self._url
        if not url:
            raise ValueError(
                f"no server is named: give --server, set {URL_ENV}, or name it in campaign.toml"
            )
        return url.rstrip("/")

    def of(self, alias: str) -> Server:
        """Return an annotator's server.

        Raises:
            ValueError: when no server is named, or there is no token for it.
        """
        person = self._people.of(alias)
        if person.token_env:
            name, token = person.token_env, os.environ.get(person.token_env)
        else:
            name, token = TOKEN_ENV, self._token or os.environ.get(TOKEN_ENV)
        url = self.url_of(alias)
        if not token:
            raise ValueError(f"there is no token for {url}: set {name} to an access token of yours")
        key = (url, token)
        if key not in self._connected:
            self._connected[key] = connect(url, token)
        return self._connected[key]


def _same(one: str, other: str | None) -> bool:
    return other is not None and one.rstrip("/") == other.rstrip("/")


def connect(url: str, token: str) -> Server:
    """Return a server; nothing is sent yet."""
    from newspan.labelstudio.server import Server

    return Server(url, token)
