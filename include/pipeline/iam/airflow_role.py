"""For the identity of the Airflow connection: what a pipeline's tasks call.

Which action takes which conditions:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_sagemaker.html
"""

from collections.abc import Iterator

from include.pipeline.iam.champion import champion
from include.pipeline.iam.keys import use_of_keys
from include.pipeline.iam.leftovers import LIST, kinds, look_up, take_away
from include.pipeline.iam.policy import Conditions, Statement, both
from include.pipeline.iam.scope import Scope

_MADE = ("CreateEndpoint", "CreateEndpointConfig", "CreateModel")
_TRAINING, _TUNING = "CreateTrainingJob", "CreateHyperParameterTuningJob"
_SCORING, _SPLITTING = "CreateTransformJob", "CreateProcessingJob"


def airflow_role(scope: Scope) -> Iterator[Statement]:
    """Yield the statements of its policy."""
    yield from _storage(scope)
    yield from _sagemaker(scope)
    yield from _registry(scope)
    yield from champion(scope)
    yield Statement(
        "ReadTrainingLog",
        ("logs:DescribeLogStreams", "logs:GetLogEvents"),
        (scope.log_group("TrainingJobs:*"),),
    )
    if topics := tuple(dict.fromkeys(each.sns for each in scope.config.notify if each.sns)):
        yield Statement("Tell", ("sns:Publish",), topics)
    yield Statement("LookUpRole", ("iam:GetRole",), scope.roles)
    yield Statement(
        "GiveSageMakerItsRole",
        ("iam:PassRole",),
        scope.roles,
        {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
    )
    keys = scope.config.aws.keys
    yield from use_of_keys(scope, ("kms:Decrypt", "kms:GenerateDataKey"), keys.objects, keys.model)


def _storage(scope: Scope) -> Iterator[Statement]:
    # A bucket that an identity makes is its own account's.
    yield Statement("MakeBucket", ("s3:CreateBucket",), scope.bucket_arns)
    yield Statement(
        "Buckets",
        (
            "s3:DeleteBucket",
            "s3:GetBucketTagging",
            "s3:ListBucket",
            "s3:ListBucketMultipartUploads",
            "s3:ListBucketVersions",
            # By its tags a bucket tells which run made it.
            "s3:PutBucketTagging",
        ),
        scope.bucket_arns,
        scope.own_account,
    )
    yield Statement(
        "Objects",
        (
            "s3:AbortMultipartUpload",
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:GetObject",
            "s3:PutObject",
        ),
        (*scope.objects("*"), *scope.scored_objects("*")),
        scope.own_account,
    )


def _sagemaker(scope: Scope) -> Iterator[Statement]:
    settings = scope.config.aws
    isolated: Conditions = (
        {"Bool": {"sagemaker:NetworkIsolation": "true"}} if settings.network_isolation else {}
    )
    if job := scope.config.processing:
        yield Statement(
            "Split",
            (f"sagemaker:{_SPLITTING}",),
            scope.sagemaker("processing-job"),
            both(
                scope.request_tags,
                isolated,
                _only_instances(scope),
                {"NumericLessThanEquals": {"sagemaker:MaxRuntimeInSeconds": str(job.max_runtime_seconds)}},
            ),
        )
    # The training jobs of a tuning job SageMaker starts itself.
    training = _TUNING if scope.config.tune else _TRAINING
    yield Statement(
        "Train",
        (f"sagemaker:{training}",),
        scope.sagemaker("hyper-parameter-tuning-job" if scope.config.tune else "training-job"),
        both(
            scope.request_tags,
            isolated,
            _only_instances(scope),
            {"NumericLessThanEquals": {"sagemaker:MaxRuntimeInSeconds": str(settings.max_runtime_seconds)}},
        ),
    )
    yield Statement(
        "MakeModel",
        ("sagemaker:CreateModel",),
        scope.sagemaker("model"),
        both(scope.request_tags, isolated),
    )
    yield Statement(
        "ConfigureEndpoint",
        ("sagemaker:CreateEndpointConfig",),
        scope.sagemaker("endpoint-config"),
        both(scope.request_tags, _only_instances(scope)),
    )
    yield Statement(
        "MakeEndpoint",
        ("sagemaker:CreateEndpoint",),
        scope.sagemaker("endpoint", "endpoint-config"),
        scope.request_tags,
    )
    if scope.config.score:
        yield Statement(
            "Score",
            (f"sagemaker:{_SCORING}",),
            scope.sagemaker("transform-job"),
            both(scope.request_tags, _only_instances(scope)),
        )
    own = scope.sagemaker(*kinds(scope))
    made = (
        *_MADE,
        training,
        *((_SCORING,) if scope.config.score else ()),
        *((_SPLITTING,) if scope.config.processing else ()),
    )
    # Tags are given where something is made, and never changed after.
    yield Statement(
        "TagWhatIsMade",
        ("sagemaker:AddTags",),
        own,
        both(scope.request_tags, {"StringEquals": {"sagemaker:TaggingAction": made}}),
    )
    # verify_teardown looks for what a task made after its run had ended. Lists have no narrower resource.
    trials = ("sagemaker:ListTrainingJobsForHyperParameterTuningJob",) if scope.config.tune else ()
    yield Statement("List", (*LIST, *trials))
    yield Statement("LookUp", look_up(scope), own)
    yield Statement(
        "UseAndTakeAway", ("sagemaker:InvokeEndpoint", *take_away(scope)), own, scope.resource_tags
    )


def _registry(scope: Scope) -> Iterator[Statement]:
    group = scope.model_package_group
    if group is None:
        return
    yield Statement("ListRegistered", ("sagemaker:ListModelPackages",))
    yield Statement(
        "Register",
        (
            "sagemaker:CreateModelPackage",
            "sagemaker:CreateModelPackageGroup",
            "sagemaker:DescribeModelPackage",
            "sagemaker:UpdateModelPackage",
        ),
        (
            # SageMaker writes names into ARNs in lower case.
            scope.sagemaker_arn(f"model-package-group/{group.lower()}"),
            scope.sagemaker_arn(f"model-package/{group.lower()}/*"),
        ),
    )


def _only_instances(scope: Scope) -> Conditions:
    if not scope.instance_types:
        return {}
    # ForAllValues alone holds for a request without the key, too.
    key = "sagemaker:InstanceTypes"
    return {"ForAllValues:StringEquals": {key: scope.instance_types}, "Null": {key: "false"}}
