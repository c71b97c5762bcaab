"""How long tests wait for what local AWS does within seconds."""

import time
from collections.abc import Callable
from typing import Any

# How a waiter of boto3 looks.
OFTEN = {"Delay": 0.1, "MaxAttempts": 600}


def wait_until(check: Callable[[], Any], seconds: float = 60.0) -> Any:
    """Return what the check returns, as soon as that is true.

    Raises:
        AssertionError: It was not true in time.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := check():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {check}")


def end_of_job(describe: Callable[[], dict[str, Any]], status: str) -> dict[str, Any]:
    """Wait for the end of a job of any kind and return its description.

    Args:
        describe: Asks for the description.
        status: The member of it that holds the status, such as `TrainingJobStatus`.
    """

    def description() -> dict[str, Any] | None:
        job = describe()
        return job if job[status] not in ("InProgress", "Stopping") else None

    found: dict[str, Any] = wait_until(description)
    return found
