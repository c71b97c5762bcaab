"""The plots of the model itself: what its columns mean to it, and how it was trained."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from include.pipeline.report import formats
from include.pipeline.report.svg import AXES, FIRST, HEIGHT, MUTED, SECOND, THIRD, WIDTH, inline_svg

if TYPE_CHECKING:
    from include.pipeline.metrics import FeatureImportance

MOST_FEATURES = 15
_LONGEST_NAME = 27
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
    rows = range(len(most))
    lengths = [value for value, _ in most]

    def draw() -> Figure:
        height = 0.1 + 0.27 * len(most)
        figure = Figure(figsize=(WIDTH, height))
        axes = figure.add_axes((0.47, 0.05 / height, 0.4, 1 - 0.1 / height))
        axes.barh(rows, lengths, height=0.62, color=FIRST)
        for row, value in enumerate(lengths):
            axes.annotate(
                f"{value:.3g}", (value, row), xytext=(4, 0), textcoords="offset points", va="center_baseline"
            )
        axes.set_yticks(rows, [_stand_in(row) for row in rows])
        axes.tick_params(length=0, labelbottom=False)
        axes.set(ylim=(len(most) - 0.5, -0.5), xlim=(0, max(lengths) or 1))
        axes.grid(visible=False)
        axes.spines["bottom"].set_visible(False)
        return figure

    first = formats.shown(most[0][1].name)
    return inline_svg(
        draw,
        name=name,
        alternative=f"{measure} of the {len(most)} columns that have most of it, as bars. First is {first} "
        f"with {most[0][0]:.3g}.",
        texts={_stand_in(row): _label(feature.name) for row, (_, feature) in enumerate(most)},
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
            axes.plot(rounds, values, color=colour, linestyle=dash, label=_stand_in(row))
            axes.plot(rounds[-1:], values[-1:], color=colour, marker="o", linestyle="none", markersize=5)
        axes.set(xlabel="Round", ylabel=_stand_in(len(channels)))
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.legend(loc="upper right")
        return figure

    stand_ins = {_stand_in(row): _label(channel, _LONGEST_CHANNEL) for row, channel in enumerate(channels)}
    last = ", ".join(
        f"{formats.shown(channel)} {values[0]:.4g} at first and {values[-1]:.4g} after round {len(values)}"
        for channel, values in channels.items()
    )
    return inline_svg(
        draw,
        name=name,
        alternative=f"{formats.shown(metric)} by training round: {last}.",
        texts=stand_ins | {_stand_in(len(channels)): _label(metric)},
    )


def _stand_in(row: int) -> str:
    return f"name {row}"


def _label(name: str, longest: int = _LONGEST_NAME) -> str:
    """Cut a name to what has room in a plot, where a letter of East Asia takes the room of two."""
    text = str(formats.shown(name))
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text[:longest])
    return formats.shortened(text, longest - wide // 2)
