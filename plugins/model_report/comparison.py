"""Two runs side by side: their figures, features and Params, and where these differ."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from include.pipeline.documents.metrics import Evaluation
from include.pipeline.figures.figure import Figure
from include.pipeline.figures.interval import Interval
from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.source.url import without_secrets

_FEATURES = 10


@dataclass(frozen=True)
class FigureRow:
    """One figure of two runs. A run that was evaluated before the project had the figure has None."""

    name: str
    """Name of its field in metrics.json."""
    title: str
    meaning: str
    first: float | None
    second: float | None
    intervals: tuple[Interval | None, Interval | None]
    """The 95 % interval of each run."""
    difference: float | None
    """Second minus first."""
    verdict: str
    """How the second compares: `better`, `worse`, `same`, or `unknown` where a run has no such figure."""
    overlap: bool
    """Whether the intervals overlap, so that the difference may be chance."""


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


def compare_figures(first: Evaluation, second: Evaluation) -> list[FigureRow]:
    """Compare the second run with the first, figure by figure."""
    return [_figure_row(name, figure, first, second) for name, figure in FIGURES.items()]


def have_same_test_rows(first: Evaluation, second: Evaluation) -> bool:
    """Tell whether both runs seem to be tested on the same rows: the same number of rows and of positives."""
    return (first.rows, first.positives) == (second.rows, second.positives)


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


def _figure_row(name: str, figure: Figure, first: Evaluation, second: Evaluation) -> FigureRow:
    one, other = getattr(first, name), getattr(second, name)
    intervals = first.intervals.get(name), second.intervals.get(name)
    difference = None if one is None or other is None else other - one
    return FigureRow(
        name=name,
        title=figure.title,
        meaning=figure.meaning,
        first=one,
        second=other,
        intervals=intervals,
        difference=difference,
        verdict=_verdict(difference, figure),
        overlap=_overlap(*intervals),
    )


def _verdict(difference: float | None, figure: Figure) -> str:
    if difference is None:
        return "unknown"
    if difference == 0:
        return "same"
    return "better" if (difference > 0) == figure.higher_is_better else "worse"


def _overlap(one: Interval | None, other: Interval | None) -> bool:
    return bool(one and other and one.low <= other.high and other.low <= one.high)


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
