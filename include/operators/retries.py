"""When a task is worth trying again."""

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from include.pipeline.errors import PipelineError

# Everything else (a dropped connection, throttling, a 5xx) gets the task's own retries.
RETRY_POLICY = ExceptionRetryPolicy(
    rules=[
        RetryRule(exception=PipelineError, action=RetryAction.FAIL, reason="Trying again does not mend it")
    ]
)
