"""The trials of a tuning job, of which the model is the best."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from include.pipeline.report import formats
from include.pipeline.report.bars import label, stand_in
from include.pipeline.report.svg import AXES, FIRST, HEIGHT, SECOND, WIDTH, inline_svg

if TYPE_CHECKING:
    from include.pipeline.documents.training.tuning import Trial, Tuning
    from include.pipeline.report.contents import ReportContents


@dataclass(frozen=True)
class TrialRow:
    """One of them."""

    number: int
    """From 1, in the order of their start."""
    is_best: bool
    values: list[str]
    """Of the hyperparameters, in the order of the titles."""
    value: float | None
    """Of the metric."""
    seconds: int
    """Billed for each instance."""
    failure: str | None
    """Why it has no model, in a line."""


@dataclass(frozen=True)
class TrialsSection:
    """All of them."""

    strategy: str
    metric: str
    is_highest: bool
    """Whether the highest value is the best."""
    validation_rows: int
    titles: list[str]
    """Of the hyperparameters."""
    rows: list[TrialRow]
    plot: Markup | None
    """None where no trial has a value."""


def gather(contents: "ReportContents") -> TrialsSection | None:
    """Gather the section; None for a run whose hyperparameters were given."""
    tuning = contents.tuning
    if tuning is None:
        return None
    titles = sorted({name for trial in tuning.trials for name in trial.hyperparameters})
    return TrialsSection(
        strategy=tuning.strategy,
        metric=tuning.metric,
        is_highest=tuning.direction == "Maximize",
        validation_rows=contents.split.validation_rows,
        titles=titles,
        rows=[_row(number, trial, tuning, titles) for number, trial in enumerate(tuning.trials, 1)],
        plot=_plot(tuning),
    )


def _row(number: int, trial: "Trial", tuning: "Tuning", titles: list[str]) -> TrialRow:
    failure = trial.failure or (None if trial.value is not None else f"{trial.status}, without the metric")
    return TrialRow(
        number=number,
        is_best=trial.job_name == tuning.best,
        values=[_shortly(trial.hyperparameters.get(name, "")) for name in titles],
        value=trial.value,
        seconds=trial.billable_seconds,
        failure=" ".join(failure.split()) if failure else None,
    )


def _shortly(text: str) -> str:
    # SageMaker draws numbers with seventeen digits.
    try:
        return f"{float(text):.5g}"
    except ValueError:
        return text


def _plot(tuning: "Tuning") -> Markup | None:
    """Draw the metric of each trial, and the best so far."""
    told = [(number, each.value) for number, each in enumerate(tuning.trials, 1) if each.value is not None]
    if not told:
        return None
    numbers, values = [number for number, _ in told], [value for _, value in told]
    best = _best_so_far(values, is_highest=tuning.direction == "Maximize")

    def draw() -> Figure:
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes(AXES)
        axes.step(numbers, best, where="post", color=SECOND, linestyle="--", label="Best so far")
        axes.plot(numbers, values, color=FIRST, marker="o", linestyle="none", markersize=6, label="Trial")
        axes.set(xlabel="Trial", ylabel=stand_in(0))
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.legend(loc="best")
        return figure

    metric = formats.printable(tuning.metric)
    return inline_svg(
        draw,
        name="trials",
        alternative=f"{metric} of {len(told)} trials, from {min(values):.4g} to {max(values):.4g}; the first "
        f"has {values[0]:.4g}, the best {best[-1]:.4g}, by trial {numbers[values.index(best[-1])]}.",
        texts={stand_in(0): label(tuning.metric)},
    )


def _best_so_far(values: Sequence[float], *, is_highest: bool) -> list[float]:
    return list(accumulate(values, max if is_highest else min))
