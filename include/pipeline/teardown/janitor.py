"""What runs have left on SageMaker, found by its tags and taken away.

From the command line: `python -m include.pipeline.teardown.janitor`.
"""

import argparse
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict

from include.pipeline.aws.prices import usd_per_day
from include.pipeline.aws.resources import (
    ALL_KINDS,
    ENDPOINT,
    ENDPOINT_CONFIG,
    ResourceKind,
    delete,
    describe,
    owner_of,
)
from include.pipeline.aws.tags import RunTags

_LONGEST_PAUSE = 15
_TRAINING_JOB = "training job"


class Leftover(BaseModel):
    """Something of a run that nobody needs any more."""

    model_config = ConfigDict(frozen=True)

    kind: str
    name: str
    run: RunTags
    reason: str
    usd_per_day: float | None
    """None where the price is not known here."""

    def __str__(self) -> str:
        cost = "price unknown" if self.usd_per_day is None else f"{self.usd_per_day:.2f} USD a day"
        return f"{self.kind} {self.name} ({cost}) of {self.run.dag_id} {self.run.run_id}: {self.reason}"


def find_leftovers(
    sagemaker: Any, *, now: datetime, is_over: Callable[[str, str], bool]
) -> Iterator[Leftover]:
    """Look through all endpoints, configurations, models and running training jobs of the region.

    What carries no tags of this project, or is to be kept, is never a leftover.

    Args:
        sagemaker: The client.
        now: What has expired by then is a leftover.
        is_over: Tells of a DAG and a run id whether the run has ended.

    Yields:
        In the order in which they may be taken away.
    """
    for kind in ALL_KINDS:
        for item in _all(sagemaker, kind.list, kind.list_member):
            run, reason = _why(owner_of(sagemaker, item[kind.arn_member]), now, is_over)
            if run and reason:
                name = item[kind.name_member]
                cost = _endpoint_cost(sagemaker, name) if kind is ENDPOINT else 0.0
                yield Leftover(kind=kind.title, name=name, run=run, reason=reason, usd_per_day=cost)
    running = {"StatusEquals": "InProgress"}
    for job in _all(sagemaker, "list_training_jobs", "TrainingJobSummaries", **running):
        run, reason = _why(owner_of(sagemaker, job["TrainingJobArn"]), now, is_over)
        if run and reason:
            name = job["TrainingJobName"]
            described = sagemaker.describe_training_job(TrainingJobName=name)
            cost = usd_per_day(described["ResourceConfig"])
            yield Leftover(kind=_TRAINING_JOB, name=name, run=run, reason=reason, usd_per_day=cost)


def remove(sagemaker: Any, leftover: Leftover) -> None:
    """Delete a resource and see that it is gone; stop a training job."""
    if leftover.kind == _TRAINING_JOB:
        _stop(sagemaker, leftover.name)
    else:
        delete(sagemaker, _kind(leftover.kind), leftover.name, _LONGEST_PAUSE)


def sweep(
    sagemaker: Any,
    *,
    now: datetime,
    is_over: Callable[[str, str], bool],
    dry_run: bool,
    report: Callable[[str], None],
) -> list[Leftover]:
    """Find what runs have left, report each and, unless it is a dry run, take it away.

    Returns:
        What was found.
    """
    found = list(find_leftovers(sagemaker, now=now, is_over=is_over))
    for leftover in found:
        report(f"{'Would remove' if dry_run else 'Removing'} {leftover}")
        if not dry_run:
            remove(sagemaker, leftover)
    total = sum(leftover.usd_per_day or 0 for leftover in found)
    report(f"{len(found)} leftovers, {total:.2f} USD a day{' (dry run: nothing removed)' if dry_run else ''}")
    return found


def _all(sagemaker: Any, operation: str, member: str, **filters: str) -> Iterator[dict[str, Any]]:
    for page in sagemaker.get_paginator(operation).paginate(**filters):
        yield from page[member]


def _why(
    run: RunTags | None, now: datetime, is_over: Callable[[str, str], bool]
) -> tuple[RunTags | None, str | None]:
    if run is None or run.expires is None:
        return None, None
    if now > run.expires:
        return run, f"it expired at {run.expires:%Y-%m-%d %H:%M} UTC"
    if is_over(run.dag_id, run.run_id):
        return run, "its run is over"
    return run, None


def _endpoint_cost(sagemaker: Any, name: str) -> float | None:
    endpoint = describe(sagemaker, ENDPOINT, name)
    config = endpoint and describe(sagemaker, ENDPOINT_CONFIG, endpoint["EndpointConfigName"])
    if not config:
        return None
    costs = [usd_per_day(variant) for variant in config["ProductionVariants"]]
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


def _stop(sagemaker: Any, name: str) -> None:
    try:
        sagemaker.stop_training_job(TrainingJobName=name)
    except ClientError:
        # SageMaker refuses that for a job that has ended by itself since it was found.
        if sagemaker.describe_training_job(TrainingJobName=name)["TrainingJobStatus"] == "InProgress":
            raise


def _kind(title: str) -> ResourceKind:
    return next(kind for kind in ALL_KINDS if kind.title == title)


def main() -> None:
    """Sweep from the command line, with boto3's own credentials: only what has expired, without Airflow."""
    parser = argparse.ArgumentParser(description="Finds what runs have left on SageMaker after its expiry.")
    parser.add_argument("--region")
    parser.add_argument("--endpoint-url", help="of local AWS")
    parser.add_argument("--delete", action="store_true", help="take it away; without, it is only listed")
    arguments = parser.parse_args()
    sagemaker = boto3.client("sagemaker", region_name=arguments.region, endpoint_url=arguments.endpoint_url)
    sweep(
        sagemaker,
        now=datetime.now(UTC),
        is_over=lambda _dag_id, _run_id: False,
        dry_run=not arguments.delete,
        report=print,
    )


if __name__ == "__main__":
    main()
