"""Several pieces of work at once, their results in the order of the pieces."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")

# Arrow works without Python's lock, as does a request that waits. More threads would hold more in memory.
_THREADS = 2


def in_order(work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
    """Work on the pieces in two threads, and hold no more than three of them or their results at once.

    Args:
        work: Is called in another thread. What it raises is raised here, in its piece's turn.
        pieces: Are taken in this thread.
    """
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(_THREADS) as pool:
        try:
            for piece in pieces:
                waiting.append(pool.submit(work, piece))
                if len(waiting) > _THREADS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for piece_of_work in waiting:
                piece_of_work.cancel()
