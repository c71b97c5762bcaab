"""A task that is left out: why, as the last line of its log, below the groups that the UI folds."""

import logging

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowSkipException

log = logging.getLogger(__name__)

# Airflow does not hand a skipped task's exception to its callback. The process has one task.
_reasons: list[str] = []


class LeftOutError(AirflowSkipException):
    """Skips the task.

    Args:
        reason: Why, for whoever looks into the task's log.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        _reasons.append(reason)


def tell_reason(context: Context) -> None:  # noqa: ARG001 - as Airflow calls it
    """Log why the task was left out. An `on_skipped_callback`."""
    if _reasons:
        log.info("::endgroup::")
        for line in f"Skipped: {_reasons[-1]}".splitlines():
            log.info("%s", line)
