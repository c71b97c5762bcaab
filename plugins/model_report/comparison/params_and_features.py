"""Runs side by side: their features and Params, and where these differ."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from include.pipeline.documents.metrics import ModelEvaluation
from include.pipeline.documents.plan import PlannedParams
from include.pipeline.documents.table.costs import OutcomeValues
from include.pipeline.documents.table.words import Words
from include.pipeline.report import formats
from include.pipeline.source.url import without_secrets

_FEATURES = 10


@dataclass(frozen=True)
class FeatureRow:
    """Mean absolute SHAP value of a column in each model; None where it is not a feature."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class ParamRow:
    """A Param that differs, as it may be shown, for each run."""

    name: str
    values: tuple[str, ...]


def costs_of(params: Mapping[str, Any]) -> OutcomeValues | None:
    """Tell what each outcome of a row is worth, by Params as data; None where they do not say."""
    cost, value = params.get("call_cost"), params.get("deposit_value")
    if not (isinstance(cost, int | float) and isinstance(value, int | float)):
        return None
    if not (math.isfinite(cost) and math.isfinite(value)):
        return None
    return OutcomeValues.of_action(float(cost), float(value))


@dataclass(frozen=True)
class ProfitBy:
    """By what a profit is reckoned."""

    values: OutcomeValues
    words: Words

    def __str__(self) -> str:
        """Say it in a sentence."""
        if self.values.action is None:
            each = (
                f"a {name.replace('_', ' ')} brings {formats.money(value)}"
                for name, value in self.values.model_dump().items()
            )
            return f"Of all rows: {', '.join(each)}."
        cost, value = (formats.money(amount) for amount in self.values.action)
        return (
            f"Of all predicted positives: each {self.words.action} costs {cost}, each true positive is worth "
            f"{value}."
        )


def profit_by(plan: PlannedParams) -> ProfitBy | None:
    """Tell by what a run's profit is reckoned; None where neither its plan nor its Params say."""
    values = costs_of(plan.params) or plan.costs
    return ProfitBy(values, plan.words) if values else None


def compare_features(evaluations: Sequence[ModelEvaluation]) -> list[FeatureRow]:
    """List the features that contribute most to one of the models."""
    models = [
        {feature.name: feature.mean_abs_contribution for feature in evaluation.features}
        for evaluation in evaluations
    ]
    names = dict.fromkeys(name for model in models for name in model)
    rows = [FeatureRow(name, tuple(model.get(name) for model in models)) for name in names]
    rows.sort(key=lambda row: max(value or 0 for value in row.values), reverse=True)
    return rows[:_FEATURES]


def compare_params(of_runs: Sequence[Mapping[str, Any]]) -> list[ParamRow]:
    """List the Params that are not the same in all runs. A `data_url` is shown without its secrets."""
    flat = [dict(_flat(params)) for params in of_runs]
    names = dict.fromkeys(name for params in flat for name in params)
    told = ((name, [params.get(name) for params in flat]) for name in names)
    return [_param_row(name, values) for name, values in told if any(each != values[0] for each in values)]


def _flat(params: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in params.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _param_row(name: str, values: Sequence[Any]) -> ParamRow:
    if name != "data_url":
        return ParamRow(name, tuple(_text(value) for value in values))
    shown = [without_secrets(value) for value in values]
    # The part without secrets is equal: a signature or a password differs, which is not shown.
    hidden = [url == shown[0] and value != values[0] for url, value in zip(shown, values, strict=True)]
    note = " (differs in a part that is not shown)"
    return ParamRow(name, tuple(url + note * is_hidden for url, is_hidden in zip(shown, hidden, strict=True)))


def _text(value: Any) -> str:
    return "not set" if value is None else str(value)
