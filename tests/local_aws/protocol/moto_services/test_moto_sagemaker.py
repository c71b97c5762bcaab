"""SageMaker operations that are moto's: passed on, and never an answer that an SDK cannot read or retries."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.model import ListShape, Shape, StructureShape
from moto.core.utils import camelcase_to_underscores
from moto.sagemaker.responses import SageMakerResponse

from local_aws.protocol.moto_services import moto_sagemaker
from local_aws.protocol.moto_services.moto_sagemaker import moto_has, passed_on
from local_aws.protocol.service_model import service_model
from local_aws.server.operations import OPERATIONS
from tests.aws.answers import refused


@pytest.mark.parametrize(
    ("operation", "is_there"),
    [("CreateExperiment", True), ("Search", False), ("ListMonitoringAlerts", False), ("Setup", False)],
)
def test_what_moto_has(operation: str, is_there: bool) -> None:
    assert moto_has(operation) is is_there


def test_experiments(sagemaker: Any) -> None:
    arn = sagemaker.create_experiment(ExperimentName="churn")["ExperimentArn"]
    sagemaker.create_trial(ExperimentName="churn", TrialName="first")
    assert arn == "arn:aws:sagemaker:us-east-1:123456789012:experiment/churn"
    assert sagemaker.describe_experiment(ExperimentName="churn")["ExperimentArn"] == arn
    found = sagemaker.search(Resource="Experiment")["Results"]
    assert [result["Experiment"]["ExperimentName"] for result in found] == ["churn"]


def test_an_answer_without_members(sagemaker: Any) -> None:
    sagemaker.create_experiment(ExperimentName="short-lived")
    sagemaker.delete_experiment(ExperimentName="short-lived")
    names = [found["ExperimentName"] for found in sagemaker.list_experiments()["ExperimentSummaries"]]
    assert "short-lived" not in names


def test_its_requests_are_validated_like_ours(sagemaker: Any) -> None:
    code, message = refused(sagemaker.create_experiment, ExperimentName="not_a_name")
    assert code == "ValidationException"
    assert "at 'experimentName' failed to satisfy constraint" in message


def test_its_refusals_are_passed_on(sagemaker: Any) -> None:
    code, message = refused(sagemaker.describe_model_card, ModelCardName="absent")
    assert (code, "absent" in message) == ("ResourceNotFound", True)


def test_its_failures_name_the_operation_and_are_not_retried(sagemaker: Any) -> None:
    """A KeyError inside moto, which its own server shows as a page of HTML with status 500."""
    with pytest.raises(ClientError) as caught:
        sagemaker.describe_experiment(ExperimentName="absent")
    assert caught.value.response["Error"] == {
        "Code": "InternalFailure",
        "Message": "DescribeExperiment failed inside moto, whose operation it is: KeyError('absent')",
    }
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0


_ROLE = "arn:aws:iam::123456789012:role/pipeline"


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        (
            "create_auto_ml_job_v2",
            {
                "AutoMLJobName": "auto",
                "AutoMLJobInputDataConfig": [
                    {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train"}}}
                ],
                "OutputDataConfig": {"S3OutputPath": "s3://bucket/auto"},
                "AutoMLProblemTypeConfig": {"TabularJobConfig": {"TargetAttributeName": "y"}},
                "RoleArn": _ROLE,
            },
        ),
        (
            "create_compilation_job",
            {
                "CompilationJobName": "neo",
                "RoleArn": _ROLE,
                "OutputConfig": {"S3OutputLocation": "s3://bucket/neo", "TargetDevice": "ml_m5"},
                "StoppingCondition": {"MaxRuntimeInSeconds": 60},
            },
        ),
        ("create_cluster", {"ClusterName": "hyperpod"}),
        (
            "create_domain",
            {
                "DomainName": "studio",
                "AuthMode": "IAM",
                "DefaultUserSettings": {"ExecutionRole": _ROLE},
                "SubnetIds": ["subnet-1"],
                "VpcId": "vpc-1",
            },
        ),
        (
            "create_feature_group",
            {
                "FeatureGroupName": "customers",
                "RecordIdentifierFeatureName": "id",
                "EventTimeFeatureName": "at",
                "FeatureDefinitions": [
                    {"FeatureName": "id", "FeatureType": "String"},
                    {"FeatureName": "at", "FeatureType": "String"},
                ],
            },
        ),
    ],
)
def test_what_would_be_told_as_done_is_refused(
    sagemaker: Any, operation: str, request_: dict[str, Any]
) -> None:
    code, message = refused(getattr(sagemaker, operation), **request_)
    assert code == "UnknownOperationException"
    assert message.startswith("Local AWS does not have SageMaker's ")


def test_the_notebook_instance_of_the_tutorials_second_step(sagemaker: Any) -> None:
    name = "MySageMakerInstance"

    def told() -> str:
        described = sagemaker.describe_notebook_instance(NotebookInstanceName=name)
        assert described["InstanceType"] == "ml.t2.medium"
        assert described["RoleArn"] == _ROLE
        return str(described["NotebookInstanceStatus"])

    arn = sagemaker.create_notebook_instance(
        NotebookInstanceName=name, InstanceType="ml.t2.medium", RoleArn=_ROLE
    )["NotebookInstanceArn"]
    assert arn == f"arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/{name}"
    sagemaker.get_waiter("notebook_instance_in_service").wait(NotebookInstanceName=name)
    assert told() == "InService"
    # As on AWS, what runs is not deleted.
    assert refused(sagemaker.delete_notebook_instance, NotebookInstanceName=name)[0] == "ValidationException"
    sagemaker.stop_notebook_instance(NotebookInstanceName=name)
    sagemaker.get_waiter("notebook_instance_stopped").wait(NotebookInstanceName=name)
    assert told() == "Stopped"
    sagemaker.start_notebook_instance(NotebookInstanceName=name)
    assert told() == "InService"
    sagemaker.stop_notebook_instance(NotebookInstanceName=name)
    sagemaker.delete_notebook_instance(NotebookInstanceName=name)
    sagemaker.get_waiter("notebook_instance_deleted").wait(NotebookInstanceName=name)
    assert sagemaker.list_notebook_instances()["NotebookInstances"] == []
    # There is no page of Jupyter to open.
    code, _ = refused(sagemaker.create_presigned_notebook_instance_url, NotebookInstanceName=name)
    assert code == "UnknownOperationException"


def test_a_notebook_whose_scripts_would_not_run_is_refused(sagemaker: Any) -> None:
    notebook = {"NotebookInstanceName": "notes", "InstanceType": "ml.t3.medium", "RoleArn": _ROLE}
    assert refused(sagemaker.create_notebook_instance, **notebook, LifecycleConfigName="setup")[1] == (
        "Local AWS has no LifecycleConfigName of CreateNotebookInstance: no instance starts, so its scripts "
        "would not run."
    )


def test_what_neither_has_is_not_searched(sagemaker: Any) -> None:
    code, message = refused(sagemaker.search, Resource="HubContent")
    assert code == "ValidationException"
    assert message.startswith(
        "Local AWS does not search the Resource HubContent; of its own it searches Training"
    )


def output_statuses(operation: str) -> Iterator[str]:
    """Yield the members of an answer that tell a state. What a setting is switched to is none."""

    def walk(shape: Shape, around: frozenset[str]) -> Iterator[str]:
        if isinstance(shape, ListShape):
            yield from walk(shape.member, around)
        elif isinstance(shape, StructureShape) and shape.name not in around:
            for name, member in shape.members.items():
                if name.endswith("Status") and member.type_name == "string":
                    if "ENABLED" not in member.metadata.get("enum", ()):
                        yield name
                else:
                    yield from walk(member, around | {shape.name})

    output = service_model().operation_model(operation).output_shape
    if output is not None:
        yield from walk(output, frozenset())


# The states that answers of moto tell of records, and why none of them tells of work.
STATES = {
    "ModelCardStatus": "what its author says",
    "ModelCardProcessingStatus": "of the card's deletion",
    "PrimaryStatus": "what the experiment's author says",
    "NotebookInstanceStatus": "the tutorial's second step waits for it; the guide tells of no Jupyter",
}


def test_every_operation_of_moto_has_an_answer() -> None:
    """Print the operations by answer: `pytest -s`."""
    known = {
        name
        for name in service_model().operation_names
        if camelcase_to_underscores(name) in vars(SageMakerResponse) and name not in OPERATIONS
    }
    kinds = {**passed_on(), **dict.fromkeys(moto_sagemaker.refused(), "refused")}
    print(f"\n{len(known)} operations of moto: {dict(Counter(kinds.values()))}")
    assert set(kinds) == known
    assert len(kinds) == len(passed_on()) + len(moto_sagemaker.refused())
    assert {of for of, _ in moto_sagemaker._NOT_DONE_BY_MEMBER} <= set(passed_on())


def test_no_record_has_a_state_that_tells_of_work() -> None:
    records = [name for name, kind in passed_on().items() if kind == "record"]
    assert {status for name in records for status in output_statuses(name)} == set(STATES)


# The lists that need no name of what cannot be made.
LISTS = (
    "ListAutoMLJobs",
    "ListCompilationJobs",
    "ListClusters",
    "ListDomains",
    "ListModelBiasJobDefinitions",
    "ListModelExplainabilityJobDefinitions",
)


@pytest.mark.parametrize("operation", [name for name, kind in passed_on().items() if kind == "none"])
def test_what_cannot_be_made_is_not_found(sagemaker: Any, operation: str) -> None:
    """Whatever is asked: a list is empty, and nothing is described or deleted."""
    method = next(one for one, name in sagemaker.meta.method_to_api_mapping.items() if name == operation)
    shape = service_model().operation_model(operation).input_shape
    assert shape is not None
    arn = "arn:aws:sagemaker:us-east-1:123456789012:cluster/absent"
    names = {name: arn if name.endswith("Arn") else "absent" for name in shape.required_members}
    if operation in LISTS:
        answer = getattr(sagemaker, method)(**names)
        assert [value for value in answer.values() if isinstance(value, list)] == [[]]
        return
    with pytest.raises(ClientError) as caught:
        getattr(sagemaker, method)(**names)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 404)
