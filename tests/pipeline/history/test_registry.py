import json
from collections.abc import Iterator
from typing import Any

import pytest

from include.pipeline.documents.manifest import RunManifest
from include.pipeline.errors import OwnerError
from include.pipeline.history.accepted import places_of
from include.pipeline.history.registry import (
    RegisteredModel,
    approved_jobs,
    decide,
    describe_version,
    is_approved,
    known_version,
    registered_models,
    registration,
    side_by_side,
)
from tests.aws.clients import Aws
from tests.pipeline.accepted_runs import accepted, plan_of
from tests.pipeline.planned import CONFIG
from tests.services.local_aws_server import local_aws_server

pytestmark = pytest.mark.slow

GROUP = "tests-bank-marketing"
ACCEPTED: dict[str, RunManifest] = {}


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with local_aws_server() as server:
        aws = Aws(server.url)
        aws.client("s3").create_bucket(Bucket="bucket")
        aws.client("sagemaker").create_model_package_group(ModelPackageGroupName=GROUP)
        yield aws


def register(aws: Aws, run_id: str, **made: Any) -> RegisteredModel:
    plan, sagemaker = plan_of(run_id), aws.client("sagemaker")
    manifest = ACCEPTED[run_id] = accepted(aws.client("s3"), plan, **made)
    request = registration(manifest, places_of(plan, manifest), CONFIG)
    arns = {
        sagemaker.create_model_package(
            ModelPackageGroupName=GROUP, ModelApprovalStatus="PendingManualApproval", **request
        )["ModelPackageArn"]
        for _ in range(2)  # as boto3 does, where an answer is lost
    }
    (arn,) = arns
    found = known_version(sagemaker, GROUP, manifest)
    assert found == describe_version(sagemaker, arn)
    assert found is not None
    return found


def test_a_version_tells_its_figures_data_code_and_where_its_report_is(aws: Aws) -> None:
    found, plan = register(aws, "told"), plan_of("told")
    assert found.metadata["run_id"] == "told"
    assert found.metadata["data_sha256"] == "5a5a" * 16
    assert found.metadata["report"] == plan.locations.report
    assert float(found.metadata["threshold"]) == 0.5
    assert len(found.metadata["code_sha256"]) == 64
    described = aws.client("sagemaker").describe_model_package(ModelPackageName=found.arn)
    statistics = described["ModelMetrics"]["ModelQuality"]["Statistics"]
    assert statistics == {"ContentType": "application/json", "S3Uri": plan.locations.metrics}
    card = json.loads(described["ModelCard"]["ModelCardContent"])
    assert CONFIG.card is not None
    assert card["intended_uses"]["intended_uses"] == CONFIG.card.use
    (evaluation,) = card["evaluation_details"]
    figures = {one["name"]: one["value"] for one in evaluation["metric_groups"][0]["metric_data"]}
    assert figures["roc_auc"] == pytest.approx(found.figures["roc_auc"], abs=1e-6)


@pytest.mark.parametrize(
    ("algorithm", "sent", "answered"),
    [
        ("sagemaker-xgboost:3.2-0", "text/csv", "text/csv"),
        ("linear-learner:1", "text/csv", "application/jsonlines"),
        ("knn:1", "text/csv", "application/jsonlines"),
        ("factorization-machines:1", "application/x-recordio-protobuf", "application/jsonlines"),
    ],
)
def test_a_version_tells_the_forms_that_its_algorithm_takes_and_answers(
    aws: Aws, algorithm: str, sent: str, answered: str
) -> None:
    plan = plan_of(f"of-{algorithm}")
    manifest = accepted(aws.client("s3"), plan)
    image = f"{manifest.image_uri.partition('/')[0]}/{algorithm}"
    request = registration(
        manifest.model_copy(update={"image_uri": image}), places_of(plan, manifest), CONFIG
    )
    made = aws.client("sagemaker").create_model_package(ModelPackageGroupName=GROUP, **request)
    told = aws.client("sagemaker").describe_model_package(ModelPackageName=made["ModelPackageArn"])
    form = told["InferenceSpecification"]
    assert form["SupportedContentTypes"] == [sent]
    assert form["SupportedResponseMIMETypes"] == [answered]


def test_a_decision_is_written_with_its_note_and_of_the_pipelines_own_models_alone(aws: Aws) -> None:
    sagemaker = aws.client("sagemaker")
    first, second = register(aws, "first"), register(aws, "second", model=b"another")
    approved = decide(sagemaker, first.arn, GROUP, is_approved=True, note="ada: it is better")
    assert approved.approval == "Approved"
    rejected = decide(sagemaker, second.arn, GROUP, is_approved=False, note="Nobody answered in time")
    assert rejected.approval == "Rejected"
    note = sagemaker.describe_model_package(ModelPackageName=second.arn)["ApprovalDescription"]
    assert note == "Nobody answered in time"
    assert [one.run_id for one in registered_models(sagemaker, GROUP, "Approved")] == ["first"]
    jobs = approved_jobs(sagemaker, GROUP)
    assert [is_approved(ACCEPTED[run], jobs) for run in ("first", "second")] == [True, False]
    assert approved_jobs(sagemaker, "no-such-group") == frozenset()
    with pytest.raises(OwnerError, match="is no version of another-group"):
        decide(sagemaker, first.arn, "another-group", is_approved=False, note="")


def test_a_person_sees_both_models_side_by_side() -> None:
    challenger = RegisteredModel("arn", 3, "PendingManualApproval", {"run_id": "new", "roc_auc": "0.81"})
    champion = RegisteredModel("arn", 2, "Approved", {"run_id": "old", "roc_auc": "0.79"})
    page = side_by_side(challenger, champion, "https://airflow/report")
    assert "| | version 3 | version 2, of old |" in page
    assert "| roc_auc | 0.8100 | 0.7900 |" in page
    assert "[report](https://airflow/report)" in page
    assert "| roc_auc | 0.8100 | - |" in side_by_side(challenger, None, "")
