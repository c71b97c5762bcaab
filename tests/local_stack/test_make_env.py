"""A new `.env` has fresh secrets that only its owner can read; one that exists is kept."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import honcho.environ
import pytest
from cryptography.fernet import Fernet

from local_stack.make_env import cluster_env, write_env
from tests.project import PROJECT

SECRETS = (
    "POSTGRES_PASSWORD",
    "REDIS_PASSWORD",
    "FERNET_KEY",
    "JWT_SECRET",
    "API_SECRET_KEY",
    "ADMIN_PASSWORD",
)


def run_in(folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "local_stack.make_env"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_file_is_written_to_the_current_folder(tmp_path: Path) -> None:
    result = run_in(tmp_path)
    assert result.returncode == 0, result.stderr
    values = honcho.environ.parse((tmp_path / ".env").read_text())
    assert set(values) == {"AIRFLOW_UID", *SECRETS}
    assert not any(values[name] in result.stdout for name in SECRETS)


def test_a_file_that_exists_is_kept(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("POSTGRES_PASSWORD=mine\n")
    result = run_in(tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith(".env exists and is kept")
    assert (tmp_path / ".env").read_text() == "POSTGRES_PASSWORD=mine\n"


def test_a_dangling_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / ".env").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        write_env(tmp_path / ".env")
    assert not (tmp_path / "elsewhere").exists()


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_env(tmp_path / ".env")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


def test_no_secret_is_made_twice() -> None:
    files = [honcho.environ.parse(cluster_env()) for _ in range(3)]
    made = [values[name] for values in files for name in SECRETS]
    assert len(set(made)) == len(made) == 3 * len(SECRETS)


def test_secrets_are_as_strong_as_their_use_asks() -> None:
    values = honcho.environ.parse(cluster_env())
    fernet = Fernet(values["FERNET_KEY"])
    assert fernet.decrypt(fernet.encrypt(b"a password")) == b"a password"
    assert len(values["JWT_SECRET"].encode()) >= 64  # HS512: no shorter than its hash (RFC 7518, 3.2)
    # 4 bits a digit: 128 for passwords that programs use, 96 for the one a person types.
    assert len(values["POSTGRES_PASSWORD"]) == len(values["REDIS_PASSWORD"]) == 32
    assert len(values["API_SECRET_KEY"]) == 64
    assert len(values["ADMIN_PASSWORD"]) == 24


def test_passwords_need_no_quoting_in_urls_and_commands() -> None:
    values = honcho.environ.parse(cluster_env())
    for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "ADMIN_PASSWORD", "JWT_SECRET", "API_SECRET_KEY"):
        assert re.fullmatch("[0-9a-f]+", values[name]), name


@pytest.mark.parametrize(("uid", "written"), [(1000, "1000"), (501, "501"), (0, "50000")])
def test_the_containers_run_as_the_caller_but_never_as_root(
    uid: int, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getuid", lambda: uid)
    assert honcho.environ.parse(cluster_env())["AIRFLOW_UID"] == written
