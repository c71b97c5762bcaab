from datetime import UTC, datetime

import pytest
from airflow.sdk import Asset, AssetOrTimeSchedule, CronTriggerTimetable
from airflow.serialization.decoders import decode_timetable
from airflow.serialization.encoders import encode_timetable
from airflow.timetables import trigger
from airflow.timetables.base import TimeRestriction

from include.operators.dag.schedule import cron_or_event_schedule, cron_schedule

MONDAYS_AT_SIX = "0 6 * * 1"
MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
NEXT_MONDAY = datetime(2026, 11, 30, 6, tzinfo=UTC)
SOURCE = Asset("source")


@pytest.mark.parametrize(
    "schedule",
    [cron_schedule(MONDAYS_AT_SIX), cron_or_event_schedule(MONDAYS_AT_SIX, SOURCE)],
    ids=["cron", "cron or event"],
)
@pytest.mark.parametrize(
    ("switched_on", "first_run"),
    [
        (datetime(2026, 11, 23, 6, 0, 3, tzinfo=UTC), MONDAY),
        (datetime(2026, 11, 23, 6, 11, tzinfo=UTC), NEXT_MONDAY),
        # Within the tenth of a week that Airflow would look back by itself.
        (datetime(2026, 11, 23, 18, 0, tzinfo=UTC), NEXT_MONDAY),
        (datetime(2026, 11, 30, 5, 59, tzinfo=UTC), NEXT_MONDAY),
    ],
)
def test_switching_the_dag_on_does_not_start_a_run(
    switched_on: datetime,
    first_run: datetime,
    schedule: CronTriggerTimetable | AssetOrTimeSchedule,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trigger, "utcnow", lambda: switched_on)
    # As the scheduler gets it.
    timetable = decode_timetable(encode_timetable(schedule))
    info = timetable.next_dagrun_info(
        last_automated_data_interval=None,
        restriction=TimeRestriction(earliest=None, latest=None, catchup=False),
    )
    assert info.run_after == first_run


def test_a_pipeline_may_run_by_hand_only() -> None:
    assert cron_schedule(None) is None


def test_a_pipeline_that_an_event_starts_too_can_be_backfilled() -> None:
    timetable = decode_timetable(encode_timetable(cron_or_event_schedule(MONDAYS_AT_SIX, SOURCE)))
    assert timetable.periodic  # what `airflow backfill create` asks for
    days = TimeRestriction(earliest=datetime(2026, 11, 9, tzinfo=UTC), latest=MONDAY, catchup=True)
    runs, last = [], None
    while info := timetable.next_dagrun_info(last_automated_data_interval=last, restriction=days):
        runs.append(info.logical_date)
        last = info.data_interval
    assert runs == [datetime(2026, 11, day, 6, tzinfo=UTC) for day in (9, 16, 23)]


def test_a_pipeline_without_cron_waits_for_the_event() -> None:
    assert cron_or_event_schedule(None, SOURCE) == SOURCE
