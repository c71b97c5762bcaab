"""The answers of a transform job: one score for each row, in the rows' order."""

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from include.pipeline.aws.object_store import read_object
from include.pipeline.documents.scoring.rows import AnsweredRows
from include.pipeline.documents.training.algorithm import AlgorithmName
from include.pipeline.errors import TransformError
from include.pipeline.evaluation.scoring import Answers, scores_in
from include.pipeline.planning.names import is_named_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient
    from numpy.typing import NDArray

    from include.pipeline.documents.scoring.plan import ScorePlan
    from include.pipeline.documents.scoring.rows import EncodedRows

_SUFFIX = ".out"
_MEND = "Look at the job's log in CloudWatch, group /aws/sagemaker/TransformJobs, then clear score_rows"


def read_answers(
    s3: "S3Client", rows: "EncodedRows", answers: "AnsweredRows", algorithm: AlgorithmName
) -> "tuple[NDArray[np.float64], str]":
    """Read the scores.

    Args:
        s3: Has the answers.
        rows: Were sent.
        answers: Came back.
        algorithm: Whose model answered.

    Returns:
        Of each row, in the file's order: shape `(rows,)`; and the SHA-256 of all answers, in hex.

    Raises:
        TransformError: An answer is absent, or is not one probability for each row.
    """
    digest, scores = hashlib.sha256(), np.empty(rows.rows)
    at = 0
    for file in rows.files:
        uri = f"{answers.answers_uri}/{file.name}{_SUFFIX}"
        try:
            content = read_object(s3, uri)
        except s3.exceptions.NoSuchKey:
            raise TransformError(f"{uri} is not there", "a job answers each file of rows", _MEND) from None
        digest.update(content)
        found = _parse(content, uri, algorithm)
        if len(found) != file.rows or not np.all((found >= 0) & (found <= 1)):
            raise TransformError(
                f"{uri} has {len(found)} scores for {file.rows} rows, or one that is not from 0 to 1",
                "a job answers one probability for each row",
                _MEND,
            )
        scores[at : at + file.rows] = found
        at += file.rows
    return scores, digest.hexdigest()


def answered(
    sagemaker: "SageMakerClient", plan: "ScorePlan", job: "Mapping[str, Any] | None"
) -> AnsweredRows:
    """Describe what a run's own job answered.

    Args:
        sagemaker: Knows the job.
        plan: Of the run.
        job: What the task of the job returned.

    Raises:
        TransformError: It is none of the run's jobs.
    """
    name = str(job["Transform"]["TransformJobName"]) if job else ""
    if not is_named_for(name, plan.key):
        raise TransformError(f"the task score_rows returned job {name!r}", "it is one of the run's", _MEND)
    found = sagemaker.describe_transform_job(TransformJobName=name)
    return AnsweredRows(
        run_id=plan.identity.run_id,
        job_name=name,
        answers_uri=f"{plan.locations.answers}/{name}",
        seconds=(found["TransformEndTime"] - found["TransformStartTime"]).total_seconds(),
    )


def _parse(content: bytes, uri: str, algorithm: AlgorithmName) -> "NDArray[np.float64]":
    try:
        return np.ravel(np.array(scores_in(content.decode(), Answers(algorithm=algorithm)), dtype=np.float64))
    except (ValueError, LookupError, TypeError, ZeroDivisionError):
        raise TransformError(
            f"{uri} holds something else than scores", "a job answers a score for each row", _MEND
        ) from None
