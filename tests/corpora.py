"""Corpora for tests: the good one, and bad ones made from it by the edits in tests/bad.

By hand: `python tests/corpora.py surface-mismatch DIR` writes that bad corpus to DIR, and
`python tests/corpora.py --golden` writes the rows that the good corpus gives to golden.json.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
GOOD = HERE / "good"
BAD = sorted((HERE / "bad").glob("*.json"))
#: Problems of answers to packets; tests/campaign reads them.
BAD_ANSWERS = sorted((HERE / "bad_answers").glob("*.json"))
#: Problems of decisions on conflicts; tests/adjudication reads them.
BAD_DECISIONS = sorted((HERE / "bad_decisions").glob("*.json"))

#: Problems of Label Studio's exports; tests/labelstudio reads them.
BAD_EXPORTS = sorted((HERE / "bad_exports").glob("*.json"))

#: Problems that no file can show: of a server, or of a campaign that is under way. By the tests
#: that raise them.
RAISED_IN = {
    "exchange/test_add.py": ("page-without-text", "provenance-value"),
    "labelstudio/test_server.py": (
        "connection-broken",
        "legacy-token-disabled",
        "not-allowed",
        "not-label-studio",
        "project-gone",
        "server-disk-full",
        "server-failed",
        "server-refused",
        "server-timeout",
        "server-unreachable",
        "token-refused",
    ),
    "labelstudio/test_send.py": ("task-text-changed", "task-twice"),
    "campaign/test_problems.py": (
        "annotator-assumed",
        "campaign-settings",
        "campaign-state",
        "disk-full",
        "foreign-work",
        "label-config-changed",
        "label-in-use",
        "late-work",
        "project-ambiguous",
        "pull-changed",
        "set-kept",
        "task-foreign",
        "task-missing",
        "user-shared",
    ),
    "adjudication/test_push_pull.py": ("decision-differs", "review-basis", "verdict-missing"),
    "exchange/test_brat.py": ("annotation-left-out",),
    "exchange/test_label_studio.py": ("task-not-annotated",),
    "exchange/test_ptc.py": (
        "document-unknown",
        "file-left-out",
        "row-syntax",
        "text-not-annotated",
    ),
    "release/test_no_text.py": ("no-text-leak", "stand-off-broken"),
    "release/test_signature.py": (
        "signature-invalid",
        "signature-missing",
        "ssh-keygen-missing",
    ),
    "release/test_reproduce.py": (
        "build-failed",
        "not-reproduced",
        "release-not-recorded",
        "tools-differ",
    ),
    "release/test_corruptions.py": ("lineage-leak", "manifest-differs"),
    "release/test_build_options.py": ("version-unsaid",),
    "release/test_bump.py": ("previous-differs", "version-taken", "version-too-small"),
    "release/test_diff.py": ("release-incomparable",),
    "release/test_publish.py": (
        "hub-changed",
        "hub-foreign",
        "hub-repository",
        "newer-published",
        "release-with-texts",
        "version-published",
    ),
    "release/test_publish_faults.py": (
        "hub-not-allowed",
        "hub-refused",
        "hub-token",
        "hub-unreachable",
    ),
}


def problem_id(spec: Path) -> str:
    """Return the problem id that a fixture must raise: its name up to the first dot."""
    return spec.name.split(".")[0]


def copy_good(folder: Path) -> Path:
    """Return a copy of the good corpus in a folder, to be changed."""
    corpus = folder / "corpus"
    shutil.copytree(GOOD, corpus)
    return corpus


def make_bad(spec: Path, directory: Path) -> Path:
    """Write the good corpus, or its release, with the spec's edits; return what to check."""
    described = json.loads(spec.read_text(encoding="utf-8"))
    shutil.copytree(GOOD, directory)
    target = directory
    if described.get("on") == "release":
        from newspan import build

        target = build(directory).path
    for edit in described["edits"]:
        apply(edit, target)
    return target


def apply(edit: dict[str, Any], root: Path) -> None:
    """Make one edit below a folder. Its keys say what; see the specs in tests/bad."""
    if "resum" in edit:
        _resum(root)
        return
    path = root / edit["file"]
    if "delete" in edit:
        path.unlink()
    elif "rename" in edit:
        path.rename(path.with_name(edit["rename"]))
    elif "folder" in edit:
        path.unlink()
        path.mkdir()
    elif "text" in edit:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(edit["text"].encode())
    elif "hex" in edit:
        path.write_bytes(bytes.fromhex(edit["hex"]))
    elif "replace" in edit:
        old, new = (part.encode() for part in edit["replace"])
        raw = path.read_bytes()
        assert raw.count(old) >= 1, edit
        path.write_bytes(raw.replace(old, new, 1))
    elif "append" in edit:
        with path.open("ab") as file:
            file.write(json.dumps(edit["append"], ensure_ascii=False).encode() + b"\n")
    else:
        _set(path, edit)


def _set(path: Path, edit: dict[str, Any]) -> None:
    """Set or remove values by JSON Pointer, in a JSON file or in one line of a JSONL file."""
    lines = path.read_text(encoding="utf-8").split("\n")
    number = edit.get("line")
    data = json.loads(lines[number - 1] if number else "\n".join(lines))
    for pointer, value in edit.get("set", {}).items():
        if value == "@":  # the checksum of the labels, as the edits before have left them
            labels = path.parents[3] / "schema" / "labels.json"
            value = hashlib.sha256(labels.read_bytes()).hexdigest()
        holder, key = _step(data, pointer)
        if isinstance(holder, list) and key == len(holder):
            holder.append(value)
        else:
            holder[key] = value
    for pointer in edit.get("remove", ()):
        holder, key = _step(data, pointer)
        del holder[key]
    dumped = json.dumps(data, ensure_ascii=False)
    if number:
        lines[number - 1] = dumped
        dumped = "\n".join(lines)
    path.write_bytes(dumped.encode())


def _step(data: Any, pointer: str) -> tuple[Any, Any]:
    *steps, last = pointer.removeprefix("/").split("/")
    for step in steps:
        data = data[int(step) if isinstance(data, list) else step]
    return data, int(last) if isinstance(data, list) else last


def _resum(root: Path) -> None:
    """Bring checksums up to date, so that only the edit itself is at fault."""
    raw = root / "corpus" / "raw"
    if raw.is_dir():
        sums = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in raw.glob("*.txt")}
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
        (raw / "SHA256SUMS").write_text(lines)
        for path in (root / "corpus" / "documents").glob("*.json"):
            document = json.loads(path.read_text(encoding="utf-8"))
            if document["file"] in sums:
                document["sha256"] = sums[document["file"]]
                path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    else:
        from newspan.release.build import file_sha256, sha256sums

        manifest = root / "manifest.json"
        listed = sha256sums(json.loads(manifest.read_bytes()), file_sha256(manifest))
        (root / "SHA256SUMS").write_bytes(listed.encode())


def write_golden() -> None:
    """Write tests/golden.json from the good corpus, to be read and approved by eye."""
    import tempfile

    from newspan import build, load

    with tempfile.TemporaryDirectory() as folder:
        release = build(GOOD, folder)
        rows = {name: load(name, release.path).to_list() for name in release.rows}
    lines = {name: [json.dumps(row, ensure_ascii=False) for row in rows[name]] for name in rows}
    parts = [f'"{name}": [\n' + ",\n".join(found) + "\n]" for name, found in lines.items()]
    (HERE / "golden.json").write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1] == "--golden":
        write_golden()
        sys.exit()
    print(make_bad(HERE / "bad" / f"{sys.argv[1]}.json", Path(sys.argv[2])))
