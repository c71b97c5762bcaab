"""The data directory: files whole or not at all, for one server at a time."""

from pathlib import Path

import pytest

from local_aws.errors import DataDirError
from local_aws.storage.data_dir import DataDir


def files(data_dir: DataDir) -> set[str]:
    return {str(path.relative_to(data_dir.path)) for path in data_dir.path.rglob("*") if path.is_file()}


def test_it_is_made_for_its_owner_alone(data_dir: DataDir) -> None:
    assert data_dir.path.stat().st_mode & 0o777 == 0o700


def test_a_file_is_written_and_replaced(data_dir: DataDir) -> None:
    path = data_dir.path / "a" / "b"
    data_dir.write(path, b"1", b"2")
    assert path.read_bytes() == b"12"
    data_dir.write(path, b"3")
    assert path.read_bytes() == b"3"
    assert files(data_dir) == {"lock", "a/b"}


def test_lines_are_added(data_dir: DataDir) -> None:
    path = data_dir.path / "a" / "log"
    data_dir.append(path, b"1\n")
    data_dir.append(path, b"2\n")
    assert path.read_bytes() == b"1\n2\n"
    assert files(data_dir) == {"lock", "a/log"}


def test_a_write_that_fails_leaves_the_older_file(data_dir: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    path = data_dir.path / "a"
    data_dir.write(path, b"old")

    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="no space left"):
        data_dir.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert files(data_dir) == {"lock", "a"}


def test_files_and_directories_are_removed(data_dir: DataDir) -> None:
    for name in ("a/b", "a/c", "d"):
        data_dir.write(data_dir.path / name, b"")
    data_dir.remove(data_dir.path / "a")
    data_dir.remove(data_dir.path / "d")
    data_dir.remove(data_dir.path / "absent")
    assert files(data_dir) == {"lock"}


def test_one_server_at_a_time(data_dir: DataDir) -> None:
    with pytest.raises(DataDirError, match="another local AWS uses"):
        DataDir(data_dir.path)
    data_dir.close()
    DataDir(data_dir.path).close()


def test_once_closed_nothing_changes(data_dir: DataDir) -> None:
    path = data_dir.path / "a"
    data_dir.write(path, b"old")
    data_dir.close()
    with pytest.raises(DataDirError, match="closing"):
        data_dir.write(path, b"new")
    with pytest.raises(DataDirError, match="closing"):
        data_dir.append(path, b"new")
    with pytest.raises(DataDirError, match="closing"):
        data_dir.remove(path)
    assert path.read_bytes() == b"old"


def test_what_a_killed_server_left_unfinished_is_removed(tmp_path: Path) -> None:
    (tmp_path / "unfinished").mkdir()
    (tmp_path / "unfinished" / "half").write_bytes(b"x")
    data_dir = DataDir(tmp_path)
    assert files(data_dir) == {"lock"}
    data_dir.close()


def test_a_path_that_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataDirError, match="cannot use"):
        DataDir(tmp_path / "file")
