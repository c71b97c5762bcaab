"""What the table of members says is acted on is read by the code that acts: seen in requests that note it."""

import datetime as dt
import itertools
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.model import ListShape, Shape, StructureShape

from local_aws.protocol.members.member_answers import member_answers
from local_aws.server.operations import OPERATIONS
from local_aws.state.latency import Latency
from tests.aws.clients import make_client
from tests.aws.endpoints import invoke, settled
from tests.aws.in_process import local_aws_in_process
from tests.aws.monitors import (
    ANALYZER,
    NOW,
    definition_request,
    endpoint_input,
    last_execution,
    own_definition,
    schedule_config,
)
from tests.aws.processing_jobs import ended as processed
from tests.aws.processing_jobs import processing_request, s3_input
from tests.aws.sagemaker_requests import (
    HYPERPARAMETERS,
    IMAGE,
    ROLE,
    channel,
    model_request,
    training_request,
    variant,
)
from tests.aws.training_data import BUCKET, noisy_rows, put_training_data
from tests.aws.training_jobs import finished
from tests.aws.transform_jobs import transformed
from tests.aws.tuning_jobs import RANGES, tuning_request
from tests.aws.waiting import end_of_job, wait_until
from tests.local_aws.protocol.members.read_members import ReadMembers
from tests.local_aws.protocol.members.request_members import MEMBERS, input_shape

pytestmark = pytest.mark.slow

TAGS = [{"Key": "team", "Value": "bank"}]
# Values that a member needs where any other of its type is refused before an operation sees it.
VALUES: dict[str, Any] = {
    "ResourceArn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/walk",
    "TrainingPlanArnEquals": "arn:aws:sagemaker:us-east-1:123456789012:training-plan/walk",
    "Tags": TAGS,
    "TagKeys": ["team"],
    "ClientRequestToken": "t" * 32,
}
# Records, which AWS too keeps for nothing but to tell them, and the operations whose members are headers.
ELSEWHERE = ("CreateModelPackage", "UpdateModelPackage", "InvokeEndpoint")
# The container reads these from a copy of the request. The script of this walk fails without them.
IN_THE_CONTAINER = {
    "CreateProcessingJob.AppSpecification.ContainerEntrypoint",
    "CreateProcessingJob.AppSpecification.ContainerArguments",
    "CreateProcessingJob.Environment",
}
SCRIPT = b"""
import os, sys
sys.exit(0 if sys.argv[1:] == ["argument"] and os.environ["A"] == "b" else 3)
"""


def acted_on() -> set[str]:
    answers = {path: member_answers().of(path) for path in MEMBERS if not path.startswith(ELSEWHERE)}
    return {path for path, answer in answers.items() if answer is not None and answer.kind == "acted_on"}


def value_of(name: str, shape: Shape) -> Any:
    if name in VALUES:
        return VALUES[name]
    if isinstance(shape, ListShape):
        return [value_of("", shape.member)]
    if isinstance(shape, StructureShape):
        return {one: value_of(one, shape.members[one]) for one in shape.required_members}
    if enum := shape.metadata.get("enum"):
        return enum[0]
    moment = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    values = {"boolean": True, "integer": 1, "timestamp": moment}
    return values.get(shape.type_name, "walk")


def small_requests(operation: str) -> Iterator[dict[str, Any]]:
    """Yield a request for each member that is acted on, with the required ones beside it."""
    shape = input_shape(operation)
    # Without this, ListPipelineExecutionSteps lists nothing, whatever the model says.
    needed = {*shape.required_members, *(shape.members.keys() & {"PipelineExecutionArn"})}
    required = {name: value_of(name, shape.members[name]) for name in needed}
    for name, member in shape.members.items():
        if f"{operation}.{name}" in acted_on():
            yield required | {name: value_of(name, member)}


def ask_with_each_member(sagemaker: Any) -> None:
    """Call the operations that begin no work. A refusal of an absent name has read the name."""
    methods = {operation: method for method, operation in sagemaker.meta.method_to_api_mapping.items()}
    asked = [name for name in OPERATIONS if not name.startswith(("Create", "Update"))]
    ends = {name for name in asked if name.startswith(("Stop", "Delete")) and name != "DeleteTags"}
    # A list reads its filters where it has something to list.
    for operation in sorted(asked, key=lambda name: name in ends):
        for request in small_requests(operation):
            with suppress(ClientError):
                getattr(sagemaker, methods[operation])(**request)


