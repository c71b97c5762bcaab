"""When a task is worth trying again, and what to do when it is not."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from airflow.sdk import Context, ExceptionRetryPolicy, RetryAction, RetryDecision, RetryRule
from airflow.sdk.exceptions import AirflowTaskTimeout
from botocore.exceptions import BotoCoreError, ClientError

from include.operators.failures.aws_words import words_for
from include.operators.failures.left_out import tell_reason
from include.operators.failures.three_lines import tell_failure
from include.pipeline.aws.connection_words import SETTINGS
from include.pipeline.aws.error_words import THROTTLING
from include.pipeline.errors import PipelineError

# These pass by themselves, whatever HTTP status they come with.
_PASSING = THROTTLING | {"RequestTimeout", "RequestTimeoutException"}
# Where the answer to CreateBucket was lost, or another run was quicker: the next try finds the bucket.
_FOUND_NEXT_TIME = frozenset({"BucketAlreadyOwnedByYou", "OperationAborted"})
_LONGEST_DELAY = timedelta(minutes=5)


def may_pass(error: ClientError) -> bool:
    """Tell whether what AWS answered passes by itself: throttling, or any 5xx."""
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return code in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR


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
        if isinstance(exception, BotoCoreError) and type(exception) in SETTINGS:
            return RetryDecision.fail("{}: {}".format(*SETTINGS[type(exception)]))
        if not isinstance(exception, ClientError):
            return super().evaluate(exception, try_number, max_tries, context)
        code = exception.response.get("Error", {}).get("Code", "")
        status = exception.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in _FOUND_NEXT_TIME or may_pass(exception):
            delay = min(timedelta(seconds=15) * 2 ** (try_number - 1), _LONGEST_DELAY)
            return RetryDecision.retry(delay, f"{code} ({status}) may pass")
        words = words_for(exception)
        return RetryDecision.fail(
            f"{code}: {words.matter}. {words.mend}" if words else f"{code}: Mend what the message names"
        )


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
    "on_failure_callback": tell_failure,
    "on_skipped_callback": tell_reason,
}
