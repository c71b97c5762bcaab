"""Looks for known vulnerabilities of what the locks hold, and says NOT AUDITED where nobody could be asked.

Usage: audit.py PIP_AUDIT LOCK...
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

CLEAN, FOUND, NOT_AUDITED = 0, 1, 3

# How pip-audit ends when it reaches no index: a time-out it tells in words, other faults as tracebacks.
_UNREACHED = ("requests.exceptions.", "your network may be blocking")


def verdict(status: int, errors: str, report: dict[str, Any] | None) -> tuple[int, list[str]]:
    """Judge what pip-audit left.

    Args:
        status: Its exit status.
        errors: What it wrote to standard error.
        report: Its report in JSON; None where it wrote none, as it does when all is well and when it failed.

    Returns:
        Our exit status, and what to say.
    """
    if report is None:
        if status == 0:
            return CLEAN, []
        if any(text in errors for text in _UNREACHED):
            return NOT_AUDITED, ["NOT AUDITED: the index cannot be reached.", *errors.splitlines()[-1:]]
        return FOUND, [f"pip-audit ended with {status}.", *errors.splitlines()]
    known = [package for package in report["dependencies"] if "skip_reason" not in package]
    vulnerable = [
        f"{package['name']} {package['version']}: {', '.join(found['id'] for found in package['vulns'])}"
        for package in known
        if package["vulns"]
    ]
    unknown = [package["skip_reason"] for package in report["dependencies"] if "skip_reason" in package]
    if unknown and not known:
        return NOT_AUDITED, [f"NOT AUDITED: the index tells nothing of any package. The first: {unknown[0]}"]
    # A package of which nothing is told would else pass unseen.
    return (FOUND if vulnerable or unknown else CLEAN), vulnerable + unknown


def audit(tool: str, lock: str) -> tuple[int, list[str]]:
    """Run pip-audit on one lock, whose every package has a hash; answer as `verdict` does."""
    options = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        ended = subprocess.run(  # noqa: S603 - our own command line
            [tool, *options, "--output", str(report), "--requirement", lock],
            check=False,
            stderr=subprocess.PIPE,
            text=True,
        )
        told = json.loads(report.read_text(encoding="utf-8")) if report.exists() else None
    return verdict(ended.returncode, ended.stderr, told)


def main() -> int:
    """Audit the locks; end with 0 when all is well, 1 when not, 3 when nobody could be asked."""
    tool, *locks = sys.argv[1:]
    ends = set()
    for lock in locks:
        end, lines = audit(tool, lock)
        ends.add(end)
        print(f"{lock}:", "\n  ".join(lines or ["no known vulnerabilities"]))
    return next(end for end in (FOUND, NOT_AUDITED, CLEAN) if end in ends)


if __name__ == "__main__":
    sys.exit(main())
