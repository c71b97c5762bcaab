"""For the role that SageMaker works under: what a training job and an endpoint need, and who may take it on.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
"""

from collections.abc import Iterator

from include.pipeline.documents.training.algorithm import ALGORITHMS
from include.pipeline.iam.keys import use_of_keys
from include.pipeline.iam.policy import Statement, both
from include.pipeline.iam.scope import Scope

_READ = ("runs/*/train/*", "runs/*/validation/*")
_WRITE = ("runs/*/model/*", "runs/*/checkpoints/*")
# A processing job reads the file and what it is told, and writes what any split does.
_TO_SPLIT = ("raw/*", "runs/*/processing/*")
_OF_THE_SPLIT = (
    *("profiles/*", "runs/*/processing/*", "runs/*/train/*", "runs/*/validation/*", "runs/*/test/*"),
    "runs/*/encoding.json",
)
_SCORED, _ANSWERS = "runs/*/rows/*", "runs/*/answers/*"


def sagemaker_role(scope: Scope) -> Iterator[Statement]:
    """Yield the statements of its policy: it reads what a run trains on, and writes its model alone."""
    splits = scope.config.processing is not None
    yield Statement(
        "FindDataAndModels",
        ("s3:ListBucket",),
        scope.bucket_arns,
        both(scope.own_account, {"StringLike": {"s3:prefix": _runs(scope)}}),
    )
    yield Statement(
        "ReadDataAndModels",
        ("s3:GetObject",),
        (
            *(
                arn
                for below in (*_READ, *_WRITE, *(_TO_SPLIT if splits else ()))
                for arn in scope.objects(below)
            ),
            *scope.scored_objects(_SCORED),
        ),
        scope.own_account,
    )
    yield Statement(
        "WriteModels",
        ("s3:PutObject",),
        (
            *(arn for below in (*_WRITE, *(_OF_THE_SPLIT if splits else ())) for arn in scope.objects(below)),
            *scope.scored_objects(_ANSWERS),
        ),
        scope.own_account,
    )
    algorithms = [each.name for each in scope.config.algorithms or ()] or [scope.config.algorithm]
    own_image = ""
    if scope.config.processing:
        account, region, repository = scope.config.processing.repository
        own_image = f"arn:{scope.partition}:ecr:{region}:{account}:repository/{repository}"
    # AWS's images lie in accounts of AWS, which differ by region.
    yield Statement(
        "PullImage",
        ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
        (
            *(
                f"arn:{scope.partition}:ecr:{scope.region}:*:repository/{ALGORITHMS[name].repository}"
                for name in algorithms
            ),
            *([own_image] if own_image else []),
        ),
    )
    yield Statement("LogInToRegistry", ("ecr:GetAuthorizationToken",))
    yield Statement(
        "WriteLogs",
        ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
        (scope.log_group("*"),),
    )
    yield Statement(
        "WriteMetrics",
        ("cloudwatch:PutMetricData",),
        conditions={"StringLike": {"cloudwatch:namespace": ("/aws/sagemaker/*", "aws/sagemaker/*")}},
    )
    keys = scope.config.aws.keys
    yield from use_of_keys(
        scope, ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"), keys.objects, keys.model
    )
    yield from use_of_keys(
        scope, ("kms:CreateGrant", "kms:DescribeKey"), keys.training_volume, keys.endpoint_volume
    )
    if scope.config.aws.vpc:
        yield Statement("ConnectToVpc", _VPC)


def _runs(scope: Scope) -> str | tuple[str, ...]:
    raw = (f"{scope.folders[0]}/raw/*",) if scope.config.processing else ()
    prefixes = (*(f"{folder}/runs/*" for folder in scope.folders), *raw)
    return prefixes if len(prefixes) > 1 else prefixes[0]


# EC2 has no narrower resource for all of these.
_VPC = (
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)


def sagemaker_trust(scope: Scope) -> Statement:
    """Name who may take the role on: SageMaker, for this account's jobs, models and endpoints alone.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html
    """
    return Statement(
        "SageMakerOfThisAccount",
        ("sts:AssumeRole",),
        service="sagemaker.amazonaws.com",
        conditions={
            "StringEquals": {"aws:SourceAccount": scope.account},
            "ArnLike": {"aws:SourceArn": f"arn:{scope.partition}:sagemaker:{scope.region}:{scope.account}:*"},
        },
    )
