"""Two runs side by side: their features and Params, and where these differ."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from include.pipeline.documents.metrics import Evaluation
from include.pipeline.source.url import without_secrets

_FEATURES = 10


@dataclass(frozen=True)
class FeatureRow:
    """Mean absolute SHAP value of a column in two models; None where it is not a feature."""

    name: str
    first: float | None
    second: float | None


@dataclass(frozen=True)
class ParamRow:
    """A Param that differs, as it may be shown."""

    name: str
    first: str
    second: str


def costs_of(params: Mapping[str, Any]) -> tuple[float, float] | None:
    """Tell what a call costs and a deposit is worth, by Params as data; None where they do not say."""
    call, deposit = params.get("call_cost"), params.get("deposit_value")
    if not (isinstance(call, int | float) and isinstance(deposit, int | float)):
        return None
    return (float(call), float(deposit)) if math.isfinite(call) and math.isfinite(deposit) else None


def compare_features(first: Evaluation, second: Evaluation) -> list[FeatureRow]:
    """List the features that contribute most to one of the models."""
    one, other = (
        {feature.name: feature.mean_abs_contribution for feature in evaluation.features}
        for evaluation in (first, second)
    )
    rows = [FeatureRow(name, one.get(name), other.get(name)) for name in {**one, **other}]
    rows.sort(key=lambda row: max(row.first or 0, row.second or 0), reverse=True)
    return rows[:_FEATURES]


def compare_params(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[ParamRow]:
    """List the Params that differ. A `data_url` is shown without its secrets."""
    one, other = dict(_flat(first)), dict(_flat(second))
    return [
        _param_row(name, one.get(name), other.get(name))
        for name in {**one, **other}
        if one.get(name) != other.get(name)
    ]


def _flat(params: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in params.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _param_row(name: str, first: Any, second: Any) -> ParamRow:
    if name != "data_url":
        return ParamRow(name, _text(first), _text(second))
    one, other = without_secrets(first), without_secrets(second)
    # The part without secrets is equal: a signature or a password differs, which is not shown.
    note = " (differs in a part that is not shown)" if one == other else ""
    return ParamRow(name, one, other + note)


def _text(value: Any) -> str:
    return "not set" if value is None else str(value)
