"""Which test rows no model has been trained on: a model remembers the rows that it has seen."""

import hashlib
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from include.pipeline.aws.object_store import is_there, list_objects, read_object
from include.pipeline.evaluation.written_rows import number_of_part

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.split import Split

log = logging.getLogger(__name__)


def unseen_rows(features: bytes, seen: Iterable[bytes]) -> np.ndarray:
    """Tell which rows have features that no training row has.

    The label does not count: of rows that a table has with either label, one label alone would be kept.

    Args:
        features: CSV lines of the test rows.
        seen: Files of training rows: CSV lines, label first.

    Returns:
        Whether each test row is unseen: shape `(rows,)`.
    """
    known = {_digest(line.partition(b",")[2]) for content in seen for line in content.splitlines()}
    return np.array([_digest(line) not in known for line in features.splitlines()], dtype=bool)


def rows_trained_on(s3: "S3Client", run: str, split: "Split") -> list[bytes] | None:
    """Read the rows that a model was trained on, and those that it was stopped or given a threshold by.

    Args:
        s3: Has them.
        run: URI of the folder of the run that trained it.
        split: Of that run, or of one that used the model again. It has the hashes of the rows.

    Returns:
        The files; None where they are gone, or are not those that were split.
    """
    train = [read_object(s3, uri) for uri in sorted(list_objects(s3, f"{run}/train/"), key=number_of_part)]
    validation_uri = f"{run}/validation/validation.csv"
    validation = [read_object(s3, validation_uri)] if is_there(s3, validation_uri) else []
    if _sha256(train) == split.train_sha256 and (
        not split.validation_rows or _sha256(validation) == (split.validation_sha256 or _sha256(validation))
    ):
        return train + validation
    log.warning("%s does not hold the rows that its model was trained on", run)
    return None


def _digest(line: bytes) -> bytes:
    return hashlib.blake2b(line, digest_size=16).digest()


def _sha256(files: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for content in files:
        digest.update(content)
    return digest.hexdigest()
