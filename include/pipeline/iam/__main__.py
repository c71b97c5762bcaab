"""Write the IAM policies of a pipeline into a folder: `python -m include.pipeline.iam --help`."""

import argparse
from pathlib import Path

import botocore.session

from include.pipeline.aws.deployment_id import FORM, FORM_IN_WORDS
from include.pipeline.documents.config import load_config
from include.pipeline.errors import PipelineError
from include.pipeline.iam.airflow_role import airflow_role
from include.pipeline.iam.janitor_role import janitor_role
from include.pipeline.iam.policy import write_policy
from include.pipeline.iam.sagemaker_role import sagemaker_role, sagemaker_trust
from include.pipeline.iam.scope import Scope
from include.pipeline.planning.names import default_bucket

_DEFAULT_ROLE = "service-role/AmazonSageMaker-ExecutionRole"


def policies(scope: Scope) -> dict[str, str]:
    """Make the documents of all identities, by file name."""
    return {
        "airflow-role.json": write_policy([*airflow_role(scope)]),
        "janitor-role.json": write_policy([*janitor_role(scope)]),
        "sagemaker-role.json": write_policy([*sagemaker_role(scope)]),
        "sagemaker-role-trust.json": write_policy([sagemaker_trust(scope)]),
    }


def main() -> None:
    """Write them into a folder."""
    parser = argparse.ArgumentParser(
        description="Writes the IAM policies that a pipeline needs, and no more."
    )
    parser.add_argument("pipeline", help="a YAML file of include/datasets, without its ending")
    parser.add_argument(
        "--deployment", required=True, help="id of the Airflow: its Variable sagemaker_deployment_id"
    )
    parser.add_argument("--account", required=True, help="twelve digits")
    parser.add_argument("--region", required=True)
    parser.add_argument(
        "--role",
        action="append",
        help=f"name or ARN of a role that SageMaker is given, with its path; by default {_DEFAULT_ROLE}",
    )
    parser.add_argument("--bucket", action="append", help="by default those that the limits allow")
    parser.add_argument("--to", type=Path, required=True, help="a folder")
    arguments = parser.parse_args()
    if not FORM.fullmatch(arguments.deployment):
        parser.error(f"--deployment is {arguments.deployment!r}: an id has {FORM_IN_WORDS}")
    partition = botocore.session.get_session().get_partition_for_region(arguments.region)
    roles = [
        role if role.startswith("arn:") else f"arn:{partition}:iam::{arguments.account}:role/{role}"
        for role in arguments.role or [_DEFAULT_ROLE]
    ]
    try:
        config = load_config(arguments.pipeline)
    except PipelineError as error:
        parser.error(str(error))
    own = [default_bucket(arguments.account, arguments.region), *config.limits.buckets]
    scope = Scope(
        arguments.deployment,
        arguments.pipeline,
        config,
        account=arguments.account,
        region=arguments.region,
        partition=partition,
        buckets=tuple(arguments.bucket or own),
        roles=tuple(roles),
    )
    arguments.to.mkdir(parents=True, exist_ok=True)
    for name, document in policies(scope).items():
        (arguments.to / name).write_text(document, encoding="utf-8")
        print(arguments.to / name)


if __name__ == "__main__":
    main()
