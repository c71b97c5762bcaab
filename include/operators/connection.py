"""The Airflow connections to AWS: that of all tasks, and the janitor's."""

from typing import TYPE_CHECKING, Any

from include.airflow_names import CONNECTION, JANITOR_CONNECTION
from include.operators.deployment import check_deployment

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.scoring.plan import ScorePlan


def hook(client_type: str, connection: str = CONNECTION) -> Any:
    """Make a hook whose `conn` is a boto3 client of that service."""
    from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook

    return AwsBaseHook(aws_conn_id=connection, client_type=client_type)


def janitors_connection() -> str:
    """Name the janitor's own connection, or that of all tasks where it has none."""
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        Connection.get(JANITOR_CONNECTION)
    except AirflowNotFoundException:
        return CONNECTION
    return JANITOR_CONNECTION


def s3_of(run: "RunPlan | ScorePlan") -> "S3Client":
    """Make a client for S3 that asks for nothing of the run's bucket without saying whose it has to be.

    What it writes is encrypted with the run's key, where there is one.

    Raises:
        OwnerError: Another Airflow has planned the run.
    """
    from include.pipeline.aws.encryption import encrypt_writes

    check_deployment(run.identity.deployment_id)
    s3: S3Client = run.own_bucket.guard(hook("s3").conn)
    encrypt_writes(s3, run.aws.keys.objects)
    return s3
