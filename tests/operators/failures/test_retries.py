from datetime import timedelta

import pytest
from airflow.sdk import RetryAction, RetryDecision
from airflow.sdk.exceptions import AirflowTaskTimeout
from botocore import exceptions
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from include.operators.failures.retries import RETRY_POLICY
from include.pipeline import errors

REFUSALS = [kind for kind in vars(errors).values() if isinstance(kind, type)]


def decide(fault: BaseException, try_number: int = 1) -> RetryDecision:
    return RETRY_POLICY.evaluate(fault, try_number=try_number, max_tries=3)


def aws_error(code: str, status: int) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": "..."}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        "DescribeEndpoint",
    )


def test_there_are_refusals() -> None:
    assert errors.DataError in REFUSALS


@pytest.mark.parametrize("kind", REFUSALS)
def test_what_the_pipeline_refuses_is_not_tried_again(kind: type[errors.PipelineError]) -> None:
    assert decide(kind("value", "rule", "mend")).action is RetryAction.FAIL


def test_a_time_limit_that_was_reached_is_not_tried_again() -> None:
    decision = decide(AirflowTaskTimeout())
    assert decision.action is RetryAction.FAIL
    assert decision.reason is not None
    assert "allow it more time" in decision.reason


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400),
        ("Throttling", 400),
        ("SlowDown", 503),
        ("TooManyRequestsException", 429),
        ("RequestTimeout", 400),
        ("InternalFailure", 500),
        ("InternalError", 500),
        ("ServiceUnavailable", 503),
        ("502", 502),
        ("BucketAlreadyOwnedByYou", 409),
        ("OperationAborted", 409),
    ],
)
def test_what_may_pass_is_tried_again_later_and_later(code: str, status: int) -> None:
    decisions = [decide(aws_error(code, status), try_number) for try_number in (1, 2, 3, 10)]
    assert {decision.action for decision in decisions} == {RetryAction.RETRY}
    assert [decision.retry_delay for decision in decisions] == [
        timedelta(seconds=15),
        timedelta(seconds=30),
        timedelta(seconds=60),
        timedelta(minutes=5),
    ]


@pytest.mark.parametrize(
    ("code", "status", "advice"),
    [
        ("ValidationException", 400, "Correct the Param"),
        ("AccessDeniedException", 400, "Allow the action"),
        ("AccessDenied", 403, "Allow the action"),
        ("ExpiredTokenException", 400, "Renew the credentials"),
        ("UnrecognizedClientException", 400, "Renew the credentials"),
        ("ResourceLimitExceeded", 400, "Service Quotas"),
        ("BucketAlreadyExists", 409, "another name"),
        ("NoSuchBucket", 404, "Clear create_bucket"),
        ("SomethingNew", 400, "Mend what the message names"),
    ],
)
def test_what_stays_fails_at_once_with_what_to_do(code: str, status: int, advice: str) -> None:
    decision = decide(aws_error(code, status))
    assert decision.action is RetryAction.FAIL
    assert decision.reason is not None
    assert decision.reason.startswith(f"{code}: ")
    assert advice in decision.reason


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        (exceptions.NoCredentialsError(), "Give the connection an access key"),
        (exceptions.PartialCredentialsError(provider="x", cred_var="y"), "Give both"),
        (exceptions.NoRegionError(), "Set region_name"),
        (exceptions.ProfileNotFound(profile="x"), "Correct profile_name"),
        (exceptions.InvalidRegionError(region_name="x y"), "Correct region_name"),
    ],
)
def test_settings_that_no_other_try_mends_fail_at_once(fault: Exception, advice: str) -> None:
    decision = decide(fault)
    assert decision.action is RetryAction.FAIL
    assert advice in (decision.reason or "")


@pytest.mark.parametrize(
    "fault",
    [
        EndpointConnectionError(endpoint_url="https://example.com"),
        ReadTimeoutError(endpoint_url="https://example.com"),
        ConnectionResetError(),
        RuntimeError("a bug"),
    ],
)
def test_what_is_no_answer_of_aws_gets_the_tasks_own_retries(fault: Exception) -> None:
    assert decide(fault).action is RetryAction.DEFAULT
