"""hadolint finds nothing in the Dockerfile, and would find something."""

import subprocess
from pathlib import Path

import pytest

from tests.project import PROJECT

HADOLINT = PROJECT / ".local" / "scanners" / "venv" / "bin" / "hadolint"
"""`make test` puts it there."""
DOCKERFILE = PROJECT / "Dockerfile"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not HADOLINT.exists(), reason="needs make .local/scanners/.installed"),
]


def told(dockerfile: Path) -> str:
    return subprocess.run([HADOLINT, dockerfile], capture_output=True, text=True, check=False).stdout


def test_hadolint_finds_nothing(tmp_path: Path) -> None:
    assert told(DOCKERFILE) == ""
    worse = tmp_path / "Dockerfile"
    worse.write_text(DOCKERFILE.read_text().replace("python:3.11-slim-bookworm", "python:latest"))
    assert "DL3007" in told(worse)
