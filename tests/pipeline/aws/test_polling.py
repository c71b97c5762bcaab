import asyncio
import itertools

import pytest

from include.pipeline.aws import polling


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Time that passes only while somebody sleeps."""
    slept: list[float] = []
    monkeypatch.setattr(polling.time, "monotonic", lambda: 1000 + sum(slept))
    monkeypatch.setattr(polling.time, "sleep", slept.append)
    return slept


def test_the_first_look_is_at_once(pauses: list[float]) -> None:
    assert next(polling.looks(15)) == 0
    assert pauses == []


@pytest.mark.usefixtures("pauses")
def test_each_look_is_a_tenth_later_than_the_last() -> None:
    looks = list(itertools.islice(polling.looks(15), 30))
    assert looks[:6] == pytest.approx([0, 0.1, 0.21, 0.331, 0.4641, 0.6105], abs=1e-4)
    # Each is 0.1 s and a tenth of the time so far after the one before: compound interest.
    assert looks == pytest.approx([1.1**number - 1 for number in range(30)])


def test_the_pauses_grow_with_the_wait_up_to_the_longest(pauses: list[float]) -> None:
    for waited in polling.looks(15):
        if waited > 600:
            break
    assert pauses == sorted(pauses)
    assert pauses[-1] == 15
    # An hour's job costs a call every 15 s; in ten minutes there are 83, of them 25 in the first ten seconds.
    assert len(pauses) == 83


def test_an_event_loop_pauses_as_long(pauses: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async def looks() -> list[float]:
        seen = []
        async for waited in polling.async_looks(15):
            seen.append(waited)
            if waited > 600:
                break
        return seen

    monkeypatch.setattr(polling.asyncio, "sleep", sleep)
    in_event_loop = asyncio.run(looks())
    pauses.clear()
    assert in_event_loop == list(itertools.islice(polling.looks(15), len(in_event_loop)))
