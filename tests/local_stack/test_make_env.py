"""A new cluster has fresh secrets that only their owner can reach; what exists is kept."""

import hashlib
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import honcho.environ
import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from local_stack.aws_key import new_key, read_key
from local_stack.make_env import cluster_secrets, cluster_settings, write_env
from tests.project import PROJECT

WRITTEN = {"local_aws_key", *cluster_secrets(new_key())}
# `connections.json` is the user's.
MADE = WRITTEN - {"connections.json"}


def run_in(folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "local_stack.make_env"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_files_are_written_to_the_current_folder(tmp_path: Path) -> None:
    result = run_in(tmp_path)
    assert result.returncode == 0, result.stderr
    settings = honcho.environ.parse((tmp_path / ".env").read_text())
    assert set(settings) == {"AIRFLOW_UID", "AIRFLOW_VAR_SOURCE_LOCAL_FOLDER"}
    written = {path.name: path.read_text() for path in (tmp_path / ".secrets").iterdir()}
    assert set(written) == WRITTEN
    assert not any(written[name] in result.stdout for name in MADE)
    assert written["connections.json"] == "{}\n"


def test_local_aws_and_the_connection_have_one_random_key(tmp_path: Path) -> None:
    keys = set()
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        write_env(folder)
        key = read_key(folder / ".secrets" / "local_aws_key")
        connection = json.loads((folder / ".secrets" / "local_aws_connections.json").read_text())[
            "aws_default"
        ]
        assert (connection["login"], connection["password"]) == (key.key_id, key.secret)
        keys.add(key)
    assert len(keys) == 2


@pytest.mark.parametrize("name", [".env", ".secrets"])
def test_what_exists_is_kept(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("mine\n")
    result = run_in(tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith(f"{name} exists and is kept")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "mine\n")]


@pytest.mark.parametrize("name", [".env", ".secrets"])
def test_a_dangling_link_is_not_followed(name: str, tmp_path: Path) -> None:
    (tmp_path / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        write_env(tmp_path)
    assert not (tmp_path / "elsewhere").exists()


def test_only_the_owner_can_reach_them_and_the_containers_can_read_them(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_env(tmp_path)
    finally:
        after = os.umask(before)
    assert after == 0
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / ".secrets").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / ".secrets").iterdir()} == {0o600, 0o644}
    assert stat.S_IMODE((tmp_path / ".secrets" / "local_aws_key").stat().st_mode) == 0o600


def test_no_secret_is_made_twice() -> None:
    # Local AWS's key is in the connection that leads there.
    drawn = MADE - {"local_aws_key"}
    made = [secrets[name] for secrets in (cluster_secrets(new_key()) for _ in range(3)) for name in drawn]
    assert len(set(made)) == len(made) == 3 * len(drawn)


def test_secrets_are_as_strong_as_their_use_asks() -> None:
    values = cluster_secrets(new_key())
    fernet = Fernet(values["fernet_key"])
    assert fernet.decrypt(fernet.encrypt(b"a password")) == b"a password"
    for name in ("users_jwt_key.pem", "tasks_jwt_key.pem"):
        assert isinstance(load_pem_private_key(values[name].encode(), None), Ed25519PrivateKey)
    # 4 bits a digit: 128 for passwords that programs use, 96 for the one a person types.
    assert len(values["postgres_password"]) == 32
    assert len(values["session_key"]) == 64
    assert len(values["admin_password"]) == 24


def test_each_secret_fits_its_counterpart() -> None:
    values = cluster_secrets(new_key())
    assert f":{values['postgres_password']}@postgres/" in values["database_url"]
    for user in ("scheduler", "worker"):
        (password,) = re.findall(
            rf"redis://{user}:([0-9a-f]{{32}})@redis:6379/0", values[f"{user}_redis_url"]
        )
        stored = hashlib.sha256(password.encode()).hexdigest()
        assert f"user {user} on #{stored} " in values["redis_users.acl"]
        assert password not in values["redis_users.acl"]


@pytest.mark.parametrize(("uid", "written"), [(1000, "1000"), (501, "501"), (0, "50000")])
def test_the_containers_run_as_the_caller_but_never_as_root(
    uid: int, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getuid", lambda: uid)
    assert honcho.environ.parse(cluster_settings())["AIRFLOW_UID"] == written
