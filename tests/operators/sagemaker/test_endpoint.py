from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from include.operators.sagemaker.deletion import (
    DeleteSageMakerEndpointConfigOperator,
    DeleteSageMakerEndpointOperator,
    DeleteSageMakerModelOperator,
)
from include.operators.sagemaker.endpoint import RunSageMakerEndpointOperator
from include.pipeline.aws.tags import RunTags
from include.pipeline.documents.deployed import Deletion
from include.pipeline.errors import CleanupError, EndpointError, OwnerError
from include.pipeline.teardown.deployed import look_up_deployed
from tests.aws.clients import Aws
from tests.aws.endpoints import create_deployment
from tests.aws.lists import listed
from tests.aws.sagemaker_requests import deployment_requests, model_request
from tests.aws.training_data import BUCKET
from tests.aws.training_jobs import trained_model
from tests.aws.waiting import OFTEN
from tests.project import DEPLOYMENT_ID

pytestmark = pytest.mark.slow

RUN = RunTags(deployment_id=DEPLOYMENT_ID, dag_id="bank_marketing", run_id="manual__1", expires=None)
OTHER_RUN = RunTags(deployment_id=DEPLOYMENT_ID, dag_id="bank_marketing", run_id="manual__2", expires=None)


@pytest.fixture(scope="module")
def archive(aws: Aws) -> str:
    return trained_model(aws.client("sagemaker"), "for-endpoints")


def deployment(
    name: str, archive: str, owner: RunTags = RUN, *, keep: bool = False
) -> RunSageMakerEndpointOperator:
    return RunSageMakerEndpointOperator(
        task_id="deploy_endpoint",
        config=deployment_requests(name, archive, owner.to_aws()),
        model_data_url=archive,
        check_interval=1,
        keep=keep,
    )


def deploy(name: str, archive: str, *, keep: bool = False) -> dict[str, Any]:
    return deployment(name, archive, keep=keep).execute({})


def delete(operator: type, name: str, **options: Any) -> dict[str, Any] | None:
    result: dict[str, Any] | None = operator(
        task_id="delete", name=name, check_interval=1, **options
    ).execute({"dag_run": SimpleNamespace(dag_id=RUN.dag_id, run_id=RUN.run_id)})
    return result


def names(aws: Aws, name: str) -> set[str]:
    sagemaker = aws.client("sagemaker")
    return {
        kind
        for kind, found in (
            ("endpoint", listed(sagemaker, "list_endpoints", NameContains=name)),
            ("config", listed(sagemaker, "list_endpoint_configs", NameContains=name)),
            ("model", listed(sagemaker, "list_models", NameContains=name)),
        )
        if found
    }


def creation_time(aws: Aws, name: str) -> Any:
    return aws.client("sagemaker").describe_endpoint(EndpointName=name)["CreationTime"]


def test_an_endpoint_that_the_task_made_answers(aws: Aws, archive: str) -> None:
    result = deploy("serving", archive)
    assert result["Endpoint"]["EndpointStatus"] == "InService"
    answer = aws.client("sagemaker-runtime").invoke_endpoint(
        EndpointName="serving", ContentType="text/csv", Body=b"9,1,1\n0,1,1\n"
    )
    high, low = (float(score) for score in answer["Body"].read().split())
    assert high > 0.5 > low


def test_a_retry_takes_the_endpoint_that_is_there(aws: Aws, archive: str) -> None:
    deploy("taken-up", archive)
    before = creation_time(aws, "taken-up")
    deploy("taken-up", archive)
    assert creation_time(aws, "taken-up") == before


def test_a_retry_goes_on_where_a_crashed_try_stopped(aws: Aws, archive: str) -> None:
    requests = deployment_requests("halfway", archive, RUN.to_aws())
    sagemaker = aws.client("sagemaker")
    sagemaker.create_model(**requests["Model"])
    sagemaker.create_endpoint_config(**requests["EndpointConfig"])
    assert deploy("halfway", archive)["Endpoint"]["EndpointStatus"] == "InService"


def test_another_model_replaces_the_one_that_is_served(aws: Aws, archive: str) -> None:
    deploy("replaced", archive)
    s3 = aws.client("s3")
    s3.copy_object(
        Bucket=BUCKET,
        Key="model/other/output/model.tar.gz",
        CopySource=archive.removeprefix("s3://"),
    )
    other = f"s3://{BUCKET}/model/other/output/model.tar.gz"
    deploy("replaced", other)
    model = aws.client("sagemaker").describe_model(ModelName="replaced")
    assert model["PrimaryContainer"]["ModelDataUrl"] == other


def test_an_endpoint_that_cannot_start_fails_the_task_with_its_reason(aws: Aws) -> None:
    aws.client("s3").put_object(Bucket=BUCKET, Key="broken/model.tar.gz", Body=b"not an archive")
    with pytest.raises(
        EndpointError, match=r"(?s)endpoint 'broken' is Failed: .+\nTo do: Mend what the reason names"
    ):
        deploy("broken", f"s3://{BUCKET}/broken/model.tar.gz")
    assert names(aws, "broken") == set()


@pytest.mark.parametrize("owner", [OTHER_RUN.to_aws(), []], ids=["another run", "nobody"])
def test_what_another_made_under_the_name_is_not_touched(
    aws: Aws, archive: str, owner: list[dict[str, str]]
) -> None:
    name = f"taken-{len(owner)}"
    sagemaker = aws.client("sagemaker")
    sagemaker.create_model(**model_request(name, archive, Tags=owner))
    before = sagemaker.describe_model(ModelName=name)["CreationTime"]
    with pytest.raises(OwnerError, match=f"model '{name}' is there already"):
        deploy(name, archive)
    assert sagemaker.describe_model(ModelName=name)["CreationTime"] == before
    assert names(aws, name) == {"model"}


