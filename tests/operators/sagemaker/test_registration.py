import pytest

from include.operators.sagemaker.registration import record_decision
from include.pipeline.errors import OwnerError
from tests.aws.clients import Aws
from tests.aws.sagemaker_requests import IMAGE

pytestmark = pytest.mark.slow

GROUP = "Decided-Here"


@pytest.fixture(scope="module")
def arn(aws: Aws) -> str:
    sagemaker = aws.client("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName=GROUP)
    made = sagemaker.create_model_package(
        ModelPackageGroupName=GROUP,
        InferenceSpecification={
            "Containers": [{"Image": IMAGE, "ModelDataUrl": "s3://small-data/train/train.csv"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )
    found: str = made["ModelPackageArn"]
    return found


@pytest.mark.parametrize(
    ("answer", "status", "note"),
    [
        (
            {"chosen_options": ["Approve"], "responded_by_user": {"id": "1", "name": "ada"}},
            "Approved",
            "ada: It is better",
        ),
        (
            {"chosen_options": ["Reject"], "responded_by_user": {"id": "1", "name": "ada"}},
            "Rejected",
            "ada: It is better",
        ),
        # As Airflow answers once the time for it has passed.
        ({"chosen_options": ["Reject"], "responded_by_user": None}, "Rejected", "Nobody answered in time"),
    ],
    ids=["approved", "rejected", "nobody"],
)
def test_a_decision_is_written_with_who_made_it(
    aws: Aws, arn: str, answer: dict[str, object], status: str, note: str
) -> None:
    said = {"note": "It is better" if answer["responded_by_user"] else None}
    told = record_decision.function({"arn": arn, "group": GROUP}, answer | {"params_input": said})
    assert told.startswith(f"Version 1 of {GROUP} is {status}")
    found = aws.client("sagemaker").describe_model_package(ModelPackageName=arn)
    assert (found["ModelApprovalStatus"], found["ApprovalDescription"]) == (status, note)


def test_nobody_decides_on_another_groups_model(arn: str) -> None:
    answer = {"chosen_options": ["Approve"], "responded_by_user": None, "params_input": {}}
    with pytest.raises(OwnerError, match="is no version of another"):
        record_decision.function({"arn": arn, "group": "another"}, answer)
