"""Scores of the test rows: the endpoint answers requests of a size that SageMaker accepts."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from botocore.exceptions import ClientError

from include.pipeline.aws.request_limits import MAX_BODY_BYTES
from include.pipeline.errors import EndpointError

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient

# Images up to 1.0-1 separate scores by commas, later ones by newlines.
_SEPARATOR = re.compile(r"[,\s]+")


def batches(rows: BinaryIO, max_bytes: int) -> Iterator[list[bytes]]:
    """Group lines in their order so that no group is larger than one request may be.

    Args:
        rows: CSV lines without header.
        max_bytes: Size of a group at most, line ends included.

    Raises:
        EndpointError: A single line is larger than `max_bytes`.
    """
    batch: list[bytes] = []
    size = 0
    for line in rows:
        if len(line) > max_bytes:
            raise EndpointError(
                f"a test row of {len(line)} bytes",
                f"an endpoint takes at most {max_bytes} bytes in one request",
                "Drop the widest columns",
            )
        if size + len(line) > max_bytes:
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line)
    if batch:
        yield batch


def score_rows(
    rows: BinaryIO, *, endpoint: str, runtime: "SageMakerRuntimeClient", max_bytes: int = MAX_BODY_BYTES
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Ask the endpoint for the probability that each row is positive.

    Args:
        rows: CSV lines, features only, in the columns' training order.
        endpoint: Name of an endpoint that is InService.
        runtime: SageMaker Runtime.
        max_bytes: Size of one request at most.

    Returns:
        One score in [0, 1] for each row, in their order: shape `(rows,)`.

    Raises:
        EndpointError: The endpoint refused a request, or did not answer one probability for each row.
    """
    answers = [_ask(batch, endpoint, runtime) for batch in batches(rows, max_bytes)]
    return np.concatenate(answers) if answers else np.empty(0)


def _ask(
    batch: list[bytes], endpoint: str, runtime: "SageMakerRuntimeClient"
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    try:
        response = runtime.invoke_endpoint(
            EndpointName=endpoint, ContentType="text/csv", Accept="text/csv", Body=b"".join(batch)
        )
    except runtime.exceptions.ModelError as error:
        raise EndpointError(
            f"endpoint {endpoint!r} answered {error.response['Error']['Message']!r}",
            "the model's container has to take the test rows",
            "Look at the endpoint's log in CloudWatch, group /aws/sagemaker/Endpoints/" + endpoint,
        ) from None
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        raise EndpointError(
            f"endpoint {endpoint!r}: {error.response['Error']['Message']}",
            "the endpoint has to exist and to take the request",
            "Clear deploy_endpoint and what follows it to deploy it again",
        ) from None
    answer = response["Body"].read().decode()
    try:
        scores = np.array([float(cell) for cell in _SEPARATOR.split(answer.strip())])
    except ValueError:
        raise EndpointError(
            f"endpoint {endpoint!r} answered {answer[:80]!r}",
            "an endpoint has to answer numbers to text/csv",
            "Check that the image is SageMaker's XGBoost and the objective has one output",
        ) from None
    if len(scores) != len(batch) or not np.all((scores >= 0) & (scores <= 1)):
        raise EndpointError(
            f"endpoint {endpoint!r} answered {len(scores)} scores between {scores.min()} and {scores.max()} "
            f"to {len(batch)} rows",
            "an endpoint has to answer one probability for each row",
            "Set the hyperparameter objective to binary:logistic",
        )
    return scores
