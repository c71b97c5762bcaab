"""AWS, asked through the Airflow connection for a page that somebody waits for; what to say of a fault."""

import logging
from typing import Any

from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
from airflow.sdk.exceptions import AirflowException
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from include.airflow_names import CONNECTION
from include.pipeline.errors import DocumentError

# Somebody waits for the page, and botocore's own timeouts take minutes.
_PATIENCE = Config(connect_timeout=3, read_timeout=15, retries={"total_max_attempts": 2})

log = logging.getLogger(__name__)


class UnreadableError(Exception):
    """S3 did not answer for an object, or the object is not what it should be.

    Args:
        what: What is wrong, as a sentence.
        mend: What to do about it, as a sentence.
    """

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what} {mend}")
        self.what = what
        self.mend = mend


class TooLargeError(UnreadableError):
    """An object is larger than a page may take."""


class OutdatedError(UnreadableError):
    """What a run stored has a form that this version of the project does not read."""

    def __init__(self, error: DocumentError) -> None:
        super().__init__(f"{error.found}. Expected: {error.rule}.", f"{error.mend}.")


def client_of(service: str) -> Any:
    """Make a client that somebody can wait for.

    Raises:
        UnreadableError: There is no connection to AWS.
    """
    try:
        hook = AwsBaseHook(aws_conn_id=CONNECTION, client_type=service)
        return hook.get_client_type(region_name=hook.region_name, config=hook.config.merge(_PATIENCE))
    except (AirflowException, BotoCoreError, ClientError, ValueError, TypeError) as error:
        raise unreadable(service, error) from error


def unreadable(what: str, error: Exception) -> UnreadableError:
    """Say that AWS did not answer, without what not everybody may see."""
    # The whole text may name endpoints and keys. Not everybody who may see the run may see those.
    log.warning("%s could not be read: %s", what, error)
    if isinstance(error, ClientError):
        code = error.response.get("Error", {}).get("Code", "an error")
        return UnreadableError(
            f"{what} could not be read: AWS answered {code}.",
            f"Check what the role or key of the Airflow connection {CONNECTION} may do: it needs "
            "s3:GetObject, and s3:ListBucket, without which an absent object looks denied too. S3 also "
            "denies a bucket that is not of the run's account, or of the one that bucket_owner names.",
        )
    return UnreadableError(
        f"{what} could not be read ({type(error).__name__}).",
        f"Check region, endpoint and credentials of the Airflow connection {CONNECTION}, and that the API "
        "server reaches them; its log has the details. Then load this page again.",
    )
