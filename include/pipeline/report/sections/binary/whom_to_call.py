"""The business question: which rows to act on, and which share of the positives is reached."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure

from include.pipeline.report import formats
from include.pipeline.report.share_axes import share_axes
from include.pipeline.report.shared_figures import Reach, reach
from include.pipeline.report.svg import FIRST, MUTED, SECOND, inline_svg

if TYPE_CHECKING:
    from include.pipeline.documents.metrics import Decile, Evaluation
    from include.pipeline.documents.table.words import Words
    from include.pipeline.figures.interval import Interval
    from include.pipeline.report.contents import ReportContents


@dataclass(frozen=True)
class WhomToCallSection:
    """What acting in the order of the scores reaches."""

    reach: Reach
    interval: "Interval | None"
    """Of the share reached; None where an earlier version wrote the evaluation."""
    deciles: "tuple[Decile, ...]"
    gain: Markup
    """Share of the positives that are reached, over the share of rows acted on."""


def gather(contents: "ReportContents") -> WhomToCallSection:
    """Gather the section."""
    evaluation = contents.binary
    reached = reach(evaluation.deciles)
    return WhomToCallSection(
        reach=reached,
        interval=evaluation.intervals.get("reach"),
        deciles=evaluation.deciles,
        gain=_gain_plot(evaluation, reached, contents.plan.words),
    )


def _gain_plot(evaluation: "Evaluation", marked: Reach, words: "Words") -> Markup:
    """Draw the share of the positives reached over the share of rows acted on, highest scores first."""
    called, reached = marked.called, marked.reached
    rows = np.cumsum([0, *(decile.rows for decile in evaluation.deciles)]) / evaluation.rows
    gains = [0, *(decile.gain for decile in evaluation.deciles)]

    def draw() -> Figure:
        figure, axes = share_axes(
            f"{formats.capital(words.rows)} {words.acted}, highest scores first", "Positives reached"
        )
        axes.plot(rows, gains, color=FIRST, marker="o", markersize=4.5, label="By score")
        axes.plot([0, 1], [0, 1], color=MUTED, linestyle="--", linewidth=1.4, label="At random")
        axes.plot([called, called, 0], [0, reached, reached], color=SECOND, linestyle=":", linewidth=1.6)
        label = f"{formats.percent(called)} {words.acted}"
        axes.plot(called, reached, color=SECOND, marker="D", linestyle="none", label=label)
        axes.legend(loc="lower right")
        return figure

    return inline_svg(
        draw,
        name="gain",
        alternative=f"Cumulative gain: {words.acting} the {formats.percent(called)} of {words.rows} with the "
        f"highest scores reaches {formats.percent(reached)} of the positives; as many {words.actions} at "
        f"random would reach {formats.percent(called)}.",
    )
