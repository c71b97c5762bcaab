"""Whoever serves another file under a locked name and version gets nothing installed, and no audit is faked.

The index here is a folder of the test's own, with a wheel that calls itself what the lock asks for.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from tests.project import PROJECT

pytestmark = pytest.mark.slow

LOCKS = [
    PROJECT / "requirements.txt",
    *sorted(PROJECT.glob("requirements-*.txt")),
    *sorted((PROJECT / "tests").glob("requirements-*.txt")),
    PROJECT / "deploy" / "mwaa" / "environment.txt",
]
PIP_AUDIT = PROJECT / ".local" / "scanners" / "venv" / "bin" / "pip-audit"
OTHERS = ("test-mwaa", "test-python313", "test-clients")
BESIDE_THE_FAULTS = "make ran --jobs=2 --keep-going --output-sync=target test-faults test test-stacks"
SCRIPTS = ["Makefile", "Dockerfile", "docker-compose.yaml", ".ci/*", "*.toml", ".*.yaml", "*.in", "**/*.py"]


def entries(lock: Path) -> dict[str, str]:
    """Each package's lines of a lock, by its name."""
    found = re.split(r"^(?=[a-z0-9])", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {entry.partition("==")[0].partition("[")[0]: entry for entry in found}


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index whose `six` of the locked version is somebody else's."""
    version = entries(LOCKS[0])["six"].partition("==")[2].split()[0]
    folder = tmp_path / "index"
    folder.mkdir()
    about = f"six-{version}.dist-info"
    with zipfile.ZipFile(folder / f"six-{version}-py2.py3-none-any.whl", "w") as wheel:
        wheel.writestr("six.py", "print('somebody else')\n")
        wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: six\nVersion: {version}\n")
        wheel.writestr(
            f"{about}/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py2-none-any\nTag: py3-none-any\n",
        )
        wheel.writestr(
            f"{about}/RECORD", f"six.py,,\n{about}/METADATA,,\n{about}/WHEEL,,\n{about}/RECORD,,\n"
        )
    return folder


@pytest.mark.parametrize("locked", [False, True], ids=["without-hashes", "with-hashes"])
@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_another_file_of_a_locked_version_is_not_installed(
    installer: str, locked: bool, index: Path, tmp_path: Path
) -> None:
    entry = entries(LOCKS[0])["six"]
    lock = tmp_path / "lock.txt"
    lock.write_text(entry if locked else entry.split()[0])
    command = [sys.executable, "-m", "uv", "pip"] if installer == "uv" else [sys.executable, "-m", "pip"]
    target = tmp_path / "installed"
    options = [
        "--no-index",
        "--find-links",
        str(index),
        "--no-deps",
        "--target",
        str(target),
        "-r",
        str(lock),
    ]
    if locked:
        options.append("--require-hashes")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    environment |= {
        "UV_CACHE_DIR": str(tmp_path / "uv"),
        "PIP_NO_CACHE_DIR": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "UV_NO_CONFIG": "1",
    }
    result = subprocess.run(
        [*command, "install", *options], env=environment, capture_output=True, text=True, check=False
    )
    assert (result.returncode == 0) is not locked, result.stderr
    assert (target / "six.py").exists() is not locked
    assert not locked or "hash" in result.stderr.lower()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_each_package_of_a_lock_has_its_version_and_hashes(lock: Path) -> None:
    found = entries(lock)
    assert len(found) > 5
    unlike = re.compile(
        r"[a-z0-9.-]+(\[[a-z0-9,-]+\])?==\S+( ;[^\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+\n"
    )
    assert [name for name, entry in found.items() if not unlike.match(entry)] == []
    assert lock.with_suffix(".in").exists()


def test_whatever_installs_asks_for_the_hashes() -> None:
    targets = [
        f"{name}/.installed"
        for name in (
            ".venv",
            ".local/awscli",
            ".local/cloudformation",
            ".local/scanners",
            ".local/mwaa",
            ".local/mwaa-tests",
            ".local/python313",
        )
    ]
    dry = subprocess.run(
        ["make", "--dry-run", "--always-make", *targets],  # noqa: S607 - as a person types it
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    steps = dry.stdout.splitlines() + re.sub(r"\\\n", "", (PROJECT / "Dockerfile").read_text()).splitlines()
    installs = [step for step in steps if re.search(r"\bpip\b.* (install|sync)\b", step)]
    assert len(installs) == 10
    assert [step for step in installs if "--require-hashes" not in step] == []


def test_no_script_names_a_package_index_by_host() -> None:
    files = {file for pattern in SCRIPTS for file in PROJECT.glob(pattern) if file.is_file()}
    files = {file for file in files if not {".venv", ".local"} & set(file.relative_to(PROJECT).parts)}
    assert len(files) > 100
    host = re.compile(r"\bpypi\.(?:org|python\.org)|pythonhosted\.")
    assert [file for file in files if host.search(file.read_text(encoding="utf-8"))] == []


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", PROJECT / ".ci" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def told(*vulnerabilities: str) -> dict[str, object]:
    return {"name": "a", "version": "1", "vulns": [{"id": name} for name in vulnerabilities]}


UNKNOWN = {"name": "b", "skip_reason": "Dependency not found: b (2)"}


@pytest.mark.parametrize(
    ("status", "errors", "dependencies", "end", "says"),
    [
        (0, "No known vulnerabilities found", None, 0, ""),
        (1, "Found 1 known vulnerability", [told(), told("CVE-1")], 1, "a 1: CVE-1"),
        (0, "", [told(), UNKNOWN], 1, "not found: b (2)"),
        (1, "", [UNKNOWN, told("CVE-1")], 1, "CVE-1"),
        (0, "", [UNKNOWN, UNKNOWN], 3, "NOT AUDITED"),
        (1, "Traceback\nrequests.exceptions.ProxyError: no", None, 3, "NOT AUDITED"),
        (1, "ERROR: package a has duplicate requirements", None, 1, "duplicate requirements"),
        (2, "usage: pip-audit", None, 1, "usage"),
    ],
)
def test_what_the_audit_could_not_ask_is_not_taken_for_clean(
    audit: ModuleType, *, status: int, errors: str, dependencies: list[object] | None, end: int, says: str
) -> None:
    report = None if dependencies is None else {"dependencies": dependencies, "fixes": []}
    verdict, lines = audit.verdict(status, errors, report)
    assert verdict == end
    assert says in "\n".join(lines)


@pytest.mark.slow
@pytest.mark.skipif(not PIP_AUDIT.exists(), reason="needs make .local/scanners/.installed")
def test_an_index_that_cannot_be_reached_leaves_the_lock_not_audited() -> None:
    result = subprocess.run(
        [sys.executable, ".ci/audit.py", str(PIP_AUDIT), "tests/requirements-awscli.txt"],
        cwd=PROJECT,
        env=os.environ | {"HTTPS_PROXY": "http://127.0.0.1:1", "https_proxy": "http://127.0.0.1:1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 3, result.stderr
    assert result.stdout.startswith("tests/requirements-awscli.txt: NOT AUDITED")


@pytest.mark.parametrize(
    ("audited", "tests", "ends", "last"),
    [
        (0, 0, 0, f"{BESIDE_THE_FAULTS} {' '.join(OTHERS)} PROCESSES=3"),
        (3, 0, 0, "NOT AUDITED"),
        (3, 7, 7, "NOT AUDITED"),
        (1, 0, 1, "make ran lint types secrets"),
    ],
)
def test_ci_ends_with_what_was_not_audited(
    audited: int, tests: int, ends: int, last: str, tmp_path: Path
) -> None:
    result = run_ci(tmp_path, audited=audited, tests=tests, git="echo true")
    assert result.returncode == ends, result.stderr
    assert result.stdout.splitlines()[-1].startswith(last)


def test_three_commits_in_a_row_run_all(tmp_path: Path) -> None:
    found: dict[str, str] = {}
    for commit in (459, 460, 461):
        git = f'case "$1" in rev-parse) echo false;; rev-list) echo {commit};; esac'
        last = run_ci(tmp_path / str(commit), git=git).stdout.splitlines()[-1]
        third, other = last.split()[-1], last.split()[-3]
        assert last == f"{BESIDE_THE_FAULTS} {other} PROCESSES=3 {third}"
        found[third] = other
    assert sorted(found) == ["THIRD=1", "THIRD=2", "THIRD=3"]
    assert sorted(found.values()) == sorted(OTHERS)


def run_ci(folder: Path, *, git: str, audited: int = 0, tests: int = 0) -> "subprocess.CompletedProcess[str]":
    """Run .ci/run beside stand-ins that tell what it calls.

    Args:
        folder: Where to.
        git: What git does, in sh.
        audited: Status of the audit.
        tests: Status of all tests.
    """
    stand_ins = folder / "bin"
    for path, script in {
        ".venv/bin/python": f"exit {audited}",
        "bin/make": f'echo "make ran $*"; case "$*" in *test*) exit {tests};; esac',
        "bin/git": git,
        "bin/chromium": "",
        "bin/chromedriver": "",
        "bin/redis-server": "",
    }.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o700)
    (folder / ".ci").mkdir()
    shutil.copy(PROJECT / ".ci" / "run", folder / ".ci")
    return subprocess.run(
        ["bash", ".ci/run"],  # noqa: S607 - as CI calls it
        cwd=folder,
        env={"PATH": f"{stand_ins}{os.pathsep}{os.defpath}"},
        capture_output=True,
        text=True,
        check=False,
    )