def look_for_jobs(sagemaker: Any) -> None:
    """Search by an expression that has every member, and finds what it asks for."""
    named = {"Name": "TrainingJobName", "Operator": "Equals", "Value": "walk"}
    of_channel = {"Name": "InputDataConfig.ChannelName", "Operator": "Equals", "Value": "train"}
    expression: dict[str, Any] = {
        "Filters": [named],
        "NestedFilters": [{"NestedPropertyName": "InputDataConfig", "Filters": [of_channel]}],
        "Operator": "And",
    }
    found = sagemaker.search(
        Resource="TrainingJob",
        SearchExpression={**expression, "SubExpressions": [{**expression, "SubExpressions": [expression]}]},
    )["Results"]
    assert [one["TrainingJob"]["TrainingJobName"] for one in found] == ["walk"]


def full_training(name: str) -> dict[str, Any]:
    source = {
        "S3DataType": "S3Prefix",
        "S3Uri": f"s3://{BUCKET}/train/",
        "S3DataDistributionType": "FullyReplicated",
    }
    train = channel(DataSource={"S3DataSource": source}, CompressionType="None", InputMode="File")
    channels = [train, channel("validation")]
    request = training_request(name, Tags=TAGS, Environment={"A": "b"}, InputDataConfig=channels)
    request["OutputDataConfig"] |= {"CompressionType": "GZIP", "KmsKeyId": "key"}
    request["ResourceConfig"]["KeepAlivePeriodInSeconds"] = 0
    request["StoppingCondition"]["MaxWaitTimeInSeconds"] = 600
    return {
        **request,
        "EnableManagedSpotTraining": True,
        "CheckpointConfig": {"S3Uri": f"s3://{BUCKET}/checkpoints/{name}"},
    }


def train(sagemaker: Any) -> str:
    with_command = full_training("walk-command")
    with_command["AlgorithmSpecification"] |= {
        "ContainerEntrypoint": ["python3", "-c"],
        "ContainerArguments": ["pass"],
    }
    sagemaker.create_training_job(**with_command)
    assert finished(sagemaker, "walk-command")["TrainingJobStatus"] == "Completed"
    sagemaker.create_training_job(**full_training("walk"))
    job = finished(sagemaker, "walk")
    assert job["TrainingJobStatus"] == "Completed", job
    return str(job["ModelArtifacts"]["S3ModelArtifacts"])


