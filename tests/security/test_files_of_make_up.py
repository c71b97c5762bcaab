"""Another user of the machine reads nothing of what `make up` writes: database, keys, passwords."""

import os
import stat
import sys
from pathlib import Path

import pytest

from local_stack import stack, up


@pytest.mark.slow
@pytest.mark.parametrize("before", ["nothing", "a folder open to all"])
def test_nobody_else_reaches_the_files_of_make_up(
    before: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (stack, up):
        monkeypatch.setattr(module, "LOCAL", tmp_path)
    home = tmp_path / "airflow"
    if before != "nothing":
        home.mkdir(mode=0o755)
    started: list[int] = []

    def start(*_: object, **__: object) -> int:
        """Stands for the services, which write with the umask that they are left."""
        started.append(os.umask(0o777))
        return 0

    monkeypatch.setattr(up, "run_in_foreground", start)
    # They are the process's, and pytest has its own.
    monkeypatch.setattr(up, "raise_on_signals", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["up"])
    monkeypatch.setenv("AIRFLOW_PORT", str(stack.free_port()))
    monkeypatch.setenv("LOCAL_AWS_PORT", str(stack.free_port()))
    monkeypatch.chdir(tmp_path)
    umask = os.umask(0o022)
    try:
        assert up.main() == 0
    finally:
        os.umask(umask)
    assert started == [0o077]
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    files = [path for path in home.rglob("*") if path.is_file()]
    assert {"airflow.db", "fernet.key", "secret.key"} <= {path.name for path in files}
    assert [path for path in [*files, *tmp_path.glob("*.db")] if path.stat().st_mode & 0o077] == []
