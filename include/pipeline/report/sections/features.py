"""What the model looks at: the columns that influence its scores most."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from include.pipeline.report import formats
from include.pipeline.report.bars import column_bars

if TYPE_CHECKING:
    from include.pipeline.documents.metrics import FeatureImportance
    from include.pipeline.report.contents import ReportContents

_MOST_FEATURES = 15


@dataclass(frozen=True)
class FeaturePlots:
    """Bars of the columns with the highest values."""

    contributions: Markup
    """Mean absolute SHAP value, in log-odds."""
    gains: Markup
    """Mean gain of the splits."""


@dataclass(frozen=True)
class FeaturesSection:
    """The columns that influence the scores most."""

    plots: FeaturePlots | None
    """The plots; None where the model cannot be read or explained."""
    listed: "tuple[FeatureImportance, ...]"
    """The most contributing columns, the first fifteen."""
    of: int
    """Number of columns."""
    image_version: str
    """Version of the image that trained the model."""
    is_linear: bool
    """Whether the model was asked for without trees."""


def gather(contents: "ReportContents") -> FeaturesSection:
    """Gather the section."""
    features = contents.evaluation.features
    return FeaturesSection(
        plots=_plots(features) if features else None,
        listed=features[:_MOST_FEATURES],
        of=len(features),
        image_version=contents.plan.params.image_version,
        is_linear=contents.plan.params.hyperparameters.get("booster") == "gblinear",
    )


def _plots(features: "tuple[FeatureImportance, ...]") -> FeaturePlots:
    return FeaturePlots(
        contributions=_plot(
            features,
            [feature.mean_abs_contribution for feature in features],
            name="contributions",
            measure="Mean |SHAP| in log-odds",
        ),
        gains=_plot(
            features,
            [feature.gain for feature in features],
            name="gains",
            measure="Mean gain of the splits",
        ),
    )


def _plot(
    features: Sequence["FeatureImportance"], values: Sequence[float], *, name: str, measure: str
) -> Markup:
    """Draw a bar for each of the features with the highest values, the highest at the top.

    Args:
        features: The model's features.
        values: A value for each feature.
        name: Name of the plot, used once on the page.
        measure: What the values are, for people who cannot see the plot.
    """
    most = sorted(zip(values, features, strict=True), key=lambda pair: -pair[0])[:_MOST_FEATURES]
    first = formats.printable(most[0][1].name)
    return column_bars(
        [feature.name for _, feature in most],
        [value for value, _ in most],
        name=name,
        alternative=f"{measure} of the {len(most)} columns where it is highest, as bars. First is {first} "
        f"with {most[0][0]:.3g}.",
    )
