"""When a pipeline runs by itself."""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable

# Covers the time between the cron's tick and the scheduler's next look at the DAG.
_GRACE = timedelta(minutes=10)


def cron_schedule(cron: str | None) -> CronTriggerTimetable | None:
    """Run at the cron's next tick, and not at once when the DAG is switched on: a run costs money.

    That needs a DAG without start_date. Airflow runs a missed tick whenever there is one.

    Args:
        cron: A cron expression or preset in UTC; None for runs by hand only.
    """
    return CronTriggerTimetable(cron, timezone="UTC", run_immediately=_GRACE) if cron else None
