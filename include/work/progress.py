"""How far a piece of long work is, for a task's log: what is done, the rate, and the time left."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

NAME = __name__
"""Of the logger, by which the lines are known."""
log = logging.getLogger(NAME)

# Between two lines. Of what ends before the first, nothing is told.
_SECONDS = 5.0
_MINUTE, _HOUR = 60, 3600
_SHORT = 1.5  # of a minute or an hour: up to here it is told in the smaller unit


@dataclass(frozen=True)
class Unit:
    """What is counted."""

    name: str
    """Of one unit or many, as `rows`."""
    size: float = 1
    """How many of what is counted make one."""
    digits: int = 0
    """Behind the point."""

    def of(self, count: float) -> str:
        """Write a count, without the name."""
        return f"{count / self.size:,.{self.digits}f}"


ROWS = Unit("rows")
_MILLIONS = Unit("million rows", 1e6, 1)
BYTES = Unit("MB", 1e6)
_RATE_OF_BYTES = Unit("MB", 1e6, 1)


class Progress:
    """Tells how far some work is, every five seconds at most.

    Args:
        doing: The work, as the line begins.
        total: All that is to be done; None where that is not known.
        unit: What is counted: `ROWS` or `BYTES`.
        clock: Seconds that go on and on.
    """

    def __init__(
        self,
        doing: str,
        total: int | None = None,
        unit: Unit = ROWS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._doing, self._total, self._unit, self._clock = doing, total, unit, clock
        self._done = 0
        self._began = self._told = clock()

    def reached(self, done: int) -> None:
        """Say how much is done by now. Less than before means that the work has begun anew."""
        now = self._clock()
        if done < self._done:
            self._began = self._told = now
        self._done = done
        if now - self._told >= _SECONDS and done:
            self._told = now
            log.info("%s: %s", self._doing, self._line(done / (now - self._began)))

    def _line(self, rate: float) -> str:
        many = self._unit is ROWS and (self._total or self._done) >= _MILLIONS.size
        unit = _MILLIONS if many else self._unit
        rates = _RATE_OF_BYTES if self._unit is BYTES else self._unit
        # A file may have grown meanwhile.
        total = self._total if self._total and self._total >= self._done else None
        of_total = f" of {unit.of(total)}" if total else ""
        left = f", {_duration((total - self._done) / rate)} left" if total else ""
        return f"{unit.of(self._done)}{of_total} {unit.name}, {rates.of(_rounded(rate))} {rates.name}/s{left}"


def _rounded(rate: float) -> float:
    return float(f"{rate:.3g}")


def _duration(seconds: float) -> str:
    if seconds < _SHORT * _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _SHORT * _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h"
