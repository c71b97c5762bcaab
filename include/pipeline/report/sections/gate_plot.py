"""The limits of the gate as a picture: a figure, its interval, and the bound that it has to keep."""

from typing import TYPE_CHECKING

from markupsafe import Markup
from matplotlib.figure import Figure

from include.pipeline.history.quality import Business, judge
from include.pipeline.report import formats
from include.pipeline.report.svg import FIRST, GRID, MUTED, SECOND, WIDTH, inline_svg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from include.pipeline.history.quality import Bound
    from include.pipeline.report.contents import ReportContents

_PANEL = 1.0  # inches
_ROOM = 0.35  # beside the outermost mark, as a share of the distance between the marks


def missed_bounds(contents: "ReportContents") -> Markup | None:
    """Draw the limits that a model has missed; None where there is none that two numbers tell."""
    if not contents.missed:
        return None
    judged = judge(contents.evaluation, contents.plan.params, Business.of(contents.plan))
    bounds = [each.bound for each in judged if each.bound and not each.is_met]
    return gate_plot(bounds) if bounds else None


def gate_plot(bounds: "Sequence[Bound]") -> Markup:
    """Draw each figure on a line of its own, with the side of the bound on which a model passes.

    Args:
        bounds: At least one.
    """

    def draw() -> Figure:
        figure = Figure(figsize=(WIDTH, _PANEL * len(bounds)), layout="constrained")
        for axes, bound in zip(figure.subplots(len(bounds), squeeze=False)[:, 0], bounds, strict=True):
            ends = (bound.interval.low, bound.interval.high) if bound.interval else (bound.value,) * 2
            low, high = min(*ends, bound.limit, bound.value), max(*ends, bound.limit, bound.value)
            room = _ROOM * (high - low or abs(high) or 1)
            left, right = low - room, high + room
            passes = (bound.limit, right) if bound.at_least else (left, bound.limit)
            axes.axvspan(*passes, color=GRID, linewidth=0)
            axes.axvline(bound.limit, color=SECOND, linestyle="--", linewidth=1.6)
            axes.plot(ends, (0, 0), color=FIRST, linewidth=5, alpha=0.35, solid_capstyle="butt")
            axes.plot(bound.value, 0, "o", color=FIRST, markersize=9)
            axes.annotate(
                _written(bound.value, bound),
                (bound.value, 0),
                xytext=(0, 9),
                textcoords="offset points",
                ha="center",
                color=FIRST,
            )
            # On the side where a model fails, beside the line.
            axes.annotate(
                f"bound {_written(bound.limit, bound)}",
                (bound.limit, 0),
                xytext=(-4 if bound.at_least else 4, -13),
                textcoords="offset points",
                ha="right" if bound.at_least else "left",
                va="top",
                color=SECOND,
            )
            axes.set(xlim=(left, right), ylim=(-1, 1), yticks=[], xticks=[])
            axes.set_title(bound.title, loc="left", fontsize="medium")
            axes.text(
                (passes[0] + passes[1]) / 2, 0.72, "passes", ha="center", va="center", color=MUTED, fontsize=9
            )
            axes.spines[:].set_visible(False)
        return figure

    return inline_svg(draw, name="gate", alternative=gate_text(bounds))


def gate_text(bounds: "Sequence[Bound]") -> str:
    """Say what the plot shows."""
    return "; ".join(
        f"{bound.title} is {_written(bound.value, bound)}, and passes "
        f"{'from' if bound.at_least else 'up to'} {_written(bound.limit, bound)}"
        f"{' on' if bound.at_least else ''}"
        for bound in bounds
    )


def _written(value: float, bound: "Bound") -> str:
    return formats.money(value) if bound.is_money else formats.decimal(value)
