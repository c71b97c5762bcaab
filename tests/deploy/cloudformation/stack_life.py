"""Makes, changes and deletes the stack of a template, and tells what there was at each point."""

from typing import Any

from tests.aws.clients import Aws

NAME = "prod"


def made(cloudformation: Any) -> dict[str, str]:
    """The id of each resource by its name in the template; empty where moto tells none."""
    found = cloudformation.describe_stack_resources(StackName=NAME)["StackResources"]
    return {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in found}


def parameters(**values: str) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


def life_of_stack(aws: Aws, template: str) -> dict[str, Any]:
    cloudformation, s3, iam, ec2 = (aws.client(name) for name in ("cloudformation", "s3", "iam", "ec2"))
    stack: dict[str, Any] = {
        "StackName": NAME,
        "TemplateBody": template,
        "Capabilities": ["CAPABILITY_IAM"],
    }
    cloudformation.create_stack(**stack, Parameters=parameters(BudgetEmail="a@example.com"))
    first = made(cloudformation)
    outputs = cloudformation.describe_stacks(StackName=NAME)["Stacks"][0]["Outputs"]
    role = iam.get_role(RoleName=first["SageMakerRole"])["Role"]
    own = iam.get_role_policy(RoleName=first["SageMakerRole"], PolicyName="bank_marketing")
    airflow = iam.get_policy_version(PolicyArn=first["AirflowPolicy"], VersionId="v1")
    told: dict[str, Any] = {
        "first": sorted(first),
        "outputs": {one["OutputKey"]: one["OutputValue"] for one in outputs},
        "trust": role["AssumeRolePolicyDocument"],
        "role": own["PolicyDocument"],
        "airflow": airflow["PolicyVersion"]["Document"],
        "role_arn": role["Arn"],
        "encryption": s3.get_bucket_encryption(Bucket=first["Bucket"])["ServerSideEncryptionConfiguration"],
    }
    network = parameters(BudgetEmail="a@example.com", MakeNetwork="true", RawDays="30")
    cloudformation.update_stack(**stack, Parameters=network)
    second = made(cloudformation)
    told["second"] = sorted(second)
    told["kept"] = [name for name in first if first[name] == second[name]]
    cloudformation.delete_stack(StackName=NAME)
    of_network = [{"Name": "cidr", "Values": ["10.60.0.0/24"]}]
    told["left"] = {
        "stacks": [one["StackStatus"] for one in cloudformation.list_stacks()["StackSummaries"]],
        "roles": [one["RoleName"] for one in iam.list_roles()["Roles"]],
        "policies": [one["PolicyName"] for one in iam.list_policies(Scope="Local")["Policies"]],
        "networks": [one["VpcId"] for one in ec2.describe_vpcs(Filters=of_network)["Vpcs"]],
        "buckets": [one["Name"] for one in s3.list_buckets()["Buckets"]],
    }
    return told
