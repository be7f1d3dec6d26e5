"""Checking a pack with the very file that stands inside every pack; there is no second copy of it."""

import subprocess
import sys
from pathlib import Path

from audit.exports.packing import VERIFIER


def verify(pack: Path, *, head: str | None = None, manifest: str | None = None, json_wanted: bool = False) -> int:
    """Run the stand-alone verifier on a zip or a folder, as an auditor would; it prints, and its exit code is given.

    0 everything holds, 1 something was changed, 2 something is missing, 3 it cannot be read.
    """
    command = [sys.executable, "-I", "-S", str(VERIFIER), str(pack)]
    command += ["--head", head] if head else []
    command += ["--manifest", manifest] if manifest else []
    command += ["--json"] if json_wanted else []
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own file)
    sys.stdout.write(answer.stdout)
    sys.stderr.write(answer.stderr)
    return answer.returncode
