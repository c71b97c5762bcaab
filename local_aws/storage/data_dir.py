"""The directory that outlives the server. A file is written to it as a whole or not at all."""

import fcntl
import shutil
import threading
import uuid
from pathlib import Path

from local_aws.errors import DataDirError


class DataDir:
    """A directory that one server uses at a time.

    What was written survives any end of the process. Nothing is forced out to the disk, so it may not survive
    a crash of the machine.

    Args:
        path: The directory. It is made where it is absent.

    Raises:
        DataDirError: Another server uses it, or it cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock_file = (self.path / "lock").open("w")
        except OSError as error:
            raise DataDirError(f"cannot use {self.path}: {error}") from error
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock_file.close()
            raise DataDirError(f"another local AWS uses {self.path}") from error
        # A server that was killed may have left files here.
        self._unfinished = self.path / "unfinished"
        shutil.rmtree(self._unfinished, ignore_errors=True)
        self._unfinished.mkdir()
        self._lock = threading.Lock()
        self._is_closed = False

    def _temporary(self) -> Path:
        return self._unfinished / uuid.uuid4().hex

    def write(self, path: Path, *parts: bytes) -> None:
        """Write a file below the directory, in place of an older one.

        Raises:
            DataDirError: The directory was closed.
            OSError: The disk is full, for instance. The older file stays.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._temporary()
        try:
            with unfinished.open("wb") as file:
                file.writelines(parts)
            self._move(unfinished, path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise

    def append(self, path: Path, line: bytes) -> None:
        """Add a line to a file below the directory. The file is made where it is absent.

        Raises:
            DataDirError: The directory was closed.
            OSError: The disk is full, for instance.
        """
        with self._lock:
            self._check_open()
            path.parent.mkdir(parents=True, exist_ok=True)
            # Without a buffer, the line is one write, which a signal does not interrupt.
            with path.open("ab", buffering=0) as file:
                file.write(line)

    def remove(self, path: Path) -> None:
        """Remove a file or a directory. An absent one counts as removed.

        Raises:
            DataDirError: The directory was closed.
        """
        if not path.exists():
            return
        unfinished = self._temporary()
        self._move(path, unfinished)
        if unfinished.is_dir():
            shutil.rmtree(unfinished)
        else:
            unfinished.unlink()

    def _move(self, source: Path, target: Path) -> None:
        with self._lock:
            self._check_open()
            source.replace(target)

    def _check_open(self) -> None:
        if self._is_closed:
            raise DataDirError("local AWS is closing")

    def close(self) -> None:
        """Refuse all changes from now on, and leave the directory to the next server."""
        with self._lock:
            self._is_closed = True
        self._lock_file.close()
