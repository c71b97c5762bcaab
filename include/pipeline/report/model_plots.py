"""The plots of the model itself: what its columns mean to it, and how it was trained."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from include.pipeline.report import formats
from include.pipeline.report.bars import column_bars, label, stand_in
from include.pipeline.report.svg import AXES, FIRST, HEIGHT, MUTED, SECOND, THIRD, WIDTH, inline_svg

if TYPE_CHECKING:
    from include.pipeline.documents.metrics import FeatureImportance

MOST_FEATURES = 15
_LONGEST_CHANNEL = 14
_STYLES = ((FIRST, "-"), (SECOND, "--"), (THIRD, "-."), (MUTED, ":"))


def features_plot(
    features: Sequence["FeatureImportance"], values: Sequence[float], *, name: str, measure: str
) -> Markup:
    """Draw a bar for each of the features that mean most by one measure, the first at the top.

    Args:
        features: Of the model.
        values: Of each feature.
        name: Of the plot on the page.
        measure: What the values are, for who reads the plot.
    """
    most = sorted(zip(values, features, strict=True), key=lambda pair: -pair[0])[:MOST_FEATURES]
    first = formats.printable(most[0][1].name)
    return column_bars(
        [feature.name for _, feature in most],
        [value for value, _ in most],
        name=name,
        alternative=f"{measure} of the {len(most)} columns that have most of it, as bars. First is {first} "
        f"with {most[0][0]:.3g}.",
    )


def training_plots(curve: Mapping[str, Sequence[float]]) -> list[Markup]:
    """Draw how each metric of the job's log went, round by round: a plot for each, a line a channel.

    Args:
        curve: Values by names such as `train-logloss`.
    """
    metrics: dict[str, dict[str, Sequence[float]]] = {}
    for key, values in curve.items():
        channel, _, metric = key.partition("-")
        if values:
            metrics.setdefault(metric, {})[channel] = values
    return [
        _training_plot(f"training-{number}", metric, channels)
        for number, (metric, channels) in enumerate(metrics.items(), 1)
    ]


def _training_plot(name: str, metric: str, channels: Mapping[str, Sequence[float]]) -> Markup:
    def draw() -> Figure:
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes(AXES)
        for row, values in enumerate(channels.values()):
            colour, dash = _STYLES[row % len(_STYLES)]
            rounds = range(1, len(values) + 1)
            axes.plot(rounds, values, color=colour, linestyle=dash, label=stand_in(row))
            axes.plot(rounds[-1:], values[-1:], color=colour, marker="o", linestyle="none", markersize=5)
        axes.set(xlabel="Round", ylabel=stand_in(len(channels)))
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.legend(loc="upper right")
        return figure

    stand_ins = {stand_in(row): label(channel, _LONGEST_CHANNEL) for row, channel in enumerate(channels)}
    last = ", ".join(
        f"{formats.printable(channel)} {line[0]:.4g} at first and {line[-1]:.4g} after round {len(line)}"
        for channel, line in channels.items()
    )
    return inline_svg(
        draw,
        name=name,
        alternative=f"{formats.printable(metric)} by training round: {last}.",
        texts=stand_ins | {stand_in(len(channels)): label(metric)},
    )
