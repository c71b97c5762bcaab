"""Seconds of an S3 PUT of 5 MB, with and without a data directory."""

import os
import statistics
import tempfile
import time
from contextlib import ExitStack

from bench.figures import Figure, show
from bench.tutorial import LocalAws, local_aws
from tests.aws.training_data import BUCKET


def put(aws: LocalAws, body: bytes) -> float:
    """Put one object and return its seconds."""
    begin = time.perf_counter()
    aws.s3.put_object(Bucket=BUCKET, Key="object", Body=body)
    return time.perf_counter() - begin


def main() -> None:
    """Print the figures: medians of 31, taken in turns."""
    body = os.urandom(5 * 1024**2)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        kept = stack.enter_context(local_aws("--data-dir", folder, train_csv=b""))
        lost = stack.enter_context(local_aws(train_csv=b""))
        pairs = [(put(kept, body), put(lost, body)) for _ in range(31)]
    with_dir, without = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    show(
        [
            Figure("S3 PUT of 5 MB, with a data directory", with_dir, "ms"),
            Figure("S3 PUT of 5 MB, without", without, "ms"),
            Figure("S3 PUT of 5 MB: with against without", with_dir / without, "x", at_most=2),
        ]
    )


if __name__ == "__main__":
    main()