def tune(sagemaker: Any) -> None:
    definition = full_training("")
    taken = (
        *("InputDataConfig", "OutputDataConfig", "ResourceConfig", "StoppingCondition"),
        *("EnableManagedSpotTraining", "CheckpointConfig", "Environment"),
    )
    ranges: dict[str, Any] = {
        **RANGES,
        "CategoricalParameterRanges": [{"Name": "tree_method", "Values": ["hist", "approx"]}],
    }
    ranges["IntegerParameterRanges"] = [{**ranges["IntegerParameterRanges"][0], "ScalingType": "Linear"}]
    sagemaker.create_hyper_parameter_tuning_job(
        **tuning_request(
            "walk",
            definition={name: definition[name] for name in taken},
            members={"Tags": TAGS},
            ParameterRanges=ranges,
            RandomSeed=7,
            ResourceLimits={
                "MaxNumberOfTrainingJobs": 2,
                "MaxParallelTrainingJobs": 1,
                "MaxRuntimeInSeconds": 600,
            },
            TuningJobCompletionCriteria={
                "TargetObjectiveMetricValue": 2.0,
                "BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 5},
            },
        )
    )
    job = end_of_job(
        lambda: sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="walk"),
        "HyperParameterTuningJobStatus",
    )
    assert job["HyperParameterTuningJobStatus"] == "Completed", job
    parents = [{"HyperParameterTuningJobName": "walk"}]
    limits = {"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 2}}
    sagemaker.create_hyper_parameter_tuning_job(
        **tuning_request(
            "walk-hyperband",
            members={
                "WarmStartConfig": {
                    "ParentHyperParameterTuningJobs": parents,
                    "WarmStartType": "TransferLearning",
                }
            },
            static={**HYPERPARAMETERS, "tree_method": "hist"},
            definition={"InputDataConfig": definition["InputDataConfig"]},
            Strategy="Hyperband",
            StrategyConfig=limits,
            ResourceLimits={"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 1},
        )
    )


def process(sagemaker: Any, s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="walk/script.py", Body=SCRIPT)
    request = processing_request("walk", "argument", Tags=TAGS, Environment={"A": "b"})
    request["StoppingCondition"] = {"MaxRuntimeInSeconds": 600}
    request["ProcessingInputs"].append(
        s3_input("more", f"s3://{BUCKET}/train/", "/opt/ml/processing/input/more", S3CompressionType="None")
    )
    sagemaker.create_processing_job(**request)
    job = processed(sagemaker, "walk")
    assert job["ProcessingJobStatus"] == "Completed", job


def transform(sagemaker: Any, s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="batch/all.csv", Body=b"1,2,3\n4,5,6\n")
    job = transformed(
        sagemaker,
        "walk",
        ModelName="walk",
        TransformInput={"CompressionType": "None"},
        TransformOutput={"AssembleWith": "Line"},
        DataProcessing={"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"},
        MaxConcurrentTransforms=2,
        MaxPayloadInMB=1,
        BatchStrategy="MultiRecord",
        ModelClientConfig={"InvocationsTimeoutInSeconds": 60, "InvocationsMaxRetries": 1},
        Environment={"A": "b"},
        Tags=TAGS,
    )
    assert job["TransformJobStatus"] == "Completed", job


def make_models(sagemaker: Any, archive: str) -> None:
    """Make models of all forms that a container has, the first of which is named `walk`."""
    source = {"S3Uri": archive, "S3DataType": "S3Object", "CompressionType": "Gzip"}
    serving = {"Image": IMAGE, "Environment": {"A": "b"}, "ContainerHostname": "first"}
    sagemaker.create_model_package_group(ModelPackageGroupName="walk-group")
    package = sagemaker.create_model_package(
        ModelPackageName="walk",
        InferenceSpecification={
            "Containers": [{"Image": IMAGE, "ModelDataUrl": archive}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )["ModelPackageArn"]
    forms = (
        {**serving, "ModelDataUrl": archive},
        {**serving, "ModelDataSource": {"S3DataSource": source}},
        {"ModelPackageName": package, "Environment": {"A": "b"}},
    )
    names = itertools.chain(["walk"], (f"walk-{number}" for number in itertools.count()))
    for form in forms:
        request = model_request(next(names), archive) | {"PrimaryContainer": form, "Tags": TAGS}
        sagemaker.create_model(**request)
        sagemaker.create_model(ModelName=next(names), ExecutionRoleArn=ROLE, Containers=[form])


def run_pipeline(sagemaker: Any, s3: Any) -> str:
    """Make, change and run a pipeline by every form of its definition; return the execution's ARN."""
    fails = {"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": {"Get": "Parameters.Why"}}}
    why = {"Name": "Why", "Type": "String"}
    text = json.dumps({"Version": "2020-12-01", "Parameters": [why], "Steps": [fails]})
    s3.put_object(Bucket=BUCKET, Key="walk/pipeline.json", Body=text.encode())
    forms: tuple[dict[str, Any], ...] = (
        {"PipelineDefinition": text},
        {"PipelineDefinitionS3Location": {"Bucket": BUCKET, "ObjectKey": "walk/pipeline.json"}},
    )
    one = {"ParallelismConfiguration": {"MaxParallelExecutionSteps": 1}}
    started: dict[str, Any] = {"PipelineParameters": [{"Name": "Why", "Value": "the walk"}]}
    for number, form in enumerate(forms):
        name, token = ("walk", "walk-2")[number], f"{number}" * 32
        sagemaker.create_pipeline(
            PipelineName=name, RoleArn=ROLE, ClientRequestToken=token, Tags=TAGS, **form, **one
        )
        sagemaker.start_pipeline_execution(PipelineName=name, ClientRequestToken=token, **started)
        sagemaker.update_pipeline(PipelineName=name, **form, **one)
        arn: str = sagemaker.start_pipeline_execution(
            PipelineName=name, ClientRequestToken="u" * 32, **started, **(one if number else {})
        )["PipelineExecutionArn"]
    wait_until(
        lambda: sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    )
    return arn


def answer(sagemaker: Any, runtime: Any) -> None:
    """Put endpoints into service that capture, or answer on S3, and ask each."""
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{BUCKET}/captured",
        "KmsKeyId": "key",
        "CaptureOptions": [{"CaptureMode": "InputAndOutput"}],
        "CaptureContentTypeHeader": {
            "CsvContentTypes": ["text/csv"],
            "JsonContentTypes": ["application/json"],
        },
    }
    topics = dict.fromkeys(("SuccessTopic", "ErrorTopic"), "arn:aws:sns:us-east-1:123456789012:absent")
    output = {
        "KmsKeyId": "key",
        "S3OutputPath": f"s3://{BUCKET}/answers",
        "S3FailurePath": f"s3://{BUCKET}/failures",
        "NotificationConfig": {**topics, "IncludeInferenceResponseIn": ["SUCCESS_NOTIFICATION_TOPIC"]},
    }
    config = {
        "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 1},
        "OutputConfig": output,
    }
    forms = {"walk-capture": {"DataCaptureConfig": capture}, "walk-async": {"AsyncInferenceConfig": config}}
    for name, members in forms.items():
        sagemaker.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=[variant("walk")], **members
        )
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        assert settled(sagemaker, name)["EndpointStatus"] == "InService"
    invoke(runtime, "walk-capture", b"1,2,3")
    runtime.invoke_endpoint_async(EndpointName="walk-async", Body=b"1,2,3", ContentType="text/csv")


def monitor(sagemaker: Any, s3: Any) -> None:
    """Monitor the endpoint that captures, by definitions of each type and by a job of a schedule's own."""
    event = {"eventMetadata": {"eventId": "walk"}, "eventVersion": "0"}
    truth = {"groundTruthData": {"data": "1", "encoding": "CSV"}, **event}
    hour = f"{dt.datetime.now(dt.UTC):%Y/%m/%d/%H}"
    s3.put_object(Bucket=BUCKET, Key=f"truth/{hour}/walk.jsonl", Body=json.dumps(truth).encode())
    for name in ("statistics", "constraints"):
        body = json.dumps({"features": [], "binary_classification_constraints": {}}).encode()
        s3.put_object(Bucket=BUCKET, Key=f"walk/{name}.json", Body=body)
    place = {name: {"S3Uri": f"s3://{BUCKET}/walk/{name}.json"} for name in ("statistics", "constraints")}
    constraints = {"ConstraintsResource": place["constraints"], "BaseliningJobName": "walk"}
    both = {**constraints, "StatisticsResource": place["statistics"]}
    offsets = {"StartTimeOffset": "-PT2H", "EndTimeOffset": "-PT1H"}
    limits = {"StoppingCondition": {"MaxRuntimeInSeconds": 600}}
    application: dict[str, Any] = {"ImageUri": ANALYZER, "Environment": {"A": "b"}}
    where = {"InferenceAttribute": "0", "ProbabilityAttribute": "0", "ProbabilityThresholdAttribute": 0.5}
    own = {**own_definition("walk-capture", **limits, BaselineConfig=both), "Environment": {"A": "b"}}
    for name, members in (("walk", {}), ("walk-late", offsets)):
        sagemaker.create_data_quality_job_definition(
            **definition_request(
                name, "walk-capture", DataQualityAppSpecification=application, Tags=TAGS, **limits
            )
            | {"DataQualityBaselineConfig": both}
            | {"DataQualityJobInput": endpoint_input("walk-capture", **members)}
        )
        sagemaker.create_model_quality_job_definition(
            **definition_request(
                name,
                "walk-capture",
                "ModelQuality",
                ModelQualityAppSpecification={**application, "ProblemType": "BinaryClassification"},
                Tags=TAGS,
                **limits,
            )
            | {"ModelQualityBaselineConfig": constraints}
            | {
                "ModelQualityJobInput": {
                    **endpoint_input("walk-capture", **where, **members),
                    "GroundTruthS3Input": {"S3Uri": f"s3://{BUCKET}/truth"},
                }
            }
        )
    late_own = own | {"MonitoringInputs": [endpoint_input("walk-capture", **offsets)]}
    daily = {"ScheduleExpression": "cron(0 0 ? * * *)"}
    configs: tuple[dict[str, Any], ...] = (
        schedule_config("walk"),
        schedule_config("walk", "ModelQuality"),
        schedule_config("walk-late", **daily),
        schedule_config("walk-late", "ModelQuality", **daily),
        {"MonitoringJobDefinition": own, "MonitoringType": "DataQuality", "ScheduleConfig": NOW},
        {"MonitoringJobDefinition": late_own, "ScheduleConfig": daily},
    )
    names = ["walk", *(f"walk-{number}" for number in range(1, len(configs)))]
    requests: list[dict[str, Any]] = [
        {"MonitoringScheduleName": name, "MonitoringScheduleConfig": config}
        for name, config in zip(names, configs, strict=True)
    ]
    at_once = [name for name, config in zip(names, configs, strict=True) if config["ScheduleConfig"] is NOW]
    for request in requests:
        sagemaker.create_monitoring_schedule(**request, Tags=TAGS)
    # An execution reads the schedule of its moment: the created one has to have run before it is changed.
    first = {name: last_execution(sagemaker, name) for name in at_once}
    for request in requests:
        sagemaker.update_monitoring_schedule(**request)
    for name in at_once:
        wait_until(lambda name=name: last_execution(sagemaker, name) != first[name])


def shifting(kind: str) -> dict[str, Any]:
    member = {"LINEAR": "LinearStepSize", "CANARY": "CanarySize"}[kind]
    size = {"Type": "CAPACITY_PERCENT", "Value": 50}
    return {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {"Type": kind, "WaitIntervalInSeconds": 0, member: size},
            "TerminationWaitInSeconds": 0,
            "MaximumExecutionTimeoutInSeconds": 600,
        },
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "walk"}, {"AlarmName": "walk-2"}]},
    }


