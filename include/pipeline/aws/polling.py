"""How long to wait between two looks at something on SageMaker."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator


def looks(longest: float) -> Iterator[float]:
    """Pause between looks: a tenth of a second and a tenth of the time waited so far.

    What takes a moment is seen to end at once, a job of seconds within a second, and one of hours costs no
    more calls than it must.

    Args:
        longest: Seconds between two looks at the most.

    Yields:
        The seconds waited so far, at once for the first look and after each pause.
    """
    started = time.monotonic()
    while True:
        waited = time.monotonic() - started
        yield waited
        time.sleep(_pause(waited, longest))


async def async_looks(longest: float) -> AsyncIterator[float]:
    """Pause as `looks` does, without blocking the event loop."""
    started = time.monotonic()
    while True:
        waited = time.monotonic() - started
        yield waited
        await asyncio.sleep(_pause(waited, longest))


def _pause(waited: float, longest: float) -> float:
    return min(longest, 0.1 + waited / 10)
