"""When schedules run, and which data a run analyzes, by the examples of AWS's documents."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local_aws.errors import ValidationError
from local_aws.processing.monitoring.window import Timing


def at(hour: int, day: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, tzinfo=UTC)


def runs(expression: str, after: datetime, count: int = 4) -> list[datetime]:
    timing, found = Timing.of({"ScheduleExpression": expression}, {}), []
    for _ in range(count):
        after = timing.next_run(after)
        found.append(after)
    return found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cron(0 * ? * * *)", [at(11), at(12), at(13), at(14)]),
        ("cron(0 12 ? * * *)", [at(12, day) for day in (9, 10, 11, 12)]),
        ("cron(0 00 ? * * *)", [at(0, day) for day in (10, 11, 12, 13)]),
        ("cron(0 17/12 ? * * *)", [at(17), at(5, 10), at(17, 10), at(5, 11)]),
        ("cron(0 0/2 ? * * *)", [at(12), at(14), at(16), at(18)]),
        ("cron(0 20/7 ? * * *)", [at(17), at(20), at(3, 10), at(10, 10)]),
    ],
)
def test_the_hours_of_an_expression(expression: str, expected: list[datetime]) -> None:
    assert runs(expression, at(10, minute=30)) == expected


def test_the_next_hour_is_after_the_one_that_it_is() -> None:
    assert runs("cron(0 * ? * * *)", at(10), 1) == [at(11)]


def test_without_a_config_it_runs_daily() -> None:
    assert Timing.of({}, {}).next_run(at(10)) == at(0, 10)


@pytest.mark.parametrize(
    ("expression", "scheduled", "start"),
    [
        ("cron(0 * ? * * *)", at(10), at(9)),
        ("cron(0 12 ? * * *)", at(12), at(12, 8)),
        ("cron(0 0/5 ? * * *)", at(0), at(20, 8)),
    ],
)
def test_a_run_analyzes_what_came_since_the_run_before(
    expression: str, scheduled: datetime, start: datetime
) -> None:
    assert Timing.of({"ScheduleExpression": expression}, {}).data_of(scheduled) == (start, scheduled)


def test_offsets_say_which_data_instead() -> None:
    """The example of the developer guide: from eight days before until one day before."""
    endpoint = {"StartTimeOffset": "-P8D", "EndTimeOffset": "-P1D"}
    timing = Timing.of({"ScheduleExpression": "cron(0 * ? * * *)"}, endpoint)
    assert timing.data_of(at(13)) == (at(13, 1), at(13, 8))
    now = {"ScheduleExpression": "NOW", "DataAnalysisStartTime": "-PT3H30M", "DataAnalysisEndTime": "-PT0H"}
    once = Timing.of(now, {})
    assert (once.hours, once.data_of(at(13))) == (frozenset(), (at(9, minute=30), at(13)))
    assert once.offsets == (-timedelta(hours=3, minutes=30), timedelta(0))


OFFSETS = {"DataAnalysisStartTime": "-PT2H", "DataAnalysisEndTime": "-PT1H"}


@pytest.mark.parametrize(
    ("config", "endpoint", "message"),
    [
        (
            {"ScheduleExpression": "cron(30 * ? * * *)"},
            {},
            "Invalid ScheduleExpression cron(30 * ? * * *). It has ",
        ),
        ({"ScheduleExpression": "cron(0 24 ? * * *)"}, {}, "Invalid ScheduleExpression cron(0 24 ? * * *). "),
        (
            {"ScheduleExpression": "cron(0 1/0 ? * * *)"},
            {},
            "Invalid ScheduleExpression cron(0 1/0 ? * * *). ",
        ),
        ({"ScheduleExpression": "rate(1 hour)"}, {}, "Invalid ScheduleExpression rate(1 hour). "),
        (
            {"ScheduleExpression": "NOW"},
            {},
            "ScheduleExpression NOW requires DataAnalysisStartTime and DataAnalysisEndTime.",
        ),
        (
            {"DataAnalysisStartTime": "-PT2H"},
            {},
            "DataAnalysisStartTime and DataAnalysisEndTime need each other.",
        ),
        (
            {**OFFSETS, "DataAnalysisEndTime": "-PT3H"},
            {},
            "The time of the data that is analyzed has to start before ",
        ),
        ({**OFFSETS, "DataAnalysisStartTime": "-P3D"}, {}, "DataAnalysisEndTime must not follow "),
        ({**OFFSETS, "DataAnalysisStartTime": "P1D"}, {}, "DataAnalysisStartTime P1D is after the time of "),
        (
            {**OFFSETS, "DataAnalysisStartTime": "-Phour"},
            {},
            "DataAnalysisStartTime -Phour is no ISO 8601 duration",
        ),
        (
            OFFSETS,
            {"StartTimeOffset": "-P8D", "EndTimeOffset": "-P1D"},
            "The schedule has DataAnalysisStartTime, and its endpoint's input has StartTimeOffset. ",
        ),
    ],
)
def test_what_is_no_schedule_of_aws(config: Any, endpoint: Any, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Timing.of(config, endpoint)
    assert caught.value.message.startswith(message)
