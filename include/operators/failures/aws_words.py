"""What AWS's answer to a task means, with the links of the partition that the task is in."""

from airflow.sdk.exceptions import AirflowException
from botocore.exceptions import BotoCoreError, ClientError

from include.operators.connection import hook
from include.pipeline.aws.error_words import Words, in_words

# Is answered with a link to the console, which each partition of AWS has at another place.
_QUOTA = "ResourceLimitExceeded"


def words_for(error: ClientError) -> Words | None:
    """Say what is the matter and what to do about it; None for what is not known."""
    code = error.response.get("Error", {}).get("Code", "")
    return in_words(error, _partition() if code == _QUOTA else "aws")


def _partition() -> str:
    try:
        return str(hook("sts").conn_partition)
    except (AirflowException, BotoCoreError):  # the very fault may be that of the connection
        return "aws"
