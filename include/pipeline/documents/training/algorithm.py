"""SageMaker's algorithms that a pipeline may train with, and how they differ for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

AlgorithmName: TypeAlias = Literal["xgboost", "linear-learner", "knn"]
"""As the sagemaker package calls them."""


@dataclass(frozen=True)
class Algorithm:
    """What the pipeline has to know of one."""

    title: str
    """What people call it."""
    repository: str
    """Where its current images are, at the registry of a region."""
    content_type: str
    """Of its channels: CSV without header, label first."""
    accept: str
    """The form of an endpoint's answers that has scores."""
    takes_missing: bool = False
    """Whether it trains on cells without a value, and on features of any scale."""
    validates: bool = True
    """Whether it has a channel of rows to validate on."""
    has_checkpoints: bool = False
    """Whether a job goes on where one that was interrupted has stopped."""
    is_readable: bool = False
    """Whether its model's file can be read here, to explain it and to score other rows with it."""


XGBOOST: AlgorithmName = "xgboost"
ALGORITHMS: Mapping[AlgorithmName, Algorithm] = {
    # https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html
    XGBOOST: Algorithm(
        "XGBoost",
        "sagemaker-xgboost",
        "text/csv",
        "text/csv",
        takes_missing=True,
        has_checkpoints=True,
        is_readable=True,
    ),
    # https://docs.aws.amazon.com/sagemaker/latest/dg/linear-learner.html
    "linear-learner": Algorithm("Linear Learner", "linear-learner", "text/csv", "application/jsonlines"),
    # https://docs.aws.amazon.com/sagemaker/latest/dg/k-nearest-neighbors.html
    "knn": Algorithm(
        "k-NN",
        "knn",
        "text/csv;label_size=1",
        # Else it answers the neighbours' majority alone: with their labels, it tells how many are positive.
        "application/jsonlines; verbose=true",
        validates=False,
    ),
}


def algorithm_of(image_uri: str) -> AlgorithmName:
    """Tell whose image of SageMaker this is; XGBoost's have had several repositories."""
    repository = image_uri.rpartition("/")[2].partition(":")[0]
    return next((name for name, known in ALGORITHMS.items() if known.repository == repository), XGBOOST)
