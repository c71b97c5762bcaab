"""The hashes of a file, worked out while it is received, in a thread beside."""

import hashlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

# hashlib works without Python's lock, on pieces that are worth the handing over.
_PIECE = 1024**2
_WAITING = 8


class ContentHash:
    """SHA-1 and SHA-256 of all that it is told, in the order in which it is told."""

    def __init__(self) -> None:
        self._hashes = hashlib.sha1(usedforsecurity=False), hashlib.sha256()
        self._pieces: list[bytes] = []
        self._bytes = 0
        self._pool = ThreadPoolExecutor(1)
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the thread; what it has not come to is left out."""
        self._pool.shutdown(cancel_futures=True)

    def update(self, piece: bytes) -> None:
        """Add a piece. Waits where the thread is far behind, so that no more than some MB are held."""
        self._pieces.append(piece)
        self._bytes += len(piece)
        if self._bytes >= _PIECE:
            self._hand_over()
        if len(self._waiting) > _WAITING:
            self._waiting.popleft().result()

    def _hand_over(self) -> None:
        self._waiting.append(self._pool.submit(self._hash, self._pieces))
        self._pieces, self._bytes = [], 0

    def _hash(self, pieces: list[bytes]) -> None:
        for hashed in self._hashes:
            for piece in pieces:
                hashed.update(piece)

    def hexdigests(self) -> tuple[str, str]:
        """Return SHA-1 and SHA-256, in hex, of all that was added."""
        self._hand_over()
        while self._waiting:
            self._waiting.popleft().result()
        sha1, sha256 = self._hashes
        return sha1.hexdigest(), sha256.hexdigest()
