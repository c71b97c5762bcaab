"""Finds what a deployment's runs have left on SageMaker, by its tags, and deletes it.

From the command line: `python -m include.pipeline.teardown.janitor --deployment ID`.
"""

import argparse
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import boto3
from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict

from include.pipeline.aws.deployment_id import FORM, FORM_IN_WORDS
from include.pipeline.aws.jobs import (
    JOB_KINDS,
    PROCESSING_JOB,
    TRAINING_JOB,
    TRANSFORM_JOB,
    JobKind,
    describe_job,
    stop_job,
)
from include.pipeline.aws.resources import ALL_KINDS, ENDPOINT, ResourceKind, delete, owner_of
from include.pipeline.aws.tags import RunTags, UnreadableTags
from include.pipeline.teardown.daily_cost import (
    a_day,
    endpoint_cost,
    one_a_day,
    processing_job_cost,
    training_job_cost,
    transform_job_cost,
)

_LONGEST_PAUSE = 15
_COST = {
    ENDPOINT.title: endpoint_cost,
    PROCESSING_JOB.title: processing_job_cost,
    TRAINING_JOB.title: training_job_cost,
    TRANSFORM_JOB.title: transform_job_cost,
}
"""Of the kinds that are billed. A tuning job is not: its training jobs are, which are looked at, too."""
_DENIED = "AccessDeniedException"
_OF_BEFORE = (
    "it has expired, and is of a version that did not say of which Airflow it is: "
    "python -m include.pipeline.teardown.janitor --earlier-versions --delete deletes it"
)


class Found(BaseModel):
    """A resource of this project that tells something to whoever looks for leftovers."""

    model_config = ConfigDict(frozen=True)

    kind: str
    name: str
    reason: str
    usd_per_day: float | None
    """Cost in USD a day; None where the price is not known."""

    def __str__(self) -> str:
        return f"{self._named}: {self.reason}"

    @property
    def _named(self) -> str:
        return f"{self.kind} {self.name} ({one_a_day(self.usd_per_day)})"


class LeftAlone(Found):
    """A resource whose tags do not say that it may be removed here."""


class OfRun(Found):
    """A resource of one of the deployment's runs."""

    run: RunTags

    def __str__(self) -> str:
        return f"{self._named} of {self.run.dag_id} {self.run.run_id}: {self.reason}"


class Leftover(OfRun):
    """One that nobody needs any more."""


class Kept(OfRun):
    """An endpoint that its run was asked to keep."""


class InUse(OfRun):
    """One that is billed and whose run is not over."""


def find_leftovers(
    sagemaker: Any,
    *,
    now: datetime,
    deployment_id: str,
    is_over: Callable[[RunTags], bool],
    why_in_use: Callable[[RunTags], str] = lambda _: "it has not expired",
    named: str = "",
) -> Iterator[Found]:
    """Find leftovers among all endpoints, configurations, models and running jobs of the region.

    A resource that has no tags of this project, that is another deployment's, or that is to be kept, is
    never a leftover. One whose tags cannot be read is left alone. So is one that has expired, and that a
    version without deployments has made: its tags do not say of which Airflow it is.

    Args:
        sagemaker: The client.
        now: A resource that has expired at this time is a leftover.
        deployment_id: Whose leftovers; empty for those that a version without deployments has made.
        is_over: Takes whose a resource is, and returns whether the run has ended.
        why_in_use: Takes whose a resource is, and returns why the run has not ended.
        named: Only what has this in its name is looked at.

    Yields:
        Each `Leftover`, in the order in which they can be deleted, and each `LeftAlone`, `Kept` and `InUse`.
    """
    for kind, name, arn, made in _resources(sagemaker, named):
        cost = partial(_COST.get(kind, lambda *_: 0.0), sagemaker, name)
        try:
            owner = owner_of(sagemaker, arn)
        except ClientError as error:
            # A policy of one deployment need not reach what is others'.
            is_own = not deployment_id or name.startswith(f"{deployment_id}-")
            if is_own or error.response["Error"]["Code"] != _DENIED:
                raise
            continue
        if owner is None:
            continue
        if isinstance(owner, UnreadableTags):
            yield LeftAlone(kind=kind, name=name, reason=owner.fault, usd_per_day=cost())
        elif owner.deployment_id == deployment_id:
            since = f"since {made.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
            if reason := _why(owner, now, is_over):
                yield Leftover(kind=kind, name=name, run=owner, reason=reason, usd_per_day=cost())
            elif kind == ENDPOINT.title and owner.expires is None:
                yield Kept(kind=kind, name=name, run=owner, reason=since, usd_per_day=cost())
            elif kind in _COST:
                reason = f"{since}; {why_in_use(owner)}"
                yield InUse(kind=kind, name=name, run=owner, reason=reason, usd_per_day=cost())
        elif not owner.deployment_id and owner.expires and now > owner.expires:
            yield LeftAlone(kind=kind, name=name, reason=_OF_BEFORE, usd_per_day=cost())


def remove(sagemaker: Any, leftover: Leftover) -> None:
    """Delete a resource and wait until it is gone; stop a job."""
    job = next((kind for kind in JOB_KINDS if kind.title == leftover.kind), None)
    if job:
        _stop(sagemaker, job, leftover.name)
    else:
        delete(sagemaker, _kind(leftover.kind), leftover.name, _LONGEST_PAUSE)