def serve_several(sagemaker: Any, archive: str) -> None:
    """Put an endpoint into service whose models are of several models, in both forms of a request."""
    container = {
        "Image": IMAGE,
        "Mode": "MultiModel",
        "ModelDataUrl": archive.rpartition("/")[0],
        "MultiModelConfig": {"ModelCacheSetting": "Disabled"},
    }
    forms: tuple[dict[str, Any], ...] = ({"PrimaryContainer": container}, {"Containers": [container]})
    names = [f"walk-several-{number}" for number in range(len(forms))]
    for name, form in zip(names, forms, strict=True):
        sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, **form)
    sagemaker.create_endpoint_config(
        EndpointConfigName="walk-several", ProductionVariants=[variant(name, name) for name in names]
    )
    sagemaker.create_endpoint(EndpointName="walk-several", EndpointConfigName="walk-several")
    assert settled(sagemaker, "walk-several")["EndpointStatus"] == "InService"


def serve_in_the_shadow(sagemaker: Any, runtime: Any) -> None:
    """Put an endpoint into service that has a shadow variant, and ask it."""
    name = "walk-shadow"
    shadow = variant(
        "walk", "Shadow", InitialVariantWeight=1, ContainerStartupHealthCheckTimeoutInSeconds=600
    )
    sagemaker.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=[variant("walk")], ShadowProductionVariants=[shadow]
    )
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    assert settled(sagemaker, name)["EndpointStatus"] == "InService"
    invoke(runtime, name, b"1,2,3")


