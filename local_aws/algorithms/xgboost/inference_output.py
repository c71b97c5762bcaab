"""Selectable inference: the answers that a model's SAGEMAKER_INFERENCE_OUTPUT asks for.

Source: the rules in aws/sagemaker-xgboost-container (serve_utils).
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

_LOG = logging.getLogger(__name__)
_CLASSES = ("predicted_label", "labels", "raw_score", "raw_scores")
_PROBABILITIES = ("predicted_label", "labels", "probability", "probabilities", "raw_score", "raw_scores")
_OFFERED: Mapping[str, tuple[str, ...]] = {
    "reg:squarederror": ("predicted_score",),
    "reg:logistic": ("predicted_score",),
    "reg:gamma": ("predicted_score",),
    "reg:tweedie": ("predicted_score",),
    "binary:logistic": _PROBABILITIES,
    "binary:logitraw": _CLASSES,
    "binary:hinge": _CLASSES,
    "multi:softmax": _CLASSES,
    "multi:softprob": _PROBABILITIES,
}
_SURE = 0.5


def selected_keys(environment_value: str) -> list[str]:
    """Read the keys from the variable, for instance `predicted_label, probability`."""
    return environment_value.replace(" ", "").lower().split(",")


def select(predictions: Any, keys: Sequence[str], objective: str, classes: int) -> list[dict[str, Any]]:
    """Select what is asked for of each prediction.

    Args:
        predictions: The predictions of the booster, one for each row.
        keys: The keys that are asked for.
        objective: The booster's objective.
        classes: The booster's num_class.

    Returns:
        For each prediction the values by key. The value is NaN where the objective does not offer the key.

    Raises:
        ValueError: There is no selectable inference for the objective.
    """
    if objective not in _OFFERED:
        raise ValueError(f"Objective `{objective}` unsupported for selectable inference predictions.")
    if unknown := set(keys) - set(_OFFERED[objective]):
        _LOG.warning(
            "Selected key(s) %s incompatible for objective '%s'. Please use list of compatible selectable "
            "inference predictions: %s",
            unknown,
            objective,
            list(_OFFERED[objective]),
        )
    return [
        {
            key: np.nan if key in unknown else _VALUES[key](prediction, objective, classes)
            for key in dict.fromkeys(keys)
        }
        for prediction in predictions
    ]


def _predicted_label(prediction: Any, objective: str, _: int) -> Any:
    if objective == "multi:softprob":
        return int(np.argmax(prediction))
    if objective == "binary:logistic":
        return int(prediction > _SURE)
    if objective == "binary:logitraw":
        return int(prediction > 0)
    return prediction.item()


def _labels(_: Any, objective: str, classes: int) -> list[int]:
    return [0, 1] if objective.startswith("binary:") else list(range(classes))


def _score(prediction: Any, objective: str, _: int) -> float:
    score: float = prediction.max().item() if objective == "multi:softprob" else prediction.item()
    return score


def _scores(prediction: Any, objective: str, _: int) -> list[float]:
    if objective == "multi:softprob":
        scores: list[float] = prediction.tolist()
        return scores
    return [1.0 - prediction.item(), prediction.item()]


_VALUES: Mapping[str, Callable[[Any, str, int], Any]] = {
    "predicted_label": _predicted_label,
    "labels": _labels,
    "probability": _score,
    "probabilities": _scores,
    "raw_score": _score,
    "raw_scores": _scores,
    "predicted_score": _score,
}


def encode(predictions: Sequence[Mapping[str, Any]], keys: Sequence[str], accept: str) -> str | bytes:
    """Write selected predictions in an accepted type."""
    if accept == "application/json":
        return json.dumps({"predictions": predictions})
    if accept == "application/jsonlines":
        return "".join(f"{json.dumps(prediction)}\n" for prediction in predictions)
    if accept == "text/csv":
        return "\n".join(",".join(_cell(prediction[key]) for key in keys) for prediction in predictions)
    from local_aws.algorithms.toolkit import recordio  # noqa: PLC0415 - only an answer in RecordIO needs it

    return recordio.write_labels(
        {key: value if isinstance(value, list) else [value] for key, value in prediction.items()}
        for prediction in predictions
    )


def _cell(value: Any) -> str:
    return f'"{value}"' if isinstance(value, list) else str(value)
