"""What a run is going to cost, worked out before it makes anything."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from include.pipeline.aws import prices
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.training.cost import CostEstimate
from include.pipeline.documents.training.tune import TrainingJobs
from include.pipeline.errors import DocumentError, ParamError
from include.pipeline.history.accepted import accepted_before

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.manifest import RunManifest

log = logging.getLogger(__name__)

# It takes 4 to 10 minutes to come up, the evaluation well below one.
ENDPOINT_ABOUT = timedelta(minutes=10)
# The time limits of the tasks from its creation to its deletion: 30 minutes, and three times 15.
ENDPOINT_AT_MOST = timedelta(minutes=75)
# Of one that scores the validation rows for one of several algorithms: the time limit of its task.
CONTENDER_ENDPOINT_AT_MOST = timedelta(minutes=45)
_DAY = timedelta(days=1)
_LOOK_BACK = 20


def estimate_cost(plan: RunPlan, s3: "S3Client") -> CostEstimate:
    """Work out what a run costs: about, as an accepted run before it did, and at the most.

    A table that a processing job may split counts as one that is split so.

    Of several algorithms, each is trained, and deployed before the best one is deployed once more. A tuning
    job may train as often as its limits allow.

    The most is what training costs until SageMaker stops it, with its warm pool, and the endpoint until the
    tasks that use it have reached their time limits. It holds where no task has to be tried again. A spot job
    costs at most what one on demand does.

    Args:
        plan: Of the run.
        s3: Holds the accepted runs.

    Raises:
        ParamError: The run may cost more than `max_cost`, or nobody knows.
    """
    earlier = _same_instances_before(plan, s3)
    estimate = _estimate(plan, earlier)
    _check(estimate, plan.params.max_cost, "max_cost")
    return estimate


def check_cost_limit(plan: RunPlan, max_cost: float | None) -> None:
    """Hold a run to the highest cost of its pipeline's limits, whatever its Params ask for.

    Args:
        plan: Of the run.
        max_cost: In USD; None for any.

    Raises:
        ParamError: The run may cost more, or nobody knows.
    """
    _check(_estimate(plan, None), max_cost, "limits.max_cost")


def _estimate(plan: RunPlan, earlier: "RunManifest | None") -> CostEstimate:
    params, region = plan.params, plan.identity.region
    longest = timedelta(seconds=plan.aws.max_runtime_seconds)
    trained = TrainingJobs.of(plan).in_all
    expected = timedelta(seconds=_billable_seconds(earlier, trained)) if earlier else longest

    def training(time: timedelta) -> float | None:
        count = params.training_instance_count * trained
        return prices.usd(region, "training", params.training_instance_type, count, time)

    def endpoint(time: timedelta) -> float | None:
        count = params.endpoint_instance_count
        return prices.usd(region, "hosting", params.endpoint_instance_type, count, time)

    def split(time: timedelta) -> float | None:
        kind = _splitting_instance(plan)
        return prices.usd(region, "training", kind, 1, time) if kind else 0.0

    warm = timedelta(seconds=plan.aws.keep_alive_seconds)
    stopping = plan.processing["StoppingCondition"] if plan.processing else {}
    most = timedelta(seconds=stopping.get("MaxRuntimeInSeconds", 0))
    job = earlier.split.job if earlier else None
    return CostEstimate(
        training_at_most=training(longest + warm),
        training_about=training(min(expected, longest) + warm),
        training_as_in=earlier.identity.run_id if earlier else None,
        endpoint_at_most=endpoint(ENDPOINT_AT_MOST + len(plan.contenders) * CONTENDER_ENDPOINT_AT_MOST),
        endpoint_about=endpoint(ENDPOINT_ABOUT + len(plan.contenders) * ENDPOINT_ABOUT),
        split_at_most=split(most),
        split_about=split(min(timedelta(seconds=job.seconds), most) if job else most),
        kept_endpoint_a_day=endpoint(_DAY) if plan.keep_endpoint else None,
        unknown=tuple(_unknown(plan)),
        prices_as_of=prices.as_of(region),
    )


def _splitting_instance(plan: RunPlan) -> str | None:
    """Name the type of the instance of the processing job; None where the worker splits all tables."""
    if plan.processing is None:
        return None
    found: str = plan.processing["ProcessingResources"]["ClusterConfig"]["InstanceType"]
    return found


def _billable_seconds(earlier: "RunManifest", trained: int) -> float:
    """Take the mean of an earlier run's training jobs."""
    if earlier.tuning:
        return earlier.tuning.billable_seconds / len(earlier.tuning.trials)
    of_all = earlier.contest.billable_seconds if earlier.contest else earlier.training.billable_seconds
    return of_all / trained