def host(sagemaker: Any, cloudwatch: Any) -> None:
    serverless = {
        "VariantName": "Small",
        "ModelName": "walk",
        "InitialVariantWeight": 1,
        "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1},
    }
    served = variant("walk", InitialVariantWeight=1, ContainerStartupHealthCheckTimeoutInSeconds=600)
    sagemaker.create_endpoint_config(
        EndpointConfigName="walk", ProductionVariants=[served, serverless], Tags=TAGS
    )
    for alarm in ("walk", "walk-2"):
        cloudwatch.put_metric_alarm(
            AlarmName=alarm, EvaluationPeriods=1, ComparisonOperator="GreaterThanThreshold"
        )
    for name, kind in (("walk-canary", "CANARY"), ("walk", "LINEAR")):
        sagemaker.create_endpoint(
            EndpointName=name, EndpointConfigName="walk", Tags=TAGS, DeploymentConfig=shifting(kind)
        )
    assert settled(sagemaker, "walk")["EndpointStatus"] == "InService"
    sagemaker.update_endpoint(
        EndpointName="walk",
        EndpointConfigName="walk",
        RetainAllVariantProperties=True,
        ExcludeRetainedVariantProperties=[{"VariantPropertyType": "DesiredInstanceCount"}],
        RetainDeploymentConfig=True,
    )
    assert settled(sagemaker, "walk")["EndpointStatus"] == "InService"
    for kind in ("LINEAR", "CANARY"):
        sagemaker.update_endpoint(
            EndpointName="walk", EndpointConfigName="walk", DeploymentConfig=shifting(kind)
        )
        assert settled(sagemaker, "walk")["EndpointStatus"] == "InService"
    sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="walk",
        DesiredWeightsAndCapacities=[
            {"VariantName": "AllTraffic", "DesiredWeight": 2},
            {"VariantName": "Small", "ServerlessUpdateConfig": {"MaxConcurrency": 2}},
        ],
    )
    assert settled(sagemaker, "walk")["EndpointStatus"] == "InService"


