"""Computed from a model file, without an endpoint: gain of its splits, SHAP values and scores of rows."""

import io
import logging
from collections.abc import Mapping, Sequence
from itertools import islice

import numpy as np

from include.pipeline.documents.metrics import FeatureImportance
from include.pipeline.evaluation.model_process import ModelLimits, ask_model

log = logging.getLogger(__name__)

# SHAP values take fifty times as long as scores, and memory for a number a cell: of more rows than this, the
# means would have more digits than a page shows.
MOST_EXPLAINED = 100_000


def explain(
    model: bytes,
    features: bytes,
    names: Sequence[str],
    limits: ModelLimits | None = None,
    *,
    families: Mapping[str, Sequence[str]] | None = None,
) -> tuple[FeatureImportance, ...]:
    """Tell how much each column contributes, the most contributing first; by `explained_rows` of the rows.

    SHAP values are XGBoost's `pred_contribs`: S. Lundberg, S. Lee, https://arxiv.org/abs/1802.03888

    Args:
        model: The model file, as SageMaker's XGBoost writes it.
        features: CSV lines without header, in the columns' training order, shape `(rows, columns)`.
        names: Names of the columns.
        limits: Of the process that reads the model.
        families: Columns that are taken together, by their common name; None where those are that are named
            alike and turn out to be one-hot.

    Returns:
        A figure for each column; nothing where today's XGBoost cannot read the model, such as the pickles of
        images before 1.3-1, or cannot explain it within the limits, such as one of booster=gblinear, which
        has no splits. The log has the reason.
    """
    are_known = families is not None
    places = _families(names) if families is None else _places(names, families)
    some = b"".join(islice(io.BytesIO(features), None, None, _step(features.count(b"\n"))))
    found = ask_model("contributions", model, some, limits, places, are_known=are_known)
    if found is None:
        return ()
    # The last is the bias. A model of several outputs has an axis more.
    if found["shape"][1:] != [len(names) + 1]:
        log.warning("The model cannot be explained: its SHAP values have the shape %s", tuple(found["shape"]))
        return ()
    means = np.array(found["contributions"])
    if not np.isfinite(means).all():
        log.warning("The model cannot be explained: its SHAP values are not all finite")
        return ()
    family_of = {column: name for name in found["families"] for column in places[name]}
    features_found = [
        FeatureImportance(
            name=name,
            gain=np.asarray(found["gains"].get(f"f{column}", 0.0)).item(),
            mean_abs_contribution=float(means[column]),
            direction=found["directions"][column],
            family=family_of.get(column),
            family_contribution=found["families"].get(family_of.get(column)),
        )
        for column, name in enumerate(names)
    ]
    return tuple(sorted(features_found, key=lambda feature: feature.mean_abs_contribution, reverse=True))


def explained_rows(rows: int) -> int | None:
    """Tell how many of so many rows stand for all: every second, or third, ...; None where all are taken."""
    step = _step(rows)
    return -(-rows // step) if step > 1 else None


def _step(rows: int) -> int:
    return max(1, -(-rows // MOST_EXPLAINED))


def _places(names: Sequence[str], families: Mapping[str, Sequence[str]]) -> dict[str, list[int]]:
    place = {name: column for column, name in enumerate(names)}
    return {name: [place[one] for one in family] for name, family in families.items()}


def _families(names: Sequence[str]) -> dict[str, list[int]]:
    """Find the columns whose names are the same up to the last underscore: they may be one-hot."""
    found: dict[str, list[int]] = {}
    for column, name in enumerate(names):
        if "_" in name:
            found.setdefault(name.rpartition("_")[0], []).append(column)
    return {name: columns for name, columns in found.items() if len(columns) > 1}


def predict(model: bytes, features: bytes, limits: ModelLimits | None = None) -> np.ndarray | None:
    """Score rows with a model, without an endpoint.

    Args:
        model: The model file, as in `explain`.
        features: CSV lines, as in `explain`.
        limits: Of the process that reads the model.

    Returns:
        One score for each row: shape `(rows,)`; None where the installed XGBoost cannot read the model, or
        not within the limits.
    """
    found = ask_model("scores", model, features, limits)
    return None if found is None else np.array(found["scores"], dtype=np.float32)
