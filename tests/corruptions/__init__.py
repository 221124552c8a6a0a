"""Ways to corrupt a release, and what finds each; `python -m corruptions` prints the table.

Each takes a copy of a release (`Tampered`) and a seeded random number generator, corrupts the copy
and returns where it must be found. The words for the means are those of docs/verification.md.
"""

from corruptions import columns, files, forged, in_step, plain, rows
from corruptions.forged import FOREIGN
from corruptions.kinds import KINDS, MEANS, Found

__all__ = ["FOREIGN", "KINDS", "Found", "columns", "files", "forged", "in_step", "plain", "rows"]

_MODULES = [module.__name__ for module in (plain, rows, columns, files, in_step, forged)]
WORDS = {
    "hash": "hashes",
    "invariant": "what must hold",
    "manifest": "`--manifest` or `--signers`",
    "signature": "`--signers` alone",
}


def table() -> str:
    """Return the table of docs/verification.md."""
    lines = ["| corruption | sealed anew | found by | names |", "| --- | --- | --- | --- |"]
    in_order = sorted(KINDS.values(), key=lambda kind: _MODULES.index(kind.corrupt.__module__))
    for means in MEANS:
        for each in (each for each in in_order if each.means == means):
            sealed = "no" if means == "hash" else "yes"
            lines.append(f"| {each.says} | {sealed} | {WORDS[means]} | {each.shown_at} |")
    return "\n".join(lines)
