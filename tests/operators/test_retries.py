import pytest
from airflow.sdk import RetryAction
from botocore.exceptions import ClientError, EndpointConnectionError

from include.operators.retries import RETRY_POLICY
from include.pipeline import errors

REFUSALS = [kind for kind in vars(errors).values() if isinstance(kind, type)]


def test_there_are_refusals() -> None:
    assert errors.DataError in REFUSALS


@pytest.mark.parametrize("kind", REFUSALS)
def test_what_the_pipeline_refuses_is_not_tried_again(kind: type[errors.PipelineError]) -> None:
    decision = RETRY_POLICY.evaluate(kind("value", "rule", "mend"), try_number=1, max_tries=3)
    assert decision.action is RetryAction.FAIL


@pytest.mark.parametrize(
    "fault",
    [
        ClientError({"Error": {"Code": "ThrottlingException"}}, "DescribeEndpoint"),
        EndpointConnectionError(endpoint_url="https://example.com"),
        ConnectionResetError(),
    ],
)
def test_what_may_pass_gets_the_tasks_own_retries(fault: Exception) -> None:
    assert RETRY_POLICY.evaluate(fault, try_number=1, max_tries=3).action is RetryAction.DEFAULT
