"""Makes, changes and deletes the stack of a template on moto's CloudFormation. Run where moto has that.

Usage: on_moto.py TEMPLATE
"""

import json
import sys
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

NAME = "prod"


def made(cloudformation: Any) -> dict[str, str]:
    """The id of each resource by its name in the template."""
    found = cloudformation.describe_stack_resources(StackName=NAME)["StackResources"]
    # Of what moto does not make, it tells no id.
    ids = {"LogicalResourceId", "PhysicalResourceId"}
    return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found if ids <= set(one)}


def parameters(**values: str) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


@mock_aws
def main() -> None:
    cloudformation, s3, iam = (boto3.client(name, "eu-west-1") for name in ("cloudformation", "s3", "iam"))
    stack: dict[str, Any] = {
        "StackName": NAME,
        "TemplateBody": Path(sys.argv[1]).read_text(encoding="utf-8"),
        "Capabilities": ["CAPABILITY_IAM"],
    }
    cloudformation.create_stack(**stack, Parameters=parameters(BudgetEmail="a@example.com"))
    first = made(cloudformation)
    outputs = cloudformation.describe_stacks(StackName=NAME)["Stacks"][0]["Outputs"]
    role = iam.get_role(RoleName=first["SageMakerRole"])["Role"]
    told: dict[str, Any] = {
        "first": sorted(first),
        "outputs": {one["OutputKey"]: one["OutputValue"] for one in outputs},
        "trust": role["AssumeRolePolicyDocument"],
        "role": iam.get_role_policy(RoleName=first["SageMakerRole"], PolicyName="bank_marketing")[
            "PolicyDocument"
        ],
        "airflow": iam.get_policy_version(PolicyArn=first["AirflowPolicy"], VersionId="v1")["PolicyVersion"][
            "Document"
        ],
        "role_arn": role["Arn"],
        "encryption": s3.get_bucket_encryption(Bucket=first["Bucket"])["ServerSideEncryptionConfiguration"],
    }
    network = parameters(BudgetEmail="a@example.com", MakeNetwork="true", RawDays="30")
    cloudformation.update_stack(**stack, Parameters=network)
    second = made(cloudformation)
    told["second"] = sorted(second)
    told["kept"] = [name for name in first if first[name] == second[name]]
    # Which moto's CloudFormation does not delete, nor then what they hold.
    ec2 = boto3.client("ec2", "eu-west-1")
    ec2.delete_vpc_endpoints(VpcEndpointIds=[second["ToS3"]])
    ec2.delete_route_table(RouteTableId=second["Routes"])
    cloudformation.delete_stack(StackName=NAME)
    told["left"] = {
        "stacks": [one["StackStatus"] for one in cloudformation.list_stacks()["StackSummaries"]],
        "roles": [one["RoleName"] for one in iam.list_roles()["Roles"]],
    }
    print(json.dumps(told, default=str))


main()
