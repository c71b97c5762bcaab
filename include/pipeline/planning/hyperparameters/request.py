"""The hyperparameters of a training job's request: the run's, and those that the training rows decide.

The plan is made before the rows are split. What only they can tell is a word in it, and a number in the job.
"""

from collections.abc import Mapping
from typing import Any

from include.pipeline.documents.split import Split
from include.pipeline.documents.training.algorithm import ALGORITHMS, AlgorithmName
from include.pipeline.values.params import LabelKind

BALANCED = "balanced"
"""As `scale_pos_weight` of XGBoost: the negatives by the positives among the training rows."""
OF_THE_ROWS = "of the training rows"
"""What a plan says of a hyperparameter that they decide."""
# Where a tuning job has those of all its trials.
_DEFINITION, _STATIC = "TrainingJobDefinition", "StaticHyperParameters"
_DEFAULTS: Mapping[AlgorithmName, Mapping[str, str]] = {
    "xgboost": {},
    "linear-learner": {},
    "knn": {"k": "10", "feature_dim": OF_THE_ROWS, "sample_size": OF_THE_ROWS},
    # The number that AWS found to do well mostly:
    # https://docs.aws.amazon.com/sagemaker/latest/dg/fact-machines-hyperparameters.html
    "factorization-machines": {"num_factors": "64", "feature_dim": OF_THE_ROWS},
}


def hyperparameters_of(
    given: Mapping[str, Any], algorithm: AlgorithmName, kind: LabelKind = "binary"
) -> dict[str, str]:
    """Write a run's hyperparameters as the plan's request has them.

    Args:
        given: Those of the Params.
        algorithm: Which the pipeline trains with. What it needs and nobody has given is added.
        kind: Of the label, which it learns.
    """
    types = ALGORITHMS[algorithm].predictor_types
    return {
        **({"predictor_type": types[kind]} if types else {}),
        **({"num_classes": OF_THE_ROWS} if (algorithm, kind) == ("linear-learner", "multiclass") else {}),
        **_DEFAULTS[algorithm],
        # SageMaker takes strings only.
        **{name: str(value) for name, value in given.items()},
    }


def is_open(request: Mapping[str, Any]) -> bool:
    """Tell whether a request has hyperparameters that the training rows have to decide."""
    found = request[_DEFINITION][_STATIC] if _DEFINITION in request else request["HyperParameters"]
    return any(_decided_by(name, text) for name, text in found.items())


def filled_in(request: Mapping[str, Any], split: Split) -> dict[str, Any]:
    """Replace what the training rows decide by what they have decided.

    Args:
        request: The plan's, of `CreateTrainingJob` or `CreateHyperParameterTuningJob`.
        split: Of the run: what counts are taken from.
    """
    if _DEFINITION in request:
        definition = request[_DEFINITION]
        return {**request, _DEFINITION: {**definition, _STATIC: decided(definition[_STATIC], split)}}
    return {**request, "HyperParameters": decided(request["HyperParameters"], split)}


def decided(hyperparameters: Mapping[str, str], split: Split) -> dict[str, str]:
    """Replace what the training rows decide, as `filled_in` does."""
    return {
        name: str(_decision(name, split)) if _decided_by(name, text) else text
        for name, text in hyperparameters.items()
    }


def _decision(name: str, split: Split) -> float:
    match name:
        case "scale_pos_weight":
            # Of a label of other values, plan_run refuses the word.
            positives = split.train_positives or 0
            return (split.train_rows - positives) / positives
        case "feature_dim":
            return len(split.feature_names)
        case "num_classes":
            return len(split.classes)
        case _:
            return split.train_rows


def _decided_by(name: str, text: str) -> bool:
    return text == OF_THE_ROWS or (name, text) == ("scale_pos_weight", BALANCED)
