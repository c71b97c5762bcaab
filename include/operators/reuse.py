"""Steps that are left out where a model is used again."""

from typing import Any, NoReturn

from airflow.sdk.exceptions import AirflowSkipException


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
    raise AirflowSkipException(reused["reason"])