def _same_instances_before(plan: RunPlan, s3: "S3Client") -> "RunManifest | None":
    instances = (plan.params.training_instance_type, plan.params.training_instance_count)
    try:
        for manifest in islice(accepted_before(s3, plan), _LOOK_BACK):
            theirs = [manifest.params.get(f"training_instance_{what}") for what in ("type", "count")]
            # A run that used a model again tells of the job of another, on instances that it does not name.
            found = (manifest.contest is None, manifest.tuning is None)
            is_alike = found == (not plan.contenders, plan.tuning is None)
            if tuple(theirs) == instances and manifest.reused_from is None and is_alike:
                return manifest
    except DocumentError as error:
        log.warning("What earlier runs cost is not known: %s", error)
    except ClientError as error:
        # A bucket of another account, or one that may not be listed, is for create_bucket to tell.
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != HTTPStatus.FORBIDDEN:
            raise
        log.warning("What earlier runs cost is not known: %s", error)
    return None


def _unknown(plan: RunPlan) -> Iterator[str]:
    second, region = timedelta(seconds=1), plan.identity.region
    if (kind := _splitting_instance(plan)) and prices.usd(region, "training", kind, 1, second) is None:
        yield f"{kind} for processing in {region}"
    if prices.usd(region, "training", plan.params.training_instance_type, 1, second) is None:
        yield f"{plan.params.training_instance_type} for training in {region}"
    if prices.usd(region, "hosting", plan.params.endpoint_instance_type, 1, second) is None:
        yield f"{plan.params.endpoint_instance_type} for endpoints in {region}"


def _check(estimate: CostEstimate, max_cost: float | None, limit: str) -> None:
    if max_cost is None:
        return
    if estimate.at_most is None:
        raise ParamError(
            f"{limit} = {max_cost:g}, and the price of {' and of '.join(estimate.unknown)} is not known",
            f"a run is held to {limit} by the prices of include/pipeline/aws/prices.json",
            "Choose other instances, add the price with its source, or leave it empty",
        )
    if estimate.at_most > max_cost:
        split = f"split {estimate.split_at_most:.2f}, " if estimate.split_at_most else ""
        raise ParamError(
            f"{limit} = {max_cost:g}, and the run may cost {estimate.at_most:.2f} USD ({split}training "
            f"{estimate.training_at_most:.2f}, endpoint {estimate.endpoint_at_most:.2f})",
            f"a run costs {limit} at the most",
            "Choose fewer or smaller instances, lower aws.max_runtime_seconds or tune.max_jobs in the YAML, "
            "or raise it",
        )


def told(estimate: CostEstimate) -> Iterator[str]:
    """Tell an estimate, in sentences for a log."""
    for price in estimate.unknown:
        yield f"The price of {price} is not known"
    if estimate.at_most is not None:
        like = f", trained as in {estimate.training_as_in}" if estimate.training_as_in else ""
        yield (
            f"The run costs at most {estimate.at_most:.2f} USD, about {estimate.about:.2f} USD{like}, by "
            f"on-demand prices as of {estimate.prices_as_of}. Where a model is used again it costs less"
        )
    if estimate.kept_endpoint_a_day is not None:
        yield f"The endpoint that is kept costs {estimate.kept_endpoint_a_day:.2f} USD a day"
