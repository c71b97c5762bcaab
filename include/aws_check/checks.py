"""Asks AWS for each thing that a run will need, in the order in which a run would miss it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

from include.aws_check.finding import Finding, look
from include.aws_check.quotas import check_quotas
from include.aws_check.role import check_role
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.documents.plan import RunIdentity, RunPlan
from include.pipeline.errors import WorkerError
from include.pipeline.planning.plan import make_plan

# AWS refuses a signature that is five minutes old. Half of that leaves a run room.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
_FARTHEST = timedelta(seconds=150)


def check_aws(
    config: PipelineConfig,
    *,
    pipeline: str,
    region: str | None,
    default_role: str | None,
    client: Callable[[str], Any],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[Finding]:
    """Yield what AWS says to a run with the pipeline's own Params. Makes nothing.

    Args:
        config: The pipeline's YAML.
        pipeline: Its name.
        region: Of the Airflow connection.
        default_role: The Airflow Variable `sagemaker_role`.
        client: Makes a boto3 client of a service, with the Airflow connection.
        now: This machine's clock.
    """
    who: dict[str, Any] = {}

    def connection() -> str:
        who.update(client("sts").get_caller_identity())
        return f"{who['Arn']} in account {who['Account']}"

    yield look("connection", connection)
    if not who:
        return
    yield look("clock", lambda: _clock(who["ResponseMetadata"], now()))
    plans: list[RunPlan] = []

    def plan() -> str:
        made = make_plan(
            config.params.model_dump(),
            identity=RunIdentity(
                deployment_id="aws-check",
                dag_id=pipeline,
                run_id="aws-check",
                account_id=who["Account"],
                region=region or "",
                planned_at=now(),
            ),
            config=config,
            default_role=default_role,
            source_policy=None,
            iam=lambda: client("iam"),
        )
        plans.append(made)
        return f"region {made.identity.region}, image {made.image_uri}"

    yield look("plan", plan)
    for run in plans:
        yield from _needs(run, client)


def _needs(run: RunPlan, client: Callable[[str], Any]) -> Iterator[Finding]:
    role, account = run.training["RoleArn"], run.identity.account_id
    yield look("role", lambda: check_role(role, account, client("iam")), "iam:GetRole")
    yield look("bucket", lambda: _bucket(run, client("s3")))
    yield look("SageMaker", lambda: _sagemaker(client("sagemaker")))
    ask = partial(check_quotas, run, client("service-quotas"))
    yield look("quotas", ask, "servicequotas:ListServiceQuotas")


def _clock(answer: dict[str, Any], here: datetime) -> str:
    """Compare this machine's clock with that of AWS, whose answers have the time to the second."""
    there = parsedate_to_datetime(answer["HTTPHeaders"]["date"])
    apart = abs(here - there)
    if apart > _FARTHEST:
        raise WorkerError(
            f"this machine's clock says {here:%Y-%m-%d %H:%M:%S} UTC, AWS's {there:%Y-%m-%d %H:%M:%S}",
            "they are less than some minutes apart, as AWS refuses what was signed at another time",
            "Set this machine's clock (NTP)",
        )
    return f"{apart.total_seconds():.0f} s from AWS's"


def _bucket(run: RunPlan, s3: Any) -> str:
    own = run.own_bucket
    if own.is_there(own.guard(s3)):
        return f"{own.name} of account {own.owner}, in {own.region}"
    return f"{own.name} is not there yet: the first run makes it"


def _sagemaker(sagemaker: Any) -> str:
    sagemaker.list_endpoints(MaxResults=1)
    return "answers"