def test_every_member_that_is_acted_on_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print how many were: `pytest -s`."""
    reads = ReadMembers()
    for name, operation in list(OPERATIONS.items()):
        monkeypatch.setitem(OPERATIONS, name, reads.of(name, operation))
    with local_aws_in_process(Latency(starting=0)) as url:
        s3, sagemaker = make_client("s3", url), make_client("sagemaker", url)
        runtime = make_client("sagemaker-runtime", url)
        put_training_data(s3, noisy_rows())
        archive = train(sagemaker)
        process(sagemaker, s3)
        make_models(sagemaker, archive)
        serve_several(sagemaker, archive)
        serve_in_the_shadow(sagemaker, runtime)
        transform(sagemaker, s3)
        cloudwatch = make_client("cloudwatch", url)
        host(sagemaker, cloudwatch)
        cloudwatch.close()
        answer(sagemaker, runtime)
        monitor(sagemaker, s3)
        tune(sagemaker)
        monkeypatch.setitem(VALUES, "PipelineExecutionArn", run_pipeline(sagemaker, s3))
        look_for_jobs(sagemaker)
        # Last, as it stops and deletes what has this name.
        ask_with_each_member(sagemaker)
        for one in (s3, sagemaker, runtime):
            one.close()
    expected = acted_on() - IN_THE_CONTAINER
    print(f"\n{len(expected & reads.paths)} of {len(expected)} members that are acted on were read")
    unread = sorted(expected - reads.paths)
    assert unread == []


def test_what_is_merely_told_back_does_not_count() -> None:
    reads = ReadMembers()

    def create(_: object, request: dict[str, Any]) -> dict[str, Any]:
        kept.append(request)
        return {**request, "Size": request["Sizes"][0]["Size"]}

    def describe(_: object, request: dict[str, Any]) -> dict[str, Any]:
        return {**kept[0], "Name": request["Name"], "Colour": kept[0]["Colour"]}

    kept: list[dict[str, Any]] = []
    request = {"Sizes": [{"Size": 1, "Unit": "m"}], "Colour": "red"}
    region: Any = None
    assert reads.of("CreateThing", create)(region, request) == {**request, "Size": 1}
    assert reads.paths == {"CreateThing.Sizes", "CreateThing.Sizes.Size"}
    reads.of("DescribeThing", describe)(region, {"Name": "a"})
    assert reads.paths == {"CreateThing.Sizes", "CreateThing.Sizes.Size", "DescribeThing.Name"}
