"""The command line: one small module per verb, imported when the verb is called for."""

from __future__ import annotations

import io
import sys
from importlib import import_module

import click

# Order of the help page: a corpus, then a release. `newspan.cli.<verb>` holds `command`.
_VERBS = (
    "init",
    "add",
    "convert",
    "check",
    "view",
    "migrate",
    "withdraw",
    "annotate",
    "agree",
    "score",
    "train",
    "predict",
    "adjudicate",
    "duplicates",
    "project",
    "build",
    "verify",
    "diff",
    "publish",
    "hydrate",
    "datasheet",
)


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return None
        command: click.Command = import_module(f"newspan.cli.{cmd_name}").command
        return command


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="newspan")
def main() -> None:
    """Annotate how news is told, from document to release.

    A corpus is a folder with corpus/ and annotation/ in it. Exit codes: 0 fine, 1 problems found,
    2 wrong use.
    """
    # A file's name need not be UTF-8, which problems then tell with escapes.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
