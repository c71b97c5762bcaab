"""How the model was trained: the metrics in the job's log, round by round."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from include.pipeline.report import formats
from include.pipeline.report.bars import label, stand_in
from include.pipeline.report.svg import AXES, FIRST, HEIGHT, MUTED, SECOND, THIRD, WIDTH, inline_svg

if TYPE_CHECKING:
    from include.pipeline.report.contents import ReportContents

_LONGEST_CHANNEL = 14
_STYLES = ((FIRST, "-"), (SECOND, "--"), (THIRD, "-."), (MUTED, ":"))


@dataclass(frozen=True)
class TrainingSection:
    """The training curve."""

    curve: Mapping[str, Sequence[float]]
    """Values by names such as `train-logloss`, at least one each. Empty where the log has none."""
    plots: list[Markup]
    """A plot of each metric, with a line for each channel."""


def gather(contents: "ReportContents") -> TrainingSection:
    """Gather the section."""
    curve = {name: values for name, values in contents.evaluation.training_curve.items() if values}
    return TrainingSection(curve=curve, plots=_plots(curve))


def _plots(curve: Mapping[str, Sequence[float]]) -> list[Markup]:
    """Draw how each metric went: a plot for each, a line a channel."""
    metrics: dict[str, dict[str, Sequence[float]]] = {}
    for key, values in curve.items():
        channel, _, metric = key.partition("-")
        metrics.setdefault(metric, {})[channel] = values
    return [
        _plot(f"training-{number}", metric, channels)
        for number, (metric, channels) in enumerate(metrics.items(), 1)
    ]


def _plot(name: str, metric: str, channels: Mapping[str, Sequence[float]]) -> Markup:
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
