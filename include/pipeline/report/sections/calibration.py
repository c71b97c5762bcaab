"""Whether a score can be read as the chance that a row is positive."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup
from matplotlib.figure import Figure
from sklearn.calibration import calibration_curve

from include.pipeline.report import formats
from include.pipeline.report.share_axes import share_axes
from include.pipeline.report.svg import FIRST, MUTED, inline_svg

if TYPE_CHECKING:
    from include.pipeline.report.contents import ReportContents

_BINS = 10


@dataclass(frozen=True)
class CalibrationPoint:
    """A group of rows with similar scores."""

    score: float
    """Mean of their scores."""
    observed: float
    """Share of positives among them."""


@dataclass(frozen=True)
class CalibrationSection:
    """The scores beside what was observed."""

    points: list[CalibrationPoint]
    """The lowest scores first."""
    plot: Markup
    """Share of positives over the mean score of each group."""


def gather(contents: "ReportContents") -> CalibrationSection:
    """Gather the section."""
    points = _points(contents)
    return CalibrationSection(points=points, plot=_plot(points, contents.evaluation.brier_score))


def _points(contents: "ReportContents") -> list[CalibrationPoint]:
    """Group the rows by their scores, in up to ten groups of the same size, the lowest scores first."""
    observed, predicted = calibration_curve(
        contents.labels, contents.scores, n_bins=_BINS, strategy="quantile"
    )
    return [
        CalibrationPoint(float(score), float(share)) for score, share in zip(predicted, observed, strict=True)
    ]


def _plot(points: list[CalibrationPoint], brier_score: float) -> Markup:
    """Draw the share of positives over the mean score of each group."""
    predicted = [point.score for point in points]
    observed = [point.observed for point in points]

    def draw() -> Figure:
        figure, axes = share_axes("Score, mean of the group", "Positives in the group")
        most = min(1.0, 1.08 * max(*observed, *predicted, 0.05))
        axes.plot([0, most], [0, most], color=MUTED, linestyle="--", linewidth=1.4, label="Perfect")
        axes.plot(predicted, observed, color=FIRST, marker="o", label="Model")
        axes.set(xlim=(-0.02 * most, most * 1.02), ylim=(-0.02 * most, most * 1.02))
        axes.legend(loc="upper left")
        return figure

    worst = max(points, key=lambda point: abs(point.observed - point.score))
    return inline_svg(
        draw,
        name="calibration",
        alternative=f"Calibration curve of {len(points)} groups of rows, Brier score {brier_score:.3f}. "
        f"Farthest off is the group with a mean score of {formats.percent(worst.score)}, of which "
        f"{formats.percent(worst.observed)} are positive.",
    )
