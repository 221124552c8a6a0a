"""A thousand seeded corruptions, and what finds each; docs/verification.md has the table."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from corruptions import FOREIGN, KINDS, Found, table
from newspan.problems import Problem
from newspan.release.signature import sign
from newspan.release.verify import verify
from tampering import Tampered

#: How many corruptions of each kind, by what finds them.
CASES = {"hash": 90, "invariant": 6, "manifest": 5, "signature": 5}
#: Made on the shipped release, where documents share passages.
SHIPPED = {"split_lineage": 3}


def number_of(name: str) -> int:
    """Return how many corruptions of a kind are made."""
    return SHIPPED.get(name, CASES[KINDS[name].means])


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an SSH key, a foreign one, and the list of signers."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("key", "foreign"):
        make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)]
        subprocess.run(make, check=True)
    public = (folder / "key.pub").read_text()
    (folder / "signers").write_text(f"releases@harbour.example {public}")

    def signed(key: str, namespace: str, raw: bytes) -> bytes:
        command = ["ssh-keygen", "-Y", "sign", "-n", namespace, "-f", str(folder / key)]
        return subprocess.run(command, input=raw, capture_output=True, check=True).stdout

    FOREIGN["sign"] = lambda raw: signed("foreign", "newspan", raw)
    FOREIGN["other"] = lambda raw: signed("key", "mail", raw)
    return folder


@pytest.fixture(scope="module")
def small(good_release: Path, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Tampered:
    """Return a signed copy of the small release, to be corrupted."""
    signed = tmp_path_factory.mktemp("signed") / good_release.name
    shutil.copytree(good_release, signed)
    sign(signed, keys / "key")
    return Tampered(signed, tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def shipped(shipped_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Tampered:
    """Return a copy of the shipped release, to be corrupted."""
    return Tampered(shipped_release, tmp_path_factory.mktemp("large"))


@pytest.fixture
def copy(request: pytest.FixtureRequest, name: str) -> Iterator[Tampered]:
    """Return the copy that a kind of corruption is made on, and put it back afterwards."""
    tampered: Tampered = request.getfixturevalue("shipped" if name in SHIPPED else "small")
    yield tampered
    tampered.restore()


def test_a_thousand_corruptions_are_made() -> None:
    """What is promised is what is tried."""
    assert sum(map(number_of, KINDS)) >= 1000


def is_told(found: Found, problems: list[Problem]) -> bool:
    """Tell whether a problem names the file, and the row, of a corruption."""
    return any(
        found.file in (problem.place.file, "")
        and found.line in (problem.place.line, None)
        and found.word in problem.message
        for problem in problems
    )


@pytest.mark.parametrize(
    "name", [name for name, kind in KINDS.items() if kind.means != "signature"]
)
def test_each_is_found_by_what_the_table_says(
    name: str, copy: Tampered, keys: Path, tmp_path: Path
) -> None:
    """Each corruption is found by the means of its kind, and not without it; place and all."""
    committed = tmp_path / "committed.json"
    committed.write_bytes(copy["manifest.json"])
    for case in range(number_of(name)):
        found = KINDS[name].corrupt(copy, random.Random(f"{name} {case}"))
        if KINDS[name].means == "manifest":
            # One run for all three: nothing but the manifest and the signature tells of it.
            problems = verify(copy.directory, manifest=committed, signers=keys / "signers")
            told = {problem.id for problem in problems}
            assert told == {"manifest-differs", "signature-invalid"}, (case, problems)
        else:
            problems = verify(copy.directory)

        assert is_told(found, problems), (case, found, problems)
        assert len(problems) < 60
        copy.restore()
    assert verify(copy.directory) == []


@pytest.mark.parametrize(
    "name", [name for name, kind in KINDS.items() if kind.means == "signature"]
)
def test_what_only_a_signature_shows(name: str, copy: Tampered, keys: Path, tmp_path: Path) -> None:
    """Where the manifest to compare with is forged too, the signature alone tells."""
    forged = tmp_path / "forged.json"
    for case in range(number_of(name)):
        found = KINDS[name].corrupt(copy, random.Random(f"{name} {case}"))
        forged.write_bytes(copy["manifest.json"])
        assert verify(copy.directory, manifest=forged) == []

        problems = verify(copy.directory, manifest=forged, signers=keys / "signers")

        expected = "signature-missing" if name == "removed_signature" else "signature-invalid"
        assert [problem.id for problem in problems] == [expected]
        assert is_told(found, problems), (case, found, problems)
        copy.restore()
    assert verify(copy.directory, signers=keys / "signers") == []


@pytest.mark.parametrize("name", ["split_lineage"])
def test_a_leak_is_named_as_one(copy: Tampered) -> None:
    """Shared passages over two lineages have an id of their own."""
    KINDS["split_lineage"].corrupt(copy, random.Random(1))

    assert {problem.id for problem in verify(copy.directory)} == {"lineage-leak"}


def test_the_page_has_the_table(root: Path) -> None:
    """docs/verification.md says of each corruption what the tests have shown."""
    page = (root / "docs" / "verification.md").read_text(encoding="utf-8")

    assert f"<!-- newspan:corruptions -->\n{table()}\n<!-- /newspan:corruptions -->" in page


@pytest.mark.parametrize("name", [""])
def test_the_copy_is_put_back(copy: Tampered) -> None:
    """No corruption is left over for the next: the tests rest on it."""
    before = copy.content()
    copy.put("README.md", b"x")
    copy.put("new/file", b"x")
    copy.put("corpus/targets.json", None)
    copy.restore()

    assert copy.content() == before
