"""Hashes of what is received, worked out beside it."""

import hashlib
import itertools
import os
import threading
from typing import Any

import pytest

from include.work import content_hash
from include.work.content_hash import ContentHash


@pytest.mark.parametrize("size", [0, 1, 2**20 - 1, 2**20, 40 * 2**20 + 3])
def test_pieces_of_any_length_are_hashed_in_their_order(size: int) -> None:
    content, lengths = os.urandom(size), itertools.cycle([1, 4096, 3 * 2**20, 65536])
    with ContentHash() as hashed:
        at = 0
        while at < size:
            length = next(lengths)
            hashed.update(content[at : at + length])
            at += length
        found = hashed.hexdigests()
    assert found == (
        hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        hashlib.sha256(content).hexdigest(),
    )


def test_who_receives_waits_for_a_thread_that_is_far_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    may_hash, told = threading.Event(), list[int]()

    class Slow:
        def update(self, _: bytes) -> None:
            assert may_hash.wait(20)

        def hexdigest(self) -> str:
            return ""

    def make(**_: Any) -> Slow:
        return Slow()

    monkeypatch.setattr(content_hash.hashlib, "sha1", make)

    def receive() -> None:
        with ContentHash() as hashed:
            for piece in range(100):
                hashed.update(bytes(2**20))
                told.append(piece)

    thread = threading.Thread(target=receive)
    thread.start()
    thread.join(0.3)
    assert len(told) < 20
    may_hash.set()
    thread.join(20)
    assert len(told) == 100


def test_a_fault_on_the_way_ends_the_thread() -> None:
    before = threading.active_count()

    def receive() -> None:
        with ContentHash() as hashed:
            hashed.update(bytes(2**21))
            raise LookupError

    with pytest.raises(LookupError):
        receive()
    assert threading.active_count() == before
