"""A CloudFormation template of all that a pipeline's account needs.

Its permissions are those of `include.pipeline.iam`, with the account, the region and the role left for
CloudFormation to fill in.
"""

import json
from collections.abc import Iterator
from typing import Any

from deploy.cloudformation.network import NETWORK, NETWORK_OUTPUTS, WITH_NETWORK
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.iam.airflow_role import airflow_role
from include.pipeline.iam.janitor_role import janitor_role
from include.pipeline.iam.policy import Statement, write_policy
from include.pipeline.iam.sagemaker_role import sagemaker_role, sagemaker_trust
from include.pipeline.iam.scope import Scope
from include.pipeline.planning.names import default_bucket

_BUCKET = default_bucket("${AWS::AccountId}", "${AWS::Region}")
_OBJECTS = "arn:${AWS::Partition}:s3:::" + _BUCKET
# AWS keeps a version that was replaced or deleted so long, for a mistake to be noticed.
_DAYS_OF_OLD_VERSIONS = 30
_DAYS_OF_UNFINISHED_UPLOADS = 7


def template(config: PipelineConfig, *, pipeline: str, deployment_id: str) -> dict[str, Any]:
    """Make the template.

    Args:
        config: The pipeline's YAML.
        pipeline: Its name.
        deployment_id: Id of the Airflow.
    """
    scope = Scope(
        deployment_id,
        pipeline,
        config,
        account="${AWS::AccountId}",
        region="${AWS::Region}",
        partition="${AWS::Partition}",
        buckets=(_BUCKET, *config.limits.buckets),
        roles=("${SageMakerRole.Arn}",),
    )
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"What the pipeline {pipeline} of the Airflow {deployment_id} needs of its account.",
        "Parameters": _PARAMETERS,
        "Conditions": {WITH_NETWORK: {"Fn::Equals": [{"Ref": "MakeNetwork"}, "true"]}},
        "Resources": {
            "Bucket": _bucket(scope),
            "BucketPolicy": _BUCKET_POLICY,
            "SageMakerRole": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "Description": "SageMaker works under it: it reads training data, and writes models.",
                    "AssumeRolePolicyDocument": _policy([sagemaker_trust(scope)]),
                    "Policies": [{"PolicyName": pipeline, "PolicyDocument": _policy(sagemaker_role(scope))}],
                },
            },
            "AirflowPolicy": _managed(
                "For the identity of Airflow's connection aws_default.", airflow_role(scope)
            ),
            "JanitorPolicy": _managed(
                "For the identity that takes away what runs have left.", janitor_role(scope)
            ),
            "Budget": _BUDGET,
            **NETWORK,
        },
        "Outputs": {
            "SageMakerRoleArn": {
                "Description": "For the Airflow Variable sagemaker_role.",
                "Value": {"Fn::GetAtt": ["SageMakerRole", "Arn"]},
            },
            "AirflowPolicyArn": {
                "Description": "To attach to Airflow's identity.",
                "Value": {"Ref": "AirflowPolicy"},
            },
            "JanitorPolicyArn": {
                "Description": "To attach to the janitor's.",
                "Value": {"Ref": "JanitorPolicy"},
            },
            "BucketName": {"Description": "Runs take it by themselves.", "Value": {"Ref": "Bucket"}},
            **NETWORK_OUTPUTS,
        },
    }


_PARAMETERS: dict[str, Any] = {
    "BudgetEmail": {"Type": "String", "Description": "Who is told when the budget is nearly spent."},
    "BudgetUsd": {
        "Type": "Number",
        "Default": 50,
        "MinValue": 1,
        "Description": "What SageMaker may cost a month before that.",
    },
    "RawDays": {
        "Type": "Number",
        "Default": 365,
        "MinValue": 1,
        "Description": "A downloaded file is deleted after so many days. A run that needs it loads it anew.",
    },
    "MakeNetwork": {
        "Type": "String",
        "Default": "false",
        "AllowedValues": ["true", "false"],
        "Description": "A VPC without a way out but to S3, for aws.vpc of the pipeline's YAML.",
    },
}


def _bucket(scope: Scope) -> dict[str, Any]:
    return {
        "Type": "AWS::S3::Bucket",
        # Models and reports outlive the stack.
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "BucketName": {"Fn::Sub": _BUCKET},
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                ]
            },
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "PublicAccessBlockConfiguration": dict.fromkeys(
                ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
            ),
            "VersioningConfiguration": {"Status": "Enabled"},
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "Id": "unfinished-uploads",
                        "Status": "Enabled",
                        "AbortIncompleteMultipartUpload": {
                            "DaysAfterInitiation": _DAYS_OF_UNFINISHED_UPLOADS
                        },
                    },
                    {
                        "Id": "old-versions",
                        "Status": "Enabled",
                        "NoncurrentVersionExpiration": {"NoncurrentDays": _DAYS_OF_OLD_VERSIONS},
                    },
                    {
                        "Id": "raw-data",
                        "Status": "Enabled",
                        "Prefix": f"{scope.folders[0]}/raw/",
                        "ExpirationInDays": {"Ref": "RawDays"},
                    },
                ]
            },
        },
    }


_BUCKET_POLICY: dict[str, Any] = {
    "Type": "AWS::S3::BucketPolicy",
    "Properties": {
        "Bucket": {"Ref": "Bucket"},
        "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "NothingWithoutTls",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [{"Fn::Sub": _OBJECTS}, {"Fn::Sub": f"{_OBJECTS}/*"}],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                }
            ],
        },
    },
}


def _notification(kind: str, percent: int) -> dict[str, Any]:
    return {
        "Notification": {
            "NotificationType": kind,
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": percent,
            "ThresholdType": "PERCENTAGE",
        },
        "Subscribers": [{"SubscriptionType": "EMAIL", "Address": {"Ref": "BudgetEmail"}}],
    }


_BUDGET: dict[str, Any] = {
    "Type": "AWS::Budgets::Budget",
    "Properties": {
        "Budget": {
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": {"Ref": "BudgetUsd"}, "Unit": "USD"},
            "CostFilters": {"Service": ["Amazon SageMaker"]},
        },
        "NotificationsWithSubscribers": [_notification("ACTUAL", 80), _notification("FORECASTED", 100)],
    },
}


def _managed(description: str, statements: Iterator[Statement]) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"Description": description, "PolicyDocument": _policy(statements)},
    }


def _policy(statements: "Iterator[Statement] | list[Statement]") -> Any:
    """Make the document, for CloudFormation to fill in what stands in braces."""
    return _filled_in(json.loads(write_policy([*statements])))


def _filled_in(node: Any) -> Any:
    match node:
        case dict():
            return {key: _filled_in(value) for key, value in node.items()}
        case list():
            return [_filled_in(value) for value in node]
        case str() if "${" in node:
            return {"Fn::Sub": node}
    return node
