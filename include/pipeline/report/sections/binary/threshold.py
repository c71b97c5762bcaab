"""What another threshold would give."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from include.pipeline.report import formats
from include.pipeline.report.share_axes import share_axes
from include.pipeline.report.shared_figures import threshold_in_force
from include.pipeline.report.svg import FIRST, HEIGHT, INK, MUTED, SECOND, THIRD, WIDTH, inline_svg

if TYPE_CHECKING:
    from include.pipeline.documents.metrics import BestThreshold, Evaluation, ThresholdFigures
    from include.pipeline.documents.params import RunParams
    from include.pipeline.documents.table.costs import OutcomeValues
    from include.pipeline.documents.table.words import Words
    from include.pipeline.report.contents import ReportContents

_STEP_PERCENT = 5  # of the 99 thresholds, those at 0.05, 0.10 and so on are listed


@dataclass(frozen=True)
class ThresholdRow:
    """What a threshold gives, and whether it is in force or best."""

    figures: "ThresholdFigures"
    marks: tuple[str, ...]


@dataclass(frozen=True)
class ThresholdSection:
    """The thresholds to list; those in force or best are marked."""

    evaluation: "Evaluation"
    on_test: bool
    """Whether the best thresholds were found on the test rows themselves."""
    params: "RunParams"
    costs: "OutcomeValues | None"
    """What each outcome is worth; without, no profit is told."""
    best_profit: "ThresholdFigures | None"
    """Where the profit is highest."""
    rows: list[ThresholdRow]
    curves: Markup
    """Precision, recall and F1 over the threshold."""
    profit: Markup | None
    """Profit over the threshold; None without costs."""


def gather(contents: "ReportContents") -> ThresholdSection:
    """Gather the section."""
    evaluation, plan = contents.binary, contents.plan
    best, costs = evaluation.best_profit, plan.outcome_values
    in_force = threshold_in_force(evaluation, costs)
    return ThresholdSection(
        evaluation=evaluation,
        on_test=evaluation.best_f1.chosen_on == "test",
        params=plan.params,
        costs=costs,
        best_profit=best.test if best else None,
        rows=_rows(evaluation, in_force),
        curves=_curves_plot(evaluation),
        profit=_profit_plot(evaluation, best, in_force.profit, plan.words)
        if best and in_force.profit is not None
        else None,
    )


def _rows(evaluation: "Evaluation", in_force: "ThresholdFigures") -> list[ThresholdRow]:
    """Choose the thresholds to list: 0.05, 0.10 and so on, and those that are in force or best."""
    marked = [
        ("in force", in_force),
        (_told("best F1", evaluation.best_f1), evaluation.best_f1.test),
    ]
    if evaluation.best_profit:
        marked.append((_told("best profit", evaluation.best_profit), evaluation.best_profit.test))
    if evaluation.break_even:
        marked.append(("cost / value", evaluation.break_even))
    listed = [row for row in evaluation.thresholds if round(row.threshold * 100) % _STEP_PERCENT == 0]
    figures = {round(row.threshold, 9): row for row in [*listed, *(row for _, row in marked)]}
    return [
        ThresholdRow(
            figures=row,
            marks=tuple(mark for mark, chosen in marked if round(chosen.threshold, 9) == threshold),
        )
        for threshold, row in sorted(figures.items())
    ]


def _told(name: str, best: "BestThreshold") -> str:
    """Say of what was best on the rows that it was looked for on that it was."""
    return f"{name} (found on these rows)" if best.chosen_on == "test" else name


def _curves_plot(evaluation: "Evaluation") -> Markup:
    """Draw precision, recall and F1 over the threshold."""
    best = evaluation.best_f1.test
    found = _told("The best F1", evaluation.best_f1)
    thresholds = [row.threshold for row in evaluation.thresholds]
    precisions = [math.nan if row.precision is None else row.precision for row in evaluation.thresholds]

    def draw() -> Figure:
        figure, axes = share_axes("Threshold", "")
        axes.set_position((0.14, 0.15, 0.81, 0.69))
        axes.xaxis.set_major_formatter("{x:.1f}")
        for name, values, colour, dash in (
            ("Precision", precisions, FIRST, "-"),
            ("Recall", [row.recall for row in evaluation.thresholds], SECOND, "--"),
            ("F1", [row.f1 for row in evaluation.thresholds], THIRD, "-."),
        ):
            axes.plot(thresholds, values, color=colour, linestyle=dash, label=name)
        _line_in_force(axes, evaluation.threshold)
        best_label = _told("Best F1", evaluation.best_f1)
        axes.plot(best.threshold, best.f1, color=THIRD, marker="D", linestyle="none", label=best_label)
        axes.legend(loc="lower left", bbox_to_anchor=(-0.12, 1), ncols=2, borderpad=0, columnspacing=1)
        return figure

    return inline_svg(
        draw,
        name="thresholds",
        alternative=f"Precision, recall and F1 by threshold. {found} is {best.f1:.3f}, at "
        f"{formats.threshold(best.threshold)}; at the threshold in force, "
        f"{formats.threshold(evaluation.threshold)}, it is "
        f"{evaluation.f1:.3f}.",
    )


def _profit_plot(
    evaluation: "Evaluation", found_best: "BestThreshold", in_force: float, words: "Words"
) -> Markup:
    """Draw the profit over the threshold.

    Args:
        evaluation: Has the thresholds.
        found_best: Where it is highest.
        in_force: Profit at the threshold in force.
        words: How people call what is done.
    """
    best, found = found_best.test, _told("best", found_best)
    of_none = f"{words.act} {words.nobody}"
    at = formats.threshold(best.threshold)
    gives = f"to {of_none}" if best.calls_nobody else f"{formats.money(best.profit or 0)}, at {at}"
    thresholds = [row.threshold for row in evaluation.thresholds]

    def draw() -> Figure:
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes((0.2, 0.15, 0.75, 0.69))
        axes.plot(thresholds, [row.profit or 0 for row in evaluation.thresholds], color=FIRST)
        axes.axhline(0, color=MUTED, linewidth=1.2)
        axes.set(xlim=(-0.02, 1.02), xlabel="Threshold", ylabel="Profit")
        axes.xaxis.set_major_formatter("{x:.1f}")
        axes.yaxis.set_major_locator(MaxNLocator(6))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda amount, _: formats.short_money(amount)))
        axes.margins(y=0.12)
        if evaluation.threshold <= 1:
            label = f"In force, {formats.threshold(evaluation.threshold)}"
            axes.axvline(evaluation.threshold, color=INK, linestyle=":", linewidth=1.4, label=label)
        # Above the axes, where no curve is.
        if best.calls_nobody:
            axes.plot([], [], linestyle="none", label=f"Best: {of_none}")
        else:
            label = f"{found.capitalize()}, at {at}"
            highest = best.profit or 0
            axes.plot(best.threshold, highest, color=SECOND, marker="D", linestyle="none", label=label)
        axes.legend(loc="lower left", bbox_to_anchor=(-0.12, 1), borderpad=0)
        return figure

    return inline_svg(
        draw,
        name="profit",
        alternative=f"Profit by threshold. The {found} is {gives}; at the threshold in force, "
        f"{formats.threshold(evaluation.threshold)}, it is "
        f"{formats.money(in_force)}.",
    )


def _line_in_force(axes: Axes, threshold: float) -> None:
    if threshold > 1:  # no row is acted on
        return
    axes.axvline(threshold, color=INK, linestyle=":", linewidth=1.4)
    left = threshold > 0.75  # noqa: PLR2004
    axes.annotate(
        "in force",
        (threshold, 1),
        xycoords=("data", "axes fraction"),
        xytext=(-5 if left else 5, -11),
        textcoords="offset points",
        ha="right" if left else "left",
    )