@pytest.mark.parametrize(
    "operator",
    [DeleteSageMakerEndpointOperator, DeleteSageMakerEndpointConfigOperator, DeleteSageMakerModelOperator],
)
def test_what_is_anothers_is_not_deleted(aws: Aws, archive: str, operator: type) -> None:
    if "model" not in names(aws, "foreign"):
        requests = deployment_requests("foreign", archive, OTHER_RUN.to_aws())
        create_deployment(aws.client("sagemaker"), requests)
    with pytest.raises(AirflowSkipException, match="foreign' is there already, and of"):
        delete(operator, "foreign")
    assert names(aws, "foreign") == {"endpoint", "config", "model"}


def test_killing_the_task_deletes_the_endpoint(aws: Aws, archive: str) -> None:
    task = deployment("killed", archive)
    task.execute({})
    task.on_kill()
    aws.client("sagemaker").get_waiter("endpoint_deleted").wait(
        EndpointName="killed", WaiterConfig=OFTEN | {"MaxAttempts": 100}
    )


def test_killing_a_task_that_has_no_endpoint_yet_does_nothing(aws: Aws, archive: str) -> None:
    deployment("unborn", archive).on_kill()
    deploy("of-another-try", archive)
    deployment("of-another-try", archive).on_kill()
    assert "endpoint" in names(aws, "of-another-try")


def test_the_three_deletes_leave_nothing_and_may_be_repeated(aws: Aws, archive: str) -> None:
    deploy("deleted", archive)
    assert names(aws, "deleted") == {"endpoint", "config", "model"}
    for operator in (
        DeleteSageMakerEndpointOperator,
        DeleteSageMakerEndpointConfigOperator,
        DeleteSageMakerModelOperator,
    ) * 2:
        delete(operator, "deleted")
    assert names(aws, "deleted") == set()


def test_a_delete_tells_how_long_the_resource_was_there(aws: Aws, archive: str) -> None:
    deploy("short-lived", archive)
    created = creation_time(aws, "short-lived")
    deletion = Deletion.model_validate(delete(DeleteSageMakerEndpointOperator, "short-lived"))
    assert deletion.created == created
    assert created < deletion.deleted < datetime.now(UTC)
    assert delete(DeleteSageMakerEndpointOperator, "short-lived") is None


def test_what_was_deployed_is_looked_up_with_what_the_teardown_did(aws: Aws, archive: str) -> None:
    deploy("looked-up", archive)
    plan = SimpleNamespace(key="looked-up", identity=RUN)
    deletion = Deletion.model_validate(delete(DeleteSageMakerEndpointOperator, "looked-up"))
    found = look_up_deployed(aws.client("sagemaker"), plan, {"endpoint": deletion})
    assert [(item.kind, item.deleted, item.is_there) for item in found] == [
        ("endpoint", deletion.deleted, False),
        ("endpoint configuration", None, True),
        ("model", None, True),
    ]


def test_what_is_still_there_is_looked_up_with_its_age_and_state(aws: Aws, archive: str) -> None:
    deploy("still-there", archive)
    plan = SimpleNamespace(key="still-there", identity=RUN)
    endpoint, _, model = look_up_deployed(aws.client("sagemaker"), plan, {})
    assert (endpoint.created, endpoint.state) == (creation_time(aws, "still-there"), "InService")
    assert model.created is not None
    assert model.state is None


def test_a_run_that_keeps_its_endpoint_names_those_that_are_kept_already(
    archive: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (f"{DEPLOYMENT_ID}-{name}" for name in ("kept-before", "keeps-another"))
    said: list[str] = []

    def warn(message: str, *arguments: object) -> None:
        said.append(message % arguments)

    def deploy_and_keep(name: str) -> None:
        task = deployment(name, archive, keep=True)
        monkeypatch.setattr(task.log, "warning", warn)
        task.execute({})

    deploy_and_keep(first)
    assert said == []
    deploy_and_keep(second)
    total, each = said
    assert total == "This endpoint is to stay. There already, kept as asked: 1, 6.72 USD a day:"
    assert each.startswith(f"{first}, InService, of {RUN.dag_id} {RUN.run_id}, since ")


def test_an_endpoint_that_is_still_being_created_is_waited_for_and_deleted(aws: Aws, archive: str) -> None:
    sagemaker = aws.client("sagemaker")
    create_deployment(sagemaker, deployment_requests("hurried", archive, RUN.to_aws()))
    assert sagemaker.describe_endpoint(EndpointName="hurried")["EndpointStatus"] == "Creating"
    delete(DeleteSageMakerEndpointOperator, "hurried")
    assert "endpoint" not in names(aws, "hurried")


def test_a_configuration_is_not_deleted_under_its_endpoint(aws: Aws, archive: str) -> None:
    deploy("lived-on", archive)
    with pytest.raises(CleanupError, match="endpoint 'lived-on' still exists"):
        delete(DeleteSageMakerEndpointConfigOperator, "lived-on")
    assert names(aws, "lived-on") == {"endpoint", "config", "model"}


@pytest.mark.parametrize(
    "operator",
    [DeleteSageMakerEndpointOperator, DeleteSageMakerEndpointConfigOperator, DeleteSageMakerModelOperator],
)
def test_what_is_to_be_kept_is_kept(aws: Aws, archive: str, operator: type) -> None:
    deploy("kept", archive)
    with pytest.raises(AirflowSkipException, match="keep_endpoint is set"):
        delete(operator, "kept", keep=True)
    assert names(aws, "kept") == {"endpoint", "config", "model"}
