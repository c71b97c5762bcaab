"""What a model file itself says: gain of its splits, SHAP values and scores of rows."""

import io
import logging
from collections.abc import Sequence

import numpy as np
import pandas as pd
import xgboost

from include.pipeline.documents.metrics import FeatureImportance

log = logging.getLogger(__name__)


def explain(model: bytes, features: bytes, names: Sequence[str]) -> tuple[FeatureImportance, ...]:
    """Tell how much each column contributes, the most contributing first.

    SHAP values are XGBoost's `pred_contribs`: S. Lundberg, S. Lee, https://arxiv.org/abs/1802.03888

    Args:
        model: The model file, as SageMaker's XGBoost writes it.
        features: CSV lines without header, in the columns' training order, shape `(rows, columns)`.
        names: Of the columns.

    Returns:
        A figure for each column; nothing where today's XGBoost cannot read the model, such as the pickles of
        images before 1.3-1.
    """
    booster = _load(model)
    if booster is None:
        return ()
    contributions = booster.predict(_matrix(features), pred_contribs=True, validate_features=False)
    # The last is the bias.
    means = np.abs(contributions).mean(axis=0)[:-1]
    gains = booster.get_score(importance_type="gain")
    found = [
        FeatureImportance(
            name=name,
            gain=np.asarray(gains.get(f"f{column}", 0.0)).item(),
            mean_abs_contribution=float(means[column]),
        )
        for column, name in enumerate(names)
    ]
    return tuple(sorted(found, key=lambda feature: feature.mean_abs_contribution, reverse=True))


def predict(model: bytes, features: bytes) -> np.ndarray | None:
    """Ask a model for its scores, without an endpoint.

    Args:
        model: As `explain` takes it.
        features: As `explain` takes them.

    Returns:
        One score for each row: shape `(rows,)`; None where today's XGBoost cannot read the model.
    """
    booster = _load(model)
    if booster is None:
        return None
    scores: np.ndarray = booster.predict(_matrix(features), validate_features=False)
    return scores


def _load(model: bytes) -> xgboost.Booster | None:
    try:
        return xgboost.Booster(model_file=bytearray(model))
    except xgboost.core.XGBoostError as error:
        log.warning("The model cannot be read: %s", error)
        return None


def _matrix(features: bytes) -> xgboost.DMatrix:
    rows = pd.read_csv(io.BytesIO(features), header=None, dtype=np.float32)
    return xgboost.DMatrix(rows.to_numpy())
