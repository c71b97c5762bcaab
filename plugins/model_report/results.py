"""What runs left on S3, read through the Airflow connection."""

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
from airflow.sdk.exceptions import AirflowException
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from include.airflow_names import CONNECTION, PLAN_RUN
from include.pipeline.aws.object_store import split_uri
from include.pipeline.document import Document
from include.pipeline.documents.metrics import Evaluation
from include.pipeline.documents.plan import PlannedParams, RunLocations
from include.pipeline.errors import DocumentError
from include.pipeline.planning.names import default_bucket, run_key
from plugins.model_report.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAX_BYTES = 20 * 1024**2

# Somebody waits for the page: botocore's own would be minutes.
_PATIENCE = Config(connect_timeout=3, read_timeout=15, retries={"total_max_attempts": 2})
_READERS = 8

log = logging.getLogger(__name__)

D = TypeVar("D", bound=Document)


class UnreadableError(Exception):
    """S3 did not answer for an object, or what it holds is not what it should be.

    Args:
        what: What is wrong, as a sentence.
        mend: What to do about it, as a sentence.
    """

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what} {mend}")
        self.what = what
        self.mend = mend


class OutdatedError(UnreadableError):
    """What a run left is of another version than is read here."""

    def __init__(self, error: DocumentError) -> None:
        super().__init__(f"{error.found}: {error.rule}.", f"{error.mend}.")


@dataclass(frozen=True)
class Figures:
    """A run with its evaluation, or with why that cannot be read; neither where there is none."""

    run: Run
    evaluation: Evaluation | None = None
    fault: str | None = None


class Results:
    """What the runs of this Airflow left on S3."""

    @cached_property
    def _s3(self) -> "S3Client":
        client: S3Client = _client("s3")
        return client

    @cached_property
    def _default_bucket(self) -> str:
        try:
            account: str = _client("sts").get_caller_identity()["Account"]
        except (BotoCoreError, ClientError) as error:
            raise _unreadable("the account of the Airflow connection", error) from error
        return default_bucket(account, self._s3.meta.region_name)

    def locations(self, run: Run) -> RunLocations | None:
        """Tell where a run keeps its objects; None while it has not planned them."""
        if run.bucket is None and run.tasks.get(PLAN_RUN) != "success":
            return None
        bucket = run.bucket or self._default_bucket
        return RunLocations.of(bucket, run.dag_id, run_key(run.dag_id, run.run_id))

    def report(self, run: Run) -> bytes | None:
        """Read a run's report.html; None where there is none.

        Raises:
            UnreadableError: It cannot be read.
        """
        places = self.locations(run)
        return self._read(places.report) if places else None

    def evaluation(self, run: Run) -> Evaluation | None:
        """Read a run's metrics.json; None where there is none.

        Raises:
            OutdatedError: It is of another version.
            UnreadableError: It cannot be read.
        """
        return self._document(run, "metrics", Evaluation)

    def params(self, run: Run) -> dict[str, Any] | None:
        """Read a run's Params from its plan.json, as data; None where there is none.

        Raises:
            OutdatedError: It is of another version.
            UnreadableError: It cannot be read.
        """
        plan = self._document(run, "plan", PlannedParams)
        return None if plan is None else plan.params

    def figures(self, runs: Iterable[Run]) -> list[Figures]:
        """Read the evaluations of many runs, some at a time.

        Raises:
            UnreadableError: There is no client for S3, or S3 does not answer at all.
        """
        self._s3  # noqa: B018 - made once, not by each thread
        with ThreadPoolExecutor(_READERS) as pool:
            return list(pool.map(self._figures, runs))

    def _figures(self, run: Run) -> Figures:
        try:
            return Figures(run, self.evaluation(run))
        except UnreadableError as error:
            # A bucket's name that cannot be is the matter of one run; a connection that fails, of all.
            cause = error.__cause__
            if isinstance(cause, BotoCoreError) and not isinstance(cause, ParamValidationError):
                raise
            return Figures(run, fault=error.what)

    def _document(self, run: Run, place: str, kind: type[D]) -> D | None:
        places = self.locations(run)
        if places is None:
            return None
        uri: str = getattr(places, place)
        body = self._read(uri)
        try:
            return kind.read(body, uri.rpartition("/")[2]) if body is not None else None
        except DocumentError as error:
            log.warning("%s: %s", uri, error)
            raise OutdatedError(error) from None

    def _read(self, uri: str) -> bytes | None:
        bucket, key = split_uri(uri)
        try:
            found = self._s3.get_object(Bucket=bucket, Key=key)
            if found["ContentLength"] > MAX_BYTES:
                raise UnreadableError(
                    f"{uri} has {found['ContentLength']} bytes, above {MAX_BYTES}.", "Look at it on S3."
                )
            return found["Body"].read()
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.NOT_FOUND:
                return None
            raise _unreadable(uri, error) from error
        except BotoCoreError as error:
            raise _unreadable(uri, error) from error


def _client(service: str) -> Any:
    try:
        hook = AwsBaseHook(aws_conn_id=CONNECTION, client_type=service)
        return hook.get_client_type(region_name=hook.region_name, config=hook.config.merge(_PATIENCE))
    except (AirflowException, BotoCoreError, ClientError, ValueError, TypeError) as error:
        raise _unreadable(service, error) from error


def _unreadable(what: str, error: Exception) -> UnreadableError:
    # The whole text may name endpoints and keys, which not everybody who may see the run may see.
    log.warning("%s could not be read: %s", what, error)
    if isinstance(error, ClientError):
        code = error.response.get("Error", {}).get("Code", "an error")
        return UnreadableError(
            f"{what} could not be read: AWS answered {code}.",
            f"Check what the role or key of the Airflow connection {CONNECTION} may do: it needs "
            "s3:GetObject, and s3:ListBucket, without which an absent object looks denied too.",
        )
    return UnreadableError(
        f"{what} could not be read ({type(error).__name__}).",
        f"Check region, endpoint and credentials of the Airflow connection {CONNECTION}, and that the API "
        "server reaches them; its log has the details. Then load this page again.",
    )
