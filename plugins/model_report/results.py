"""What runs stored on S3, read through the Airflow connection."""

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from airflow.models.variable import Variable
from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
from airflow.sdk.exceptions import AirflowException
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from include.airflow_names import CONNECTION, DEPLOYMENT_ID, PLAN_RUN
from include.pipeline.aws.deployment_id import FORM, FORM_IN_WORDS
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

# Somebody waits for the page, and botocore's own timeouts take minutes.
_PATIENCE = Config(connect_timeout=3, read_timeout=15, retries={"total_max_attempts": 2})
_READERS = 8

log = logging.getLogger(__name__)

D = TypeVar("D", bound=Document)


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


class OutdatedError(UnreadableError):
    """What a run stored has a form that this version of the project does not read."""

    def __init__(self, error: DocumentError) -> None:
        super().__init__(f"{error.found}. Expected: {error.rule}.", f"{error.mend}.")


@dataclass(frozen=True)
class Figures:
    """A run with its evaluation, or with the reason why that cannot be read; else both are None."""

    run: Run
    evaluation: Evaluation | None = None
    fault: str | None = None


class Results:
    """What the runs of this Airflow stored on S3."""

    @cached_property
    def _s3(self) -> "S3Client":
        client: S3Client = _client("s3")
        return client

    @cached_property
    def _account(self) -> str:
        try:
            account: str = _client("sts").get_caller_identity()["Account"]
        except (BotoCoreError, ClientError) as error:
            raise _unreadable("the account of the Airflow connection", error) from error
        return account

    @cached_property
    def _deployment_id(self) -> str:
        found: str = Variable.get(DEPLOYMENT_ID, default_var="")
        return found

    def locations(self, run: Run) -> tuple[RunLocations, ...]:
        """Return where a run may keep its objects, the likeliest place first; none before it is planned.

        Raises:
            UnreadableError: What its first task told is no deployment's id.
        """
        if run.bucket is None and run.tasks.get(PLAN_RUN) != "success":
            return ()
        bucket = run.bucket or default_bucket(self._account, self._s3.meta.region_name)
        if run.deployment_id is not None:
            ids = [run.deployment_id]
        elif run.bucket:
            # Versions without deployments told the bucket alone.
            ids = [""]
        else:
            # Airflow has deleted what the task told, or it was of the very first version.
            ids = list(dict.fromkeys((self._deployment_id, "")))
        return tuple(_locations(run, bucket, deployment_id) for deployment_id in ids)

    def report(self, run: Run) -> bytes | None:
        """Read a run's report.html; None where there is none.

        Raises:
            UnreadableError: It cannot be read.
        """
        found = self._first(run, "report")
        return found[1] if found else None

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
            # A bucket's name that is not valid concerns one run. A connection that fails concerns all runs.
            cause = error.__cause__
            if isinstance(cause, BotoCoreError) and not isinstance(cause, ParamValidationError):
                raise
            return Figures(run, fault=error.what)

    def _document(self, run: Run, place: str, kind: type[D]) -> D | None:
        found = self._first(run, place)
        if found is None:
            return None
        uri, body = found
        try:
            return kind.read(body, uri.rpartition("/")[2])
        except DocumentError as error:
            log.warning("%s: %s", uri, error)
            raise OutdatedError(error) from None

    def _first(self, run: Run, place: str) -> tuple[str, bytes] | None:
        for places in self.locations(run):
            uri: str = getattr(places, place)
            if (body := self._read(run, uri)) is not None:
                return uri, body
        return None

    def _read(self, run: Run, uri: str) -> bytes | None:
        bucket, key = split_uri(uri)
        owner = run.bucket_owner or self._account
        try:
            found = self._s3.get_object(Bucket=bucket, Key=key, ExpectedBucketOwner=owner)
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


def _locations(run: Run, bucket: str, deployment_id: str) -> RunLocations:
    if deployment_id and not FORM.fullmatch(deployment_id):
        raise UnreadableError(
            f"The task {PLAN_RUN} of {run.run_id} has told {deployment_id!r} for its deployment.",
            f"A deployment's id has {FORM_IN_WORDS}. Clear the run to do it again.",
        )
    key = run_key(deployment_id, run.dag_id, run.run_id)
    return RunLocations.of(bucket, run.dag_id, key, deployment_id=deployment_id)


def _client(service: str) -> Any:
    try:
        hook = AwsBaseHook(aws_conn_id=CONNECTION, client_type=service)
        return hook.get_client_type(region_name=hook.region_name, config=hook.config.merge(_PATIENCE))
    except (AirflowException, BotoCoreError, ClientError, ValueError, TypeError) as error:
        raise _unreadable(service, error) from error


def _unreadable(what: str, error: Exception) -> UnreadableError:
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
