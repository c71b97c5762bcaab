"""Pieces of work at once, results in order."""

import threading
import time
from collections.abc import Iterator

import pytest

from include.work.in_order import in_order


def test_results_come_in_the_order_of_the_pieces() -> None:
    def work(piece: int) -> int:
        time.sleep(0.02 if piece % 3 == 0 else 0)
        return piece * piece

    assert list(in_order(work, range(20))) == [piece * piece for piece in range(20)]


def test_two_pieces_are_worked_on_at_once() -> None:
    both = threading.Barrier(2, timeout=20)
    assert list(in_order(lambda _: both.wait() >= 0, range(4))) == [True] * 4


def test_no_more_pieces_are_taken_than_are_worked_on_and_wait() -> None:
    taken: list[int] = []

    def pieces() -> Iterator[int]:
        for piece in range(100):
            taken.append(piece)
            yield piece

    results = in_order(lambda piece: piece, pieces())
    assert next(results) == 0
    assert len(taken) <= 3
    results.close()


def test_what_a_piece_raises_is_raised_in_its_turn() -> None:
    def work(piece: int) -> int:
        if piece == 2:
            raise LookupError(piece)
        return piece

    found = []
    with pytest.raises(LookupError, match="2"):  # noqa: PT012 - what came before it counts
        for result in in_order(work, range(10)):
            found.append(result)  # noqa: PERF402
    assert found == [0, 1]
