"""The Airflow connection to AWS that all tasks use."""

from typing import Any

from include.airflow_names import CONNECTION


def hook(client_type: str) -> Any:
    """Make a hook whose `conn` is a boto3 client of that service."""
    from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook

    return AwsBaseHook(aws_conn_id=CONNECTION, client_type=client_type)
