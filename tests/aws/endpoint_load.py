"""Requests to an endpoint at an even pace, while a test changes what it serves."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tests.aws.endpoints import invoke

A_SECOND = 20
_WORKERS = 8


@dataclass
class Load:
    """What became of the requests."""

    begun: int = 0
    late: int = 0
    """Those that began a second or more after their time."""
    answers: Counter[bytes] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


@contextmanager
def load(client: Callable[[str], Any], endpoint: str, body: bytes) -> Iterator[Load]:
    """Send requests from several threads, each by a client of its own, until the block is left.

    Args:
        client: Makes one of an AWS service.
        endpoint: Its name.
        body: Of each request: CSV.
    """
    found, lock, done = Load(), threading.Lock(), threading.Event()
    start = time.monotonic()

    def send() -> None:
        runtime: Any = client("sagemaker-runtime")
        while not done.is_set():
            with lock:
                due = start + found.begun / A_SECOND
                found.begun += 1
            time.sleep(max(0.0, due - time.monotonic()))
            begin = time.monotonic()
            found.late += begin - due >= 1
            try:
                answer = invoke(runtime, endpoint, body)["Body"]
            except (BotoCoreError, ClientError) as error:
                found.failures.append(str(error))
                continue
            with lock:
                found.answers[answer] += 1
                found.milliseconds.append(1000 * (time.monotonic() - begin))
        runtime.close()

    threads = [threading.Thread(target=send) for _ in range(_WORKERS)]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        done.set()
        for thread in threads:
            thread.join()
