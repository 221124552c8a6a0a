"""A release is signed with an SSH key, and whoever has the list of signers can tell."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpora import copy_good
from newspan import build
from newspan.cli import main
from newspan.release.signature import SIGNATURE, SigningError, check_signature, sign
from newspan.release.verify import examine, verify


@pytest.fixture
def release(good_release: Path, tmp_path: Path) -> Path:
    """Return a release to be signed."""
    return Path(shutil.copytree(good_release, tmp_path / good_release.name))


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """Return a private key; `signers` beside it lists its owner."""
    return _key(tmp_path, "releases@harbour.example")


def _key(folder: Path, owner: str) -> Path:
    path = folder / f"key-{owner.partition('@')[0]}"
    make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", owner, "-f", str(path)]
    subprocess.run(make, check=True)
    public = path.with_suffix(".pub").read_text()
    (folder / "signers").write_text(f"{owner} {public}")
    return path


def test_a_signed_release_is_whole_and_names_who_signed(release: Path, key: Path) -> None:
    """The signature stands beside SHA256SUMS, is no extra file, and its signer is told."""
    path = sign(release, key)

    report = examine(release, signers=key.parent / "signers")
    assert path == release / "SHA256SUMS.sig"
    assert (report.problems, report.signature) == ([], "by releases@harbour.example")
    identity = "releases@harbour.example"
    assert verify(release, signers=key.parent / "signers", identity=identity) == []


def test_the_same_key_gives_the_same_signature(release: Path, key: Path) -> None:
    """Signing is deterministic with an ed25519 key, and signing again replaces the signature."""
    first = sign(release, key).read_bytes()

    assert sign(release, key).read_bytes() == first


def test_a_signature_that_nobody_checks_is_told(release: Path, key: Path) -> None:
    """Without a list of signers a signature says nothing, and that is said on stderr."""
    sign(release, key)

    result = CliRunner().invoke(main, ["verify", str(release)])

    assert (result.exit_code, result.stdout) == (0, "")
    assert "there is a signature, which --signers FILE would check" in result.stderr
    assert "signature: not checked" in result.stderr


def test_signers_without_a_signature_are_a_problem(release: Path, key: Path) -> None:
    """Who names signers wants a signature: none is a problem, not a silence."""
    (problem,) = verify(release, signers=key.parent / "signers")

    assert (problem.id, problem.place.file) == ("signature-missing", "SHA256SUMS.sig")


def test_other_signers_other_names_and_other_sums_are_problems(
    release: Path, key: Path, tmp_path: Path
) -> None:
    """A key of nobody's, somebody else's name, and sums that changed since: none is accepted."""
    sign(release, key)
    signers = key.parent / "signers"
    (other := tmp_path / "other").mkdir()
    _key(other, "harbour@quay.example")

    (nobody,) = verify(release, signers=other / "signers")
    (name,) = verify(release, signers=signers, identity="mayor@harbour.example")
    with (release / "SHA256SUMS").open("a") as file:
        file.write("#\n")
    sums = verify(release, signers=signers)

    assert nobody.id == name.id == "signature-invalid"
    assert name.message == (
        "it was signed by releases@harbour.example, not by mayor@harbour.example"
    )
    assert {problem.id for problem in sums} == {"release-changed", "signature-invalid"}


def test_a_signature_for_another_purpose_counts_for_nothing(release: Path, key: Path) -> None:
    """The namespace keeps a signature on a mail from being one on a release."""
    command = ["ssh-keygen", "-Y", "sign", "-n", "mail", "-f", str(key)]
    sums = (release / "SHA256SUMS").read_bytes()
    made = subprocess.run(command, input=sums, capture_output=True, check=True).stdout
    (release / "SHA256SUMS.sig").write_bytes(made)

    (problem,) = verify(release, signers=key.parent / "signers")

    assert problem.id == "signature-invalid"
    assert "namespace" in problem.message


def test_without_ssh_keygen_the_problem_is_clear(
    release: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither signing nor checking goes on without OpenSSH, and both say what is missing."""
    sign(release, key)
    monkeypatch.setenv("PATH", str(release))

    who, (problem,) = check_signature(release, key.parent / "signers")

    assert (who, problem.id) == (None, "ssh-keygen-missing")
    with pytest.raises(SigningError, match="ssh-keygen is not on the path"):
        sign(release, key)


def test_a_key_that_is_none_signs_nothing_and_leaks_nothing(release: Path, tmp_path: Path) -> None:
    """What is refused leaves no file, and the message has no word of the key's content."""
    (tmp_path / "key").write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nsecretwords\n")

    with pytest.raises(SigningError) as caught:
        sign(release, tmp_path / "key")
    with pytest.raises(FileNotFoundError, match="no such file"):
        sign(release, tmp_path / "nowhere")

    assert "secretwords" not in str(caught.value)
    assert not (release / "SHA256SUMS.sig").exists()


def test_a_linked_signature_is_refused(release: Path, key: Path, tmp_path: Path) -> None:
    """A signature that stands elsewhere may change behind the release's back."""
    sign(release, key).rename(tmp_path / "elsewhere.sig")
    (release / "SHA256SUMS.sig").symlink_to(tmp_path / "elsewhere.sig")

    assert [problem.place.file for problem in verify(release)] == ["SHA256SUMS.sig"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--signers", "nowhere"],
        ["--manifest", "nowhere.json"],
        ["--identity", "releases@harbour.example"],
    ],
)
def test_files_that_are_not_there_are_wrong_use(arguments: list[str], release: Path) -> None:
    """A mistyped option is told from a faulty release by its exit code."""
    assert CliRunner().invoke(main, ["verify", str(release), *arguments]).exit_code == 2


def test_an_empty_name_is_wrong_use(release: Path, key: Path) -> None:
    """A variable that nobody set must not let anybody's signature pass."""
    sign(release, key)
    for name in ("", " "):
        arguments = ["verify", str(release), "--signers", str(key.parent / "signers")]
        arguments += ["--identity", name]
        assert CliRunner().invoke(main, arguments).exit_code == 2


def test_a_build_of_the_same_data_keeps_the_signature(tmp_path: Path, key: Path) -> None:
    """Building again does not take away what a release is trusted by; other data lose it."""
    corpus = copy_good(tmp_path)
    signed = build(corpus, sign=key).path
    before = (signed / SIGNATURE).read_bytes()

    assert (build(corpus).path / SIGNATURE).read_bytes() == before

    targets = corpus / "corpus/targets.json"
    targets.write_text(targets.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert not (build(corpus).path / SIGNATURE).exists()
