"""What the model looks at: the columns that influence its scores most."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from include.pipeline.documents.training.algorithm import ALGORITHMS
from include.pipeline.report import formats
from include.pipeline.report.bars import column_bars

if TYPE_CHECKING:
    from collections.abc import Mapping

    from include.pipeline.documents.metrics import FeatureImportance
    from include.pipeline.report.contents import ReportContents
    from include.pipeline.values.params import LabelKind

_MOST_FEATURES = 15
_UNITS: "Mapping[LabelKind, str]" = {
    "binary": "in log-odds",
    "multiclass": "in log-odds, on average over the classes",
    "regression": "in the unit of the label",
}
_CLEAR = 0.3  # of a correlation; below, neither high nor low values alone raise the score


@dataclass(frozen=True)
class FeaturePlots:
    """Bars of the columns with the highest values."""

    contributions: Markup
    """Mean absolute SHAP value."""
    gains: Markup
    """Mean gain of the splits."""


@dataclass(frozen=True)
class FeaturesSection:
    """The columns that influence the scores most."""

    plots: FeaturePlots | None
    """The plots; None where the model cannot be read or explained."""
    listed: "list[tuple[FeatureImportance, str]]"
    """The most contributing columns, the first fifteen, and what a higher value does to the score."""
    of: int
    """Number of columns."""
    image_version: str
    """Version of the image that trained the model."""
    rows: str
    """Which rows the SHAP values are of, in words."""
    unit: str
    """Of the SHAP values, in words."""
    answer: str
    """What the model answers for a row: a score, or a prediction."""
    algorithm: str | None
    """The algorithm, where no model of it can be explained."""
    is_linear: bool
    """Whether the model was asked for without trees."""


def gather(contents: "ReportContents") -> FeaturesSection:
    """Gather the section."""
    features, kind = contents.evaluation.features, contents.evaluation.kind
    algorithm = ALGORITHMS[contents.plan.algorithm]
    return FeaturesSection(
        plots=_plots(features, _UNITS[kind]) if features else None,
        listed=[(feature, _direction(feature)) for feature in features[:_MOST_FEATURES]],
        of=len(features),
        image_version=contents.plan.params.image_version,
        rows=_rows(contents.evaluation.explained_rows),
        unit=_UNITS[kind],
        answer="prediction" if kind == "regression" else "score",
        algorithm=None if algorithm.is_readable else algorithm.title,
        is_linear=contents.plan.params.hyperparameters.get("booster") == "gblinear",
    )


def _rows(explained: int | None) -> str:
    return (
        "the test rows" if explained is None else f"{explained:,} of the test rows, evenly spread over them"
    )


def _direction(feature: "FeatureImportance") -> str:
    if feature.direction is None or not feature.mean_abs_contribution:
        return "\u2013"
    if abs(feature.direction) < _CLEAR:
        return "either way"
    return "raises" if feature.direction > 0 else "lowers"


def _contributions(features: "tuple[FeatureImportance, ...]") -> dict[str, float]:
    """Tell what each column contributes, and each one-hot family as a whole, in place of its columns."""
    columns = Counter(feature.family for feature in features if feature.family is not None)
    found: dict[str, float] = {}
    for feature in features:
        if feature.family is None or feature.family_contribution is None:
            found[feature.name] = feature.mean_abs_contribution
        else:
            found[f"{feature.family} ({columns[feature.family]} columns)"] = feature.family_contribution
    return found


def _plots(features: "tuple[FeatureImportance, ...]", unit: str) -> FeaturePlots:
    contributions = _contributions(features)
    return FeaturePlots(
        contributions=_plot(
            list(contributions),
            list(contributions.values()),
            name="contributions",
            measure=f"Mean |SHAP| {unit}",
        ),
        gains=_plot(
            [feature.name for feature in features],
            [feature.gain for feature in features],
            name="gains",
            measure="Mean gain of the splits",
        ),
    )


def _plot(columns: Sequence[str], values: Sequence[float], *, name: str, measure: str) -> Markup:
    """Draw a bar for each of the columns with the highest values, the highest at the top.

    Args:
        columns: Their names.
        values: A value for each.
        name: Name of the plot, used once on the page.
        measure: What the values are, for people who cannot see the plot.
    """
    most = sorted(zip(values, columns, strict=True), key=lambda pair: -pair[0])[:_MOST_FEATURES]
    first = formats.printable(most[0][1])
    return column_bars(
        [column for _, column in most],
        [value for value, _ in most],
        name=name,
        alternative=f"{measure} of the {len(most)} columns where it is highest, as bars. First is {first} "
        f"with {most[0][0]:.3g}.",
    )
