"""Signatures of releases, made and checked with OpenSSH: `ssh-keygen -Y sign` and `-Y verify`.

What is signed is SHA256SUMS, which holds the hash of every other file. No key passes through this
module: ssh-keygen is told where it lies, and asks for a passphrase itself.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from newspan.problems import Place, Problem
from newspan.whole import whole_file

#: Stands in a release beside SHA256SUMS; neither that nor the manifest lists it.
SIGNATURE = "SHA256SUMS.sig"
#: A signature made for another purpose doesn't count.
NAMESPACE = "newspan"

_NO_TOOL = "ssh-keygen is not on the path; it comes with OpenSSH"


class SigningError(Exception):
    """Nothing was signed: ssh-keygen is missing, or did not sign; the message says why."""


def sign(directory: str | Path, key: str | Path) -> Path:
    """Sign a release and return the signature's path, SHA256SUMS.sig.

    Args:
        directory: the release; an old signature is replaced.
        key: a private SSH key, or the public one of a key that an agent holds.

    Raises:
        FileNotFoundError: when there is no SHA256SUMS, or no key.
        SigningError: when ssh-keygen is missing or did not sign.
    """
    directory, key = Path(directory), Path(key)
    sums = (directory / "SHA256SUMS").read_bytes()
    if not key.is_file():
        raise FileNotFoundError(f"{key} is no key: there is no such file")
    if shutil.which("ssh-keygen") is None:
        raise SigningError(_NO_TOOL)
    # Read from standard input, so that the signature comes back and no file is half written.
    done = _ssh_keygen("sign", "-f", str(key.absolute()), given=sums)
    if done.returncode or b"BEGIN SSH SIGNATURE" not in done.stdout:
        raise SigningError(f"ssh-keygen did not sign with {key}: {_said(done)}")
    target = directory / SIGNATURE
    with whole_file(target, done.stdout.decode("ascii")):
        pass
    return target


def check_signature(
    directory: Path, signers: Path, identity: str | None = None
) -> tuple[str | None, list[Problem]]:
    """Return who signed a release, or None and the problem why nobody of the list has.

    Args:
        directory: the release.
        signers: an allowed-signers file (`ssh-keygen(1)`, ALLOWED SIGNERS).
        identity: who must have signed; anybody of the file if None.

    Raises:
        ValueError: when there is no such allowed-signers file.
    """
    if not signers.is_file():
        raise ValueError(f"{signers} is no allowed-signers file: there is no such file")
    place = Place(SIGNATURE)
    path = directory / SIGNATURE
    if not path.is_file() or path.is_symlink():
        message = "signers were named, and the release has no signature"
        return None, [Problem("signature-missing", place, message)]
    if shutil.which("ssh-keygen") is None:
        return None, [Problem("ssh-keygen-missing", place, _NO_TOOL)]
    files = ("-f", str(signers.absolute()), "-s", str(path.absolute()))
    names = [] if identity is None else [identity]
    if not names:
        found = _ssh_keygen("find-principals", *files)
        names = found.stdout.decode("utf-8", "replace").split("\n")
        names = [name for line in names for name in line.strip().split(",") if name]
        if found.returncode or not names:
            message = f"its key is nobody's in {signers.name}, or it is no signature"
            return None, [Problem("signature-invalid", place, f"{message}: {_said(found)}")]
    sums = directory / "SHA256SUMS"
    signed = sums.read_bytes() if sums.is_file() else b""
    for name in names:
        done = _ssh_keygen("verify", *files, "-I", name, given=signed)
        if done.returncode == 0:
            return name, []
    if identity is not None:
        other, _ = check_signature(directory, signers)
        if other is not None:
            message = f"it was signed by {other}, not by {identity}"
            return None, [Problem("signature-invalid", place, message)]
    message = f"it is no signature of SHA256SUMS by {' or '.join(names)}: {_said(done)}"
    return None, [Problem("signature-invalid", place, message)]


def _ssh_keygen(what: str, *options: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = ["ssh-keygen", "-Y", what, "-n", NAMESPACE, *options]
    return subprocess.run(command, input=given, capture_output=True, check=False)


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return the first line that ssh-keygen said of a fault; it never prints a key."""
    lines = done.stderr.decode("utf-8", "replace").splitlines()
    told = [line.strip() for line in lines if line.strip() and not line.startswith("Signing data")]
    return told[0] if told else f"exit code {done.returncode}"