def sweep(
    sagemaker: Any,
    *,
    now: datetime,
    deployment_id: str,
    is_over: Callable[[RunTags], bool],
    dry_run: bool,
    report: Callable[[str], None],
    why_in_use: Callable[[RunTags], str] = lambda _: "it has not expired",
    named: str = "",
) -> list[Leftover]:
    """Find the leftovers, report each and, unless it is a dry run, delete it.

    What is left alone, what is kept as asked, and what is in use, is reported, too.

    What AWS refuses to delete is reported, and the others are deleted all the same.

    Returns:
        The leftovers that were found.

    Raises:
        ClientError: AWS refused a deletion; the first that it refused.
    """
    seen = list(
        find_leftovers(
            sagemaker,
            now=now,
            deployment_id=deployment_id,
            is_over=is_over,
            why_in_use=why_in_use,
            named=named,
        )
    )
    found = [each for each in seen if isinstance(each, Leftover)]
    others = {
        words: [each for each in seen if isinstance(each, kind)]
        for kind, words in ((LeftAlone, "left alone"), (Kept, "kept as asked"), (InUse, "in use"))
    }
    for words, told in others.items():
        for each in told:
            report(f"{words.capitalize()}: {each}")
    refused = []
    for leftover in found:
        report(f"{'Would remove' if dry_run else 'Removing'} {leftover}")
        if not dry_run:
            try:
                remove(sagemaker, leftover)
            except ClientError as error:
                report(f"Not removed: {leftover.kind} {leftover.name}: {error}")
                refused.append(error)
    for words, told in others.items():
        if told:
            report(f"{words}: {len(told)}, {a_day([each.usd_per_day for each in told])}")
    cost = a_day([leftover.usd_per_day for leftover in found])
    if dry_run:
        report(f"{len(found)} leftovers, {cost} (dry run: nothing removed)")
    elif refused:
        report(f"removed {len(found) - len(refused)} of {len(found)} leftovers, which cost {cost}")
    else:
        report(f"removed {len(found)}, {cost}" if found else "no leftovers")
    if refused:
        raise refused[0]
    return found


def _all(sagemaker: Any, operation: str, member: str, **filters: str) -> Iterator[dict[str, Any]]:
    for page in sagemaker.get_paginator(operation).paginate(**filters):
        yield from page[member]


def _resources(sagemaker: Any, named: str) -> Iterator[tuple[str, str, str, datetime]]:
    names = {"NameContains": named} if named else {}
    for kind in ALL_KINDS:
        for item in _all(sagemaker, kind.list, kind.list_member, **names):
            yield kind.title, item[kind.name_member], item[kind.arn_member], item["CreationTime"]
    running = names | {"StatusEquals": "InProgress"}
    for job in JOB_KINDS:
        for item in _all(sagemaker, job.list, job.list_member, **running):
            yield job.title, item[job.name_member], item[job.arn_member], item["CreationTime"]


def _why(run: RunTags, now: datetime, is_over: Callable[[RunTags], bool]) -> str | None:
    if run.expires is None:
        return None
    if now > run.expires:
        return f"it expired at {run.expires:%Y-%m-%d %H:%M} UTC"
    return "its run is over" if is_over(run) else None


def _stop(sagemaker: Any, kind: JobKind, name: str) -> None:
    try:
        stop_job(sagemaker, kind, name)
    except ClientError:
        # SageMaker refuses to stop a job that has ended since it was found.
        job = describe_job(sagemaker, kind, name)
        if job and job[kind.status_member] == "InProgress":
            raise


def _kind(title: str) -> ResourceKind:
    return next(kind for kind in ALL_KINDS if kind.title == title)


def main() -> None:
    """Sweep from the command line, without Airflow: with boto3's credentials, and only what has expired.

    It is also for what nobody's Airflow looks after any more: of a deployment that is gone, and of versions
    that did not tell the deployment.
    """
    parser = argparse.ArgumentParser(description="Finds what runs have left on SageMaker and has expired.")
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--deployment", help="id of the Airflow: its Variable sagemaker_deployment_id")
    whose.add_argument(
        "--earlier-versions",
        action="store_true",
        help="what any Airflow's runs made with a version of this project that did not tell which Airflow",
    )
    parser.add_argument("--region")
    parser.add_argument("--endpoint-url", help="of local AWS, instead of AWS")
    parser.add_argument(
        "--delete", action="store_true", help="delete what is found, instead of only listing it"
    )
    arguments = parser.parse_args()
    deployment_id = arguments.deployment or ""
    if not arguments.earlier_versions and not FORM.fullmatch(deployment_id):
        parser.error(f"--deployment is {deployment_id!r}: an id has {FORM_IN_WORDS}")
    sagemaker = boto3.client("sagemaker", region_name=arguments.region, endpoint_url=arguments.endpoint_url)
    sweep(
        sagemaker,
        now=datetime.now(UTC),
        deployment_id=deployment_id,
        is_over=lambda _run: False,
        dry_run=not arguments.delete,
        report=print,
    )


if __name__ == "__main__":
    main()
