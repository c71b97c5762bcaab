"""Scores of the test rows: the endpoint answers requests of a size that SageMaker accepts."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from botocore.exceptions import ClientError

from include.pipeline.aws.request_limits import MAX_BODY_BYTES
from include.pipeline.documents.training.algorithm import ALGORITHMS, RECORDIO, XGBOOST, AlgorithmName
from include.pipeline.documents.training.recordio import record_of_line
from include.pipeline.errors import EndpointError
from include.pipeline.values.params import LabelKind
from include.work.in_order import in_order
from include.work.progress import Progress

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient

# Images up to 1.0-1 separate scores by commas, later ones by newlines; those of a row may stand in brackets.
_SEPARATORS = str.maketrans(",[]", "   ")
_SUM_OF_PROBABILITIES = 0.01  # how far that of 32-bit numbers may be from 1


@dataclass(frozen=True)
class Answers:
    """What an endpoint answers for a row."""

    kind: LabelKind = "binary"
    """Of the label."""
    outputs: int = 1
    """Numbers a row."""
    algorithm: AlgorithmName = XGBOOST
    """Which made the model. The score of k-NN is the share of each class among the neighbours."""

    def are_right(self, scores: np.ndarray) -> bool:
        """Tell whether scores, of shape `(rows, outputs)`, are such."""
        if self.kind == "regression":
            return bool(np.isfinite(scores).all())
        sums = scores.sum(axis=1)
        is_one = self.kind == "binary" or bool((np.abs(sums - 1) < _SUM_OF_PROBABILITIES).all())
        return is_one and bool(((scores >= 0) & (scores <= 1)).all())

    @property
    def rule(self) -> str:
        """What they have to be, in words."""
        return {
            "binary": "one probability",
            "multiclass": f"{self.outputs} probabilities, which add up to 1,",
            "regression": "one finite number",
        }[self.kind]

    @property
    def mend(self) -> str:
        """What to do where they are not."""
        if self.algorithm != XGBOOST:
            title = ALGORITHMS[self.algorithm].title
            return f"Check that the image is SageMaker's {title}, and what its model answers"
        objectives: dict[LabelKind, str] = {
            "binary": "binary:logistic",
            "multiclass": "multi:softprob",
            "regression": "reg:squarederror",
        }
        return f"Set the hyperparameter objective to {objectives[self.kind]}"

    @property
    def rows_at_once(self) -> int | None:
        """How many rows a request has at most, where the answer to more might be too long."""
        rows = _ROWS_AT_ONCE.get(self.algorithm)
        return rows and max(1, rows // self.outputs)


PROBABILITY = Answers()
# A verbose answer has about fifty characters a neighbour, and an answer may have as many bytes as a request.
_ROWS_AT_ONCE: Mapping[AlgorithmName, int] = {
    "linear-learner": 25_000,
    "knn": 1000,
    "factorization-machines": 25_000,
}


def batches(rows: Iterable[bytes], max_bytes: int, max_rows: int | None = None) -> Iterator[list[bytes]]:
    """Group rows in their order so that no group is larger than one request may be.

    Args:
        rows: CSV lines without header, or records.
        max_bytes: Size of a group at most, line ends included.
        max_rows: Rows of a group at most; None for any.

    Raises:
        EndpointError: A single row is larger than `max_bytes`.
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
        if size + len(line) > max_bytes or len(batch) == max_rows:
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line)
    if batch:
        yield batch


def score_rows(
    rows: BinaryIO,
    *,
    endpoint: str,
    runtime: "SageMakerRuntimeClient",
    answers: Answers = PROBABILITY,
    max_bytes: int = MAX_BODY_BYTES,
    count: int | None = None,
) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Ask the endpoint what the model predicts: by default the probability that each row is positive.

    Two requests are under way at once: the endpoint need not wait while one is made or its answer is read.

    Args:
        rows: CSV lines, features only, in the columns' training order.
        endpoint: Name of an endpoint that is InService.
        runtime: SageMaker Runtime.
        answers: What the endpoint is to answer for a row.
        max_bytes: Size of one request at most.
        count: How many rows there are, for the log.

    Returns:
        The scores of each row, in their order: shape `(rows,)` of one output, else `(rows, outputs)`.

    Raises:
        EndpointError: The endpoint refused a request, or did not answer so for each row.
    """
    is_binary = ALGORITHMS[answers.algorithm].request_type == RECORDIO
    groups = batches(map(record_of_line, rows) if is_binary else rows, max_bytes, answers.rows_at_once)
    found, scored, progress = [], 0, Progress("Scoring", count)
    for part in in_order(partial(_ask, endpoint=endpoint, runtime=runtime, answers=answers), groups):
        found.append(part)
        scored += len(part)
        progress.reached(scored)
    scores = np.concatenate(found) if found else np.empty((0, answers.outputs))
    return scores[:, 0] if answers.kind != "multiclass" else scores


def _ask(
    batch: list[bytes], endpoint: str, runtime: "SageMakerRuntimeClient", answers: Answers
) -> "np.ndarray[Any, np.dtype[np.float64]]":
    algorithm = ALGORITHMS[answers.algorithm]
    try:
        response = runtime.invoke_endpoint(
            EndpointName=endpoint,
            ContentType=algorithm.request_type,
            Accept=algorithm.accept,
            Body=b"".join(batch),
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
        scores = np.ravel(np.array(scores_in(answer, answers), dtype=np.float64))
    except (ValueError, LookupError, TypeError, ZeroDivisionError):
        raise EndpointError(
            f"endpoint {endpoint!r} answered {answer[:80]!r}",
            f"an endpoint has to answer scores to {algorithm.accept}",
            f"Check that the image is SageMaker's {algorithm.title}, and what its model answers",
        ) from None
    if len(scores) != len(batch) * answers.outputs or not answers.are_right(scores.reshape(len(batch), -1)):
        between = f" between {scores.min()} and {scores.max()}" if len(scores) else ""
        raise EndpointError(
            f"endpoint {endpoint!r} answered {len(scores)} scores{between} to {len(batch)} rows",
            f"an endpoint has to answer {answers.rule} for each row",
            answers.mend,
        )
    return scores.reshape(len(batch), -1)


def scores_in(answer: str, answers: Answers) -> list[Any]:
    """Read the scores of an answer, one after the other or row by row.

    Forms: "Linear learner response formats", "k-NN request and response formats" and "Factorization machine
    response formats" of the developer guide, https://docs.aws.amazon.com/sagemaker/latest/dg/LL-in-formats.html,
    kNN-inference-formats.html and fm-in-formats.html.

    Raises:
        ValueError: It is of another form; so do LookupError and TypeError say.
    """
    if answers.algorithm == XGBOOST:
        return [float(cell) for cell in answer.translate(_SEPARATORS).split() or [""]]
    predictions = [json.loads(line) for line in answer.splitlines()]
    if answers.algorithm != "knn":
        return [_numbers(found["score"], answers) for found in predictions]
    if answers.kind == "regression":
        return [float(found["predicted_label"]) for found in predictions]
    # Of a label of two values, one score tells both.
    classes = range(answers.outputs) if answers.kind == "multiclass" else (1,)
    return [
        [found["labels"].count(number) / len(found["labels"]) for number in classes] for found in predictions
    ]


def _numbers(score: Any, answers: Answers) -> list[float] | float:
    return [float(one) for one in score] if answers.kind == "multiclass" else float(score)
