"""What a verification finds."""

from __future__ import annotations

import msgspec

from newspan.problems import Problem


class Report(msgspec.Struct):
    """What a verification found, and what it looked at.

    `notes` says what could not be checked, and why; none of it is a fault of the release.
    `signature` is "none", "not checked", "missing", "bad", or "by" and who signed.
    """

    problems: list[Problem] = msgspec.field(default_factory=list)
    notes: list[str] = msgspec.field(default_factory=list)
    files: int = 0
    bytes: int = 0
    rows: int = 0
    checked: list[str] = msgspec.field(default_factory=list)
    signature: str = "none"
