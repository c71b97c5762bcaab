"""When a task is worth trying again, and what to do when it is not."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from airflow.sdk import Context, ExceptionRetryPolicy, RetryAction, RetryDecision, RetryRule
from airflow.sdk.exceptions import AirflowTaskTimeout
from botocore.exceptions import ClientError

from include.pipeline.errors import PipelineError

# https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html: these pass by themselves,
# whatever HTTP status they come with.
_PASSING = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
# Where the answer to CreateBucket was lost, or another run was quicker: the next try finds the bucket.
_FOUND_NEXT_TIME = frozenset({"BucketAlreadyOwnedByYou", "OperationAborted"})
_LONGEST_DELAY = timedelta(minutes=5)

_ALLOW = "Allow the action that the message names, for the identity of the Airflow connection"
_CREDENTIALS = "Renew the credentials of the Airflow connection"
_ADVICE = {
    "AccessDenied": _ALLOW,
    "AccessDeniedException": _ALLOW,
    "UnauthorizedOperation": _ALLOW,
    "ExpiredToken": _CREDENTIALS,
    "ExpiredTokenException": _CREDENTIALS,
    "InvalidAccessKeyId": _CREDENTIALS,
    "InvalidClientTokenId": _CREDENTIALS,
    "SignatureDoesNotMatch": _CREDENTIALS,
    "UnrecognizedClientException": _CREDENTIALS,
    "BucketAlreadyExists": "Another account has that bucket: set the Param bucket to another name",
    "NoSuchBucket": "Clear create_bucket and what follows it",
    "ResourceLimitExceeded": "Ask for more of that instance in Service Quotas, or choose another type",
    "ValidationException": "Correct the Param that the message names",
}


class AwsRetryPolicy(ExceptionRetryPolicy):
    """Tries again what may pass: throttling, a 5xx, a connection that broke. All else fails at once."""

    def evaluate(
        self,
        exception: BaseException,
        try_number: int,
        max_tries: int,
        context: Context | None = None,
    ) -> RetryDecision:
        """Decide by AWS's error code; what is no answer of AWS goes by the rules."""
        if not isinstance(exception, ClientError):
            return super().evaluate(exception, try_number, max_tries, context)
        code = exception.response.get("Error", {}).get("Code", "")
        status = exception.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in _PASSING | _FOUND_NEXT_TIME or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            delay = min(timedelta(seconds=15) * 2 ** (try_number - 1), _LONGEST_DELAY)
            return RetryDecision.retry(delay, f"{code} ({status}) may pass")
        return RetryDecision.fail(f"{code}: {_ADVICE.get(code, 'Mend what the message names')}")


RETRY_POLICY = AwsRetryPolicy(
    rules=[
        RetryRule(exception=PipelineError, action=RetryAction.FAIL, reason="Trying again does not mend it"),
        # A second try of a training that was stopped at its limit is bought, and stopped there too.
        RetryRule(
            exception=AirflowTaskTimeout,
            action=RetryAction.FAIL,
            reason="The task's execution_timeout was reached: find out what hangs, or allow it more time",
        ),
    ]
)

# Part of every DAG's default_args.
RETRIES: dict[str, Any] = {
    "retries": 2,
    "retry_delay": timedelta(seconds=30),
    "retry_exponential_backoff": True,
    "retry_policy": RETRY_POLICY,
}
