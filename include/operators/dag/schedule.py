"""When a pipeline runs by itself."""

from datetime import timedelta

from airflow.sdk import Asset, AssetOrTimeSchedule, CronTriggerTimetable

# Covers the time between the cron's tick and the scheduler's next look at the DAG.
_GRACE = timedelta(minutes=10)


def cron_schedule(cron: str | None) -> CronTriggerTimetable | None:
    """Run at the cron's next tick, and not at once when the DAG is switched on: a run costs money.

    That needs a DAG without start_date. Airflow runs a missed tick whenever there is one.

    Args:
        cron: A cron expression or preset in UTC; None for runs by hand only.
    """
    return CronTriggerTimetable(cron, timezone="UTC", run_immediately=_GRACE) if cron else None


def cron_or_event_schedule(cron: str | None, asset: Asset) -> AssetOrTimeSchedule | Asset:
    """Run at the cron's ticks, as `cron_schedule` does, and whenever the asset is updated.

    Args:
        cron: A cron expression or preset in UTC; None for the asset's events only, which leaves a backfill no
            dates to run for.
        asset: What the pipeline waits for.
    """
    timetable = cron_schedule(cron)
    return AssetOrTimeSchedule(timetable=timetable, assets=asset) if timetable else asset
