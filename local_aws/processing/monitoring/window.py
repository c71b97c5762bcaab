"""When a schedule runs, and the time whose data a run analyzes.

Source: API reference, ScheduleConfig and EndpointInput. All times are UTC.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from pydantic import TypeAdapter
from pydantic import ValidationError as NotADuration

from local_aws.errors import ValidationError
from local_aws.state.resources import JsonObject

NOW = "NOW"
_CRON = re.compile(r"cron\(0 (?:(?P<every>\*)|(?P<hour>\d{1,2})(?:/(?P<step>\d{1,2}))?) \? \* \* \*\)")
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_HOURS = 24
# AWS picks an hour for a schedule without ScheduleConfig.
_DEFAULT = "cron(0 0 ? * * *)"
_DURATION: TypeAdapter[timedelta] = TypeAdapter(timedelta)


def check_offset(member: str, text: str) -> timedelta:
    """Return an ISO 8601 duration, such as -PT1H.

    Raises:
        ValidationError: It is none, or leads into the future.
    """
    try:
        offset = _DURATION.validate_python(text)
    except NotADuration as error:
        raise ValidationError(f"{member} {text} is no ISO 8601 duration, such as -PT1H.") from error
    if offset > timedelta(0):
        raise ValidationError(
            f"{member} {text} is after the time of the schedule; it has to be such as -PT1H."
        )
    return offset


@dataclass(frozen=True)
class Timing:
    """The hours of a schedule, and the time before each whose data is analyzed."""

    hours: frozenset[int]
    """The hours of the day at which it runs. None of them where it runs once, at once."""
    offsets: tuple[timedelta, timedelta] | None
    """From the time of a run to the first moment of its data, and to the first after it. None for what came
    since the run before."""

    @classmethod
    def of(cls, config: JsonObject, endpoint: JsonObject) -> Self:
        """Read a ScheduleConfig, and the offsets of the endpoint's input.

        Raises:
            ValidationError: AWS has no such schedule, or the time of the data is none.
        """
        expression = config.get("ScheduleExpression", _DEFAULT)
        own = _offsets(config, "DataAnalysisStartTime", "DataAnalysisEndTime")
        of_endpoint = _offsets(endpoint, "StartTimeOffset", "EndTimeOffset")
        if own and of_endpoint:
            raise ValidationError(
                f"The schedule has {next(iter(own))}, and its endpoint's input has "
                f"{next(iter(of_endpoint))}. One of them can say which data is analyzed."
            )
        hours = frozenset() if expression == NOW else _hours(expression)
        if not hours and not own:
            raise ValidationError(
                "ScheduleExpression NOW requires DataAnalysisStartTime and DataAnalysisEndTime."
            )
        given = own or of_endpoint
        if not given:
            return cls(hours, None)
        start, end = given.values()
        if start >= end:
            raise ValidationError("The time of the data that is analyzed has to start before it ends.")
        if own and end - start > _DAY:
            raise ValidationError(
                "DataAnalysisEndTime must not follow DataAnalysisStartTime by more than 24 hours."
            )
        return cls(hours, (start, end))

    def next_run(self, after: datetime) -> datetime:
        """Return the first full hour of the schedule that is after a moment."""
        moment = after.replace(minute=0, second=0, microsecond=0) + _HOUR
        while moment.hour not in self.hours:
            moment += _HOUR
        return moment

    def data_of(self, scheduled: datetime) -> tuple[datetime, datetime]:
        """Return the first moment of the data of a run, and the first after it."""
        if self.offsets is not None:
            start, end = self.offsets
            return scheduled + start, scheduled + end
        before = scheduled - _HOUR
        while before.hour not in self.hours:
            before -= _HOUR
        return before, scheduled


def _offsets(members: JsonObject, *names: str) -> Mapping[str, timedelta]:
    found = {name: check_offset(name, members[name]) for name in names if name in members}
    if len(found) == 1:
        raise ValidationError(f"{names[0]} and {names[1]} need each other.")
    return found


def _hours(expression: str) -> frozenset[int]:
    match = _CRON.fullmatch(expression)
    hour, step = int(match["hour"] or 0) if match else 0, int((match["step"] if match else None) or _HOURS)
    if match is None or hour >= _HOURS or not 1 <= step <= _HOURS:
        raise ValidationError(
            f"Invalid ScheduleExpression {expression}. It has to be cron(0 * ? * * *), cron(0 [00-23] ? * "
            "* *), cron(0 [00-23]/[01-24] ? * * *) or NOW."
        )
    if match["every"]:
        return frozenset(range(_HOURS))
    # "Every 12 hours, starting at 5pm UTC: cron(0 17/12 ? * * *)" goes on after midnight.
    return frozenset((hour + passed) % _HOURS for passed in range(0, _HOURS, step))
