"""How far long work is, as the log tells it."""

import logging

import pytest

from include.work.progress import BYTES, ROWS, Progress, Unit


class Clock:
    """Seconds that a test turns on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def told(
    caplog: pytest.LogCaptureFixture,
    *steps: tuple[float, int],
    total: int | None = None,
    unit: Unit = ROWS,
) -> list[str]:
    """Give the lines of work that has reached so much after so many seconds."""
    clock = Clock()
    with caplog.at_level(logging.INFO, "include.work.progress"):
        progress = Progress("Scoring", total, unit, clock)
        for seconds, done in steps:
            clock.now = 1000.0 + seconds
            progress.reached(done)
    return [record.getMessage() for record in caplog.records]


def test_what_is_done_the_rate_and_the_time_left_are_told(caplog: pytest.LogCaptureFixture) -> None:
    lines = told(caplog, (145, 12_300_000), total=40_000_000)
    # 27.7 million at 84,828 rows a second are 327 s.
    assert lines == ["Scoring: 12.3 of 40.0 million rows, 84,800 rows/s, 5 min left"]


def test_what_lasts_less_than_five_seconds_is_not_told_of(caplog: pytest.LogCaptureFixture) -> None:
    assert told(caplog, (1, 10), (4.9, 90), total=100) == []


def test_a_line_comes_every_five_seconds_at_most(caplog: pytest.LogCaptureFixture) -> None:
    lines = told(caplog, *((second, 100 * second) for second in range(1, 17)), total=2000)
    assert lines == [
        "Scoring: 500 of 2,000 rows, 100 rows/s, 15 s left",
        "Scoring: 1,000 of 2,000 rows, 100 rows/s, 10 s left",
        "Scoring: 1,500 of 2,000 rows, 100 rows/s, 5 s left",
    ]


@pytest.mark.parametrize(
    ("done", "total", "line"),
    [
        (355_000_000, 1_000_000_000, "355 of 1,000 MB, 35.5 MB/s, 18 s left"),
        (355_000_000, None, "355 MB, 35.5 MB/s"),
        (2_000_000, 1_000_000, "2 MB, 0.2 MB/s"),  # more than was said
        (1_000_000, 400_000_000, "1 of 400 MB, 0.1 MB/s, 66 min left"),
        (1_000_000, 4_000_000_000, "1 of 4,000 MB, 0.1 MB/s, 11.1 h left"),
    ],
)
def test_bytes_are_told_in_megabytes(
    caplog: pytest.LogCaptureFixture, done: int, total: int | None, line: str
) -> None:
    assert told(caplog, (10, done), total=total, unit=BYTES) == [f"Scoring: {line}"]


def test_work_that_begins_anew_has_the_rate_of_its_new_beginning(caplog: pytest.LogCaptureFixture) -> None:
    lines = told(caplog, (6, 600), (7, 0), (17, 100), total=200)
    assert lines == [
        "Scoring: 600 rows, 100 rows/s",
        "Scoring: 100 of 200 rows, 10 rows/s, 10 s left",
    ]
