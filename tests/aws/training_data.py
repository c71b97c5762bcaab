"""Tables that a model learns within a second, and where they lie on S3."""

from typing import Any

import numpy as np

BUCKET = "small-data"


def noisy_rows() -> np.ndarray:
    """Draw 200 rows: a label that the first of three features decides, with noise."""
    random = np.random.default_rng(7)
    features = random.normal(size=(200, 3)).round(3)
    label = (features[:, 0] + 0.3 * random.normal(size=200) > 0).astype(float)
    return np.column_stack([label, features])


def separable_rows() -> np.ndarray:
    """Draw 200 rows of whole numbers below 10: a yes where the first of three features is above 4."""
    features = np.random.default_rng(1).integers(0, 10, size=(200, 3))
    return np.column_stack([features[:, 0] > 4, features])


def as_csv(table: np.ndarray) -> bytes:
    """Write a table without a header."""
    return "".join(",".join(map(str, row)) + "\n" for row in table.tolist()).encode()


def put_training_data(s3: Any, rows: np.ndarray) -> None:
    """Make the bucket and put the rows, label first, at `train/train.csv`."""
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="train/train.csv", Body=as_csv(rows))
