"""What a variant has answered: in all, and by the minute."""

import threading
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(eq=False)
class MinuteOfAnswers:
    """The answers of one minute, or of a part of it."""

    statuses: Counter[int] = field(default_factory=Counter)
    """How many answers had which HTTP status of the container."""
    seconds: list[float] = field(default_factory=list)
    """How long each took: the sum so far, the least and the most."""

    def add(self, status: int, seconds: float) -> None:
        """Count an answer."""
        self.statuses[status] += 1
        total, least, most = self.seconds or (0.0, seconds, seconds)
        self.seconds = [total + seconds, min(least, seconds), max(most, seconds)]


@dataclass(eq=False)
class Answered:
    """The answers of a variant, counted by whichever threads have them."""

    _statuses: Counter[int] = field(default_factory=Counter)
    _minutes: dict[datetime, MinuteOfAnswers] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, status: int, seconds: float) -> None:
        """Count an answer.

        Args:
            status: HTTP status of its container.
            seconds: How long the container took.
        """
        minute = datetime.now(UTC).replace(second=0, microsecond=0)
        with self._lock:
            self._statuses[status] += 1
            self._minutes.setdefault(minute, MinuteOfAnswers()).add(status, seconds)

    def count(self, statuses: Container[int]) -> int:
        """Return how many answers had one of some HTTP statuses."""
        with self._lock:
            return sum(count for status, count in self._statuses.items() if status in statuses)

    def take_minutes(self) -> dict[datetime, MinuteOfAnswers]:
        """Return what was answered since the last call, by the minute."""
        with self._lock:
            taken, self._minutes = self._minutes, {}
            return taken
