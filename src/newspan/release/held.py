"""Whether a release is the one that a committed manifest records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from newspan.problems import Place, Problem
from newspan.release.intact import Manifest

#: What a manifest means where it does not say.
_ABSENT: dict[str, Any] = {"profile": "full", "logical_hash": 1, "withdrawn": []}
_LISTS = {"documents": "id", "files": "path"}


def held_to(
    manifest: Manifest, committed: Manifest, rehash: Callable[[str, int], str] | None = None
) -> list[Problem]:
    """Return where a release's manifest differs from the one committed for its version.

    Args:
        manifest: the release's, which its files fit.
        committed: the one from `corpus/releases`.
        rehash: gives a config's logical hash by another definition, for a release that was built
            by a newspan that has one; without it such hashes count as different.
    """
    if manifest == committed:
        return []
    return list(_differences(manifest, committed, rehash))


def _differences(
    manifest: Manifest, committed: Manifest, rehash: Callable[[str, int], str] | None
) -> Iterator[Problem]:
    tools = _tools(manifest, committed)
    for key in sorted({*manifest, *committed} - {"configs", *_LISTS}):
        ours, theirs = (each.get(key, _ABSENT.get(key)) for each in (manifest, committed))
        if ours != theirs and key != "logical_hash":
            yield _differs("manifest.json", f"{key} is {ours}, committed is {theirs}", f"/{key}")
    for key, name in _LISTS.items():
        ours, theirs = ({one[name]: one for one in each[key]} for each in (manifest, committed))
        for each in sorted({*ours, *theirs}):
            if each not in theirs or each not in ours:
                word = "has no" if each in ours else "has a"
                message = f"the committed manifest {word} {key.removesuffix('s')} {each}"
                yield _differs(each if key == "files" else "manifest.json", message)
            elif key == "files" and ours[each] != theirs[each]:
                yield _differs(each, f"its SHA-256 is not the committed one{tools}")
            elif ours[each] != theirs[each]:
                found, wanted = ours[each], theirs[each]
                message = f"document {each} is {found}, committed is {wanted}"
                yield _differs("manifest.json", message, f"/{key}")
    yield from _config_differences(manifest, committed, rehash)


def _config_differences(
    manifest: Manifest, committed: Manifest, rehash: Callable[[str, int], str] | None
) -> Iterator[Problem]:
    ours, theirs = manifest["configs"], committed["configs"]
    definitions = [each.get("logical_hash", 1) for each in (manifest, committed)]
    for name in sorted({*ours, *theirs}):
        if name not in theirs or name not in ours:
            word = "has no" if name in ours else "has a"
            yield _differs("manifest.json", f"the committed manifest {word} config {name}")
            continue
        found, wanted = ours[name], theirs[name]
        digest = found["sha256"]
        if definitions[0] != definitions[1] and rehash is not None:
            digest = rehash(name, definitions[1])
        if found["rows"] != wanted["rows"]:
            message = f"{name} has {found['rows']} rows, committed are {wanted['rows']}"
            yield _differs(found["files"][0], message)
        elif digest != wanted["sha256"]:
            message = f"the rows of {name} are not the committed ones, by their logical hash"
            yield _differs(found["files"][0], message)
        if found["files"] != wanted["files"]:
            message = f"the files of {name} are {found['files']}, committed {wanted['files']}"
            yield _differs("manifest.json", message, f"/configs/{name}/files")


def _tools(manifest: Manifest, committed: Manifest) -> str:
    pairs = {
        tool: (manifest["tools"].get(tool), committed["tools"].get(tool))
        for tool in sorted({*manifest["tools"], *committed["tools"]})
    }
    other = [
        f"{tool} {ours}, not {theirs}" for tool, (ours, theirs) in pairs.items() if ours != theirs
    ]
    return f" (it was built with {', '.join(other)})" if other else ""


def _differs(file: str, message: str, pointer: str = "") -> Problem:
    return Problem("manifest-differs", Place(file, pointer=pointer), message)
