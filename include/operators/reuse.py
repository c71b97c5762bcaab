"""Steps that are left out where a model is used again, and the wait for a run that is about to make one."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from airflow.sdk.exceptions import AirflowRescheduleException

from include.operators.failures.left_out import LeftOutError

log = logging.getLogger(__name__)

AROUND_TRAINING = timedelta(hours=2)
"""How long a run may take beside its training job, until no other waits for it any more."""
_SHORTEST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=1)


def skip_for(reused: dict[str, Any], ti: Any, answer: Any) -> NoReturn:
    """Leave a step out, and answer for it with what is known of the model that is used again.

    Args:
        reused: A `ReusedModel`.
        ti: The task instance of the step.
        answer: What later steps take for what this one returned.

    Raises:
        AirflowSkipException: Always, with the reason.
    """
    ti.xcom_push("return_value", answer)
    raise LeftOutError(reused["reason"])


def wait_for_run(run_id: str, since: timedelta) -> NoReturn:
    """Give the worker back and do this task again later, more rarely the longer that takes.

    A task that waited on a worker could keep that run from ever getting one.

    Raises:
        AirflowRescheduleException: Always.
    """
    pause = min(max(since / 2, _SHORTEST_PAUSE), _LONGEST_PAUSE)
    log.info(
        "The run %s trains on the same data in the same way. This one waits for what becomes of that, and "
        "uses the model if it passes the gate; the next look is in %.0f s",
        run_id,
        pause.total_seconds(),
    )
    raise AirflowRescheduleException(datetime.now(UTC) + pause)  # type: ignore[no-untyped-call]
