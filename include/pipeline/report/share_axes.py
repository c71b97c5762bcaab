"""Axes for shares, from 0 to 100 % in both directions."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from include.pipeline.report import formats
from include.pipeline.report.svg import AXES, HEIGHT, WIDTH

_SHARES = PercentFormatter(1, decimals=0, symbol=f"{formats.NO_BREAK}%")


def share_axes(x: str, y: str) -> tuple[Figure, Axes]:
    """Make a figure with such axes.

    Args:
        x: Label of the horizontal axis.
        y: Label of the vertical axis.
    """
    figure = Figure(figsize=(WIDTH, HEIGHT))
    axes = figure.add_axes(AXES)
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel=x, ylabel=y)
    axes.xaxis.set_major_formatter(_SHARES)
    axes.yaxis.set_major_formatter(_SHARES)
    return figure, axes
