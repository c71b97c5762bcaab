"""The rows that split_data wrote, read back and held against their hashes."""

import hashlib
import re
from typing import TYPE_CHECKING

from include.pipeline.aws.object_store import list_objects, read_object, split_uri
from include.pipeline.errors import ObjectError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.split import Split

_MEND = "Find out who wrote to the run's folder, then clear split_data and what follows it"
_PIECE = 1024**2
_NUMBER = re.compile(r"-(\d+)-of-\d+\.(csv|pbr)$")


def read_rows(s3: "S3Client", uri: str, sha256: str | None) -> bytes:
    """Read a file of rows.

    Args:
        s3: Has it.
        uri: Of the file.
        sha256: Of its content, in hex; None where an earlier version wrote it, which is not checked.

    Raises:
        ObjectError: It has other content.
    """
    content = read_object(s3, uri)
    found = hashlib.sha256(content).hexdigest()
    if sha256 is not None and found != sha256:
        raise ObjectError(f"{uri} has the SHA-256 {found}", f"split_data wrote it with {sha256}", _MEND)
    return content


def check_training_rows(s3: "S3Client", plan: "RunPlan", split: "Split") -> None:
    """See, once a model is trained, that the folder it was trained on holds what was split, and no more.

    SageMaker reads all of the folder and checks nothing.

    Raises:
        ObjectError: It holds something else.
    """
    digest = hashlib.sha256()
    for uri in sorted(list_objects(s3, plan.locations.train), key=number_of_part):
        bucket, key = split_uri(uri)
        for piece in s3.get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(_PIECE):
            digest.update(piece)
    if digest.hexdigest() != split.train_sha256:
        raise ObjectError(
            f"the files of {plan.locations.train} have the SHA-256 {digest.hexdigest()}",
            f"split_data wrote them with {split.train_sha256}; the model was trained on all that is there",
            _MEND,
        )


def number_of_part(uri: str) -> tuple[int, str]:
    """Tell the number of a file of training rows, and its URI: the order in which they were split."""
    found = _NUMBER.search(uri)
    return (int(found[1]) if found else 0, uri)
