"""What runs stored on S3, read through the Airflow connection."""

import logging
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, TypedDict, TypeVar, Unpack

from airflow.models.variable import Variable
from botocore.exceptions import BotoCoreError, ClientError

from include.airflow_names import DEPLOYMENT_ID, PLAN_RUN
from include.pipeline.aws.deployment_id import FORM, FORM_IN_WORDS
from include.pipeline.aws.object_store import split_uri
from include.pipeline.document import Document
from include.pipeline.documents.metrics import ModelEvaluation, read_evaluation
from include.pipeline.documents.plan import PlannedParams, RunLocations
from include.pipeline.errors import DocumentError
from include.pipeline.history.accepted import newest_listed
from include.pipeline.planning.names import default_bucket, run_key
from plugins.model_report.clients import (
    OutdatedError,
    TooLargeError,
    UnreadableError,
    client_of,
    unreadable,
)
from plugins.model_report.runs import Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client

MAX_BYTES = 20 * 1024**2
MAX_PREDICTIONS_BYTES = 64 * 1024**2
"""About three million test rows."""

log = logging.getLogger(__name__)

D = TypeVar("D", bound=Document)


class _Part(TypedDict, total=False):
    Range: str


class Results:
    """What the runs of this Airflow stored on S3."""

    @cached_property
    def _s3(self) -> "S3Client":
        client: S3Client = client_of("s3")
        return client

    @property
    def region(self) -> str:
        """That of the Airflow connection."""
        region: str = self._s3.meta.region_name
        return region

    @cached_property
    def _account(self) -> str:
        try:
            account: str = client_of("sts").get_caller_identity()["Account"]
        except (BotoCoreError, ClientError) as error:
            raise unreadable("the account of the Airflow connection", error) from error
        return account

    @cached_property
    def deployment_id(self) -> str:
        """Which Airflow this is; empty where nobody has told yet."""
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
            ids = list(dict.fromkeys((self.deployment_id, "")))
        return tuple(_locations(run, bucket, deployment_id) for deployment_id in ids)

    def keys(self, run: Run) -> set[str]:
        """Name the run keys that a run may have."""
        return {places.run.rpartition("/")[2] for places in self.locations(run)}

    def report(self, run: Run) -> bytes | None:
        """Read a run's report.html; None where there is none.

        Raises:
            UnreadableError: It cannot be read.
        """
        found = self._first(run, "report")
        return found[1] if found else None

    def evaluation(self, run: Run) -> ModelEvaluation | None:
        """Read a run's metrics.json; None where there is none.

        Raises:
            OutdatedError: It is of another version.
            UnreadableError: It cannot be read.
        """
        return self._document(run, "metrics", read_evaluation)

    def predictions(self, run: Run) -> bytes | None:
        """Read a run's predictions.csv; None where there is none.

        Raises:
            TooLargeError: It has some millions of rows.
            UnreadableError: It cannot be read.
        """
        found = self._first(run, "predictions", MAX_PREDICTIONS_BYTES)
        return found[1] if found else None

    def planned(self, run: Run) -> PlannedParams | None:
        """Read a run's Params from its plan.json; None where there is none.

        Raises:
            OutdatedError: It is of another version.
            UnreadableError: It cannot be read.
        """
        return self.document(run, "plan", PlannedParams)

    def current(self, run: Run) -> str | None:
        """Find the accepted model of the newest data, among those where a run keeps its objects.

        Returns:
            The run key of the run that is listed for it; None where no model was accepted there.

        Raises:
            UnreadableError: S3 does not answer.
        """
        for places in self.locations(run):
            bucket, prefix = split_uri(f"{places.models}/")
            try:
                pages = self._s3.get_paginator("list_objects_v2").paginate(
                    Bucket=bucket, Prefix=prefix, ExpectedBucketOwner=run.bucket_owner or self._account
                )
                uris = [item["Key"] for page in pages for item in page.get("Contents", [])]
            except self._s3.exceptions.NoSuchBucket:
                continue
            except (BotoCoreError, ClientError) as error:
                raise unreadable(places.models, error) from error
            if found := newest_listed(uris):
                return found
        return None

    def document(self, run: Run, place: str, kind: type[D]) -> D | None:
        """Read a document of a run; None where there is none.

        Args:
            run: The run.
            place: The field of its `RunLocations`.
            kind: The document's class.

        Raises:
            OutdatedError: It is of another version.
            UnreadableError: It cannot be read.
        """
        return self._document(run, place, kind.read)

    def _document(self, run: Run, place: str, read: "Callable[[bytes, str], D]") -> D | None:
        found = self._first(run, place)
        if found is None:
            return None
        uri, body = found
        try:
            return read(body, uri.rpartition("/")[2])
        except DocumentError as error:
            log.warning("%s: %s", uri, error)
            raise OutdatedError(error) from None

    def _first(self, run: Run, place: str, most: int = MAX_BYTES) -> tuple[str, bytes] | None:
        for places in self.locations(run):
            uri: str = getattr(places, place)
            if (body := self.read(run, uri, most)) is not None:
                return uri, body
        return None

    def read(self, run: Run, uri: str, most: int = MAX_BYTES, **part: Unpack[_Part]) -> bytes | None:
        """Read an object of a run's bucket, or `Range` of it; None where there is none.

        Args:
            run: Whose it is.
            uri: Of the object.
            most: Bytes of the largest that is read.
            part: `Range`, as in HTTP.

        Raises:
            TooLargeError: It has more bytes.
            UnreadableError: It cannot be read.
        """
        bucket, key = split_uri(uri)
        owner = run.bucket_owner or self._account
        try:
            found = self._s3.get_object(Bucket=bucket, Key=key, ExpectedBucketOwner=owner, **part)
            if found["ContentLength"] > most:
                raise TooLargeError(
                    f"{uri} has {found['ContentLength']} bytes, above {most}.", "Look at it on S3."
                )
            return found["Body"].read()
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.NOT_FOUND:
                return None
            raise unreadable(uri, error) from error
        except BotoCoreError as error:
            raise unreadable(uri, error) from error


def _locations(run: Run, bucket: str, deployment_id: str) -> RunLocations:
    if deployment_id and not FORM.fullmatch(deployment_id):
        raise UnreadableError(
            f"The task {PLAN_RUN} of {run.run_id} has told {deployment_id!r} for its deployment.",
            f"A deployment's id has {FORM_IN_WORDS}. Clear the run to do it again.",
        )
    key = run_key(deployment_id, run.dag_id, run.run_id)
    return RunLocations.of(bucket, run.dag_id, key, deployment_id=deployment_id)
