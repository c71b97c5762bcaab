"""SageMaker's algorithms that a pipeline may train with, and how they differ for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from include.pipeline.values.params import LabelKind

AlgorithmName: TypeAlias = Literal["xgboost", "linear-learner", "knn", "factorization-machines"]
"""As the sagemaker package calls them."""
Direction: TypeAlias = Literal["Maximize", "Minimize"]
CSV = "text/csv"
RECORDIO = "application/x-recordio-protobuf"


@dataclass(frozen=True)
class Algorithm:
    """What the pipeline has to know of one."""

    title: str
    """What people call it."""
    repository: str
    """Where its current images are, at the registry of a region."""
    content_type: str
    """Of its channels: CSV without header, label first; or RecordIO."""
    accept: str
    """The form of an endpoint's answers that has scores."""
    short: str
    """What names of jobs and endpoints have of it, where a run trains with several."""
    predictor_types: Mapping[LabelKind, str] | None = None
    """The kinds of label that it learns, and what it calls each; None for all, which it calls nothing."""
    takes_missing: bool = False
    """Whether it trains on cells without a value, and on features of any scale."""
    is_sparse: bool = False
    """Whether it reads of a row what is not 0 alone, so that the columns of a category stay 0 and 1."""
    validates: bool = True
    """Whether it has a channel of rows to validate on."""
    has_checkpoints: bool = False
    """Whether a job goes on where one that was interrupted has stopped."""
    is_readable: bool = False
    """Whether its model's file can be read here, to explain it and to score other rows with it."""
    objectives: Mapping[LabelKind, tuple[str, Direction]] = field(default_factory=dict)
    """By kind of label: the metric of the validation rows that a tuning job compares its trials by, and
    which of its values is the best. Empty where it tells none."""

    @property
    def request_type(self) -> str:
        """The form in which an endpoint gets rows: that of the channels, without the label."""
        return self.content_type.partition(";")[0]


XGBOOST: AlgorithmName = "xgboost"
ALGORITHMS: Mapping[AlgorithmName, Algorithm] = {
    # https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html
    XGBOOST: Algorithm(
        "XGBoost",
        "sagemaker-xgboost",
        CSV,
        CSV,
        "xgboost",
        takes_missing=True,
        has_checkpoints=True,
        is_readable=True,
        # https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost-tuning.html
        objectives={
            "binary": ("validation:auc", "Maximize"),
            "multiclass": ("validation:mlogloss", "Minimize"),
            "regression": ("validation:rmse", "Minimize"),
        },
    ),
    # https://docs.aws.amazon.com/sagemaker/latest/dg/linear-learner.html
    "linear-learner": Algorithm(
        "Linear Learner",
        "linear-learner",
        CSV,
        "application/jsonlines",
        "linear",
        {"binary": "binary_classifier", "multiclass": "multiclass_classifier", "regression": "regressor"},
        # https://docs.aws.amazon.com/sagemaker/latest/dg/linear-learner-tuning.html
        objectives={
            "binary": ("validation:roc_auc_score", "Maximize"),
            "multiclass": ("validation:macro_f_beta", "Maximize"),
            "regression": ("validation:mse", "Minimize"),
        },
    ),
    # https://docs.aws.amazon.com/sagemaker/latest/dg/k-nearest-neighbors.html
    "knn": Algorithm(
        "k-NN",
        "knn",
        f"{CSV};label_size=1",
        # Else it answers the neighbours' majority alone: with their labels, it tells how many are of a class.
        "application/jsonlines; verbose=true",
        "knn",
        {"binary": "classifier", "multiclass": "classifier", "regression": "regressor"},
        validates=False,
    ),
    # https://docs.aws.amazon.com/sagemaker/latest/dg/fact-machines.html
    "factorization-machines": Algorithm(
        "Factorization Machines",
        "factorization-machines",
        # It takes no CSV.
        RECORDIO,
        "application/jsonlines",
        "fm",
        {"binary": "binary_classifier", "regression": "regressor"},
        is_sparse=True,
        # It has a channel of rows to test on, which decide nothing.
        validates=False,
    ),
}


def algorithm_of(image_uri: str) -> AlgorithmName:
    """Tell whose image of SageMaker this is; XGBoost's have had several repositories."""
    repository = image_uri.rpartition("/")[2].partition(":")[0]
    return next((name for name, known in ALGORITHMS.items() if known.repository == repository), XGBOOST)
