"""What a failed task says last: its error in three lines, in the open, and for the run's Model report."""

import logging

from airflow.sdk import Context
from botocore.exceptions import ClientError

from include.airflow_names import FAILURE
from include.operators.failures.aws_words import words_for
from include.pipeline.errors import PipelineError

log = logging.getLogger(__name__)


def tell_failure(context: Context) -> None:
    """Log a known error's three lines as the last of a task's log, and keep them in XCom.

    Airflow's own account of an error has its traceback, and stands in a group of the log that is folded. An
    `on_failure_callback`; it says nothing of an error that is not known.
    """
    if told := _three_lines(context.get("exception")):
        log.info("::endgroup::")
        for line in told.splitlines():
            log.error(line)
        context["ti"].xcom_push(FAILURE, told)


def _three_lines(error: object) -> str | None:
    if isinstance(error, ClientError) and (words := words_for(error)):
        error = PipelineError(f"{error} ({words.matter})", f"AWS accepts {error.operation_name}", words.mend)
    return str(error) if isinstance(error, PipelineError) else None
